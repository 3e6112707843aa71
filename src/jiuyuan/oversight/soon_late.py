"""Lists what will soon be late, by office with its responsible person (五(一) 明确责任主体)."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Min, Q

from jiuyuan.agencies.models import Agency, User
from jiuyuan.applications.models import Application
from jiuyuan.oversight.models import SupervisionOrder
from jiuyuan.regions import registry
from jiuyuan.rules import calendar


@dataclass(frozen=True)
class SoonLate:
    """The number of an office's applications and 督办 answers due within the warning days, and the first due date."""

    agency: Agency
    cases: int
    orders: int
    first: date


def soon_late(user: User, today: date) -> list[SoonLate]:
    """The offices of the user's area with anything due within the warning days, soonest first;
    without what is late already.
    """
    days = registry.region_of(user.area).limit("warning_working_days", on=today)
    within = Q(due_on__gte=today, due_on__lte=calendar.add_workdays(today, days).day)
    counted = {"number": Count("pk"), "first": Min("due_on")}
    cases = Application.objects.visible_to(user).filter(within, finished_on=None, accepted_on__isnull=False)
    orders = SupervisionOrder.objects.visible_to(user).filter(within, status=SupervisionOrder.Status.ASKED)
    of_cases = {row["agency"]: row for row in cases.order_by().values("agency").annotate(**counted)}
    of_orders = {row["agency"]: row for row in orders.order_by().values("agency").annotate(**counted)}
    found = []
    for agency in Agency.objects.filter(pk__in={*of_cases, *of_orders}):
        rows = [row for row in (of_cases.get(agency.pk), of_orders.get(agency.pk)) if row]
        cases_due, orders_due = (of.get(agency.pk, {}).get("number", 0) for of in (of_cases, of_orders))
        found.append(SoonLate(agency, cases_due, orders_due, min(row["first"] for row in rows)))
    return sorted(found, key=lambda one: (one.first, one.agency.path))
