"""Figures of help over a period (四(二), 四(三)): what was due, done in time or late; offers, answers and work that came of them.

All come from one stream of events, each of one stay on the register: a figure and the list behind it cannot differ.
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
#: Of these duties days are counted: what is due, and the day on which it was done.
COUNTED = ("interview", "plan", "offer", "measure", "tell_refusal", "follow_up")
_LONGEST_LIMIT = timedelta(days=60)  # of those that are counted in working days
_MANY = 5_000


@dataclass(frozen=True)
class HelpPeriod:
    """A period in the area of one agency, as a user sees it today; `user` None is a run of the system.

    `among`: of these people alone. `alone`: of this agency without those below it.
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
        """Of the area, nothing sorted."""
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
    """What was due of each duty, or of one, about whom, when, and when it was done; what fell away before it was due is left out."""
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
    days: dict[tuple[str, date], date] = {}  # many were recognised at one place on one day
    columns = ("pk", "area", "category", "recognised_on", "ended_on", "decided_on", "done")
    for stay, area, category, since, ended_on, decided_on, done in rows.values_list(*columns).iterator(_MANY):
        if (area, since) not in days:
            days[area, since] = kind.reckoned(asked, area, since)
        due, left = days[area, since], decided_on or ended_on
        if done is None and left is not None and left <= due:
            continue
        yield duty, (stay, area, category), due, done


def _of_measures(period: HelpPeriod) -> Iterator[_Span]:
    """Lines of plans by their day; the one with vacancies by the days that the notice leaves for so many offers."""
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
    """Each step after somebody was taken on; one that was passed by the next is late, and none comes once work was lost."""
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
    """By stay the account that helps: of the plan that goes on, else of the last one."""
    return dict(period.rows(Plan).order_by("pk").values_list("recognition", "helper"))


def due(period: HelpPeriod, code: str, category: str = "", only: str = "") -> Iterator[int]:
    """The stays of what was due in the period, or of it what was done in time or late; of one category and one duty where asked."""
    for _, (stay, _, of), day, done_on in spans(period, only):
        if category in ("", of) and code in _said_of(period, day, done_on):
            yield stay


def due_by_code(period: HelpPeriod) -> dict[str, set[int]]:
    """The stays of all three, reckoned once."""
    found: dict[str, set[int]] = {DUE: set(), IN_TIME: set(), LATE: set()}
    for _, (stay, _, _), day, done_on in spans(period):
        for code in _said_of(period, day, done_on):
            found[code].add(stay)
    return found


def _said_of(period: HelpPeriod, day: date, done_on: date | None) -> tuple[str, ...]:
    """What is said in a period of something due on a day."""
    if not period.holds(day):
        return ()
    if done_on is None:
        return (DUE, LATE) if day < period.today else (DUE,)
    return DUE, IN_TIME if done_on <= day else LATE


def going_on(period: HelpPeriod) -> dict[int, tuple[str, int]]:
    """Stays whose plan goes on: where they are, and who helps."""
    rows = period.rows(Plan).filter(status__in=[Plan.Status.DRAFT, Plan.Status.ACTIVE])
    return {
        stay: (area, helper) for stay, area, helper in rows.values_list("recognition", "recognition__area", "helper")
    }


def done(period: HelpPeriod) -> Iterator[tuple[int, date]]:
    """For which stay something was done, and when: a talk, an offer, a plan or its review, a measure, a follow-up."""
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
