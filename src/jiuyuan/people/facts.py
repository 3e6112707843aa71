"""Which of several recorded facts stands, and where two sources contradict each other.

Pure functions over recorded facts, so that the page, the guard and the decision say the same.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from jiuyuan.people.models import Fact, Source

_RANK = {source: rank for rank, source in enumerate(Source.values)}


@dataclass(frozen=True)
class Standing:
    """What is known under one name: `value` is None while it is disputed, contradicted or not known."""

    name: str
    facts: tuple[Fact, ...]

    @property
    def best(self) -> Fact:
        """The best and, among equals, latest of the facts that nothing has superseded."""
        return max(self.current, key=lambda fact: (_RANK[fact.source], fact.pk))

    @property
    def current(self) -> tuple[Fact, ...]:
        return tuple(fact for fact in self.facts if fact.superseded_by_id is None)

    @property
    def disputed(self) -> bool:
        return any(fact.disputed for fact in self.current)

    @property
    def contradicted(self) -> bool:
        return len({repr(fact.value) for fact in self.current}) > 1

    @property
    def value(self) -> Any:
        return None if self.disputed or self.contradicted else self.best.value

    @property
    def verified(self) -> bool:
        return self.value is not None and self.best.verified


def standing(facts: Iterable[Fact]) -> dict[str, Standing]:
    """Group recorded facts by name, superseded ones included, oldest first."""
    by_name = defaultdict(list)
    for fact in sorted(facts, key=lambda fact: fact.pk):
        by_name[fact.name].append(fact)
    return {name: Standing(name, tuple(group)) for name, group in by_name.items()}


def values(known: dict[str, Standing]) -> dict[str, Any]:
    """The facts a decision may use: what stands undisputed and uncontradicted."""
    return {name: item.value for name, item in known.items() if item.value is not None}


def superseded_by(new: Fact, old: Fact) -> bool:
    """Whether a new fact takes the place of an old one, or stands beside it until somebody settles it.

    A person's own word gives way to anything later. The same source may correct itself. A better source
    that says the same strengthens; two verified sources that differ contradict each other.
    """
    if new.settlement or old.source == Source.DECLARED:
        return True
    if old.value == new.value:
        return _RANK[new.source] >= _RANK[old.source]
    return new.source == old.source and new.department == old.department and not old.disputed
