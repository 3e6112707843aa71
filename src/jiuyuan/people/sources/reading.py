"""A department's file, whatever it is, as rows of cells: CSV in any usual encoding, XLSX, or the old XLS."""

import codecs
import csv
import io
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import IO

from python_calamine import CalamineError, CalamineWorkbook

from jiuyuan.people.sources import xlsx
from jiuyuan.people.sources.cells import Cell
from jiuyuan.refusals import BadInput

_SEARCHED_ROWS = 30
_SHORTEST_NUMBER = 15  # of characters; what is shorter in that column may be a total, a note, or a fault
_PIECE = 1 << 20
_BRACKETS = re.compile(r"[(\[【].*?[)\]】]|[\s*:_'\"]")
_TOTAL = re.compile(r"(本页|本表|本月|全市|全县|全区)?(合\s*计|总\s*计|小\s*计|共\s*计|总\s*数|总人数)")
_NOTE = re.compile(r"(填表|制表|审核|复核|经办|负责人|联系人|联系电话|单位\(?盖章|备注|说明|注)\S{0,6}:")

Row = tuple[int, Sequence[Cell]]


@dataclass(frozen=True)
class Table:
    """The rows below the heading. `places` says in which column each wanted thing stands."""

    places: Mapping[str, int]
    headings: Sequence[str]
    heading_row: int
    rows: Iterator[Row]


def table(
    file: IO[bytes], file_name: str, wanted: Mapping[str, Sequence[str]], needed: Sequence[Sequence[str]]
) -> Table:
    """Find the heading below whatever titles stand above it, and give the rows below, without blank lines and totals.

    `wanted`: for each thing its headings; `needed`: groups of which each must have one. Raises `BadInput` for `file`.
    """
    rows = _rows(file, file_name)
    seen: list[Sequence[Cell]] = []
    best: dict[str, int] = {}
    for number, cells in rows:
        found = places(cells, wanted)
        if all(any(name in found for name in group) for group in needed):
            headings = [_plain(cell) for cell in cells]
            return Table(found, headings, number, _below(rows, found[needed[0][0]]))
        if len(found) > len(best):
            best = found
        if any(_plain(cell) for cell in cells):
            seen.append(cells)
        if len(seen) >= _SEARCHED_ROWS:
            break
    if not seen:
        raise _bad(f"“{file_name}”是空的，请检查后重新导出。")
    lacking = [group for group in needed if not any(name in best for name in group)]
    named = "；".join("或".join(f"“{wanted[name][0]}”" for name in group) for group in lacking)
    raise _bad(f"“{file_name}”的前{_SEARCHED_ROWS}行中找不到表头，还缺这些列：{named}。请在表头中写上这些列名再导入。")


def estimated_rows(file: IO[bytes]) -> int:
    """About how many rows a file has, for a progress line; 0 where that would mean to read it. Leaves the file at its start."""
    start = file.read(8)
    file.seek(0)
    found = 0
    if start.startswith(b"PK\x03\x04"):
        found = xlsx.stated_rows(file)
    elif not start.startswith(b"\xd0\xcf\x11\xe0"):
        while piece := file.read(_PIECE):
            found += piece.count(b"\n")
    file.seek(0)
    return found


def places(cells: Sequence[Cell], wanted: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """In which column each wanted thing stands, by the first of its headings that is there."""
    headings = [heading_key(_plain(cell)) for cell in cells]
    found: dict[str, int] = {}
    for name, synonyms in wanted.items():
        for synonym in synonyms:
            if (key := heading_key(synonym)) in headings:
                found[name] = headings.index(key)
                break
    return found


def heading_key(heading: str) -> str:
    """A heading without what varies from file to file: brackets, stars, blanks, width of characters."""
    return _BRACKETS.sub("", unicodedata.normalize("NFKC", heading)).lower()


def _below(rows: Iterator[Row], key: int) -> Iterator[Row]:
    for number, cells in rows:
        if len(cells) > key and len(str(cells[key] or "")) >= _SHORTEST_NUMBER:
            yield number, cells
            continue
        filled = [plain for cell in cells if (plain := _plain(cell))]
        if not filled or _TOTAL.match(filled[0]) or (len(filled) <= 3 and _NOTE.match(filled[0])):
            continue
        yield number, cells


def _plain(cell: Cell) -> str:
    return "" if cell is None else unicodedata.normalize("NFKC", str(cell)).strip()


def _rows(file: IO[bytes], file_name: str) -> Iterator[Row]:
    start = file.read(8)
    file.seek(0)
    if start.startswith(b"PK\x03\x04"):
        return _refusing(xlsx.rows(file), file_name)
    if start.startswith(b"\xd0\xcf\x11\xe0"):
        return _old_workbook(file, file_name)
    return _csv(file, file_name)


def _refusing(rows: Iterator[Row], file_name: str) -> Iterator[Row]:
    try:
        yield from rows
    except xlsx.Damaged as damaged:
        raise _bad(f"“{file_name}”：{damaged}") from None


def _old_workbook(file: IO[bytes], file_name: str) -> Iterator[Row]:
    """XLS holds at most 65,536 rows, so it is read whole."""
    try:
        sheet = CalamineWorkbook.from_filelike(file).get_sheet_by_index(0)
    except (CalamineError, IndexError):
        raise _bad(f"“{file_name}”已损坏或设了密码，请在表格软件中打开后另存为XLSX或CSV再导入。") from None
    top, left = sheet.start or (0, 0)
    merges: dict[int, list[tuple[int, int]]] = {}
    for (first, column), (last, _) in sheet.merged_cell_ranges or ():
        if last > first:
            merges.setdefault(first + 1, []).append((column, last + 1))
    rows = (
        (number, [None] * left + [_from_calamine(value) for value in values])
        for number, values in enumerate(sheet.to_python(skip_empty_area=True), top + 1)
    )
    yield from xlsx.repeating_merged(rows, merges)


def _from_calamine(value: object) -> Cell:
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if value is None or value == "":
        return None
    return value if hasattr(value, "year") else str(value)  # type: ignore[return-value]


def _csv(file: IO[bytes], file_name: str) -> Iterator[Row]:
    encoding = _encoding(file, file_name)
    file.seek(0)
    lines = io.TextIOWrapper(file, encoding, newline="")
    try:
        sample = lines.read(1 << 16)
        lines.seek(0)
        reader = csv.reader(lines, delimiter=_delimiter(sample))
        yield from enumerate(reader, 1)
    except csv.Error:
        raise _bad(f"“{file_name}”里有没有成对的引号，或一格内容太长，请检查后重新导出。") from None
    finally:
        if not file.closed:  # whoever opened it goes on with it
            lines.detach()


def _delimiter(sample: str) -> str:
    lines = sample.splitlines()[:_SEARCHED_ROWS]
    return max(",\t;|", key=lambda mark: max((line.count(mark) for line in lines), default=0))


def _encoding(file: IO[bytes], file_name: str) -> str:
    """UTF-8 with or without its mark, UTF-16 as old Excel writes it, or GB18030, proved on the whole file."""
    start = file.read(4)
    file.seek(0)
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        candidates = ["utf-16"]
    elif b"\0" in start:
        candidates = []
    else:
        candidates = ["utf-8-sig", "gb18030"]
    for encoding in candidates:
        decoder = codecs.getincrementaldecoder(encoding)()
        file.seek(0)
        try:
            while piece := file.read(_PIECE):
                if "\0" in decoder.decode(piece):
                    raise _not_text(file_name)
            decoder.decode(b"", final=True)
            return encoding
        except UnicodeDecodeError:
            continue
    raise _not_text(file_name)


def _not_text(file_name: str) -> BadInput:
    return _bad(f"“{file_name}”不是XLSX、XLS或CSV文件，或者编码认不出来。请在表格软件中打开，另存为XLSX后再导入。")


def _bad(message: str) -> BadInput:
    return BadInput("文件不能用。", [("file", message)])
