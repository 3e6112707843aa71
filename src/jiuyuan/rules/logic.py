"""Conditions in three values. A condition is a small immutable tree: connectives here, the questions it asks in `words.py`.

True, False and None (unknown) combine as Kleene has it, which is also how SQL combines TRUE, FALSE and NULL. A tree is data; what
is done with it stands apart and touches no node: `compile_condition` (the answer for one person), `explain` (why, in Chinese),
`residual` (what is still open), `missing.py` (the facts that matter), `sql.py` (the answer for millions).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from operator import itemgetter
from typing import TYPE_CHECKING, Any, TypeVar

from jiuyuan.rules.facts import ORDER

if TYPE_CHECKING:
    from sqlglot import exp

    from jiuyuan.rules.sql.row import Row

#: True, False, or None for unknown.
Answer = bool | None
#: Facts by name with `as_of`; every other name may be None or, for a leaf's own tests, absent.
Known = Mapping[str, Any]
Evaluate = Callable[[Known], Answer]
#: Values of unknown facts by name: see `Leaf.samples`.
Samples = dict[str, tuple[Any, ...]]
T = TypeVar("T")


#: Kinds of facts with so many values that no two of them can be expected to come again together.
WIDE = frozenset({"date", "dates", "number", "text", "division"})
_MOST_REMEMBERED = 1 << 16


def remember(memory: dict[Any, T], key: Any, value: T) -> T:
    """Keep a value that will be wanted again; a full memory starts anew, so that it stays bounded. Returns the value."""
    if len(memory) >= _MOST_REMEMBERED:
        memory.clear()
    memory[key] = value
    return value


class Condition:
    """A node of the tree: `Leaf`, `All`, `Some` or `Not`."""

    __slots__ = ()

    @property
    def parts(self) -> tuple[Condition, ...]:
        """The nodes below a connective."""
        return ()


class Leaf(Condition):
    """One question about facts: its answer, the words for it, its SQL and what would decide it, together in one place.

    A leaf is exact: it answers None only where the unknown facts could make it both true and false.
    """

    __slots__ = ()

    @property
    def reads(self) -> tuple[str, ...]:
        """The names of the facts it reads; nothing else may change its answer or its phrase (but the day of the question)."""
        raise NotImplementedError

    def compiled(self) -> Evaluate:
        """A function from the facts, in which an unknown one is None, to the answer."""
        raise NotImplementedError

    def phrase(self, facts: Known, answer: bool) -> str:
        """Why the answer is what it is, as a part of a Chinese sentence with the figures in it."""
        raise NotImplementedError

    def sql(self, row: Row) -> exp.Expr:
        """The same answer for every row of a table, NULL where it is unknown."""
        raise NotImplementedError

    @property
    def dated(self) -> bool:
        """Whether the answer or the phrase depends on the day of the question."""
        return False

    @property
    def window(self) -> tuple[int, int] | None:
        """How refusals are counted, times and months, where the leaf counts them: SQL works that out with the facts."""
        return None

    def state(self, facts: Known) -> Any:
        """While it is open: all that it can do. For people in the same state, the same facts decide it in the same way."""
        return tuple([facts[name] for name in self.reads])

    def samples(self, facts: Known) -> Samples:
        """For each unknown fact that matters here, values that bring out everything it can do together with the others'."""
        raise NotImplementedError


class _Connective(Condition):
    """Parts joined in one way."""

    __slots__ = ("_parts",)

    def __init__(self, *parts: Condition) -> None:
        self._parts = parts

    @property
    def parts(self) -> tuple[Condition, ...]:
        return self._parts

    def __repr__(self) -> str:
        return f"{type(self).__name__}{self._parts}"


class All(_Connective):
    """True where every part is; False where one part is False."""

    __slots__ = ()


class Some(_Connective):
    """True where one part is; False where every part is False."""

    __slots__ = ()


class Not(_Connective):
    """True where its one part is False, and the other way round."""

    __slots__ = ()


def all_of(*parts: Condition) -> Condition:
    """每一项都符合."""
    return parts[0] if len(parts) == 1 else All(*parts)


def any_of(*parts: Condition) -> Condition:
    """符合其中之一."""
    return parts[0] if len(parts) == 1 else Some(*parts)


def none_of(*parts: Condition) -> Condition:
    """没有其中任何一项."""
    return Not(any_of(*parts))


def leaves(node: Condition) -> Iterator[Leaf]:
    """The leaves, in the order in which the notice names them."""
    if isinstance(node, Leaf):
        yield node
    for part in node.parts:
        yield from leaves(part)


def reads(node: Condition) -> tuple[str, ...]:
    """The facts that a condition reads, in the order of the schema; facts of a region's own come last."""
    names = {name for leaf in leaves(node) for name in leaf.reads}
    return tuple(sorted(names, key=lambda name: (ORDER.get(name, len(ORDER)), name)))


# The answer for one person ------------------------------------------------------------------------------------------------


def compile_condition(node: Condition) -> Evaluate:
    """Turn the tree into one function, once, so that nothing is walked for each person."""
    if isinstance(node, Leaf):
        return node.compiled()
    parts = tuple(compile_condition(part) for part in node.parts)
    if isinstance(node, Not):
        return _not(parts[0])
    return _every(parts) if isinstance(node, All) else _some(parts)


def _not(part: Evaluate) -> Evaluate:
    def evaluate(facts: Known) -> Answer:
        answer = part(facts)
        return None if answer is None else not answer

    return evaluate


def _every(parts: tuple[Evaluate, ...]) -> Evaluate:
    def evaluate(facts: Known) -> Answer:
        result: Answer = True
        for part in parts:
            answer = part(facts)
            if answer is False:
                return False
            if answer is None:
                result = None
        return result

    return evaluate


def _some(parts: tuple[Evaluate, ...]) -> Evaluate:
    def evaluate(facts: Known) -> Answer:
        result: Answer = False
        for part in parts:
            answer = part(facts)
            if answer is True:
                return True
            if answer is None:
                result = None
        return result

    return evaluate


# Why, in Chinese ------------------------------------------------------------------------------------------------------------

#: The answer; the phrases that carry it, each with a comma after it; and of an open answer all that can become of it (`Leaf.state`).
Told = tuple[Answer, str, Any]
Explain = Callable[[Known], Told]


def explain(node: Condition, kinds: Mapping[str, str] | None = None) -> Explain:
    """Turn the tree into a function that answers and says why.

    What is true is said of the parts that make it true (the first of several that each would do), what is false of every part
    that makes it false, so that a person hears all that stands in the way; of an unknown condition, the parts already met.
    With the kinds of the facts, parts that rest on few values remember what they said, for the same days and marks come again.
    """
    if isinstance(node, Leaf):
        return _explain_leaf(node)
    groups = node.parts if kinds is None else tuple(_groups(node, kinds))
    parts = tuple(explain(part) if kinds is None else _remembering(part, kinds) for part in groups)
    return _explain_not(parts[0]) if isinstance(node, Not) else _explain_parts(parts, carried_by=isinstance(node, All))


def _remembering(node: Condition, kinds: Mapping[str, str]) -> Explain:
    if not _comes_again(node, kinds, beside=0):
        return explain(node, kinds)
    told: dict[Any, Told] = {}
    key, tell = key_of(node), explain(node)

    def recall(facts: Known) -> Told:
        of = key(facts)
        return told.get(of) or remember(told, of, tell(facts))

    return recall


def comes_again(node: Condition, kinds: Mapping[str, str]) -> bool:
    """Whether the values that a condition reads are few: at most one day, sum or text, and not many marks beside it."""
    return _comes_again(node, kinds, beside=3)


def _comes_again(node: Condition, kinds: Mapping[str, str], beside: int) -> bool:
    names = reads(node)
    wide = sum(kinds[name] in WIDE for name in names)
    return len(names) <= 6 if wide == 0 else wide == 1 and len(names) - 1 <= beside


def key_of(node: Condition) -> Callable[[Known], Any]:
    """All that the answer and the phrases of a condition depend on."""
    dated = any(leaf.dated for leaf in leaves(node))
    return itemgetter(*(["as_of"] if dated else []), *reads(node))


def _groups(node: Condition, kinds: Mapping[str, str]) -> Iterator[Condition]:
    """The parts, neighbours taken together where they can be remembered as one."""
    join: Callable[..., Condition] = all_of if isinstance(node, All) else any_of
    group: tuple[Condition, ...] = ()
    for part in node.parts:
        if group and not _comes_again(join(*group, part), kinds, beside=0):
            yield join(*group)
            group = ()
        group = (*group, part)
    if len(group) == len(node.parts):  # the whole: its parts have to be told one by one
        yield from group
    else:
        yield join(*group)


def _explain_leaf(leaf: Leaf) -> Explain:
    evaluate, phrase = leaf.compiled(), leaf.phrase
    # Of an open leaf with one fact there is nothing to tell, for it is unknown.
    state = leaf.state if len(leaf.reads) > 1 else lambda facts: None

    def tell(facts: Known) -> Told:
        answer = evaluate(facts)
        return (None, "", state(facts)) if answer is None else (answer, f"{phrase(facts, answer)}，", answer)

    return tell


def _explain_not(part: Explain) -> Explain:
    def tell(facts: Known) -> Told:
        answer, phrases, state = part(facts)
        return (None, phrases, state) if answer is None else (not answer, phrases, not answer)

    return tell


def _explain_parts(parts: tuple[Explain, ...], carried_by: bool) -> Explain:
    """`carried_by` is the answer that needs every part: True for all, False for some."""

    def tell(facts: Known) -> Told:
        unknown, against, together, states = False, "", "", []
        for part in parts:
            answer, phrases, state = part(facts)
            states.append(state)
            if answer is None:
                unknown = True
                if carried_by:
                    together += phrases
            elif answer is carried_by:
                together += phrases
            elif carried_by:
                against += phrases  # every part that fails
            else:
                return True, phrases, True  # the first that suffices
        if against:
            return False, against, False
        if unknown:
            return None, together if carried_by else "", tuple(states)
        return carried_by, together, carried_by

    return tell


# What is still open -----------------------------------------------------------------------------------------------------------

#: From the facts to what is left of the condition: True, False, or a tree of unknown leaves.
Residual = Callable[[Known], Condition | bool]


def compile_residual(node: Condition) -> Residual:
    """Turn the tree into a function that takes out all that is known."""
    if isinstance(node, Leaf):
        return _residual_leaf(node)
    parts = tuple(compile_residual(part) for part in node.parts)
    if isinstance(node, Not):
        return _residual_not(parts[0])
    return _residual_parts(parts, all_of if isinstance(node, All) else any_of, settles=not isinstance(node, All))


def _residual_leaf(leaf: Leaf) -> Residual:
    evaluate = leaf.compiled()

    def rest(facts: Known) -> Condition | bool:
        answer = evaluate(facts)
        return leaf if answer is None else answer

    return rest


def _residual_not(part: Residual) -> Residual:
    def rest(facts: Known) -> Condition | bool:
        left = part(facts)
        return Not(left) if isinstance(left, Condition) else not left

    return rest


def _residual_parts(parts: tuple[Residual, ...], join: Callable[..., Condition], settles: bool) -> Residual:
    """`settles` is the answer of one part that decides the whole."""

    def rest(facts: Known) -> Condition | bool:
        open_parts: list[Condition] = []
        for part in parts:
            left = part(facts)
            if isinstance(left, Condition):
                open_parts.append(left)
            elif left is settles:
                return settles
        return join(*open_parts) if open_parts else not settles

    return rest
