"""The shape of a procedure: its states, its transitions, and what each transition needs. Data only, frozen.

A transition names its guards, its effect and its check; the workflow's `Vocabulary` says what the names stand for, so that
a region's table imports nothing. `checks` verifies every name at start.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from jiuyuan.agencies.roles import Role
from jiuyuan.refusals import GuardNotMet, WrongState
from jiuyuan.wording import spoken

if TYPE_CHECKING:
    from jiuyuan.agencies.models import User

#: The effect of a transition that moves the subject and writes nothing else.
NOTHING = "nothing"
#: The letter of an ending that the person is told of by message alone.
NO_LETTER = "none"
Choices = tuple[tuple[str, str], ...]
Emphasis = Literal["main", "plain", "grave"]


@spoken("label", "note", "title", "text")
@dataclass(frozen=True)
class State:
    """A state of a subject; a final one is left by nothing.

    `step`: at which step of the line a subject in this state waits, with a `note` for staff. `title` and `text` say it to
    the person, with `{…}` filled by the page; `theirs`: it waits for the person, not for the office; `refused`: it ended so, and there is a letter.
    """

    code: str
    label: str
    final: bool = False
    step: str = ""
    note: str = ""
    title: str = ""
    text: str = ""
    theirs: bool = False
    refused: bool = False


@spoken("label", "said")
@dataclass(frozen=True)
class Step:
    """A step of the line that a subject goes: the action that completes it, its name for staff and for the person."""

    action: str
    label: str
    said: str
    first_round: bool = False


@spoken("label", "hint", "empty", "choices")
@dataclass(frozen=True)
class Need:
    """Something the actor says with the action. `also` are other names under which a program may send it.

    `kind` names a `NeedKind` (`reading.KINDS`, or one of the workflow's own). `only_if`: asked for only where another need has
    this value. `empty`: what is said where it is missing, where the label alone would not do. `of`: the kind of paper, or
    which of the clauses.
    """

    name: str
    label: str
    kind: str = "text"
    hint: str = ""
    also: tuple[str, ...] = ()
    required: bool = True
    shortest: int = 1
    longest: int = 1000
    roles: frozenset[Role] | None = None
    choices: Choices = ()
    only_if: tuple[str, Any] | None = None
    of: str = ""
    ahead: bool = False  # a date that lies ahead
    workday: bool = False  # a date on which offices work
    empty: str = ""

    def asked_of(self, role: Role) -> bool:
        return self.roles is None or role in self.roles

    def applies(self, said: Mapping[str, Any]) -> bool:
        return self.only_if is None or said.get(self.only_if[0]) == self.only_if[1]


@spoken("heading", "hint", "empty", "button", "result", "not_now")
@dataclass(frozen=True)
class OwnPage:
    """The page on which the person themselves does it: one need, its question as the heading, in words of their own."""

    need: str
    heading: str
    hint: str
    empty: str
    button: str
    result: str
    not_now: str


@spoken("label", "title", "not_now", "not_yours", "done", "ending", "lead", "result")
@dataclass(frozen=True)
class Transition:
    """One line of a table: from where, to where, who, what it needs, by which clause. It does nothing: its effect does.

    - `sources` is empty where the transition begins a subject; then `key` of `engine.act` names what it hangs on.
    - `blocks` are guards about what stands around the subject: unmet, they are a wrong state (409), not a missing need (422).
    - `while_in`: of one that begins, in which states of what it hangs on.
    - `whose`: of the roles, only those whom this rule lets through (a proposal is taken back by who made it).
    - `before`: who did the part that another person, by account and ID number, must check.
    - `machines`: which of the system's own actors may (`Machine`).
    - `consequence`: it also follows from another act, by the same hand, and then nobody's role is asked.
    - `not_now` is said where the state does not allow it and the usual sentence would not do.
    - `stated_elsewhere`: as a consequence it stands in the entry of the record of the act from which it follows.
    - `message` is told to the person, under `title` where the label would not do; `told_if`: (need, value or None for any, message), another one where that was said.
    - `letter`: what is sealed and given out, by its name in the region's papers; where there are several targets, only if the act
      moves the subject. An ending that the person is told of names one, or says `NO_LETTER`.
    - `effect` and `record` are the action's own name where not given; `done` are the words for the record,
      `ending` those for the end of the person's line of steps, where the state's own are not exact enough.
    - `lead` is what a page says above the form, `result` when it is done; `looked_at_again`: what it changes is shown once
      more before it is done.
    - `clause`: in a region's own table by which clause of its document; in one that all share only where a law of the
      country says it, else the region's `CLAUSES` do (`registry.clauses_of`).
    - `own_page`: how the person themselves is asked, where they may do it on a page.
    - `public`: anyone may, without a login, on what everyone can see; without `roles`, whoever has the link. `bulk`: for many subjects at once.
    """

    action: str
    label: str
    sources: frozenset[str]
    targets: tuple[str, ...]
    roles: frozenset[Role]
    clause: str = ""
    needs: tuple[Need, ...] = ()
    guards: tuple[str, ...] = ()
    blocks: tuple[str, ...] = ()
    while_in: frozenset[str] = frozenset()
    whose: str = ""
    before: str = ""
    machines: frozenset[str] = frozenset()
    consequence: bool = False
    stated_elsewhere: bool = False
    not_now: str = ""
    title: str = ""
    message: str = ""
    told_if: tuple[tuple[str, Any, str], ...] = ()
    letter: str | tuple[str, ...] = ""
    done: str = ""
    ending: str = ""
    not_yours: str = ""
    lead: str = ""
    result: str = ""
    looked_at_again: bool = False
    own_page: OwnPage | None = None
    emphasis: Emphasis = "plain"
    public: bool = False
    bulk: bool = False
    effect: str = ""
    record: str = ""

    @property
    def letters(self) -> tuple[str, ...]:
        """The names of the letters that are given out with it."""
        named = (self.letter,) if isinstance(self.letter, str) else self.letter
        return tuple(name for name in named if name not in ("", NO_LETTER))

    @property
    def begins(self) -> bool:
        """Whether the subject comes into being with it."""
        return not self.sources

    @property
    def messages(self) -> Mapping[str, str]:
        """What the person may be told, by the end of the notice's code."""
        said = {_ending(name, value): text for name, value, text in self.told_if}
        return {**({"": self.message} if self.message else {}), **said}

    def message_for(self, said: Mapping[str, Any]) -> str | None:
        """Which of `messages` the person is told, by what was said with the act; None where nothing."""
        for name, value, _ in self.told_if:
            if name in said and (value is None or said[name] == value):
                return _ending(name, value)
        return "" if self.message else None


def _ending(name: str, value: Any) -> str:
    return f".{name}" if value in (None, True) else f".{name}.{value}"


@spoken("to_do")
@dataclass(frozen=True)
class Guard:
    """What must hold. `unmet` returns the sentence that says what is not there yet and what to do, or None; or the refusal.

    `code` is what a program reads (contract of the API). `to_do` is the same as a next step, `anchor` where on the page it
    is done. `waits`: nobody can do anything about it but wait. `answers`: without it there is nothing to answer.
    """

    name: str
    code: str
    unmet: Callable[[Any], "str | GuardNotMet | WrongState | None"]
    to_do: str = ""
    anchor: str = ""
    waits: bool = False
    answers: bool = False

    def refusal(self, context: object) -> GuardNotMet | None:
        said = self.unmet(context)
        if isinstance(said, WrongState):
            raise TypeError(f"{self.name}: a guard refuses with GuardNotMet")
        return GuardNotMet(said, code=self.code) if isinstance(said, str) else said

    def block(self, context: object) -> WrongState | None:
        said = self.unmet(context)
        if isinstance(said, GuardNotMet):
            raise TypeError(f"{self.name}: a block refuses with WrongState")
        return WrongState(said) if isinstance(said, str) else said


@spoken("sentence")
@dataclass(frozen=True)
class OtherEyes:
    """Somebody else, by account and ID number, must do it than those who did the part before."""

    people: Callable[[Any], "Iterable[User | None]"]
    sentence: str


Effect = Callable[[Any, dict[str, Any]], dict[str, Any] | None]
Check = Callable[[Any, dict[str, Any]], None]
Reader = Callable[[Any, Need, Any], Any]
Shape = Literal[
    "text", "lines", "number", "choice", "many", "yes_no", "day", "month", "file", "place", "occupation", "office", "clauses",
    "corrections",
]  # fmt: skip


@dataclass(frozen=True)
class NeedKind:
    """A kind of need in one place: how it is read, as what a page asks for it, and how the API describes it in JSON Schema.

    `schema` is None where no program says it.
    """

    read: Reader
    shape: Shape = "text"
    schema: Callable[[Need], dict[str, Any]] | None = None


@dataclass(frozen=True)
class Vocabulary:
    """What the names in the tables of one workflow stand for. A table says which of them hold; none is a second table.

    By the name of the effect: `checks` are the last question, once it is known what was said; `after` is what follows once
    the act stands in the record. `letters` order what the transitions name, in the act's transaction.
    """

    effects: Mapping[str, Effect]
    guards: Mapping[str, Guard] = field(default_factory=dict)
    checks: Mapping[str, Check] = field(default_factory=dict)
    whose: Mapping[str, Callable[[Any], str]] = field(default_factory=dict)
    before: Mapping[str, OtherEyes] = field(default_factory=dict)
    kinds: Mapping[str, NeedKind] = field(default_factory=dict)
    after: Mapping[str, Check] = field(default_factory=dict)
    letters: Mapping[str, Callable[[Any], None]] = field(default_factory=dict)


@dataclass(frozen=True)
class Procedure:
    """A table: how one kind of subject moves, here. `region` is empty where every region shares it.

    `afterwards` says to somebody who has just begun it what happens now, a sentence a line; `outcome` in one sentence who decides.
    Both may name limits of the region in days: `{recognition_working_days}`.
    """

    states: tuple[State, ...]
    transitions: tuple[Transition, ...]
    region: str = ""
    steps: tuple[Step, ...] = ()
    afterwards: tuple[str, ...] = ()
    outcome: str = ""

    @cached_property
    def by_action(self) -> Mapping[str, Transition]:
        return {transition.action: transition for transition in self.transitions}

    @cached_property
    def by_state(self) -> Mapping[str, State]:
        return {state.code: state for state in self.states}

    def label(self, status: str) -> str:
        """A state as people call it; a code of another procedure stays as it is."""
        state = self.by_state.get(status)
        return state.label if state else status

    def begin(self, around: str, role: Role) -> tuple[Transition, ...]:
        """What a role may begin where what it hangs on stands in that state."""
        found = (t for t in self.transitions if t.begins and role in t.roles)
        return tuple(t for t in found if not t.while_in or around in t.while_in)

    def from_state(self, status: str, role: Role | None = None) -> tuple[Transition, ...]:
        """What the table allows in a state, for one role where given."""
        found = (t for t in self.transitions if status in t.sources)
        return tuple(t for t in found if role is None or role in t.roles)
