"""Which of several recorded facts stands, and when sources contradict each other.

These are pure functions on recorded facts, so that pages, guards and decisions agree. `FactHeld` is a fact
without a model instance, for lists and imports.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from operator import attrgetter
from typing import Any, ClassVar, Protocol

from django.utils.functional import cached_property

from jiuyuan import clock, loading
from jiuyuan.people.models import Fact, Source
from jiuyuan.rules.departments import code_of
from jiuyuan.rules.facts import FACTS

_DECLARED = str(Source.DECLARED)
_RANK = {source: rank for rank, source in enumerate(Source.values)}


@dataclass(frozen=True)
class Standing:
    """What is known under one name. `value` is None if it is disputed, contradicted or unknown."""

    name: str
    facts: tuple[Fact, ...]

    @cached_property
    def best(self) -> Fact:
        """The standing fact from the best source; among equals the latest."""
        if len(self.current) == 1:
            return self.current[0]
        return max(self.current, key=lambda fact: (_RANK[fact.source], fact.pk))

    @cached_property
    def current(self) -> tuple[Fact, ...]:
        return tuple([fact for fact in self.facts if fact.stands])

    @property
    def own(self) -> Fact | None:
        """The person's own latest statement, whatever other sources say."""
        said = [fact for fact in self.current if fact.source in (Source.DECLARED, Source.COMMITMENT)]
        return max(said, key=lambda fact: fact.pk, default=None)

    @cached_property
    def disputed(self) -> bool:
        return any(fact.disputed for fact in self.current)

    @cached_property
    def contradicted(self) -> bool:
        return len(self.current) > 1 and len({repr(fact.value) for fact in self.current}) > 1

    @cached_property
    def value(self) -> Any:
        return None if self.disputed or self.contradicted else self.best.value

    @property
    def verified(self) -> bool:
        return self.value is not None and self.best.verified

    @cached_property
    def settled(self) -> bool:
        """Whether somebody settled this value in words, against another source or the person's dispute.

        Repeating the value does not undo that: a later fact with the same value is settled too.
        """
        given_way: dict[int, list[Fact]] = defaultdict(list)
        for fact in self.facts:
            if fact.superseded_by_id is not None and fact.withdrawn_at is None:
                given_way[fact.superseded_by_id].append(fact)
        return any(_settled(fact, given_way) for fact in self.current)


def _settled(fact: Fact, given_way: Mapping[int, list[Fact]]) -> bool:
    before = given_way.get(fact.pk, [])
    if fact.settlement and _were_at_odds(fact, before):
        return True
    return any(_settled(old, given_way) for old in before if old.value == fact.value)


def _were_at_odds(new: Fact, before: Iterable[Fact]) -> bool:
    """Whether the superseded facts were disputed, or came from other sources than the new one."""
    verified = [old for old in before if old.verified]
    by_another = any((old.source, code_of(old.department)) != (new.source, code_of(new.department)) for old in verified)
    differing = {repr(old.value) for old in verified} | {repr(new.value)}
    return any(old.disputed for old in before) or (by_another and len(differing) > 1)


def standing(facts: Iterable[Fact]) -> dict[str, Standing]:
    """Group recorded facts by name, including superseded ones, oldest first.

    Names that no region knows any more are ignored.
    """
    by_name = defaultdict(list)
    for fact in sorted(facts, key=attrgetter("pk")):
        if fact.name in FACTS:
            by_name[fact.name].append(fact)
    groups = [Standing(name, tuple(group)) for name, group in by_name.items()]
    return {item.name: item for item in groups if item.current}


def values(known: dict[str, Standing]) -> dict[str, Any]:
    """The facts that decisions may use: standing, undisputed and uncontradicted."""
    return {name: item.value for name, item in known.items() if item.value is not None}


def stood_on(facts: Iterable[Fact], day: date) -> dict[str, Standing]:
    """What stood at the end of an earlier day, without later settlements and withdrawals."""
    known = [fact for fact in facts if _day(fact.recorded_at) <= day]
    names = {fact.pk for fact in known}
    then = []
    for fact in known:
        fact = copy(fact)
        if fact.superseded_by_id not in names:
            fact.superseded_by_id = None
        if fact.withdrawn_at and _day(fact.withdrawn_at) > day:
            fact.withdrawn_at = None
        then.append(fact)
    return standing(then)


def _day(at: datetime) -> date:
    return at.astimezone(clock.CHINA).date()


class RecordedFact(Protocol):
    """The attributes of a fact that `superseded_by` needs: a model instance, or one held in memory."""

    @property
    def value(self) -> Any: ...
    @property
    def source(self) -> str: ...
    @property
    def department(self) -> str: ...
    @property
    def settlement(self) -> str: ...
    @property
    def disputed(self) -> bool: ...
    @property
    def batch_id(self) -> int | None: ...


def superseded_by(new: RecordedFact, old: RecordedFact) -> bool:
    """Whether a new fact supersedes an old one, or stands beside it until somebody settles it.

    A person's own statement yields to anything later. A source may correct itself, but not within one file. A
    better source with the same value replaces a weaker one; two verified sources with different values contradict
    each other. A disputed fact stays disputed until it is settled, however often the source repeats it.
    """
    if new.settlement or old.source == Source.DECLARED:
        return True
    if old.disputed:
        return False
    if old.value == new.value:
        return _RANK[new.source] >= _RANK[old.source]
    if new.batch_id is not None and new.batch_id == old.batch_id:
        return False
    return new.source == old.source and code_of(new.department) == code_of(old.department)


def replayed(facts: Iterable[Fact]) -> dict[int, int | None]:
    """Which fact supersedes each fact of one name, as if withdrawn facts had never been recorded.

    Within one file the original result is kept: the import knew which row counts.
    """
    superseded: dict[int, int | None] = {}
    current: list[Fact] = []
    for new in sorted((fact for fact in facts if fact.withdrawn_at is None), key=lambda fact: fact.pk):
        superseded[new.pk] = None
        for old in tuple(current):
            same_file = new.batch_id is not None and new.batch_id == old.batch_id
            if old.superseded_by_id == new.pk if same_file else superseded_by(new, old):
                superseded[old.pk] = new.pk
                current.remove(old)
        current.append(new)
    return superseded


@dataclass(slots=True, eq=False)
class FactHeld:
    """A fact in memory: a standing one, or one about to be written (`pk` 0)."""

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
        """See `Fact.verified`."""
        return self.source != _DECLARED


def as_held(fact: Fact) -> FactHeld:
    """The fact of a model instance, in memory."""
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
    """The standing facts of each of these people, oldest first, optionally of these names only."""
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
    """Whether several sources with different values stand under a name (`facts.Standing.contradicted`)."""
    return len(held) > 1 and len({repr(fact.value) for fact in held}) > 1


def value_of(held: Sequence[FactHeld]) -> Any:
    """The value standing under a name; None if it is disputed, contradicted or unknown (`facts.Standing.value`)."""
    if not held or any(fact.disputed for fact in held) or contradicts(held):
        return None
    return held[0].value


def contradicted_among(people: Sequence[int]) -> set[int]:
    """The people with any contradiction between sources."""
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
