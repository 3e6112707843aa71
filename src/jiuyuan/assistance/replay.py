"""The record of help replayed into its tables, file by file (`jiuyuan audit verify --state`)."""

from collections import Counter
from collections.abc import Callable, Iterator

from jiuyuan.applications import replay as cases
from jiuyuan.assistance.models import (
    Employer,
    EmployerLink,
    FollowUp,
    Interview,
    JobOffer,
    Measure,
    Plan,
    ServiceRefusal,
    Vacancy,
)
from jiuyuan.history.state import Recorded, Replayed, acts_of, differences, missing, readable, replay
from jiuyuan.recognitions import replay as register
from jiuyuan.wording import say

MAKES: dict[str, tuple[type[Recorded], ...]] = {
    "vacancy_created": (Vacancy, Employer),
    "vacancy_link_made": (EmployerLink,),
}
CHANGES = frozenset({
    "vacancy_revised", "vacancy_checked", "vacancy_opened", "vacancy_answered", "vacancy_filled", "vacancy_expired",
    "vacancy_withdrawn", "vacancy_place_taken",
})  # fmt: skip
KNOWN = frozenset({*MAKES, *CHANGES})

Progress = Callable[[int], None]

# What stands in people's own files.
register.also(
    {
        "wishes_written": (Interview,),
        "interview_held": (Interview,),
        "plan_made": (Plan, Measure),
        "offer_given": (JobOffer,),
        "refusal_noted": (ServiceRefusal,),
        "followed_up": (FollowUp,),
    },
    (
        "wishes_changed", "plan_agreed", "plan_started_unsigned", "plan_reviewed", "plan_replaced", "plan_handed_over",
        "plan_ended", "measure_started", "measure_finished", "measure_dropped", "offer_answered",
        "offer_unanswered", "offer_applied", "offer_taken_on", "offer_not_taken_on", "refusal_told",
        "refusal_answered", "refusal_counted", "refusal_excused",
    ),
    {
        Interview: "recognition__person",
        Plan: "recognition__person",
        JobOffer: "recognition__person",
        ServiceRefusal: "recognition__person",
        FollowUp: "recognition__person",
        Measure: "plan__recognition__person",
    },
)  # fmt: skip


def total() -> int:
    """How many files there are to be replayed."""
    return Vacancy.objects.unscoped().count()


def verify_state(progress: Progress, uncompared: Counter[str]) -> Iterator[str]:
    """Every row that is not as the record left it, a sentence each. Adds to `uncompared` what was not stated."""
    faults: list[str] = []
    employers: dict[str, tuple[int, dict[str, object]]] = {}
    last = 0
    every = Vacancy.objects.unscoped().order_by("pk")
    while keys := list(every.filter(pk__gt=last).values_list("pk", flat=True)[: cases.CHUNK]):
        rows = readable(every.filter(pk__in=keys), faults)
        links = readable(EmployerLink.objects.filter(vacancy__in=keys), faults)
        acts = acts_of([row.file for row in rows], faults)
        for row in rows:
            replayed = Replayed()
            replay(acts[row.file], MAKES, KNOWN.__contains__, replayed, faults)
            for act in acts[row.file]:
                for key, values in (act.payload.get("state") or {}).items():
                    if key.startswith("assistance.employer:"):
                        before = employers.get(key, (0, {}))[1]
                        employers[key] = (act.id, before | values)
            replayed.rows = {k: v for k, v in replayed.rows.items() if not k.startswith("assistance.employer:")}
            own = [row, *(link for link in links if link.vacancy_id == row.pk)]
            yield from differences(
                replayed,
                own,
                lambda one: say("岗位 {verbose_name} {pk}", verbose_name=one._meta.verbose_name, pk=one.pk),
            )
            yield from missing(replayed, [Vacancy, EmployerLink])
            uncompared["rows"] += replayed.uncompared
        yield from faults
        faults.clear()
        last = keys[-1]
        progress(len(keys))
