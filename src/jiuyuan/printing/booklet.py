"""一人一册 as a PDF: a person's data by section, then the timeline."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from jiuyuan.printing.typesetting import payload_of, typeset

_TEMPLATE = Path(__file__).with_name("booklet.typ")


@dataclass(frozen=True, slots=True, kw_only=True)
class BookletSection:
    """A section. `rows`: label and text; `empty`: the text if there are none."""

    title: str
    rows: Sequence[tuple[str, str]]
    empty: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BookletData:
    """The contents. `note`: what was left out; `events`: day, event and details."""

    title: str
    note: str
    agency: str
    day: date
    sections: Sequence[BookletSection]
    events: Sequence[tuple[str, str, str]]


def booklet_pdf(data: BookletData) -> bytes:
    return typeset(_TEMPLATE, payload_of(data), day=data.day).pdf
