"""The old XLS, which holds at most 65,536 rows and is read whole."""

from collections.abc import Callable, Iterator
from typing import IO

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from jiuyuan.spreadsheets.cells import Cell, Damaged, Row, Sheet
from jiuyuan.spreadsheets.xlsx import repeating_merged

_SEALED = "EncryptedPackage".encode("utf-16-le")
_WORD = "WordDocument".encode("utf-16-le")


def sheets(file: IO[bytes]) -> list[Sheet]:
    """The sheets that somebody sees who opens the file, in their order. Raises `Damaged`."""
    content = file.read()
    file.seek(0)
    if _SEALED in content:
        raise Damaged("文件设了密码，请在表格软件中取消密码后重新保存。")
    if _WORD in content:
        raise Damaged("这是Word文档，请把其中的表格复制到表格软件，另存为XLSX后再导入。")
    try:
        book = CalamineWorkbook.from_filelike(file)
        visible = [
            entry.name
            for entry in book.sheets_metadata
            if entry.visible == SheetVisibleEnum.Visible and entry.typ == SheetTypeEnum.WorkSheet
        ]
        found = [Sheet(name, _rows(book.get_sheet_by_name(name))) for name in visible]
    except CalamineError:
        raise Damaged("文件已损坏或设了密码，请在表格软件中打开后另存为XLSX或CSV再导入。") from None
    if not found:
        raise Damaged("文件中没有看得见的工作表，请取消隐藏后重新保存。")
    return found


def _rows(sheet: CalamineSheet) -> Callable[[], Iterator[Row]]:
    def rows() -> Iterator[Row]:
        top, left = sheet.start or (0, 0)
        merges: dict[int, list[tuple[int, int]]] = {}
        for (first, column), (last, _) in sheet.merged_cell_ranges or ():
            if last > first:
                merges.setdefault(first + 1, []).append((column, last + 1))
        numbered = (
            (number, [None] * left + [_cell(value) for value in values])
            for number, values in enumerate(sheet.to_python(skip_empty_area=True), top + 1)
        )
        yield from repeating_merged(numbered, merges)

    return rows


def _cell(value: object) -> Cell:
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if value is None or value == "":
        return None
    return value if hasattr(value, "year") else str(value)  # type: ignore[return-value]
