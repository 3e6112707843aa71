"""What is due (四(一)–(三)): each duty a query, settled by the acts themselves, ticked by nobody.

A row of `DUTIES` says for whom it is, what settles it, by which clause and when it is due. From it come the clerk's list
今天要办 and its numbers. A duty belongs to the platform of the person's place, never to who typed something.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import DateField, Exists, F, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from jiuyuan import clock
from jiuyuan.agencies.models import User
from jiuyuan.agencies.roles import Role
from jiuyuan.assistance import follow_up_workflow, offer_counts
from jiuyuan.assistance.models import FollowUp, Interview, JobOffer, Measure, Plan, ServiceRefusal, Vacancy
from jiuyuan.people.models import FamilyCertification, Person
from jiuyuan.procedures.registry import WORKFLOWS
from jiuyuan.recognitions.models import Recognition, Visit
from jiuyuan.regions import registry
from jiuyuan.rules import calendar

_GOES_ON = (Measure.Status.PLANNED, Measure.Status.UNDER_WAY)


@dataclass(frozen=True)
class Due:
    """One thing to do: about whom or what, by when, and the act that a button leads to."""

    row: Any
    on: date
    what: str = ""

    @property
    def about(self) -> str:
        person = self.stay.person if self.stay else self.person
        return str(person.name if person else self.row.title)

    @property
    def person(self) -> Person | None:
        """Whom it is about who need not be on the register."""
        found: Person | None = getattr(self.row, "person", None)
        return found

    @property
    def stay(self) -> Recognition | None:
        row = self.row.plan if isinstance(self.row, Measure) else self.row
        return row if isinstance(row, Recognition) else getattr(row, "recognition", None)


@dataclass(frozen=True)
class Duty:
    """`rows`: what may be due for a user, the soonest first; `due_on`: of one of them. `settles`: the acts of the workflow that
    end it."""

    code: str
    label: str
    workflow: str
    settles: tuple[str, ...]
    rows: Callable[[User, date], "QuerySet[Any]"]
    due_on: Callable[[Any, date], date]
    order: str
    what: Callable[[Any], str] | None = None

    def clause_at(self, area: str) -> str:
        """By which clause of the region where an agency stands."""
        table = WORKFLOWS[self.workflow].of(registry.region_of(area).code)
        return table.by_action[self.settles[0]].clause

    @property
    def says_what(self) -> bool:
        return self.what is not None


def _stays(user: User) -> "QuerySet[Any]":
    active = Recognition.objects.visible_to(user).filter(status=Recognition.Status.ACTIVE)
    return active.select_related("person")


def _without_talk(user: User, _today: date) -> "QuerySet[Any]":
    held = Interview.objects.unscoped().filter(recognition=OuterRef("pk"), status=Interview.Status.HELD)
    return _stays(user).filter(~Exists(held))


def _without_plan(user: User, _today: date) -> "QuerySet[Any]":
    plans = Plan.objects.unscoped().filter(recognition=OuterRef("pk"), status__in=["draft", "active"])
    held = Interview.objects.unscoped().filter(recognition=OuterRef("pk"), status=Interview.Status.HELD)
    return _stays(user).filter(~Exists(plans), Exists(held))


def _days_after_recognition(limit: str) -> Callable[[Recognition, date], date]:
    def due_on(stay: Recognition, today: date) -> date:
        days = registry.region_of(stay.area).limit(limit, on=today)
        return calendar.add_workdays(stay.recognised_on, days).day

    return due_on


def _drafts(user: User, _today: date) -> "QuerySet[Any]":
    return _plans(user).filter(status=Plan.Status.DRAFT)


def _plans(user: User) -> "QuerySet[Any]":
    return Plan.objects.visible_to(user).select_related("recognition__person", "helper")


def _left_alone(user: User, today: date) -> "QuerySet[Any]":
    """Plans whose helper has left: closed, moved to another office or another role."""
    there = Q(recognition__person__area__startswith=F("helper__agency__path"), helper__role=Role.CLERK)
    in_use = Q(helper__is_active=True) & (Q(helper__valid_until=None) | Q(helper__valid_until__gte=today))
    return _plans(user).filter(status__in=[Plan.Status.DRAFT, Plan.Status.ACTIVE]).exclude(there & in_use)


def _to_review(user: User, today: date) -> "QuerySet[Any]":
    return _plans(user).filter(status=Plan.Status.ACTIVE, next_on__lte=today + timedelta(days=_AHEAD))


def _measures(user: User, today: date) -> "QuerySet[Any]":
    rows = Measure.objects.visible_to(user).select_related("plan__recognition__person")
    soon = today + timedelta(days=_AHEAD)
    return rows.filter(status__in=_GOES_ON, due_on__lte=soon, plan__status=Plan.Status.ACTIVE)


def _short_of_offers(user: User, today: date) -> "QuerySet[Any]":
    asked = offer_counts.asked_for(user.area, today)
    return offer_counts.short(_plans(user).filter(status=Plan.Status.ACTIVE), asked)


def _still_needed(plan: Any) -> str:
    return offer_counts.Offered(plan.counted, offer_counts.asked_for(plan.area, clock.today())).in_words


def _days_after(column: str, limit: str) -> Callable[[Any, date], date]:
    def due_on(row: Any, today: date) -> date:
        days = registry.region_of(row.area).limit(limit, on=today)
        began: date = getattr(row, column)
        return began + timedelta(days=days)

    return due_on


def _offers(*states: str) -> Callable[[User, date], "QuerySet[Any]"]:
    def rows(user: User, _today: date) -> "QuerySet[Any]":
        found = JobOffer.objects.visible_to(user).filter(
            status__in=states, recognition__status=Recognition.Status.ACTIVE
        )
        return found.select_related("recognition__person")

    return rows


def _refusals(*states: str) -> Callable[[User, date], "QuerySet[Any]"]:
    def rows(user: User, _today: date) -> "QuerySet[Any]":
        found = ServiceRefusal.objects.visible_to(user).filter(status__in=states)
        found = found.filter(recognition__status=Recognition.Status.ACTIVE)
        return found.select_related("recognition__person", "offer")

    return rows


def _to_follow_up(user: User, today: date) -> "QuerySet[Any]":
    """Work that came of an offer, of which a step has come that nobody asked about; not where it was lost."""
    steps = follow_up_workflow.steps(user.area, today)
    until = today + timedelta(days=_AHEAD)
    of_this: dict[str, Any] = {"offer": OuterRef("pk")}
    open_ones: Any = Q(pk__in=[])
    for months in steps:
        later = FollowUp.objects.unscoped().filter(months__gte=months, **of_this)
        open_ones |= Q(begins_on__lte=calendar.latest_start(until, months)) & ~Exists(later)
    lost = FollowUp.objects.unscoped().filter(status=FollowUp.Status.LOST, **of_this)
    rows = JobOffer.objects.visible_to(user).filter(open_ones, ~Exists(lost), status=JobOffer.Status.TAKEN_ON)
    return rows.select_related("recognition__person")


def _follow_up_on(offer: JobOffer, today: date) -> date:
    step = follow_up_workflow.FollowUpOf(offer, None).step
    return step[1] if step else today


def _families(user: User, _today: date) -> "QuerySet[Any]":
    return FamilyCertification.objects.visible_to(user).filter(cleared_on=None).select_related("person")


def _to_visit(user: User, today: date) -> "QuerySet[Any]":
    """Who is on the register and was not met at home for so long (四(一)), with the day since when as `since`."""
    region = registry.region_of(user.area) if user.area else registry.home()
    before = today + timedelta(days=_AHEAD) - timedelta(days=region.limit("visit_every_days", on=today))
    visits = Visit.objects.unscoped().filter(person=OuterRef("person_id"), nobody_home=False)
    visits = visits.exclude(status=Visit.Status.DISCARDED).order_by()
    last = visits.values("person").annotate(last=Max("visited_on")).values("last")
    rows = _stays(user).filter(~Exists(visits.filter(visited_on__gt=before)), recognised_on__lte=before)
    return rows.annotate(since=Coalesce(Subquery(last), F("recognised_on"), output_field=DateField()))


def _to_confirm(user: User, today: date) -> "QuerySet[Any]":
    region = registry.region_of(user.area) if user.area else registry.home()
    before = today - timedelta(days=region.limit("vacancy_confirm_days", on=today))
    rows = Vacancy.objects.visible_to(user).filter(status=Vacancy.Status.OPEN, opened_on__lte=before)
    return rows.filter(Q(confirmed_on=None) | Q(confirmed_on__lte=before)).select_related("employer")


def _confirm_on(vacancy: Vacancy, today: date) -> date:
    days = registry.region_of(vacancy.area).limit("vacancy_confirm_days", on=today)
    return (vacancy.last_found_right() or today) + timedelta(days=days)


def _to_put_right(user: User, _today: date) -> "QuerySet[Any]":
    rows = Vacancy.objects.visible_to(user).filter(status=Vacancy.Status.DRAFT).exclude(employer_said="")
    return rows.select_related("employer")


_AHEAD = 7  # days that are shown before they come
DUTIES: tuple[Duty, ...] = (
    Duty(
        "interview", "访谈", "interview", ("interview", "complete"), _without_talk, _days_after_recognition("needs_due_days"),
        "recognised_on",
    ),
    Duty("plan", "制定帮扶计划", "plan", ("plan",), _without_plan, _days_after_recognition("plan_due_days"), "recognised_on"),
    Duty(
        "agree", "请本人同意计划", "plan", ("agree", "start_unsigned"), _drafts, lambda plan, today: plan.made_on, "made_on",
    ),
    Duty(
        "hand_over", "帮扶人已离开，移交计划", "plan", ("hand_over",), _left_alone, lambda plan, today: today, "made_on",
        lambda plan: str(plan.helper.name),
    ),
    Duty("review", "检查计划进展", "plan", ("review",), _to_review, lambda plan, today: plan.next_on, "next_on"),
    Duty(
        "measure", "措施到期", "measure", ("finish", "drop"), _measures, lambda measure, today: measure.due_on, "due_on",
        lambda measure: str(measure.what),
    ),
    Duty(
        "offer", "介绍岗位", "offer", ("offer", "answer"), _short_of_offers, _days_after("agreed_on", "vacancies_due_days"),
        "agreed_on", _still_needed,
    ),
    Duty(
        "answer", "等本人答复", "offer", ("answer", "fall_silent"), _offers("given"), lambda offer, today: offer.answer_by,
        "answer_by", str,
    ),
    Duty(
        "outcome", "问应聘结果", "offer", ("taken_on", "not_taken_on"), _offers("interested", "applied"),
        _days_after("answered_on", "offer_answer_days"), "answered_on", str,
    ),
    Duty(
        "tell_refusal", "告知没有接受岗位的记录", "refusal", ("tell", "excuse"), _refusals("noted"),
        lambda refusal, today: refusal.refused_on, "refused_on", lambda refusal: str(refusal.offer),
    ),
    Duty(
        "decide_refusal", "决定计不计为拒绝", "refusal", ("count", "excuse"), _refusals("told", "answered"),
        lambda refusal, today: refusal.answer_by, "answer_by", lambda refusal: str(refusal.offer),
    ),
    Duty(
        "follow_up", "上岗后回访", "follow_up", ("follow_up",), _to_follow_up, _follow_up_on, "begins_on", str,
    ),
    Duty(
        "clear_family", "零就业家庭至少一人就业", "family", ("clear",), _families, lambda family, today: family.due_on, "due_on",
    ),
    Duty("visit", "入户走访", "visit", ("confirm",), _to_visit, _days_after("since", "visit_every_days"), "since"),
    Duty("confirm_vacancy", "请单位确认岗位", "vacancy", ("ask_employer", "answer_by_employer"), _to_confirm, _confirm_on, "opened_on"),
    Duty(
        "revise_vacancy", "按单位答复修改岗位", "vacancy", ("revise",), _to_put_right,
        lambda vacancy, today: vacancy.confirmed_on or today, "confirmed_on", lambda vacancy: str(vacancy.employer_said),
    ),
)  # fmt: skip


def due(user: User, duty: Duty, today: date, most: int | None = None) -> Iterator[Due]:
    """What of a duty there is to do, the soonest first, what comes within the next days too."""
    until = today + timedelta(days=_AHEAD)
    rows = duty.rows(user, today).order_by(duty.order, "pk")
    for row in rows[:most] if most else rows.iterator(chunk_size=500):
        on = duty.due_on(row, today)
        if on <= until:
            yield Due(row, on, duty.what(row) if duty.what else "")


def every(user: User, duty: Duty, today: date, start: int, most: int) -> Iterator[Due]:
    """All of a duty from a place on, whenever it is due."""
    for row in duty.rows(user, today).order_by(duty.order, "pk")[start : start + most]:
        yield Due(row, duty.due_on(row, today), duty.what(row) if duty.what else "")


def counted(user: User, today: date) -> dict[str, int]:
    """How much of each duty stands open for a user, whenever it is due."""
    return {duty.code: duty.rows(user, today).count() for duty in DUTIES}
