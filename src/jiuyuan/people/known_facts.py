"""The row of `KnownFacts` that lists and screening read: derived from all the facts of a person, or brought up to date by what changed."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from jiuyuan import clock, loading
from jiuyuan.people import facts as standing_facts
from jiuyuan.people.fact_rows import FactHeld, held_about, value_of
from jiuyuan.people.models import KNOWN, Fact, KnownFacts, Person
from jiuyuan.rules import facts as rule_facts
from jiuyuan.rules.facts import SCHEMA, own_facts

_COLUMNS = frozenset({*KNOWN, "contradicted"})


def refresh_known(person: Person) -> None:
    """Bring the row up to what stands now, from all the facts of the person."""
    row = known_row(person.facts.all())
    rows = KnownFacts.objects.unscoped()
    if not rows.filter(pk=person.pk).update(**row):
        rows.create(person=person, **row)


def known_row(recorded: Iterable[Fact]) -> dict[str, Any]:
    """The columns of `KnownFacts` as all the facts of a person make them. Raises `rules.facts.Invalid`."""
    known = standing_facts.standing(recorded)
    stands = rule_facts.parse({**standing_facts.values(known), "as_of": clock.today().isoformat()})
    row = {name: stands.get(name) for name in KNOWN}
    row["own"] = {name: known[name].value for name in stands if name not in SCHEMA} or None
    row["contradicted"] = any(item.contradicted for item in known.values())
    if row["service_refusals"] is not None:
        row["service_refusals"] = [day.isoformat() for day in row["service_refusals"]]
    return row


def update_known(changed: Mapping[int, Mapping[str, Any]]) -> None:
    """Bring the rows up to date: by person, the facts whose standing value changed, in JSON form, and `contradicted`."""
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
    """The rows of people who were put on file together, of whom the same facts of the schema are known."""
    names = tuple(next(iter(known.values()), ()))
    rows = ((key, *(values[name] for name in names)) for key, values in known.items())
    loading.insert(KnownFacts, ("person_id", *names), rows)


def _column(value: Any) -> Any:
    return json.dumps(value) if isinstance(value, list) else value


def _own_of(people: Sequence[int]) -> dict[int, str | None]:
    """What stands of the regions' own facts about each of these people, as their one column keeps it."""
    found: dict[int, dict[str, list[FactHeld]]] = {key: defaultdict(list) for key in people}
    if people and (names := own_facts()):
        for key, facts in held_about(people, names).items():
            for held in facts:
                found[key][held.name].append(held)
    stands = {key: {name: value_of(held) for name, held in by_name.items()} for key, by_name in found.items()}
    known = {key: {name: value for name, value in of.items() if value is not None} for key, of in stands.items()}
    return {key: json.dumps(of, ensure_ascii=False) if of else None for key, of in known.items()}
