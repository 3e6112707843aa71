"""Words about plain statements: yes or no, one of several, within a region, something recorded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from jiuyuan.blanks import BESIDE, says_nothing
from jiuyuan.rules.facts import FactDefinition
from jiuyuan.rules.logic import Answer, Condition, Evaluate, Known, Leaf, Samples

if TYPE_CHECKING:
    from jiuyuan.rules.sql.row import SqlRow


@dataclass(frozen=True, slots=True)
class Stated(Leaf):
    """A yes-or-no fact has the wanted value."""

    fact: FactDefinition
    wanted: bool

    @property
    def reads(self) -> tuple[str, ...]:
        return (self.fact.name,)

    def compiled(self) -> Evaluate:
        name, wanted, absent = self.fact.name, self.wanted, self.fact.absent_means_no

        def evaluate(facts: Known) -> Answer:
            value = facts[name]
            if value is None:
                return (not wanted) if absent else None
            return value is wanted

        return evaluate

    def phrase(self, facts: Known, answer: bool) -> str:
        return self.fact.yes if answer is self.wanted else self.fact.no

    def sql(self, row: SqlRow) -> str:
        column = row.fact(self.fact.name)
        if self.fact.absent_means_no:
            column = row.coalesce(column, row.boolean(False))
        return column if self.wanted else row.negated(column)

    def samples(self, facts: Known) -> Samples:
        return {self.fact.name: (True, False)}


def yes(fact: FactDefinition) -> Condition:
    """是."""
    return Stated(fact, True)


def no(fact: FactDefinition) -> Condition:
    """否; the fact must be known."""
    return Stated(fact, False)


@dataclass(frozen=True, slots=True)
class IsOneOf(Leaf):
    """A choice has one of these codes."""

    fact: FactDefinition
    codes: tuple[str, ...]

    def __post_init__(self) -> None:
        unknown = [code for code in self.codes if code not in self.fact.choices]
        if unknown or not self.codes:
            raise ValueError(f"{self.fact.name} has the codes {list(self.fact.choices)}, not {unknown or 'none'}")

    @property
    def reads(self) -> tuple[str, ...]:
        return (self.fact.name,)

    def compiled(self) -> Evaluate:
        name, codes = self.fact.name, frozenset(self.codes)

        def evaluate(facts: Known) -> Answer:
            value = facts[name]
            return None if value is None else value in codes

        return evaluate

    def phrase(self, facts: Known, answer: bool) -> str:
        return self.fact.choices[facts[self.fact.name]]

    def sql(self, row: SqlRow) -> str:
        return row.one_of(row.fact(self.fact.name), self.codes)

    def samples(self, facts: Known) -> Samples:
        return {self.fact.name: tuple(self.fact.choices)}


def one_of(fact: FactDefinition, *codes: str) -> Condition:
    """属于其中一类."""
    return IsOneOf(fact, codes)


@dataclass(frozen=True, slots=True)
class Within(Leaf):
    """A division lies within the region with this code."""

    fact: FactDefinition
    prefix: str
    place: str

    @property
    def reads(self) -> tuple[str, ...]:
        return (self.fact.name,)

    def compiled(self) -> Evaluate:
        name, prefix = self.fact.name, self.prefix

        def evaluate(facts: Known) -> Answer:
            value = facts[name]
            return None if value is None else bool(value.startswith(prefix))

        return evaluate

    def phrase(self, facts: Known, answer: bool) -> str:
        lies = "在" if answer else "不在"
        return f"{self.fact.label}{lies}{self.place}（区划代码{facts[self.fact.name]}）"

    def sql(self, row: SqlRow) -> str:
        return row.starts_with(row.fact(self.fact.name), self.prefix)

    def samples(self, facts: Known) -> Samples:
        # A code inside, one that differs in the last digit of the prefix, and one in the first.
        codes = {self.prefix, self._changed(len(self.prefix) - 1), self._changed(0)}
        return {self.fact.name: tuple(sorted(code.ljust(12, "0") for code in codes))}

    def _changed(self, place: int) -> str:
        other = "1" if self.prefix[place] == "0" else "0"
        return self.prefix[:place] + other + self.prefix[place + 1 :]


def within(fact: FactDefinition, prefix: str, place: str) -> Condition:
    """在某地区内; `prefix` is the beginning of its division codes, `place` its name."""
    return Within(fact, prefix, place)


@dataclass(frozen=True, slots=True)
class IsRecorded(Leaf):
    """A remark was recorded; absent, blank and 无 mean none."""

    fact: FactDefinition

    @property
    def reads(self) -> tuple[str, ...]:
        return (self.fact.name,)

    def compiled(self) -> Evaluate:
        name = self.fact.name

        def evaluate(facts: Known) -> Answer:
            value = facts[name]
            return bool(value) and not says_nothing(value)

        return evaluate

    def phrase(self, facts: Known, answer: bool) -> str:
        return f"县（市、区）记录：{facts[self.fact.name].strip(BESIDE)}" if answer else "没有记录其他情形"

    def sql(self, row: SqlRow) -> str:
        return row.says_something(row.fact(self.fact.name))

    def samples(self, facts: Known) -> Samples:
        return {}


def recorded(fact: FactDefinition) -> Condition:
    """已有记录."""
    return IsRecorded(fact)
