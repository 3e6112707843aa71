"""What somebody was told, whether or not they had an account by then."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from jiuyuan.agencies.models import User
from jiuyuan.applications.models import Application
from jiuyuan.notifications.models import Message, MessageQuerySet
from jiuyuan.people.models import Person


def letters_to(user: User, applications: Iterable[Application]) -> MessageQuerySet:
    """Every message to an applicant, the latest first: to the account, and on the files that the account leads to.

    `applications`: all of theirs, which the page has in hand; they name the person's file too.
    """
    files = {application.file for application in applications}
    people = {application.person_id for application in applications}
    if not people:
        people = set(Person.objects.visible_to(user).values_list("pk", flat=True))
    return Message.objects.to(user.username, *files, *(f"person:{pk}" for pk in people))


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

    `kind`: a file, or what the messages on a person's file are about; `apart`: what tells it from others of this kind.
    """

    kind: tuple[str, str]
    latest: Message
    apart: dict[str, Any]
    earlier: list[Message] = field(default_factory=list)

    @property
    def unread(self) -> bool:
        return any(message.read_at is None for message in (self.latest, *self.earlier))

    def is_of(self, kind: tuple[str, str], apart: dict[str, Any]) -> bool:
        """A message that names only the employer belongs to the job there: what both name is the same."""
        return self.kind == kind and all(self.apart.get(name, said) == said for name, said in apart.items())


def unread_matters(letters: MessageQuerySet) -> int:
    """How many matters have something new: as many as are marked so on the page of messages."""
    return sum(matter.unread for matter in matters(letters))


def matters(letters: "MessageQuerySet | list[Message]") -> list[MatterLetters]:
    """One for each matter, in the order in which something was said in them last. `letters`: the latest first."""
    found: list[MatterLetters] = []
    for message in letters[:MOST]:
        kind, apart = _about(message)
        matter = next((one for one in found if one.is_of(kind, apart)), None)
        if matter is None:
            found.append(MatterLetters(kind, message, apart))
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
