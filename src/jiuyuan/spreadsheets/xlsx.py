"""Parses XLSX row by row in little memory, however long the sheet and sparse its cells.

The libraries load whole sheets (docs/dependencies.md).
"""

import posixpath
import re
import zipfile
import zlib
from collections import deque
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import IO, Any, Protocol
from urllib.parse import unquote
from xml.etree import ElementTree
from xml.parsers import expat

from jiuyuan.spreadsheets.cells import (
    FIRST_DAY,
    FIRST_DAY_1904,
    NOT_WORKED_OUT,
    Cell,
    Damaged,
    Row,
    Sheet,
    as_seen,
    day_of_moment,
)
from jiuyuan.wording import say

_PIECE = 1 << 18
_DATE_FORMATS = {*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)}
_DATE_CODE = re.compile(r"(?i)[ymdhs年月日]")
_NOT_CODE = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.|_.')
_MERGE = re.compile(rb'mergeCell[^>]*?ref="([A-Z]+)([0-9]+):([A-Z]+)([0-9]+)"')
_DIMENSION = re.compile(rb'dimension[^>]*?ref="[A-Z]+[0-9]+:[A-Z]+([0-9]+)"')
_COLUMNS = re.compile(rb"<(?:\w+:)?col\s[^>]*>")
_ATTRIBUTE = re.compile(rb"""\b(min|max|hidden|width)\s*=\s*["']([^"']*)["']""")
_TOO_LARGE = 4 << 30  # uncompressed; a sheet with a million rows has about half a gigabyte
_MOST_COLUMNS, _MOST_ROWS = 1 << 14, 1 << 20  # limits of the format
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
BROKEN = (
    zipfile.BadZipFile, zlib.error, expat.ExpatError, ElementTree.ParseError, StopIteration, LookupError, ValueError, EOFError,
    NotImplementedError,
)  # fmt: skip
_DAMAGED = "文件已损坏或不是完好的XLSX，请在表格软件中打开后另存为XLSX或CSV再导入。"


def sheets(file: IO[bytes]) -> list[Sheet]:
    """The visible sheets in order. Raises `Damaged`, as does reading their rows."""
    try:
        book = _Book(zipfile.ZipFile(file))
        return [Sheet(name, book.reader(part), book.first_day, book.unseen(part)) for name, part in book.sheets]
    except BROKEN as error:
        raise Damaged(say(_DAMAGED)) from error


def stated_rows(file: IO[bytes]) -> int:
    """The number of rows stated by the longest sheet; 0 if none states it."""
    try:
        book = _Book(zipfile.ZipFile(file))
        return max((book.stated_rows(part) for _, part in book.sheets), default=0)
    except (Damaged, *BROKEN):
        return 0


def repeating_merged(
    rows: Iterator[tuple[int, list[Cell]]], merges: dict[int, list[tuple[int, int]]]
) -> Iterator[tuple[int, list[Cell]]]:
    """Repeat the value of cells merged over several rows. `merges`: first row → (column, last row)."""
    open_ones: list[tuple[int, int, Cell]] = []
    for number, cells in rows:
        if open_ones:
            open_ones = [entry for entry in open_ones if entry[0] >= number]
            for _, column, value in open_ones:
                cells += [None] * (column + 1 - len(cells))
                cells[column] = value
        if merges:
            for column, last in merges.pop(number, ()):
                if column < len(cells):
                    open_ones.append((last, column, cells[column]))
        yield number, cells


class _Book:
    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        infos = archive.infolist()
        if sum(info.file_size for info in infos) > _TOO_LARGE:
            raise Damaged(say("文件展开后太大，请拆成几个文件，或另存为CSV后再导入。"))
        if any(info.flag_bits & 1 for info in infos):
            raise Damaged(say("文件设了密码，请取消密码后重新保存。"))
        # Excel ignores case and the direction of slashes.
        self._parts = {_plain_name(info.filename): info for info in reversed(infos)}
        self._at = self._found("", "officeDocument", "xl/workbook.xml")
        self._strings: list[str] | None = None
        workbook = self._xml(self._at)
        properties = next((e for e in workbook.iter() if local_name(e.tag) == "workbookPr"), None)
        from_1904 = properties is not None and properties.get("date1904") in ("1", "true", "on")
        self.first_day = FIRST_DAY_1904 if from_1904 else FIRST_DAY
        self.sheets = self._visible(workbook)
        self._days = self._date_styles()

    def _xml(self, part: str) -> ElementTree.Element:
        return ElementTree.fromstring(self._archive.read(self._parts[part]))

    def _relations(self, part: str) -> dict[str, tuple[str, str]]:
        """The relations of a part, by id: kind and target. For the whole file the name is empty."""
        folder, name = posixpath.split(part)
        rels = posixpath.join(folder, "_rels", f"{name}.rels")
        if rels not in self._parts:
            return {}
        return {
            e.get("Id", ""): (
                e.get("Type", "").rsplit("/", 1)[-1],
                _plain_name(posixpath.join("/", folder, e.get("Target", "").replace("\\", "/"))),
            )
            for e in self._xml(rels)
            if e.get("TargetMode") != "External"
        }

    def _found(self, of: str, kind: str, usual: str) -> str:
        """The path of a related part of a kind; the usual one if there is no relation."""
        for found, place in self._relations(of).values():
            if found.lower() == kind.lower() and place in self._parts:
                return place
        return usual

    def _visible(self, workbook: ElementTree.Element) -> list[tuple[str, str]]:
        relations = self._relations(self._at)
        found = []
        for entry in workbook.iter():
            if local_name(entry.tag) != "sheet" or entry.get("state", "visible") != "visible":
                continue
            key = next((value for name, value in entry.attrib.items() if local_name(name) == "id"), "")
            kind, part = relations.get(key, ("", ""))
            if kind.lower() == "worksheet":
                found.append((entry.get("name", ""), part))
        if any(part not in self._parts for _, part in found):
            raise LookupError
        if not found:
            raise Damaged(say("文件中没有看得见的工作表，请取消隐藏后重新保存。"))
        return found

    def _date_styles(self) -> set[int]:
        part = self._found(self._at, "styles", "xl/styles.xml")
        if part not in self._parts:
            return set()
        styles = self._xml(part)
        own = {
            int(e.get("numFmtId", 0))
            for e in styles.iter()
            if local_name(e.tag) == "numFmt" and _DATE_CODE.search(_NOT_CODE.sub("", e.get("formatCode", "")))
        }
        formats = next((e for e in styles if local_name(e.tag) == "cellXfs"), ())
        return {place for place, e in enumerate(formats) if int(e.get("numFmtId", 0)) in _DATE_FORMATS | own}

    def _shared_strings(self) -> list[str]:
        if self._strings is None:
            part = self._found(self._at, "sharedStrings", "xl/sharedstrings.xml")
            if part not in self._parts:
                return []
            with self._archive.open(self._parts[part]) as file:
                self._strings = list(_Strings().read(file))
        return self._strings

    def stated_rows(self, part: str) -> int:
        with self._archive.open(self._parts[part]) as sheet:
            match = _DIMENSION.search(sheet.read(4096))
            return min(int(match[1]), _MOST_ROWS) if match else 0

    def unseen(self, part: str) -> frozenset[int]:
        """The columns that are hidden or too narrow to see. They precede the rows."""
        found: set[int] = set()
        head = b""
        with self._archive.open(self._parts[part]) as file:
            while b"sheetData" not in head and (piece := file.read(_PIECE)):
                head += piece
        for column in _COLUMNS.findall(head.partition(b"sheetData")[0]):
            said = {name.decode(): value.decode() for name, value in _ATTRIBUTE.findall(column)}
            if said.get("hidden") in ("1", "true") or float(said.get("width", 1)) == 0:
                found.update(range(int(said["min"]) - 1, min(int(said["max"]), _MOST_COLUMNS)))
        return frozenset(found)

    def reader(self, part: str) -> Any:
        return lambda: self._rows(part)

    def _rows(self, part: str) -> Iterator[Row]:
        try:
            merges = self._merges(part)
            with self._archive.open(self._parts[part]) as file:
                parser = _SheetParser(self._shared_strings(), self._days, self.first_day)
                yield from as_seen(repeating_merged(parser.read(file), merges), parser.hidden)
        except BROKEN as error:
            raise Damaged(say(_DAMAGED)) from error

    def _merges(self, part: str) -> dict[int, list[tuple[int, int]]]:
        """The cells merged over several rows, by first row: column and last row. They follow the rows."""
        found: dict[int, list[tuple[int, int]]] = {}
        with self._archive.open(self._parts[part]) as file:
            tail = b""
            while piece := file.read(_PIECE):
                joined = tail + piece
                if b"mergeCell" in joined:
                    for left, top, _right, bottom in _MERGE.findall(joined):
                        if top != bottom:
                            entry = (_column(left.decode()), int(bottom))
                            spans = found.setdefault(int(top), [])
                            if entry not in spans:
                                spans.append(entry)
                tail = joined[-80:]
        return found


class ReadableBytes(Protocol):
    def read(self, size: int, /) -> bytes: ...


class XmlParser:
    """Feeds a file to expat in pieces and yields what `self.ready` has collected."""

    def __init__(self, encoding: str | None = None) -> None:
        """`encoding` overrides the one declared in the file."""
        self.ready: deque[Any] = deque()
        self._parser = expat.ParserCreate(encoding, namespace_separator=None)
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self.start
        self._parser.EndElementHandler = self.end

    def start(self, name: str, attributes: dict[str, str]) -> None:
        raise NotImplementedError

    def end(self, name: str) -> None:
        raise NotImplementedError

    def read(self, file: ReadableBytes) -> Iterator[Any]:
        while piece := file.read(_PIECE):
            self._parser.Parse(piece, False)
            while self.ready:
                yield self.ready.popleft()
        self._parser.Parse(b"", True)  # raises if the end is missing


class _Strings(XmlParser):
    def __init__(self) -> None:
        super().__init__()
        self._text: list[str] = []
        self._phonetic = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        name = local_name(name)
        if name == "si":
            self._text.clear()
        elif name == "rPh":
            self._phonetic = True
        elif name == "t" and not self._phonetic:
            self._parser.CharacterDataHandler = self._text.append

    def end(self, name: str) -> None:
        name = local_name(name)
        if name == "t":
            self._parser.CharacterDataHandler = None
        elif name == "rPh":
            self._phonetic = False
        elif name == "si":
            self.ready.append(_unescaped("".join(self._text)))


class _SheetParser(XmlParser):
    def __init__(self, strings: list[str], days: set[int], first_day: date) -> None:
        super().__init__()
        self._strings, self._first_day = strings, datetime.combine(first_day, time())
        self._days = {str(style) for style in days}
        self._text: list[str] = []
        self._cells: list[Cell] = []
        self._row = 0
        self._column = -1
        self._type = self._style = ""
        self._phonetic = self._formula = False
        self.hidden: set[int] = set()

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "v" or name == "t":
            if not self._phonetic:
                self._parser.CharacterDataHandler = self._text.append
        elif name == "rPh":
            self._phonetic = True
        elif name == "f":
            self._formula = True
        elif name == "c":
            place = attributes.get("r")
            self._column = _column(place) if place else self._column + 1
            self._type, self._style = attributes.get("t", "n"), attributes.get("s", "")
        elif name == "row":
            stated = int(attributes.get("r", self._row + 1))
            if stated > _MOST_ROWS:
                raise ValueError
            self._row = max(stated, self._row + 1)
            if attributes.get("hidden") in ("1", "true") or float(attributes.get("ht", 1)) == 0:
                self.hidden.add(self._row)
            self._column = -1
            self._cells = []
        elif ":" in name:
            self.start(local_name(name), attributes)

    def end(self, name: str) -> None:
        if name == "v" or name == "t":
            self._parser.CharacterDataHandler = None
        elif name == "c":
            if self._formula and not self._text and self._type != "str":  # "str": the result is an empty text
                self._type = "str"
                self._text.append(NOT_WORKED_OUT)
            self._formula = False
            if self._text:
                if (gap := self._column - len(self._cells)) > 0:
                    self._cells += [None] * gap
                self._cells.append(self._value("".join(self._text)))
                self._text.clear()
        elif name == "rPh":
            self._phonetic = False
        elif name == "row":
            self.ready.append((self._row, self._cells))
        elif ":" in name:
            self.end(local_name(name))

    def _value(self, text: str) -> Cell:
        if self._type == "s":
            return self._strings[int(text)]
        if self._type == "n" and self._style in self._days:
            try:
                return (self._first_day + timedelta(days=float(text))).date()
            except (ValueError, OverflowError):
                return text
        if self._type == "d":
            return day_of_moment(text)
        return _unescaped(text) if "_x" in text else text


def _unescaped(text: str) -> str:
    """Decode `_x000D_`, the format's notation for characters that XML cannot hold."""
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text) if "_x" in text else text


def _plain_name(part: str) -> str:
    """Normalise a part's name: from the root, lower case, forward slashes."""
    return posixpath.normpath("/" + unquote(part).replace("\\", "/")).lstrip("/").lower()


def local_name(name: str) -> str:
    return re.split(r"[:}]", name)[-1]


_columns: dict[str, int] = {}


def _column(place: str) -> int:
    """`C12` or `C` → 2."""
    letters = place.rstrip("0123456789")
    column = _columns.get(letters)
    if column is None:
        column = 0
        for letter in letters:
            column = column * 26 + ord(letter) - 64
        if not 0 < column <= _MOST_COLUMNS:
            raise ValueError(place)
        _columns[letters] = column = column - 1
    return column
