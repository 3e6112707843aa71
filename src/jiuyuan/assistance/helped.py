"""The context of an act of assistance, and the door to rows of a recognition."""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from jiuyuan.agencies.models import User
from jiuyuan.assistance.models import Plan
from jiuyuan.people.correspondence import tell
from jiuyuan.people.models import Person
from jiuyuan.procedures.context import Context, only_once
from jiuyuan.procedures.doors import in_sight, parent_key
from jiuyuan.procedures.reading import key
from jiuyuan.procedures.table import Transition
from jiuyuan.recognitions.models import Recognition
from jiuyuan.regions import registry

Said = dict[str, Any]


class Helped(Context):
    """The context of a row of a `recognition`. `subject` is None until the creating transition has made it."""

    model: ClassVar[type[Any]]

    def __init__(self, recognition: Recognition, user: User | None, subject: Any = None) -> None:
        super().__init__(subject, user)
        self.recognition = recognition

    @property
    def region(self) -> str:
        return self.recognition.region

    @property
    def person(self) -> Person:
        return self.recognition.person

    @property
    def concerned(self) -> list[Person]:
        return [self.person]

    @property
    def around(self) -> str:
        return str(self.recognition.status)

    @property
    def versioned(self) -> Any:
        """Before there is a subject, the version is that of the recognition."""
        return self.subject if self.subject is not None else self.recognition

    def limit(self, name: str) -> int:
        return registry.region_of(self.recognition.area).limit(name, on=self.today)

    def save(self) -> None:
        """Increment the version, of a new row too, and save."""
        self.subject.version += 1
        with only_once(self.twice):
            self.subject.save()

    def payload(self, transition: Transition, said: Said, more: Said, moved: bool) -> Said:
        kept = super().payload(transition, {}, more, moved)
        return {"recognition": self.recognition.number, self.model._meta.model_name or "": self.subject.pk, **kept}

    def tell(self, code: str, said: Mapping[str, Any]) -> None:
        """Send the message in the name of the acting user's office; for acts of the person or the system,
        of the person's office.
        """
        acting = self.user.agency if self.user is not None else None
        agency = acting or self.person.agency
        tell(self.person, code, {"name": self.person.name, "agency": agency.name, **said})


def door(context: type[Helped], missing: str) -> Callable[[User | None, Any, Transition], Helped]:
    """A door to a row of a recognition: by its own key, or by the recognition's for a new one. Both are locked."""

    def enter(user: User | None, pk: Any, transition: Transition) -> Helped:
        if transition.begins:
            return context(recognition_of(Recognition, user, pk, "没有这条认定记录。", "pk"), user)
        recognition = recognition_of(context.model, user, pk, missing)
        subject = context.model.objects.unscoped().select_for_update(of=("self",)).get(pk=key(pk))
        subject.recognition = recognition
        return context(recognition, user, subject)

    return enter


def holds(context: type[Helped]) -> Callable[[Any, User | None], Helped]:
    """The context of a loaded row: the subject, or the recognition of a new one."""

    def hold(row: Any, user: User | None) -> Helped:
        return context(row, user) if isinstance(row, Recognition) else context(row.recognition, user, row)

    return hold


def recognition_of(model: type[Any], user: User | None, pk: Any, missing: str, way: str = "recognition") -> Recognition:
    """The recognition of the row with this key, if the user may see it, locked with its person and agency.

    Raises `NotFound`.
    """
    return locked_recognition(parent_key(in_sight(model, user), pk, way, missing))


def locked_recognition(pk: int) -> Recognition:
    rows = Recognition.objects.unscoped().select_related("person__account", "agency")
    found: Recognition = rows.select_for_update(of=("self",)).get(pk=pk)
    return found


class UnderPlan(Helped):
    """The context of a row of a `plan`, whose state and version apply until there is a subject."""

    def __init__(self, plan: Plan, user: User | None, subject: Any = None) -> None:
        super().__init__(plan.recognition, user, subject)
        self.plan = plan

    @property
    def around(self) -> str:
        return str(self.plan.status)

    @property
    def versioned(self) -> Any:
        return self.subject if self.subject is not None else self.plan


def door_from_plan(
    context: type[UnderPlan], missing: str, more: Callable[[Any], None] = lambda row: None
) -> Callable[[User | None, Any, Transition], UnderPlan]:
    """A door to a row of a plan: by its own key, or by the plan's for a new one.

    Lock order: recognition, plan or subject, and what `more` locks for the subject.
    """

    def enter(user: User | None, pk: Any, transition: Transition) -> UnderPlan:
        if transition.begins:
            recognition = recognition_of(Plan, user, pk, "没有这份计划。")
            plan = Plan.objects.unscoped().select_for_update(of=("self",)).get(pk=key(pk))
            plan.recognition = recognition
            return context(plan, user)
        recognition = recognition_of(context.model, user, pk, missing)
        row = context.model.objects.unscoped().select_related("plan").select_for_update(of=("self",)).get(pk=key(pk))
        more(row)
        row.recognition = row.plan.recognition = recognition
        return context(row.plan, user, row)

    return enter


def holds_under_plan(context: type[UnderPlan]) -> Callable[[Any, User | None], UnderPlan]:
    """The context of a loaded row: the subject, or the plan of a new one."""

    def hold(row: Any, user: User | None) -> UnderPlan:
        return context(row, user) if isinstance(row, Plan) else context(row.plan, user, row)

    return hold
