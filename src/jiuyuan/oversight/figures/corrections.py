"""Finds changes to closed months at night, from later acts: for each office the people added and removed.

Only people with new record entries are evaluated.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from jiuyuan import clock
from jiuyuan.applications import nightly
from jiuyuan.applications.models import Application
from jiuyuan.encryption import KEY_SIZE, numbers_of, opaque_keys
from jiuyuan.history.models import Entry
from jiuyuan.oversight.figures.closing import PURPOSE, Offices
from jiuyuan.oversight.figures.registry import FIGURES, Asked, FigureDefinition, Span
from jiuyuan.oversight.models import ClosedFigure, FigurePeriod, LaterChange
from jiuyuan.people.models import Person
from jiuyuan.regions import registry as regions
from jiuyuan.regions.region import Region

#: Acts uncommitted during the last run are read again.
_AGAIN = timedelta(hours=1)
_MANY = 2_000
Offices_of = dict[int, set[str]]


def find(day: date) -> int:
    """Process the acts since the last run. Returns how many changes there are in the closed months of all regions."""
    return sum(_find_in(region, day) for region in regions.regions())


@transaction.atomic
def _find_in(region: Region, day: date) -> int:
    tops = list(FigurePeriod.objects.unscoped().filter(area=region.path).select_for_update().order_by("month"))
    if not tops:
        return 0
    now = clock.now()
    touched: dict[datetime, list[int]] = {}
    for top in tops:
        since = (top.corrected_to or top.closed_at) - _AGAIN
        if since not in touched:
            touched[since] = sorted(_touched(region, since))
        if people := touched[since]:
            _look_at(top, people, Offices(region, top.until), day)
    FigurePeriod.objects.unscoped().filter(pk__in=[top.pk for top in tops]).update(corrected_to=now)
    return LaterChange.objects.unscoped().filter(period__in=tops).count()


def _touched(region: Region, since: datetime) -> Iterator[int]:
    """Yield the people with new entries in their files or their applications' files."""
    files = Entry.objects.unscoped().filter(at__gte=since).order_by().values_list("file", flat=True).distinct()
    numbers = []
    for file in files:
        kind, _, key = file.partition(":")
        if kind == "person":
            yield int(key)
        elif kind == "application":
            numbers.append(key)
    for at in range(0, len(numbers), _MANY):
        rows = Application.objects.unscoped().filter(number__in=numbers[at : at + _MANY])
        yield from rows.order_by().values_list("person", flat=True)


def _look_at(top: FigurePeriod, people: list[int], offices: Offices, day: date) -> None:
    span = Span(top.since, top.until)
    periods = dict(
        FigurePeriod.objects.unscoped().filter(month=top.month, area__begins=top.area).values_list("area", "pk")
    )
    for figure, before in _counted_then(top, people).items():
        now = _counted_now(FIGURES[figure], top.area, span, people, offices)
        wanted: dict[tuple[int, int], bool] = {}
        for person in before.keys() | now.keys():
            then_at, now_at = _around(before.get(person, ()), offices), _around(now.get(person, ()), offices)
            for path in then_at ^ now_at:
                if path in periods:
                    wanted[periods[path], person] = path in now_at
        _keep(list(periods.values()), figure, people, wanted, day)


def _keep(
    periods: list[int], figure: tuple[str, int], people: list[int], wanted: dict[tuple[int, int], bool], day: date
) -> None:
    """Store the current changes of these people; existing ones keep their day."""
    code, version = figure
    for at in range(0, len(people), _MANY):
        there = LaterChange.objects.unscoped().filter(
            period__in=periods, figure=code, figure_version=version, person__in=people[at : at + _MANY]
        )
        stood = {(one.period_id, one.person_id): one for one in there}
        gone = [one.pk for key, one in stood.items() if wanted.get(key) is not one.added]
        LaterChange.objects.unscoped().filter(pk__in=gone).delete()
        for key, one in stood.items():
            if one.pk not in gone:
                del wanted[key]
    LaterChange.objects.bulk_create(
        LaterChange(period_id=period, figure=code, figure_version=version, person_id=person, added=added, found_on=day)
        for (period, person), added in sorted(wanted.items())
    )


def _around(areas: Iterable[str], offices: Offices) -> set[str]:
    return {office for area in areas for office in offices.around(area)}


def _counted_then(top: FigurePeriod, people: list[int]) -> dict[tuple[str, int], Offices_of]:
    """By figure then in force, the offices at which the closed month counted each of these people."""
    key_of = dict(zip(opaque_keys(PURPOSE, people), people, strict=True))
    wanted = key_of.keys()
    found: dict[tuple[str, int], Offices_of] = {
        one.key: defaultdict(set) for one in FIGURES.values() if one.since <= top.until and top.since <= one.until
    }
    lines = ClosedFigure.objects.unscoped().filter(period__month=top.month, period__area__begins=top.area)
    for area, code, version, own in lines.order_by().values_list("period__area", "figure", "figure_version", "own"):
        if (code, version) in found:
            for key in wanted & set(keys_in(bytes(own))):
                found[code, version][key_of[key]].add(area)
    return found


def _counted_now(figure: FigureDefinition, area: str, span: Span, people: list[int], offices: Offices) -> Offices_of:
    found: Offices_of = defaultdict(set)
    for row in figure.counted(Asked(None, area, span), among=people):
        found[row.person].update(offices.around(row.area)[:1])
    return found


def keys_in(own: bytes) -> list[bytes]:
    """Split the keys of a line."""
    return [own[at : at + KEY_SIZE] for at in range(0, len(own), KEY_SIZE)]


def people_behind(period: FigurePeriod, figure: tuple[str, int]) -> list[int]:
    """The people counted by a closed figure, without repetition, by their keys."""
    rows = ClosedFigure.objects.unscoped().filter(
        period__month=period.month, period__area__begins=period.area, figure=figure[0], figure_version=figure[1]
    )
    found = {one for (own,) in rows.order_by().values_list("own") for one in numbers_of(PURPOSE, bytes(own))}
    return sorted(one for one in found if not one >> 63)  # keys made before a key change belong to nobody now


def of_earlier_months(period: FigurePeriod, figure: tuple[str, int]) -> "QuerySet[LaterChange]":
    """Corrections of earlier months, found after those were closed and before this one was; shown in this month."""
    rows = LaterChange.objects.unscoped().filter(
        period__area=period.area, period__month__lt=period.month, figure=figure[0], figure_version=figure[1],
        found_on__gte=period.since, found_on__lte=period.closed_on,
    )  # fmt: skip
    return rows.select_related("person", "period")


def acts_since(person: Person, moment: datetime) -> list[Entry]:
    """The record entries about a person since a month was closed, newest first."""
    return acts_of([person], moment)[person.pk]


def acts_of(people: Iterable[Person], moment: datetime) -> dict[int, list[Entry]]:
    """The same for several people, in one query: in their files and their applications'."""
    whose = {person.file: person.pk for person in people}
    numbers = Application.objects.unscoped().filter(person__in=list(whose.values())).order_by()
    whose |= {f"application:{number}": person for number, person in numbers.values_list("number", "person")}
    found: dict[int, list[Entry]] = defaultdict(list)
    for entry in Entry.objects.of(*whose).filter(at__gte=moment).order_by("-at", "-seq"):
        found[whose[entry.file]].append(entry)
    return found


nightly.also("更正已结账的月份", "month_changes", find)
