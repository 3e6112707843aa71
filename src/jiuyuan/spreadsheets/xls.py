"""Parses the old XLS format, which holds at most 65,536 rows and is read whole."""

import io
import struct
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import IO

import xlrd
from xlrd.biffh import (
    XL_CELL_BLANK,
    XL_CELL_DATE,
    XL_CELL_EMPTY,
    XL_CELL_ERROR,
    XL_CELL_NUMBER,
    error_text_from_code,
)
from xlrd.compdoc import CompDocError
from xlrd.sheet import Sheet as Worksheet

from jiuyuan.spreadsheets.cells import FIRST_DAY, FIRST_DAY_1904, Cell, Damaged, Row, Sheet, as_seen
from jiuyuan.spreadsheets.xlsx import repeating_merged
from jiuyuan.wording import say

_SEALED = "EncryptedPackage".encode("utf-16-le")
_WORD = "WordDocument".encode("utf-16-le")
# Exceptions that xlrd lets through for corrupt records.
_BROKEN = (
    xlrd.XLRDError, CompDocError, struct.error, AssertionError, LookupError, ValueError, TypeError, AttributeError, EOFError,
    OverflowError, MemoryError, RecursionError,
)  # fmt: skip


def sheets(file: IO[bytes]) -> list[Sheet]:
    """The visible sheets in order. Raises `Damaged`."""
    content = file.read()
    file.seek(0)
    if _SEALED in content:
        raise Damaged(say("文件设了密码，请在表格软件中取消密码后重新保存。"))
    if _WORD in content:
        raise Damaged(say("这是Word文档，请把其中的表格复制到表格软件，另存为XLSX后再导入。"))
    try:
        # Hidden rows and merged cells require the formatting.
        book = xlrd.open_workbook(file_contents=content, formatting_info=True, ragged_rows=True, logfile=io.StringIO())
        visible = [sheet for sheet in book.sheets() if sheet.visibility == 0]
    except _BROKEN:
        raise Damaged(say("文件已损坏或设了密码，请在表格软件中打开后另存为XLSX或CSV再导入。")) from None
    if not visible:
        raise Damaged(say("文件中没有看得见的工作表，请取消隐藏后重新保存。"))
    first_day = FIRST_DAY_1904 if book.datemode else FIRST_DAY
    return [Sheet(sheet.name, _rows(sheet), first_day, _unseen(sheet)) for sheet in visible]


def _unseen(sheet: Worksheet) -> frozenset[int]:
    return frozenset(column for column, told in sheet.colinfo_map.items() if told.hidden or not told.width)


def _rows(sheet: Worksheet) -> Callable[[], Iterator[Row]]:
    first_day = FIRST_DAY_1904 if sheet.book.datemode else FIRST_DAY

    def cell(kind: int, value: object) -> Cell:
        if kind in (XL_CELL_EMPTY, XL_CELL_BLANK) or value == "":
            return None
        if kind == XL_CELL_DATE and isinstance(value, float):
            try:
                return first_day + timedelta(days=int(value))
            except OverflowError:
                return repr(value)
        if kind in (XL_CELL_NUMBER, XL_CELL_DATE) and isinstance(value, float):
            return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
        if kind == XL_CELL_ERROR:
            return str(error_text_from_code.get(value, value))
        return str(value)

    def rows() -> Iterator[Row]:
        merges: dict[int, list[tuple[int, int]]] = {}
        for first, after, column, _ in sheet.merged_cells:
            if after > first + 1:
                merges.setdefault(first + 1, []).append((column, after))
        numbered = (
            (number + 1, list(map(cell, sheet.row_types(number), sheet.row_values(number))))
            for number in range(sheet.nrows)
        )
        hidden = {number + 1 for number, row in sheet.rowinfo_map.items() if row.hidden or row.height == 0}
        yield from as_seen(repeating_merged(numbered, merges), hidden)

    return rows
