"""The same conditions as one SQL query, for DuckDB, PostgreSQL and Spark: SQLGlot trees, built and never transpiled from text.

The query comes in layers, each under an alias: facts, then every distinct leaf once, then every clause once, then the answer.
The day of the question is one constant, so ages and spans are comparisons with constant dates; the only month arithmetic is
`start + n months <= day` where both vary by row (refusals), the one form in which all engines agree with Python.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Literal

from sqlglot import exp

from jiuyuan.rules import parameters
from jiuyuan.rules.facts import FACTS, TRACK_SEX, Fact
from jiuyuan.rules.logic import All, Condition, Leaf, Not, leaves

if TYPE_CHECKING:
    from jiuyuan.rules.policy import Clause, Policy

Dialect = Literal["duckdb", "postgres", "spark"]
Question = Literal["decide", "exits"]

_TYPES = {"date": "DATE", "boolean": "BOOLEAN", "number": "DOUBLE", "dates": "ARRAY<DATE>"}

#: The refusals up to the day of the question in their order, and where the last window of them ends.
_IN_ORDER = "refusals_in_order"
_LAST_WINDOW = "last_refusal_window_ends_on"


def sql_type(fact: Fact) -> exp.DataType:
    """The type of a fact's column."""
    return exp.DataType.build(_TYPES.get(fact.kind, "VARCHAR"))


def literal(day: date) -> exp.Expression:
    """A constant day."""
    return exp.cast(exp.Literal.string(day.isoformat()), "DATE")


class Row:
    """What a leaf may say in SQL about one row; an unknown fact is NULL."""

    def __init__(self, as_of: date) -> None:
        self.as_of = as_of

    def fact(self, name: str) -> exp.Expression:
        """The column of a fact, with what follows from other facts filled in."""
        return exp.column(name)

    def boolean(self, value: bool) -> exp.Expression:
        return exp.Boolean(this=value)

    def unknown(self) -> exp.Expression:
        return exp.cast(exp.Null(), "BOOLEAN")

    def all_of(self, parts: Iterable[exp.Expression]) -> exp.Expression:
        return exp.and_(*parts)

    def any_of(self, parts: Iterable[exp.Expression]) -> exp.Expression:
        return exp.or_(*parts)

    def negated(self, part: exp.Expression) -> exp.Expression:
        return exp.not_(part)

    def coalesce(self, first: exp.Expression, *others: exp.Expression) -> exp.Expression:
        return exp.Coalesce(this=first, expressions=list(others))

    def one_of(self, column: exp.Expression, codes: Sequence[str]) -> exp.Expression:
        if len(codes) == 1:
            return exp.EQ(this=column, expression=exp.Literal.string(codes[0]))
        return exp.In(this=column, expressions=[exp.Literal.string(code) for code in codes])

    def starts_with(self, column: exp.Expression, prefix: str) -> exp.Expression:
        return exp.Like(this=column, expression=exp.Literal.string(prefix + "%"))

    def not_blank(self, column: exp.Expression) -> exp.Expression:
        """Something is written there; False where it is NULL."""
        return self.coalesce(exp.NEQ(this=exp.Trim(this=column), expression=exp.Literal.string("")), self.boolean(False))

    def on_or_before(self, column: exp.Expression, day: date) -> exp.Expression:
        return exp.LTE(this=column, expression=literal(day))

    def when(self, *cases: tuple[exp.Expression, exp.Expression], otherwise: exp.Expression) -> exp.Expression:
        """The value of the first condition that holds."""
        found = exp.Case()
        for condition, value in cases:
            found = found.when(condition, value)
        return found.else_(otherwise)

    def agreed(self, column: exp.Expression, days: Collection[date]) -> exp.Expression:
        """On or before all of these days: True; after all of them: False; else unknown."""
        after_all = exp.GT(this=column.copy(), expression=literal(max(days)))
        return self.when(
            (self.on_or_before(column, min(days)), self.boolean(True)),
            (after_all, self.boolean(False)),
            otherwise=self.unknown(),
        )

    def earns_minimum_wage(self, income: str) -> exp.Expression:
        """The income is not below the wage of the row; never where there is no income."""
        column = self.fact(income)
        nothing = exp.EQ(this=column, expression=exp.Literal.number(0))
        enough = exp.GTE(this=column.copy(), expression=self.fact("local_minimum_wage"))
        return self.when((nothing, self.boolean(False)), otherwise=enough)

    def refused(self) -> exp.Expression:
        """Enough refusals in a window that ends after recognition: see `words.Refused`, of which this is the same reading."""
        recognised, last = self.fact("recognised_on"), exp.column(_LAST_WINDOW)
        return self.when(
            (exp.GTE(this=recognised, expression=literal(self.as_of)), self.boolean(False)),
            (exp.Is(this=self.fact("service_refusals"), expression=exp.Null()), self.unknown()),
            (exp.Is(this=last, expression=exp.Null()), self.boolean(False)),
            otherwise=exp.LT(this=recognised.copy(), expression=last.copy()),
        )


# The facts ------------------------------------------------------------------------------------------------------------------


class _Source:
    """The columns of the input, and what follows from them."""

    def __init__(self, policy: Policy, as_of: date, columns: Collection[str], dialect: Dialect) -> None:
        self._facts, self._as_of, self._columns, self._dialect = policy.known_facts, as_of, set(columns), dialect

    def column(self, name: str) -> exp.Expression:
        if name in self._columns:
            return exp.column(name)
        return exp.cast(exp.Null(), sql_type(self._facts[name]))

    def derived(self, name: str) -> exp.Expression:
        if name == "sex":
            return self._else(name, "retirement_track", TRACK_SEX)
        if name == "retirement_track":
            return self._else(name, "sex", {"male": "male_60"})
        if name == "local_minimum_wage" and "residence_division" in self._columns:
            known = minimum_wage(exp.column("residence_division"), self._as_of)
            if name not in self._columns:
                return known
            return exp.Coalesce(this=exp.column(name), expressions=[known])
        return self.column(name)

    def _else(self, name: str, other: str, meanings: Mapping[str, str]) -> exp.Expression:
        if other not in self._columns:
            return self.column(name)
        by_meaning: dict[str, list[str]] = {}
        for code, meaning in meanings.items():
            by_meaning.setdefault(meaning, []).append(code)
        row, found = Row(self._as_of), exp.Case()
        for meaning, codes in by_meaning.items():
            found = found.when(row.one_of(exp.column(other), codes), exp.Literal.string(meaning))
        if name not in self._columns:
            return found
        return exp.Coalesce(this=exp.column(name), expressions=[found])

    def in_order(self, table: exp.Expression, read: Iterable[str]) -> exp.Expression:
        """The source with the sorted refusals beside it, for engines with list functions: named once, not in every lambda."""
        if "service_refusals" not in self._columns or self._dialect == "postgres":
            return table
        up_to_now = _lambda("r", exp.LTE(this=exp.column("r"), expression=literal(self._as_of)))
        filtered, ordered = ("list_filter", "list_sort") if self._dialect == "duckdb" else ("filter", "sort_array")
        days = _call(ordered, _call(filtered, exp.column("service_refusals"), up_to_now))
        kept = [name for name in ("id", *read) if name in self._columns]
        return exp.select(*kept, exp.alias_(days, _IN_ORDER)).from_(table).subquery("people_with_refusals")

    def last_window(self, times: int, months: int) -> exp.Expression:
        """The end of the last window with so many refusals, NULL where there is none."""
        if "service_refusals" not in self._columns:
            return exp.cast(exp.Null(), "DATE")
        if self._dialect == "postgres":
            return _last_window_by_rows(exp.column("service_refusals"), self._as_of, times - 1, months)
        return _last_window_by_list(times - 1, months, self._dialect)


def minimum_wage(division: exp.Expression, as_of: date) -> exp.Expression:
    """The minimum wage of a division on a constant day, the longest known code first; NULL where none is known."""
    figures = parameters.minimum_wages(as_of)
    found = exp.Case()
    for length in sorted({len(code) for code in figures}, reverse=True):
        by_value: dict[int, list[str]] = {}
        for code, figure in figures.items():
            if len(code) == length:
                by_value.setdefault(figure.value, []).append(code)
        prefix = exp.Substring(this=division, start=exp.Literal.number(1), length=exp.Literal.number(length))
        for value, codes in by_value.items():
            listed = exp.In(this=prefix.copy(), expressions=[exp.Literal.string(code) for code in codes])
            found = found.when(listed, exp.Literal.number(value))
    return found if figures else exp.cast(exp.Null(), "DOUBLE")


def _plus_months(day: exp.Expression, months: int) -> exp.Expression:
    span = exp.Interval(this=exp.Literal.string(str(months)), unit=exp.Var(this="MONTH"))
    return exp.cast(exp.Paren(this=exp.Add(this=day, expression=span)), "DATE")


def _call(name: str, *arguments: exp.Expression) -> exp.Expression:
    return exp.Anonymous(this=name, expressions=list(arguments))


def _lambda(variable: str, body: exp.Expression) -> exp.Expression:
    return exp.Lambda(this=body, expressions=[exp.to_identifier(variable)])


def _last_window_by_list(offset: int, months: int, dialect: Dialect) -> exp.Expression:
    """With the list functions of DuckDB or Spark."""
    days, place = exp.column(_IN_ORDER), exp.column("i")
    # DuckDB counts from 1 and gives NULL beyond the last; so does Spark's `get`, which counts from 0.
    if dialect == "duckdb":
        at, kept, mapped, most = "list_extract", "list_filter", "list_transform", "list_max"
        places = _call("range", exp.Literal.number(1), exp.Add(this=_call("len", days), expression=exp.Literal.number(1)))
    else:
        at, kept, mapped, most = "get", "filter", "transform", "array_max"
        last = _call("greatest", _call("size", days), exp.Literal.number(0))
        places = _call("sequence", exp.Literal.number(0), last)
    later = exp.Add(this=place.copy(), expression=exp.Literal.number(offset))
    end = _plus_months(_call(at, days.copy(), place), months)
    fits = exp.LTE(this=_call(at, days.copy(), later), expression=end.copy())
    return _call(most, _call(mapped, _call(kept, places, _lambda("i", fits)), _lambda("i", end)))


def _last_window_by_rows(refusals: exp.Expression, as_of: date, offset: int, months: int) -> exp.Expression:
    """With a subquery over the list, as PostgreSQL has it."""
    day = exp.column("r", table="refusal")
    each = exp.alias_(exp.Unnest(expressions=[refusals]), "refusal", table=["r"])
    later = exp.Window(
        this=exp.Lead(this=day.copy(), offset=exp.Literal.number(offset)), order=exp.Order(expressions=[day.copy()])
    )
    runs = exp.select(exp.alias_(day.copy(), "first_day"), exp.alias_(later, "last_day")).from_(each)
    runs = runs.where(exp.LTE(this=day.copy(), expression=literal(as_of)))
    end = _plus_months(exp.column("first_day", table="run"), months)
    fits = exp.LTE(this=exp.column("last_day", table="run"), expression=end.copy())
    return exp.select(exp.Max(this=end)).from_(runs.subquery("run")).where(fits).subquery()


# The query ------------------------------------------------------------------------------------------------------------------


def policy_query(
    policy: Policy,
    as_of: date,
    columns: Collection[str],
    *,
    dialect: Dialect = "duckdb",
    question: Question = "decide",
    source: str | exp.Expression = "people",
    base: bool = False,
) -> exp.Select:
    """The answer for every row of `source` on the day `as_of`, by the columns that it has; the others are unknown.

    `decide`: `id`, `outcome`, then a boolean column, NULL for unknown, for each base condition (with `base`), category and
    exclusion, by its code. `exits`: `id`, `exit`, a column for each ground, and `signal_<code>`, never NULL, for each base
    condition and exclusion. Columns that are no facts are not read. Write it out with `.sql(dialect)`.
    """
    given = _Source(policy, as_of, columns, dialect)
    others: Sequence[Clause] = policy.categories if question == "decide" else policy.exits
    conditions = {clause.code: clause.when for clause in (*policy.base, *others, *policy.exclusions)}
    if question == "exits" and policy.excused:
        conditions[_EXCUSED] = policy.excused[0]

    row = Row(as_of)
    names: dict[Leaf, str] = {}
    for condition in conditions.values():
        for leaf in leaves(condition):
            asks = leaf.reads[0] if len(leaf.reads) == 1 else type(leaf).__name__.lower()
            names.setdefault(leaf, f"{asks}_{len(names) + 1}")
    read = dict.fromkeys(name for leaf in names for name in leaf.reads)

    identity = exp.column("id") if "id" in columns else exp.cast(exp.Null(), "VARCHAR")
    facts = [exp.alias_(given.derived(name), name) for name in read]
    windows = {leaf.window for leaf in names if leaf.window}
    if len(windows) > 1:
        raise ValueError("a policy can count refusals in one way only")
    table = exp.to_table(source) if isinstance(source, str) else source
    layer = exp.select(exp.alias_(identity, "id"), *facts)
    for window in windows:
        layer = layer.select(exp.alias_(given.last_window(*window), _LAST_WINDOW))
        table = given.in_order(table, read)
    layer = layer.from_(table)
    layer = _over(layer, "facts", (exp.alias_(leaf.sql(row), name) for leaf, name in names.items()))
    layer = _over(
        layer, "leaves", (exp.alias_(_rendered(when, names, row), code) for code, when in conditions.items())
    )  # fmt: skip
    final = _decision if question == "decide" else _exit
    return final(policy, layer, row, base)


_EXCUSED = "signals_excused"


def _over(inner: exp.Select, name: str, columns: Iterable[exp.Expression]) -> exp.Select:
    return exp.select("id", *columns).from_(inner.subquery(name))


def _rendered(node: Condition, names: Mapping[Leaf, str], row: Row) -> exp.Expression:
    if isinstance(node, Leaf):
        return exp.column(names[node])
    parts = [_rendered(part, names, row) for part in node.parts]
    if isinstance(node, Not):
        return row.negated(parts[0])
    return row.all_of(parts) if isinstance(node, All) else row.any_of(parts)


def _columns(clauses: Iterable[Clause]) -> list[exp.Expression]:
    return [exp.column(clause.code) for clause in clauses]


def _decision(policy: Policy, clauses: exp.Select, row: Row, base: bool) -> exp.Select:
    shown: list[Clause] = [*(policy.base if base else ()), *policy.categories, *policy.exclusions]
    needed = _columns(policy.base)
    answer = row.all_of([
        *needed, row.any_of(_columns(policy.categories)),
        *(row.negated(column) for column in _columns(policy.exclusions)),
    ])  # fmt: skip
    answered = _over(clauses, "clauses", [exp.alias_(answer, "answer"), *_columns(shown)])
    answer_column = exp.column("answer")
    outcome = row.when(
        (answer_column, exp.Literal.string("eligible")),
        (row.negated(answer_column.copy()), exp.Literal.string("ineligible")),
        otherwise=exp.Literal.string("undetermined"),
    )
    return _over(answered, "answers", [exp.alias_(outcome, "outcome"), *_columns(shown)])


def _exit(policy: Policy, clauses: exp.Select, row: Row, base: bool) -> exp.Select:
    excused = set(policy.excused[1]) if policy.excused else set()
    signals = []
    for clause in (*policy.base, *policy.exclusions):
        column: exp.Expression = exp.column(clause.code)
        alarm = row.negated(column) if clause in policy.base else column
        if clause.code in excused:
            alarm = row.all_of([alarm, row.negated(row.coalesce(exp.column(_EXCUSED), row.boolean(False)))])
        signals.append(exp.alias_(row.coalesce(alarm, row.boolean(False)), f"signal_{clause.code}"))
    answer = exp.alias_(row.any_of(_columns(policy.exits)), "exit")
    return _over(clauses, "clauses", [answer, *_columns(policy.exits), *signals])


def contradictions(columns: Collection[str], as_of: date) -> dict[str, exp.Expression]:
    """For each field that `facts.contradictions` can complain of, a condition that is TRUE for the rows where it does."""
    found: dict[str, exp.Expression] = {
        name: exp.GT(this=exp.column(name), expression=literal(as_of))
        for name in ("birth_date", "unemployed_since")
        if name in columns
    }
    if {"sex", "retirement_track"} <= set(columns):
        row = Row(as_of)
        sexes = {sex: [track for track, of in TRACK_SEX.items() if of == sex] for sex in FACTS["sex"].choices}
        found["retirement_track"] = row.any_of(
            row.all_of([
                row.one_of(exp.column("sex"), (sex,)), row.negated(row.one_of(exp.column("retirement_track"), tracks))
            ])
            for sex, tracks in sexes.items()
        )  # fmt: skip
    return found
