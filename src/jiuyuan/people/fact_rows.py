"""The facts that stand about many people, without an instance of the model for each: for lists, and for runs over files."""

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, ClassVar

from jiuyuan import loading
from jiuyuan.people.models import Fact, Source

_DECLARED = str(Source.DECLARED)


@dataclass(slots=True, eq=False)
class FactHeld:
    """A fact in memory: one that stands, or one about to be written (`pk` 0)."""

    value: Any
    source: str
    department: str
    observed_on: date
    batch_id: int | None
    disputed: bool = False
    pk: int = 0
    settlement: str = ""
    superseded: "FactHeld | None" = None
    name: str = ""
    stands: ClassVar[bool] = True

    @property
    def verified(self) -> bool:
        """As `Fact.verified`."""
        return self.source != _DECLARED


def as_held(fact: Fact) -> FactHeld:
    """The same of an instance of the model."""
    return FactHeld(
        fact.value,
        fact.source,
        fact.department,
        fact.observed_on,
        fact.batch_id,
        fact.disputed,
        fact.pk,
        name=fact.name,
    )


def held_about(people: Sequence[int], names: Sequence[str] = ()) -> dict[int, list[FactHeld]]:
    """What stands about each of these people, oldest first; of these names alone where given."""
    wanted = f" AND name IN ({', '.join(['%s'] * len(names))})" if names else ""
    sql = (
        "SELECT person_id, name, value, source, department, observed_on, batch_id, disputed, id FROM people_fact "
        f"WHERE person_id {{among}}{wanted} AND superseded_by_id IS NULL AND withdrawn_at IS NULL ORDER BY id"
    )
    found: dict[int, list[FactHeld]] = defaultdict(list)
    for key, name, value, source, department, day, batch, disputed, pk in loading.among(sql, people, after=names):
        observed_on = date.fromisoformat(day) if isinstance(day, str) else day
        fact = FactHeld(_value(value), source, department, observed_on, batch, bool(disputed), pk, name=name)
        found[key].append(fact)
    return found


def contradicts(held: Sequence[FactHeld]) -> bool:
    """Whether several sources stand under a name and differ. As `facts.Standing.contradicted`."""
    return len(held) > 1 and len({repr(fact.value) for fact in held}) > 1


def value_of(held: Sequence[FactHeld]) -> Any:
    """What stands under a name; None while it is disputed, contradicted or not known. As `facts.Standing.value`."""
    if not held or any(fact.disputed for fact in held) or contradicts(held):
        return None
    return held[0].value


def contradicted_among(people: Sequence[int]) -> set[int]:
    """Those of whom several sources differ about anything."""
    found = set()
    for person, facts in held_about(people).items():
        by_name: dict[str, list[FactHeld]] = defaultdict(list)
        for fact in facts:
            by_name[fact.name].append(fact)
        if any(map(contradicts, by_name.values())):
            found.add(person)
    return found


@lru_cache(maxsize=10_000)
def _value(stored: str) -> Any:
    return json.loads(stored)
