"""A policy as one query.

The query comes in layers, each under an alias: facts, then every distinct leaf once, then every clause once, then the answer.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Literal

from sqlglot import exp

from jiuyuan.rules.facts import TRACK_SEX
from jiuyuan.rules.logic import All, Condition, Leaf, Not, leaves
from jiuyuan.rules.sql.row import IS_MALE, LAST_WINDOW, RETIRES_AT_50, Dialect, Row, literal
from jiuyuan.rules.sql.source import Source

if TYPE_CHECKING:
    from jiuyuan.rules.policy import Clause, Policy

Question = Literal["decide", "exits"]


def policy_query(
    policy: Policy,
    as_of: date,
    columns: Collection[str],
    *,
    dialect: Dialect = "duckdb",
    question: Question = "decide",
    source: str | exp.Expr = "people",
    base: bool = False,
    beside: Sequence[str] = (),
    in_words: bool = True,
) -> exp.Select:
    """The answer for every row of `source` on the day `as_of`, by the columns that it has; the others are unknown.

    `decide`: `id`, `outcome`, then a boolean column, NULL for unknown, for each base condition (with `base`), category and
    exclusion, by its code. `exits`: `id`, `exit`, a column for each ground, and `signal_<code>`, never NULL, for each base
    condition and exclusion. Columns that are no facts are not read, but those `beside` go through to the end. Without
    `in_words` the outcome is TRUE for eligible, FALSE, or NULL for undetermined. Write it out with `.sql(dialect)`.
    """
    given = Source(policy, as_of, columns, dialect)
    others: Sequence[Clause] = policy.categories if question == "decide" else policy.exits
    conditions = {clause.code: clause.when for clause in (*policy.base, *others, *policy.exclusions)}
    if question == "exits" and policy.excused:
        conditions[_EXCUSED] = policy.excused[0]

    row = Row(as_of, dialect)
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
        layer = layer.select(exp.alias_(given.last_window(*window), LAST_WINDOW))
        table = given.in_order(table, read, beside)
    if {"sex", "retirement_track"} & set(read):
        layer = layer.select(exp.alias_(given.male(), IS_MALE), exp.alias_(given.retires_at_50(), RETIRES_AT_50))
    layer = layer.select(*beside).from_(table)
    layer = _over(layer, "facts", [exp.alias_(leaf.sql(row), name) for leaf, name in names.items()], beside)
    clauses = [exp.alias_(_rendered(when, names, row), code) for code, when in conditions.items()]
    layer = _over(layer, "leaves", clauses, beside)
    if question == "exits":
        return _exit(policy, layer, row, beside)
    return _decision(policy, layer, row, base, beside, in_words)


_EXCUSED = "signals_excused"


def _over(inner: exp.Select, name: str, columns: Iterable[exp.Expr], beside: Sequence[str]) -> exp.Select:
    return exp.select("id", *columns, *beside).from_(inner.subquery(name, copy=False), copy=False)


def _rendered(node: Condition, names: Mapping[Leaf, str], row: Row) -> exp.Expr:
    if isinstance(node, Leaf):
        return exp.column(names[node])
    parts = [_rendered(part, names, row) for part in node.parts]
    if isinstance(node, Not):
        return row.negated(parts[0])
    return row.all_of(parts) if isinstance(node, All) else row.any_of(parts)


def _columns(clauses: Iterable[Clause]) -> list[exp.Expr]:
    return [exp.column(clause.code) for clause in clauses]


def _decision(
    policy: Policy, clauses: exp.Select, row: Row, base: bool, beside: Sequence[str], in_words: bool
) -> exp.Select:
    shown: list[Clause] = [*(policy.base if base else ()), *policy.categories, *policy.exclusions]
    needed = _columns(policy.base)
    answer = row.all_of([
        *needed, row.any_of(_columns(policy.categories)),
        *(row.negated(column) for column in _columns(policy.exclusions)),
    ])  # fmt: skip
    if not in_words:
        return _over(clauses, "clauses", [exp.alias_(answer, "outcome"), *_columns(shown)], beside)
    answered = _over(clauses, "clauses", [exp.alias_(answer, "answer"), *_columns(shown)], beside)
    answer_column = exp.column("answer")
    outcome = row.when(
        (answer_column, exp.Literal.string("eligible")),
        (row.negated(answer_column.copy()), exp.Literal.string("ineligible")),
        otherwise=exp.Literal.string("undetermined"),
    )
    return _over(answered, "answers", [exp.alias_(outcome, "outcome"), *_columns(shown)], beside)


def _exit(policy: Policy, clauses: exp.Select, row: Row, beside: Sequence[str]) -> exp.Select:
    excused = set(policy.excused[1]) if policy.excused else set()
    signals = []
    for clause in (*policy.base, *policy.exclusions):
        column: exp.Expr = exp.column(clause.code)
        alarm = row.negated(column) if clause in policy.base else column
        if clause.code in excused:
            alarm = row.all_of([alarm, row.negated(row.coalesce(exp.column(_EXCUSED), row.boolean(False)))])
        signals.append(exp.alias_(row.coalesce(alarm, row.boolean(False)), f"signal_{clause.code}"))
    answer = exp.alias_(row.any_of(_columns(policy.exits)), "exit")
    return _over(clauses, "clauses", [answer, *_columns(policy.exits), *signals], beside)


def contradictions(columns: Collection[str], as_of: date) -> dict[str, exp.Expr]:
    """For each field that `facts.contradictions` can complain of, a condition that is TRUE for the rows where it does."""
    found: dict[str, exp.Expr] = {
        name: exp.GT(this=exp.column(name), expression=literal(as_of))
        for name in ("birth_date", "unemployed_since")
        if name in columns
    }
    if {"sex", "retirement_track"} <= set(columns):
        row, men = Row(as_of), [track for track, sex in TRACK_SEX.items() if sex == "male"]
        male, of_men = row.one_of(exp.column("sex"), ("male",)), row.one_of(exp.column("retirement_track"), men)
        found["retirement_track"] = exp.NEQ(this=exp.paren(male), expression=exp.paren(of_men))
    return found
