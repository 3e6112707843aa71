"""Translates a policy into one query.

The query has layers, each under an alias: facts, every distinct leaf, the parts shared or negated by clauses,
every clause, the answer.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Literal, NamedTuple

from jiuyuan.rules.facts import TRACK_SEX
from jiuyuan.rules.logic import All, Condition, Leaf, Not, leaves
from jiuyuan.rules.sql.row import IS_MALE, LAST_WINDOW, RETIRES_AT_50, Dialect, SqlRow, literal, text
from jiuyuan.rules.sql.source import SqlSource

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
    source: str = "people",
    base: bool = False,
    beside: Sequence[str] = (),
    in_words: bool = True,
) -> str:
    """Return a query with the answer on `as_of` for every row of `source`. Facts without a column in `columns` are
    unknown.

    `decide`: `id`, `outcome`, then a boolean column (NULL for unknown) for each base condition (with `base`),
    category and exclusion, named by its code. `exits`: `id`, `exit`, a column for each ground, and
    `signal_<code>`, never NULL, for each base condition and exclusion.

    Columns that are not facts are not read; those in `beside` are passed through. Without `in_words` the outcome
    is TRUE for eligible, FALSE for ineligible and NULL for undetermined.
    """
    given = SqlSource(policy, as_of, columns, dialect)
    others: Sequence[Clause] = policy.categories if question == "decide" else policy.exits
    conditions = {clause.code: clause.when for clause in (*policy.base, *others, *policy.exclusions)}
    if question == "exits" and policy.excused:
        conditions[_EXCUSED] = policy.excused[0]

    row = SqlRow(as_of, dialect)
    names: dict[Leaf, str] = {}
    for condition in conditions.values():
        for leaf in leaves(condition):
            asks = leaf.reads[0] if len(leaf.reads) == 1 else type(leaf).__name__.lower()
            names.setdefault(leaf, f"{asks}_{len(names) + 1}")
    read = dict.fromkeys(name for leaf in names for name in leaf.reads)

    facts = [
        ("id" if "id" in columns else row.cast("NULL", "text"), "id"),
        *((given.derived(name), name) for name in read),
    ]
    windows = {leaf.window for leaf in names if leaf.window}
    if len(windows) > 1:
        raise ValueError("a policy can count refusals in one way only")
    for window in windows:
        facts.append((given.last_window(*window), LAST_WINDOW))
        source = given.in_order(source, read, beside)
    if {"sex", "retirement_track"} & set(read):
        facts += [(given.male(), IS_MALE), (given.retires_at_50(), RETIRES_AT_50)]
    layer = f"SELECT {', '.join([*(f'{value} AS {name}' for value, name in facts), *beside])} FROM {source}"
    over = _Layers(tuple(beside))
    known: dict[Shape, str] = {_shape(leaf): name for leaf, name in names.items()}
    layer = over.select(layer, "facts", [(leaf.sql(row), name) for leaf, name in names.items()])
    if apart := _apart(conditions.values()):
        parts = [(_rendered(part, known, row), f"part_{place}") for place, part in enumerate(apart, 1)]
        layer = over.select(layer, "leaves", [*((name, name) for name in names.values()), *parts])
        known |= {_shape(part): name for part, (_, name) in zip(apart, parts, strict=True)}
    layer = over.select(layer, "parts", [(_rendered(when, known, row), code) for code, when in conditions.items()])
    if question == "exits":
        return _exit(policy, layer, row, over)
    return _decision(policy, layer, row, over, base, in_words)


_EXCUSED = "signals_excused"


class _Layers(NamedTuple):
    """Nested queries; the columns `beside` pass through all of them."""

    beside: tuple[str, ...]

    def select(self, inner: str, name: str, columns: Iterable[tuple[str, str]]) -> str:
        """Add a layer: the row's identity, and each value under its name."""
        named = [value if value == alias else f"{value} AS {alias}" for value, alias in columns]
        return f"SELECT {', '.join(['id', *named, *self.beside])} FROM ({inner}) AS {name}"


#: A hashable key of a condition; equal conditions have equal keys.
Shape = Leaf | tuple[object, ...]


def _shape(node: Condition) -> Shape:
    return node if isinstance(node, Leaf) else (type(node), *map(_shape, node.parts))


def _apart(conditions: Iterable[Condition]) -> list[Condition]:
    """The connectives to compute before the clauses: those used several times, and those negated as a whole.

    Query optimizers rewrite conditions: inline, they would no longer recognise common parts, and would negate
    each leaf.
    """
    found: dict[Shape, Condition] = {}
    seen: set[Shape] = set()

    def look(node: Condition) -> None:
        if isinstance(node, Leaf):
            return
        shape = _shape(node)
        if shape in seen and not isinstance(node, Not):
            found[shape] = node
        if shape in seen:  # the parts of a repeated connective repeat with it
            return
        seen.add(shape)
        for part in node.parts:
            look(part)
            if isinstance(node, Not) and not isinstance(part, Leaf):
                found[_shape(part)] = part

    for condition in conditions:
        look(condition)
    return list(found.values())


def _rendered(node: Condition, names: Mapping[Shape, str], row: SqlRow) -> str:
    if (known := names.get(_shape(node))) is not None:
        return known
    parts = [_rendered(part, names, row) for part in node.parts]
    if isinstance(node, Not):
        return row.negated(parts[0])
    return row.all_of(parts) if isinstance(node, All) else row.any_of(parts)


def _codes(clauses: Iterable[Clause]) -> list[str]:
    return [clause.code for clause in clauses]


def _decision(policy: Policy, clauses: str, row: SqlRow, over: _Layers, base: bool, in_words: bool) -> str:
    shown = [(code, code) for code in _codes([*(policy.base if base else ()), *policy.categories, *policy.exclusions])]
    answer = row.all_of([
        *_codes(policy.base), row.any_of(_codes(policy.categories)),
        *(row.negated(code) for code in _codes(policy.exclusions)),
    ])  # fmt: skip
    if not in_words:
        return over.select(clauses, "clauses", [(answer, "outcome"), *shown])
    answered = over.select(clauses, "clauses", [(answer, "answer"), *shown])
    outcome = row.when(
        ("answer", text("eligible")), (row.negated("answer"), text("ineligible")), otherwise=text("undetermined")
    )
    return over.select(answered, "answers", [(outcome, "outcome"), *shown])


def _exit(policy: Policy, clauses: str, row: SqlRow, over: _Layers) -> str:
    excused = set(policy.excused[1]) if policy.excused else set()
    grounds = _codes(policy.exits)
    columns = [(row.any_of(grounds), "exit"), *((code, code) for code in grounds)]
    for clause in (*policy.base, *policy.exclusions):
        alarm = row.negated(clause.code) if clause in policy.base else clause.code
        if clause.code in excused:
            alarm = row.all_of([alarm, row.negated(row.coalesce(_EXCUSED, "FALSE"))])
        columns.append((row.coalesce(alarm, "FALSE"), f"signal_{clause.code}"))
    return over.select(clauses, "clauses", columns)


class Contradiction(NamedTuple):
    """A condition that is TRUE for rows with contradictory facts, and the columns it reads."""

    condition: str
    reads: tuple[str, ...]


def contradictions(columns: Collection[str], as_of: date) -> dict[str, Contradiction]:
    """For each field that `facts.contradictions` can report, when it does."""
    found = {
        name: Contradiction(f"{name} > {literal(as_of)}", (name,))
        for name in ("birth_date", "unemployed_since")
        if name in columns
    }
    if {"sex", "retirement_track"} <= set(columns):
        men = [track for track, sex in TRACK_SEX.items() if sex == "male"]
        of_men = f"retirement_track IN ({', '.join(map(text, men))})"
        found["retirement_track"] = Contradiction(f"(sex = 'male') <> ({of_men})", ("sex", "retirement_track"))
    return found
