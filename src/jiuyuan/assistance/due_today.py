"""What is due for a user today: the index (`duty_index`), with files changed since its last update recomputed."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from functools import cache, partial
from typing import Any

from django.db import connection
from django.db.models import F, Q, QuerySet, Sum, Window
from django.db.models.functions import RowNumber

from jiuyuan import clock
from jiuyuan.agencies.models import User
from jiuyuan.agencies.roles import Role
from jiuyuan.applications.in_record import by_kind
from jiuyuan.assistance import duty_index, offer_counts
from jiuyuan.assistance.duties import ABOUT, BY_CODE, DUTIES, every
from jiuyuan.assistance.duty import AsOf, DueDuty, Duty
from jiuyuan.assistance.duty_index import Open, Touched
from jiuyuan.assistance.models import DutyCount, DutyState, OpenDuty, Plan
from jiuyuan.history.models import Entry
from jiuyuan.speed.counts import how_many, rows_after, rows_of
from jiuyuan.speed.rows import belonging_to_any

#: Entries that also affect offices other than where they were made: of helpers, and of people who moved away.
_ELSEWHERE = Q(file__startswith="account:") | Q(file__startswith="agency:") | Q(action="file_moved")


class OpenToday:
    """The open items of some duties for a user now.

    `counts`: the number for each duty, regardless of when it is due.
    """

    def __init__(self, user: User, among: Iterable[Duty] | None = None) -> None:
        self._asked = AsOf(user, clock.today())
        known = DUTIES if among is None else among
        seen = [one for one in known if Role(user.role) in duty_index.model_of(one).scope.roles]
        self._duties = {one.code: one for one in seen if not one.of_office}
        here = (user.pk, user.role, user.agency_id, user.area)
        some = (one for one in seen if one.of_office and how_many((one.code, *here), partial(one.open, self._asked)))
        self._of_office = {one.code: list(every(self._asked, one)) for one in some}
        for _ in range(3):
            state = self._load()
            if state == DutyState.objects.values_list("up_to", "looked_at").first():
                break  # the index was not updated meanwhile

    def _load(self) -> tuple[Any, ...] | None:
        state, area = DutyState.objects.first(), self._asked.user.area
        self._touched = _touched_since(state, area) if duty_index.holds(state) else Touched({}, everybody=True)
        found: Iterable[Open] = ()
        if area and self._touched:
            found = duty_index.reckoned(self._asked.day, area, self._duties.values(), self._touched)
        self._new: dict[str, list[Open]] = defaultdict(list)
        for one in sorted(found, key=lambda one: one.place):
            self._new[one.duty].append(one)
        self.counts = Counter({code: len(rows) for code, rows in self._new.items()})
        if area and not self._touched.everybody:
            self.counts.update(dict(rows_of(("all", area, *self._duties), self._all)))
            if self._touched:
                gone = duty_index.kept(self._touched).filter(area__begins=area, duty__in=self._duties)
                self.counts.subtract(gone.values_list("duty", flat=True))
        self.counts.update({code: len(due) for code, due in self._of_office.items()})
        return (state.up_to, state.looked_at) if state else None

    def soonest(self, most: int) -> dict[str, list[DueDuty]]:
        """The first items of each duty that are due within the days shown, soonest first."""
        found: dict[str, list[Open]] = defaultdict(list)
        if self._asked.user.area and not self._touched.everybody:
            for one in self._first(most):
                found[one.duty].append(one)
        for code, rows in self._new.items():
            until = self._duties[code].shown_until(self._asked)
            found[code] = sorted(
                [*found[code], *(one for one in rows if one.due_on <= until)], key=lambda one: one.place
            )
        due = self._with_rows([one for rows in found.values() for one in rows[:most]])
        for code, rows_of_office in self._of_office.items():
            until = BY_CODE[code].shown_until(self._asked)
            if first := [one for one in rows_of_office if one.on <= until][:most]:
                due[code] = first
        return due

    def _first(self, most: int) -> list[Open]:
        """The first items of each duty from the offices with the soonest ones, without touched files."""
        parts: list[str] = []
        said: list[Any] = []
        whose = {code: self._touched.whose.get(duty_index.kind(duty), ()) for code, duty in self._duties.items()}
        enough = most + max(map(len, whose.values()), default=0)  # some may be dropped later
        near = ("near", enough, self._asked.user.area, *self._duties)
        for at, code in rows_of(near, partial(self._near, enough)):
            parts.append(_FIRST)
            said += [at, code, self._duties[code].shown_until(self._asked), enough]
        found = []
        for start in range(0, len(parts), _MOST_PARTS):
            with connection.cursor() as cursor:
                arms = (f"SELECT * FROM ({part}) AS part" for part in parts[start : start + _MOST_PARTS])
                cursor.execute(" UNION ALL ".join(arms), said[start * 4 : (start + _MOST_PARTS) * 4])
                found += [
                    Open(code, at, row, who, duty_index.day_of(day)) for code, at, row, who, day in cursor.fetchall()
                ]
        return sorted((one for one in found if one.whose not in whose[one.duty]), key=lambda one: one.place)

    def _cells(self) -> "QuerySet[Any]":
        return DutyCount.objects.filter(area__begins=self._asked.user.area, duty__in=self._duties).order_by()

    def _all(self) -> "QuerySet[Any]":
        """The number of items of each duty."""
        return self._cells().values_list("duty").annotate(all=Sum("many"))

    def _near(self, enough: int) -> "QuerySet[Any]":
        """The offices that together have the soonest items of each duty."""
        place = Window(RowNumber(), partition_by=F("duty"), order_by=[F("soonest"), F("area")])
        return self._cells().annotate(place=place).filter(place__lte=enough).values_list("area", "duty")

    def page(self, duty: Duty, start: int, most: int) -> list[DueDuty]:
        """A page of a duty's items from a position on, soonest first, regardless of when they are due."""
        if duty.of_office:
            return self._of_office.get(duty.code, [])[start : start + most]
        if duty.code not in self._duties or not self._asked.user.area:
            return []
        rows: list[Open] = list(self._new[duty.code])
        if not self._touched.everybody:
            there = OpenDuty.objects.filter(duty=duty.code, area__begins=self._asked.user.area)
            there = there.exclude(whose__in=self._touched.whose.get(duty_index.kind(duty), ()))
            kept = there.order_by("due_on", "row").values_list("duty", "area", "row", "whose", "due_on")
            rows = sorted([*rows, *(Open(*one) for one in kept[: start + most])], key=lambda one: one.place)
        return self._with_rows(rows[start : start + most])[duty.code]

    def _with_rows(self, found: Sequence[Open]) -> dict[str, list[DueDuty]]:
        """The items with their rows loaded as lists show them, one query per model."""
        models = {code: duty_index.model_of(self._duties[code]) for code in {one.duty for one in found}}
        keys: dict[Any, set[int]] = defaultdict(set)
        for one in found:
            keys[models[one.duty]].add(one.row)
        rows = {model: {row.pk: row for row in self._shown(model, sorted(pks))} for model, pks in keys.items()}
        due: dict[str, list[DueDuty]] = defaultdict(list)
        for one in found:
            duty, row = self._duties[one.duty], rows[models[one.duty]].get(one.row)
            if row is not None:
                due[one.duty].append(DueDuty(row, one.due_on, duty.what(row) if duty.what else ""))
        return due

    def _shown(self, model: Any, keys: Sequence[int]) -> Iterable[Any]:
        user, shown = self._asked.user, ABOUT[model].shown
        if model is Plan:
            rows = offer_counts.counting(Plan.objects.visible_to(user).filter(pk__in=keys), self._asked.day)
            return rows.select_related(*shown)
        found = belonging_to_any(model, model._meta.pk.column, keys, *_whole_ways(shown))
        return [row for row in found if model.scope.holds(user, row)]


@cache
def _whole_ways(ends: tuple[str, ...]) -> tuple[str, ...]:
    """Lookup paths with all their prefixes: for `recognition__person` also `recognition`."""
    parts = (end.split("__") for end in ends)
    return tuple(dict.fromkeys("__".join(way[:at]) for way in parts for at in range(1, len(way) + 1)))


_FIRST = (
    f'SELECT duty, area, "row", whose, due_on FROM {OpenDuty._meta.db_table}'
    ' WHERE area = %s AND duty = %s AND due_on <= %s ORDER BY due_on, "row" LIMIT %s'
)
_MOST_PARTS = 400  # per statement


def _touched_since(state: DutyState | None, area: str) -> Touched:
    assert state is not None

    def files(after: int) -> "QuerySet[Any]":
        entries = Entry.objects.unscoped().filter(Q(area__begins=area) | _ELSEWHERE, pk__gt=after)
        return entries.order_by().values_list("file").distinct()

    return duty_index.touched_by(by_kind(file for (file,) in rows_after(("touched", area), files, state.up_to)))
