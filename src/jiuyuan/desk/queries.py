"""Queries used only by the desk: the record of an area for auditors, batches, and the search box."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time
from types import MappingProxyType
from typing import Any, TypeVar

from django.core.cache import cache
from django.db.models import Count, Min, Model, Q, QuerySet

from jiuyuan import clock
from jiuyuan.agencies.models import User
from jiuyuan.agencies.roles import Right
from jiuyuan.agencies.scope import ScopedQuerySet
from jiuyuan.applications import queries as applications
from jiuyuan.applications.models import Application, Batch, Objection
from jiuyuan.applications.todo import my_work
from jiuyuan.applications.workflow import APPLICATION
from jiuyuan.characters import whole_number
from jiuyuan.desk.timeline import called_like
from jiuyuan.history.models import Entry, Look, RecordManager, RecordQuerySet
from jiuyuan.oversight import queries as oversight
from jiuyuan.people import queries as people
from jiuyuan.people.models import Person
from jiuyuan.recognitions import queries as recognitions
from jiuyuan.recognitions.models import Recognition

PAGE = 50
MOST_FOUND = 50
_LATELY = 60  # seconds

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True)
class SearchResult:
    """The search results, at most `MOST_FOUND` of each kind."""

    people: list[Person]
    applications: list[Application]
    recognitions: list[Recognition]

    def __bool__(self) -> bool:
        return bool(self.people or self.applications or self.recognitions)


def search(user: User, typed: str) -> SearchResult:
    """Search by name, pinyin, full ID or phone number, or the number of an application, recognition or objection."""
    typed = typed.strip()
    if not typed:
        return SearchResult([], [], [])
    # Two queries, by number and by person: with OR, databases would read every case.
    numbers = {typed, typed.upper()}
    objected = Objection.objects.visible_to(user).filter(number=typed.upper()) if user.may(Right.SEE_CASES) else None
    if objected is not None and (case := objected.values_list("notice__application__number", flat=True).first()):
        numbers = {case}
    numbered = _found(user, [], Q(number__in=numbers))
    if numbered:
        return numbered
    known = people.listed(user, typed).order_by("name_pinyin", "pk")[:MOST_FOUND]
    return _found(user, list(known), people.matching(typed, "person__"))


def _found(user: User, known: list[Person], which: Q) -> SearchResult:
    applications = Application.objects.visible_to(user).select_related("person", "agency").filter(which)
    recognitions = Recognition.objects.visible_to(user).select_related("person", "agency").filter(which)
    return SearchResult(
        known,
        list(applications.order_by("sort_on", "pk")[:MOST_FOUND]),
        list(recognitions.order_by("-recognised_on", "-pk")[:MOST_FOUND]),
    )


def names_a_case(typed: str, found: Application) -> bool:
    """Whether the text is the number of this case, or of an objection to its notice."""
    number = typed.strip().upper()
    of_objection = Objection.objects.unscoped().filter(number=number, notice__application=found)
    return found.number.upper() == number or (bool(number) and of_objection.exists())


def is_whole_number(typed: str) -> bool:
    """Whether the text is an ID or phone number, which must not get into a URL."""
    return any(name.endswith("_index") for name, _ in _leaves(people.matching(typed)))


def _leaves(condition: Q) -> list[tuple[str, Any]]:
    return [child for child in condition.children if isinstance(child, tuple)]


def waiting(user: User, *, here: str = "", counted: Mapping[str, int] = MappingProxyType({})) -> dict[str, int]:
    """The number of items on each of the user's work lists, by page name.

    Exact for the group `here` (`cases` or `register`), otherwise at most a minute old, cached per process.
    `counted`: numbers that the page has computed already.
    """
    found: dict[str, int] = {}
    groups = (("cases", _cases_waiting), ("register", recognitions.waiting), ("supervision", _orders_waiting))
    for group, count in groups:
        key = f"waiting:{group}:{user.pk}:{clock.today()}"
        known: dict[str, int] | None = None if group == here else cache.get(key)
        if known is None:
            known = {**counted} if group == here and counted else count(user)
            cache.set(key, known, _LATELY)
        found |= known
    return found


def _cases_waiting(user: User) -> dict[str, int]:
    if my_work(user) != applications.TODO:
        return {}
    return {"inbox": applications.how_many(user, applications.CaseFilters(state=applications.TODO))}


def _orders_waiting(user: User) -> dict[str, int]:
    return {"supervision": oversight.waiting(user), "findings": oversight.findings_waiting(user)}


def batches(user: User) -> ScopedQuerySet:
    """Batches, newest first, with their size, first case, and the number still waiting for the county."""
    at_the_county = {target for t in APPLICATION.transitions("report") for target in t.targets}
    waiting = Count("applications", filter=Q(applications__status__in=at_the_county))
    rows = Batch.objects.visible_to(user).select_related("agency", "created_by")
    return rows.annotate(size=Count("applications"), waiting=waiting, first=Min("applications")).order_by("-pk")


def entries(user: User, filters: Mapping[str, str]) -> RecordQuerySet:
    """The acts in an auditor's area."""
    rows = _recorded(Entry.objects, user, filters)
    return rows.filter(action__in=called_like(filters["action"])) if filters.get("action") else rows


def looks(user: User, filters: Mapping[str, str]) -> RecordQuerySet:
    """The looks at personal data in an auditor's area."""
    rows = _recorded(Look.objects, user, filters)
    return rows.filter(unmasked=True) if filters.get("unmasked") else rows


def _recorded(record: RecordManager, user: User, filters: Mapping[str, str]) -> RecordQuerySet:
    rows: RecordQuerySet = record.in_area(user.area if user.may(Right.READ_HISTORY) else "")
    if since := clock.asked_day(filters.get("since", "")):
        rows = rows.filter(at__gte=datetime.combine(since, time.min, clock.CHINA))
    if until := clock.asked_day(filters.get("until", "")):
        rows = rows.filter(at__lte=datetime.combine(until, time.max, clock.CHINA))
    if actor := filters.get("actor", "").strip():
        rows = rows.filter(Q(actor=actor) | Q(actor_name=actor))
    if role := filters.get("role"):
        rows = rows.filter(role=role)
    if file := filters.get("file", "").strip():
        rows = rows.filter(file__in=[file, f"application:{file}", f"person:{file}"])
    return rows


def newest_first(rows: "QuerySet[Row]", cursor: str) -> tuple[list[Row], str | None]:
    """A page by keyset pagination, newest first, and the cursor of the next; a bad cursor means the first page."""
    if (place := whole_number(cursor)) is not None:
        rows = rows.filter(pk__lt=place)
    found = list(rows.order_by("-pk")[: PAGE + 1])
    return found[:PAGE], str(found[PAGE - 1].pk) if len(found) > PAGE else None
