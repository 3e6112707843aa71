"""What stands open of training and of starting up, for the table of duties (`duties.DUTIES`)."""

from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from jiuyuan.assistance import queries
from jiuyuan.assistance.duty import AsOf
from jiuyuan.assistance.models import Course, Venture
from jiuyuan.assistance.venture_workflow import ALIVE_AFTER
from jiuyuan.rules import calendar


def classes_that_begin(asked: AsOf) -> "QuerySet[Any]":
    """Courses that are open although their first day is near or over."""
    return _courses(asked).filter(status=Course.Status.OPEN, begins_on__lte=asked.until)


def classes_that_end(asked: AsOf) -> "QuerySet[Any]":
    return _courses(asked).filter(status=Course.Status.RUNNING, ends_on__lte=asked.until)


def _courses(asked: AsOf) -> "QuerySet[Any]":
    return Course.objects.visible_to(asked.user)


def charged(asked: AsOf) -> "QuerySet[Any]":
    """Who paid for training that is free."""
    return queries.charged(asked.user)


def to_find_alive(asked: AsOf) -> "QuerySet[Any]":
    """Businesses that were registered half a year or a year ago, and were not looked at since."""
    come: Any = Q(pk__in=[])
    for status, months in ALIVE_AFTER.items():
        come |= Q(status=status, registered_on__lte=calendar.latest_start(asked.until, months))
    return Venture.objects.visible_to(asked.user).filter(come).select_related("recognition__person")


def alive_on(venture: Venture, asked: AsOf) -> date:
    months = ALIVE_AFTER[Venture.Status(venture.status)]
    return calendar.add_months(venture.registered_on, months) if venture.registered_on else asked.day
