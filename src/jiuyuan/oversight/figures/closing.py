"""Closes months at night, on day N after their end: every figure at every office, and whom it counted.

People's keys are stored once, at the lowest office; value, digest and parts at every office above.
"""

import hashlib
import json
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import Q

from jiuyuan import clock
from jiuyuan.agencies.models import Agency
from jiuyuan.applications import nightly
from jiuyuan.encryption import numbers_of, opaque_keys
from jiuyuan.oversight.figures import registry
from jiuyuan.oversight.figures.registry import Asked, FigureDefinition, Span
from jiuyuan.oversight.models import ClosedFigure, FigurePeriod
from jiuyuan.oversight.period_workflow import PERIOD, ClosedMonth
from jiuyuan.people import segments
from jiuyuan.procedures.bulk import act_many
from jiuyuan.regions import registry as regions
from jiuyuan.regions.region import Region
from jiuyuan.rules import calendar

PURPOSE = "figures"
_LEVELS = (Agency.Level.PLATFORM, Agency.Level.COUNTY, Agency.Level.REGION, Agency.Level.PROVINCE)


class Offices:
    """The offices of a region with periods for a month, by path; a row belongs to the lowest one around it.

    `until`: the last day of the month. Offices closed by then have no period; their rows belong to the office
    above.
    """

    def __init__(self, region: Region, until: date) -> None:
        found = Agency.objects.filter(path__startswith=region.path, level__in=_LEVELS)
        found = found.filter(Q(closed_on=None) | Q(closed_on__gt=until))
        self.by_path = {agency.path: agency for agency in found}
        self._lowest: dict[str, tuple[str, ...]] = {}

    def around(self, area: str) -> tuple[str, ...]:
        """The paths of the offices around an area, lowest first; empty if it is outside."""
        if area not in self._lowest:
            steps = [at + 1 for at, letter in enumerate(area) if letter == "/"]
            self._lowest[area] = tuple(path for at in reversed(steps) if (path := area[:at]) in self.by_path)
        return self._lowest[area]


class Divided(NamedTuple):
    """The parts in which a figure counts a person."""

    sex: str
    age: str
    categories: tuple[str, ...]


@dataclass
class AtOffice:
    """Whom a figure counted at an office, without repetition; `own` are those of no office below."""

    people: dict[int, Divided] = field(default_factory=dict)
    own: set[int] = field(default_factory=set)

    def add(self, below: Mapping[int, Divided]) -> None:
        """Add the people of a lower office; those already counted stay unchanged."""
        if self.people.keys().isdisjoint(below):
            self.people |= below
        else:
            self.people |= {person: below[person] for person in below.keys() - self.people.keys()}

    @property
    def parts(self) -> dict[str, Counter[str]]:
        """The number of people in each part."""
        alike = Counter(self.people.values())
        found: dict[str, Counter[str]] = {"sex": Counter(), "age": Counter(), "category": Counter()}
        for one, many in alike.items():
            found["sex"][one.sex] += many
            found["age"][one.age] += many
            for category in one.categories:
                found["category"][category] += many
        return found


def close_due(day: date) -> int:
    """Close the months due in every region, oldest first. Returns how many."""
    return sum(_close_region(region, day) for region in regions.regions())


def _close_region(region: Region, day: date) -> int:
    top = Agency.objects.filter(path=region.path).first()
    if top is None:
        return 0
    last = FigurePeriod.objects.unscoped().filter(agency=top).order_by("-month").values_list("month", flat=True).first()
    due = _last_due(region, day)
    months = 0
    month = registry.following(last) if last else due
    while month <= due:
        close(region, month)
        months, month = months + 1, registry.following(month)
    return months


def _last_due(region: Region, day: date) -> date:
    """The latest month whose closing day has come."""
    month = day.replace(day=1)
    while registry.month_of(region.path, month).until + timedelta(days=_days(region, month)) > day:
        month = registry.before(month)
    return month


def _days(region: Region, month: date) -> int:
    return region.limit("period_close_days", on=month)


@transaction.atomic
def close(region: Region, month: date) -> None:
    """Close a month of a region: every office that counted somebody, and those above."""
    span = registry.month_of(region.path, month)
    offices = Offices(region, span.until)
    figures = registry.in_force(span)
    reckoned: dict[Any, Any] = {}
    counted = {one.key: count(one, region.path, span, offices, reckoned) for one in figures}
    earlier = _earlier_in_year(region, month, offices)
    _before_the_first(region, month, offices, figures, earlier)
    lines: dict[str, list[ClosedFigure]] = {path: [] for path in _reporting(counted, region, month, offices)}
    for figure in figures:
        found = counted[figure.key]
        everybody = sorted(found[region.path].people) if region.path in found else []
        keys = dict(zip(everybody, opaque_keys(PURPOSE, everybody), strict=True))
        before = earlier.get(figure.key, {})
        for path in sorted(lines.keys() & (found.keys() | before.keys())):
            at = found.get(path) or AtOffice()
            lines[path].append(_line(figure, at, keys, len(at.people.keys() | before.get(path, set()))))
    today, now = clock.today(), clock.now()
    periods = {
        path: FigurePeriod(
            agency=offices.by_path[path], area=path, month=month, since=span.since, until=span.until,
            closed_on=today, closed_at=now, digest=digest_of(its_lines), corrected_to=now if path == region.path else None,
        )
        for path, its_lines in lines.items()
    }  # fmt: skip
    contexts = [(ClosedMonth(None, None, offices.by_path[path]), period) for path, period in sorted(periods.items())]
    for context, period in contexts:
        context.subject = period
    _begin(contexts)
    for path, its_lines in lines.items():
        for one in its_lines:
            one.period = periods[path]
    ClosedFigure.objects.bulk_create([one for its_lines in lines.values() for one in its_lines], batch_size=500)


def _begin(contexts: list[tuple[ClosedMonth, FigurePeriod]]) -> None:
    for context, _ in contexts:
        context.action = "close"
    act_many(PERIOD, "night", "close", [(context, {"month": period.month}) for context, period in contexts])


def count(
    figure: FigureDefinition, path: str, span: Span, offices: Offices, reckoned: dict[Any, Any] | None = None
) -> dict[str, AtOffice]:
    """Whom a figure counts at each office, without repetition. `reckoned`: see `Asked`."""
    lowest: dict[str, dict[int, Divided]] = defaultdict(dict)
    bands = [(_born_by(span.until, least), code) for code, (_, least, _) in reversed(segments.AGES.items())]
    days, codes = [day for day, _ in bands], [code for _, code in bands]  # oldest first
    for row in figure.counted(Asked(None, path, span, reckoned=reckoned)):
        around = offices.around(row.area)
        if around and row.person not in lowest[around[0]]:
            categories = tuple(row.category) if isinstance(row.category, list) else (row.category,)
            band = codes[min(bisect_left(days, row.born), len(codes) - 1)]
            lowest[around[0]][row.person] = Divided(row.sex, band, categories)
    found: dict[str, AtOffice] = defaultdict(AtOffice)
    for office, people in lowest.items():
        found[office].own.update(people)
        for each in offices.around(office):
            found[each].add(people)
    return dict(found)


def _born_by(day: date, years: int) -> date:
    return calendar.add_months(day, -12 * years)


def _reporting(
    counted: Mapping[tuple[str, int], Mapping[str, AtOffice]], region: Region, month: date, offices: Offices
) -> set[str]:
    """The offices with a period for this month: those that counted somebody in it or in the previous month,
    and the topmost.
    """
    last = FigurePeriod.objects.unscoped().filter(month=registry.before(month), area__begins=region.path)
    known = set(last.values_list("area", flat=True)) & offices.by_path.keys()
    return {region.path, *known, *(path for found in counted.values() for path in found)}


def _earlier_in_year(region: Region, month: date, offices: Offices) -> dict[tuple[str, int], dict[str, set[int]]]:
    """Whom earlier closed months of the year counted, by figure and office, without figures of the last day."""
    rows = ClosedFigure.objects.unscoped().filter(
        period__month__gte=month.replace(month=1), period__month__lt=month, period__area__begins=region.path
    )
    rows = rows.exclude(figure__in=[one.code for one in registry.FIGURES.values() if one.stock])
    found: dict[tuple[str, int], dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
    for area, code, version, own in rows.values_list("period__area", "figure", "figure_version", "own").order_by():
        people = numbers_of(PURPOSE, bytes(own))
        for office in offices.around(area):
            found[code, version][office].update(people)
    return found


def _before_the_first(
    region: Region,
    month: date,
    offices: Offices,
    figures: Iterable[FigureDefinition],
    found: dict[tuple[str, int], dict[str, set[int]]],
) -> None:
    """Add the people of the year's months before closing began, so that a first partial year is complete."""
    january = month.replace(month=1)
    closed = FigurePeriod.objects.unscoped().filter(area=region.path, month__gte=january, month__lt=month)
    first = closed.order_by("month").values_list("month", flat=True).first() or month
    if first == january:
        return
    unclosed = Span(
        registry.month_of(region.path, january).since, registry.month_of(region.path, registry.before(first)).until
    )
    reckoned: dict[Any, Any] = {}
    for figure in figures:
        if not figure.stock:
            for office, at in count(figure, region.path, unclosed, offices, reckoned).items():
                found[figure.key][office].update(at.people)


def _line(figure: FigureDefinition, at: AtOffice, keys: Mapping[int, bytes], in_year: int) -> ClosedFigure:
    """A figure at an office; the caller sets its period."""
    parts = {name: dict(sorted(counts.items())) for name, counts in sorted(at.parts.items()) if counts}
    return ClosedFigure(
        figure=figure.code, figure_version=figure.version, value=len(at.people), in_year=in_year,
        digest=digest_of_keys(keys[person] for person in at.people), own=b"".join(sorted(keys[p] for p in at.own)), parts=parts,
    )  # fmt: skip


def digest_of_keys(keys: Iterable[bytes]) -> str:
    """SHA-256 of the sorted, joined keys."""
    return hashlib.sha256(b"".join(sorted(keys))).hexdigest()


def digest_of(lines: Iterable[ClosedFigure]) -> str:
    """The digest of a period: each figure's value and digest, and the keys at this office."""
    said: list[list[Any]] = [
        [
            one.figure, one.figure_version, one.value, one.in_year, one.digest, one.parts,
            hashlib.sha256(bytes(one.own)).hexdigest(),
        ]
        for one in lines
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(sorted(said, key=lambda row: row[:2]), sort_keys=True).encode()).hexdigest()


nightly.also("月报结账", "months_closed", close_due)
