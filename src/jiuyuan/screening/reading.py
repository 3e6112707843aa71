"""Parses texts into facts: dates in all usual notations, 是 and 否, names of choices, amounts with units.

Each distinct text of a column is parsed once in Python, and looked up for all rows by the engine (`words`), so
that all kinds of files and engines accept the same texts. Columns with a fitting type are used unchanged.
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
# A doubt or a failed calculation has to be checked, not treated as unknown.
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
    """Quote a column name for DuckDB."""
    return '"' + name.replace('"', '""') + '"'


def text(words: str) -> str:
    """A text constant."""
    return "'" + words.replace("'", "''") + "'"


def listed(words: Iterable[str]) -> str:
    return ", ".join(map(text, words))


@dataclass(frozen=True)
class ExactColumn:
    """A column with a fitting type: `value` is the column or a cast.

    `bad`: conditions of which one is TRUE for an unreadable row; separate, so that file statistics and
    dictionaries can answer some of them.
    """

    value: str
    bad: tuple[str, ...]


def as_it_is(fact: FactDefinition | None, column: str, kind: str) -> ExactColumn | None:
    """How to read a DuckDB column of type `kind` for a fact (None: the id); None if the type does not fit."""
    if fact is None or fact.kind == "text":
        return ExactColumn(column, ()) if kind == "VARCHAR" else None
    if fact.kind == "boolean" and kind == "BOOLEAN":
        return ExactColumn(column, ())
    if fact.kind == "date" and (kind == "DATE" or kind.startswith("TIMESTAMP")):
        value = column if kind == "DATE" else f"CAST({column} AS DATE)"
        return ExactColumn(value, (f"{value} < DATE '0001-01-01' OR {value} > DATE '9999-12-31'",))
    if fact.kind == "number" and (kind in ("DOUBLE", *_NUMBERS) or kind.startswith("DECIMAL")):
        value = column if kind == "DOUBLE" else f"CAST({column} AS DOUBLE)"
        # In DuckDB, NaN is greater than every number.
        bad = (f"{value} <= 0", f"{value} >= {_MOST}") if fact.positive else (f"{value} < 0", f"{value} > {_MOST}")
        return ExactColumn(value, bad)
    # Separate filters on one column, which DuckDB evaluates once per dictionary entry.
    if fact.kind == "choice" and kind == "VARCHAR":
        return ExactColumn(column, (f"{column} NOT IN ({listed(fact.choices)})",))
    if fact.kind == "division" and kind == "VARCHAR":
        return ExactColumn(column, (f"{column} GLOB '*[!0-9]*' OR length({column}) NOT BETWEEN 6 AND 12",))
    if fact.kind == "dates" and kind == "DATE[]":
        gap = f"len(list_filter({column}, lambda day: day IS NULL OR day < DATE '0001-01-01' OR day > DATE '9999-12-31')) > 0"
        return ExactColumn(column, (gap,))
    return None


def in_words(column: str, kind: str) -> str:
    """A DuckDB column of any type as the text to be parsed."""
    if kind == "VARCHAR":
        return column
    if kind.endswith("[]"):
        each = f"list_transform({column}, lambda item: coalesce(CAST(item AS VARCHAR), '?'))"
        return f"CASE WHEN len({column}) = 0 THEN '[]' ELSE array_to_string({each}, ';') END"
    return f"CAST({column} AS VARCHAR)"


def as_text(column: str, kind: str) -> str:
    """A DuckDB column of any type as text for display: 7.0, as programs write numbers, becomes 7."""
    words = in_words(column, kind)
    if kind in ("FLOAT", "DOUBLE") or kind.startswith("DECIMAL"):
        words = f"regexp_replace({words}, '\\.0+$', '')"
    return f"nullif({words}, '')"


class UnreadableFile(ValueError):
    """The text is not a possible value of this fact."""


def reason(policy: Policy, name: str, written: str) -> str:
    """What is wrong with a text, in the words of `decide`."""
    if why := why_wrong(name, written, policy.known_facts):
        return why
    return say("{name}：认不出这个值，请核对", name=policy.known_facts[name])


#: Parses a text; returns None for "unknown". Raises `UnreadableFile`.
Reader = Callable[[str], Any]


def reader(fact: FactDefinition, policy: Policy, as_of: date) -> Reader:
    """The parser of a fact, for that day."""
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
    lower = lower.removesuffix(".0")  # 1.0, as programs write integers
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
    """2026-03-02, 2026/3/2, 2026.3.2, 2026年3月2日, 20260302; for a timestamp the day,
    in China if it has a time zone.
    """
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
    """A day; for a month alone its last day if all its days give the same answers, otherwise unknown."""
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
    """Several days, separated by semicolons, commas or spaces, or a JSON or PostgreSQL array; [] or 无 is empty."""
    if there in _NO_DAYS:
        return ()
    pieces = [piece for piece in _BETWEEN.split(there.translate(_BRACKETS)) if piece]
    if not pieces:
        raise UnreadableFile
    return tuple(_day(piece) for piece in pieces)
