"""What stands open of training and of starting up, for the table of duties (`duties.DUTIES`)."""

from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from jiuyuan.assistance import follow_up_workflow, later_follow_up_workflow, queries
from jiuyuan.assistance.duty import AsOf
from jiuyuan.assistance.models import Course, Enrolment, FollowUp, Venture
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


def after_a_course(asked: AsOf) -> "QuerySet[Any]":
    """Who finished a course, of whom a step has come that nobody asked about."""
    rows = Enrolment.objects.visible_to(asked.user).filter(status=Enrolment.Status.FINISHED, ended_on__lte=asked.day)
    return _with_a_step(rows, "enrolment", "ended_on", asked).select_related("recognition__person", "course")


def after_a_licence(asked: AsOf) -> "QuerySet[Any]":
    """Whose business was registered, of whom a step has come that nobody asked about; not where it was given up."""
    rows = Venture.objects.visible_to(asked.user).filter(registered_on__lte=asked.day).exclude(status="ended")
    return _with_a_step(rows, "venture", "registered_on", asked).select_related("recognition__person")


def _with_a_step(rows: "QuerySet[Any]", column: str, since: str, asked: AsOf) -> "QuerySet[Any]":
    done = FollowUp.objects.unscoped().filter(**{column: OuterRef("pk")}, on__lte=asked.day)
    come: Any = Q(pk__in=[])
    for months in follow_up_workflow.steps(asked.user.area, asked.day):
        begun = {f"{since}__lte": calendar.latest_start(asked.until, months)}
        come |= Q(**begun) & ~Exists(done.filter(months__gte=months))
    return rows.filter(come, ~Exists(done.filter(status=FollowUp.Status.LOST)))


def step_on(row: Any, asked: AsOf) -> date:
    step = later_follow_up_workflow.next_step(row, asked.day)
    return step[1] if step else asked.day
