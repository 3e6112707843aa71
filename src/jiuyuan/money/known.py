"""What the register, posts, courses and ventures know for schemes (`rules.scheme_facts`),
about some people or everybody.
"""

from collections import defaultdict
from collections.abc import Collection
from typing import Any

from jiuyuan.assistance.models import Course, Enrolment, Placement, Venture
from jiuyuan.people.models import LicenceRecord
from jiuyuan.rules.facts import FACTS

#: Facts taken as no for people on the register, whose recognition they would end.
ABSENT_ON_REGISTER = tuple(fact.name for fact in FACTS.values() if fact.taken_for_no)
ABSENT = tuple(fact.name for fact in FACTS.values() if fact.taken_for_no == "everybody")


def of_people(people: Collection[int] | None = None) -> dict[int, dict[str, Any]]:
    """The known facts by person, for these people or for all about whom anything is known.

    Unknown ones are left out.
    """

    def rows(model: Any) -> Any:
        found = model.objects.unscoped()
        return found if people is None else found.filter(recognition__person__in=people)

    known: dict[int, dict[str, Any]] = defaultdict(dict)
    finished = rows(Enrolment).filter(status=Enrolment.Status.FINISHED, passed=True).exclude(certificate_no="")
    for name, those in (
        ("on_public_post", rows(Placement).filter(status=Placement.Status.ON_POST)),
        ("in_subsidised_course",
         rows(Enrolment).filter(status=Enrolment.Status.ENROLLED, course__status=Course.Status.RUNNING)),
        ("course_certified", finished),
    ):  # fmt: skip
        for person in those.values_list("recognition__person", flat=True):
            known[person][name] = True
    ventures = rows(Venture).filter(registered_on__isnull=False).exclude(status=Venture.Status.ENDED)
    columns = ("recognition__person", "registered_on", "recognition__recognised_on", "recognition__ended_on")
    for person, since, recognised_on, ended_on in ventures.order_by("registered_on", "pk").values_list(*columns):
        known[person] |= {
            "business_since": since,
            "recognised_at_start": recognised_on <= since and (ended_on is None or since <= ended_on),
        }
    owned = LicenceRecord.objects.unscoped().filter(
        person__in=ventures.values("recognition__person"), withdrawn_at=None
    )
    for person, changed_on in owned.filter(part=LicenceRecord.Part.OWNER).values_list("person", "changed_on"):
        if changed_on < known[person]["business_since"]:
            known[person]["first_business"] = False
    return known
