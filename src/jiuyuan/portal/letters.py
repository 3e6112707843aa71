"""A person's messages, including those from before they had an account, grouped by matter."""

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
    """Every message to an applicant, latest first: to the account, and in the files linked to it.

    `applications`: all of theirs, already loaded; they also lead to the person's file.
    """
    files = {application.file for application in applications}
    people = {application.person_id for application in applications}
    if not people:
        people = set(Person.objects.visible_to(user).values_list("pk", flat=True))
    return Message.objects.to(user.username, *files, *(f"person:{pk}" for pk in people))


_LATELY = timedelta(hours=1)
#: How many of the latest messages pages read.
MOST = 100
#: Matters with messages of two kinds.
_TOGETHER = {"enrolment": "course", "venture_follow_up": "venture"}
#: The fields that distinguish matters of a kind; without an entry all messages of the kind are one matter.
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
    """The messages of one matter: the latest, and earlier ones, latest first.

    `settled`: what the latest asked for is done or no longer asked. `kind`: a file, or the subject of messages in
    a person's file; `apart`: what distinguishes it within the kind.
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
        """Whether it is new, or was read so recently that the person may still look for it."""
        read_at = self.latest.read_at
        return self.unread or (not self.settled and read_at is not None and clock.now() - read_at < _LATELY)

    def is_of(self, kind: tuple[str, str], apart: dict[str, Any]) -> bool:
        """Whether a message belongs to this matter: all fields that both have are equal."""
        return self.kind == kind and all(self.apart.get(name, said) == said for name, said in apart.items())


#: Messages that ask for something while their row is in a state: by code, the rows, the state, and the field with the
#: row's date.
_ASKS: dict[str, tuple[Any, str, str]] = {
    "offer.offer": (JobOffer, JobOffer.Status.GIVEN, "answer_by"),
    "appointment.invite": (Appointment, Appointment.Status.INVITED, "on"),
    "refusal.tell": (ServiceRefusal, ServiceRefusal.Status.TOLD, "answer_by"),
    "plan.plan": (Plan, Plan.Status.DRAFT, ""),
}
_DAY_OF = {"refusal.tell": "until"}
#: The state of an application in which a message still asks for something.
_ASKS_OF_A_CASE = {"ask_correction": "correction", "draft_lies": "draft"}


def still_asked(user: User, applications: Iterable[Application]) -> Callable[[Message], bool | None]:
    """Return a function telling whether a message still asks for something; None for one that only informs.

    `applications` come with their recognitions. Messages about an ended recognition ask for nothing.
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
    """The number of matters with something new, consistent with the page of messages."""
    return sum(matter.unread for matter in matters(letters, asks))


def matters(letters: "MessageQuerySet | list[Message]", asks: Asks) -> list[MatterLetters]:
    """Group messages by matter, the most recent first. `letters`: latest first."""
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
    """The matter of a message: an application's file is one matter; a person's file has many."""
    if not message.file.startswith("person:"):
        return (message.file, ""), {}
    workflow = message.code.partition(".")[0].partition("@")[0]
    if workflow in ("", "account", "person"):  # each warning is a matter of its own
        return (message.file, message.code or message.title), {}
    kind = _TOGETHER.get(workflow, workflow)
    apart = {name: message.fields[name] for name in _TELLS_APART.get(kind, ()) if name in message.fields}
    return (message.file, kind), apart
