"""XLSX read row by row in little memory, however long the sheet: the spreadsheet libraries hold it whole or take minutes."""

import re
import zipfile
import zlib
from collections import deque
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import IO, Any
from xml.etree import ElementTree
from xml.parsers import expat

from jiuyuan.people.sources.cells import Cell

_PIECE = 1 << 18
_DATE_FORMATS = {*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)}
_DATE_CODE = re.compile(r"(?i)[ymdhs年月日]")
_NOT_CODE = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.|_.')
_MERGE = re.compile(rb'mergeCell[^>]*?ref="([A-Z]+)([0-9]+):([A-Z]+)([0-9]+)"')
_DIMENSION = re.compile(rb'dimension[^>]*?ref="[A-Z]+[0-9]+:[A-Z]+([0-9]+)"')
_TOO_LARGE = 4 << 30  # unpacked; a sheet of a million rows has about half a gigabyte


class Damaged(Exception):
    """Not a spreadsheet that can be read; the message says in Chinese what to do."""


_BROKEN = (
    zipfile.BadZipFile, zlib.error, expat.ExpatError, ElementTree.ParseError, StopIteration, LookupError, ValueError, EOFError,
)  # fmt: skip


def rows(file: IO[bytes]) -> Iterator[tuple[int, list[Cell]]]:
    """Number and cells of each row of the first visible sheet. A merged cell's value is repeated in each of its rows."""
    try:
        with zipfile.ZipFile(file) as book:
            if sum(info.file_size for info in book.infolist()) > _TOO_LARGE:
                raise Damaged("文件展开后太大，请拆成几个文件，或另存为CSV后再导入。")
            yield from _Book(book).rows()
    except _BROKEN as error:
        raise Damaged("文件已损坏或不是完好的XLSX，请在表格软件中打开后另存为XLSX或CSV再导入。") from error


def stated_rows(file: IO[bytes]) -> int:
    """How many rows the first sheet says that it has; 0 where it does not say."""
    try:
        with zipfile.ZipFile(file) as book, book.open(_Book(book).sheet) as sheet:
            match = _DIMENSION.search(sheet.read(4096))
            return int(match[1]) if match else 0
    except (Damaged, *_BROKEN):
        return 0


def repeating_merged(
    rows: Iterator[tuple[int, list[Cell]]], merges: dict[int, list[tuple[int, int]]]
) -> Iterator[tuple[int, list[Cell]]]:
    """Rows in which a cell merged over several of them says the same in each. `merges`: first row → (column, last row)."""
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
    def __init__(self, book: zipfile.ZipFile) -> None:
        self._book = book
        workbook = ElementTree.fromstring(book.read("xl/workbook.xml"))
        self.sheet = self._first_visible(workbook)
        properties = next((e for e in workbook.iter() if _local(e.tag) == "workbookPr"), None)
        from_1904 = properties is not None and properties.get("date1904") in ("1", "true")
        self._first_day = datetime(1904, 1, 1) if from_1904 else datetime(1899, 12, 30)
        self._days = self._date_styles()

    def _first_visible(self, workbook: ElementTree.Element) -> str:
        sheets = [e for e in workbook.iter() if _local(e.tag) == "sheet"]
        chosen = next((e for e in sheets if e.get("state", "visible") == "visible"), None)
        if chosen is None:
            raise Damaged("文件中没有工作表，请检查后重新导出。")
        key = next(value for name, value in chosen.attrib.items() if _local(name) == "id")
        relations = ElementTree.fromstring(self._book.read("xl/_rels/workbook.xml.rels"))
        target = next(e.get("Target", "") for e in relations if e.get("Id") == key)
        return target.lstrip("/") if target.startswith("/") else f"xl/{target}"

    def _date_styles(self) -> set[int]:
        if "xl/styles.xml" not in self._book.namelist():
            return set()
        styles = ElementTree.fromstring(self._book.read("xl/styles.xml"))
        own = {
            int(e.get("numFmtId", 0))
            for e in styles.iter()
            if _local(e.tag) == "numFmt" and _DATE_CODE.search(_NOT_CODE.sub("", e.get("formatCode", "")))
        }
        formats = next((e for e in styles if _local(e.tag) == "cellXfs"), ())
        return {place for place, e in enumerate(formats) if int(e.get("numFmtId", 0)) in _DATE_FORMATS | own}

    def _shared_strings(self) -> Iterator[str]:
        if "xl/sharedStrings.xml" not in self._book.namelist():
            return
        with self._book.open("xl/sharedStrings.xml") as file:
            yield from _Strings().read(file)

    def rows(self) -> Iterator[tuple[int, list[Cell]]]:
        merges, strings = self._merges(), list(self._shared_strings())
        with self._book.open(self.sheet) as file:
            yield from repeating_merged(_Sheet(strings, self._days, self._first_day).read(file), merges)

    def _merges(self) -> dict[int, list[tuple[int, int]]]:
        """By first row, the column and last row of each merged cell of several rows. They stand behind the rows."""
        found: dict[int, list[tuple[int, int]]] = {}
        with self._book.open(self.sheet) as file:
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


class _Parser:
    """Feeds a file to expat piece by piece and hands over what `self.ready` has gathered."""

    def __init__(self) -> None:
        self.ready: deque[Any] = deque()
        self._parser = expat.ParserCreate(namespace_separator=None)
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self.start
        self._parser.EndElementHandler = self.end

    def start(self, name: str, attributes: dict[str, str]) -> None:
        raise NotImplementedError

    def end(self, name: str) -> None:
        raise NotImplementedError

    def read(self, file: IO[bytes]) -> Iterator[Any]:
        while piece := file.read(_PIECE):
            self._parser.Parse(piece, False)
            while self.ready:
                yield self.ready.popleft()


class _Strings(_Parser):
    def __init__(self) -> None:
        super().__init__()
        self._text: list[str] = []
        self._phonetic = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        name = _local(name)
        if name == "si":
            self._text.clear()
        elif name == "rPh":
            self._phonetic = True
        elif name == "t" and not self._phonetic:
            self._parser.CharacterDataHandler = self._text.append

    def end(self, name: str) -> None:
        name = _local(name)
        if name == "t":
            self._parser.CharacterDataHandler = None
        elif name == "rPh":
            self._phonetic = False
        elif name == "si":
            self.ready.append("".join(self._text))


class _Sheet(_Parser):
    def __init__(self, strings: list[str], days: set[int], first_day: datetime) -> None:
        super().__init__()
        self._strings, self._first_day = strings, first_day
        self._days = {str(style) for style in days}
        self._text: list[str] = []
        self._cells: list[Cell] = []
        self._row = 0
        self._column = -1
        self._type = self._style = ""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "v" or name == "t":
            self._parser.CharacterDataHandler = self._text.append
        elif name == "c":
            place = attributes.get("r")
            self._column = _column(place) if place else self._column + 1
            self._type, self._style = attributes.get("t", "n"), attributes.get("s", "")
        elif name == "row":
            self._row = int(attributes.get("r", self._row + 1))
            self._column = -1
            self._cells = []
        elif ":" in name:
            self.start(_local(name), attributes)

    def end(self, name: str) -> None:
        if name == "v" or name == "t":
            self._parser.CharacterDataHandler = None
        elif name == "c":
            if self._text:
                if (gap := self._column - len(self._cells)) > 0:
                    self._cells += [None] * gap
                self._cells.append(self._value("".join(self._text)))
                self._text.clear()
        elif name == "row":
            self.ready.append((self._row, self._cells))
        elif ":" in name:
            self.end(_local(name))

    def _value(self, text: str) -> Cell:
        if self._type == "s":
            return self._strings[int(text)]
        if self._type == "n" and self._style in self._days:
            try:
                return (self._first_day + timedelta(days=float(text))).date()
            except (ValueError, OverflowError):
                return text
        if self._type == "d":
            return date.fromisoformat(text[:10])
        return text


def _local(name: str) -> str:
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
        _columns[letters] = column = column - 1
    return column
