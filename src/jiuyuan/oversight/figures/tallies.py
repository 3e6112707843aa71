"""Precomputed period tables: increments stored by worker and nightly run (`upkeep`), corrected for people changed
since.

A page reads `FigureTally` for the months and days in question, then adds the difference made by people with
record entries since the last update; a process computes each of them once per act. So the tables always agree
with their lists. Without stored tallies, or after a change of definitions or limits, everything is computed at
once.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from threading import Lock
from typing import Any, NamedTuple

from django.db.models import Count, Max, Q, QuerySet, Sum

from jiuyuan import clock
from jiuyuan.applications.in_record import by_kind, files_in, people_of
from jiuyuan.assistance import follow_up_workflow
from jiuyuan.oversight.figures import registry, shares
from jiuyuan.oversight.figures.shares import Happening
from jiuyuan.oversight.models import FigureTally, PersonShare, TallyState
from jiuyuan.people import segments
from jiuyuan.people.models import Person
from jiuyuan.regions import registry as regions
from jiuyuan.rules import calendar
from jiuyuan.speed.counts import rows_of

NOW_MONTH = date(1900, 1, 1)
_LIMITS = ("needs_due_days", "plan_due_days", "vacancies_due_days")


class TallyCell(NamedTuple):
    """A cell: office, figure, part, and month when shown by month."""

    area: str
    code: str
    detail: str
    part: str
    month: date = NOW_MONTH


@dataclass(frozen=True)
class TallyAsked:
    """A request: figures, days, offices (all below `under`) and a division; `apart`: by month.

    `ended`: figures counted only up to the day `over`.
    """

    under: str
    areas: tuple[str, ...]
    codes: frozenset[str]
    since: date
    until: date
    by: str = ""
    apart: bool = False
    ended: frozenset[str] = frozenset()
    over: date = clock.LATEST

    def until_of(self, code: str) -> date:
        return min(self.until, self.over) if code in self.ended else self.until

    @property
    def key(self) -> tuple[object, ...]:
        """Everything on which the statement depends."""
        return self.areas, self.codes, self.since, self.until, self.by, self.apart, self.under, self.ended, self.over


@dataclass
class _Waiting:
    """A process's knowledge of people changed since one state of the tallies.

    `read`: the number of record entries read, and the last; `marks`: the same for each file; `people`: their
    contributions in the tallies and now.
    """

    of: tuple[Any, ...] = ()
    read: dict[str, int | None] = field(default_factory=dict)
    marks: dict[str, tuple[int, int]] = field(default_factory=dict)
    people: dict[int, tuple[list[Happening], list[Happening]]] = field(default_factory=dict)


_lock, _waiting = Lock(), _Waiting()


def forget() -> None:
    """Drop the cache, because the database was replaced."""
    global _waiting
    _waiting = _Waiting()


def _read_on(state: TallyState, today: date, *, aged: bool) -> _Waiting:
    """Compute the contributions of people with entries not read by this process."""
    global _waiting
    of = (state.revision, state.up_to, today, aged and state.day != today)
    with _lock:
        if _waiting.of != of:
            _waiting = _Waiting(of)
        known = _waiting
        since, counted = state.entries_since().order_by(), {"many": Count("pk"), "last": Max("pk")}
        if known.read == (read := since.aggregate(**counted)):
            return known
        marks = {file: (many, last) for file, many, last in since.values_list("file").annotate(**counted)}
        people = people_of(by_kind(file for file, mark in marks.items() if known.marks.get(file) != mark))
        if of[-1] and not known.people:
            people |= _of_another_age(state, today)
        if people:
            now = shares.reckon(today, shares.codes(), among=people)
            before = _shares_of(people)
            known.people |= {one: (before.get(one, []), now.get(one, [])) for one in people}
        known.marks |= marks
        known.read = read
        return known


class NotKeptYet:
    """People not yet in the tallies: their contributions `now` and `before`; everybody,
    without tallies by today's rules.
    """

    def __init__(self, under: str, codes: Collection[str], *, aged: bool = False) -> None:
        self._under, self._codes, self._aged = under, codes, aged
        self.load()

    def load(self) -> None:
        today, state = clock.today(), TallyState.objects.first()
        self._revision = state.revision if state else None
        self.everybody = state is None or state.rules != rules(today)
        if state is None or self.everybody:
            reckoned = shares.reckon(today, self._codes, self._under)
            self.before, self.now = [], [one for rows in reckoned.values() for one in rows]
            return
        people = list(_read_on(state, today, aged=self._aged).people.values())
        self.before = [one for before, _ in people for one in before]
        self.now = [one for _, now in people for one in now]

    def over(self) -> bool:
        """Whether the tallies were updated meanwhile."""
        state = TallyState.objects.first()
        return (state.revision if state else None) != self._revision


def counted(asked: TallyAsked, waiting: NotKeptYet | None = None) -> Counter[TallyCell]:
    """The non-zero cells. `waiting`: shared by several requests of a page."""
    return all_counted([asked], waiting)[0]


def all_counted(every: Sequence[TallyAsked], waiting: NotKeptYet | None = None) -> list[Counter[TallyCell]]:
    """The cells of several requests, from one state of the tallies."""
    codes = frozenset(code for asked in every for code in asked.codes)
    waiting = waiting or NotKeptYet(every[0].under, codes, aged=any(asked.by == "age" for asked in every))
    for turn in range(3):
        if turn:
            waiting.load()
        found = [Counter[TallyCell]() if waiting.everybody else _stored(asked) for asked in every]
        for asked, numbers in zip(every, found, strict=True):
            numbers.update(_added(asked, waiting.now))
            numbers.subtract(_added(asked, waiting.before))
        if not waiting.over():
            break
    return [Counter({cell: many for cell, many in numbers.items() if many}) for numbers in found]


def _added(asked: TallyAsked, happenings: Iterable[Happening]) -> Counter[TallyCell]:
    """The cells from rows in memory."""
    found: Counter[TallyCell] = Counter()
    since, until = asked.since.isoformat(), {code: asked.until_of(code).isoformat() for code in asked.codes}
    for one in happenings:
        if one.code not in asked.codes or (one.day and not since <= one.day <= until[one.code]):
            continue
        month = date.fromisoformat(one.day).replace(day=1) if asked.apart and one.day else NOW_MONTH
        for area in asked.areas:
            if one.area.startswith(area):
                for part in one.parts(asked.by):
                    found[TallyCell(area, one.code, one.detail, part, month)] += 1
    return found


def _stored(asked: TallyAsked) -> Counter[TallyCell]:
    found: Counter[TallyCell] = Counter()
    whole, edges = _months(asked.since, asked.until, min(map(asked.until_of, asked.codes)))
    within = Q(month=NOW_MONTH) if _now(asked.codes) else Q(pk__in=[])
    within |= Q(month__range=whole) if whole else Q(pk__in=[])
    columns = ("area", "code", "detail", "part", *(["month"] if asked.apart else []))

    def rows() -> "QuerySet[FigureTally]":
        found = FigureTally.objects.filter(by=asked.by, code__in=sorted(asked.codes)).order_by()
        if asked.by == "helper":  # stored only at the people's office, not above
            return found.filter(area__begins=asked.under)
        return found.filter(area__in=asked.areas)

    def area_of(area: str) -> str:
        return asked.under if asked.by == "helper" else area

    months = rows_of(
        ("months", asked.key), lambda: rows().filter(within).values_list(*columns).annotate(all=Sum("many"))
    )
    for area, code, detail, part, *month, many in months:
        found[TallyCell(area_of(area), code, detail, part, *month)] += int(many)
    if not edges:
        return found
    days = rows_of(
        ("edges", asked.key),
        lambda: rows().filter(month__in=edges).values_list("area", "code", "detail", "part", "month", "days"),
    )
    for area, code, detail, part, month, by_day in days:
        first = asked.since.day if month == asked.since.replace(day=1) else 1
        until = asked.until_of(code)
        last = until.day if month == until.replace(day=1) else 31 if month < until else 0
        cell = TallyCell(area_of(area), code, detail, part, month if asked.apart else NOW_MONTH)
        said = json.loads(by_day) if isinstance(by_day, str) else by_day
        found[cell] += sum(many for day, many in said.items() if first <= int(day) <= last)
    return found


def _now(codes: Collection[str]) -> bool:
    return any(
        code == shares.HELPED or (code in registry.BY_DAY and registry.BY_DAY[code].day == registry.NOW)
        for code in codes
    )


def _months(since: date, until: date, sooner: date) -> tuple[tuple[date, date] | None, list[date]]:
    """The first and last whole month up to `sooner`, and the partial months at the edges, up to `until`."""
    first, last = since.replace(day=1), until.replace(day=1)
    edges = [first] if since.day > 1 else []
    end = sooner.replace(day=1)
    if (sooner + timedelta(days=1)).day > 1:
        end = registry.before(end) if end > date.min else end
    while last > end and last >= first:
        if last not in edges:
            edges.append(last)
        last = registry.before(last)
    begin = registry.following(first) if first in edges or first == NOW_MONTH else first
    return ((begin, end) if begin <= end else None), edges


def touched(state: TallyState, today: date) -> set[int]:
    """People with new record entries, or in another age band than before."""
    return in_files(state.entries_since()) | _of_another_age(state, today)


def in_files(entries: Any) -> set[int]:
    """The people whose files have these entries."""
    return people_of(files_in(entries))


def _of_another_age(state: TallyState, today: date) -> set[int]:
    if state.day == today:
        return set()
    return set(Person.objects.unscoped().filter(segments.of_another_age(state.day, today)).values_list("pk", flat=True))


def _shares_of(people: Collection[int]) -> dict[int, list[Happening]]:
    kept = PersonShare.objects.filter(pk__in=people).order_by().values_list("person", "rows")
    return {person: shares.unpacked(bytes(rows)) for person, rows in kept}


def rules(today: date) -> str:
    """A digest of everything that affects counting beside the rows: definitions, limits, known working days."""
    limits = [
        [
            region.code,
            region.path,
            *(region.limit_if_any(name, on=today) for name in _LIMITS),
            *follow_up_workflow.steps(region.path, today),
        ]
        for region in regions.regions()
    ]
    figures = sorted((one.code, one.version, one.day) for one in registry.BY_DAY.values())
    divided = sorted((code, shares.divisions(code)) for code in shares.codes())
    said = json.dumps([limits, figures, divided, sorted(calendar.published_years())], default=str)
    return hashlib.sha256(said.encode()).hexdigest()
