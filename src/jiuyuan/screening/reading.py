"""How a column's values become a fact's, as SQL for DuckDB, and which of them do not.

A column whose type fits is read as it is; any other as it is written: dates in the ways people write them, 是 and 否, names of
choices. A value that cannot be read is a fault; a blank cell, or one that says 不清楚, is unknown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from jiuyuan.rules.facts import Fact

UNKNOWN = ("null", "不清楚", "不详", "未知")
_YES = ("true", "t", "yes", "y", "1", "是", "有")
_NO = ("false", "f", "no", "n", "0", "否", "无")
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
_BLANK = "' ' || chr(9) || chr(10) || chr(13) || chr(12288) || chr(65279)"


@dataclass(frozen=True)
class Reading:
    """`value`: the fact, NULL where it is unknown or cannot be read. `bad`: one of these is TRUE for a row that cannot be read.

    They are asked one by one, so that statistics and dictionaries of a file can answer those that they know the answer to.
    `exact`: the type of the column fits, so that the value is the column, or a cast.
    """

    value: str
    bad: tuple[str, ...]
    exact: bool


def quoted(name: str) -> str:
    """A name of a column as DuckDB reads it."""
    return '"' + name.replace('"', '""') + '"'


def text(words: str) -> str:
    """A constant text."""
    return "'" + words.replace("'", "''") + "'"


def _listed(words: Iterable[str]) -> str:
    return ", ".join(map(text, words))


# As it is -------------------------------------------------------------------------------------------------------------------


def as_it_is(fact: Fact | None, column: str, kind: str) -> Reading | None:
    """The reading of a column of the DuckDB type `kind` that fits the fact (None: the id); None where it does not fit."""
    if fact is None or fact.kind == "text":
        return Reading(column, (), exact=True) if kind == "VARCHAR" else None
    if fact.kind == "boolean" and kind == "BOOLEAN":
        return Reading(column, (), exact=True)
    if fact.kind == "date" and (kind == "DATE" or kind.startswith("TIMESTAMP")):
        value = column if kind == "DATE" else f"CAST({column} AS DATE)"
        return Reading(value, (f"{value} < DATE '0001-01-01' OR {value} > DATE '9999-12-31'",), exact=True)
    if fact.kind == "number" and (kind in ("DOUBLE", *_NUMBERS) or kind.startswith("DECIMAL")):
        value = column if kind == "DOUBLE" else f"CAST({column} AS DOUBLE)"
        # To DuckDB what is no number is greater than every number.
        bad = (f"{value} <= 0", f"{value} >= {_MOST}") if fact.positive else (f"{value} < 0", f"{value} > {_MOST}")
        return Reading(value, bad, exact=True)
    # Each a filter on the column alone, which DuckDB works out once for each entry of the file's dictionary.
    if fact.kind == "choice" and kind == "VARCHAR":
        return Reading(column, (f"{column} NOT IN ({_listed(fact.choices)})",), exact=True)
    if fact.kind == "division" and kind == "VARCHAR":
        return Reading(column, (f"{column} GLOB '*[!0-9]*' OR length({column}) NOT BETWEEN 6 AND 12",), exact=True)
    if fact.kind == "dates" and kind == "DATE[]":
        gap = f"len(list_filter({column}, lambda day: day IS NULL OR day < DATE '0001-01-01' OR day > DATE '9999-12-31')) > 0"
        return Reading(column, (gap,), exact=True)
    return None


# As it is written -----------------------------------------------------------------------------------------------------------


def as_written(fact: Fact | None, column: str, kind: str) -> Reading:
    """The reading of a column of any type by the words in it."""
    words = _words(column, kind)
    if fact is None or fact.kind == "text":
        return Reading(f"nullif({words}, '')", (), exact=False)
    there = f"nullif(trim({words}, {_BLANK}), '')"
    there = f"CASE WHEN lower({there}) IN ({_listed(UNKNOWN)}) THEN NULL ELSE {there} END"
    readers: dict[str, Callable[[str], str]] = {
        "boolean": _boolean, "date": _date, "number": _number(fact.positive), "choice": _choice(fact),
        "division": _division, "dates": _dates,
    }  # fmt: skip
    value = readers[fact.kind](there)
    return Reading(value, (f"{there} IS NOT NULL AND {value} IS NULL",), exact=False)


def _words(column: str, kind: str) -> str:
    if kind == "VARCHAR":
        return column
    if kind.endswith("[]"):
        each = f"list_transform({column}, lambda item: coalesce(CAST(item AS VARCHAR), '?'))"
        return f"CASE WHEN len({column}) = 0 THEN '[]' ELSE array_to_string({each}, ';') END"
    if kind in ("FLOAT", "DOUBLE") or kind.startswith("DECIMAL"):
        return (
            f"regexp_replace(CAST({column} AS VARCHAR), '\\.0+$', '')"  # 220102.0, as spreadsheets and pandas leave it
        )
    return f"CAST({column} AS VARCHAR)"


def _boolean(there: str) -> str:
    return f"CASE WHEN lower({there}) IN ({_listed(_YES)}) THEN TRUE WHEN lower({there}) IN ({_listed(_NO)}) THEN FALSE END"


def _choice(fact: Fact) -> Callable[[str], str]:
    def choice(there: str) -> str:
        cases = " ".join(
            f"WHEN lower({there}) = {text(code)} OR {there} = {text(label)} THEN {text(code)}"
            for code, label in fact.choices.items()
        )
        return f"CASE {cases} END"

    return choice


def _division(there: str) -> str:
    return f"CASE WHEN regexp_full_match({there}, '[0-9]{{6,12}}') THEN {there} END"


def _number(positive: bool) -> Callable[[str], str]:
    def number(there: str) -> str:
        plain = f"replace({there}, ',', '')"
        written = "([0-9]+|[0-9]{1,3}(,[0-9]{3})+)(\\.[0-9]+)?([eE][+-]?[0-9]{1,3})?"
        value = f"CASE WHEN regexp_full_match({there}, '{written}') THEN TRY_CAST({plain} AS DOUBLE) END"
        fits = f"{value} > 0 AND {value} < {_MOST}" if positive else f"{value} BETWEEN 0 AND {_MOST}"
        return f"CASE WHEN {fits} THEN {value} END"

    return number


def _date(there: str) -> str:
    """2026-03-02, 2026/3/2, 2026.3.2, 2026年3月2日, 20260302; a time of midnight behind it is none."""
    bare = f"regexp_replace({there}, '[ T]0?0:00(:00(\\.0+)?)?$', '')"
    parted = f"regexp_replace({bare}, '^([0-9]{{4}})[-/.年]([0-9]{{1,2}})[-/.月]([0-9]{{1,2}})日?$', '\\1-\\2-\\3')"
    run = f"regexp_replace({parted}, '^([0-9]{{4}})([0-9]{{2}})([0-9]{{2}})$', '\\1-\\2-\\3')"
    day = f"CASE WHEN regexp_full_match({run}, '[0-9]{{4}}-[0-9]{{1,2}}-[0-9]{{1,2}}') THEN TRY_CAST({run} AS DATE) END"
    return f"CASE WHEN {day} >= DATE '0001-01-01' THEN {day} END"


def _dates(there: str) -> str:
    """Several days, parted by semicolons, commas or blanks, or a JSON list; [] or 无 is a list with nothing in it."""
    bare = f"trim(translate({there}, '[]\"''', ''))"
    pieces = f"list_filter(string_split_regex({bare}, '[;；,，、\\s]+'), lambda piece: piece <> '')"
    days = f"list_transform({pieces}, lambda piece: {_date('piece')})"
    read = f"CASE WHEN len(list_filter({days}, lambda day: day IS NULL)) = 0 THEN {days} END"
    return f"CASE WHEN {there} IN ('[]', '无') THEN CAST([] AS DATE[]) WHEN len({pieces}) > 0 THEN {read} END"
