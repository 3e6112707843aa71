"""The open rows of assistance duties at the end of a day: the conditions of `duties.DUTIES`."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import DateField, Exists, F, Max, Min, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Greatest

from jiuyuan.agencies.roles import Role
from jiuyuan.applications.models import Application
from jiuyuan.assistance import offer_counts
from jiuyuan.assistance.duty import AsOf, DueOn, on_the_register, stays
from jiuyuan.assistance.models import Appointment, Interview, JobOffer, Measure, Plan, ServiceRefusal, Vacancy
from jiuyuan.clock import CHINA
from jiuyuan.people.models import Fact, FamilyCertification
from jiuyuan.recognitions.models import Visit
from jiuyuan.rules import calendar
from jiuyuan.rules.facts import FACTS

_OPEN = (Plan.Status.DRAFT, Plan.Status.ACTIVE)


def without_talk(asked: AsOf) -> "QuerySet[Any]":
    return stays(asked).filter(~Exists(_talks(asked)))


def without_plan(asked: AsOf) -> "QuerySet[Any]":
    plans = _standing(Plan.objects.unscoped(), asked.day).filter(recognition=OuterRef("pk"))
    return stays(asked).filter(~Exists(plans), Exists(_talks(asked)))


def _talks(asked: AsOf) -> "QuerySet[Any]":
    held = Interview.objects.unscoped().filter(status=Interview.Status.HELD, on__lte=asked.day)
    return held.filter(recognition=OuterRef("pk"))


def _standing(plans: "QuerySet[Any]", day: date) -> "QuerySet[Any]":
    """Plans that were active at the end of a day."""
    later = Plan.objects.unscoped().filter(former=OuterRef("pk"), made_on__gt=day)
    then = Q(status__in=_OPEN) | Q(ended_on__gt=day) | Q(Exists(later), status=Plan.Status.REPLACED)
    return plans.filter(then, made_on__lte=day)


def _plans(asked: AsOf) -> "QuerySet[Any]":
    rows = _standing(Plan.objects.visible_to(asked.user), asked.day)
    return rows.filter(on_the_register(asked.day, "recognition__"))


def _active(asked: AsOf) -> "QuerySet[Any]":
    return _plans(asked).filter(agreed_on__lte=asked.day)


def drafts(asked: AsOf) -> "QuerySet[Any]":
    return _plans(asked).exclude(agreed_on__lte=asked.day)


def left_alone(asked: AsOf) -> "QuerySet[Any]":
    """Plans whose helper's account was closed or moved to another office or role."""
    there = Q(recognition__person__area__startswith=F("helper__agency__path"), helper__role=Role.CLERK)
    in_use = Q(helper__is_active=True) & (Q(helper__valid_until=None) | Q(helper__valid_until__gte=asked.day))
    return _plans(asked).exclude(there & in_use)


def to_review(asked: AsOf) -> "QuerySet[Any]":
    return _active(asked).filter(next_on__lte=asked.until)


def measures(asked: AsOf) -> "QuerySet[Any]":
    plans = _active(asked).values("pk")
    rows = Measure.objects.visible_to(asked.user).filter(plan__in=plans, due_on__lte=asked.until)
    return rows.exclude(ended_on__lte=asked.day)


def short_of_offers(asked: AsOf) -> "QuerySet[Any]":
    wanted = asked.limits.get("vacancies_offered", offer_counts.asked_for(asked.user.area, asked.day))
    return offer_counts.short(_active(asked), wanted, asked.day)


def given(asked: AsOf) -> "QuerySet[Any]":
    """Unanswered offers. One that expired was open until its last day."""
    rows = _offers(asked).filter(offered_on__lte=asked.day)
    silent = Q(status=JobOffer.Status.SILENT, answered_on=None, answer_by__lt=asked.day)
    return rows.exclude(answered_on__lte=asked.day).exclude(ended_on__lte=asked.day).exclude(silent)


def without_outcome(asked: AsOf) -> "QuerySet[Any]":
    """Offers that the person accepted, without a result."""
    wanted = (
        JobOffer.Status.INTERESTED,
        JobOffer.Status.APPLIED,
        JobOffer.Status.TAKEN_ON,
        JobOffer.Status.NOT_TAKEN_ON,
    )
    rows = _offers(asked).filter(status__in=wanted, answered_on__lte=asked.day)
    return rows.exclude(ended_on__lte=asked.day)


def _offers(asked: AsOf) -> "QuerySet[Any]":
    rows = JobOffer.objects.visible_to(asked.user).filter(on_the_register(asked.day, "recognition__"))
    return rows


def untold_refusals(asked: AsOf) -> "QuerySet[Any]":
    return _refusals(asked).filter(refused_on__lte=asked.day).exclude(told_on__lte=asked.day)


def undecided_refusals(asked: AsOf) -> "QuerySet[Any]":
    return _refusals(asked).filter(told_on__lte=asked.day)


def _refusals(asked: AsOf) -> "QuerySet[Any]":
    rows = ServiceRefusal.objects.visible_to(asked.user).filter(on_the_register(asked.day, "recognition__"))
    return rows.exclude(decided_on__lte=asked.day)


def appointments(asked: AsOf) -> "QuerySet[Any]":
    """Appointments without a result."""
    rows = Appointment.objects.visible_to(asked.user).filter(on_the_register(asked.day, "recognition__"))
    rows = rows.filter(invited_on__lte=asked.day, on__lte=asked.until).exclude(ended_on__lte=asked.day)
    return rows


def families(asked: AsOf) -> "QuerySet[Any]":
    rows = FamilyCertification.objects.visible_to(asked.user).filter(certified_on__lte=asked.day)
    return rows.exclude(cleared_on__lte=asked.day)


def to_visit(asked: AsOf) -> "QuerySet[Any]":
    """Recognitions not visited at home for too long (四(一)); `since` is the day from which that counts."""
    return _not_met(stays(asked), "recognised_on", asked)


def applicants_to_visit(asked: AsOf) -> "QuerySet[Any]":
    """The same for accepted open applications of people not on the register."""
    return _not_met(_open_cases(asked), "accepted_on", asked)


def with_old_facts(asked: AsOf) -> "QuerySet[Any]":
    """Recognitions with facts that may have changed since they were last verified, on `since`."""
    return _out_of_date(stays(asked), "recognised_on", asked)


def applicants_with_old_facts(asked: AsOf) -> "QuerySet[Any]":
    """The same for accepted open applications of people not on the register."""
    return _out_of_date(_open_cases(asked), "accepted_on", asked)


def _open_cases(asked: AsOf) -> "QuerySet[Any]":
    rows = Application.objects.visible_to(asked.user).filter(finished_on=None, accepted_on__lte=asked.day)
    return rows


def _not_met(rows: "QuerySet[Any]", began: str, asked: AsOf) -> "QuerySet[Any]":
    before = asked.until - timedelta(days=asked.limit("visit_every_days"))
    visits = Visit.objects.unscoped().filter(person=OuterRef("person_id"), nobody_home=False, visited_on__lte=asked.day)
    visits = visits.exclude(status=Visit.Status.DISCARDED).order_by()
    last = visits.values("person").annotate(last=Max("visited_on")).values("last")
    rows = rows.filter(~Exists(visits.filter(visited_on__gt=before)), **{f"{began}__lte": before})
    return rows.annotate(since=Coalesce(Subquery(last), F(began), output_field=DateField()))


def _out_of_date(rows: "QuerySet[Any]", began: str, asked: AsOf) -> "QuerySet[Any]":
    before = asked.until - timedelta(days=asked.limit("fact_valid_days"))
    ages = [name for name, fact in FACTS.items() if fact.recordable and not fact.lasting and not fact.act]
    midnight = datetime.combine(asked.day + timedelta(days=1), time(), CHINA)
    facts = Fact.objects.unscoped().filter(name__in=ages, value__isnull=False, recorded_at__lt=midnight).order_by()
    facts = facts.exclude(withdrawn_at__lt=midnight).exclude(superseded_by__recorded_at__lt=midnight)
    newer = facts.filter(person=OuterRef("person"), name=OuterRef("name"), observed_on__gt=OuterRef("observed_on"))
    old = facts.filter(~Exists(newer), person=OuterRef("person_id"), observed_on__lte=before)
    oldest = old.values("person").annotate(oldest=Min("observed_on")).values("oldest")
    rows = rows.filter(**{f"{began}__lte": before}).annotate(since=Subquery(oldest, output_field=DateField()))
    return rows.filter(since__isnull=False)


def to_confirm(asked: AsOf) -> "QuerySet[Any]":
    before = asked.day - timedelta(days=asked.limit("vacancy_confirm_days"))
    rows = Vacancy.objects.visible_to(asked.user).filter(status=Vacancy.Status.OPEN, opened_on__lte=before)
    rows = rows.filter(Q(confirmed_on=None) | Q(confirmed_on__lte=before))
    return rows.annotate(found_right=Greatest("opened_on", Coalesce("confirmed_on", "opened_on")))


def to_put_right(asked: AsOf) -> "QuerySet[Any]":
    rows = Vacancy.objects.visible_to(asked.user).filter(status=Vacancy.Status.DRAFT).exclude(employer_said="")
    return rows


def in_days(limit: str) -> Callable[[Any, AsOf], date]:
    """Due again this many days after it was settled."""
    return lambda row, asked: asked.day + timedelta(days=asked.limit(limit, row.area))


@dataclass(frozen=True)
class EndOfMonth(DueOn):
    """Due on the last day of the month."""

    def day(self, since: date | None, number: int | None, asked: AsOf, area: str) -> date:
        return calendar.add_months(asked.day.replace(day=1), 1) - timedelta(days=1)
