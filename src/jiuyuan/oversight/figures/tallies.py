"""Tables of a period, added up ahead: increments kept by worker and night, and of those touched since then reckoned at once.

A page reads `FigureTally` for the months and days that it asks for, then reckons anew whoever stands in the record since the
last upkeep, and adds the difference. So it counts what its lists count, however long ago the upkeep was; where none ever was, or
a definition or limit changed since, everything is reckoned at once. `verifying` makes the whole anew and compares.
"""

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import Sum
from django.db.models.functions import Mod

from jiuyuan import clock, loading
from jiuyuan.applications.in_record import files_in, people_of
from jiuyuan.assistance import follow_up_workflow
from jiuyuan.history.progress import last_entry
from jiuyuan.oversight.figures import registry, shares
from jiuyuan.oversight.figures.shares import Happening
from jiuyuan.oversight.models import FigureTally, PersonShare, TallyState
from jiuyuan.people import segments
from jiuyuan.people.models import Person
from jiuyuan.regions import registry as regions
from jiuyuan.rules import calendar
from jiuyuan.wording import say

NOW_MONTH = date(1900, 1, 1)
_LIMITS = ("needs_due_days", "plan_due_days", "vacancies_due_days")
#: Acts that were under way while the last upkeep looked are looked at again.
_AGAIN = timedelta(minutes=10)
_MANY = 5_000
_TURNS = 28  # in so many nights everybody is reckoned anew once
Key = tuple[str, str, date, str, str, str]
KEY = ("area", "by", "month", "code", "detail", "part")


class TallyCell(NamedTuple):
    """A number of a table: at which office, of which figure, in which part, and (where months are asked apart) in which month."""

    area: str
    code: str
    detail: str
    part: str
    month: date = NOW_MONTH


@dataclass(frozen=True)
class TallyAsked:
    """Which figures over which days, at which offices, all below `under`, divided by what; `apart`: month by month."""

    under: str
    areas: tuple[str, ...]
    codes: frozenset[str]
    since: date
    until: date
    by: str = ""
    apart: bool = False


class NotKeptYet:
    """Whom the tallies do not know yet, reckoned once for a page: what these people add now, and what they added before.

    Everybody, where there are no tallies by today's rules.
    """

    def __init__(self, under: str, codes: Collection[str], *, aged: bool = False, helpers: bool = False) -> None:
        self.under, self.codes, self.aged, self.helpers = under, codes, aged, helpers
        self.load()

    def load(self) -> None:
        today, state = clock.today(), TallyState.objects.first()
        self.state = state
        self.everybody = state is None or state.rules != rules(today)
        touched = None if state is None or self.everybody else _touched(state, today, aged=self.aged)
        self.before = [one for rows in _shares_of(touched) for one in rows] if touched else []
        now = shares.reckon(today, self.codes, self.under, touched, helpers=self.helpers)
        self.now = [one for rows in now.values() for one in rows]

    def over(self) -> bool:
        """Whether somebody brought the tallies up to date meanwhile."""
        state = TallyState.objects.first()
        return (state and (state.up_to, state.looked_at)) != (self.state and (self.state.up_to, self.state.looked_at))


def counted(asked: TallyAsked, waiting: NotKeptYet | None = None) -> Counter[TallyCell]:
    """The numbers, none of them zero. `waiting`: of the page that asks several times."""
    waiting = waiting or NotKeptYet(asked.under, asked.codes, aged=asked.by == "age", helpers=asked.by == "helper")
    for turn in range(3):
        if turn:
            waiting.load()
        found = Counter[TallyCell]() if waiting.everybody else _stored(asked)
        found.update(_added(asked, waiting.now))
        found.subtract(_added(asked, waiting.before))
        if not waiting.over():
            break
    return Counter({cell: many for cell, many in found.items() if many})


def _added(asked: TallyAsked, happenings: Iterable[Happening]) -> Counter[TallyCell]:
    """The same from rows in hand."""
    found: Counter[TallyCell] = Counter()
    since, until = asked.since.isoformat(), asked.until.isoformat()
    for one in happenings:
        if one.code not in asked.codes or (one.day and not since <= one.day <= until):
            continue
        month = date.fromisoformat(one.day).replace(day=1) if asked.apart and one.day else NOW_MONTH
        for area in asked.areas:
            if one.area.startswith(area):
                for part in one.parts(asked.by):
                    found[TallyCell(area, one.code, one.detail, part, month)] += 1
    return found


def _stored(asked: TallyAsked) -> Counter[TallyCell]:
    found: Counter[TallyCell] = Counter()
    rows = FigureTally.objects.filter(by=asked.by, code__in=asked.codes).order_by()
    if asked.by == "helper":  # kept where the people are, and nowhere above
        areas = {asked.under: asked.under}
        rows = rows.filter(area__begins=asked.under)
    else:
        areas = {area: area for area in asked.areas}
        rows = rows.filter(area__in=asked.areas)
    columns = ("area", "code", "detail", "part")
    whole, edges = _months(asked.since, asked.until)
    months = rows.filter(month__range=whole) if whole else rows.none()
    if asked.apart:
        for area, code, detail, part, month, many in months.values_list(*columns, "month", "many"):
            found[TallyCell(areas.get(area, asked.under), code, detail, part, month)] += many
    else:
        for area, code, detail, part, many in months.values_list(*columns).annotate(all=Sum("many")):
            found[TallyCell(areas.get(area, asked.under), code, detail, part)] += many
    if _now(asked.codes):
        for area, code, detail, part, many in rows.filter(month=NOW_MONTH).values_list(*columns, "many"):
            found[TallyCell(areas.get(area, asked.under), code, detail, part)] += many
    if edges:
        for area, code, detail, part, month, days in rows.filter(month__in=edges).values_list(
            *columns, "month", "days"
        ):
            first = asked.since.day if month == asked.since.replace(day=1) else 1
            last = asked.until.day if month == asked.until.replace(day=1) else 31
            cell = TallyCell(areas.get(area, asked.under), code, detail, part, month if asked.apart else NOW_MONTH)
            found[cell] += sum(many for day, many in days.items() if first <= int(day) <= last)
    return found


def _now(codes: Collection[str]) -> bool:
    return any(
        code == shares.HELPED or (code in registry.BY_DAY and registry.BY_DAY[code].day == registry.NOW)
        for code in codes
    )


def _months(since: date, until: date) -> tuple[tuple[date, date] | None, list[date]]:
    """The first and last month that lie within whole, and those at the edges that do not."""
    first, last = since.replace(day=1), until.replace(day=1)
    edges = [first] if since.day > 1 else []
    if (until + timedelta(days=1)).day > 1 and last not in edges:
        edges.append(last)
    begin = registry.following(first) if first in edges else first
    end = registry.before(last) if last in edges else last
    return ((begin, end) if begin <= end else None), edges


def _touched(state: TallyState, today: date, *, aged: bool = True) -> set[int]:
    """In whose files something was recorded since and, where it matters, who came to another age."""
    found = _in_files(state.entries_since())
    if aged and state.day != today:
        rows = Person.objects.unscoped().filter(segments.of_another_age(state.day, today))
        found.update(rows.values_list("pk", flat=True))
    return found


def _in_files(entries: Any) -> set[int]:
    return people_of(files_in(entries))


def _shares_of(people: Collection[int]) -> Iterator[list[Happening]]:
    for kept in PersonShare.objects.filter(pk__in=people).order_by().values_list("rows", flat=True):
        yield shares.unpacked(bytes(kept))


def rules(today: date) -> str:
    """A digest of all that decides what a row counts as, beside the rows: definitions, limits, known working days."""
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
    said = json.dumps([limits, figures, sorted(calendar.published_years())], default=str)
    return hashlib.sha256(said.encode()).hexdigest()


def behind() -> bool:
    """Whether there is something to bring up to date."""
    return TallyState.behind(rules(clock.today()))


def rebuild() -> int:
    """Make all tallies anew."""
    TallyState.objects.update(rules="")
    return keep_up()


def keep_up(again: timedelta = _AGAIN, turn: int | None = None) -> int:
    """Bring the tallies up to date with the record. Returns how many people add something else than before.

    `turn`: reckon every 28th person too, whatever the record says, so that nothing stays wrong for longer than so many nights.
    """
    today = clock.today()
    with transaction.atomic():
        state = TallyState.objects.select_for_update().first()
        last = last_entry()
        if state is None or state.rules != rules(today):
            FigureTally.objects.all().delete()
            PersonShare.objects.all().delete()
            state = state or TallyState()
            touched: Iterable[int] = Person.objects.unscoped().order_by("area", "pk").values_list("pk", flat=True)
        else:
            found = _touched(state, today) | _in_files(state.entries_since(again))
            if turn is not None:
                everybody = Person.objects.unscoped().annotate(turn=Mod("pk", _TURNS)).filter(turn=turn % _TURNS)
                found.update(everybody.values_list("pk", flat=True))
            touched = sorted(found)
        changed, whom = 0, list(touched)
        for at in range(0, len(whom), _MANY):
            changed += _keep(whom[at : at + _MANY], today)
        state.reached(last, rules(today))
    return changed


def _keep(people: list[int], today: date) -> int:
    reckoned = shares.reckon(today, shares.codes(), among=people)
    now = {person: shares.packed(rows) for person, rows in reckoned.items()}
    before = {
        person: bytes(rows) for person, rows in PersonShare.objects.filter(pk__in=people).values_list("person", "rows")
    }
    different = [person for person in now.keys() | before.keys() if now.get(person) != before.get(person)]
    more: dict[Key, Counter[str]] = defaultdict(Counter)
    for person in different:
        kept = shares.unpacked(before[person]) if person in before else []
        for rows, sign in ((reckoned.get(person, []), 1), (kept, -1)):
            for one in rows:
                day = str(int(one.day[8:])) if one.day else ""
                for key in keys_of(one):
                    more[key][day] += sign
    _apply(more)
    PersonShare.objects.filter(pk__in=[person for person in different if person not in now]).delete()
    loading.upsert(PersonShare, "person", ["rows"], [(person, now[person]) for person in different if person in now])
    return len(different)


def keys_of(one: Happening) -> Iterator[Key]:
    """The tallies to which a row belongs, by `KEY`."""
    month = date.fromisoformat(one.day).replace(day=1) if one.day else NOW_MONTH
    around = shares.paths_of(one.area)
    for by in shares.divisions(one.code):
        for part in one.parts(by):
            for area in around if by != "helper" else around[-1:]:
                yield area, by, month, one.code, one.detail, part


def _apply(more: dict[Key, Counter[str]]) -> None:
    """Add to the tallies; what comes to nothing goes."""
    more = {key: days for key, days in more.items() if any(days.values())}
    if not more:
        return
    areas, ways, months = ({key[place] for key in more} for place in range(3))
    there = FigureTally.objects.filter(area__in=areas, by__in=ways, month__in=months).order_by()
    changed, gone = [], []
    for pk, many, days, *key in there.values_list("pk", "many", "days", *KEY):
        if (added := more.pop(tuple(key), None)) is None:
            continue
        many, days = many + added.total(), _with(days, added)
        if many or days:
            changed.append((pk, many, json.dumps(days)))
        else:
            gone.append(pk)
    FigureTally.objects.filter(pk__in=gone).delete()
    loading.update(FigureTally, "id", ["many", "days"], changed)
    new = ((*key, days.total(), json.dumps(_with({}, days))) for key, days in more.items())
    loading.insert(FigureTally, [*KEY, "many", "days"], new)


def _with(days: dict[str, int], added: Counter[str]) -> dict[str, int]:
    found = {day: days.get(day, 0) + many for day, many in added.items()} if days else added
    return {day: many for day, many in sorted({**days, **found}.items()) if day and many}


def faults() -> Iterator[str]:
    """What differs from the rows: the tallies from what people add, and that from a recount of everybody, a sentence each.

    Whoever waits for the next upkeep is left out.
    """
    state, today = TallyState.objects.first(), clock.today()
    if state is None or state.rules != rules(today):
        return
    sums: Counter[Key] = Counter()
    for kept in PersonShare.objects.order_by().values_list("rows", flat=True).iterator(chunk_size=_MANY):
        for one in shares.unpacked(bytes(kept)):
            sums.update(keys_of(one))
    for *key, many, days in FigureTally.objects.order_by().values_list(*KEY, "many", "days").iterator(chunk_size=_MANY):
        if sums.pop(tuple(key), 0) != many or (days and sum(days.values()) != many):
            yield say("统计累计 {key}：与各人计入的不符。", key=" ".join(map(str, key)))
    for lost in sums:
        yield say("统计累计 {key}：与各人计入的不符。", key=" ".join(map(str, lost)))
    waiting = _touched(state, today)
    everybody = Person.objects.unscoped().order_by("pk").values_list("pk", flat=True)
    people = [one for one in everybody.iterator() if one not in waiting]
    for at in range(0, len(people), _MANY):
        some = people[at : at + _MANY]
        now = {person: shares.packed(rows) for person, rows in shares.reckon(today, shares.codes(), among=some).items()}
        before = {
            person: bytes(rows)
            for person, rows in PersonShare.objects.filter(pk__in=some).values_list("person", "rows")
        }
        for person in sorted(one for one in now.keys() | before.keys() if now.get(one) != before.get(one)):
            yield say("人员 {person}：计入统计的各项与档案不符。", person=person)
