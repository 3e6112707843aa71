"""The facts that stand about many people, without an instance of the model for each: for lists, and for runs over files."""

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, ClassVar

from jiuyuan import loading
from jiuyuan.people.models import Source

_DECLARED = str(Source.DECLARED)


@dataclass(slots=True, eq=False)
class Held:
    """A fact in memory: one that stands, or one about to be written (`pk` 0)."""

    value: Any
    source: str
    department: str
    observed_on: date
    batch_id: int | None
    disputed: bool = False
    pk: int = 0
    settlement: str = ""
    superseded: "Held | None" = None
    name: str = ""
    stands: ClassVar[bool] = True

    @property
    def verified(self) -> bool:
        """As `Fact.verified`."""
        return self.source != _DECLARED


def held_about(people: Sequence[int], names: Sequence[str] = ()) -> dict[int, list[Held]]:
    """What stands about each of these people, oldest first; of these names alone where given."""
    wanted = f" AND name IN ({', '.join(['%s'] * len(names))})" if names else ""
    sql = (
        "SELECT person_id, name, value, source, department, observed_on, batch_id, disputed, id FROM people_fact "
        f"WHERE person_id {{among}}{wanted} AND superseded_by_id IS NULL AND withdrawn_at IS NULL ORDER BY id"
    )
    held: dict[int, list[Held]] = defaultdict(list)
    for key, name, value, source, department, day, batch, disputed, pk in loading.among(sql, people, after=names):
        observed_on = date.fromisoformat(day) if isinstance(day, str) else day
        fact = Held(_value(value), source, department, observed_on, batch, bool(disputed), pk, name=name)
        held[key].append(fact)
    return held


@lru_cache(maxsize=10_000)
def _value(stored: str) -> Any:
    return json.loads(stored)
