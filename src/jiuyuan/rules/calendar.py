"""Calendar arithmetic: anniversaries, working days, the statutory retirement age, and thresholds.

A day is a `date`, never a moment. Anniversaries and the retirement day increase with the day they start from, so
"has turned 50 by that day" is the same as "was born on or before a threshold", which this module computes once
(`latest_start`, `latest_birth`).
"""

from __future__ import annotations

import tomllib
from bisect import bisect_right
from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import MAXYEAR, date, timedelta
from functools import cache, lru_cache
from pathlib import Path
from typing import Literal, NamedTuple

from jiuyuan.wording import say

ONE_DAY = timedelta(days=1)


def add_months(day: date, months: int) -> date:
    """Return the day `months` months later. A day that does not exist becomes the last day of that month.

    Returns `date.max` beyond the year 9999.
    """
    index = day.year * 12 + day.month - 1 + months
    year, month, of_month = index // 12, index % 12 + 1, day.day
    if year > MAXYEAR:
        return date.max
    return date(year, month, of_month if of_month <= 28 else min(of_month, monthrange(year, month)[1]))


@lru_cache(maxsize=4096)
def latest_start(by: date, months: int) -> date:
    """The last day from which `months` months have passed by `by`: `add_months(d,
    months) <= by` means `d <=` this day.
    """
    index = by.year * 12 + by.month - 1 - months
    if index < 12:  # before the year 1
        return date.min
    year, month = divmod(index, 12)
    last = monthrange(year, month + 1)[1]
    at_the_end = by.day == monthrange(by.year, by.month)[1]
    return date(year, month + 1, last if at_the_end else min(by.day, last))


def month_of(day: date) -> int:
    """Number the month of a day; consecutive months have consecutive numbers."""
    return day.year * 12 + day.month - 1


@lru_cache(maxsize=4096)
def month_text(month: int) -> str:
    """Format a month number as 2026-03; months beyond the year 9999 become the last one."""
    month = min(month, month_of(date.max))
    return f"{month // 12:04}-{month % 12 + 1:02}"


def month_in_words(month: int) -> str:
    """Format a month number as 2026年3月."""
    return say("{year}年{month}月", year=month // 12, month=month % 12 + 1)


def age(born: date, on: date) -> int:
    """A person's age in full years (周岁) on a day. By law it is reached on the birthday itself."""
    years = on.year - born.year
    if (born.month, born.day) <= (on.month, on.day):
        return years
    return years if born.day == 29 and add_months(born, 12 * years) <= on else years - 1


class Track(NamedTuple):
    """An original retirement age, in years, and the steps by which it is delayed, in months."""

    code: str
    label: str
    years: int
    step: int
    most: int


class Retirement(NamedTuple):
    """The statutory retirement age of one person, and the day on which it is reached."""

    years: int
    months: int
    day: date

    def __str__(self) -> str:
        months = f" {self.months} month{'s' if self.months > 1 else ''}" if self.months else ""
        return f"{self.years} years{months}, {self.day.isoformat()}"


_HERE = Path(__file__).parent
_RETIREMENT = tomllib.loads((_HERE / "parameters/retirement.toml").read_text("utf-8"))
DELAY_FROM: date = _RETIREMENT["effective_on"]
DELAY_SOURCE: str = _RETIREMENT["source"]
_FIRST_DELAYED = DELAY_FROM.year * 12 + DELAY_FROM.month
TRACKS: Mapping[str, Track] = {code: Track(code, **track) for code, track in _RETIREMENT["tracks"].items()}


def retirement_months(born: date, track: str, law_of: date = DELAY_FROM) -> int:
    """The statutory retirement age in months, by the law in force on `law_of`.

    `track` is a key of `TRACKS`. From 2025-01-01 the retirement age rises gradually; before that the original
    ages apply.
    """
    _, _, years, step, most = TRACKS[track]
    # In months since the first month of the gradual delay.
    late = (born.year + years) * 12 + born.month - _FIRST_DELAYED
    return years * 12 + (min(late // step + 1, most) if late >= 0 and law_of >= DELAY_FROM else 0)


def retirement(born: date, track: str) -> Retirement:
    """The statutory retirement age (`retirement_months`) and the day on which it is reached."""
    months = retirement_months(born, track)
    return Retirement(months // 12, months % 12, add_months(born, months))


@lru_cache(maxsize=4096)
def latest_birth(by: date, track: str) -> date:
    """The last birth date with which somebody on this track has reached retirement age by `by`."""
    # Invariant: retired if born on low (or nobody is), not retired if born on high.
    low, high = (
        date.min.toordinal(),
        by.toordinal(),
    )
    while high - low > 1:
        middle = (low + high) // 2
        born = date.fromordinal(middle)
        if add_months(born, retirement_months(born, track)) <= by:
            low = middle
        else:
            high = middle
    return date.fromordinal(low)


class DueDate(NamedTuple):
    """The last day of a limit. Provisional if it depends on a year whose holiday plan is not published yet."""

    day: date
    provisional: bool


@dataclass(frozen=True, slots=True)
class Year:
    """The published holiday plan of one year."""

    holidays: frozenset[date]
    workdays: frozenset[date]
    source: str


class HolidayFileError(ValueError):
    """A holiday file that cannot be used. The message names the file and what to correct."""


#: Plans entered by offices; they override the files.
_entered: dict[int, Year] = {}


def _plans(text: str, where: str) -> dict[int, Year]:
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise HolidayFileError(f"节假日文件 {where} 不是有效的 TOML：{error}") from None
    plans = {}
    for key, entry in table.items():
        if key == "fixed":
            continue
        if not (len(key) == 4 and key.isascii() and key.isdigit()) or not isinstance(entry, dict):
            raise HolidayFileError(f"节假日文件 {where}：小节名应为年份，例如 [2027]，不是 [{key}]")
        year = int(key)
        days: dict[str, frozenset[date]] = {}
        for name in ("holidays", "workdays"):
            listed = entry.get(name)
            if not isinstance(listed, list) or any(type(d) is not date or d.year != year for d in listed):
                raise HolidayFileError(
                    f"节假日文件 {where}：[{year}] 的 {name} 应为该年的日期清单，例如 [{year}-01-01]"
                )
            days[name] = frozenset(listed)
        if not entry.get("source"):
            raise HolidayFileError(f"节假日文件 {where}：[{year}] 缺少 source（依据的文件）")
        if days["holidays"] & days["workdays"]:
            raise HolidayFileError(f"节假日文件 {where}：[{year}] 有的日期既是假日又是调休工作日")
        plans[year] = Year(days["holidays"], days["workdays"], str(entry["source"]))
    return plans


def _table() -> str:
    return (_HERE / "holidays.toml").read_text("utf-8")


@cache
def _fixed() -> frozenset[tuple[int, ...]]:
    return frozenset(tuple(map(int, text.split("-"))) for text in tomllib.loads(_table())["fixed"]["days"])


@cache
def _published() -> dict[int, Year]:
    return _plans(_table(), "holidays.toml")


def extend(path: str | Path) -> list[int]:
    """Load an administrator's holiday file (same format as `holidays.toml`) and return its years.

    Raises HolidayFileError.
    """
    try:
        text = Path(path).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise HolidayFileError(f"读不了节假日文件 {path}：{error}") from None
    plans = _plans(text, str(path))
    _published().update(plans)
    _working_days.cache_clear()
    return sorted(plans)


def enter(plans: Mapping[int, Year]) -> None:
    """Replace the plans entered by offices; they override the files."""
    global _entered
    if plans != _entered:
        _entered = dict(plans)
        _working_days.cache_clear()


def known_plans() -> Mapping[int, Year]:
    return dict(sorted({**_published(), **_entered}.items()))


def published_years() -> Mapping[int, str]:
    """The years with a published plan, each with its source."""
    return {year: plan.source for year, plan in known_plans().items()}


def is_workday(day: date) -> bool:
    """Whether offices work on that day, including weekend days worked in exchange for a holiday."""
    plan = _entered.get(day.year) or _published().get(day.year)
    if plan is None:
        return day.weekday() < 5 and (day.month, day.day) not in _fixed()
    return day in plan.workdays or (day.weekday() < 5 and day not in plan.holidays)


@lru_cache(maxsize=256)
def _working_days(year: int) -> tuple[int, ...]:
    days = range(date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal() + 1)
    return tuple(day for day in days if is_workday(date.fromordinal(day)))


def add_workdays(day: date, count: int) -> DueDate:
    """The last day of a limit of `count` working days; the day on which it starts does not count (二(二), 二(四)).

    `count` is 0 or more; 0 returns the day itself. Raises ValueError if it is negative or the calendar ends.
    """
    if count < 0:
        raise ValueError("工作日数不能是负数")
    if count == 0:
        return DueDate(day, False)
    provisional, after, year = False, day.toordinal(), day.year
    while True:
        working = _working_days(year)
        provisional = provisional or (year not in _published() and year not in _entered)
        first = bisect_right(working, after)
        if first + count <= len(working):
            return DueDate(date.fromordinal(working[first + count - 1]), provisional)
        count -= len(working) - first
        year += 1
        if year > date.max.year:
            raise ValueError("期限超出了日历的范围（9999年）")


def workdays_left(today: date, due: date) -> int:
    """The number of working days after `today` up to and including `due`: 0 on the last day.

    Negative once the limit has passed: the working days since then, at least one, even on a Sunday.
    """
    if today <= due:
        return _workdays_between(today, due)
    return min(-1, -_workdays_between(due, today))


def _workdays_between(after: date, until: date) -> int:
    first, last, total = after.toordinal(), until.toordinal(), 0
    for year in range(after.year, until.year + 1):
        working = _working_days(year)
        total += bisect_right(working, last) - bisect_right(working, first)
    return total


def neighbour(day: date, step: Literal[-1, 1]) -> date:
    """The day before or after; the same day at an end of the calendar."""
    return day if day == (date.max if step > 0 else date.min) else day + step * ONE_DAY


def day_after(day: date) -> date:
    """The next day: the first on which what had to wait for a limit is possible."""
    return day + ONE_DAY
