"""Which unknown facts still matter, exactly.

A fact matters if and only if the other unknown facts can have values with which this one decides the answer. To find out, two
people who differ in that one fact are followed through the condition together: each node keeps which pairs of answers can
occur, a set of at most four. Sets of pairs combine exactly where parts share no unknown fact; the facts that several leaves
share are therefore fixed first, to every value that brings out something new (`Leaf.samples`).

A retirement track follows from a man's sex, so "the other facts" of sex are those that stay the same: for a woman her track,
for a man none. A leaf that reads both ignores the track of a man, and the samples of the track are a woman's.
"""

from __future__ import annotations

from itertools import combinations, product
from typing import Any

from jiuyuan.rules.logic import All, Condition, Evaluate, Known, Leaf, Not, children, leaves, residual

# A set of pairs of answers is four bits: bit 2a + b says that the first person can get a while the second gets b.
_BOTH_EQUAL = 0b1001
_DIFFERENT = 0b0110
_PAIRS = [(a, b) for a in (0, 1) for b in (0, 1)]


def _combined(left: int, right: int, both: bool) -> int:
    result = 0
    for i, (a, b) in enumerate(_PAIRS):
        for j, (c, d) in enumerate(_PAIRS):
            if left >> i & 1 and right >> j & 1:
                first, second = (a & c, b & d) if both else (a | c, b | d)
                result |= 1 << (2 * first + second)
    return result


_AND = [[_combined(left, right, True) for right in range(16)] for left in range(16)]
_OR = [[_combined(left, right, False) for right in range(16)] for left in range(16)]
_NOT = [sum(1 << (3 - i) for i in range(4) if mask >> i & 1) for mask in range(16)]


def missing_facts(node: Condition, facts: Known) -> frozenset[str]:
    """The unknown facts that decide the answer of a condition for some values of the others; none where it is known."""
    rest = residual(node, facts)
    return frozenset() if isinstance(rest, bool) else deciding_facts(rest, facts)


def deciding_facts(rest: Condition, facts: Known) -> frozenset[str]:
    """The same for a condition that is already reduced to its open leaves (`logic.residual`)."""
    open_leaves = [_OpenLeaf(leaf, facts) for leaf in leaves(rest)]
    times: dict[str, int] = {}
    for leaf in open_leaves:
        for name in leaf.samples:
            times[name] = times.get(name, 0) + 1
    shared = [name for name, count in times.items() if count > 1]
    if not shared:  # then every leaf can be the one that decides
        return frozenset(name for leaf in open_leaves for name in leaf.samples if leaf.decided_by(name))
    samples = _merged(open_leaves)
    by_leaf = {id(leaf.leaf): leaf for leaf in open_leaves}
    return frozenset(name for name in times if _decides(name, rest, shared, samples, by_leaf))


def _merged(open_leaves: list[_OpenLeaf]) -> dict[str, list[Any]]:
    """For each unknown fact, the values that matter to any leaf; of those that no leaf can tell apart, one."""
    merged: dict[str, list[Any]] = {}
    for name in {name for leaf in open_leaves for name in leaf.samples}:
        readers = [leaf for leaf in open_leaves if name in leaf.samples]
        values = list(dict.fromkeys(value for leaf in readers for value in leaf.samples[name]))
        if all(len(leaf.samples) == 1 for leaf in readers):
            told_apart = {tuple(leaf.answer({name: value}) for leaf in readers): value for value in values}
            values = list(told_apart.values())
        merged[name] = values
    return merged


def _decides(
    name: str, rest: Condition, shared: list[str], samples: dict[str, list[Any]], by_leaf: dict[int, _OpenLeaf]
) -> bool:
    others = [other for other in shared if other != name]
    for values in product(*(samples[other] for other in others)):
        fixed = dict(zip(others, values, strict=True))
        for first, second in combinations(samples[name], 2):
            if _pairs(rest, fixed, name, first, second, by_leaf) & _DIFFERENT:
                return True
    return False


def _pairs(
    node: Condition, fixed: dict[str, Any], name: str, first: Any, second: Any, by_leaf: dict[int, _OpenLeaf]
) -> int:
    if isinstance(node, Leaf):
        return by_leaf[id(node)].pairs(fixed, name, first, second)
    if isinstance(node, Not):
        return _NOT[_pairs(node.part, fixed, name, first, second, by_leaf)]
    table = _AND if isinstance(node, All) else _OR
    first_part, *more = children(node)
    result = _pairs(first_part, fixed, name, first, second, by_leaf)
    for part in more:
        result = table[result][_pairs(part, fixed, name, first, second, by_leaf)]
    return result


class _OpenLeaf:
    """An unknown leaf for one person: what its unknown facts can do to it."""

    __slots__ = ("_evaluate", "_facts", "_seen", "leaf", "samples")

    def __init__(self, leaf: Leaf, facts: Known) -> None:
        self.leaf = leaf
        self.samples = leaf.samples(facts)
        self._evaluate: Evaluate = leaf.compiled()
        self._facts = facts
        self._seen: dict[tuple[Any, ...], int] = {}

    def answer(self, values: dict[str, Any]) -> bool:
        answer = self._evaluate({**self._facts, **values})
        assert answer is not None, f"the samples of {self.leaf} leave it open"
        return answer

    def decided_by(self, name: str) -> bool:
        if len(self.samples) == 1:
            return True
        return any(
            self.pairs({}, name, first, second) & _DIFFERENT for first, second in combinations(self.samples[name], 2)
        )

    def pairs(self, fixed: dict[str, Any], name: str, first: Any, second: Any) -> int:
        """Which pairs of answers two people can get who have `first` and `second` for `name` and agree in all else."""
        mine = {other: fixed[other] for other in self.samples if other in fixed}
        differs = name in self.samples
        if not differs and not mine:
            return _BOTH_EQUAL
        key = (name, first, second, *mine.values()) if differs else ("", *mine.values())
        known = self._seen.get(key)
        if known is not None:
            return known
        free = [other for other in self.samples if other not in mine and other != name]
        result = 0
        for values in product(*(self.samples[other] for other in free)):
            given = {**mine, **dict(zip(free, values, strict=True))}
            if differs:
                a, b = self.answer({**given, name: first}), self.answer({**given, name: second})
            else:
                a = b = self.answer(given)
            result |= 1 << (2 * a + b)
        self._seen[key] = result
        return result
