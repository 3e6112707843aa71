"""The known facts of a person as rows: those the rules need first, each with source, day and evidence."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache

from jiuyuan import clock
from jiuyuan.applications.case import Case
from jiuyuan.people import facts as standing_facts
from jiuyuan.people.facts import Standing
from jiuyuan.people.models import Fact, Person
from jiuyuan.people.wording import value_in_words as in_words
from jiuyuan.regions import registry
from jiuyuan.rules.departments import DEPARTMENTS
from jiuyuan.rules.facts import FACTS
from jiuyuan.rules.logic import reads
from jiuyuan.wording import say


def enterable(area: str) -> list[str]:
    """The recordable facts read by the conditions for recognition in an area, in schema order."""
    here = registry.policies(registry.region_of(area))
    clauses = [c for rules in here for c in (*rules.base, *rules.categories, *rules.exclusions)]
    names = {name for clause in clauses for name in reads(clause.when)} | {"residence_division"}
    return [name for name, fact in FACTS.items() if name in names and fact.recordable and fact.origin != "figures"]


def read_for(area: str, categories: Collection[str]) -> set[str]:
    """The facts that affect somebody who claims these categories there today."""
    rules = registry.policy_of(area, clock.today())
    claimed = (one for one in rules.categories if one.code in categories)
    names = {name for clause in (*rules.base, *claimed, *rules.exclusions) for name in reads(clause.when)}
    return {name for name in names | {"residence_division"} if not FACTS[name].silent}


@dataclass(frozen=True)
class Said:
    """A recorded fact in words."""

    fact: Fact
    value: str
    settlement: str
    material: int | None

    @property
    def day(self) -> date:
        return self.fact.observed_on

    @property
    def told(self) -> tuple[object, ...]:
        """Everything shown beside the value."""
        fact = self.fact
        return (
            fact.source, self.day, fact.recorded_by_name, fact.department, fact.evidence, self.material, self.settlement,
        )  # fmt: skip


@dataclass(frozen=True)
class FactRow:
    """A fact on the case page. `said` is None if nothing is recorded; older ones are superseded."""

    name: str
    label: str
    said: Said | None
    others: tuple[Said, ...]
    older: tuple[Said, ...]
    decisive: bool
    verified: bool
    disputed: str
    contradicted: bool
    household: tuple[str, ...] = ()  # members who work although the family counts as without work
    as_usual: bool = False  # with the origin shared by most facts, shown once

    @property
    def can_be_ticked(self) -> bool:
        """Whether it can be confirmed as it stands: known, not from the ID number, undisputed."""
        return self.said is not None and not (
            self.disputed or self.contradicted or FACTS[self.name].origin == "id_number"
        )

    @property
    def to_verify(self) -> bool:
        return self.can_be_ticked and not self.verified

    @property
    def unclear(self) -> bool:
        """Whether it cannot be confirmed as it stands: unknown and decisive, contradicted, or disputed."""
        return bool(self.contradicted or self.disputed or self.household or (self.decisive and self.said is None))


def rows_of(case: Case) -> tuple[list[FactRow], list[FactRow]]:
    """The facts that can affect the answer, and the others on file."""
    materials = {material.document_id: material.pk for material in case.materials}
    needed = case.needed
    names = [name for name in FACTS if name in needed or name in case.known]
    missing, stale = case.decision.missing, case.stale
    rows = [_row(name, case.known.get(name), name in missing, materials, name in stale) for name in names]
    if at_work := tuple(case.family_contradiction):
        rows = [replace(row, household=at_work) if row.name == "zero_employment_family" else row for row in rows]
    return [row for row in rows if row.name in needed], [row for row in rows if row.name not in needed]


def rows_of_person(person: Person) -> list[FactRow]:
    """All facts on file about a person, outside any case."""
    known = standing_facts.standing(person.facts.all())
    return [_row(name, known[name], False, {}) for name in FACTS if name in known]


def _row(
    name: str, standing: Standing | None, decisive: bool, materials: dict[int, int], stale: bool = False
) -> FactRow:
    if standing is None:
        return FactRow(name, say(FACTS[name].label), None, (), (), decisive, False, "", False)
    best = standing.best
    current = [fact for fact in standing.current if fact.pk != best.pk]
    older = [fact for fact in standing.facts if not fact.stands]
    return FactRow(
        name,
        say(FACTS[name].label),
        _said(best, materials),
        tuple(_said(fact, materials) for fact in current),
        tuple(_said(fact, materials) for fact in older[::-1]),
        decisive,
        standing.verified and not stale,
        next((fact.dispute for fact in standing.current if fact.disputed), ""),
        standing.contradicted,
    )


def _said(fact: Fact, materials: dict[int, int]) -> Said:
    return Said(fact, in_words(fact.name, fact.value), fact.settlement, materials.get(fact.document_id or 0))


# Checks with other departments (一(三))
@cache
def asked_departments() -> dict[str, list[str]]:
    """The departments asked about a case, each with the facts concerned."""
    asked = {code: [name for name, fact in FACTS.items() if fact.department == code] for code in DEPARTMENTS}
    return {code: names for code, names in asked.items() if names}


@dataclass(frozen=True)
class Check:
    """Whether a department's records were checked for this case: the latest fact from it, or another proof."""

    department: str
    about: str
    state: str  # checked, otherwise or open
    fact: Fact | None


def checks_of(case: Case, needed: Sequence[FactRow]) -> list[Check]:
    """One line for each department whose records can affect this case."""
    wanted = {row.name for row in needed}
    read = case.needed
    return [_check(case, code, names, read) for code, names in asked_departments().items() if wanted & set(names)]


def _check(case: Case, department: str, names: Sequence[str], read: set[str]) -> Check:
    about = "、".join(say(FACTS[name].label) for name in names if name in read)
    facts = [fact for name in names if name in case.known for fact in case.known[name].current]
    shared = [fact for fact in facts if fact.source == "shared_data"]
    verified = [fact for fact in facts if fact.verified]
    found = shared or verified
    latest = max(found, key=lambda fact: (fact.observed_on, fact.pk), default=None)
    return Check(
        DEPARTMENTS[department].label, about, "checked" if shared else "otherwise" if verified else "open", latest
    )
