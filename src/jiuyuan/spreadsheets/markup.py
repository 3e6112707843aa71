"""Parses tables in web pages or XML named XLS, which many systems write as "Excel export"."""

import io
import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from typing import IO, Any

from jiuyuan.characters import whole_number
from jiuyuan.spreadsheets.cells import Cell, Damaged, Row, Sheet, as_seen, day_of_moment
from jiuyuan.spreadsheets.delimited import encoding_of
from jiuyuan.spreadsheets.xlsx import BROKEN, XmlParser, local_name, repeating_merged
from jiuyuan.wording import say

_PIECE = 1 << 16
_START = 1 << 12
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([\w-]+)", re.IGNORECASE)
_HIDDEN = re.compile(r"display:none|visibility:(?:hidden|collapse)|mso-hide:all|(?<![\w-])(?:height|width):0(?![.\d])")
_MOST_TABLES = 30
_MOST_SPANNED = 10_000  # maximum span of a cell
_WORKBOOK = b"urn:schemas-microsoft-com:office:spreadsheet"


def is_markup(start: bytes) -> bool:
    """Whether a file begins like a web page or XML."""
    return _plain_start(start)[:1] == b"<"


def _plain_start(start: bytes) -> bytes:
    """The beginning in ASCII, without byte order marks and spaces."""
    return start.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")


def sheets(file: IO[bytes]) -> list[Sheet]:
    """The visible sheets of an XML workbook, or the tables of a web page. Raises `Damaged`."""
    file.seek(0)
    start = _plain_start(file.read(_START))
    if start.startswith((b"<?xml", b"<Workbook")) and _WORKBOOK in start and b"<html" not in start.lower():
        return _xml_sheets(file)
    count = 0
    tables = _HtmlTables()
    for table, _, _ in tables.read(_text(file)):
        count = max(count, table)
        if count >= _MOST_TABLES:
            break
    if not count:
        raise Damaged(say("这是一个网页文件，里面没有表格；请在表格软件中打开，另存为XLSX后再导入。"))
    return [
        Sheet(
            "" if count == 1 else say("第{place}个表格", place=place),
            _html_rows(file, place),
            unseen=frozenset(tables.unseen[place]),
        )
        for place in range(1, count + 1)
    ]


def _html_rows(file: IO[bytes], place: int) -> Callable[[], Iterator[Row]]:
    def rows() -> Iterator[Row]:
        parser = _HtmlTables()
        wanted = ((number, cells) for table, number, cells in parser.read(_text(file)) if table == place)
        yield from as_seen(wanted, parser.hidden[place])

    return rows


def _text(file: IO[bytes]) -> Iterator[str]:
    """Yield the page in pieces, in its declared or detected encoding. Raises `Damaged`."""
    file.seek(0)
    named = _CHARSET.search(file.read(_START))
    try:
        encoding = encoding_of(file)  # before the declared one: many UTF-8 pages declare GB2312
    except Damaged:
        if not named or named[1].lower() not in (b"gb2312", b"gbk", b"gb18030"):
            raise
        encoding = "gb18030"
    file.seek(0)
    text = io.TextIOWrapper(file, "gb18030" if encoding.startswith("gb") else encoding, errors="replace")
    try:
        while piece := text.read(_PIECE):
            yield piece
    finally:
        if not file.closed:  # the caller continues to use it
            text.detach()


class _HtmlTables(HTMLParser):
    """Rows as (number of the table, number of the row, cells), both from 1. Nested tables become text."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._ready: list[tuple[int, int, list[Cell]]] = []
        self._table = self._depth = self._row = 0
        self._cells: list[Cell] | None = None
        self._text: list[str] | None = None
        self._span = (1, 1)
        self._cell_hidden = False
        self._column = 0
        self._covered: dict[
            int, tuple[int, Cell]
        ] = {}  # by column, the last row covered by a cell from above, and its text
        self._unseen = 0  # depth inside scripts and styles
        self._whole_hidden = self._part_hidden = False  # whether the table, and its head or body, is hidden
        self.hidden: defaultdict[int, set[int]] = defaultdict(set)  # hidden rows by table
        self.unseen: defaultdict[int, set[int]] = defaultdict(set)  # hidden columns by table

    def read(self, pieces: Iterator[str]) -> Iterator[tuple[int, int, list[Cell]]]:
        for piece in pieces:
            self.feed(piece)
            yield from self._ready
            self._ready.clear()
        self.close()
        self._end_row()
        yield from self._ready

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self._depth += 1
            if self._depth == 1:
                self._table, self._row, self._column, self._covered = self._table + 1, 0, 0, {}
                self._whole_hidden, self._part_hidden = _is_hidden(dict(attrs)), False
        elif tag in ("script", "style"):
            self._unseen += 1
        elif self._depth == 1 and tag == "col":
            columns = range(self._column, self._column + _number(dict(attrs).get("span")))
            self._column = columns.stop
            if _is_hidden(dict(attrs)):
                self.unseen[self._table].update(columns)
        elif self._depth == 1 and tag in ("thead", "tbody", "tfoot"):
            self._end_row()
            self._part_hidden = _is_hidden(dict(attrs))
        elif self._depth == 1 and tag == "tr":
            self._end_row()
            self._row, self._cells = self._row + 1, []
            if self._whole_hidden or self._part_hidden or _is_hidden(dict(attrs)):
                self.hidden[self._table].add(self._row)
        elif self._depth == 1 and tag in ("td", "th") and self._cells is not None:
            self._end_cell()
            given = dict(attrs)
            self._text, self._span = [], (_number(given.get("colspan")), _number(given.get("rowspan")))
            self._cell_hidden = _is_hidden(given)
        elif tag == "br" and self._text is not None:
            self._text.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag == "table":
            if self._depth == 1:
                self._end_row()
            self._depth = max(self._depth - 1, 0)
        elif tag in ("script", "style"):
            self._unseen = max(self._unseen - 1, 0)
        elif self._depth == 1 and tag in ("td", "th"):
            self._end_cell()
        elif self._depth == 1 and tag in ("tr", "thead", "tbody", "tfoot"):
            self._end_row()
            self._part_hidden = self._part_hidden and tag == "tr"

    def handle_data(self, data: str) -> None:
        if self._text is not None and not self._unseen:
            self._text.append(data)

    def _skip_covered(self) -> None:
        assert self._cells is not None
        while len(self._cells) in self._covered and self._covered[len(self._cells)][0] >= self._row:
            self._cells.append(self._covered[len(self._cells)][1])

    def _end_cell(self) -> None:
        if self._text is None or self._cells is None:
            return
        self._skip_covered()
        value = "".join(self._text).replace("\xa0", " ").strip() or None
        columns, rows = self._span
        if self._cell_hidden:
            self.unseen[self._table].update(range(len(self._cells), len(self._cells) + columns))
        if rows > 1:
            self._covered |= {
                len(self._cells) + place: (self._row + rows - 1, value if not place else None)
                for place in range(columns)
            }
        self._cells += [value, *[None] * (columns - 1)]
        self._text = None

    def _end_row(self) -> None:
        if self._cells is None:
            return
        self._end_cell()
        self._skip_covered()
        self._ready.append((self._table, self._row, self._cells))
        self._cells = None


def _is_hidden(given: dict[str, str | None]) -> bool:
    style = re.sub(r"\s", "", given.get("style") or "").lower()
    return "hidden" in given or _HIDDEN.search(style) is not None


def _number(written: str | None) -> int:
    return min(max(whole_number(written) or 1, 1), _MOST_SPANNED)


def _xml_sheets(file: IO[bytes]) -> list[Sheet]:
    try:
        named = _XmlNames()
        list(named.read(_Recoded(file)))
    except BROKEN as error:
        raise Damaged(say("文件已损坏，请在表格软件中打开，另存为XLSX后再导入。")) from error
    found = [
        Sheet(name, _xml_rows(file, place), unseen=frozenset(named.unseen[place]))
        for place, (name, hidden) in enumerate(named.sheets)
        if not hidden
    ]
    if not found:
        raise Damaged(say("文件中没有看得见的工作表，请取消隐藏后重新保存。"))
    return found


def _xml_rows(file: IO[bytes], place: int) -> Callable[[], Iterator[Row]]:
    def rows() -> Iterator[Row]:
        parser = _XmlRows(place)
        yield from as_seen(repeating_merged(parser.read(_Recoded(file)), parser.merges), parser.hidden)

    return rows


class _Recoded:
    """Converts any encoding to UTF-8: the XML parser supports neither GB 2312 nor GBK."""

    def __init__(self, file: IO[bytes]) -> None:
        self._pieces = _text(file)

    def read(self, size: int) -> bytes:
        """The next piece, of any size; empty at the end."""
        return next(self._pieces, "").encode()


class _XmlNames(XmlParser):
    """The names of the sheets, and whether each, and which columns, are hidden."""

    def __init__(self) -> None:
        super().__init__("utf-8")
        self.sheets: list[tuple[str, bool]] = []
        self.unseen: defaultdict[int, set[int]] = defaultdict(set)
        self._column = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        name = local_name(name)
        if name == "Worksheet":
            self.sheets.append((_attribute(attributes, "Name"), False))
            self._column = 0
        elif name == "Column":
            first = int(_attribute(attributes, "Index") or self._column + 1) - 1
            columns = range(first, first + 1 + min(int(_attribute(attributes, "Span") or 0), _MOST_SPANNED))
            self._column = columns.stop
            if _attribute(attributes, "Hidden") == "1" or _attribute(attributes, "Width") == "0":
                self.unseen[len(self.sheets) - 1].update(columns)
        # In the sheet's options, where it is present only if the sheet is not visible.
        elif name == "Visible" and self.sheets:
            self.sheets[-1] = (self.sheets[-1][0], True)

    def end(self, name: str) -> None:
        pass


class _XmlRows(XmlParser):
    def __init__(self, place: int) -> None:
        super().__init__("utf-8")
        self.merges: dict[int, list[tuple[int, int]]] = {}
        self.hidden: set[int] = set()
        self._left = place + 1
        self._row = 0
        self._cells: list[Cell] = []
        self._text: list[str] = []
        self._type = ""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        name = local_name(name)
        if name == "Worksheet":
            self._left, self._row = self._left - 1, 0
        elif self._left:
            return
        elif name == "Row":
            self._row = max(int(_attribute(attributes, "Index") or self._row + 1), self._row + 1)
            self._cells = []
            if _attribute(attributes, "Hidden") == "1" or float(_attribute(attributes, "Height") or 1) == 0:
                self.hidden.add(self._row)
        elif name == "Cell":
            if stated := int(_attribute(attributes, "Index") or 0):
                self._cells += [None] * (min(stated, _MOST_SPANNED) - 1 - len(self._cells))
            if down := int(_attribute(attributes, "MergeDown") or 0):
                self.merges.setdefault(self._row, []).append((len(self._cells), self._row + down))
            self._across = min(int(_attribute(attributes, "MergeAcross") or 0), _MOST_SPANNED)
            self._text.clear()
        elif name == "Data":
            self._type = _attribute(attributes, "Type")
            self._parser.CharacterDataHandler = self._text.append

    def end(self, name: str) -> None:
        name = local_name(name)
        if self._left:
            return
        if name == "Data":
            self._parser.CharacterDataHandler = None
        elif name == "Cell":
            self._cells += [self._value("".join(self._text)), *[None] * self._across]
        elif name == "Row":
            self.ready.append((self._row, self._cells))

    def _value(self, text: str) -> Cell:
        return day_of_moment(text) if self._type == "DateTime" and text else text or None


def _attribute(attributes: dict[str, Any], wanted: str) -> str:
    return next((str(value) for name, value in attributes.items() if local_name(name) == wanted), "")
