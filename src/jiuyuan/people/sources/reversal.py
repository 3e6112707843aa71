"""Withdraws an import as a whole: its facts no longer count, and what they superseded stands again.

Works in chunks of people, one transaction each. Finished rows have `withdrawn_at`, so an interrupted run
continues with the rest.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.db import IntegrityError, OperationalError, transaction

from jiuyuan import clock, loading
from jiuyuan.history import services as history
from jiuyuan.people import facts as standing_facts
from jiuyuan.people.fact_writer import update_known
from jiuyuan.people.facts import contradicted_among
from jiuyuan.people.models import Fact, ImportBatch, LicenceRecord, Person, Source
from jiuyuan.people.services import record_facts
from jiuyuan.people.sources import licences
from jiuyuan.people.sources.running import Elsewhere, Progress
from jiuyuan.people.sources.workflow import IMPORT
from jiuyuan.procedures import engine
from jiuyuan.wording import for_record

CHUNK = 1_000
#: Called in the same transaction with the withdrawn facts by person, except those that another source verifies: finds
#: acts based on them, warns deciders and tells the people. Decisions stand until somebody decides anew.
LOOK_AGAIN: list[Callable[[Mapping[int, Sequence[Fact]]], None]] = []
_TRIES = 6
Status = ImportBatch.Status


def run(batch_id: int, progress: Progress | None = None) -> ImportBatch:
    """Withdraw the rest of a batch. Raises `Elsewhere` if it is in another state."""
    batch = ImportBatch.objects.unscoped().select_related("withdrawn_by__agency").get(pk=batch_id)
    if batch.status != Status.WITHDRAWING:
        raise Elsewhere
    left = _people_left(batch)
    while keys := list(left[:CHUNK]):
        _take_back(batch, keys)
        if progress:
            progress(batch.undone, batch.undone)
    withdrawn: ImportBatch = engine.act(None, IMPORT, batch.pk, "withdrawn", machine="worker")
    return withdrawn


def _people_left(batch: ImportBatch) -> Any:
    """The people with facts of the batch, by primary key."""
    facts = Fact.objects.unscoped().filter(batch=batch, withdrawn_at=None).order_by().values_list("person_id")
    records = LicenceRecord.objects.unscoped().filter(batch=batch, withdrawn_at=None).values_list("person_id")
    people = Person.objects.unscoped()
    return (people.filter(pk__in=facts) | people.filter(pk__in=records)).order_by("pk").values_list("pk", flat=True)


def _actor(batch: ImportBatch) -> history.Actor:
    return batch.withdrawn_by.actor if batch.withdrawn_by else history.SYSTEM


def _take_back(batch: ImportBatch, keys: list[int]) -> None:
    for attempt in range(1, _TRIES + 1):
        try:
            with transaction.atomic():
                _mine(batch)
                _one_chunk(batch, keys)
                rows = ImportBatch.objects.unscoped().filter(pk=batch.pk)
                rows.update(undone=batch.undone + len(keys))
            batch.undone += len(keys)
            return
        except (IntegrityError, OperationalError):
            if attempt == _TRIES:
                raise


def _mine(batch: ImportBatch) -> None:
    rows = ImportBatch.objects.unscoped().select_for_update().filter(pk=batch.pk)
    if rows.values_list("status", "undone").first() != (batch.status, batch.undone):
        raise Elsewhere


def _one_chunk(batch: ImportBatch, keys: list[int]) -> None:
    at = clock.now()
    heads = history.heads_of(f"person:{key}" for key in keys)
    people = {person.pk: person for person in Person.objects.unscoped().filter(pk__in=keys)}
    of_batch = Fact.objects.unscoped().filter(batch=batch, person__in=keys, withdrawn_at=None)
    names = set(of_batch.values_list("name", flat=True).distinct())
    groups: dict[tuple[int, str], list[Fact]] = defaultdict(list)
    for fact in Fact.objects.unscoped().filter(person__in=keys, name__in=names).order_by("pk"):
        groups[fact.person_id, fact.name].append(fact)
    withdrawn: list[tuple[int, Any]] = []
    again: list[tuple[int, int | None]] = []
    known: dict[int, dict[str, Any]] = defaultdict(dict)
    gone: dict[int, list[Fact]] = defaultdict(list)
    set_: dict[int, dict[str, Any]] = defaultdict(lambda: {"withdrawn": [], "again": []})
    for (key, name), facts in groups.items():
        taken = [fact for fact in facts if fact.batch_id == batch.pk and fact.withdrawn_at is None]
        if not taken:
            continue
        for fact in taken:
            fact.withdrawn_at = at
            withdrawn.append((fact.pk, at))
            set_[key]["withdrawn"].append(fact.pk)
        for pk, by in standing_facts.replayed(facts).items():
            fact = next(fact for fact in facts if fact.pk == pk)
            if fact.superseded_by_id != by:
                fact.superseded_by_id = by
                again.append((pk, by))
                set_[key]["again"].append([pk, by])
        standing = standing_facts.standing(facts).get(name)
        known[key][name] = standing.value if standing else None
        verified = standing.value if standing and standing.verified else None
        gone[key] += [fact for fact in taken if fact.value != verified]
    loading.update(Fact, "id", ["withdrawn_at"], withdrawn)
    loading.update(Fact, "id", ["superseded_by_id"], again)
    LicenceRecord.objects.unscoped().filter(batch=batch, person__in=keys, withdrawn_at=None).update(withdrawn_at=at)
    there = contradicted_among(list(known))
    update_known({key: {**values, "contradicted": key in there} for key, values in known.items()})
    acts = [
        history.NewAct(
            people[key].file, "facts_withdrawn", {"batch": batch.pk, "facts": values, **set_[key]}, people[key].area
        )
        for key, values in known.items()
    ]
    history.append_many(_actor(batch), acts, heads)
    for look in LOOK_AGAIN if any(gone.values()) else ():
        look({key: facts for key, facts in gone.items() if facts})
    if batch.kind == ImportBatch.Kind.MARKET_REGULATION:
        for person in people.values():
            _say_again_what_follows(batch, person)


def _say_again_what_follows(batch: ImportBatch, person: Person) -> None:
    """Record what the remaining licence records imply:
    a later file may have said "yes" only because of a withdrawn licence.
    """
    records = list(person.licences.filter(withdrawn_at=None).order_by("pk"))
    if not records:
        return
    derived = licences.facts_from(records)
    known = standing_facts.standing(person.facts.all())
    for name, value in derived.items():
        last = max(
            (fact for fact in (known[name].current if name in known else ()) if fact.batch_id and not fact.disputed),
            key=lambda fact: fact.pk,
            default=None,
        )
        if last is not None and last.value != value:
            record_facts(
                _actor(batch), person, {name: value},
                source=Source.SHARED_DATA, department=last.department, observed_on=last.observed_on,
                evidence=for_record("撤回第{pk}批导入后，按其余登记记录重新得出", pk=batch.pk), by_act=True,
            )  # fmt: skip
