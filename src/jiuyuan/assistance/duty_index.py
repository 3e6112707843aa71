"""The index of open items (`OpenDuty`): derived from the conditions of the duties, updated by the worker and the
nightly run.

Pages (`due_today`) read it and recompute only people whose files changed since its last update, so they always
agree with the conditions. A new day, a changed limit or a moved office rebuilds it by whole-table statements that
write only the differences. `jiuyuan audit verify --state` recomputes and compares everything.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, lru_cache
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.db.models import Count, DateField, F, IntegerField, Min, Q, QuerySet, Value
from django.db.models.functions import Coalesce

from jiuyuan import clock, loading
from jiuyuan.agencies.models import Agency, User
from jiuyuan.agencies.roles import Role
from jiuyuan.applications.in_record import files_in, people_of
from jiuyuan.assistance import follow_up_workflow
from jiuyuan.assistance.duties import ABOUT, BY_CODE, DUTIES
from jiuyuan.assistance.duty import AsOf, DaysAfter, Duty
from jiuyuan.assistance.models import DutyCount, DutyState, OpenDuty, Plan
from jiuyuan.history.models import Entry
from jiuyuan.history.progress import last_entry
from jiuyuan.regions import registry
from jiuyuan.rules import calendar
from jiuyuan.wording import say

PERSON = "person"
#: Limits that affect whether something is due, beside those that affect when.
_LIMITS = ("vacancies_offered", "visit_every_days", "fact_valid_days", "vacancy_confirm_days", "post_end_warn_days")
#: Acts uncommitted during the last update are read again.
_AGAIN = timedelta(minutes=2)
_SLOTS = (20, 1_000)
_COLUMNS = ("duty", "area", "row", "whose", "due_on")
_NO_DAY = date(1, 1, 1)


def indexed() -> list[Duty]:
    """The indexed duties."""
    return [duty for duty in DUTIES if not duty.of_office]


class Open(NamedTuple):
    """An item in the index."""

    duty: str
    area: str
    row: int
    whose: int
    due_on: date

    @property
    def place(self) -> tuple[date, int]:
        """Its sort key, soonest first."""
        return self.due_on, self.row


@dataclass(frozen=True)
class Zone:
    """A part of the register with uniform limits: below an agency, without the `inner` zones."""

    path: str
    inner: tuple[str, ...] = ()

    def asked(self, today: date) -> AsOf:
        """The query that a province-level user of this zone would make."""
        return AsOf(User(role=Role.PROVINCE, agency=Agency(path=self.path)), today)


@dataclass(frozen=True)
class Touched:
    """Files with new entries: their keys by kind (`PERSON`, or the kinds with files of their own);
    `everybody` if an office changed.
    """

    whose: Mapping[str, frozenset[int]]
    everybody: bool = False

    def __bool__(self) -> bool:
        return self.everybody or any(self.whose.values())


@cache
def kind(duty: Duty) -> str:
    """The kind of file in which acts on a duty's rows are recorded: the person's, or their own."""
    model = model_of(duty)
    return PERSON if ABOUT[model].person else str(model(pk=0).file).partition(":")[0]


@cache
def model_of(duty: Duty) -> Any:
    return duty.rows(Zone(registry.home().path).asked(clock.today())).model


def zones(under: str = "") -> list[Zone]:
    """Every zone below an agency, or around it."""
    paths = {region.path for region in registry.regions()}
    codes = {limit.place for path in paths for limit in registry.region_of(path).limits() if limit.place}
    if codes:
        paths |= set(Agency.objects.filter(code__in=codes).values_list("path", flat=True))
    found = [Zone(path, tuple(sorted(one for one in paths if one != path and one.startswith(path)))) for path in paths]
    return sorted(
        (one for one in found if one.path.startswith(under) or under.startswith(one.path)), key=lambda one: one.path
    )


def rules(today: date) -> str:
    """A digest of everything beside the rows that affects what is due: duties, limits, known working days."""
    limits = {*_LIMITS, *(duty.due_on.limit for duty in indexed() if isinstance(duty.due_on, DaysAfter))}
    said = [
        [
            zone.path,
            *(registry.region_of(zone.path).limit_if_any(name, on=today) for name in sorted(limits)),
            *follow_up_workflow.steps(zone.path, today),
        ]
        for zone in zones()
    ]
    whole = json.dumps([said, [duty.code for duty in indexed()], sorted(calendar.published_years())], default=str)
    return hashlib.sha256(whole.encode()).hexdigest()


def _helped_by(accounts: Iterable[str]) -> Iterable[int]:
    rows = Plan.objects.unscoped().filter(helper__username__in=accounts, status__in=["draft", "active"])
    return rows.order_by().values_list("recognition__person", flat=True)


#: For kinds of files that belong to nobody: the people whose duties depend on entries in them.
CONCERNED: dict[str, Callable[[Iterable[str]], Iterable[int]]] = {"account": _helped_by}


def touched(entries: "QuerySet[Entry]") -> Touched:
    """The files touched by these entries."""
    return touched_by(files_in(entries))


def touched_by(files: dict[str, set[str]]) -> Touched:
    """The touched files, by kind."""
    people = people_of(files)
    for one, concerned in CONCERNED.items():
        if one in files:
            people.update(concerned(files[one]))
    kinds = {kind(duty) for duty in indexed()} - {PERSON}
    own = {one: frozenset(int(key) for key in files.get(one, ())) for one in kinds}
    return Touched({PERSON: frozenset(people), **own}, everybody="agency" in files)


def reckoned(today: date, under: str, duties: Iterable[Duty], among: Touched | None = None) -> Iterator[Open]:
    """Compute the open items below an agency from the conditions: all, or those of touched files."""
    among, by = None if among is not None and among.everybody else among, rules(today)
    for zone in zones(under):
        asked = zone.asked(today)
        for duty in duties:
            rows: Iterable[tuple[Any, ...]]
            if among is None:
                rows = _rows(duty, zone, asked).filter(x_area__begins=under).values_list(*_READ)
            else:
                rows = _of_some(duty, zone, today, by, among.whose.get(kind(duty), frozenset()))
            for area, row, whose, *said in rows:
                if area.startswith(under):
                    yield Open(duty.code, area, row, whose, _due(duty, asked, area, *said))


_READ = ("x_area", "x_row", "x_whose", "x_since", "x_number", "x_again")


def _rows(duty: Duty, zone: Zone, asked: AsOf) -> "QuerySet[Any]":
    """The rows of a duty in a zone with the columns that the index needs."""
    rows, about = duty.open(asked), ABOUT[model_of(duty)]
    area, since = rows.model.scope.area, duty.due_on.column
    for path in zone.inner:
        rows = rows.exclude(**{f"{area}__begins": path})
    return rows.order_by().annotate(
        x_area=F(area),
        x_row=F("pk"),
        x_whose=F(about.person or "pk"),
        x_since=Coalesce(F(since), _NO_DAY, output_field=DateField()) if since else Value(_NO_DAY, DateField()),
        x_number=Coalesce(F(duty.due_on.number), -1) if duty.due_on.number else Value(-1, IntegerField()),
        x_again=Coalesce(F("due_again"), _NO_DAY, output_field=DateField()) if duty.again else Value(_NO_DAY, DateField()),
    )  # fmt: skip


def _due(duty: Duty, asked: AsOf, area: str, since: Any, number: int, again: Any) -> date:
    known = (None if day == _NO_DAY else day for day in (day_of(since), day_of(again)))
    return duty.reckoned(asked, area, next(known), None if number == -1 else number, next(known))


def day_of(said: Any) -> date:
    """Parse a date from a raw statement, which SQLite returns as text."""
    return date.fromisoformat(said) if isinstance(said, str) else said


def _of_some(duty: Duty, zone: Zone, today: date, by: str, keys: frozenset[int]) -> Iterator[tuple[Any, ...]]:
    """The rows about some people or objects, by statements compiled once a day."""
    slots = next((many for many in _SLOTS if len(keys) <= many), _SLOTS[-1])
    wanted = sorted(keys)
    for at in range(0, len(wanted), slots):
        given = iter(wanted[at : at + slots])
        sql, said = _statement(duty, zone, today, by, slots)
        with connection.cursor() as cursor:
            cursor.execute(sql, [next(given, -1) if one is _slot else one for one in said])
            yield from cursor.fetchall()


_slot = object()


@lru_cache(maxsize=1_000)
def _statement(duty: Duty, zone: Zone, today: date, _rules: str, slots: int) -> tuple[str, tuple[Any, ...]]:
    """The compiled query of a duty with placeholders for this many keys."""
    keys = range(-slots - 1, -1)
    rows = _rows(duty, zone, zone.asked(today)).filter(x_whose__in=keys).values_list(*_READ)
    sql, said = rows.query.sql_with_params()
    return sql, tuple(_slot if isinstance(one, int) and one in keys else one for one in said)


def behind() -> bool:
    """Whether an update is needed."""
    return DutyState.behind(rules(clock.today()))


def holds(state: DutyState | None) -> bool:
    """Whether the index is of today and uses today's definitions."""
    return state is not None and state.is_current(rules(clock.today()))


def keep_up() -> int:
    """Update the index from the record. Returns how many rows changed."""
    return _kept(whole=False)


def rebuild() -> int:
    """Rebuild the index. Returns how many rows changed."""
    return _kept(whole=True)


@transaction.atomic
def _kept(*, whole: bool) -> int:
    today = clock.today()
    state = DutyState.objects.select_for_update().first()
    last = last_entry()
    if whole or state is None or not holds(state):
        changed = _rebuilt(today)
    else:
        some = touched(state.entries_since(_AGAIN).filter(pk__lte=last))
        changed = _rebuilt(today) if some.everybody else _changed(today, some)
    (state or DutyState()).reached(last, rules(today))
    return changed


def _changed(today: date, some: Touched) -> int:
    """Update the items of touched files."""
    now = set(reckoned(today, "", indexed(), some))
    before = {Open(*rest): pk for pk, *rest in kept(some).values_list("pk", *_COLUMNS)}
    gone, new = before.keys() - now, now - before.keys()
    OpenDuty.objects.filter(pk__in=[before[one] for one in gone]).delete()
    loading.insert(OpenDuty, _COLUMNS, sorted(new))
    cells = {(one.area, one.duty) for one in gone | new}
    if cells:
        areas, codes = {area for area, _ in cells}, {code for _, code in cells}
        DutyCount.objects.filter(area__in=areas, duty__in=codes).delete()
        _count(OpenDuty.objects.filter(area__in=areas, duty__in=codes))
    return len(gone) + len(new)


def kept(some: Touched) -> "QuerySet[OpenDuty]":
    """The index rows of touched files."""
    by_kind: dict[str, list[str]] = defaultdict(list)
    for duty in indexed():
        by_kind[kind(duty)].append(duty.code)
    wanted = Q(pk__in=[])
    for one, keys in some.whose.items():
        if keys:
            wanted |= Q(duty__in=by_kind[one], whose__in=keys)
    return OpenDuty.objects.filter(wanted).order_by()


def _count(rows: "QuerySet[OpenDuty]") -> None:
    counted = rows.order_by().values_list("area", "duty").annotate(many=Count("pk"), soonest=Min("due_on"))
    loading.insert(DutyCount, ["area", "duty", "many", "soonest"], list(counted))


def _rebuilt(today: date) -> int:
    """Compute everything in temporary tables and write the differences."""
    loading.plan_for_many()
    _reckon_whole(today)
    own = ", ".join(f'"{name}"' for name in _COLUMNS)
    same = " AND ".join(f'there."{name}" = o."{name}"' for name in _COLUMNS)
    table = OpenDuty._meta.db_table
    changed = 0
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table} AS o WHERE NOT EXISTS (SELECT 1 FROM duty_now AS there WHERE {same})")
        changed += cursor.rowcount
        # As a set difference: otherwise a table that is still empty would be scanned for each inserted row.
        cursor.execute(f"INSERT INTO {table} ({own}) SELECT {own} FROM duty_now EXCEPT SELECT {own} FROM {table}")
        changed += cursor.rowcount
        _drop(cursor)
    DutyCount.objects.all().delete()
    _count(OpenDuty.objects.all())
    return changed


def _reckon_whole(today: date) -> None:
    """Fill `duty_now` with all open items, one statement per duty; equal due dates are computed once."""
    whole = {f"{at}": zone for at, zone in enumerate(zones())}
    with connection.cursor() as cursor:
        _drop(cursor)
        cursor.execute(
            'CREATE TEMPORARY TABLE duty_found (zone varchar(10), duty varchar(30), area varchar(200), "row" bigint, whose bigint,'
            " since date, number integer, again date)"
        )
        for name, zone in whole.items():
            asked = zone.asked(today)
            for duty in indexed():
                sql, said = _rows(duty, zone, asked).values_list(*_READ).query.sql_with_params()
                cursor.execute(
                    f"INSERT INTO duty_found SELECT '{name}', '{duty.code}', found.* FROM ({sql}) AS found", said
                )
        cursor.execute(
            "CREATE TEMPORARY TABLE duty_day (zone varchar(10), duty varchar(30), since date, number integer, again date, due_on date)"
        )
        cursor.execute("SELECT DISTINCT zone, duty, since, number, again FROM duty_found")
        alike = cursor.fetchall()
        loading.fill("duty_day", ["zone", "duty", "since", "number", "again", "due_on"], [
            (*one, _due(BY_CODE[one[1]], whole[one[0]].asked(today), whole[one[0]].path, *one[2:])) for one in alike
        ])  # fmt: skip
        if connection.vendor == "postgresql":
            cursor.execute("ANALYZE duty_found")
            cursor.execute("ANALYZE duty_day")
        cursor.execute(
            'CREATE TEMPORARY TABLE duty_now AS SELECT duty, area, "row", whose, due_on FROM duty_found'
            " JOIN duty_day USING (zone, duty, since, number, again)"
        )
        if connection.vendor == "postgresql":
            cursor.execute("ANALYZE duty_now")


def _drop(cursor: Any) -> None:
    for table in ("duty_found", "duty_day", "duty_now"):
        cursor.execute(f"DROP TABLE IF EXISTS {table}")


@transaction.atomic
def faults() -> Iterator[str]:
    """Yield for each duty how its index differs from its condition, ignoring what the next update will add."""
    state, today = DutyState.objects.first(), clock.today()
    if state is None or not holds(state):
        return
    waiting = touched(state.entries_since(_AGAIN))
    if waiting.everybody:
        return
    _reckon_whole(today)
    with connection.cursor() as cursor:
        names = ", ".join(f'"{name}"' for name in _COLUMNS)
        sides = [f"SELECT {names} FROM duty_now", f"SELECT {names} FROM {OpenDuty._meta.db_table}"]
        found: dict[str, int] = defaultdict(int)
        for one, other in (sides, sides[::-1]):
            cursor.execute(f"{one} EXCEPT {other}")
            for code, _, _, whose, _ in cursor.fetchall():
                found[code] += whose not in waiting.whose[kind(BY_CODE[code])]
        _drop(cursor)
    counted = dict(OpenDuty.objects.order_by().values_list("duty").annotate(many=Count("pk")))
    summed: dict[str, int] = defaultdict(int)
    for code, many in DutyCount.objects.order_by().values_list("duty", "many"):
        summed[code] += many
    for code in {code for code in BY_CODE if counted.get(code, 0) != summed[code]}:
        found[code] += 1
    for code, many in sorted(found.items()):
        if many:
            yield say("要办的事“{duty}”：索引与情况不符的有{count}条", duty=say(BY_CODE[code].label), count=many)
