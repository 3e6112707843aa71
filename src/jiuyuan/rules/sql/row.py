"""What a word may say in SQL about one row: a small vocabulary, written out for each engine. Whatever has parts stands in brackets."""

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

#: The refusals up to the day of the question in their order, and where the last window of them begins.
IN_ORDER = "refusals_in_order"
LAST_WINDOW = "last_refusal_window_begins_on"

#: What sex and retirement track say together, as truth values, which engines compare faster than text.
IS_MALE = "is_male"
RETIRES_AT_50 = "retires_at_50"


def sql_type(kind: str, dialect: Dialect) -> str:
    """The type of the columns of facts of a kind, as an engine calls it."""
    general = _TYPES.get(kind, "VARCHAR")
    return _WRITTEN[dialect].get(general, general)


def literal(day: date) -> str:
    """A constant day."""
    return f"DATE '{day.isoformat()}'"


def text(words: str) -> str:
    """A constant text."""
    return "'" + words.replace("'", "''") + "'"


def map_of(values: Mapping[str, str]) -> str:
    """A constant map of DuckDB. What it says of a column is worked out once for each entry of a file's dictionary; in an
    expression IN, OR and CASE are not, other than in a filter by itself.
    """
    return f"map([{', '.join(map(text, values))}], [{', '.join(values.values())}])"


class SqlRow:
    """What a leaf may say in SQL about one row; an unknown fact is NULL."""

    def __init__(self, as_of: date, dialect: Dialect = "postgres") -> None:
        self.as_of, self.dialect = as_of, dialect

    def fact(self, name: str) -> str:
        """The column of a fact, with what follows from other facts filled in."""
        return name

    def cast(self, value: str, kind: str) -> str:
        """A value, such as NULL, in the type of facts of this kind."""
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

        DuckDB makes it for each entry of a file's dictionary only, but then joins such answers with others ten times as slowly
        as those that stand row by row, which a cast makes of them.
        """
        if self.dialect != "duckdb":
            return f"({comparison})"
        return f"CAST(CAST(({comparison}) AS TINYINT) AS BOOLEAN)"

    def one_of(self, column: str, codes: Sequence[str]) -> str:
        if self.dialect == "duckdb" and len(codes) > 1:
            return self.by_entry(f"map_contains({map_of(dict.fromkeys(codes, 'TRUE'))}, {column})")
        return self.by_entry(self.any_of(f"{column} = {text(code)}" for code in codes))

    def male(self) -> str:
        """Whether the person is a man, by sex or by retirement track."""
        return IS_MALE

    def retires_at_50(self) -> str:
        """Whether the track of a woman is the earlier one; says nothing about men."""
        return RETIRES_AT_50

    def starts_with(self, column: str, prefix: str) -> str:
        """A division lies below the code `prefix`."""
        return self.by_entry(f"{column} LIKE {text(prefix + '%')}")

    def says_something(self, column: str) -> str:
        """A remark is written there, by `blanks.says_nothing`; False where it is NULL."""
        words = sorted(NOTHING)
        if self.dialect == "spark":  # which reads escapes in a text
            words = [word.replace("\\", "\\\\") for word in words]
        plain = f"LOWER(TRIM(BOTH {text(BESIDE)} FROM {column}))"
        if self.dialect == "duckdb":  # which joins with a long list of IN, and so loses the order of the rows
            return self.coalesce(f"NOT map_contains({map_of(dict.fromkeys(words, 'TRUE'))}, {plain})", "FALSE")
        return self.coalesce(f"{plain} NOT IN ({', '.join(map(text, words))})", "FALSE")

    def on_or_before(self, column: str, day: date) -> str:
        return self.by_entry(f"{column} <= {literal(day)}")

    def before(self, column: str, day: date) -> str:
        return self.by_entry(f"{column} < {literal(day)}")

    def when(self, *cases: tuple[str, str], otherwise: str) -> str:
        """The value of the first condition that holds."""
        return f"CASE {' '.join(f'WHEN {condition} THEN {value}' for condition, value in cases)} ELSE {otherwise} END"

    def earns_minimum_wage(self, income: str, figures: Wages | None) -> str:
        """The income is not below the wage of the row; never where there is no income: see `words.EarnsMinimumWage`.

        Where a province has no figure for the place, an income that reaches its highest is above all and one below its lowest
        below all; between them the answer is unknown, which `AND NULL` makes of it.
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
        """Enough refusals in a window that begins after recognition: see `words.Refused`, of which this is the same reading."""
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
