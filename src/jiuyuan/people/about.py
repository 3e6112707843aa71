"""The context of an act about one person, and the door to their file."""

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
    """Of whom only the blind index of an ID number is known."""

    id_index: str
    account_id: int | None = None


class About(Context):
    """`person` is whose file it stands in, also while the subject is not made yet."""

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
    """Somebody's file, locked, as far as this user may see it. Raises `NotFound`, and `Conflict` for one that was merged away."""
    person = locked(in_sight(Person, user).select_related("agency"), pk, "没有这个人的档案。")
    refuse_merged(person)
    return person


def refuse_merged(person: Person) -> None:
    """Nothing begins on a file that was merged away. Raises `Conflict` naming the file that is kept."""
    kept = person.merged_into
    if kept is not None:
        raise Conflict(
            say(
                "这份档案已经合并到{name}（{number}，{agency}）的档案，请在那份档案里办理。",
                name=kept.name, number=kept.masked_id_number, agency=kept.agency.name,
            ),
            code="merged", person=kept.pk,
        )  # fmt: skip
