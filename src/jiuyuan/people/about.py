"""The context of an act about one person, and the door to a person's file."""

from dataclasses import dataclass
from typing import Any

from jiuyuan.agencies.models import User
from jiuyuan.people.models import Person
from jiuyuan.procedures.context import Concerned, Context
from jiuyuan.procedures.doors import in_sight, locked
from jiuyuan.refusals import Conflict
from jiuyuan.wording import say


@dataclass(frozen=True)
class Somebody:
    """A person known only by the blind index of an ID number."""

    id_index: str
    account_id: int | None = None


class About(Context):
    """The context of an act about `person`, in whose file it is recorded, even before the subject exists."""

    def __init__(self, subject: Any, user: User | None, person: Person) -> None:
        super().__init__(subject, user)
        self.person = person

    @property
    def area(self) -> str:
        return str(self.person.area)

    @property
    def concerned(self) -> list[Concerned]:
        return [self.person]

    @property
    def versioned(self) -> Any:
        return self.subject if hasattr(self.subject, "version") else None


def visible_person(user: User | None, pk: Any) -> Person:
    """A person's file, locked, if this user may see it.

    Raises `NotFound`, and `Conflict` if it was merged into another.
    """
    person = locked(in_sight(Person, user).select_related("agency"), pk, "没有这个人的档案。")
    refuse_merged(person)
    return person


def refuse_merged(person: Person) -> None:
    """Raise `Conflict`, naming the remaining file, if the file was merged into it."""
    kept = person.merged_into
    if kept is not None:
        raise Conflict(
            say(
                "这份档案已经合并到{name}（{number}，{agency}）的档案，请在那份档案里办理。",
                name=kept.name, number=kept.masked_id_number, agency=kept.agency.name,
            ),
            code="merged", person=kept.pk,
        )  # fmt: skip
