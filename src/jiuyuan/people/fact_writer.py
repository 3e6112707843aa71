"""The only writer of facts: compares statements with what stands, and writes facts, `KnownFacts` and the acts.

`record_facts` uses it for one person, `sources.recording` for the rows of a file. `KnownFacts` is rebuilt from
all facts of a person, or updated by changes.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple, Unpack

from django.db import transaction

from jiuyuan import clock, loading
from jiuyuan.history import services as history
from jiuyuan.history.services import Actor, NewAct
from jiuyuan.people.correspondence import let_go_on
from jiuyuan.people.fact_checks import HowKnown, check_facts
from jiuyuan.people.facts import (
    FactHeld,
    as_held,
    contradicted_among,
    contradicts,
    held_about,
    standing,
    superseded_by,
    value_of,
)
from jiuyuan.people.facts import values as standing_values
from jiuyuan.people.models import Document, Fact, KnownFacts, Person, Source
from jiuyuan.refusals import BadInput
from jiuyuan.rules import facts as rule_facts
from jiuyuan.rules.departments import code_of, label_of
from jiuyuan.rules.facts import ON_FILE, SCHEMA, own_facts
from jiuyuan.speed.rows import belonging, belonging_to_any
from jiuyuan.wording import say

_SHARED, _DECLARED = str(Source.SHARED_DATA), str(Source.DECLARED)
_COLUMNS = frozenset({*ON_FILE, "contradicted"})


def refresh_known(person: Person) -> None:
    """Rebuild a person's `KnownFacts` from all their facts."""
    row = known_row(person.facts.all())
    rows = KnownFacts.objects.unscoped()
    if not rows.filter(pk=person.pk).update(**row):
        rows.create(person=person, **row)


def known_row(recorded: Iterable[Fact]) -> dict[str, Any]:
    """The columns of `KnownFacts` for all facts of a person. Raises `rules.facts.Invalid`."""
    known = standing(recorded)
    stands = rule_facts.parse({**standing_values(known), "as_of": clock.today().isoformat()})
    row = {name: stands.get(name) for name in ON_FILE}
    row["own"] = {name: known[name].value for name in stands if name not in SCHEMA} or None
    row["contradicted"] = any(item.contradicted for item in known.values())
    if row["service_refusals"] is not None:
        row["service_refusals"] = [day.isoformat() for day in row["service_refusals"]]
    return row


def update_known(changed: Mapping[int, Mapping[str, Any]]) -> None:
    """Update `KnownFacts`: by person, the facts whose standing value changed, as JSON values, and `contradicted`."""
    groups: dict[tuple[str, ...], list[tuple[Any, ...]]] = defaultdict(list)
    own = _own_of([key for key, values in changed.items() if not values.keys() <= _COLUMNS])
    for key, values in changed.items():
        if key in own:
            values = {name: value for name, value in values.items() if name in _COLUMNS} | {"own": own[key]}
        names = tuple(sorted(values))
        groups[names].append((key, *(_column(values[name]) for name in names)))
    for names, rows in groups.items():
        if loading.update(KnownFacts, "person_id", names, rows) < len(rows):
            keys = [row[0] for row in rows]
            there = set(KnownFacts.objects.unscoped().filter(pk__in=keys).values_list("pk", flat=True))
            for person in Person.objects.unscoped().filter(pk__in=set(keys) - there):
                refresh_known(person)


def insert_known(known: Mapping[int, Mapping[str, Any]]) -> None:
    """Insert `KnownFacts` for people created together, who all have the same schema facts."""
    names = tuple(next(iter(known.values()), ()))
    rows = ((key, *(values[name] for name in names)) for key, values in known.items())
    loading.insert(KnownFacts, ("person_id", *names), rows)


def _column(value: Any) -> Any:
    return json.dumps(value) if isinstance(value, list) else value


def _own_of(people: Sequence[int]) -> dict[int, str | None]:
    """The standing facts of regions for each of these people, in the format of the `own` column."""
    found: dict[int, dict[str, list[FactHeld]]] = {key: defaultdict(list) for key in people}
    if people and (names := own_facts()):
        for key, facts in held_about(people, names).items():
            for held in facts:
                found[key][held.name].append(held)
    stands = {key: {name: value_of(held) for name, held in by_name.items()} for key, by_name in found.items()}
    known = {key: {name: value for name, value in of.items() if value is not None} for key, of in stands.items()}
    return {key: json.dumps(of, ensure_ascii=False) if of else None for key, of in known.items()}


@dataclass(slots=True)
class Statement:
    """What one source states about one person at once; `values` are JSON values of the schema.

    `whole`: facts for which the statement replaces everything the same file said before. Otherwise "yes"
    outweighs "no", because a person may have several insurances or licences.
    """

    person: int
    area: str
    values: Mapping[str, Any]
    source: str
    department: str
    evidence: str
    observed_on: date
    settlement: str = ""
    document: int | None = None
    batch: int | None = None
    whole: Collection[str] = ()


class Weighed(NamedTuple):
    """The effect of one stated fact: the standing value before and after, and the facts that stand now.

    `new` is None if it says nothing new. `newer` is then the day of a later statement by the same source, if that
    is the reason.
    """

    name: str
    value: Any
    before: Any
    after: Any
    held: Sequence[FactHeld]
    new: FactHeld | None
    newer: date | None

    @property
    def contradicted(self) -> bool:
        """Whether another source contradicts it or the person disputes it."""
        return len(self.held) > 1 and any(old.disputed or old.value != self.value for old in self.held)


def decide(new: FactHeld, held: Sequence[FactHeld], whole: bool = False) -> list[FactHeld] | date | None:
    """The standing facts that a new one supersedes.

    None if it says nothing new. A day if the same department made a statement about a later day, which an earlier
    state cannot overrule. A settlement in words takes precedence over both.
    """
    if not held:
        return []
    if new.source == _DECLARED and all(old.value == new.value for old in held):
        return None
    own = [old for old in held if new.batch_id is not None and old.batch_id == new.batch_id]
    for old in own:
        if old.value == new.value or (old.value is True and new.value is False and not whole):
            return None
    if new.source == _SHARED and not (whole or new.settlement):
        for old in held:
            if old.observed_on > new.observed_on and old.source == _SHARED and _same_department(old, new):
                return old.observed_on
    replaced = [old for old in own if not old.disputed and (whole or new.value is True)]
    return [old for old in held if old in replaced or superseded_by(new, old)]


def _same_department(old: FactHeld, new: FactHeld) -> bool:
    return old.department == new.department or code_of(old.department) == code_of(new.department)


@dataclass
class FactWriter:
    """Takes statements about people in order, then writes all their effects at once.

    `standing`: the standing facts by person and name, oldest first; it is kept up to date.
    """

    standing: dict[int, dict[str, list[FactHeld]]]
    _new: list[tuple[Statement, str, FactHeld]] = field(default_factory=list)
    _superseded: list[FactHeld] = field(default_factory=list)
    _known: dict[int, dict[str, Any]] = field(default_factory=lambda: defaultdict(dict))
    _acts: list[NewAct] = field(default_factory=list)
    _settled: set[int] = field(default_factory=set)
    _alive: set[int] = field(default_factory=set)

    def take(self, said: Statement) -> list[Weighed]:
        """Weigh a statement without writing anything."""
        standing = self.standing.setdefault(said.person, {})
        weighed, recorded = [], {}
        written: dict[str, Any] = {}
        for name, value in said.values.items():
            held = standing.setdefault(name, [])
            before, was_contradicted = value_of(held), contradicts(held)
            new = FactHeld(
                value, said.source, said.department, said.observed_on, said.batch, settlement=said.settlement
            )
            gives_way = decide(new, held, name in said.whole)
            if isinstance(gives_way, list):
                for old in gives_way:
                    old.superseded = new
                    held.remove(old)
                self._superseded += gives_way
                held.append(new)
                self._new.append((said, name, new))
                recorded[name] = value
                written[name] = [new, *gives_way]
            after, taken = value_of(held), new if name in recorded else None
            weighed.append(
                Weighed(name, value, before, after, held, taken, gives_way if isinstance(gives_way, date) else None)
            )
            if after != before:
                self._changed(said.person, name, before, after)
            if contradicts(held):
                self._known[said.person]["contradicted"] = True
            elif was_contradicted:
                self._settled.add(said.person)
        if recorded:
            self._acts.append(
                NewAct(f"person:{said.person}", "facts_recorded", _payload(said, recorded, written), said.area)
            )
        return weighed

    def _changed(self, person: int, name: str, before: Any, after: Any) -> None:
        self._known[person][name] = after
        if name == "deceased" and before is True:
            self._alive.add(person)

    def write(
        self, actor: Actor, keep: Callable[[Mapping[int, Mapping[str, Any]]], None] = update_known
    ) -> list[NewAct]:
        """Write what was taken, in the caller's transaction. Returns the acts, which the caller appends to the
        record.

        `keep` writes the new values to `KnownFacts`.
        """
        for key, (_, _, new) in zip(loading.next_keys(Fact, len(self._new)), self._new, strict=True):
            new.pk = key
        for act in self._acts:  # their primary keys are known only now
            of_act: dict[str, Any] = act.payload["written"]
            of_act.update({name: [held.pk for held in facts] for name, facts in of_act.items()})
        self._insert(actor)
        written = {id(new) for _, _, new in self._new}
        gave_way = [
            (old.pk, old.superseded.pk) for old in self._superseded if old.superseded and id(old) not in written
        ]
        loading.update(Fact, "id", ["superseded_by_id"], gave_way)
        if settled := [person for person in self._settled if not self._known[person].get("contradicted")]:
            there = contradicted_among(settled)
            for person in settled:
                self._known[person]["contradicted"] = person in there
        keep(self._known)
        for alive in Person.objects.unscoped().filter(pk__in=self._alive):
            let_go_on(alive)  # the death was recorded wrongly
        return self._acts

    def _insert(self, actor: Actor) -> None:
        at = clock.now()
        loading.insert(
            Fact,
            ("id", "person_id", "name", "value", "source", "department", "evidence", "document_id", "observed_on",
             "recorded_at", "recorded_by_id", "recorded_by_name", "settlement", "disputed", "dispute", "batch_id",
             "superseded_by_id"),
            (
                (new.pk, said.person, name, _json(new.value), said.source, said.department, said.evidence, said.document,
                 said.observed_on, at, actor.account, actor.name, said.settlement, False, "", said.batch,
                 new.superseded.pk if new.superseded else None)
                for said, name, new in self._new
            ),
        )  # fmt: skip


def _payload(said: Statement, recorded: Mapping[str, Any], written: Mapping[str, Any]) -> dict[str, Any]:
    by_hand = {"settlement": said.settlement, "document": said.document}
    return {
        "facts": recorded, "source": said.source, "department": said.department, "evidence": said.evidence,
        "observed_on": said.observed_on, "written": written, **({"batch": said.batch} if said.batch else by_hand),
    }  # fmt: skip


def _json(value: Any) -> str:
    # Cached, because words and days repeat; a list is not hashable.
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list) else _short_json(value)


@lru_cache(maxsize=10_000, typed=True)
def _short_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


@transaction.atomic
def record_facts(
    actor: Actor,
    person: Person,
    values: Mapping[str, Any],
    *,
    document: Document | None = None,
    by_act: bool = False,
    **how: Unpack[HowKnown],
) -> list[Fact]:
    """Record the statement of a source. Returns the new facts; repetitions are left out.

    `values` are fields of `facts.schema.json` as JSON values. `by_act`: an act of the register creates them (a
    decided investigation, a withdrawal, a certified family), so the source is not checked. Raises `BadInput` for
    each wrong field and each that the source cannot know (`fact_checks`).
    """
    before = belonging(person, Fact, lock=True)
    known = standing(before)
    stated = check_facts(actor, person, values, known, document=document, by_act=by_act, **how)
    said = Statement(
        person.pk,
        person.area,
        stated,
        how["source"],
        label_of(how.get("department", "")),
        how.get("evidence", "").strip(),
        how.get("observed_on") or clock.today(),
        how.get("settlement", "").strip(),
        document.pk if document else None,
    )
    writer = FactWriter({person.pk: {name: [as_held(fact) for fact in known[name].current] for name in known}})
    weighed = writer.take(said)
    newer = [one.newer for one in weighed if one.newer]
    if newer and not any(one.new for one in weighed):
        message = say(
            "{department}已有{newer:date}的数据，比这一天新；确实以这一天为准的，请写明认定理由。",
            department=said.department,
            newer=max(newer),
        )
        raise BadInput(say("有更新的数据。"), [("observed_on", message)])
    for act in writer.write(actor):
        history.append(act.file, actor, act.action, act.payload, act.area)
    keys = [one.new.pk for one in weighed if one.new]
    return belonging_to_any(Fact, "id", keys)
