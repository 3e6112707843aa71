"""Exports lists row by row, so that memory use does not grow, and no cell is executed as a formula."""

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
    """A cell's value: texts that look like formulas get a leading apostrophe; times are in Beijing time."""
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
    """Yield a workbook with one sheet. `about`: the subtitle on printed pages."""
    return xlsx_of([(title, heads, rows)], about)


def xlsx_of(sheets: Iterable[Sheet], about: str = "") -> Iterator[bytes]:
    """Yield a workbook with several sheets."""

    def fill(book: writing.Book) -> None:
        for title, heads, rows in sheets:
            sheet = book.sheet(title, heads, about=about)
            for row in rows:
                sheet.append([cell(value) for value in row])

    return writing.pieces(fill)
