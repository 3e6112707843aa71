"""The open rows of training and venture duties (`duties.DUTIES`)."""

from datetime import date
from typing import Any

from django.db.models import Case, Q, QuerySet, When

from jiuyuan.assistance import queries
from jiuyuan.assistance.duty import AsOf, DueOn
from jiuyuan.assistance.models import Course, Venture
from jiuyuan.assistance.venture_workflow import ALIVE_AFTER
from jiuyuan.rules import calendar


def classes_that_begin(asked: AsOf) -> "QuerySet[Any]":
    """Courses still open although their first day is near or past."""
    return _courses(asked).filter(status=Course.Status.OPEN, begins_on__lte=asked.until)


def classes_that_end(asked: AsOf) -> "QuerySet[Any]":
    return _courses(asked).filter(status=Course.Status.RUNNING, ends_on__lte=asked.until)


def _courses(asked: AsOf) -> "QuerySet[Any]":
    return Course.objects.visible_to(asked.user)


def charged(asked: AsOf) -> "QuerySet[Any]":
    """People who paid for free training."""
    return queries.charged(asked.user)


def to_find_alive(asked: AsOf) -> "QuerySet[Any]":
    """Businesses registered half a year or a year ago and not checked since."""
    come: Any = Q(pk__in=[])
    for status, months in ALIVE_AFTER.items():
        come |= Q(status=status, registered_on__lte=calendar.latest_start(asked.until, months))
    after = Case(*(When(status=status, then=months) for status, months in ALIVE_AFTER.items()))
    return Venture.objects.visible_to(asked.user).filter(come).annotate(months=after)


class StillTrading(DueOn):
    """Due this many months after the licence."""

    def day(self, since: date | None, number: int | None, asked: AsOf, area: str) -> date:
        return calendar.add_months(since, number) if since and number else asked.day
