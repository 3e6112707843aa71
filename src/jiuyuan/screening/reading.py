"""How a text becomes a fact's value: dates in the ways people write them, 是 and 否, names of choices, sums with their unit.

It is read once for each different text of a column, in Python, and looked up for all rows by the engine (`words`): so every kind
of file and every engine takes the same words. A column whose type fits is read as it is.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from jiuyuan import characters, sums
from jiuyuan.blanks import BLANKS, NO_SUM, key
from jiuyuan.rules.calendar import add_months, neighbour
from jiuyuan.rules.facts import FactDefinition, why_wrong
from jiuyuan.rules.logic import leaves
from jiuyuan.rules.policy import Policy
from jiuyuan.wording import say

_YES = frozenset({"true", "t", "yes", "y", "1", "是", "有"})
_NO = frozenset({"false", "f", "no", "n", "0", "否", "无"})
_NO_DAY = frozenset({"无", "没有", "暂无", "0", "00", "0.0"})
# Somebody doubted, or a calculation failed: that is to be looked at, not passed over as unknown.
_DOUBT = frozenset({"?"})
_NO_DAYS = frozenset({"[]", "{}", "无"})
_NUMBERS = (
    "TINYINT",
    "SMALLINT",
    "INTEGER",
    "BIGINT",
    "HUGEINT",
    "UTINYINT",
    "USMALLINT",
    "UINTEGER",
    "UBIGINT",
    "FLOAT",
)
_MOST = "1e300"
_CHINA = ZoneInfo("Asia/Shanghai")
_BLANKS = " \t\n\r\u3000\ufeff"


def quoted(name: str) -> str:
    """A name of a column as DuckDB reads it."""
    return '"' + name.replace('"', '""') + '"'


def text(words: str) -> str:
    """A constant text."""
    return "'" + words.replace("'", "''") + "'"


def listed(words: Iterable[str]) -> str:
    return ", ".join(map(text, words))


@dataclass(frozen=True)
class ExactColumn:
    """A column whose type fits: `value` is the column, or a cast. `bad`: one of these is TRUE for a row that cannot be read.

    They are asked one by one, so that statistics and dictionaries of a file can answer those that they know the answer to.
    """

    value: str
    bad: tuple[str, ...]


def as_it_is(fact: FactDefinition | None, column: str, kind: str) -> ExactColumn | None:
    """The reading of a column of the DuckDB type `kind` that fits the fact (None: the id); None where it does not fit."""
    if fact is None or fact.kind == "text":
        return ExactColumn(column, ()) if kind == "VARCHAR" else None
    if fact.kind == "boolean" and kind == "BOOLEAN":
        return ExactColumn(column, ())
    if fact.kind == "date" and (kind == "DATE" or kind.startswith("TIMESTAMP")):
        value = column if kind == "DATE" else f"CAST({column} AS DATE)"
        return ExactColumn(value, (f"{value} < DATE '0001-01-01' OR {value} > DATE '9999-12-31'",))
    if fact.kind == "number" and (kind in ("DOUBLE", *_NUMBERS) or kind.startswith("DECIMAL")):
        value = column if kind == "DOUBLE" else f"CAST({column} AS DOUBLE)"
        # To DuckDB what is no number is greater than every number.
        bad = (f"{value} <= 0", f"{value} >= {_MOST}") if fact.positive else (f"{value} < 0", f"{value} > {_MOST}")
        return ExactColumn(value, bad)
    # Each a filter on the column alone, which DuckDB works out once for each entry of the file's dictionary.
    if fact.kind == "choice" and kind == "VARCHAR":
        return ExactColumn(column, (f"{column} NOT IN ({listed(fact.choices)})",))
    if fact.kind == "division" and kind == "VARCHAR":
        return ExactColumn(column, (f"{column} GLOB '*[!0-9]*' OR length({column}) NOT BETWEEN 6 AND 12",))
    if fact.kind == "dates" and kind == "DATE[]":
        gap = f"len(list_filter({column}, lambda day: day IS NULL OR day < DATE '0001-01-01' OR day > DATE '9999-12-31')) > 0"
        return ExactColumn(column, (gap,))
    return None


def in_words(column: str, kind: str) -> str:
    """A column of any DuckDB type as the text that is read."""
    if kind == "VARCHAR":
        return column
    if kind.endswith("[]"):
        each = f"list_transform({column}, lambda item: coalesce(CAST(item AS VARCHAR), '?'))"
        return f"CASE WHEN len({column}) = 0 THEN '[]' ELSE array_to_string({each}, ';') END"
    return f"CAST({column} AS VARCHAR)"


def as_text(column: str, kind: str) -> str:
    """A column of any DuckDB type as text that is only shown: 7.0, as programs leave a number, is 7."""
    words = in_words(column, kind)
    if kind in ("FLOAT", "DOUBLE") or kind.startswith("DECIMAL"):
        words = f"regexp_replace({words}, '\\.0+$', '')"
    return f"nullif({words}, '')"


class UnreadableFile(ValueError):
    """The text says nothing that this fact can be."""


def reason(policy: Policy, name: str, written: str) -> str:
    """What is wrong with a text that cannot be read, in the words that `decide` has for it."""
    if why := why_wrong(name, written, policy.known_facts):
        return why
    return say("{name}：认不出这个值，请核对", name=policy.known_facts[name])


#: A function from a text to the value, None where it says that nothing is known. Raises `Unreadable`.
Reader = Callable[[str], Any]


def reader(fact: FactDefinition, policy: Policy, as_of: date) -> Reader:
    """How a fact is read on that day."""
    kinds: dict[str, Reader] = {
        "boolean": _boolean, "date": _day_or_month(fact, policy, as_of), "number": _number(fact.positive),
        "choice": _choice(fact), "division": _division, "dates": _days,
    }  # fmt: skip
    read = kinds[fact.kind]
    blanks = BLANKS - _DOUBT
    if fact.kind == "date":
        blanks |= _NO_DAY
    if fact.kind == "number":
        blanks = NO_SUM

    def written(words: str) -> Any:
        there = characters.visible(words).strip(_BLANKS)
        if not there or (len(there) < 12 and there not in fact.choices and key(there) in blanks):
            return None
        return read(there)

    return written


def _boolean(there: str) -> bool:
    lower = unicodedata.normalize("NFKC", there).lower()
    lower = lower.removesuffix(".0")  # 1.0, as programs leave a number
    if lower in _YES:
        return True
    if lower in _NO:
        return False
    raise UnreadableFile


def _choice(fact: FactDefinition) -> Reader:
    codes = {word: code for code, label in fact.choices.items() for word in (code, label)}

    def choice(there: str) -> str:
        code = codes.get(there) or codes.get(unicodedata.normalize("NFKC", there).lower())
        if code is None:
            raise UnreadableFile
        return code

    return choice


_DIVISION = re.compile(r"([0-9]{6,12})(?:\.0+)?", re.ASCII)


def _division(there: str) -> str:
    found = _DIVISION.fullmatch(unicodedata.normalize("NFKC", there))
    if not found:
        raise UnreadableFile
    return found[1]


def _number(positive: bool) -> Reader:
    def number(there: str) -> float:
        amount = sums.yuan(there, powers=True)
        if amount is None:
            raise UnreadableFile
        value = float(amount)
        if not value <= float(_MOST) or (positive and value == 0):
            raise UnreadableFile
        return value

    return number


_PARTED = re.compile(r"([0-9]{4})\s*[-/.年]\s*([0-9]{1,2})\s*[-/.月]\s*([0-9]{1,2})\s*日?", re.ASCII)
_RUN = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})(?:\.0+)?", re.ASCII)
_MONTH = re.compile(r"([0-9]{4})\s*(?:[-/.]\s*([0-9]{1,2})|年\s*([0-9]{1,2})\s*月)|([0-9]{4})(0[1-9]|1[0-2])", re.ASCII)
_MOMENT = re.compile(
    r"(.+?)[ T]+([0-9]{1,2}):([0-9]{2})(?::([0-9]{2})(?:\.[0-9]+)?)?\s*(Z|UTC|([+-])([0-9]{2}):?([0-9]{2})?)?", re.ASCII
)


def _day(there: str) -> date:
    """2026-03-02, 2026/3/2, 2026.3.2, 2026年3月2日, 20260302; of a moment the day, in China where it says its zone."""
    there = characters.with_one_dash(unicodedata.normalize("NFKC", there))
    moment = _MOMENT.fullmatch(there)
    found = _PARTED.fullmatch(moment[1] if moment else there) or _RUN.fullmatch(moment[1] if moment else there)
    try:
        if not found:
            raise UnreadableFile
        day = date(*map(int, found.groups()))
        if moment is None or not moment[5]:
            return day
        hours, minutes = int(moment[7] or 0), int(moment[8] or 0)
        offset = timedelta(hours=hours, minutes=minutes) * (-1 if moment[6] == "-" else 1)
        at = datetime(day.year, day.month, day.day, int(moment[2]), int(moment[3]), tzinfo=ZoneInfo("UTC")) - offset
        return at.astimezone(_CHINA).date()
    except (ValueError, OverflowError):
        raise UnreadableFile from None


def _day_or_month(fact: FactDefinition, policy: Policy, as_of: date) -> Reader:
    """A day; of a month that alone was written, the last day where every day of it answers the same, else nothing is known."""
    conditions = [clause.when for clause in policy.clauses]
    asked = {leaf for when in conditions for leaf in leaves(when) if fact.name in leaf.reads}
    alone = asked and all(leaf.reads == (fact.name,) for leaf in asked) and fact.name != "birth_date"
    answers = [leaf.compiled() for leaf in asked] if alone else []

    def day(there: str) -> date | None:
        month = _MONTH.fullmatch(unicodedata.normalize("NFKC", there)) if answers else None
        if month is None:
            return _day(there)
        year, number = int(month[1] or month[4]), int(month[2] or month[3] or month[5])
        try:
            first = date(year, number, 1)
        except ValueError:
            raise UnreadableFile from None
        last = neighbour(add_months(first, 1), -1) if (year, number) != (9999, 12) else date.max
        last = max(first, min(last, as_of)) if fact.name == "unemployed_since" else last
        same = all(
            answer({"as_of": as_of, fact.name: first}) == answer({"as_of": as_of, fact.name: last})
            for answer in answers
        )
        return last if same else None

    return day


_BETWEEN = re.compile(r"[;；,，、\s]+")
_BRACKETS = str.maketrans("", "", "[]{}\"'")


def _days(there: str) -> tuple[date, ...]:
    """Several days, parted by semicolons, commas or blanks, or a list as JSON or PostgreSQL have it; [] or 无 is a list with nothing in it."""
    if there in _NO_DAYS:
        return ()
    pieces = [piece for piece in _BETWEEN.split(there.translate(_BRACKETS)) if piece]
    if not pieces:
        raise UnreadableFile
    return tuple(_day(piece) for piece in pieces)
