"""Which dates are possible for a fact, for checking what is recorded.

`decide` accepts any date that the schema allows (docs/rules.md).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from jiuyuan.rules.calendar import add_months
from jiuyuan.rules.facts import FACTS
from jiuyuan.rules.sentences import day_text

#: Dates that programs write for "unknown": the first or last day of their calendars. In a file they count as empty.
PLACEHOLDERS = frozenset(
    date.fromisoformat(day)
    for day in (
        "0001-01-01", "0001-01-03", "1753-01-01", "1899-12-30", "1899-12-31", "1900-01-01", "1904-01-01",
        "1969-12-31", "1970-01-01", "2079-06-06", "2099-12-31", "2199-12-31", "2999-12-31", "3000-12-31", "9999-01-01", "9999-12-30", "9999-12-31",
    )
)  # fmt: skip

_OLDEST = 120
#: The first day that a living person can have experienced.
_EARLIEST = date(1900, 1, 2)
_LONGEST_GRANTED = 50  # in years, if the birth date is unknown


def is_placeholder(day: date) -> bool:
    """Whether programs write this date for "unknown". A birth date of 1970-01-01 is a real date."""
    return day in PLACEHOLDERS


def why_impossible(name: str, day: date, *, today: date, born: date | None = None) -> str | None:
    """Why a fact cannot have this date, in Chinese without the fact's name; None if it can.

    `name` is a field of `facts.schema.json`: a date, or a fact whose event happened on that day (a death, a
    sentence). Any other name, such as the day of an observation, must lie within the person's life.
    """
    if name == "birth_date":
        if day > today:
            return f"{day}晚于今天"
        return f"{day}距今已超过{_OLDEST}年" if today.year - day.year > _OLDEST else None
    if is_placeholder(day):
        return f"{day}是系统在没有日期时填的数，不是真实的日期"
    if day < _EARLIEST:
        return f"{day}太早，不可能"
    if born is not None and day < born:
        return f"{day}早于出生日期{born}"
    fact = FACTS.get(name)
    from_age = fact.from_age if fact else 0
    if born is not None and from_age and day < add_months(born, from_age * 12):
        return f"{day}时还不满{from_age}周岁（{day_text(born)}出生）"
    if day <= today:
        return None
    if name == "left_school_on":
        return f"{day}晚于今天；还没有离校的，这一项留空"
    if not (fact and fact.until_age):
        return f"{day}晚于今天"
    last = add_months(born, fact.until_age * 12) if born else add_months(today, _LONGEST_GRANTED * 12)
    return f"{day}太晚，那时早已超过退休年龄" if day > last else None


def impossible_days(facts: Mapping[str, Any], *, today: date, born: date | None = None) -> list[tuple[str, str]]:
    """The impossible dates among parsed facts, as (field, sentence with its name).

    `born` is the birth date on file; a birth date among the facts takes precedence.
    """
    born = facts.get("birth_date") or born
    found = []
    for name, value in facts.items():
        if name == "as_of" or name not in FACTS:
            continue
        for day in _days(value):
            if why := why_impossible(name, day, today=today, born=born):
                found.append((name, f"{FACTS[name]}：{why}，请核对年月日"))
                break
    return found


def _days(value: Any) -> Iterator[date]:
    if isinstance(value, date):
        yield value
    elif isinstance(value, Iterable) and not isinstance(value, str):
        yield from (day for day in value if isinstance(day, date))
