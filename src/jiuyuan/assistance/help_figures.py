"""Figures of assistance in a period (四(二), 四(三)): due, done in time or late; offers, answers and resulting work.

All are computed from one stream of events about recognitions, so a figure and its list cannot differ.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import DateField, Min, OuterRef, Q, Subquery

from jiuyuan.agencies.models import Agency, User
from jiuyuan.assistance import follow_up_workflow
from jiuyuan.assistance.duties import BY_CODE
from jiuyuan.assistance.duty import AsOf
from jiuyuan.assistance.models import FollowUp, Interview, JobOffer, Kind, Measure, Plan, ServiceRefusal
from jiuyuan.recognitions.models import Recognition
from jiuyuan.regions import registry
from jiuyuan.rules import calendar

DUE, IN_TIME, LATE = "due", "in_time", "late"
#: The duties whose due dates and completion dates are counted.
COUNTED = ("interview", "plan", "offer", "measure", "tell_refusal", "follow_up")
_LONGEST_LIMIT = timedelta(days=60)  # for limits in working days
_MANY = 5_000


@dataclass(frozen=True)
class HelpPeriod:
    """A period in the area of an agency, as a user sees it today; `user` is None for system runs.

    `among`: only these people. `alone`: only this agency, without those below it.
    """

    user: User | None
    under: Agency
    since: date
    until: date
    today: date
    among: frozenset[int] | None = None
    alone: bool = False

    def holds(self, day: date | None) -> bool:
        return day is not None and self.since <= day <= self.until

    def rows(self, model: Any, way: str = "recognition__") -> Any:
        """The rows of the area, unsorted."""
        rows = model.objects.visible_to(self.user) if self.user else model.objects.unscoped()
        rows = rows.filter(**{f"{way}area{'' if self.alone else '__begins'}": self.under.path}).order_by()
        return rows if self.among is None else rows.filter(**{f"{way}person__any_of": self.among})

    def between(self, *columns: str) -> Q:
        found = Q()
        for column in columns:
            found |= Q(**{f"{column}__range": (self.since, self.until)})
        return found


_WHO = ("recognition", "recognition__area", "recognition__category")
_Span = tuple[str, Iterable[Any], date, date | None]


def spans(period: HelpPeriod, only: str = "") -> Iterator[_Span]:
    """Yield each due item: duty, recognition, due date and completion date.

    Items that lapsed before their due date are left out.
    """
    if only in ("", "interview"):
        yield from _after_recognition(period, "interview", Interview, "on", status=Interview.Status.HELD)
    if only in ("", "plan"):
        yield from _after_recognition(period, "plan", Plan, "made_on")
    if only in ("", "measure", "offer"):
        yield from (one for one in _of_measures(period) if only in ("", one[0]))
    if only in ("", "tell_refusal"):
        told = period.rows(ServiceRefusal).filter(period.between("refused_on"))
        for *who, refused, done, decided in told.values_list(*_WHO, "refused_on", "told_on", "decided_on"):
            yield "tell_refusal", who, refused, done or decided
    if only in ("", "follow_up"):
        yield from _of_follow_ups(period)


def _after_recognition(period: HelpPeriod, duty: str, model: Any, column: str, **which: str) -> Iterator[_Span]:
    first = model.objects.unscoped().filter(recognition=OuterRef("pk"), **which).order_by().values("recognition")
    first = first.annotate(first=Min(column)).values("first")
    rows = period.rows(Recognition, "").filter(recognised_on__range=(period.since - _LONGEST_LIMIT, period.until))
    rows = rows.annotate(done=Subquery(first, output_field=DateField())).select_related(None)
    asked, kind = AsOf(period.user or User(), period.today), BY_CODE[duty]
    days: dict[tuple[str, date], date] = {}  # cached: many people are recognised at one place on one day
    columns = ("pk", "area", "category", "recognised_on", "ended_on", "decided_on", "done")
    for stay, area, category, since, ended_on, decided_on, done in rows.values_list(*columns).iterator(_MANY):
        if (area, since) not in days:
            days[area, since] = kind.reckoned(asked, area, since)
        due, left = days[area, since], decided_on or ended_on
        if done is None and left is not None and left <= due:
            continue
        yield duty, (stay, area, category), due, done


def _of_measures(period: HelpPeriod) -> Iterator[_Span]:
    """Measures of plans by their due date; the one of vacancies by the days that the notice allows for the offers."""
    way = tuple(f"plan__{one}" for one in _WHO)
    days = registry.region_of(period.under.path).limit("vacancies_due_days", on=period.today)
    rows = period.rows(Measure, "plan__recognition__").exclude(status=Measure.Status.DROPPED)
    rows = rows.filter(plan__status__in=[Plan.Status.ACTIVE, Plan.Status.ENDED])
    soon = Q(plan__agreed_on__range=(period.since - timedelta(days=days), period.until))
    wanted = ("kind", "due_on", "plan__agreed_on", "ended_on", "plan__ended_on")
    for *who, kind, due_on, began, done, over in rows.filter(period.between("due_on") | soon).values_list(
        *way, *wanted
    ):
        due = {"measure": due_on}
        if kind == Kind.VACANCIES and began is not None:
            due["offer"] = began + timedelta(days=days)
        for duty, day in due.items():
            if done is not None or over is None or over > day:
                yield duty, who, day, done


def _of_follow_ups(period: HelpPeriod) -> Iterator[_Span]:
    """Each follow-up step after work began.

    A step overtaken by the next is late; there are none after the work was lost.
    """
    steps = follow_up_workflow.steps(period.under.path, period.today)
    first = calendar.add_months(period.since, -max(steps))
    rows = period.rows(JobOffer).filter(status=JobOffer.Status.TAKEN_ON, begins_on__range=(first, period.until))
    done: dict[int, list[tuple[int, date, str]]] = {}
    for offer, *one in (
        FollowUp.objects.unscoped().filter(offer__in=rows).values_list("offer", "months", "on", "status")
    ):
        done.setdefault(offer, []).append((one[0], one[1], one[2]))
    for *who, pk, began in rows.values_list(*_WHO, "pk", "begins_on"):
        lost = min((on for _, on, status in done.get(pk, []) if status == FollowUp.Status.LOST), default=None)
        for months in steps:
            due = calendar.add_months(began, months)
            if lost is None or due <= lost:
                taken = next((on for step, on, _ in done.get(pk, []) if step == months), None)
                yield "follow_up", who, due, taken


def helpers(period: HelpPeriod) -> dict[int, int]:
    """The helper's account of each recognition: that of the active plan, else of the last one."""
    return dict(period.rows(Plan).order_by("pk").values_list("recognition", "helper"))


def due(period: HelpPeriod, code: str, category: str = "", only: str = "") -> Iterator[int]:
    """Yield the recognitions with items due in the period, done in time or late;
    optionally of one category and duty.
    """
    for _, (stay, _, of), day, done_on in spans(period, only):
        if category in ("", of) and code in _said_of(period, day, done_on):
            yield stay


def due_by_code(period: HelpPeriod) -> dict[str, set[int]]:
    """The recognitions for all three codes, computed once."""
    found: dict[str, set[int]] = {DUE: set(), IN_TIME: set(), LATE: set()}
    for _, (stay, _, _), day, done_on in spans(period):
        for code in _said_of(period, day, done_on):
            found[code].add(stay)
    return found


def _said_of(period: HelpPeriod, day: date, done_on: date | None) -> tuple[str, ...]:
    """The codes that apply in a period to an item due on a day."""
    if not period.holds(day):
        return ()
    if done_on is None:
        return (DUE, LATE) if day < period.today else (DUE,)
    return DUE, IN_TIME if done_on <= day else LATE


def going_on(period: HelpPeriod) -> dict[int, tuple[str, int]]:
    """Recognitions with an active plan, with place and helper."""
    rows = period.rows(Plan).filter(status__in=[Plan.Status.DRAFT, Plan.Status.ACTIVE])
    return {
        stay: (area, helper) for stay, area, helper in rows.values_list("recognition", "recognition__area", "helper")
    }


def done(period: HelpPeriod) -> Iterator[tuple[int, date]]:
    """Yield each act of assistance with its recognition and day: interviews, offers, plans and reviews,
    measures, follow-ups.
    """
    for model, way, columns in _CARE:
        for column in columns:
            rows = period.rows(model, f"{way}__").filter(period.between(column))
            yield from rows.values_list(way, column)


_CARE: tuple[tuple[Any, str, tuple[str, ...]], ...] = (
    (Interview, "recognition", ("on",)),
    (JobOffer, "recognition", ("offered_on",)),
    (Plan, "recognition", ("reviewed_on", "made_on")),
    (FollowUp, "recognition", ("on",)),
    (Measure, "plan__recognition", ("ended_on",)),
)
