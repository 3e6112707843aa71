"""Conditions in three values. A condition is a small immutable tree: connectives here, the questions it asks in `words.py`.

True, False and None (unknown) combine as Kleene has it, which is also how SQL combines TRUE, FALSE and NULL. A tree is data; what
is done with it stands apart and touches no node: `compile_condition` (the answer for one person), `explain` (why: which leaves),
`residual` (what is still open), `missing.py` (the facts that matter), `sql.py` (the answer for millions).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from jiuyuan.rules.facts import ORDER

if TYPE_CHECKING:
    from jiuyuan.rules.parameters import Wages
    from jiuyuan.rules.sql.row import SqlRow

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

    def sql(self, row: SqlRow) -> str:
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

    @property
    def wages(self) -> Wages | None:
        """The minimum wages by which the leaf answers, where it does."""
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


#: The answer; the leaves that carry it, with theirs; and of an open answer what is open in it, part by part.
Account = tuple[Answer, tuple[tuple[Leaf, bool], ...], Any]
Explain = Callable[[Known], Account]


def explain(node: Condition) -> Explain:
    """Turn the tree into a function that answers and says why.

    What is true is said of the parts that make it true (the first of several that each would do), what is false of every part
    that makes it false, so that a person hears all that stands in the way; of an unknown condition, the parts already met.
    """
    if isinstance(node, Leaf):
        return _explain_leaf(node)
    parts = tuple(explain(part) for part in node.parts)
    return _explain_not(parts[0]) if isinstance(node, Not) else _explain_parts(parts, carried_by=isinstance(node, All))


def _explain_leaf(leaf: Leaf) -> Explain:
    evaluate = leaf.compiled()

    def account(facts: Known) -> Account:
        answer = evaluate(facts)
        return (None, (), None) if answer is None else (answer, ((leaf, answer),), answer)

    return account


def _explain_not(part: Explain) -> Explain:
    def account(facts: Known) -> Account:
        answer, carriers, state = part(facts)
        return (None, carriers, state) if answer is None else (not answer, carriers, not answer)

    return account


def _explain_parts(parts: tuple[Explain, ...], carried_by: bool) -> Explain:
    """`carried_by` is the answer that needs every part: True for all, False for some."""

    def account(facts: Known) -> Account:
        accounts = [part(facts) for part in parts]
        against = [carriers for answer, carriers, _ in accounts if answer is (not carried_by)]
        if against and carried_by:  # every part that fails
            return False, tuple(chain.from_iterable(against)), False
        if against:  # the first that suffices
            return True, against[0], True
        together = tuple(chain.from_iterable(carriers for _, carriers, _ in accounts))
        if all(answer is carried_by for answer, _, _ in accounts):
            return carried_by, together, carried_by
        return None, together if carried_by else (), tuple([state for _, _, state in accounts])

    return account


def comes_again(names: Iterable[str], kinds: Mapping[str, str]) -> bool:
    """Whether the values of these facts are few: at most one day, sum or text, and not many marks beside it."""
    are_wide = [kinds[name] in WIDE for name in names]
    return len(are_wide) <= 6 if not any(are_wide) else sum(are_wide) == 1 and len(are_wide) <= 4


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


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause of the document: its code, its name, where it stands, and its condition."""

    code: str
    title: str
    clause: str
    when: Condition
    # How a reason ends where the clause is true, false and unknown.
    verdicts: ClassVar[tuple[str, str, str]]
