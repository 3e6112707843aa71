"""The common format of all parsers: rows of cells in sheets."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone

from jiuyuan.wording import say


class Damaged(Exception):
    """The file cannot be read; the message says in Chinese what it is and what to do, without its name."""


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """Lines that cannot be parsed, and why. `line`: the first one as text editors count, from 1."""

    line: int
    reason: str


#: A cell: text, a date if the spreadsheet marks it as one, or nothing.
Cell = str | date | None
#: A row's number as people see it, and its cells or the reason for rejecting it.
Row = tuple[int, Sequence[Cell] | RefusedRow]

_HIDDEN = "这一行在表格里是隐藏的，或者被筛选掉了，没有采用；要用的，请取消隐藏和筛选后重新保存，不用的请删去"

#: Replaces a formula without a stored result.
NOT_WORKED_OUT = "（公式没有算出结果）"

FIRST_DAY = date(1899, 12, 30)
FIRST_DAY_1904 = date(1904, 1, 1)


@dataclass(frozen=True)
class Sheet:
    """A table of a file, which can be read repeatedly. `name` is empty in files without names.

    `first_day`: the epoch of dates stored as plain numbers; `unseen`: the hidden columns, from 0.
    """

    name: str
    rows: Callable[[], Iterable[Row]]
    first_day: date = FIRST_DAY
    unseen: Collection[int] = frozenset()

    def hides(self, columns: Iterable[int], headings: Sequence[str]) -> str:
        """The message if one of these columns is hidden; empty otherwise."""
        named = "、".join(
            say("第{place}列“{place_2}”", place=column + 1, place_2=headings[column])
            for column in sorted(columns)
            if column in self.unseen
        )
        return named and say(
            "{named}在表格里是隐藏的，没有人看得见它写了什么；要用的，请取消隐藏，不用的请删去，保存后再导入。",
            named=named,
        )


def as_seen(rows: Iterable[tuple[int, list[Cell]]], hidden: Collection[int]) -> Iterator[Row]:
    """Replace hidden rows by a rejection. `hidden`: their numbers, which may be added to while reading."""
    for number, cells in rows:
        unseen = number in hidden and any(cell is not None for cell in cells)
        yield number, RefusedRow(number, say(_HIDDEN)) if unseen else cells


_CHINA = timezone(timedelta(hours=8))


def day_of_moment(written: str) -> date:
    """The day in China of an ISO 8601 timestamp, which is China's time if it has no zone. Raises `ValueError`."""
    if len(written) == 10:
        return date.fromisoformat(written)
    moment = datetime.fromisoformat(written)
    return moment.astimezone(_CHINA).date() if moment.tzinfo else moment.date()
