"""The shape of a procedure: its states, its transitions, and what each transition needs. Immutable data.

A transition names its guards, its effect and its check. The workflow's `Vocabulary` maps the names to functions,
so that a region's table imports none of them; `checks` verifies every name at start.
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

#: The effect of a transition that only changes the state.
NOTHING = "nothing"
#: The `letter` of a final transition that sends a message only.
NO_LETTER = "none"
Choices = tuple[tuple[str, str], ...]
Emphasis = Literal["main", "plain", "grave"]


@spoken("label", "note", "title", "text")
@dataclass(frozen=True)
class State:
    """A state of a subject; no transition leaves a final one.

    - `step`: the step of the progress line at which the subject waits, with a `note` for staff.
    - `title` and `text`: how the state is described to the person; the page fills in `{…}`.
    - `theirs`: waiting for the person, not for the office.
    - `refused`: an ending with a refusal letter.
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
    """A step of the progress line: the action that completes it, and its name for staff and for the person."""

    action: str
    label: str
    said: str
    first_round: bool = False


@spoken("label", "hint", "empty", "choices")
@dataclass(frozen=True)
class Need:
    """A value that the actor gives with an action.

    - `also`: other names under which programs may send it.
    - `kind`: the name of a `NeedKind`, in `reading.KINDS` or of the workflow's own.
    - `only_if`: (need, value); asked only if that need has that value.
    - `empty`: the message if it is missing, where the default made from the label is not clear enough.
    - `of`: the kind of paper, or the set of clauses.
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
    ahead: bool = False  # must be in the future
    workday: bool = False  # must be a working day
    empty: str = ""

    def asked_of(self, role: Role) -> bool:
        return self.roles is None or role in self.roles

    def applies(self, said: Mapping[str, Any]) -> bool:
        return self.only_if is None or said.get(self.only_if[0]) == self.only_if[1]


@spoken("heading", "hint", "empty", "button", "result", "not_now")
@dataclass(frozen=True)
class OwnPage:
    """The page on which the person performs the action: one need,
    with the question as its heading and its own wording.
    """

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
    """One line of a table: its states, who may perform it, what it needs, and its clause. The effect does the work.

    - `sources`: empty if the transition creates its subject; then the `key` of `engine.act` is that of the
      parent.
    - `blocks`: guards about the subject's surroundings; if unmet, the state is wrong (409), not a need missing
      (422).
    - `while_in`: for a creating transition, the states of the parent in which it is possible.
    - `whose`: a rule that narrows the roles to some users, such as the one who made a proposal.
    - `before`: who did the part that another person, by account and ID number, has to check.
    - `machines`: the system actors that may perform it (`Machine`).
    - `consequence`: another act may cause it, by the same actor; the role is not checked then.
    - `not_now`: the message if the state does not allow it, where the default is not clear enough.
    - `stated_elsewhere`: as a consequence it has no record entry of its own; the causing act's entry includes it.
    - `message`: the text sent to the person, titled `title` or the label; `told_if` has other texts for certain
      input: (need, value or None for any, text).
    - `letter`: the sealed letter given out, by its name in the region's papers. With several targets it is given
      out only if the act changes the state. A final transition that sends a message needs one, or `NO_LETTER`.
    - `effect`, `record`: default to the name of the action.
    - `done`: the words for the record; `ending`: those for the end of the progress line, where the state's own
      are not exact enough.
    - `lead`: the text above the form; `result`: the text afterwards; `looked_at_again`: show the changes once
      more before saving.
    - `clause`: in a region's table the clause of its document. In a shared table only a clause of national law;
      otherwise the region's `CLAUSES` apply (`registry.clauses_of`).
    - `own_page`: how the person is asked, if they can perform it on a page.
    - `public`: anyone may perform it without a login on what everyone can see; without `roles`, anyone who has
      the link.
    - `bulk`: possible for many subjects at once.
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
        """The names of the letters given out with it."""
        named = (self.letter,) if isinstance(self.letter, str) else self.letter
        return tuple(name for name in named if name not in ("", NO_LETTER))

    @property
    def begins(self) -> bool:
        """Whether it creates its subject."""
        return not self.sources

    @property
    def messages(self) -> Mapping[str, str]:
        """The messages to the person, by the suffix of the notice's code."""
        said = {_ending(name, value): text for name, value, text in self.told_if}
        return {**({"": self.message} if self.message else {}), **said}

    def message_for(self, said: Mapping[str, Any]) -> str | None:
        """The key in `messages` of the message to send for this input, or None."""
        for name, value, _ in self.told_if:
            if name in said and (value is None or said[name] == value):
                return _ending(name, value)
        return "" if self.message else None


def _ending(name: str, value: Any) -> str:
    return f".{name}" if value in (None, True) else f".{name}.{value}"


@spoken("to_do")
@dataclass(frozen=True)
class Guard:
    """A condition for a transition.

    `unmet` returns None if the condition holds; otherwise a refusal, or a sentence with what is missing and what
    to do.

    - `code`: read by programs (contract of the API).
    - `to_do`: the condition as a next step; `anchor`: where on the page to do it.
    - `waits`: nothing can be done but wait.
    - `answers`: without it there is nothing to answer.
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
    """A part must be done by another person, by account and ID number, than the `people` who did the part before."""

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
    """A kind of need: how its value is parsed, which control a page shows, and its JSON Schema.

    `schema` is None if programs never send it.
    """

    read: Reader
    shape: Shape = "text"
    schema: Callable[[Need], dict[str, Any]] | None = None


@dataclass(frozen=True)
class Vocabulary:
    """The functions behind the names in the tables of one workflow.

    `checks`, by effect, run last, on the cleaned input. `after`, by effect, runs when the act is in the record.
    `letters` order the letters that transitions name, in the act's transaction.
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
    """A table: how one kind of subject moves in a region. `region` is empty if all regions share it.

    `afterwards` tells somebody who has just begun what happens next, one sentence per line; `outcome` says in one
    sentence who decides. Both may contain limits of the region in days: `{recognition_working_days}`.
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
        """The name of a state; an unknown code is returned as it is."""
        state = self.by_state.get(status)
        return state.label if state else status

    def begin(self, around: str, role: Role) -> tuple[Transition, ...]:
        """The creating transitions that a role may perform when the parent is in this state."""
        found = (t for t in self.transitions if t.begins and role in t.roles)
        return tuple(t for t in found if not t.while_in or around in t.while_in)

    def from_state(self, status: str, role: Role | None = None) -> tuple[Transition, ...]:
        """The transitions that leave a state, for one role if given."""
        found = (t for t in self.transitions if status in t.sources)
        return tuple(t for t in found if role is None or role in t.roles)
