"""Conditions in three-valued logic.

A condition is a small immutable tree: connectives here, the questions about facts in `words`. True, False and
None (unknown) combine by Kleene's rules, as TRUE, FALSE and NULL do in SQL.

The tree is data; operations on it are separate functions: `compile_condition` (the answer for one person),
`explain` (which leaves carry it), `residual` (what is still open), `missing.py` (the facts that matter), `sql`
(the answer for millions).
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
#: Facts by name, including `as_of`. Every other may be None, or absent where a leaf evaluates itself.
Known = Mapping[str, Any]
Evaluate = Callable[[Known], Answer]
#: Values of unknown facts by name: see `Leaf.samples`.
Samples = dict[str, tuple[Any, ...]]
T = TypeVar("T")


#: Kinds of facts with so many values that a combination of two of them rarely repeats.
WIDE = frozenset({"date", "dates", "number", "text", "division"})
_MOST_REMEMBERED = 1 << 16


def remember(memory: dict[Any, T], key: Any, value: T) -> T:
    """Store a value in a bounded cache, which is emptied when full, and return it."""
    if len(memory) >= _MOST_REMEMBERED:
        memory.clear()
    memory[key] = value
    return value


class Condition:
    """A node of the tree: `Leaf`, `All`, `Some` or `Not`."""

    __slots__ = ()

    @property
    def parts(self) -> tuple[Condition, ...]:
        """The child nodes of a connective."""
        return ()


class Leaf(Condition):
    """One question about facts: its answer, its words, its SQL and its samples, in one class.

    A leaf is exact: it answers None only if the unknown facts could make it true and could make it false.
    """

    __slots__ = ()

    @property
    def reads(self) -> tuple[str, ...]:
        """The names of the facts it reads. Only they, and the day of the question, may affect its answer and phrase."""
        raise NotImplementedError

    def compiled(self) -> Evaluate:
        """Return a function from the facts (None for unknown ones) to the answer."""
        raise NotImplementedError

    def phrase(self, facts: Known, answer: bool) -> str:
        """Explain the answer as a part of a Chinese sentence, with figures."""
        raise NotImplementedError

    def sql(self, row: SqlRow) -> str:
        """The same answer as a SQL expression, NULL if unknown."""
        raise NotImplementedError

    @property
    def dated(self) -> bool:
        """Whether the answer or the phrase depends on the day of the question."""
        return False

    @property
    def window(self) -> tuple[int, int] | None:
        """(times, months) for a leaf that counts refusals within a window; the SQL source computes the window."""
        return None

    @property
    def wages(self) -> Wages | None:
        """The minimum wages used by the leaf, if any."""
        return None

    def state(self, facts: Known) -> Any:
        """The state of an open leaf. For people in the same state, the same facts decide it in the same way."""
        return tuple([facts[name] for name in self.reads])

    def samples(self, facts: Known) -> Samples:
        """For each unknown fact that matters, the values that produce every possible behaviour,
        together with those of the others.
        """
        raise NotImplementedError


class _Connective(Condition):
    """A node that joins other nodes."""

    __slots__ = ("_parts",)

    def __init__(self, *parts: Condition) -> None:
        self._parts = parts

    @property
    def parts(self) -> tuple[Condition, ...]:
        return self._parts

    def __repr__(self) -> str:
        return f"{type(self).__name__}{self._parts}"


class All(_Connective):
    """True if every part is true; False if one is false."""

    __slots__ = ()


class Some(_Connective):
    """Some: True if one part is true; False if every part is false."""

    __slots__ = ()


class Not(_Connective):
    """True if its one part is false, and vice versa."""

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
    """Yield the leaves, in the order of the notice."""
    if isinstance(node, Leaf):
        yield node
    for part in node.parts:
        yield from leaves(part)


def reads(node: Condition) -> tuple[str, ...]:
    """The facts that a condition reads, in schema order; regions' own facts come last."""
    names = {name for leaf in leaves(node) for name in leaf.reads}
    return tuple(sorted(names, key=lambda name: (ORDER.get(name, len(ORDER)), name)))


def compile_condition(node: Condition) -> Evaluate:
    """Compile the tree into one function, so that no tree is walked per person."""
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


#: The answer; the leaves that carry it, with their answers; and, for an open answer, what is open in each part.
Account = tuple[Answer, tuple[tuple[Leaf, bool], ...], Any]
Explain = Callable[[Known], Account]


def explain(node: Condition) -> Explain:
    """Compile the tree into a function that returns the answer and the leaves that explain it.

    A true condition is explained by the parts that make it true (the first, if one is enough), a false one by
    every part that makes it false, so that the person learns of every obstacle. An unknown one is explained by
    the parts already met.
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
    """`carried_by` is the answer that every part must give: True for all, False for some."""

    def account(facts: Known) -> Account:
        accounts = [part(facts) for part in parts]
        against = [carriers for answer, carriers, _ in accounts if answer is (not carried_by)]
        if against and carried_by:  # every failing part
            return False, tuple(chain.from_iterable(against)), False
        if against:  # the first sufficient part
            return True, against[0], True
        together = tuple(chain.from_iterable(carriers for _, carriers, _ in accounts))
        if all(answer is carried_by for answer, _, _ in accounts):
            return carried_by, together, carried_by
        return None, together if carried_by else (), tuple([state for _, _, state in accounts])

    return account


def comes_again(names: Iterable[str], kinds: Mapping[str, str]) -> bool:
    """Whether combinations of these facts' values are few enough to cache: at most one of a wide kind,
    and not many others.
    """
    are_wide = [kinds[name] in WIDE for name in names]
    return len(are_wide) <= 6 if not any(are_wide) else sum(are_wide) == 1 and len(are_wide) <= 4


#: From the facts to the rest of the condition: True, False, or a tree of unknown leaves.
Residual = Callable[[Known], Condition | bool]


def compile_residual(node: Condition) -> Residual:
    """Compile the tree into a function that removes everything known."""
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
    """`settles` is the answer of a single part that decides the whole."""

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
    """A clause of the document: code, title, position and condition."""

    code: str
    title: str
    clause: str
    when: Condition
    # The end of the reason for true, false and unknown.
    verdicts: ClassVar[tuple[str, str, str]]
