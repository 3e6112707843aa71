"""Writes sheets that are readable at once: fitting column widths, a fixed heading with filters, real dates."""

import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from typing import IO, Any

from xlsxwriter import Workbook
from xlsxwriter.exceptions import FileCreateError
from xlsxwriter.worksheet import Worksheet

from jiuyuan.wording import say

_MEASURED_ROWS = 200
_NARROWEST, _WIDEST = 6, 48
_PIECE = 64 * 1024
_AUTHOR = "就援"
_A4, _LONGEST_HEADER = 9, 200


@dataclass(frozen=True)
class Marked:
    """A highlighted value with a note."""

    value: Any
    note: str


class Book:
    """A workbook whose rows are buffered in a folder, so that memory use does not grow. `close` writes the file."""

    def __init__(self, file: Path | IO[bytes], folder: Path) -> None:
        options = {
            "constant_memory": True,
            "tmpdir": str(folder),
            "strings_to_urls": False,
            "nan_inf_to_errors": True,
            "default_date_format": "yyyy-mm-dd",
        }
        self._book = Workbook(file, options)
        self._book.use_zip64()
        self._sheets: list[SheetWriter] = []
        self.bold = self._book.add_format({"bold": True})
        self.moment = self._book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        self.marked = self._book.add_format({"bg_color": "#FFE3B0"})

    def sheet(self, title: str, heads: Sequence[str], fixed_columns: int = 0, about: str = "") -> "SheetWriter":
        """Add a sheet. `about`: shown beside the title on printed pages, with filters and day."""
        found = self._book.add_worksheet(title)
        _print_setup(found, f"{title}　{about}".strip())
        self._sheets.append(SheetWriter(self, found, heads, fixed_columns))
        return self._sheets[-1]

    def close(self) -> None:
        """Write the file. Raises `OSError`."""
        for sheet in self._sheets:
            sheet.finish()
        try:
            self._book.close()
        except FileCreateError as error:
            raise error.args[0] from error


def _print_setup(sheet: Worksheet, title: str) -> None:
    """Landscape A4, fitted to the page width, with headings and page numbers."""
    sheet.set_landscape()
    sheet.set_paper(_A4)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    sheet.set_margins(left=0.4, right=0.4, top=0.7, bottom=0.6)
    sheet.set_header(f"&L{title.replace('&', '&&')[:_LONGEST_HEADER]}")
    sheet.set_footer(say("&R第&P页，共&N页"))


class SheetWriter:
    """A sheet of a `Book`, written row by row."""

    def __init__(self, book: Book, sheet: Worksheet, heads: Sequence[str], fixed_columns: int) -> None:
        self._book, self._sheet = book, sheet
        self._sheet.freeze_panes(1, fixed_columns)
        self._heads = list(heads)
        self._waiting: list[Sequence[Any]] | None = []
        self._rows = 1

    def append(self, row: Sequence[Any]) -> None:
        if self._waiting is None:
            self._write(row)
            return
        self._waiting.append(row)
        if len(self._waiting) == _MEASURED_ROWS:
            self._begin()

    def _begin(self) -> None:
        waiting, self._waiting = self._waiting or [], None
        columns = max([len(self._heads), *map(len, waiting)], default=0)
        for place in range(columns):
            values = [row[place] for row in [self._heads, *waiting] if place < len(row)]
            width = max((_width(value) for value in values), default=0) + 3  # for the filter button
            self._sheet.set_column(place, place, min(max(width, _NARROWEST), _WIDEST))
        self._sheet.write_row(0, 0, self._heads, self._book.bold)
        for row in waiting:
            self._write(row)

    def _write(self, row: Sequence[Any]) -> None:
        write, line = self._sheet.write, self._rows
        for place, value in enumerate(row):
            if isinstance(value, str):
                self._sheet.write_string(line, place, value)
            elif isinstance(value, Marked):
                write(line, place, value.value, self._book.marked)
                self._sheet.write_comment(line, place, value.note, {"author": say(_AUTHOR)})
            elif isinstance(value, datetime):
                write(line, place, value, self._book.moment)
            elif value is not None:
                write(line, place, value)
        self._rows += 1

    def finish(self) -> None:
        if self._waiting is not None:
            self._begin()
        self._sheet.autofilter(0, 0, self._rows - 1, max(len(self._heads), 1) - 1)


def pieces(fill: Callable[[Book], None]) -> Iterator[bytes]:
    """Yield a workbook in pieces. It is made when the first is requested, and deleted after the last."""
    with TemporaryFile() as file:
        with TemporaryDirectory() as folder:
            book = Book(file, Path(folder))
            fill(book)
            book.close()
        file.seek(0)
        while piece := file.read(_PIECE):
            yield piece


def _width(value: Any) -> int:
    """The width in digits; Chinese characters count as two."""
    value = value.value if isinstance(value, Marked) else value
    if value is None:
        return 0
    if isinstance(value, date):
        return 19 if isinstance(value, datetime) else 10
    longest = max(str(value).split("\n"), key=len)
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in longest)
