"""Records a department's rows as facts of people on file, in bulk, with `people.fact_writer`.

A `Recorder` serves one run of one batch. `settle` is called for each chunk, in its transaction: it reads the
heads of the record first, then the standing facts, weighs each row in order, and writes facts, `KnownFacts` and
the acts.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

from jiuyuan import clock, loading, masking
from jiuyuan.encryption import blind_index, blind_indexes
from jiuyuan.history import services as history
from jiuyuan.people.contact import same_name
from jiuyuan.people.fact_writer import FactWriter, Statement
from jiuyuan.people.facts import FactHeld, held_about
from jiuyuan.people.models import ImportBatch, ImportRow, LicenceRecord, Source
from jiuyuan.people.sources import licences
from jiuyuan.people.sources.mapping import DepartmentMapping, FaultyRow, Licence, Reading, load
from jiuyuan.people.sources.reading import SourceTable
from jiuyuan.people.sources.running import Settled
from jiuyuan.procedures.own_matter import OWN, own_indexes
from jiuyuan.regions import registry
from jiuyuan.rules.facts import FACTS
from jiuyuan.spreadsheets.cells import Cell
from jiuyuan.wording import for_record, in_words, say

Outcome = ImportRow.Outcome
_SHARED, _MATCHED, _CHANGED = str(Source.SHARED_DATA), str(Outcome.MATCHED), str(Outcome.CHANGED)
_UNKNOWN_YET = "尚不清楚"
_OTHER_NAME = "身份证号码在册，但姓名与登记的不一致，请核对；确实改过名的，先到窗口更正。"
_LATER_ROW = "同一文件中另有较晚的一行，以那一行为准。"
_NOTHING_SAID = "这一行没有能用的内容，请检查状态各列是否填写。"


class KnownPerson(NamedTuple):
    """A person with a file."""

    pk: int
    name: str
    area: str


@dataclass(slots=True)
class Prepared:
    """The parsed rows of a chunk: number, blind index and content."""

    readings: list[tuple[int, str, Reading]] = field(default_factory=list)
    faulty: list[Settled] = field(default_factory=list)


@dataclass(slots=True)
class _WritingChunk:
    """What one chunk has read and will write."""

    writer: FactWriter
    licences: dict[int, list[Any]]
    records: list[tuple[int, int, Reading]] = field(default_factory=list)


def work_for(batch: ImportBatch) -> "Recorder":
    """The recorder for a department's file. Raises `mapping.UnusableMapping`."""
    registry.keep_up(clock.today(), again=True)  # include words confirmed a moment ago
    return Recorder(batch, load(batch.kind, batch.area))


class Recorder:
    """Runs the import of a department's file."""

    at_once = 0

    def __init__(self, batch: ImportBatch, mapping: DepartmentMapping) -> None:
        self._batch, self._mapping = batch, mapping
        self._own = own_indexes(batch.by)
        self._pk, self._provider = batch.pk, mapping.provider
        self._evidence: dict[date, str] = {}
        self._file_name = masking.text(batch.file_name)
        self.wanted, self.needed = mapping.columns, mapping.needed
        names = {rule.fact for rule in mapping.rules}
        # For each person the last row of this file and a hash of its contents, to find contradictions within the
        # file.
        self._told: dict[int, tuple[int, int]] = {}
        self._names = sorted(names | ({"business_registered", "company_office_held"} if mapping.licences else set()))

    def begin(self, table: SourceTable) -> None:
        self._read = self._mapping.reader(table.places, self._batch.observed_on, clock.today(), table.first_day)

    def prepare(self, rows: Sequence[tuple[int, Sequence[Cell]]]) -> Prepared:
        """Parse the rows; faulty ones are settled at once."""
        prepared = Prepared()
        for number, cells in rows:
            try:
                reading = self._read(cells)
            except FaultyRow as faulty:
                columns = ",".join(dict.fromkeys(column for column, _ in faulty.faults))
                prepared.faulty.append(Settled(number, Outcome.REJECTED, None, masking.text(str(faulty)), columns))
                continue
            index = blind_index(reading.id_number)
            if index in self._own:
                prepared.faulty.append(Settled(number, Outcome.REJECTED, None, say(OWN)))
                continue
            prepared.readings.append((number, index, reading))
        return prepared

    def settle(self, prepared: Prepared, dry: bool) -> list[Settled]:
        """Compute the result of each row, and write unless `dry`.

        A dry run compares with the state before the chunk.
        """
        settled = list(prepared.faulty)
        people = self._people([index for _, index, _ in prepared.readings])
        matched: list[tuple[int, KnownPerson, Reading]] = []
        for number, index, reading in prepared.readings:
            person = people.get(index)
            if person is None:
                settled.append(Settled(number, Outcome.UNKNOWN))
            elif reading.name and not same_name(reading.name, person.name):
                settled.append(Settled(number, Outcome.REJECTED, person.pk, say(_OTHER_NAME), "name"))
            elif not reading.facts and reading.licence is None:
                message = "；".join(reading.notes) or say(_NOTHING_SAID)
                settled.append(Settled(number, Outcome.REJECTED, person.pk, message))
            else:
                matched.append((number, person, reading))
        settled += self._weighed(matched, dry)
        return settled

    def _people(self, indexes: Sequence[str]) -> dict[str, KnownPerson]:
        found = people_by_index(indexes)
        return {index: person for index, person in found.items() if person.area.startswith(self._batch.area)}

    def _weighed(self, matched: Sequence[tuple[int, KnownPerson, Reading]], dry: bool) -> list[Settled]:
        keys = list({person.pk for _, person, _ in matched})
        heads = {} if dry else history.heads_of(f"person:{key}" for key in keys)
        chunk = _WritingChunk(FactWriter(self._standing(keys)), self._licences(keys) if self._mapping.licences else {})
        settled = [self._row(chunk, number, person, reading) for number, person, reading in matched]
        if not dry:
            self._write(chunk, heads)
        return settled

    def _standing(self, keys: Sequence[int]) -> dict[int, dict[str, list[FactHeld]]]:
        standing: dict[int, dict[str, list[FactHeld]]] = defaultdict(dict)
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

    def _row(self, chunk: _WritingChunk, number: int, person: KnownPerson, reading: Reading) -> Settled:
        values: Mapping[str, Any] = reading.facts
        derived: Mapping[str, Any] = {}
        if reading.licence is not None:
            records = chunk.licences[person.pk]
            if reading.licence not in records:
                records.append(reading.licence)
                chunk.records.append((person.pk, number, reading))
            derived = licences.facts_from(records)
            values = {**values, **derived}
        newest = self._newest_of_file(chunk.writer.standing[person.pk], values) if self._mapping.latest_by else None
        if newest is False:
            return Settled(number, Outcome.MATCHED, person.pk, say(_LATER_ROW))
        evidence = for_record(
            "{observed_on}第{number}行", observed_on=self._said_on(reading.observed_on), number=number
        )
        said = Statement(
            person.pk, person.area, values, _SHARED, self._provider, evidence, reading.observed_on,
            batch=self._pk, whole=values if newest else derived,
        )  # fmt: skip
        outcome, messages = _MATCHED, list(reading.notes)
        other_row = self._told_otherwise(number, person, reading)
        for one in chunk.writer.take(said):
            if other_row and one.value != one.before:
                messages.append(_twice(other_row, one.name, one.after))
            if one.newer:
                day = in_words(one.newer)
                messages.append(
                    say("{label}：已有{day}的数据，比这一行新，没有采用", label=say(FACTS[one.name].label), day=day)
                )
            if one.contradicted:
                outcome = Outcome.CONTRADICTED
                messages.append(_contradiction(one.name, one.value, one.held))
            elif one.after != one.before:
                messages.append(_change(one.name, one.before, one.after))
                outcome = _CHANGED if outcome == _MATCHED else outcome
        return Settled(number, outcome, person.pk, "；".join(messages))

    def _told_otherwise(self, number: int, person: KnownPerson, reading: Reading) -> int:
        """The earlier row of this file with other contents about the same person; 0 if none."""
        if reading.licence is not None:  # a person may have several
            return 0
        now = number, hash(tuple(sorted(map(str, reading.facts.items()))))
        row, said = self._told.get(person.pk, now)
        self._told[person.pk] = now
        return 0 if said == now[1] else row

    def _said_on(self, day: date) -> str:
        """The evidence of a fact, without the row number."""
        if day not in self._evidence:
            self._evidence[day] = say(
                "{provider}{day:date}数据，{file_name}",
                provider=self._provider,
                day=day,
                file_name=self._file_name,
            )
        return self._evidence[day]

    def _newest_of_file(self, standing: Mapping[str, list[FactHeld]], values: Mapping[str, Any]) -> bool | None:
        """Whether this row is the latest of the file's rows about the person; None if there is no other."""
        name = self._mapping.latest_by
        own = [old for old in standing.get(name, ()) if old.batch_id == self._batch.pk] if name in values else []
        if not own or own[-1].value == values[name]:
            return None
        return bool(values[name] > own[-1].value)

    def _write(self, chunk: _WritingChunk, heads: Mapping[str, tuple[int, str]]) -> None:
        acts = chunk.writer.write(self._batch.by.actor)
        loading.insert(
            LicenceRecord,
            ("person_id", "licence", "part", "organisation", "status", "changed_on", "observed_on", "batch_id", "row"),
            (
                (key, said.licence.licence, said.licence.part, said.licence.organisation, said.licence.status,
                 said.licence.changed_on, said.observed_on, self._pk, row)
                for key, row, said in chunk.records if said.licence
            ),
        )  # fmt: skip
        history.append_many(self._batch.by.actor, acts, heads)


def people_by_index(indexes: Sequence[str]) -> dict[str, KnownPerson]:
    """The people with these blind indexes.

    The index is unique. A number once mistyped leads to the person into whose file its own was merged.
    """
    sql = "SELECT id_index, id, name, area, merged_into_id FROM people_person WHERE id_index {among}"
    asked = {one: index for index in indexes for one in blind_indexes(index)}
    typed = loading.among(sql, list(asked))
    # Two statements: with a join, the database would read all people for a thousand numbers.
    merged = [into for *_, into in typed if into is not None]
    kept = {row[0]: row for row in loading.among("SELECT id, name, area FROM people_person WHERE id {among}", merged)}
    return {asked[index]: KnownPerson(*kept.get(into, own)) for index, *own, into in typed}


def shown(name: str, value: Any) -> str:
    """The value in words."""
    if value is None:
        return say(_UNKNOWN_YET)
    if isinstance(value, bool):
        return say("是") if value else say("否")
    return FACTS[name].choices.get(value, str(value)) if FACTS[name].choices else str(value)


@lru_cache(maxsize=10_000, typed=True)
def _change(name: str, before: Any, after: Any) -> str:
    return f"{say(FACTS[name].label)}：{shown(name, before)}→{shown(name, after)}"


def _twice(row: int, name: str, taken: Any) -> str:
    words = {"row": row, "label": say(FACTS[name].label), "taken": shown(name, taken)}
    return say("同一人在本文件第{row}行说的不一样，{label}以“{taken}”为准，请核对", **words)


def _contradiction(name: str, value: Any, held: Sequence[FactHeld]) -> str:
    label = say(FACTS[name].label)
    if any(old.disputed for old in held):
        return say("{label}：本人有异议，待核实", label=label)
    other = next(old for old in held if old.value != value)
    return say(
        "{label}：这一行是“{shown}”，与{source_label}“{shown_2}”矛盾",
        label=label,
        shown=shown(name, value),
        source_label=Source(other.source).label,
        shown_2=shown(name, other.value),
    )


def _day(stored: "date | str") -> date:
    return date.fromisoformat(stored) if isinstance(stored, str) else stored
