"""Queries of cases: lists by due date, and figures. A figure and its list use the same query."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import Any, cast

from django.core.cache import cache
from django.db import connection
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, prefetch_related_objects

from jiuyuan import clock
from jiuyuan.agencies.models import Agency, User
from jiuyuan.agencies.scope import ScopedQuerySet
from jiuyuan.applications import on_time, todo
from jiuyuan.applications.case import FAMILY, Case
from jiuyuan.applications.models import (
    Application,
    Channel,
    Decision,
    Material,
    Objection,
    PublicNotice,
    SpecialCase,
)
from jiuyuan.applications.workflow import APPLICATION
from jiuyuan.labels import texts
from jiuyuan.people import segments
from jiuyuan.people.facts import held_about, standing
from jiuyuan.people.list_filters import ListFilters
from jiuyuan.people.models import Fact
from jiuyuan.procedures.table import State
from jiuyuan.regions import registry
from jiuyuan.rules import calendar
from jiuyuan.speed import counts as counting
from jiuyuan.speed.rows import belonging_to_any
from jiuyuan.wording import as_written, say

_MANY, _LATELY = 5_000, 60  # from this number of cases on, counts are cached for so many seconds
TODO, NOTICE_OVER = "todo", "notice_over"  # groups of states in lists
SOON = 3  # working days left from which a case is marked

#: Filters by the limit of 10 working days (二(四)), as named in lists.
with as_written():
    DUE = {
        "overdue": "已超期，还没有办结",
        "missed": "来不及公示完，必然超期",
        "post": "今天不公示就会超期",
        "last": "今天是最后一天",
        "soon": say("{soon}个工作日内到期", soon=SOON),
        "on_time": "按期办结",
        "late": "超期办结",
    }
# By the finishing day, without parameters; an index covers the open ones.
BY_LIMIT = {"on_time": Q(finished_on__lte=F("due_on")), "late": Q(finished_on__gt=F("due_on"))}
_IN_GROUP = {"open": Q(finished_on=None), "closed": Q(finished_on__isnull=False)}


@dataclass(frozen=True)
class CaseFilters(ListFilters):
    """The filters of a list, as in its URL."""

    state: str = ""
    category: str = ""
    due: str = ""
    objection: str = ""
    special: str = ""
    contradiction: str = ""
    channel: str = ""
    agency: str = ""
    batch: str = ""
    received: str = ""  # periods, in the format of `people.segments.between`
    finished: str = ""
    returned: str = ""
    reason: str = ""
    sex: str = ""
    age: str = ""

    @property
    def narrowed(self) -> bool:
        return replace(self, state="") != CaseFilters()


def narrowed(rows: ScopedQuerySet, filters: CaseFilters, today: date, user: User) -> ScopedQuerySet:
    """The rows of a list; figures count the same rows."""
    if filters.state:
        rows = rows.filter(in_state(filters.state, today, user))
    if filters.category:
        rows = rows.filter(claims(filters.category))
    if filters.due:
        rows = rows.filter(due(filters.due, today, user))
    if filters.objection:
        rows = rows.filter(todo.objected(), status="publishing")
    if filters.special:
        questions = SpecialCase.objects.unscoped().filter(application=OuterRef("pk"))
        questions = questions.filter(granted=None) if filters.special == "open" else questions
        rows = rows.filter(Exists(questions))
    if filters.contradiction:
        rows = rows.filter(Exists(_contradicted()), finished_on=None)
    if filters.channel:
        rows = rows.filter(channel=filters.channel)
    if filters.agency:
        agency = Agency.objects.filter(code=filters.agency).first()
        rows = rows.filter(area__begins=agency.path) if agency else rows.none()
    if filters.batch:
        rows = rows.filter(batch__number=filters.batch)
    return rows.filter(in_period(filters, today))


def in_period(filters: CaseFilters, today: date) -> Q:
    """The filters by which figures are divided: when something happened, and to whom."""
    found = Q()
    if filters.received:
        found &= segments.between("submitted_on", filters.received)
    if filters.finished:
        found &= segments.between("finished_on", filters.finished)
    if filters.returned:
        found &= Q(Exists(returns(filters.returned, filters.reason).filter(application=OuterRef("pk"))))
    if filters.sex:
        found &= segments.of_sex(filters.sex)
    if filters.age:
        found &= segments.of_age(filters.age, today)
    return found


def returns(period: str, reason: str = "") -> ScopedQuerySet:
    """The returns in a period, with a given failing clause, or (`none`) without any, returned for correction."""
    rows = Decision.objects.unscoped().filter(segments.between("made_at", period, moment=True), action="return")
    if not reason:
        return rows
    wanted = [pk for pk, refusal in rows.values_list("pk", "refusal") if reason in (clauses_of(refusal) or ["none"])]
    return rows.filter(pk__in=wanted)


def clauses_of(refusal: Mapping[str, Any]) -> list[str]:
    """The codes of the clauses of a return or refusal."""
    return [clause["code"] for clause in refusal.get("clauses", ())]


def in_state(state: str, today: date, user: User) -> Q:
    """Filter by a group or a state; open states are written so that the index of open cases is used."""
    if state == TODO:
        return todo.waits_for(user, today)
    if state == NOTICE_OVER:
        return todo.notice_over(today)
    known = APPLICATION.states.get(state)
    one = Q(status=state) if known is None or known.final else Q(status=state, finished_on=None)
    return _IN_GROUP.get(state, one)


def claims(category: str) -> Q:
    """Cases that claim a category: JSON containment if the database supports it,
    else a text search for the quoted code.
    """
    if connection.vendor == "postgresql":
        return Q(categories__contains=[category])
    return Q(categories__icontains=f'"{category}"')


def due(kind: str, today: date, user: User) -> Q:
    running = Q(finished_on=None)
    soon = calendar.add_workdays(today, SOON).day
    days = registry.region_of(user.area).limit_if_any("notice_working_days", on=today)
    missed, last = (today, today) if days is None else on_time.last_chance(today, days)  # without a notice none is late
    unposted = Q(status="accepted", finished_on=None)
    kinds = {
        "overdue": running & Q(due_on__lt=today),
        "missed": unposted & Q(due_on__gte=today, due_on__lt=missed),
        "post": unposted & Q(due_on__gte=missed, due_on__lt=last),
        "last": running & Q(due_on=today),
        "soon": running & Q(due_on__gte=today, due_on__lte=soon),
        **BY_LIMIT,
    }
    return kinds.get(kind, Q(pk__in=[]))


_STANDS: dict[str, Any] = {"superseded_by": None, "withdrawn_at": None}


def _contradicted() -> ScopedQuerySet:
    """Facts that have another standing fact of the same name with another value."""
    other = Fact.objects.unscoped().filter(
        person=OuterRef("person"), name=OuterRef("name"), pk__lt=OuterRef("pk"), **_STANDS
    )
    standing = Fact.objects.unscoped().filter(person=OuterRef("person"), **_STANDS)
    return standing.filter(Exists(other.exclude(value=OuterRef("value"))))


def listed(user: User, filters: CaseFilters) -> ScopedQuerySet:
    return narrowed(Application.objects.visible_to(user), filters, clock.today(), user)


def counts(user: User, filters: CaseFilters) -> dict[str, int]:
    """The number of cases in each state with the other filters kept, in one query for all tabs.

    With thousands of closed cases their counts may be a minute old, cached per process. Counts of open cases are
    exact.
    """
    key = f"closed:{user.role}:{user.area}:{clock.today()}:{hash(replace(filters, state=''))}"
    lately: dict[str, int] | None = cache.get(key)
    rows = partial(_by_status, user, replace(filters, state="" if lately is None else "open"))
    here = None if filters.narrowed else (user.pk, user.role, user.area, lately is None)
    found = dict(rows() if here is None else counting.rows_of((counts, *here), rows)) | (lately or {})
    states = APPLICATION.states.values()
    closed = {state.code: found.get(state.code, 0) for state in states if state.final}
    every = {state.code: found.get(state.code, 0) for state in states}
    sums = {"open": sum(every.values()) - sum(closed.values()), "closed": sum(closed.values())}
    sums |= {group: how_many(user, replace(filters, state=group)) for group in (TODO, NOTICE_OVER)}
    if lately is None and sums["closed"] > _MANY:
        cache.set(key, closed, _LATELY)
    return every | sums


def _by_status(user: User, filters: CaseFilters) -> "QuerySet[Any]":
    return listed(user, filters).order_by().values_list("status").annotate(n=Count("pk"))


def how_many(user: User, filters: CaseFilters) -> int:
    """The length of a list."""
    key = None if filters.narrowed else (user.pk, user.role, user.area, filters, clock.today())
    return counting.how_many(key, lambda: listed(user, filters))


def cases(user: User, applications: Sequence[Application], *, whole: bool = False) -> list[Case]:
    """Cases for a list, loaded together with their standing facts, with a constant number of queries.

    Each has what its state needs; with `whole` also papers and decisions. Anything else is loaded on use, one
    query per case.
    """
    today = clock.today()
    drafts = [row.pk for row in applications if whole or row.status == "draft"]
    on_notice = [row.pk for row in applications if row.status == "publishing"]
    materials = _by_case(
        Material.objects.unscoped()
        .filter(application__in=drafts, removed_at=None)
        .select_related("document")
        .order_by("pk")
    )
    notices = _by_case(belonging_to_any(PublicNotice, "application_id", on_notice))
    case_of = {notice.pk: key for key, several in notices.items() for notice in several}
    objections = defaultdict(list)
    for objection in belonging_to_any(Objection, "notice_id", list(case_of)):
        objections[case_of[objection.notice_id]].append(objection)
    asked = belonging_to_any(SpecialCase, "application_id", [row.pk for row in applications])
    prefetch_related_objects(asked, "opinions__reviewer")
    specials = _by_case(asked)
    decisions = belonging_to_any(Decision, "application_id", [row.pk for row in applications] if whole else [])
    decided = _by_case(decisions)
    people = [application.person_id for application in applications if application.is_open]
    facts: Mapping[int, Sequence[Any]] = _by_person(people) if whole else held_about(people)
    found = []
    for application in applications:
        item = Case(application, user, today)
        if item.whole_file:
            item.known = standing(cast(list[Fact], facts[application.person_id]))
        item.special_cases = specials[application.pk]
        if whole:
            item.decisions = decided[application.pk]
        if whole or application.status == "draft":
            item.materials = materials[application.pk]
        if application.status == "publishing":
            item.objections, item.notices = objections[application.pk], notices[application.pk]
        found.append(item)
    families = [one.person for one in found if one.whole_file and one.application.is_open and FAMILY in one.known]
    prefetch_related_objects(families, "household")
    return found


def _by_person(people: Sequence[int]) -> dict[int, list[Fact]]:
    """All facts of these people, including superseded ones, which refusals and the check for changes need."""
    found: dict[int, list[Fact]] = defaultdict(list)
    for fact in Fact.objects.unscoped().filter(person__in=people).order_by("pk"):
        found[fact.person_id].append(fact)
    return found


def _by_case(rows: Iterable[Any]) -> dict[int, list[Any]]:
    groups: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        groups[row.application_id].append(row)
    return groups


def states_of(user: User) -> dict[str, State]:
    """The states of cases where this user works; all states for a user without an office."""
    return dict(APPLICATION.of(registry.region_of(user.area).code).by_state) if user.area else APPLICATION.states


def categories(area: str = "") -> dict[str, str]:
    """The titles of categories by code, in order: of the region of an area, else of all regions."""
    known = registry.categories(registry.region_of(area)) if area else registry.categories()
    return {code: say(category.title) for code, category in known.items()}


def on_notice(user: User) -> list[PublicNotice]:
    """The notices running today in the user's area, by platform and period, for the notice board."""
    rows = running_notices(user).select_related("application__person", "application__agency")
    return list(rows.order_by("application__area", "posted_on", "ends_on", "application__person__name_pinyin", "pk"))


def running_notices(user: User) -> ScopedQuerySet:
    """Notices that run today in the user's area."""
    rows = PublicNotice.objects.visible_to(user).filter(taken_down_on=None, ends_on__gte=clock.today())
    return rows.filter(application__status="publishing")


def channels() -> dict[str, str]:
    return {code: say(label) for code, label in texts(Channel)}
