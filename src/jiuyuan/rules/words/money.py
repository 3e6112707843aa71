"""The word for an income that is not below the local minimum wage (一(二)3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from jiuyuan.rules.facts import FactDefinition
from jiuyuan.rules.logic import Answer, Condition, Evaluate, Known, Leaf, Samples
from jiuyuan.rules.parameters import Figure, Wages, kept_by_wages
from jiuyuan.rules.sentences import day_text, money_text

if TYPE_CHECKING:
    from jiuyuan.rules.sql.row import SqlRow


@dataclass(frozen=True, slots=True)
class EarnsMinimumWage(Leaf):
    """An income of at least the local minimum wage. An income of nothing never is, wherever the person lives.

    A place without a figure (a zone, an abolished code) still has one of its province's: an income of at least
    the highest is enough, one below the lowest is not.
    """

    fact: FactDefinition
    figures: Wages | None

    @property
    def wages(self) -> Wages | None:
        return self.figures

    @property
    def dated(self) -> bool:
        return True

    @property
    def reads(self) -> tuple[str, ...]:
        return ("residence_division", self.fact.name, "local_minimum_wage")

    def compiled(self) -> Evaluate:
        name, wages = self.fact.name, self.figures

        def evaluate(facts: Known) -> Answer:
            income = facts[name]
            if income is None:
                return None
            if income == 0:
                return False
            wage = _wage(wages, facts["local_minimum_wage"], facts["residence_division"], facts["as_of"])[0]
            if wage is None:
                return _by_province(income, _span(wages, facts))
            enough: bool = income >= wage
            return enough

        return evaluate

    def phrase(self, facts: Known, answer: bool) -> str:
        income = f"{self.fact.label}{money_text(facts[self.fact.name])}"
        wage, told = self._wage(facts)
        span = _span(self.figures, facts) if wage is None and facts[self.fact.name] else None
        if span is not None:
            end, figure = ("高", span[1]) if answer else ("低", span[0])
            told = f"全省最{end}的最低工资标准{money_text(figure.value)}（{_told(figure)}）"
        return f"{income}，{'不低于' if answer else '低于'}{told}"

    def sql(self, row: SqlRow) -> str:
        return row.earns_minimum_wage(self.fact.name, self.figures)

    def state(self, facts: Known) -> Any:
        wage = self._wage(facts)[0]
        return facts[self.fact.name] is None, wage is None, wage is None and _span(self.figures, facts) is not None

    def samples(self, facts: Known) -> Samples:
        # Ignores the residence if a wage is stated: it takes precedence over the figures.
        income, wage = facts[self.fact.name], self._wage(facts)[0]
        if wage is None and (span := _span(self.figures, facts)) is not None:
            least, most = span[0].value, span[1].value
            found: Samples = {} if least == most else {"local_minimum_wage": (least, most)}
            return found if income is not None else {self.fact.name: (0, least), **found}
        if income is None and wage is None:
            return {self.fact.name: (0, 1), "local_minimum_wage": (1, 2)}
        if income is None:
            return {self.fact.name: (0, wage)}
        return {"local_minimum_wage": (income, income + 1)}

    def _wage(self, facts: Known) -> tuple[Any, str]:
        return _wage(self.figures, facts["local_minimum_wage"], facts["residence_division"], facts["as_of"])


def _span(wages: Wages | None, facts: Known) -> tuple[Figure, Figure] | None:
    """The lowest and the highest figure of the province of residence; None if it has none or is unknown."""
    division = facts["residence_division"]
    return wages.spans(facts["as_of"]).get(division[:2]) if wages and division else None


def _by_province(income: Any, span: tuple[Figure, Figure] | None) -> Answer:
    if span is None:
        return None
    return True if income >= span[1].value else False if income < span[0].value else None


@kept_by_wages
@lru_cache(maxsize=1 << 14)
def _wage(wages: Wages | None, stated: Any, division: str | None, as_of: date) -> tuple[Any, str]:
    """The wage as stated, or of the place of residence on the day (None if unknown), and the words for it."""
    if stated is not None:
        return stated, f"当地最低工资标准{money_text(stated)}（登记的数额）"
    figure = wages.at(division, as_of) if wages and division else None
    if figure is None:
        return None, "任何地方的最低工资标准"
    return figure.value, f"{figure.place}最低工资标准{money_text(figure.value)}（{_told(figure)}）"


def _told(figure: Figure) -> str:
    """The source of a figure and its first day, in words."""
    checked = "" if figure.certainty in "HM" else "，来源待核实"
    return f"{figure.source}，{day_text(figure.effective_on)}起执行{checked}"


def earns_minimum_wage(income: FactDefinition, figures: Wages | None = None) -> Condition:
    """月收入不低于当地最低工资标准, as stated or by the figures of a region."""
    return EarnsMinimumWage(income, figures)
