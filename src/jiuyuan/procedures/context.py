"""The subject of a transition as guards and effects see it: data read lazily and at most once, and the rows that the act wrote."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, TypeVar

from django.db import IntegrityError, transaction

from jiuyuan import clock
from jiuyuan.agencies.models import User
from jiuyuan.agencies.roles import Role
from jiuyuan.history import services as history
from jiuyuan.history.services import Actor
from jiuyuan.history.state import Recorded, set_by
from jiuyuan.refusals import Conflict
from jiuyuan.regions import registry as regions
from jiuyuan.wording import say

if TYPE_CHECKING:
    from jiuyuan.procedures.table import Choices, Need, Procedure, Transition

Row = TypeVar("Row", bound=Recorded)


OUTDATED = "{noun}刚刚被别人改动（您看到的是第{version}版，现在是第{row_version}版），请重新打开后再办。"


@contextmanager
def only_once(twice: str, **fields: Any) -> Iterator[None]:
    """Saves inside, which a constraint may refuse: raises `Conflict` with these words then. Without words it does nothing."""
    if not twice:
        yield
        return
    try:
        with transaction.atomic():
            yield
    except IntegrityError:
        raise Conflict(say(twice, **fields)) from None


class Concerned(Protocol):
    """Somebody whom an act concerns, as `own_matter` asks about them."""

    @property
    def account_id(self) -> int | None: ...

    @property
    def id_index(self) -> str: ...


class Context:
    """What one act rests on. Each workflow has its own, with what its guards and effects read.

    `subject` is None while a transition that begins it has not made it yet. `user` None is the public or a machine.
    `outdated` is said to somebody who saw an earlier version.
    """

    outdated: ClassVar[str] = OUTDATED
    #: What is said where a constraint refuses a subject that somebody else saved a moment before; empty where none does.
    twice: ClassVar[str] = ""

    def __init__(self, subject: Any, user: User | None, today: date | None = None) -> None:
        self.subject = subject
        self.user = user
        self.machine = ""
        #: What is being done, as its table calls it.
        self.action = ""
        self.target = ""
        self.unchanged = False
        self.today = today or clock.today()
        self.written: list[Recorded] = []
        #: What a service hands to the effect beside what was said: never from outside.
        self.carried: Mapping[str, Any] = {}
        #: What only the message to the person says, beside what was said and written. For effects.
        self.words: dict[str, Any] = {}
        #: Set by an effect whose consequence tells the person more exactly.
        self.tells_nothing = False

    @property
    def area(self) -> str:
        """The path of the agency in whose area it lies; of the acting user while the subject does not exist yet."""
        return getattr(self.subject, "area", "") or (self.user.area if self.user else "") or ""

    @property
    def region(self) -> str:
        """The region by whose tables and clauses it goes."""
        return getattr(self.subject, "region", "") or regions.region_of(self.area).code

    @property
    def concerned(self) -> Sequence[Concerned]:
        """Whose matter it is: none of them, nor a relative who declared it, may act here for an office."""
        raise NotImplementedError

    @property
    def status(self) -> str:
        """The state in which the subject stands; empty before it was begun."""
        return str(self.subject.status) if self.subject is not None else ""

    @property
    def around(self) -> str:
        """The state of the parent of a subject that does not exist yet."""
        return ""

    def choices(self, need: "Need") -> "Choices":
        """The choices of a need, narrowed to this subject: for pages."""
        return need.choices

    def suggested(self, transition: "Transition") -> dict[str, Any]:
        """Initial values of the form, which the user may change."""
        return {}

    def standing(self, procedure: "Procedure") -> dict[str, Any]:
        """The state and the actions that it offers this role: details of a `WrongState` refusal. Before it is begun, its parent's state."""
        if self.subject is None:
            return {"status": self.around, "actions": []}
        role = Role(self.user.role) if self.user else None
        return {"status": self.status, "actions": [t.action for t in procedure.from_state(self.status, role)]}

    def go_to(self, status: str) -> None:
        """Choose the target of a transition that has several. For effects."""
        self.target = status

    def nothing(self, subject: Any) -> None:
        """Mark the act as a no-op: nothing is written, recorded or sent. For effects."""
        self.subject, self.unchanged = subject, True

    def move(self, final: bool) -> None:
        """Set the state that the act leads to. `final`: nothing leads out of it."""
        if self.target:
            self.subject.status = self.target

    def must_say(self, need: "Need") -> bool:
        """Whether an optional need is required for this subject."""
        return False

    @property
    def versioned(self) -> Any:
        """The row that carries the version of the subject; None where it has none."""
        return self.subject

    @property
    def actor(self) -> Actor:
        if self.user is not None:
            return self.user.actor
        return history.MACHINES[self.machine] if self.machine else history.PUBLIC

    def wrote(self, row: Row) -> Row:
        """Register another row that the act wrote, so that the record states the columns it set."""
        self.written.append(row)
        return row

    def save(self) -> None:
        """Save the subject and increment its version. Raises `Conflict` with the words of `twice`."""
        row = self.versioned
        if row is not None and not row._state.adding:
            row.version += 1
        with only_once(self.twice):
            self.subject.save()
        if row is not None and row is not self.subject:
            row.save()

    def payload(
        self, transition: "Transition", said: dict[str, Any], more: dict[str, Any], moved: bool
    ) -> dict[str, Any]:
        """What the record keeps of the act, beside what it set in the tables."""
        # Who objects need not say who they are, even logged in; what they say of themselves stays with the objection.
        kept = more if transition.public else {**said, **{name: value for name, value in more.items() if name != "why"}}
        return {"to": self.subject.status, "clause": transition.clause, **kept} if moved else kept

    def record(self, transition: "Transition", payload: Mapping[str, Any]) -> None:
        rows = dict.fromkeys(row for row in (self.subject, self.versioned, *self.written) if row is not None)
        actor = history.PUBLIC if transition.public else self.actor
        action = transition.record or transition.action
        history.append(self.subject.file, actor, action, payload, self.subject.area, set_by(rows))

    def heard(self, transition: "Transition") -> tuple[str, ...]:
        """How the person is heard who does not agree with an act, one sentence each: for notices that name `heard`."""
        raise NotImplementedError

    def tell(self, code: str, said: Mapping[str, Any]) -> None:
        """Tell the person what the transition says they are told: a notice, and what its fields may name."""
        raise NotImplementedError
