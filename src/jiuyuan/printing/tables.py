"""A table as a PDF: the list of a batch, the figures of a period."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from jiuyuan.printing.typesetting import typeset

_WIDEST = 20
_TEMPLATE = Path(__file__).with_name("table.typ")


@dataclass(frozen=True, slots=True, kw_only=True)
class TableData:
    """A table. `note`: what it contains; `foot`: lines for signatures."""

    title: str
    note: str
    agency: str
    day: date
    heads: Sequence[str]
    rows: Sequence[Sequence[object]]
    foot: str = ""


def table_pdf(data: TableData) -> bytes:
    rows = [[_text(cell) for cell in row] for row in data.rows]
    widths = [
        min(max(map(len, column)), _WIDEST) + 1 for column in zip(data.heads, *rows, strict=True)
    ]  # in characters: column widths follow the contents
    payload = {
        "title": data.title, "note": data.note, "agency": data.agency, "day": data.day.isoformat(),
        "heads": list(data.heads), "rows": rows, "widths": widths, "foot": data.foot,
    }  # fmt: skip
    return typeset(_TEMPLATE, payload, day=data.day).pdf


def _text(cell: object) -> str:
    if isinstance(cell, datetime):
        return f"{cell:%Y-%m-%d %H:%M}"
    return "" if cell is None else str(cell)
