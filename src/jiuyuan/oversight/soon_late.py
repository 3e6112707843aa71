"""What will be late unless somebody acts, before it is: by office, with its responsible person (五(一) 明确责任主体)."""

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
    """An office with how many applications and answers to 督办 fall due within the days of the warning, and the first day."""

    agency: Agency
    cases: int
    orders: int
    first: date


def soon_late(user: User, today: date) -> list[SoonLate]:
    """The offices of a user's area where something falls due within the warning, the soonest first. What is late already is not among it."""
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
