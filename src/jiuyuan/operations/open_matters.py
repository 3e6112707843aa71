"""Finds people without open matters and without recent acts in their files."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max, Q

from jiuyuan.agencies.scope import ScopedQuerySet
from jiuyuan.history.models import Entry
from jiuyuan.people.models import Person
from jiuyuan.procedures.registry import WORKFLOWS


@dataclass(frozen=True)
class OpenMatter:
    """A workflow that may be open for a person.

    The lookup paths to the person, and states that count as over beside the final ones. `within`: another column
    that decides this, if the state does not.
    """

    ways: tuple[str, ...]
    over: tuple[str, ...] = ()
    within: Q | None = None

    def open(self, workflow: str) -> Q:
        if self.within is not None:
            return self.within
        found = WORKFLOWS[workflow]
        column = found.model.moved_by
        if found.model._meta.get_field(column).null:  # a date or an answer: open while empty
            return Q(**{column: None})
        return ~Q(**{f"{column}__in": [*self.over, *(code for code, state in found.states.items() if state.final)]})


_STAY, _CASE = "recognition__person", "application__person"
MATTERS = {
    "correction": OpenMatter(("person",)),
    "family": OpenMatter(("person",)),
    "file_change": OpenMatter(("source", "target"), over=("done",)),
    "recognition": OpenMatter(("person",), over=("ended",)),
    "exit_proposal": OpenMatter((_STAY,)),
    "investigation": OpenMatter((_STAY,)),
    "exit_objection": OpenMatter((_STAY,)),
    "application": OpenMatter(("person",)),
    "visit": OpenMatter(("person",)),
    "refusal": OpenMatter((_STAY,), over=("counted",)),
    "placement": OpenMatter((_STAY,)),
    "enrolment": OpenMatter((_STAY,), over=("finished", "dropped")),
    "claim": OpenMatter(("person",)),
    "doubt": OpenMatter(("person",)),
    "article": OpenMatter(("person",)),
    "recovery": OpenMatter(("person",)),
    "handover": OpenMatter(("recovery__person",)),
    "finding": OpenMatter((f"inspected__{_CASE}", f"inspected__{_STAY}")),
    "inspected_case": OpenMatter((_CASE, _STAY), within=Q(inspection__status="drawn")),
    "supervision": OpenMatter((_CASE, _STAY)),
}
#: Workflows that end with the recognition, and those that concern nobody.
OVER_WITH_THE_STAY = frozenset({
    "measure", "plan", "offer", "follow_up", "interview", "appointment", "venture", "duty", "rating", "scheme_notice",
})  # fmt: skip
NOBODYS = frozenset({
    "import", "lead", "vacancy", "post", "course", "payment_batch", "employer_claim", "inspection", "period", "local_rule",
    "misconduct", "staff_training", "target", "parameter", "reorganisation",
})  # fmt: skip

#: The act of the erasure itself, which does not restart the period.
ERASED = "erased"


def quiet(people: Iterable[int], before: datetime) -> set[int]:
    """Those of these people with nothing open and no acts in their files since `before`."""
    left = set(people)
    for workflow, matter in MATTERS.items():
        rows = _rows(workflow).filter(matter.open(workflow)).order_by()
        for way in matter.ways:
            if left:
                left -= set(rows.filter(**{f"{way}__in": left}).values_list(way, flat=True))
    return left - _touched(left, before)


def _touched(people: Iterable[int], before: datetime) -> set[int]:
    """Those with acts since `before` in their own file, a case or a recovery."""
    whose = {f"person:{key}": key for key in people}
    if not whose:
        return set()
    for name in ("application", "recovery"):
        rows = _rows(name).filter(person__in=list(people)).order_by()
        column = "number" if name == "application" else "pk"
        whose |= {f"{name}:{key}": person for key, person in rows.values_list(column, "person")}
    acts = Entry.objects.of(*whose).exclude(action=ERASED).order_by()
    last = acts.values("file").annotate(last=Max("at")).filter(last__gte=before)
    made = Person.objects.unscoped().filter(pk__in=list(people), created_at__gte=before)
    return {whose[row["file"]] for row in last} | set(made.values_list("pk", flat=True))


def _rows(workflow: str) -> ScopedQuerySet:
    rows: ScopedQuerySet = WORKFLOWS[workflow].model._default_manager.all()  # type: ignore[assignment]
    return rows.unscoped()
