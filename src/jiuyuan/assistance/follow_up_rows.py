"""The open rows of the follow-up duties (四(三)): a step has come that nobody has asked about."""

from datetime import date
from typing import Any

from django.db.models import Exists, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from jiuyuan.assistance import follow_up_workflow
from jiuyuan.assistance.duty import AsOf, DueOn
from jiuyuan.assistance.follow_up_workflow import BEGINS, FOLLOWED, Followed
from jiuyuan.assistance.models import Enrolment, FollowUp, JobOffer, Placement
from jiuyuan.rules import calendar


def after_an_offer(asked: AsOf) -> "QuerySet[Any]":
    """Offers that led to work."""
    return _with_a_step("offer", asked, Q(status=JobOffer.Status.TAKEN_ON, ended_on__lte=asked.day))


def on_a_post(asked: AsOf) -> "QuerySet[Any]":
    """People on public-interest posts."""
    return _with_a_step("placement", asked, Q(status=Placement.Status.ON_POST))


def after_a_course(asked: AsOf) -> "QuerySet[Any]":
    """People who finished a course, with or without work."""
    finished = Q(status=Enrolment.Status.FINISHED, ended_on__lte=asked.day)
    return _with_a_step("enrolment", asked, finished)


def after_a_licence(asked: AsOf) -> "QuerySet[Any]":
    """Registered businesses that were not given up."""
    return _with_a_step("venture", asked, Q(registered_on__lte=asked.day) & ~Q(status="ended"))


def _with_a_step(column: str, asked: AsOf, which: Q) -> "QuerySet[Any]":
    """Those with a step due; none after the work was lost."""
    done = FollowUp.objects.unscoped().filter(**{column: OuterRef("pk")}, on__lte=asked.day)
    come: Any = Q(pk__in=[])
    for months in follow_up_workflow.steps(asked.user.area, asked.day):
        begun = {f"{BEGINS[column]}__lte": calendar.latest_start(asked.until, months)}
        come |= Q(**begun) & ~Exists(done.filter(months__gte=months))
    rows: QuerySet[Any] = FOLLOWED[column].objects.visible_to(asked.user)
    rows = rows.filter(which, come, ~Exists(done.filter(status=FollowUp.Status.LOST)))
    last = done.order_by().values(column).annotate(last=Max("months")).values("last")
    return rows.annotate(last_step=Coalesce(Subquery(last), 0))


class FollowUpStep(DueOn):
    """The due date of the step after the last one taken."""

    def day(self, since: date | None, number: int | None, asked: AsOf, area: str) -> date:
        step = since and follow_up_workflow.step_after(since, number or 0, area, asked.day)
        return step[1] if step else asked.day


def step_again(followed: Followed, asked: AsOf) -> date | None:
    """The due date of the step after the current one; None after the last."""
    step = follow_up_workflow.next_step(followed, asked.day)
    begun: date | None = getattr(followed, BEGINS[follow_up_workflow.column_of(followed)])
    later = [months for months in follow_up_workflow.steps(followed.area, asked.day) if step and months > step[0]]
    return calendar.add_months(begun, later[0]) - follow_up_workflow.AHEAD if later and begun else None
