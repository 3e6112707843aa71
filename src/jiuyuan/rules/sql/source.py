"""The columns of the input with what follows from them: sex and track from each other, the local wage, windows of refusals."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING

from sqlglot import exp

from jiuyuan.rules import parameters
from jiuyuan.rules.facts import TRACK_SEX
from jiuyuan.rules.sql.row import IN_ORDER, Dialect, Row, call, literal, map_of, sql_type

if TYPE_CHECKING:
    from jiuyuan.rules.policy import Policy


class Source:
    """The columns of the input, and what follows from them."""

    def __init__(self, policy: Policy, as_of: date, columns: Collection[str], dialect: Dialect) -> None:
        self._facts, self._as_of, self._columns, self._dialect = policy.known_facts, as_of, set(columns), dialect

    def column(self, name: str) -> exp.Expr:
        if name in self._columns:
            return exp.column(name)
        return exp.cast(exp.Null(), sql_type(self._facts[name]))

    def derived(self, name: str) -> exp.Expr:
        if name == "sex":
            return self._else(name, "retirement_track", TRACK_SEX)
        if name == "retirement_track":
            return self._else(name, "sex", {"male": "male_60"})
        if name == "local_minimum_wage" and "residence_division" in self._columns:
            known = minimum_wage(exp.column("residence_division"), self._as_of, self._dialect)
            if name not in self._columns:
                return known
            return exp.Coalesce(this=exp.column(name), expressions=[known])
        return self.column(name)

    def male(self) -> exp.Expr:
        """See `Row.male`."""
        said = [
            exp.EQ(this=exp.column(name), expression=exp.Literal.string(code))
            for name, code in (("retirement_track", "male_60"), ("sex", "male"))
            if name in self._columns
        ]
        if len(said) == 2:
            no_track = exp.Is(this=exp.column("retirement_track"), expression=exp.Null())
            return exp.Case().when(no_track, said[1]).else_(said[0])
        return said[0] if said else Row(self._as_of, self._dialect).unknown()

    def retires_at_50(self) -> exp.Expr:
        """See `Row.retires_at_50`."""
        return Row(self._as_of, self._dialect).one_of(self.column("retirement_track"), ["female_50"])

    def _else(self, name: str, other: str, meanings: Mapping[str, str]) -> exp.Expr:
        if other not in self._columns:
            return self.column(name)
        by_meaning: dict[str, list[str]] = {}
        for code, meaning in meanings.items():
            by_meaning.setdefault(meaning, []).append(code)
        row, found = Row(self._as_of, self._dialect), exp.Case()
        for meaning, codes in by_meaning.items():
            found = found.when(row.one_of(exp.column(other), codes), exp.Literal.string(meaning))
        if name not in self._columns:
            return found
        return exp.Coalesce(this=exp.column(name), expressions=[found])

    def in_order(self, table: exp.Expr, read: Iterable[str], beside: Iterable[str]) -> exp.Expr:
        """The source with the sorted refusals beside it, for engines with list functions: named once, not in every lambda."""
        if "service_refusals" not in self._columns or self._dialect == "postgres":
            return table
        up_to_now = _lambda("r", exp.LTE(this=exp.column("r"), expression=literal(self._as_of)))
        filtered, ordered = ("list_filter", "list_sort") if self._dialect == "duckdb" else ("filter", "sort_array")
        days = call(ordered, call(filtered, exp.column("service_refusals"), up_to_now))
        kept = [*(name for name in ("id", *read) if name in self._columns), *beside]
        return exp.select(*kept, exp.alias_(days, IN_ORDER)).from_(table).subquery("people_with_refusals")

    def last_window(self, times: int, months: int) -> exp.Expr:
        """The first day of the last window with so many refusals, NULL where there is none."""
        if "service_refusals" not in self._columns:
            return exp.cast(exp.Null(), "DATE")
        if self._dialect == "postgres":
            return _last_window_by_rows(exp.column("service_refusals"), self._as_of, times - 1, months)
        return _last_window_by_list(times - 1, months, self._dialect)


def minimum_wage(division: exp.Expr, as_of: date, dialect: Dialect) -> exp.Expr:
    """The minimum wage of a division on a constant day, the longest known code first; NULL where none is known."""
    figures = {code: figure.value for code, figure in parameters.minimum_wages(as_of).items()}
    # Without the places below another that have its figure all the same.
    figures = {
        code: value
        for code, value in figures.items()
        if next((figures[code[:n]] for n in range(len(code) - 1, 5, -1) if code[:n] in figures), None) != value
    }
    if not figures:
        return exp.cast(exp.Null(), "DOUBLE")
    lengths = sorted({len(code) for code in figures}, reverse=True)
    if dialect == "duckdb":
        found = [_looked_up(division, n, {code: v for code, v in figures.items() if len(code) == n}) for n in lengths]
        return found[0] if len(found) == 1 else exp.Coalesce(this=found[0], expressions=found[1:])
    case = exp.Case()
    for length in lengths:
        by_value: dict[int, list[str]] = {}
        for code, value in figures.items():
            if len(code) == length:
                by_value.setdefault(value, []).append(code)
        for value, codes in by_value.items():
            listed = exp.In(this=_prefix(division, length), expressions=[exp.Literal.string(code) for code in codes])
            case = case.when(listed, exp.Literal.number(value))
    return case


def _prefix(division: exp.Expr, length: int) -> exp.Expr:
    return exp.Substring(this=division.copy(), start=exp.Literal.number(1), length=exp.Literal.number(length))


def _looked_up(division: exp.Expr, length: int, figures: Mapping[str, int]) -> exp.Expr:
    wages = {code: exp.cast(exp.Literal.number(value), "DOUBLE") for code, value in figures.items()}
    return call("map_extract_value", map_of(wages), _prefix(division, length))


def _plus_months(day: exp.Expr, months: int) -> exp.Expr:
    span = exp.Interval(this=exp.Literal.string(str(months)), unit=exp.Var(this="MONTH"))
    return exp.cast(exp.Paren(this=exp.Add(this=day, expression=span)), "DATE")


def _lambda(variable: str, body: exp.Expr) -> exp.Expr:
    return exp.Lambda(this=body, expressions=[exp.to_identifier(variable)])


def _last_window_by_list(offset: int, months: int, dialect: Dialect) -> exp.Expr:
    """With the list functions of DuckDB or Spark."""
    days, place = exp.column(IN_ORDER), exp.column("i")
    # DuckDB counts from 1 and gives NULL beyond the last; so does Spark's `get`, which counts from 0.
    if dialect == "duckdb":
        at, kept, mapped, most = "list_extract", "list_filter", "list_transform", "list_max"
        places = call("range", exp.Literal.number(1), exp.Add(this=call("len", days), expression=exp.Literal.number(1)))
    else:
        at, kept, mapped, most = "get", "filter", "transform", "array_max"
        last = call("greatest", call("size", days), exp.Literal.number(0))
        places = call("sequence", exp.Literal.number(0), last)
    later = exp.Add(this=place.copy(), expression=exp.Literal.number(offset))
    first = call(at, days.copy(), place)
    fits = exp.LTE(this=call(at, days.copy(), later), expression=_plus_months(first, months))
    return call(most, call(mapped, call(kept, places, _lambda("i", fits)), _lambda("i", first.copy())))


def _last_window_by_rows(refusals: exp.Expr, as_of: date, offset: int, months: int) -> exp.Expr:
    """With a subquery over the list, as PostgreSQL has it."""
    day = exp.column("r", table="refusal")
    each = exp.alias_(exp.Unnest(expressions=[refusals]), "refusal", table=["r"])
    later = exp.Window(
        this=exp.Lead(this=day.copy(), offset=exp.Literal.number(offset)), order=exp.Order(expressions=[day.copy()])
    )
    runs = exp.select(exp.alias_(day.copy(), "first_day"), exp.alias_(later, "last_day")).from_(each)
    runs = runs.where(exp.LTE(this=day.copy(), expression=literal(as_of)))
    first = exp.column("first_day", table="run")
    fits = exp.LTE(this=exp.column("last_day", table="run"), expression=_plus_months(first, months))
    return exp.select(exp.Max(this=first.copy())).from_(runs.subquery("run")).where(fits).subquery()
