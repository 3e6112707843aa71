"""Lists as files: row by row, so that the memory they take does not grow with the list, and no cell runs as a formula."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from jiuyuan import clock
from jiuyuan.spreadsheets import writing

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_BOM = "\ufeff"  # without it Excel reads UTF-8 as GBK


def cell(value: Any) -> Any:
    """A value that a spreadsheet shows as it is: words that would begin a formula get an apostrophe in front, and days and
    moments are those of Beijing."""
    if isinstance(value, datetime):
        return timezone.localtime(value, clock.CHINA).replace(tzinfo=None)
    if isinstance(value, date):
        return value
    if (isinstance(value, str) and value.lstrip()[:1] in ("=", "+", "-", "@", "＝", "＋", "－", "＠")) or str(value)[
        :1
    ] in ("\t", "\r"):
        return f"'{value}"
    return "" if value is None else value


def csv_lines(heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    writer = csv.writer(_Echo())
    yield _BOM + writer.writerow(heads)
    for row in rows:
        yield writer.writerow([_in_text(cell(value)) for value in row])


def _in_text(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S")
    return value.isoformat() if isinstance(value, date) else value


class _Echo:
    def write(self, text: str) -> str:
        return text


Sheet = tuple[str, Sequence[str], Iterable[Sequence[Any]]]


def xlsx(title: str, heads: Sequence[str], rows: Iterable[Sequence[Any]], about: str = "") -> Iterator[bytes]:
    """A workbook of one sheet, in pieces. `about` stands above it on paper, with its title."""
    return xlsx_of([(title, heads, rows)], about)


def xlsx_of(sheets: Iterable[Sheet], about: str = "") -> Iterator[bytes]:
    """A workbook of several sheets, in pieces."""

    def fill(book: writing.Book) -> None:
        for title, heads, rows in sheets:
            sheet = book.sheet(title, heads, about=about)
            for row in rows:
                sheet.append([cell(value) for value in row])

    return writing.pieces(fill)
