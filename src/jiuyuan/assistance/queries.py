"""Lists of assistance objects."""

from datetime import date, timedelta
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Count, F, Q, QuerySet

from jiuyuan import clock
from jiuyuan.agencies.models import Agency, User
from jiuyuan.agencies.roles import Right, Role
from jiuyuan.assistance.models import BestMatch, Course, EmployerLink, Enrolment, Plan, Vacancy
from jiuyuan.recognitions.models import ExitProposal, Recognition
from jiuyuan.regions import registry


def vacancies(user: User, status: str, q: str = "") -> "QuerySet[Any]":
    """Vacancies of the user's area in a state, by words in the title or the employer's name.

    Too few per county to need an index.
    """
    rows = Vacancy.objects.visible_to(user).filter(status=status).select_related("employer", "agency", "division")
    if q := q.strip():
        rows = rows.filter(Q(title__contains=q) | Q(employer__name__contains=q) | Q(employer__credit_code=q.upper()))
    return rows


def counts(user: User) -> dict[str, int]:
    """The number of vacancies of the user's area in each state."""
    rows = Vacancy.objects.visible_to(user).order_by().values_list("status")
    return dict(rows.annotate(count=Count("pk")))


def open_to_all(*divisions: str) -> "QuerySet[Any]":
    """Vacancies visible without a login: open, with a free place, within one of these divisions;
    everywhere if none is given.
    """
    rows = Vacancy.objects.unscoped().filter(
        status=Vacancy.Status.OPEN, taken__lt=F("number"), valid_until__gte=clock.today()
    )
    if divisions:
        rows = rows.filter(reduce(or_, (Q(division__code__begins=code) for code in divisions)))
    return rows.select_related("employer", "agency", "division")


def courses(user: User) -> "QuerySet[Any]":
    """Courses of the user's area, and those open to all offices of their county."""
    county = user.agency.ancestor(Agency.Level.COUNTY) if user.agency else None
    reached = Course.scope.of(user)
    if county is not None and user.may(Right.SEE_VACANCIES):
        reached |= Q(status=Course.Status.OPEN, area__begins=county.path)
    return Course.objects.unscoped().filter(reached).select_related("agency")


def course_counts(user: User) -> dict[str, int]:
    """The number of `courses` in each state."""
    return dict(courses(user).select_related(None).order_by().values_list("status").annotate(count=Count("pk")))


def charged(user: User) -> "QuerySet[Any]":
    """Enrolments in the area with unrefunded payments for free training: errors for supervisors."""
    rows = Enrolment.objects.visible_to(user).filter(charged__gt=0, refunded_on=None)
    return rows.select_related("recognition__person", "course")


def to_confirm(vacancy: Vacancy, today: date) -> bool:
    """Whether the employer should be asked again, because nobody has confirmed the vacancy for some time."""
    last = vacancy.last_found_right()
    days = registry.region_of(vacancy.area).limit("vacancy_confirm_days", on=today)
    return vacancy.status == Vacancy.Status.OPEN and last is not None and last + timedelta(days=days) <= today


def open_link(vacancy: Vacancy, today: date) -> EmployerLink | None:
    """The open link for the employer's answer, or None."""
    links = vacancy.links.filter(revoked=False, answered_on=None, valid_until__gte=today)
    found: EmployerLink | None = links.order_by("-pk").first()
    return found


def suited_by(user: User, vacancy: Vacancy) -> "QuerySet[Any]":
    """The people of the user's area whom a vacancy suits or may suit, by the last nightly run, best first."""
    rows = BestMatch.objects.visible_to(user).filter(vacancy=vacancy).exclude(fits=False)
    rows = rows.filter(recognition__status=Recognition.Status.ACTIVE).select_related("recognition__person")
    return rows.order_by(F("fits").desc(nulls_last=True), "place", "pk")


def sees_health(user: User, stay: Recognition, plan: Plan | None) -> bool:
    """Whether the user may see a person's health limits: the helper, the author of a first plan, and a reviewer
    while an exit is to be decided (个人信息保护法 28–30).
    """
    if user.role == Role.CLERK:
        return plan is None or plan.helper_id == user.pk
    return user.role == Role.REVIEWER and stay.proposals.filter(status=ExitProposal.Status.OPEN).exists()
