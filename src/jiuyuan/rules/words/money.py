"""The word for an income that is not below the local minimum wage (一(二)3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from jiuyuan.rules import parameters
from jiuyuan.rules.facts import Fact
from jiuyuan.rules.logic import Answer, Condition, Evaluate, Known, Leaf, Samples
from jiuyuan.rules.sentences import day_text, money_text

if TYPE_CHECKING:
    from sqlglot import exp

    from jiuyuan.rules.sql.row import Row


def minimum_wage(facts: Known) -> Any:
    """The local minimum wage: as stated, or from the figures of the usual residence on the day of the question; or None."""
    return _wage(facts["local_minimum_wage"], facts["residence_division"], facts["as_of"])[0]


@dataclass(frozen=True, slots=True)
class EarnsMinimumWage(Leaf):
    """An income not below the local minimum wage. Nobody earns it with nothing, wherever they live."""

    fact: Fact

    @property
    def dated(self) -> bool:
        return True

    @property
    def reads(self) -> tuple[str, ...]:
        return ("residence_division", self.fact.name, "local_minimum_wage")

    def compiled(self) -> Evaluate:
        name = self.fact.name

        def evaluate(facts: Known) -> Answer:
            income = facts[name]
            if income is None:
                return None
            if income == 0:
                return False
            wage = minimum_wage(facts)
            if wage is None:
                return None
            enough: bool = income >= wage
            return enough

        return evaluate

    def phrase(self, facts: Known, answer: bool) -> str:
        income = f"{self.fact.label}{money_text(facts[self.fact.name])}"
        compared = "不低于" if answer else "低于"
        return (
            f"{income}，{compared}{_wage(facts['local_minimum_wage'], facts['residence_division'], facts['as_of'])[1]}"
        )

    def sql(self, row: Row) -> exp.Expr:
        return row.earns_minimum_wage(self.fact.name)

    def state(self, facts: Known) -> Any:
        return facts[self.fact.name] is None, minimum_wage(facts) is None

    def samples(self, facts: Known) -> Samples:
        # The residence does not matter beside it: a wage that is stated goes before the figures.
        income, wage = facts[self.fact.name], minimum_wage(facts)
        if income is None and wage is None:
            return {self.fact.name: (0, 1), "local_minimum_wage": (1, 2)}
        if income is None:
            return {self.fact.name: (0, wage)}
        return {"local_minimum_wage": (income, income + 1)}


@lru_cache(maxsize=1 << 14)
def _wage(stated: Any, division: str | None, as_of: date) -> tuple[Any, str]:
    """The wage, None where it is not known, and how it is told."""
    if stated is not None:
        return stated, f"当地最低工资标准{money_text(stated)}（登记的数额）"
    figure = parameters.minimum_wage(division, as_of) if division else None
    if figure is None:
        return None, "任何地方的最低工资标准"
    checked = "" if figure.certainty in "HM" else "，来源待核实"
    since = f"{figure.source}，{day_text(figure.effective_on)}起执行{checked}"
    return figure.value, f"{figure.place}最低工资标准{money_text(figure.value)}（{since}）"


def earns_minimum_wage(income: Fact) -> Condition:
    """月收入不低于当地最低工资标准."""
    return EarnsMinimumWage(income)
