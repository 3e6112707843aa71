"""Computes exactly which unknown facts still matter.

A fact matters if the other unknown facts can have values with which this one decides the answer. To find out, two
hypothetical people who differ only in that fact are followed through the condition at once; every node keeps the
possible pairs of their answers. Pairs combine exactly if the parts of a node share no unknown fact, so facts
shared by several leaves are fixed first, to each of their samples (`Leaf.samples`). All these cases are computed
together: bit n of an integer is case n.

Comparing neighbouring values is enough: if two values give different answers, two neighbours between them do.

A man's retirement track follows from his sex. When sex is varied, only the facts that stay the same are fixed: a
woman's track, no track for a man. A leaf that reads both ignores a man's track, and the samples of the track are
those of a woman.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from functools import lru_cache, reduce
from itertools import pairwise, product
from operator import and_, or_
from typing import Any, NamedTuple

from jiuyuan.rules.logic import All, Condition, Evaluate, Known, Leaf, Not, leaves
from jiuyuan.rules.parameters import kept_by_wages


class Pairs(NamedTuple):
    """The cases in which two people get these answers: both true, only the first, only the second, neither."""

    both: int
    first: int
    second: int
    neither: int


def deciding_facts(rest: Condition, facts: Known) -> frozenset[str]:
    """The unknown facts that decide the answer for some values of the others.

    `rest` is the condition reduced to its open leaves for these facts (`logic.compile_residual`).
    """
    in_order = list(leaves(rest))
    tables = {place: _Table(leaf, facts) for place, leaf in {id(leaf): leaf for leaf in in_order}.items()}
    times = Counter(name for leaf in in_order for name in tables[id(leaf)].samples)
    cases = _Cases({name: _merged(name, tables.values()) for name, count in times.items() if count > 1})
    for table in tables.values():
        table.fill(cases)
    view = _view(rest, tables)
    found = set(_locally_decided(view, cases.every))
    for name in cases.values:
        if any(_differ(_follow(view, name, pair, cases)) for pair in pairwise(cases.values[name])):
            found.add(name)
    return frozenset(found)


class _View:
    """A node with the cases in which it can be true and false, and the unknown facts below it."""

    __slots__ = ("names", "no", "node", "parts", "table", "yes")

    def __init__(self, node: Condition, parts: list[_View], table: _Table | None) -> None:
        self.node, self.parts, self.table = node, parts, table
        below: list[frozenset[str]] = [part.names for part in parts]
        self.names: frozenset[str] = frozenset(table.samples if table else ()).union(*below)
        if table:
            self.yes, self.no = table.yes, table.no
        elif isinstance(node, Not):
            self.yes, self.no = parts[0].no, parts[0].yes
        else:
            yes, no = [part.yes for part in parts], [part.no for part in parts]
            every = isinstance(node, All)
            self.yes = reduce(and_ if every else or_, yes)
            self.no = reduce(or_ if every else and_, no)


def _view(node: Condition, tables: dict[int, _Table]) -> _View:
    if isinstance(node, Leaf):
        return _View(node, [], tables[id(node)])
    return _View(node, [_view(part, tables) for part in node.parts], None)


def _locally_decided(view: _View, decisive: int) -> Iterator[str]:
    """Yield the deciding facts that occur in one leaf only: those that can change the leaf in a case where the leaf
    changes the whole.

    `decisive` are the cases in which this node changes the whole.
    """
    if view.table:
        yield from (name for name, turning in view.table.turned_by.items() if turning & decisive)
    every = isinstance(view.node, All)
    for part in view.parts:
        neutral = decisive
        for sibling in view.parts:
            if sibling is not part:
                neutral &= sibling.yes if every else sibling.no
        if neutral:
            yield from _locally_decided(part, neutral)


def _follow(view: _View, name: str, pair: tuple[Any, Any], cases: _Cases) -> Pairs:
    """The answers of two people who differ in a shared fact by these values.

    A case is numbered as the first person's; the second's is the neighbouring case.
    """
    here = cases.places[name][pair[0]]
    if name not in view.names:
        return Pairs(view.yes & here, 0, 0, view.no & here)
    if view.table:
        return view.table.pairs(name, pair, here)
    parts = [_follow(part, name, pair, cases) for part in view.parts]
    if isinstance(view.node, Not):
        return _negated(parts[0])
    if isinstance(view.node, All):
        return _conjunction(parts)
    return _negated(_conjunction([_negated(part) for part in parts]))


def _differ(pairs: Pairs) -> bool:
    return bool(pairs.first | pairs.second)


def _merged(name: str, tables: Iterable[_Table]) -> list[Any]:
    """The values of a fact in order, one for each group that no leaf distinguishes."""
    readers = [table for table in tables if name in table.samples]
    values = dict.fromkeys(value for table in readers for value in table.samples[name])
    return list({tuple(table.behaviour(name, value) for table in readers): value for value in values}.values())


class _Cases:
    """Every combination of values of the shared facts, numbered. A set of cases is the bits of an integer."""

    def __init__(self, values: dict[str, list[Any]]) -> None:
        self.values = values
        self.stride: dict[str, int] = {}
        count = 1
        for name, options in values.items():
            self.stride[name] = count
            count *= len(options)
        self.every = (1 << count) - 1
        self.places: dict[str, dict[Any, int]] = {}  # the cases in which the fact has the value
        for name, options in values.items():
            run = (1 << self.stride[name]) - 1
            period = self.stride[name] * len(options)
            repeated = sum(run << start for start in range(0, count, period))
            self.places[name] = {value: repeated << (place * self.stride[name]) for place, value in enumerate(options)}


class _Asked:
    """The answers of an open leaf for every value of its unknown facts,
    shared by all people whose known facts are the same.
    """

    def __init__(self, leaf: Leaf, facts: dict[str, Any]) -> None:
        self.leaf = leaf
        self.samples = leaf.samples(facts)
        self._evaluate: Evaluate = leaf.compiled()
        self._facts = facts
        self._answers: dict[tuple[Any, ...], bool] = {}

    def answer(self, row: tuple[Any, ...]) -> bool:
        """The answer with these values of the facts in `samples`."""
        answer = self._answers.get(row)
        if answer is None:
            # Copy the facts: other threads use them at the same time.
            answer = self._evaluate({**self._facts, **dict(zip(self.samples, row, strict=True))})
            assert answer is not None, f"the samples of {self.leaf} leave it open"
            self._answers[row] = answer
        return answer


@kept_by_wages
@lru_cache(maxsize=4096)
def _asked(leaf: Leaf, as_of: date, values: tuple[Any, ...]) -> _Asked:
    return _Asked(leaf, {"as_of": as_of, **dict(zip(leaf.reads, values, strict=True))})


class _Table:
    """The answers of an open leaf for one person, in each case."""

    def __init__(self, leaf: Leaf, facts: Known) -> None:
        asked = _asked(leaf, facts["as_of"], tuple([facts.get(name) for name in leaf.reads]))
        self.samples, self._answer = asked.samples, asked.answer
        self._rows: dict[tuple[Any, ...], tuple[bool, int]] = {}
        self.yes = self.no = 0
        self.turned_by: dict[
            str, int
        ] = {}  # for each fact read by this leaf only, the cases in which it can change the leaf

    def behaviour(self, name: str, value: Any) -> tuple[bool, ...]:
        """The answers with this value, for all values of the leaf's other unknown facts."""
        options = [(value,) if other == name else values for other, values in self.samples.items()]
        return tuple([self._answer(row) for row in product(*options)])

    def fill(self, cases: _Cases) -> None:
        """Compute the answer for every combination of values, and the cases in which it applies."""
        options = [cases.values.get(name, values) for name, values in self.samples.items()]
        shared = [(place, cases.places[name]) for place, name in enumerate(self.samples) if name in cases.places]
        for row in product(*options):
            where = cases.every
            for place, wheres in shared:
                where &= wheres[row[place]]
            answer = self._answer(row)
            self._rows[row] = (answer, where)
            if answer:
                self.yes |= where
            else:
                self.no |= where
        for name, values in self.samples.items():
            if name not in cases.values:
                self.turned_by[name] = 0
                for pair in pairwise(values):
                    pairs = self.pairs(name, pair, cases.every)
                    self.turned_by[name] |= pairs.first | pairs.second

    def pairs(self, name: str, pair: tuple[Any, Any], here: int) -> Pairs:
        """The pairs of answers in the cases `here` of two people who differ in this fact by these values."""
        first, second = pair
        place = list(self.samples).index(name)
        found = [0, 0, 0, 0]  # neither, second, first, both
        for row, (answer, where) in self._rows.items():
            if row[place] == first:
                other, _ = self._rows[*row[:place], second, *row[place + 1 :]]
                found[2 * answer + other] |= where & here
        return Pairs(found[3], found[2], found[1], found[0])


def _negated(pairs: Pairs) -> Pairs:
    return Pairs(pairs.neither, pairs.second, pairs.first, pairs.both)


def _conjunction(parts: list[Pairs]) -> Pairs:
    both, first, second, neither = parts[0]
    for b, f, s, n in parts[1:]:
        any_left, any_right = both | first | second | neither, b | f | s | n
        neither = (neither & any_right) | (any_left & n) | (first & s) | (second & f)
        first, second = (first & (b | f)) | (both & f), (second & (b | s)) | (both & s)
        both &= b
    return Pairs(both, first, second, neither)
