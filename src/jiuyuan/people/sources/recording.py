"""A department's rows as facts of people on file: many at once, by the very rules of `people.services.record_facts`.

One `Recorder` lives for one run of one batch. `settle` is called once a chunk, inside its transaction: it reads the heads of
the chains first, then what stands, weighs each row in its order, and writes facts, the row that screening reads and the acts.
"""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

from jiuyuan import clock, loading, masking
from jiuyuan.encryption import blind_index
from jiuyuan.history import services as history
from jiuyuan.people import services
from jiuyuan.people.contact import same_name
from jiuyuan.people.fact_rows import Held, held_about
from jiuyuan.people.facts import superseded_by
from jiuyuan.people.models import KNOWN, Fact, ImportBatch, ImportRow, KnownFacts, LicenceRecord, Person, Source
from jiuyuan.people.sources import licences
from jiuyuan.people.sources.mapping import DepartmentMapping, Faulty, Licence, Reading, load
from jiuyuan.people.sources.reading import Table
from jiuyuan.people.sources.running import Settled
from jiuyuan.rules.facts import FACTS, own_facts
from jiuyuan.spreadsheets.cells import Cell

Outcome = ImportRow.Outcome
_SHARED, _MATCHED, _CHANGED = str(Source.SHARED_DATA), str(Outcome.MATCHED), str(Outcome.CHANGED)
_COLUMNS = frozenset({*KNOWN, "contradicted"})
_UNKNOWN_YET = "尚不清楚"
_OTHER_NAME = "身份证号码在册，但姓名与登记的不一致，请核对；确实改过名的，先到窗口更正。"
_LATER_ROW = "同一文件中另有较晚的一行，以那一行为准。"
_NOTHING_SAID = "这一行没有能用的内容，请检查状态各列是否填写。"


class Known(NamedTuple):
    """Somebody on file."""

    pk: int
    name: str
    area: str


@dataclass(slots=True)
class Prepared:
    """The rows of a chunk as read: number, blind index and content."""

    readings: list[tuple[int, str, Reading]] = field(default_factory=list)
    faulty: list[Settled] = field(default_factory=list)


@dataclass(slots=True)
class _Chunk:
    """What one chunk reads and is about to write."""

    standing: dict[int, dict[str, list[Held]]]
    licences: dict[int, list[Any]]
    new: list[tuple[int, str, Held, str]] = field(default_factory=list)
    superseded: list[Held] = field(default_factory=list)
    records: list[tuple[int, int, Reading]] = field(default_factory=list)
    known: dict[int, dict[str, Any]] = field(default_factory=lambda: defaultdict(dict))
    acts: list[history.Act] = field(default_factory=list)


def work_for(batch: ImportBatch) -> "Recorder":
    """The work on a department's file. Raises `mapping.Unusable`."""
    return Recorder(batch, load(batch.kind))


class Recorder:
    """The work of a run over a department's file."""

    def __init__(self, batch: ImportBatch, mapping: DepartmentMapping) -> None:
        self._batch, self._mapping = batch, mapping
        self._pk, self._provider = batch.pk, mapping.provider
        self._evidence: dict[date, str] = {}
        self._file_name = masking.text(batch.file_name)
        self.wanted, self.needed = mapping.columns, mapping.needed
        names = {rule.fact for rule in mapping.rules}
        self._names = sorted(names | ({"business_registered", "company_office_held"} if mapping.licences else set()))

    def begin(self, table: Table) -> None:
        self._read = self._mapping.reader(table.places, self._batch.observed_on, clock.today(), table.first_day)

    def prepare(self, rows: Sequence[tuple[int, Sequence[Cell]]]) -> Prepared:
        """Read the rows; those that are faulty are settled already."""
        prepared = Prepared()
        for number, cells in rows:
            try:
                reading = self._read(cells)
            except Faulty as faulty:
                columns = ",".join(dict.fromkeys(column for column, _ in faulty.faults))
                prepared.faulty.append(Settled(number, Outcome.REJECTED, None, masking.text(str(faulty)), columns))
                continue
            prepared.readings.append((number, blind_index(reading.id_number), reading))
        return prepared

    def settle(self, prepared: Prepared, dry: bool) -> list[Settled]:
        """What becomes of each row; written unless `dry`, where a row is weighed against what is on file before the chunk."""
        settled = list(prepared.faulty)
        people = self._people([index for _, index, _ in prepared.readings])
        matched: list[tuple[int, Known, Reading]] = []
        for number, index, reading in prepared.readings:
            person = people.get(index)
            if person is None:
                settled.append(Settled(number, Outcome.UNKNOWN))
            elif reading.name and not same_name(reading.name, person.name):
                settled.append(Settled(number, Outcome.REJECTED, person.pk, _OTHER_NAME, "name"))
            elif not reading.facts and reading.licence is None:
                message = "；".join(reading.notes) or _NOTHING_SAID
                settled.append(Settled(number, Outcome.REJECTED, person.pk, message))
            else:
                matched.append((number, person, reading))
        settled += self._weighed(matched, dry)
        return settled

    def _people(self, indexes: Sequence[str]) -> dict[str, Known]:
        found = people_by_index(indexes)
        return {index: person for index, person in found.items() if person.area.startswith(self._batch.area)}

    def _weighed(self, matched: Sequence[tuple[int, Known, Reading]], dry: bool) -> list[Settled]:
        keys = list({person.pk for _, person, _ in matched})
        heads = {} if dry else history.heads_of(f"person:{key}" for key in keys)
        chunk = _Chunk(self._standing(keys), self._licences(keys) if self._mapping.licences else {})
        settled = [self._row(chunk, number, person, reading) for number, person, reading in matched]
        if not dry:
            self._write(chunk, heads)
        return settled

    def _standing(self, keys: Sequence[int]) -> dict[int, dict[str, list[Held]]]:
        standing: dict[int, dict[str, list[Held]]] = defaultdict(dict)
        for key, facts in held_about(keys, self._names).items():
            for held in facts:
                standing[key].setdefault(held.name, []).append(held)
        return standing

    def _licences(self, keys: Sequence[int]) -> dict[int, list[Any]]:
        found: dict[int, list[Any]] = defaultdict(list)
        sql = (
            "SELECT person_id, licence, part, organisation, status, changed_on FROM people_licencerecord "
            "WHERE person_id {among} AND withdrawn_at IS NULL ORDER BY id"
        )
        for key, licence, part, organisation, status, changed_on in loading.among(sql, keys):
            found[key].append(Licence(licence, part, organisation, status, _day(changed_on)))
        return found

    def _row(self, chunk: _Chunk, number: int, person: Known, reading: Reading) -> Settled:
        values: Mapping[str, Any] = reading.facts
        derived: Mapping[str, Any] = {}
        if reading.licence is not None:
            records = chunk.licences[person.pk]
            if reading.licence not in records:
                records.append(reading.licence)
                chunk.records.append((person.pk, number, reading))
            derived = licences.facts_from(records)
            values = {**values, **derived}
        standing = chunk.standing[person.pk]
        newest = self._newest_of_file(standing, values) if self._mapping.latest_by else None
        if newest is False:
            return Settled(number, Outcome.MATCHED, person.pk, _LATER_ROW)
        evidence = f"{self._said_on(reading.observed_on)}第{number}行"
        outcome, messages, recorded = _MATCHED, list(reading.notes), {}
        written: dict[str, list[Held]] = {}
        for name, value in values.items():
            held = standing.setdefault(name, [])
            before = _stands(held)
            new = Held(value, _SHARED, self._provider, reading.observed_on, self._pk)
            replaced = self._replaced(new, held, whole=newest is True or name in derived)
            if isinstance(replaced, str):
                messages += [f"{FACTS[name].label}：{replaced}"] if replaced else []
            else:
                for old in replaced:
                    old.superseded = new
                    held.remove(old)
                chunk.superseded += replaced
                held.append(new)
                chunk.new.append((person.pk, name, new, evidence))
                recorded[name] = value
                written[name] = [new, *replaced]
            after = _stands(held)
            if after != before:
                chunk.known[person.pk][name] = after
            if len(held) > 1 and any(old.disputed or old.value != value for old in held):
                outcome = Outcome.CONTRADICTED
                chunk.known[person.pk]["contradicted"] = True
                messages.append(_contradiction(name, value, held))
            elif after != before:
                messages.append(_change(name, before, after))
                outcome = _CHANGED if outcome == _MATCHED else outcome
        if recorded:
            payload = {
                "facts": recorded, "source": _SHARED, "department": self._provider, "evidence": evidence, "batch": self._pk,
                "observed_on": reading.observed_on, "written": written,
            }  # fmt: skip
            chunk.acts.append(history.Act(f"person:{person.pk}", "facts_recorded", payload, person.area))
        return Settled(number, outcome, person.pk, "；".join(messages))

    def _said_on(self, day: date) -> str:
        """The evidence of a fact but for the row."""
        if day not in self._evidence:
            self._evidence[day] = f"{self._provider}{day:%Y年%-m月%-d日}数据，{self._file_name}"
        return self._evidence[day]

    def _newest_of_file(self, standing: Mapping[str, list[Held]], values: Mapping[str, Any]) -> bool | None:
        """Whether, of several rows of the file about one person, this is the later one; None where there is no other."""
        name = self._mapping.latest_by
        own = [old for old in standing.get(name, ()) if old.batch_id == self._batch.pk] if name in values else []
        if not own or own[-1].value == values[name]:
            return None
        return bool(values[name] > own[-1].value)

    def _replaced(self, new: Held, held: Sequence[Held], whole: bool) -> "list[Held] | str":
        """The facts that a new one takes the place of; a sentence where it is not taken, empty where it says nothing new.

        Several rows of one file about one person: "yes" outweighs "no", for a person has several insurances, licences or
        allowances. `whole`: the row speaks for all the rows before it.
        """
        if not held:
            return []
        own = [old for old in held if old.batch_id == new.batch_id]
        for old in own:
            if old.value == new.value or (old.value is True and new.value is False and not whole):
                return ""
        if not whole:
            for old in held:
                same = old.source == new.source and old.department == new.department
                if same and old.observed_on > new.observed_on:
                    return f"已有{old.observed_on:%Y年%-m月%-d日}的数据，比这一行新，没有采用"
        replaced = [old for old in own if not old.disputed and (whole or new.value is True)]
        return [old for old in held if old in replaced or superseded_by(new, old)]

    def _write(self, chunk: _Chunk, heads: Mapping[str, tuple[int, str]]) -> None:
        at, by = clock.now(), self._batch.by
        username, name_of_clerk = by.username, by.name
        for key, (_, _, new, _) in zip(loading.next_keys(Fact, len(chunk.new)), chunk.new, strict=True):
            new.pk = key
        for act in chunk.acts:  # their keys are known now
            of_act: dict[str, Any] = act.payload["written"]
            of_act.update({name: [held.pk for held in facts] for name, facts in of_act.items()})
        written = {id(new) for _, _, new, _ in chunk.new}
        loading.insert(
            Fact,
            ("id", "person_id", "name", "value", "source", "department", "evidence", "observed_on", "recorded_at",
             "recorded_by", "recorded_by_name", "settlement", "disputed", "dispute", "batch_id", "superseded_by_id"),
            (
                (new.pk, key, name, _json(new.value), new.source, new.department, evidence, new.observed_on, at,
                 username, name_of_clerk, "", False, "", self._pk, new.superseded.pk if new.superseded else None)
                for key, name, new, evidence in chunk.new
            ),
        )  # fmt: skip
        superseded = [
            (old.pk, old.superseded.pk) for old in chunk.superseded if old.superseded and id(old) not in written
        ]
        loading.update(Fact, "id", ["superseded_by_id"], superseded)
        loading.insert(
            LicenceRecord,
            ("person_id", "licence", "part", "organisation", "status", "changed_on", "observed_on", "batch_id", "row"),
            (
                (key, said.licence.licence, said.licence.part, said.licence.organisation, said.licence.status,
                 said.licence.changed_on, said.observed_on, self._pk, row)
                for key, row, said in chunk.records if said.licence
            ),
        )  # fmt: skip
        update_known(chunk.known)
        history.append_many(by.actor, chunk.acts, heads)


def people_by_index(indexes: Sequence[str]) -> dict[str, Known]:
    """Those on file with these numbers. The index is unique: a number never means several; one that was typed wrongly once
    means the person whose file its own was merged into."""
    sql = "SELECT id_index, id, name, area, merged_into_id FROM people_person WHERE id_index {among}"
    typed = loading.among(sql, list(set(indexes)))
    # Not one statement with a join: for a thousand numbers the database would rather read everybody on file.
    merged = [into for *_, into in typed if into is not None]
    kept = {row[0]: row for row in loading.among("SELECT id, name, area FROM people_person WHERE id {among}", merged)}
    return {index: Known(*kept.get(into, own)) for index, *own, into in typed}


def update_known(changed: Mapping[int, Mapping[str, Any]]) -> None:
    """Bring what screening reads up to date: by person, the facts whose standing value changed."""
    groups: dict[tuple[str, ...], list[tuple[Any, ...]]] = defaultdict(list)
    own = _own_of([key for key, values in changed.items() if not values.keys() <= _COLUMNS])
    for key, values in changed.items():
        if key in own:
            values = {name: value for name, value in values.items() if name in _COLUMNS} | {"own": own[key]}
        names = tuple(sorted(values))
        groups[names].append((key, *(values[name] for name in names)))
    for names, rows in groups.items():
        if loading.update(KnownFacts, "person_id", names, rows) < len(rows):
            keys = [row[0] for row in rows]
            there = set(KnownFacts.objects.unscoped().filter(pk__in=keys).values_list("pk", flat=True))
            for person in Person.objects.unscoped().filter(pk__in=set(keys) - there):
                services.refresh_known(person)


def _own_of(people: Sequence[int]) -> dict[int, str | None]:
    """What stands of the regions' own facts about each of these people, as their one column keeps it."""
    found: dict[int, dict[str, list[Held]]] = {key: defaultdict(list) for key in people}
    if names := own_facts():
        for key, facts in held_about(people, names).items():
            for held in facts:
                found[key][held.name].append(held)
    stands = {key: {name: _stands(held) for name, held in by_name.items()} for key, by_name in found.items()}
    known = {key: {name: value for name, value in of.items() if value is not None} for key, of in stands.items()}
    return {key: json.dumps(of, ensure_ascii=False) if of else None for key, of in known.items()}


def shown(name: str, value: Any) -> str:
    """A value in words."""
    if value is None:
        return _UNKNOWN_YET
    if isinstance(value, bool):
        return "是" if value else "否"
    return FACTS[name].choices.get(value, str(value)) if FACTS[name].choices else str(value)


@lru_cache(maxsize=10_000, typed=True)
def _change(name: str, before: Any, after: Any) -> str:
    return f"{FACTS[name].label}：{shown(name, before)}→{shown(name, after)}"


def _contradiction(name: str, value: Any, held: Sequence[Held]) -> str:
    label = FACTS[name].label
    if any(old.disputed for old in held):
        return f"{label}：本人有异议，待核实"
    other = next(old for old in held if old.value != value)
    return f"{label}：这一行是“{shown(name, value)}”，与{Source(other.source).label}“{shown(name, other.value)}”矛盾"


def _stands(held: Sequence[Held]) -> Any:
    """As `facts.Standing.value`."""
    if not held or any(old.disputed for old in held):
        return None
    return held[0].value if all(old.value == held[0].value for old in held) else None


@lru_cache(maxsize=10_000, typed=True)
def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _day(stored: "date | str") -> date:
    return date.fromisoformat(stored) if isinstance(stored, str) else stored
