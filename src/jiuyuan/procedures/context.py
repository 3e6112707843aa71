"""The context of one act: its subject, data read lazily and at most once, and the rows that the act wrote."""

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
    """Turn an `IntegrityError` raised inside into a `Conflict` with this text. Does nothing if the text is empty."""
    if not twice:
        yield
        return
    try:
        with transaction.atomic():
            yield
    except IntegrityError:
        raise Conflict(say(twice, **fields)) from None


class Concerned(Protocol):
    """A person concerned by an act, as `own_matter` needs to know them."""

    @property
    def account_id(self) -> int | None: ...

    @property
    def id_index(self) -> str: ...


class Context:
    """The data of one act. Each workflow has a subclass with what its guards and effects read.

    `subject` is None until the effect of a creating transition has made it. `user` is None for the public and for
    machines. `outdated` is the message for a user who saw an earlier version.
    """

    outdated: ClassVar[str] = OUTDATED
    #: The message when a constraint rejects the subject because somebody else saved one a moment before; empty if
    #: none can.
    twice: ClassVar[str] = ""

    def __init__(self, subject: Any, user: User | None, today: date | None = None) -> None:
        self.subject = subject
        self.user = user
        self.machine = ""
        #: The action, as named in its table.
        self.action = ""
        self.target = ""
        self.unchanged = False
        self.today = today or clock.today()
        self.written: list[Recorded] = []
        #: Values that a service passes to the effect beside the user's input. Never filled from a request.
        self.carried: Mapping[str, Any] = {}
        #: Fields for the message to the person only, set by effects.
        self.words: dict[str, Any] = {}
        #: Set by an effect whose consequence sends a more exact message itself.
        self.tells_nothing = False

    @property
    def area(self) -> str:
        """The path of the subject's agency, or of the user's agency while there is no subject yet."""
        return getattr(self.subject, "area", "") or (self.user.area if self.user else "") or ""

    @property
    def region(self) -> str:
        """The region whose tables and clauses apply."""
        return getattr(self.subject, "region", "") or regions.region_of(self.area).code

    @property
    def concerned(self) -> Sequence[Concerned]:
        """The people whose matter this is. Neither they nor their declared relatives may act on it for an office."""
        raise NotImplementedError

    @property
    def status(self) -> str:
        """The state of the subject; empty if there is no subject yet."""
        return str(self.subject.status) if self.subject is not None else ""

    @property
    def around(self) -> str:
        """The state of the parent of a subject that does not exist yet."""
        return ""

    def choices(self, need: "Need") -> "Choices":
        """The choices of a need that are valid for this subject, for pages."""
        return need.choices

    def suggested(self, transition: "Transition") -> dict[str, Any]:
        """Initial values of the form, which the user may change."""
        return {}

    def standing(self, procedure: "Procedure") -> dict[str, Any]:
        """The state and the actions it offers to this role: the details of a `WrongState` refusal.

        Before there is a subject, the state is that of its parent.
        """
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
        """Set the state to which the act leads. `final` says that no transition leaves it."""
        if self.target:
            self.subject.status = self.target

    def must_say(self, need: "Need") -> bool:
        """Whether this optional need is required for this subject."""
        return False

    @property
    def versioned(self) -> Any:
        """The row with the version number of the subject, or None."""
        return self.subject

    @property
    def actor(self) -> Actor:
        if self.user is not None:
            return self.user.actor
        return history.MACHINES[self.machine] if self.machine else history.PUBLIC

    def wrote(self, row: Row) -> Row:
        """Register another row that the act wrote, so that the record has the columns it set."""
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
        """What the record keeps of the act, beside the columns it set."""
        # Objectors may stay anonymous, even logged in; what they say about themselves stays with the objection.
        kept = more if transition.public else {**said, **{name: value for name, value in more.items() if name != "why"}}
        return {"to": self.subject.status, "clause": transition.clause, **kept} if moved else kept

    def record(self, transition: "Transition", payload: Mapping[str, Any]) -> None:
        rows = dict.fromkeys(row for row in (self.subject, self.versioned, *self.written) if row is not None)
        actor = history.PUBLIC if transition.public else self.actor
        action = transition.record or transition.action
        history.append(self.subject.file, actor, action, payload, self.subject.area, set_by(rows))

    def heard(self, transition: "Transition") -> tuple[str, ...]:
        """The remedies open to a person who disagrees with the act, one sentence each, for notices that use `heard`."""
        raise NotImplementedError

    def tell(self, code: str, said: Mapping[str, Any]) -> None:
        """Send the person the notice of the transition, with the fields that its text may use."""
        raise NotImplementedError
