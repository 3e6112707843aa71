"""What somebody was told, whether or not they had an account by then."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from typing import Any

from jiuyuan import clock
from jiuyuan.agencies.models import User
from jiuyuan.applications.models import Application
from jiuyuan.assistance.models import Appointment, JobOffer, Plan, ServiceRefusal
from jiuyuan.notifications.models import Message, MessageQuerySet
from jiuyuan.people.models import Person
from jiuyuan.wording import unpacked


def letters_to(user: User, applications: Iterable[Application]) -> MessageQuerySet:
    """Every message to an applicant, the latest first: to the account, and on the files that the account leads to.

    `applications`: all of theirs, which the page has in hand; they name the person's file too.
    """
    files = {application.file for application in applications}
    people = {application.person_id for application in applications}
    if not people:
        people = set(Person.objects.visible_to(user).values_list("pk", flat=True))
    return Message.objects.to(user.username, *files, *(f"person:{pk}" for pk in people))


_LATELY = timedelta(hours=1)
#: How many of the latest messages the pages look at.
MOST = 100
#: What is told of by messages of two kinds.
_TOGETHER = {"enrolment": "course", "venture_follow_up": "venture"}
#: By kind the fields that tell one matter from another of the same kind; without them all of a kind are one.
_TELLS_APART = {
    "offer": ("employer", "job"),
    "placement": ("employer", "job"),
    "course": ("course",),
    "appointment": ("on", "time"),
    "refusal": ("what",),
    "correction": ("label",),
    "investigation": ("opened",),
}


@dataclass
class MatterLetters:
    """What one was told in one matter: the latest message, and those before it, the latest first.

    `settled`: what the latest asked for has been done, or is not asked any more. `kind`: a file, or what the messages on a person's file are about; `apart`: what tells it from others of this kind.
    """

    kind: tuple[str, str]
    latest: Message
    apart: dict[str, Any]
    earlier: list[Message] = field(default_factory=list)
    settled: bool = False

    @property
    def unread(self) -> bool:
        return not self.settled and any(message.read_at is None for message in (self.latest, *self.earlier))

    @property
    def unfolded(self) -> bool:
        """New, or read so lately that who comes back to the page still looks for it."""
        read_at = self.latest.read_at
        return self.unread or (not self.settled and read_at is not None and clock.now() - read_at < _LATELY)

    def is_of(self, kind: tuple[str, str], apart: dict[str, Any]) -> bool:
        """A message that names only the employer belongs to the job there: what both name is the same."""
        return self.kind == kind and all(self.apart.get(name, said) == said for name, said in apart.items())


#: What asks for something while the row that it is about stands so: by the code of the message the rows, the state, and the field of
#: the message that is the row's day.
_ASKS: dict[str, tuple[Any, str, str]] = {
    "offer.offer": (JobOffer, JobOffer.Status.GIVEN, "answer_by"),
    "appointment.invite": (Appointment, Appointment.Status.INVITED, "on"),
    "refusal.tell": (ServiceRefusal, ServiceRefusal.Status.TOLD, "answer_by"),
    "plan.plan": (Plan, Plan.Status.DRAFT, ""),
}
_DAY_OF = {"refusal.tell": "until"}
#: The state of an application in which a message about it still asks for something.
_ASKS_OF_A_CASE = {"ask_correction": "correction", "draft_lies": "draft"}


def still_asked(user: User, applications: Iterable[Application]) -> Callable[[Message], bool | None]:
    """Whether a message still asks for what it asked for; None for one that only tells.

    `applications` come with their recognition. What told of one that ended since asks for nothing any more.
    """
    status = {application.file: application.status for application in applications}
    ended = {
        application.file for application in applications if application.recognition and application.recognition.ended_on
    }

    @cache
    def rows(code: str) -> set[Any]:
        model, state, day = _ASKS[code]
        return set(model.objects.visible_to(user).filter(status=state).values_list(day or "pk", flat=True))

    def asks(message: Message) -> bool | None:
        if message.file in ended:
            return False
        act = message.code.partition(".")[2]
        if message.file in status and act in _ASKS_OF_A_CASE:
            return status[message.file] == _ASKS_OF_A_CASE[act]
        if message.code not in _ASKS:
            return None
        said = message.fields.get(_DAY_OF.get(message.code, _ASKS[message.code][2]))
        return unpacked(said) in rows(message.code) if said else bool(rows(message.code))

    return asks


Asks = Callable[[Message], bool | None]


def unread_matters(letters: MessageQuerySet, asks: Asks) -> int:
    """How many matters have something new: as many as are marked so on the page of messages."""
    return sum(matter.unread for matter in matters(letters, asks))


def matters(letters: "MessageQuerySet | list[Message]", asks: Asks) -> list[MatterLetters]:
    """One for each matter, in the order in which something was said in them last. `letters`: the latest first."""
    found: list[MatterLetters] = []
    for message in letters[:MOST]:
        kind, apart = _about(message)
        matter = next((one for one in found if one.is_of(kind, apart)), None)
        if matter is None:
            found.append(MatterLetters(kind, message, apart, settled=asks(message) is False))
        else:
            matter.earlier.append(message)
            matter.apart |= apart
    return found


def _about(message: Message) -> tuple[tuple[str, str], dict[str, Any]]:
    """What a message is about: an application's file is one matter; on a person's file there are many."""
    if not message.file.startswith("person:"):
        return (message.file, ""), {}
    workflow = message.code.partition(".")[0].partition("@")[0]
    if workflow in ("", "account", "person"):  # each warning stands alone
        return (message.file, message.code or message.title), {}
    kind = _TOGETHER.get(workflow, workflow)
    apart = {name: message.fields[name] for name in _TELLS_APART.get(kind, ()) if name in message.fields}
    return (message.file, kind), apart
