"""Figures of help over a period (四(二), 四(三)): what was due, done in time or late; offers, answers and work that came of them.

All come from one stream of events, each of one stay on the register: a figure and the list behind it cannot differ.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
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
from jiuyuan.wording import say

DIMENSIONS = {"agency": "按机构", "category": "按类别", "helper": "按帮扶人"}
DUE, IN_TIME, LATE = "due", "in_time", "late"
#: Of these duties days are counted: what is due, and the day on which it was done.
COUNTED = ("interview", "plan", "offer", "measure", "tell_refusal", "follow_up")
_NOBODY = "none"  # the line of those whom nobody helps yet
_LONGEST_LIMIT = timedelta(days=60)  # of those that are counted in working days


@dataclass(frozen=True)
class HelpEvent:
    """`code` is its figure; `duty`, of what was due, which; `stay` and the rest say about whom."""

    code: str
    duty: str
    stay: int
    area: str
    category: str


@dataclass(frozen=True)
class HelpPeriod:
    """A period in the area of one agency, as a user sees it today; `user` None is a run of the system. `among`: of these people alone."""

    user: User | None
    under: Agency
    since: date
    until: date
    today: date
    among: frozenset[int] | None = None

    def holds(self, day: date | None) -> bool:
        return day is not None and self.since <= day <= self.until

    def rows(self, model: Any, way: str = "recognition__") -> Any:
        """Of the area, nothing sorted."""
        rows = model.objects.visible_to(self.user) if self.user else model.objects.unscoped()
        rows = rows.filter(**{f"{way}area__begins": self.under.path}).order_by()
        return rows if self.among is None else rows.filter(**{f"{way}person__in": self.among})

    def between(self, *columns: str) -> Q:
        found = Q()
        for column in columns:
            found |= Q(**{f"{column}__range": (self.since, self.until)})
        return found


def columns(area: str, today: date) -> dict[str, str]:
    """The figures in the order of the page, with their words."""
    steps = follow_up_workflow.steps(area, today)
    return {
        DUE: say("到期"), IN_TIME: say("按期"), LATE: say("超期"), "offers": say("介绍岗位"), "answers": say("本人答复"),
        "declined": say("没有接受"), "taken_on": say("录用"),
        **{f"work_{months}": say("{months}个月后在岗", months=months) for months in steps},
    }  # fmt: skip


def events(period: HelpPeriod) -> Iterator[HelpEvent]:
    """Everything that is counted."""
    yield from _of_offers(period)
    yield from spans_of(period)


def spans_of(period: HelpPeriod) -> Iterator[HelpEvent]:
    """What was due in the period, each thing once more as done in time or late."""
    for duty, who, due, done in _spans(period):
        if period.holds(due):
            yield HelpEvent(DUE, duty, *who)
            if done is not None and done <= due:
                yield HelpEvent(IN_TIME, duty, *who)
            elif done is not None or due < period.today:
                yield HelpEvent(LATE, duty, *who)


def _of_offers(period: HelpPeriod) -> Iterator[HelpEvent]:
    rows = period.rows(JobOffer).filter(period.between("offered_on", "answered_on", "ended_on"))
    for *who, status, offered, answered, ended in rows.values_list(
        *_WHO, "status", "offered_on", "answered_on", "ended_on"
    ):
        found = {
            "offers": period.holds(offered),
            "answers": period.holds(answered) and status != JobOffer.Status.SILENT,
            "declined": period.holds(answered) and status == JobOffer.Status.DECLINED,
            "taken_on": period.holds(ended) and status == JobOffer.Status.TAKEN_ON,
        }
        yield from (HelpEvent(code, "", *who) for code, so in found.items() if so)
    rows = period.rows(FollowUp).filter(period.between("on"), status=FollowUp.Status.WORKING)
    for *who, months in rows.values_list(*_WHO, "months"):
        yield HelpEvent(f"work_{months}", "", *who)


_WHO = ("recognition", "recognition__area", "recognition__category")
_Span = tuple[str, Iterable[Any], date, date | None]


def _spans(period: HelpPeriod) -> Iterator[_Span]:
    """What was due of each duty, about whom, when, and when it was done; what fell away before it was due is left out."""
    yield from _after_recognition(period, "interview", Interview, "on", status=Interview.Status.HELD)
    yield from _after_recognition(period, "plan", Plan, "made_on")
    yield from _of_measures(period)
    told = period.rows(ServiceRefusal).filter(period.between("refused_on"))
    for *who, refused, done, decided in told.values_list(*_WHO, "refused_on", "told_on", "decided_on"):
        yield "tell_refusal", who, refused, done or decided
    yield from _of_follow_ups(period)


def _after_recognition(period: HelpPeriod, duty: str, model: Any, column: str, **which: str) -> Iterator[_Span]:
    first = model.objects.unscoped().filter(recognition=OuterRef("pk"), **which).order_by().values("recognition")
    first = first.annotate(first=Min(column)).values("first")
    rows = period.rows(Recognition, "").filter(recognised_on__range=(period.since - _LONGEST_LIMIT, period.until))
    rows = rows.annotate(done=Subquery(first, output_field=DateField())).select_related(None)
    asked, kind = AsOf(period.user or User(), period.today), BY_CODE[duty]
    for stay in rows.only("pk", "area", "category", "recognised_on", "status", "ended_on", "decided_on").iterator():
        due, left = kind.due_on(stay, asked), stay.decided_on or stay.ended_on
        if stay.done is None and left is not None and left <= due:
            continue
        yield duty, (stay.pk, stay.area, stay.category), due, stay.done


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


def parts(period: HelpPeriod, by: str, happened: Iterable[HelpEvent]) -> tuple[dict[str, str], Mapping[int, str]]:
    """The lines by which a table divides, with their words; and by stay, where it does not follow from the event, the line."""
    if by == "category":
        seen = {one.category for one in happened}
        titles = registry.policy_of(period.under.path, period.today).titles
        return {code: titles.get(code, code) for code in sorted(seen)}, {}
    if by == "helper":
        of = helpers(period)
        names = dict(User.objects.filter(pk__in=set(of.values())).order_by("name", "pk").values_list("pk", "name"))
        lines = {str(pk): name for pk, name in names.items()}
        if any(one.stay not in of for one in happened):
            lines[_NOBODY] = say("还没有帮扶人")
        return lines, {stay: str(pk) for stay, pk in of.items()}
    return {agency.path: agency.name for agency in period.under.children.all()}, {}


def part_of(event: HelpEvent, by: str, lines: Iterable[str], of_stays: Mapping[int, str]) -> str:
    """The line to which an event belongs; empty for none."""
    if by == "category":
        return event.category
    if by == "helper":
        return of_stays.get(event.stay, _NOBODY)
    return next((path for path in lines if event.area.startswith(path)), "")


@dataclass(frozen=True)
class HelpTable:
    """By line and figure how many, "" being the whole; `idle`: helpers of whose people nothing was done, with how many those are."""

    lines: Mapping[str, str]
    counts: Mapping[tuple[str, str], int]
    duties: Mapping[tuple[str, str], int]
    idle: Mapping[int, int]


def table(period: HelpPeriod, by: str) -> HelpTable:
    """All figures, divided by one of `DIMENSIONS` and, what was due, by duty."""
    happened = list(events(period))
    lines, of_stays = parts(period, by, happened)
    counts: Counter[tuple[str, str]] = Counter()
    duties: Counter[tuple[str, str]] = Counter()
    for event in happened:
        counts["", event.code] += 1
        if part := part_of(event, by, lines, of_stays):
            counts[part, event.code] += 1
        if event.duty:
            duties[event.duty, event.code] += 1
    return HelpTable(lines, counts, duties, idle(period))


def idle(period: HelpPeriod) -> dict[int, int]:
    """Helpers of plans that go on, of whose people nothing was done in the period: no talk, offer, review, measure or follow-up."""
    done = {
        *period.rows(Interview).filter(period.between("on")).values_list("recognition", flat=True),
        *period.rows(JobOffer).filter(period.between("offered_on")).values_list("recognition", flat=True),
        *period.rows(Plan).filter(period.between("reviewed_on", "made_on")).values_list("recognition", flat=True),
        *period.rows(FollowUp).filter(period.between("on")).values_list("recognition", flat=True),
        *period.rows(Measure, "plan__recognition__").filter(period.between("ended_on")).values_list(
            "plan__recognition", flat=True
        ),
    }  # fmt: skip
    open_ones: dict[int, set[int]] = {}
    going_on = period.rows(Plan).filter(status__in=[Plan.Status.DRAFT, Plan.Status.ACTIVE])
    for helper, stay in going_on.values_list("helper", "recognition"):
        open_ones.setdefault(helper, set()).add(stay)
    return {helper: len(stays) for helper, stays in open_ones.items() if not stays & done}


def behind(period: HelpPeriod, by: str, part: str, code: str, duty: str = "") -> list[int]:
    """The stays that a figure counted, each as often as it did."""
    if code == "idle":
        rows = period.rows(Plan).filter(status__in=[Plan.Status.DRAFT, Plan.Status.ACTIVE], helper=int(part))
        return sorted(rows.values_list("recognition", flat=True))
    happened = [one for one in events(period) if one.code == code and duty in ("", one.duty)]
    lines, of_stays = parts(period, by, happened)
    return sorted(one.stay for one in happened if not part or part_of(one, by, lines, of_stays) == part)
