"""What every kind of file is read into: rows of cells in sheets."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone

from jiuyuan.wording import say


class Damaged(Exception):
    """The file cannot be read as it is; the message says in Chinese what it is and what to do, without its name."""


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """Lines that cannot be taken apart, and why. `line`: the first of them as a text editor counts, from 1."""

    line: int
    reason: str


#: A cell as a file gives it: text, a day that the spreadsheet itself knows as one, or nothing.
Cell = str | date | None
#: The number of a row as people see it, and its cells, or why its lines cannot be taken apart.
Row = tuple[int, Sequence[Cell] | RefusedRow]

_HIDDEN = "这一行在表格里是隐藏的，或者被筛选掉了，没有采用；要用的，请取消隐藏和筛选后重新保存，不用的请删去"

#: In place of a formula that the program which wrote the file did not work out.
NOT_WORKED_OUT = "（公式没有算出结果）"

FIRST_DAY = date(1899, 12, 30)
FIRST_DAY_1904 = date(1904, 1, 1)


@dataclass(frozen=True)
class Sheet:
    """One table of a file, to be read from its start as often as wanted. `name` is empty where a file has no names.

    `first_day` is the day from which this file counts days that are written as bare numbers; `unseen`, the columns, from 0,
    that nobody sees who opens it.
    """

    name: str
    rows: Callable[[], Iterable[Row]]
    first_day: date = FIRST_DAY
    unseen: Collection[int] = frozenset()

    def hides(self, columns: Iterable[int], headings: Sequence[str]) -> str:
        """What to say where one of these columns is hidden; empty where all are seen."""
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
    """Rows in whose place a refusal stands where nobody sees what they say. `hidden`: their numbers, which may grow on the way."""
    for number, cells in rows:
        unseen = number in hidden and any(cell is not None for cell in cells)
        yield number, RefusedRow(number, say(_HIDDEN)) if unseen else cells


_CHINA = timezone(timedelta(hours=8))


def day_of_moment(written: str) -> date:
    """The day in China on which a moment in ISO 8601 falls; one that states no zone is China's. Raises `ValueError`."""
    if len(written) == 10:
        return date.fromisoformat(written)
    moment = datetime.fromisoformat(written)
    return moment.astimezone(_CHINA).date() if moment.tzinfo else moment.date()
