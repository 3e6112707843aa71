"""Sheets that are read at once: columns as wide as what stands in them, a fixed heading with filters, days that are days."""

import unicodedata
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

_MEASURED_ROWS = 200
_NARROWEST, _WIDEST = 6, 48


class SheetWriter:
    """A sheet that is written row by row. Call `finish` after the last row, before the book is saved."""

    def __init__(self, book: Workbook, title: str, heads: Sequence[str], fixed_columns: int = 0) -> None:
        self._sheet = book.create_sheet(title)
        self._sheet.freeze_panes = f"{get_column_letter(fixed_columns + 1)}2"
        self._heads = list(heads)
        self._waiting: list[Sequence[Any]] | None = []
        self._rows = 1

    def cell(self, value: Any) -> WriteOnlyCell:
        """A cell to be given a fill or a comment before it is appended."""
        return WriteOnlyCell(self._sheet, value)

    def append(self, row: Sequence[Any]) -> None:
        self._rows += 1
        if self._waiting is None:
            self._sheet.append(row)
            return
        self._waiting.append(row)
        if len(self._waiting) == _MEASURED_ROWS:
            self._begin()

    def _begin(self) -> None:
        waiting, self._waiting = self._waiting or [], None
        columns = max([len(self._heads), *map(len, waiting)], default=0)
        for place in range(columns):
            values = [row[place] for row in [self._heads, *waiting] if place < len(row)]
            width = max((_width(value) for value in values), default=0) + 3  # the button of the filter
            self._sheet.column_dimensions[get_column_letter(place + 1)].width = min(max(width, _NARROWEST), _WIDEST)
        heads = [self.cell(head) for head in self._heads]
        for head in heads:
            head.font = Font(bold=True)
        self._sheet.append(heads)
        for row in waiting:
            self._sheet.append(row)

    def finish(self) -> None:
        if self._waiting is not None:
            self._begin()
        self._sheet.auto_filter.ref = f"A1:{get_column_letter(max(len(self._heads), 1))}{self._rows}"


def _width(value: Any) -> int:
    """In characters of the breadth of a digit: Chinese ones take two."""
    value = getattr(value, "value", value)
    if value is None:
        return 0
    if isinstance(value, date):
        return 19 if isinstance(value, datetime) else 10
    longest = max(str(value).split("\n"), key=len)
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in longest)
