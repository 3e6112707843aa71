"""Keyset pagination of the list of cases, neighbours in a list, and the cases due soonest."""

from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet

from jiuyuan import clock
from jiuyuan.agencies.models import User
from jiuyuan.agencies.scope import ScopedQuerySet
from jiuyuan.applications import todo
from jiuyuan.applications.models import Application
from jiuyuan.applications.queries import CaseFilters, due, listed
from jiuyuan.characters import whole_number
from jiuyuan.speed.counts import rows_of
from jiuyuan.speed.rows import belonging_to_any

PAGE = 30  # two screens, and most of a clerk's day


@dataclass(frozen=True)
class PageOfCases:
    """A page of a list, with the cursors of the pages before and after (None at the ends)."""

    rows: list[Application]
    previous: str | None
    next: str | None


def first_or_later(user: User, filters: CaseFilters, cursor: str) -> PageOfCases:
    """A page of a list. The query of the first page filtered by state alone is the one most used,
    so its SQL is compiled once.
    """
    if cursor or filters.narrowed:
        return page(listed(user, filters), cursor)
    here = (user.pk, user.role, user.area, filters, clock.today(), PAGE)
    keys = [key for (key,) in rows_of((first_or_later, *here), partial(_first, user, filters))]
    shown = read(keys[:PAGE])
    return PageOfCases(shown, None, _after(shown) if len(keys) > PAGE and shown else None)


def _first(user: User, filters: CaseFilters) -> "QuerySet[Any]":
    return listed(user, filters).order_by("sort_on", "pk").values_list("pk")[: PAGE + 1]


def _after(shown: list[Application]) -> str:
    return f"after:{shown[-1].sort_on}:{shown[-1].pk}"


def page(rows: ScopedQuerySet, cursor: str = "", size: int = 0) -> PageOfCases:
    """A page by keyset pagination, soonest due first: equally fast on every page. A bad cursor means the first page."""
    size = size or PAGE
    backwards, key = cursor.startswith("before:"), _key(cursor)
    if key and backwards:
        found = _keys(rows.filter(_beyond(key, "lt")).order_by("-sort_on", "-pk"), size)
        shown = read(found[:size][::-1])
        before, after = len(found) > size, True
    else:
        found = _keys((rows.filter(_beyond(key, "gt")) if key else rows).order_by("sort_on", "pk"), size)
        shown = read(found[:size])
        before, after = key is not None, len(found) > size
    return PageOfCases(
        shown,
        f"before:{shown[0].sort_on}:{shown[0].pk}" if before and shown else None,
        _after(shown) if after and shown else None,
    )


def _keys(ordered: ScopedQuerySet, size: int) -> list[int]:
    """The keys of a page and one more.

    Joined with people and offices, the database would read all rows before sorting.
    """
    return list(ordered.values_list("pk", flat=True)[: size + 1])


def read(keys: list[int]) -> list[Application]:
    """The cases with these keys, in order, with their people and offices."""
    found = {row.pk: row for row in belonging_to_any(Application, "id", keys, "person", "agency", "endorsed_by")}
    return [found[key] for key in keys if key in found]


def beside(rows: ScopedQuerySet, application: Application, way: str) -> str | None:
    """The number of the case before (`previous`) or after (`next`) this one in a list,
    even if it is no longer in the list.
    """
    key = (application.sort_on, application.pk)
    if way == "previous":
        ordered = rows.filter(_beyond(key, "lt")).order_by("-sort_on", "-pk")
    else:
        ordered = rows.filter(_beyond(key, "gt")).order_by("sort_on", "pk")
    return ordered.values_list("number", flat=True).first()


def _key(cursor: str) -> tuple[date, int] | None:
    try:
        _, day, key = cursor.split(":")
        at, pk = date.fromisoformat(day), whole_number(key)
    except ValueError:
        return None
    return None if pk is None else (at, pk)


def _beyond(key: tuple[date, int], way: str) -> Q:
    day, pk = key
    # The first condition is redundant, but lets the database start at that position of the index.
    return Q(**{f"sort_on__{way}e": day}) & (Q(**{f"sort_on__{way}": day}) | Q(sort_on=day, **{f"pk__{way}": pk}))


def soonest(user: User, kind: str, most: int) -> list[tuple[Application, bool]]:
    """The open cases with this status of their limit (`DUE`), soonest due first,
    each with whether its notice is over.
    """
    today = clock.today()
    here, wanted = (user.pk, user.role, user.area, today, most), due(kind, today, user)
    found = dict(rows_of((soonest, *here, repr(wanted)), partial(_open_by_limit, user, wanted, today, most)))
    return [(row, bool(found[row.pk])) for row in read(list(found))]


def _open_by_limit(user: User, wanted: Q, today: date, most: int) -> "QuerySet[Any]":
    over = ExpressionWrapper(todo.notice_over(today), output_field=BooleanField())
    rows = Application.objects.visible_to(user).filter(finished_on=None).filter(wanted)
    return rows.order_by("due_on", "pk").annotate(over=over).values_list("pk", "over")[:most]
