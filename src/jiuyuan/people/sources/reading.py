"""Reads a department's file of any format as rows below a heading."""

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import IO, TypeGuard

from jiuyuan.characters import impossible, without_impossible
from jiuyuan.refusals import BadInput
from jiuyuan.spreadsheets import delimited, opening
from jiuyuan.spreadsheets.cells import FIRST_DAY, NOT_WORKED_OUT, Cell, Damaged, RefusedRow, Row, Sheet
from jiuyuan.spreadsheets.trailing import is_trailing
from jiuyuan.wording import say

_SEARCHED_ROWS = 30
_IS_NUMBER = str.isdigit  # tests the end of an ID number; a row without one may be a total, a note, or an error
_IMPOSSIBLE = "这一行有看不见的控制字符，没有采用；请在表格里重新输入这一行再导入"
_OF_A_PERSON = re.compile("(?<![0-9])[0-9]{17}[0-9Xx](?![0-9])")
_FORMULA = "这一行有公式没有算出结果，没有采用；请在表格软件中打开这份文件，保存后再导入"
_BRACKETS = re.compile(r"[(\[【].*?[)\]】]|[\s*:_'\"]")

_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff]|_x000[0-9A-Fa-f]_")


class FirstOf(tuple[str, ...]):
    """Alternative headings of one column, of which a file may have several: the first is used."""


Wanted = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class SourceTable:
    """The rows below the heading.

    `places`: the column of each wanted item. `sheet`: the sheet's name, empty without sheets. `first_day`: the
    epoch of plain numbers in date columns.
    """

    places: Mapping[str, int]
    headings: Sequence[str]
    heading_row: int
    rows: Iterator[Row]
    sheet: str = ""
    first_day: date = FIRST_DAY


def table(file: IO[bytes], file_name: str, wanted: Wanted, needed: Sequence[Sequence[str]]) -> SourceTable:
    """Find the heading below any titles and return the rows below it, without blank lines and totals.

    `wanted`: the headings of each item; `needed`: groups of items, one of each required. All visible sheets are
    searched. Raises `BadInput` for `file`, also if several sheets have such rows, or several columns the same
    item.
    """
    search = _Search(wanted, needed)
    try:
        sheets = opening.sheets(file, search.score)
        found = [sheet for sheet in sheets if search.below_heading(sheet) is not None]
        if len(found) > 1:  # except an empty template that comes with the data
            found = [sheet for sheet in found if search.has_rows(sheet)] or found[:1]
        chosen = search.below_heading(found[0]) if found else None
    except Damaged as damaged:
        raise _bad(f"“{file_name}”：{damaged}") from None
    if chosen is None:
        raise _bad(f"“{file_name}”{search.lacking(sheets)}")
    if len(found) > 1:
        named = "、".join(f"“{sheet.name}”" for sheet in found)
        raise _bad(
            say(
                "“{file_name}”里有几张工作表都有数据：{named}，不知道导入哪一张；请只留一张，或分成几个文件再导入。",
                file_name=file_name,
                named=named,
            )
        )
    if any(_OF_A_PERSON.search(heading) for heading in chosen.headings):
        raise _bad(
            say(
                "“{file_name}”的表头里有身份证号码，多半是文件的换行不对，后面的人都连成了一行；请在表格软件中打开，另存为XLSX后再导入。",
                file_name=file_name,
            )
        )
    if wrong := search.twice(chosen.headings) or found[0].hides(chosen.places.values(), chosen.headings):
        raise _bad(f"“{file_name}”：{wrong}")
    return replace(chosen, rows=_told(chosen.rows, chosen.places.values(), file_name))


def _told(rows: Iterator[Row], wanted: Collection[int], file_name: str) -> Iterator[Row]:
    """Raise for rows that databases cannot store, and for wanted cells whose formula has no value."""
    try:
        for number, cells in rows:
            if isinstance(cells, RefusedRow):
                yield number, cells
            elif impossible("".join(filter(_is_text, cells))):
                yield number, RefusedRow(number, say(_IMPOSSIBLE))
            elif NOT_WORKED_OUT in cells and any(cells[at] == NOT_WORKED_OUT for at in wanted if at < len(cells)):
                yield number, RefusedRow(number, say(_FORMULA))
            else:
                yield number, cells
    except Damaged as damaged:
        raise _bad(f"“{file_name}”：{damaged}") from None


class _Search:
    """The search for a heading in a file's sheets."""

    def __init__(self, wanted: Wanted, needed: Sequence[Sequence[str]]) -> None:
        self._wanted, self._needed = wanted, needed
        self._names: dict[str, list[str]] = {}
        for name, synonyms in wanted.items():
            for synonym in synonyms:
                names = self._names.setdefault(heading_key(synonym), [])
                names += [name] if name not in names else []
        self._best: set[str] = set()
        self._seen = False
        self._refused: RefusedRow | None = None

    def columns(self, cells: Sequence[Cell]) -> dict[str, list[int]]:
        """The columns of each wanted item."""
        found: dict[str, list[int]] = {}
        for place, cell in enumerate(cells):
            if cell and isinstance(cell, str):
                for name in self._names.get(heading_key(cell), ()):
                    found.setdefault(name, []).append(place)
        for name, places in found.items():
            if len(places) > 1 and isinstance(order := self._wanted[name], FirstOf):
                keys = [heading_key(str(cells[place])) for place in places]
                first = next(key for key in map(heading_key, order) if key in keys)
                found[name] = [place for place, key in zip(places, keys, strict=True) if key == first]
        return found

    def twice(self, headings: Sequence[str]) -> str:
        """The message if two columns have the same item; empty if none do."""
        for columns in self.columns(headings).values():
            if len(columns) > 1:
                named = "、".join(
                    say("第{place}列“{place_2}”", place=place + 1, place_2=headings[place]) for place in columns
                )
                return say(
                    "{named}在系统中是同一项内容，不知道以哪一列为准；请只留一列，或改掉另一列的列名，再导入。",
                    named=named,
                )
        return ""

    def score(self, cells: Sequence[str]) -> int:
        return len(self.columns(cells))

    def below_heading(self, sheet: Sheet) -> SourceTable | None:
        rows = sheet.rows()
        lines = iter(rows)
        seen = 0
        for number, cells in lines:
            if isinstance(cells, RefusedRow):
                self._refused = self._refused or cells
                continue
            found = self.columns(cells)
            if all(any(name in found for name in group) for group in self._needed):
                if isinstance(rows, delimited.Rows):
                    rows.width = len(cells)
                places = {name: columns[0] for name, columns in found.items()}
                headings = [without_impossible(_plain(cell)) for cell in cells]
                below = _below(lines, places[self._needed[0][0]], headings)
                return SourceTable(places, headings, number, below, sheet.name, sheet.first_day)
            if len(found) > len(self._best):
                self._best = set(found)
            if any(_plain(cell) for cell in cells):
                self._seen = True
                seen += 1
            if seen >= _SEARCHED_ROWS:
                break
        return None

    def has_rows(self, sheet: Sheet) -> bool:
        found = self.below_heading(sheet)
        return found is not None and next(found.rows, None) is not None

    def lacking(self, sheets: Sequence[Sheet]) -> str:
        """The message if no heading is found, with what to do."""
        if not self._seen:
            return say("是空的，请检查后重新导出。")
        lacking = [group for group in self._needed if not any(name in self._best for name in group)]
        named = "；".join("或".join(f"“{self._wanted[name][0]}”" for name in group) for group in lacking)
        where = say("的{count}张工作表（隐藏的不看）", count=len(sheets)) if len(sheets) > 1 else ""
        unread = ""
        if self._refused:
            why = self._refused.reason
            said = say("的引号没有成对") if "引号" in why else say("没有读（{why}）", why=why)
            unread = say("第{line}行{said}，如果那是表头，请先改正。", line=self._refused.line, said=said)
        return say(
            "{where}的前{searched_rows}行中找不到表头，还缺这些列：{named}。{unread}请在表头中写上这些列名再导入。",
            where=where,
            searched_rows=_SEARCHED_ROWS,
            named=named,
            unread=unread,
        )


def places(headings: Sequence[Cell], wanted: Wanted) -> dict[str, int]:
    """The column of each wanted item. Raises `BadInput` if two columns have the same item."""
    search = _Search(wanted, ())
    if twice := search.twice([_plain(heading) for heading in headings]):
        raise _bad(twice)
    return {name: columns[0] for name, columns in search.columns(headings).items()}


def heading_key(heading: str) -> str:
    """Normalise a heading: no brackets, stars or spaces, one width of characters."""
    return _BRACKETS.sub("", _plain(heading)).lower()


def _below(rows: Iterable[Row], key: int, headings: Sequence[str]) -> Iterator[Row]:
    for number, cells in rows:
        if isinstance(cells, RefusedRow) or (len(cells) > key and _IS_NUMBER(str(cells[key] or "")[-9:-2])):
            yield number, cells
            continue
        plain = [_plain(cell) for cell in cells]
        if not any(plain) or is_trailing(plain):
            continue
        if plain == headings:  # the heading is repeated on every printed page
            continue
        yield number, cells


def _is_text(cell: Cell) -> TypeGuard[str]:
    return isinstance(cell, str)


def _plain(cell: Cell) -> str:
    return "" if cell is None else _INVISIBLE.sub("", unicodedata.normalize("NFKC", str(cell))).strip()


def _bad(message: str) -> BadInput:
    return BadInput(say("文件不能用。"), [("file", message)])
