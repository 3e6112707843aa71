"""What a word may say in SQL about one row: a small vocabulary over SQLGlot's trees."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Literal

from sqlglot import exp

from jiuyuan.rules.facts import Fact

Dialect = Literal["duckdb", "postgres", "spark"]

_TYPES = {"date": "DATE", "boolean": "BOOLEAN", "number": "DOUBLE", "dates": "ARRAY<DATE>"}

#: The refusals up to the day of the question in their order, and where the last window of them begins.
IN_ORDER = "refusals_in_order"
LAST_WINDOW = "last_refusal_window_begins_on"

#: What sex and retirement track say together, as truth values, which engines compare faster than text.
IS_MALE = "is_male"
RETIRES_AT_50 = "retires_at_50"


def sql_type(fact: Fact) -> exp.DataType:
    """The type of a fact's column."""
    return exp.DataType.build(_TYPES.get(fact.kind, "VARCHAR"))


def literal(day: date) -> exp.Expr:
    """A constant day."""
    return exp.cast(exp.Literal.string(day.isoformat()), "DATE")


def map_of(values: Mapping[str, exp.Expr]) -> exp.Expr:
    """A constant map of DuckDB. What it says of a column is worked out once for each entry of a file's dictionary; in an
    expression IN, OR and CASE are not, other than in a filter by itself.
    """
    keys = exp.Array(expressions=[exp.Literal.string(key) for key in values])
    return call("map", keys, exp.Array(expressions=list(values.values())))


def call(name: str, *arguments: exp.Expr) -> exp.Expr:
    """A function of one engine."""
    return exp.Anonymous(this=name, expressions=list(arguments))


class Row:
    """What a leaf may say in SQL about one row; an unknown fact is NULL."""

    def __init__(self, as_of: date, dialect: Dialect = "postgres") -> None:
        self.as_of, self._dialect = as_of, dialect

    def fact(self, name: str) -> exp.Expr:
        """The column of a fact, with what follows from other facts filled in."""
        return exp.column(name)

    def boolean(self, value: bool) -> exp.Expr:
        return exp.Boolean(this=value)

    def unknown(self) -> exp.Expr:
        return exp.cast(exp.Null(), "BOOLEAN")

    def all_of(self, parts: Iterable[exp.Expr]) -> exp.Expr:
        return exp.and_(*parts)

    def any_of(self, parts: Iterable[exp.Expr]) -> exp.Expr:
        return exp.or_(*parts)

    def negated(self, part: exp.Expr) -> exp.Expr:
        return exp.not_(part)

    def coalesce(self, first: exp.Expr, *others: exp.Expr) -> exp.Expr:
        return exp.Coalesce(this=first, expressions=list(others))

    def by_entry(self, comparison: exp.Expr) -> exp.Expr:
        """A comparison of one column with constants.

        DuckDB makes it for each entry of a file's dictionary only, but then joins such answers with others ten times as slowly
        as those that stand row by row, which a cast makes of them.
        """
        if self._dialect != "duckdb":
            return comparison
        return exp.cast(exp.cast(exp.paren(comparison), "TINYINT"), "BOOLEAN")

    def one_of(self, column: exp.Expr, codes: Sequence[str]) -> exp.Expr:
        if self._dialect == "duckdb" and len(codes) > 1:
            return self.by_entry(
                call("map_contains", map_of({code: self.boolean(True) for code in codes}), column.copy())
            )
        same = (exp.EQ(this=column.copy(), expression=exp.Literal.string(code)) for code in codes)
        return self.by_entry(exp.or_(*same))

    def male(self) -> exp.Expr:
        """Whether the person is a man, by sex or by retirement track."""
        return exp.column(IS_MALE)

    def retires_at_50(self) -> exp.Expr:
        """Whether the track of a woman is the earlier one; says nothing about men."""
        return exp.column(RETIRES_AT_50)

    def starts_with(self, column: exp.Expr, prefix: str) -> exp.Expr:
        return self.by_entry(exp.Like(this=column, expression=exp.Literal.string(prefix + "%")))

    def not_blank(self, column: exp.Expr) -> exp.Expr:
        """Something is written there; False where it is NULL."""
        return self.coalesce(
            exp.NEQ(this=exp.Trim(this=column), expression=exp.Literal.string("")), self.boolean(False)
        )

    def on_or_before(self, column: exp.Expr, day: date) -> exp.Expr:
        return self.by_entry(exp.LTE(this=column, expression=literal(day)))

    def before(self, column: exp.Expr, day: date) -> exp.Expr:
        return self.by_entry(exp.LT(this=column, expression=literal(day)))

    def when(self, *cases: tuple[exp.Expr, exp.Expr], otherwise: exp.Expr) -> exp.Expr:
        """The value of the first condition that holds."""
        found = exp.Case()
        for condition, value in cases:
            found = found.when(condition, value)
        return found.else_(otherwise)

    def earns_minimum_wage(self, income: str) -> exp.Expr:
        """The income is not below the wage of the row; never where there is no income."""
        column = self.fact(income)
        something = exp.GT(this=column, expression=exp.Literal.number(0))
        enough = exp.GTE(this=column.copy(), expression=self.fact("local_minimum_wage"))
        return self.all_of([something, enough])

    def refused(self) -> exp.Expr:
        """Enough refusals in a window that begins after recognition: see `words.Refused`, of which this is the same reading."""
        recognised, last = self.fact("recognised_on"), exp.column(LAST_WINDOW)
        return self.when(
            (exp.GTE(this=recognised, expression=literal(self.as_of)), self.boolean(False)),
            (exp.Is(this=self.fact("service_refusals"), expression=exp.Null()), self.unknown()),
            (exp.Is(this=last, expression=exp.Null()), self.boolean(False)),
            otherwise=exp.LT(this=recognised.copy(), expression=last.copy()),
        )
