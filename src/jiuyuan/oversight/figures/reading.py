"""Reads figures and their lists: closed months from stored values and keys, other months from the rows.

Pages compute nothing for closed months.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from django.db.models import Count, Exists, F, Func, IntegerField, OuterRef, Q

from jiuyuan.agencies.models import Agency, User
from jiuyuan.encryption import KEY_SIZE, numbers_of
from jiuyuan.oversight.figures import corrections, registry
from jiuyuan.oversight.figures.closing import PURPOSE
from jiuyuan.oversight.figures.registry import FIGURES, Asked, FigureDefinition, Span
from jiuyuan.oversight.models import ClosedFigure, FigurePeriod, LaterChange
from jiuyuan.people.models import Person
from jiuyuan.recognitions.models import Recognition
from jiuyuan.refusals import NotFound
from jiuyuan.speed.counts import rows_of
from jiuyuan.wording import say

MONTHS_SHOWN = 12


@dataclass(frozen=True)
class FigureReading:
    """The value of a figure at an office in a month; `period` is None if the month is not closed.

    `parts`: by sex, age and category. `added` and `removed`: how many people a closed month would count
    differently today.
    """

    figure: FigureDefinition
    under: Agency
    span: Span
    month: date
    value: int
    in_year: int | None = None
    period: FigurePeriod | None = None
    line: ClosedFigure | None = None
    added: int = 0
    removed: int = 0

    @property
    def parts(self) -> dict[str, dict[str, int]]:
        return self.line.parts if self.line else {}


def office(user: User, code: str = "") -> Agency:
    """The requested office, by default the user's own. Raises `NotFound`, `NotForRole`."""
    registry.refuse_who_may_not(user)
    found = Agency.objects.filter(code=code, path__begins=user.area).first() if code else user.agency
    if found is None:
        raise NotFound(say("没有这个机构。"))
    return found


def period(user: User, under: Agency, month: date) -> FigurePeriod | None:
    """An office's closed month, or None."""
    rows = FigurePeriod.objects.visible_to(user).select_related("agency", "approved_by")
    found: FigurePeriod | None = rows.filter(agency=under, month=month).first()
    return found


def last_month(under: Agency) -> date | None:
    """The latest closed month of an office, or None."""
    rows = FigurePeriod.objects.unscoped().filter(agency=under).order_by("-month")
    found: date | None = rows.values_list("month", flat=True).first()
    return found


def read(user: User, figure: FigureDefinition, under: Agency, month: date) -> FigureReading:
    """Read a figure, from the closed month if there is one."""
    found = period(user, under, month)
    if found is not None:
        return next((one for one in readings(found) if one.figure.key == figure.key), _nothing(figure, found))
    span = registry.month_of(under.path, month)
    return FigureReading(figure, under, span, month, figure.value(Asked(user, under.path, span)))


def readings(of: FigurePeriod) -> list[FigureReading]:
    """All figures of a closed month in order of the definitions, including each version."""
    span = Span(of.since, of.until)
    lines = {line.key: line for line in ClosedFigure.objects.unscoped().filter(period=of).defer("own")}
    changed = _changed(of)
    known = {one.key: one for one in registry.in_force(span)} | {key: FIGURES[key] for key in lines if key in FIGURES}
    found = []
    for key, figure in sorted(known.items(), key=lambda item: list(FIGURES).index(item[0])):
        line, (added, removed) = lines.get(key), changed.get(key, (0, 0))
        value, in_year = (line.value, line.in_year) if line else (0, 0)
        found.append(FigureReading(figure, of.agency, span, of.month, value, in_year, of, line, added, removed))
    return found


def _nothing(figure: FigureDefinition, of: FigurePeriod) -> FigureReading:
    return FigureReading(figure, of.agency, Span(of.since, of.until), of.month, 0, 0, of)


def _changed(of: FigurePeriod) -> dict[tuple[str, int], tuple[int, int]]:
    rows = LaterChange.objects.unscoped().filter(period=of).order_by().values_list("figure", "figure_version")
    more, fewer = (Count("pk", filter=Q(added=added)) for added in (True, False))
    counted = rows_of(("changed", of.pk), lambda: rows.annotate(more=more, fewer=fewer))
    return {(code, version): (more, fewer) for code, version, more, fewer in counted}


class OfficeValue(NamedTuple):
    """The value of one office."""

    name: str
    code: str
    value: int


def by_office(of: FigurePeriod, figure: FigureDefinition) -> list[OfficeValue]:
    """The offices directly below, with their values of the month."""
    lines = ClosedFigure.objects.unscoped().filter(
        period__month=of.month, period__agency__parent=of.agency_id, figure=figure.code, figure_version=figure.version
    )
    office = "period__agency__"
    rows = lines.order_by(f"{office}path").values_list(f"{office}name", f"{office}code", "value")
    return [OfficeValue(*row) for row in rows_of(("by_office", of.agency_id, of.month, figure.key), lambda: rows)]


def by_month(of: FigurePeriod, figure: FigureDefinition) -> list[tuple[date, dict[int, int]]]:
    """The months up to this one, with the value of each version: an old series continues beside a new one."""
    periods = FigurePeriod.objects.unscoped().filter(agency=of.agency_id, month__lte=of.month).order_by("-month")
    months = dict(
        rows_of(("months", of.agency_id, of.month), lambda: periods.values_list("pk", "month")[:MONTHS_SHOWN])
    )
    lines = ClosedFigure.objects.unscoped().filter(period__in=months, figure=figure.code).order_by()
    found: dict[date, dict[int, int]] = {month: {} for month in sorted(months.values())}
    values = lines.values_list("period", "figure_version", "value")
    for pk, version, value in rows_of(("by_month", *months, figure.code), lambda: values):
        found[months[pk]][version] = value
    return list(found.items())


@dataclass(frozen=True)
class Listed:
    """A page of the people counted: the total; those still visible to the user, and the number of the others."""

    count: int
    people: Sequence[Person]
    elsewhere: int
    more: bool


def listed(user: User, reading: FigureReading, start: int, size: int) -> Listed:
    """A page of the list behind a figure; for a closed month by the stored keys."""
    if reading.period is None:
        rows = reading.figure.people(Asked(user, reading.under.path, reading.span))
        count = rows.count()
        people = list(rows.select_related("agency").order_by("pk")[start : start + size])
        return Listed(count, people, 0, count > start + size)
    keys = _keys_from(reading, start, size)
    people = list(_seen(user, keys))
    return Listed(reading.value, people, len(keys) - len(people), reading.value > start + size)


def _seen(user: User, keys: Sequence[int]) -> Any:
    """Those of these people whose file or recognition is in the user's area; others have moved away."""
    stays = Recognition.objects.unscoped().filter(person=OuterRef("pk"), area__begins=user.area)
    rows = Person.objects.unscoped().filter(pk__in=keys).filter(Q(area__begins=user.area) | Exists(stays))
    return rows.select_related("agency").order_by("pk")


def _keys_from(reading: FigureReading, start: int, size: int) -> list[int]:
    """The people of a page. If no office counted anybody of another, only the lines of this page are read."""
    assert reading.period is not None
    lines = ClosedFigure.objects.unscoped().filter(
        period__month=reading.month, period__area__begins=reading.period.area,
        figure=reading.figure.code, figure_version=reading.figure.version,
    )  # fmt: skip
    length = Func(F("own"), function="LENGTH", output_field=IntegerField())
    sizes = list(lines.order_by("period__area").annotate(long=length).values_list("pk", "long"))
    if sum(long for _, long in sizes) != reading.value * KEY_SIZE:
        return corrections.people_behind(reading.period, reading.figure.key)[start : start + size]
    found: list[int] = []
    at = 0
    for pk, long in sizes:
        many = long // KEY_SIZE
        if at + many > start and len(found) < size:
            own = bytes(ClosedFigure.objects.unscoped().values_list("own", flat=True).get(pk=pk))
            first = max(start - at, 0)
            piece = own[first * KEY_SIZE : (first + size - len(found)) * KEY_SIZE]
            found += (one for one in numbers_of(PURPOSE, piece) if not one >> 63)
        at += many
    return found


def changes(user: User, reading: FigureReading, start: int, size: int) -> list[LaterChange]:
    """A page of the people by whom a closed month differs today, removed ones first."""
    rows = LaterChange.objects.visible_to(user).filter(
        period=reading.period, figure=reading.figure.code, figure_version=reading.figure.version
    )
    return list(rows.select_related("person__agency").order_by("added", "pk")[start : start + size])
