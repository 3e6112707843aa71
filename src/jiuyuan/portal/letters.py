"""What somebody was told, whether or not they had an account by then."""

from collections.abc import Iterable
from dataclasses import dataclass

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


@dataclass(frozen=True)
class MatterLetters:
    """What one was told in one matter: the latest message, and those before it, the latest first."""

    latest: Message
    earlier: list[Message]

    @property
    def unread(self) -> bool:
        return any(message.read_at is None for message in (self.latest, *self.earlier))


def unread_matters(letters: MessageQuerySet) -> int:
    """How many matters have something new: as many as are marked so on the page of messages."""
    return letters.filter(read_at=None).order_by().values("file").distinct().count()


def matters(messages: Iterable[Message]) -> list[MatterLetters]:
    """One for each matter, in the order in which something was said in them last. `messages`: the latest first."""
    files: dict[str, list[Message]] = {}
    for message in messages:
        files.setdefault(message.file, []).append(message)
    return [MatterLetters(latest, earlier) for latest, *earlier in files.values()]
