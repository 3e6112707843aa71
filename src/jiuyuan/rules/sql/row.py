"""The SQL vocabulary for one row, in the dialect of each engine. Every compound expression is in parentheses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Literal

from jiuyuan.blanks import BESIDE, NOTHING

if TYPE_CHECKING:
    from jiuyuan.rules.parameters import Wages

Dialect = Literal["duckdb", "postgres", "spark"]

_TYPES = {"date": "DATE", "boolean": "BOOLEAN", "number": "DOUBLE", "dates": "DATES"}
_WRITTEN: Mapping[str, Mapping[str, str]] = {
    "duckdb": {"DATES": "DATE[]"},
    "postgres": {"DOUBLE": "DOUBLE PRECISION", "DATES": "DATE[]"},
    "spark": {"VARCHAR": "STRING", "DATES": "ARRAY<DATE>"},
}

#: The sorted refusals up to the day of the question, and the first day of the last window of them.
IN_ORDER = "refusals_in_order"
LAST_WINDOW = "last_refusal_window_begins_on"

#: What sex and retirement track imply, as booleans, which engines compare faster than text.
IS_MALE = "is_male"
RETIRES_AT_50 = "retires_at_50"


def sql_type(kind: str, dialect: Dialect) -> str:
    """The column type of a kind of fact in a dialect."""
    general = _TYPES.get(kind, "VARCHAR")
    return _WRITTEN[dialect].get(general, general)


def literal(day: date) -> str:
    """A date constant."""
    return f"DATE '{day.isoformat()}'"


def text(words: str) -> str:
    """A text constant."""
    return "'" + words.replace("'", "''") + "'"


def map_of(values: Mapping[str, str]) -> str:
    """A DuckDB map constant.

    DuckDB evaluates a lookup once per entry of a file's dictionary. It does not do so for IN, OR and CASE, except
    in a filter on its own.
    """
    return f"map([{', '.join(map(text, values))}], [{', '.join(values.values())}])"


class SqlRow:
    """What a leaf can express in SQL about one row. Unknown facts are NULL."""

    def __init__(self, as_of: date, dialect: Dialect = "postgres") -> None:
        self.as_of, self.dialect = as_of, dialect

    def fact(self, name: str) -> str:
        """The column of a fact, with values derived from other facts filled in."""
        return name

    def cast(self, value: str, kind: str) -> str:
        """Cast a value, such as NULL, to the type of this kind of fact."""
        return f"CAST({value} AS {sql_type(kind, self.dialect)})"

    def boolean(self, value: bool) -> str:
        return "TRUE" if value else "FALSE"

    def unknown(self) -> str:
        return "CAST(NULL AS BOOLEAN)"

    def all_of(self, parts: Iterable[str]) -> str:
        return _joined(" AND ", parts)

    def any_of(self, parts: Iterable[str]) -> str:
        return _joined(" OR ", parts)

    def negated(self, part: str) -> str:
        return f"(NOT {part})"

    def coalesce(self, first: str, *others: str) -> str:
        return f"COALESCE({', '.join([first, *others])})"

    def by_entry(self, comparison: str) -> str:
        """A comparison of one column with constants.

        DuckDB evaluates it once per entry of a file's dictionary, but combining such results with others is ten
        times as slow as combining plain ones; the cast makes them plain.
        """
        if self.dialect != "duckdb":
            return f"({comparison})"
        return f"CAST(CAST(({comparison}) AS TINYINT) AS BOOLEAN)"

    def one_of(self, column: str, codes: Sequence[str]) -> str:
        if self.dialect == "duckdb" and len(codes) > 1:
            return self.by_entry(f"map_contains({map_of(dict.fromkeys(codes, 'TRUE'))}, {column})")
        return self.by_entry(self.any_of(f"{column} = {text(code)}" for code in codes))

    def male(self) -> str:
        """Whether the person is a man, by sex or retirement track."""
        return IS_MALE

    def retires_at_50(self) -> str:
        """Whether a woman's track is the earlier one; not meaningful for men."""
        return RETIRES_AT_50

    def starts_with(self, column: str, prefix: str) -> str:
        """Whether a division lies below the code `prefix`."""
        return self.by_entry(f"{column} LIKE {text(prefix + '%')}")

    def says_something(self, column: str) -> str:
        """Whether the column has a remark, by `blanks.says_nothing`; False if NULL."""
        words = sorted(NOTHING)
        if self.dialect == "spark":  # Spark interprets escapes in string constants
            words = [word.replace("\\", "\\\\") for word in words]
        plain = f"LOWER(TRIM(BOTH {text(BESIDE)} FROM {column}))"
        if self.dialect == "duckdb":  # DuckDB turns a long IN list into a join and so loses the row order
            return self.coalesce(f"NOT map_contains({map_of(dict.fromkeys(words, 'TRUE'))}, {plain})", "FALSE")
        return self.coalesce(f"{plain} NOT IN ({', '.join(map(text, words))})", "FALSE")

    def on_or_before(self, column: str, day: date) -> str:
        return self.by_entry(f"{column} <= {literal(day)}")

    def before(self, column: str, day: date) -> str:
        return self.by_entry(f"{column} < {literal(day)}")

    def when(self, *cases: tuple[str, str], otherwise: str) -> str:
        """The value of the first condition that holds (CASE)."""
        return f"CASE {' '.join(f'WHEN {condition} THEN {value}' for condition, value in cases)} ELSE {otherwise} END"

    def earns_minimum_wage(self, income: str, figures: Wages | None) -> str:
        """Whether the income is at least the wage of the row; NULL without an income (see `words.EarnsMinimumWage`).

        If the place has no figure, an income from the province's highest upwards is enough and one below its
        lowest is not; in between the answer is unknown, expressed by `AND NULL`.
        """
        column, wage, place = self.fact(income), self.fact("local_minimum_wage"), self.fact("residence_division")
        spans = figures.spans(self.as_of) if figures else {}
        if not spans:
            return self.all_of([f"{column} > 0", f"{column} >= {wage}"])
        least, most = (
            self.coalesce(
                wage,
                self.when(
                    *((f"{place} LIKE '{province}%'", str(span[end].value)) for province, span in spans.items()),
                    otherwise="NULL",
                ),
            )
            for end in (0, 1)
        )
        surely, perhaps = f"{column} >= {most}", self.all_of([f"{column} >= {least}", self.unknown()])
        return self.all_of([f"{column} > 0", self.any_of([surely, perhaps])])

    def refused(self) -> str:
        """Whether there are enough refusals in a window that begins after recognition, as in `words.RefusedOften`."""
        recognised = self.fact("recognised_on")
        return self.when(
            (f"{recognised} >= {literal(self.as_of)}", "FALSE"),
            (f"{self.fact('service_refusals')} IS NULL", self.unknown()),
            (f"{LAST_WINDOW} IS NULL", "FALSE"),
            otherwise=f"{recognised} < {LAST_WINDOW}",
        )


def _joined(join: str, parts: Iterable[str]) -> str:
    listed = list(parts)
    return listed[0] if len(listed) == 1 else f"({join.join(listed)})"
