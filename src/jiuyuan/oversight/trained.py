"""Which staff have passed the course on the policy in force, and who is due (五(二))."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Max

from jiuyuan import clock
from jiuyuan.agencies.models import User
from jiuyuan.agencies.roles import CASE_STAFF
from jiuyuan.oversight.models import StaffTraining
from jiuyuan.regions import registry
from jiuyuan.regions.policy_questions import asks, version_of
from jiuyuan.speed.counts import how_many


@dataclass(frozen=True)
class Trained:
    """A member of staff. `passed_on`: for the version in force; `before`:
    the last day an earlier version was passed.
    """

    user: User
    passed_on: date | None
    before: date | None


def is_due(user: User) -> bool:
    """Whether the user has not passed the course on the policy in force at their place."""
    code = registry.region_of(user.area).policy_code(clock.today())
    if not asks(code):
        return False
    said = {"taken_by": user.pk, "policy": version_of(code), "status": StaffTraining.Status.PASSED}
    return not how_many(("passed", *said.values()), lambda: StaffTraining.objects.unscoped().filter(**said))


def staff_of(user: User) -> list[Trained]:
    """Everybody of the user's area who handles cases, those who are due first."""
    today = clock.today()
    members = User.objects.filter(role__in=CASE_STAFF, is_active=True, agency__path__begins=user.area)
    rows = StaffTraining.objects.unscoped().filter(taken_by__in=members, status=StaffTraining.Status.PASSED)
    passed = {
        (row["taken_by"], row["policy"]): row["last"] for row in rows.values("taken_by", "policy").annotate(last=Max("taken_on"))
    }  # fmt: skip
    found = []
    for one in members.select_related("agency").order_by("agency__path", "username"):
        now = version_of(registry.region_of(one.area).policy_code(today))
        earlier = [day for (pk, policy), day in passed.items() if pk == one.pk and policy != now]
        found.append(Trained(one, passed.get((one.pk, now)), max(earlier, default=None)))
    return sorted(found, key=lambda one: one.passed_on is not None)
