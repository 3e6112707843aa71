"""Updates the tallies in the worker and at night: contributions are computed first,
then written in short transactions.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta

from django.db import transaction
from django.db.models.functions import Mod

from jiuyuan import clock, loading
from jiuyuan.history.progress import last_entry
from jiuyuan.oversight.figures import shares, tallies
from jiuyuan.oversight.figures.shares import Happening
from jiuyuan.oversight.figures.tallies import NOW_MONTH
from jiuyuan.oversight.models import FigureTally, PersonShare, TallyState
from jiuyuan.people.models import Person
from jiuyuan.wording import say

#: Acts uncommitted during the last update are read again.
_AGAIN = timedelta(minutes=10)
_MANY = 5_000
_TURNS = 28  # everybody is recomputed once in this many nights
Key = tuple[str, str, date, str, str, str]
KEY = ("area", "by", "month", "code", "detail", "part")


def behind() -> bool:
    """Whether an update is needed."""
    return TallyState.behind(tallies.rules(clock.today()))


def rebuild() -> int:
    """Rebuild all tallies."""
    TallyState.objects.update(rules="")
    return keep_up()


def keep_up(again: timedelta = _AGAIN, turn: int | None = None) -> int:
    """Update the tallies from the record. Returns how many people's contributions changed.

    `turn`: also recompute this 28th of all people, so that errors do not last. People are not locked while
    computing: later entries wait for the next update. If another update wrote meanwhile, this one stops.
    """
    today = clock.today()
    rules, state, last = tallies.rules(today), TallyState.objects.first(), last_entry()
    if state is None or state.rules != rules:
        state = _emptied(state, today)
        everybody = Person.objects.unscoped().order_by("area", "pk").values_list("pk", flat=True)
        whom = list(everybody) if state else []
    else:
        whom = sorted(_whom(state, today, again, turn))
    changed = 0
    for at in range(0, max(len(whom), 1), _MANY):
        some = whom[at : at + _MANY]
        reckoned = shares.reckon(today, shares.codes(), among=some)
        with transaction.atomic():
            if state is None or not state.hold():
                break
            changed += _keep(some, reckoned)
            if at + _MANY >= len(whom):
                state.reached(last, rules)
    return changed


def _emptied(state: TallyState | None, today: date) -> TallyState | None:
    """Empty the tallies, which counts as having none until everybody is computed;
    None if another update is doing that.
    """
    with transaction.atomic():
        if state is None:
            first = {"up_to": 0, "looked_at": clock.now(), "day": today}
            state, _ = TallyState.objects.get_or_create(pk=1, defaults=first)
        if not state.hold():
            return None
        state.rules = ""
        state.save(update_fields=["rules"])
        FigureTally.objects.all().delete()
        PersonShare.objects.all().delete()
    return state


def _whom(state: TallyState, today: date, again: timedelta, turn: int | None) -> set[int]:
    found = tallies.touched(state, today) | tallies.in_files(state.entries_since(again))
    if turn is not None:
        everybody = Person.objects.unscoped().annotate(turn=Mod("pk", _TURNS)).filter(turn=turn % _TURNS)
        found.update(everybody.values_list("pk", flat=True))
    return found


def _keep(people: Sequence[int], reckoned: Mapping[int, list[Happening]]) -> int:
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
    """Yield the keys (`KEY`) of the tallies to which a row belongs."""
    month = date.fromisoformat(one.day).replace(day=1) if one.day else NOW_MONTH
    around = shares.paths_of(one.area)
    for by in shares.divisions(one.code):
        for part in one.parts(by):
            for area in around if by != "helper" else around[-1:]:
                yield area, by, month, one.code, one.detail, part


def _apply(more: dict[Key, Counter[str]]) -> None:
    """Add to the tallies and delete those that become zero."""
    more = {key: days for key, days in more.items() if any(days.values())}
    if not more:
        return
    areas, ways, months, codes = ({key[place] for key in more} for place in range(4))
    there = FigureTally.objects.filter(area__in=areas, by__in=ways, month__in=months, code__in=codes).order_by()
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
    """Yield the differences of the tallies from the contributions, and of these from a recount, as sentences.

    People waiting for the next update are left out.
    """
    state, today = TallyState.objects.first(), clock.today()
    if state is None or state.rules != tallies.rules(today):
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
    waiting = tallies.touched(state, today)
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
