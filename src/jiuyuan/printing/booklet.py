"""一人一册 on paper: what is on file about one person, section by section, then everything in time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from jiuyuan.printing.typesetting import payload_of, typeset

_TEMPLATE = Path(__file__).with_name("booklet.typ")


@dataclass(frozen=True, slots=True, kw_only=True)
class BookletSection:
    """`rows`: label and words; `empty` is said where there are none."""

    title: str
    rows: Sequence[tuple[str, str]]
    empty: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BookletData:
    """`note` says what was left out; `events`: day, what happened, in which words."""

    title: str
    note: str
    agency: str
    day: date
    sections: Sequence[BookletSection]
    events: Sequence[tuple[str, str, str]]


def booklet_pdf(data: BookletData) -> bytes:
    return typeset(_TEMPLATE, payload_of(data), day=data.day).pdf
