"""A policy: base conditions, categories, exclusions, exit grounds and materials."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

from jiuyuan.rules import facts as fact_module
from jiuyuan.rules.answers import ClauseAnswer, ExitAnswer, Ruling
from jiuyuan.rules.divisions import county_by_code
from jiuyuan.rules.facts import FACTS, SCHEMA, FactDefinition, Facts
from jiuyuan.rules.logic import Clause, Condition, compile_condition, leaves, reads
from jiuyuan.rules.parameters import Wages
from jiuyuan.rules.person import Engine

__all__ = ["Clause", "ClauseAnswer", "ExitAnswer", "Policy", "Ruling", "read"]

#: The kinds of material known everywhere, with their names. Policies name their own (`MaterialRequirement.names`).
MATERIALS: Mapping[str, str] = {
    "id_card": "居民身份证",
    "hukou_book": "户口簿",
    "urban_residence_certificate": "城镇居住证明",
    "disability_certificate": "《中华人民共和国残疾人证》",
    "minimum_allowance_certificate": "最低生活保障证明",
    "authorisation": "本人签字的委托书",
    "other": "其他材料",
    "site_visit_photo": "实地核查照片",
    "signed_request": "本人签字的书面请求",
    "signed_form": "本人签字的承诺",
    "publicity_consent": "本人同意宣传的签字",
}
#: Their everyday names.
EVERYDAY: Mapping[str, str] = {
    "disability_certificate": "残疾人证",
    "minimum_allowance_certificate": "低保证明",
    "labour_termination": "离职证明，或者别的下岗证明",
    "land_requisition_agreement": "征地协议书，或者别的征地证明",
    "diploma": "毕业证",
}
#: The kinds that are not one particular paper.
NO_ONE_PAPER = frozenset({"other", "site_visit_photo", "signed_request", "signed_form", "publicity_consent"})
#: The sides or pages of a material that a picture can show.
PARTS: Mapping[str, str] = {"front": "正面", "back": "反面", "first_page": "首页", "own_page": "本人页"}
#: The parts of a complete set of pictures.
PARTS_OF: Mapping[str, tuple[str, ...]] = {"id_card": ("front", "back"), "hukou_book": ("first_page", "own_page")}


@dataclass(frozen=True, slots=True)
class MaterialRequirement:
    """A required material: one of the kinds in `any_of`, and what its photograph must show.

    `names`: the document's own kinds, with their names.
    """

    any_of: tuple[str, ...]
    clause: str
    shows: str
    names: Mapping[str, str] = field(default_factory=dict, hash=False)

    @property
    def label(self) -> str:
        """The name of the material, or the names of the alternatives."""
        return self._named({})

    @property
    def everyday(self) -> str:
        """The label in everyday words."""
        return self._named(EVERYDAY)

    def _named(self, before: Mapping[str, str]) -> str:
        return "或".join(before.get(code) or self.names.get(code) or MATERIALS[code] for code in self.any_of)


#: Required of an agent (代办); not part of any category.
AUTHORISATION = MaterialRequirement(
    ("authorisation",),
    "民法典 165",
    "写清谁委托谁、办什么事，代签承诺和同意核实的也写上；本人签字、写日期。自己写在纸上就行。",
)


#: Required of a case submitted by a program without the person's signature; not part of any category.
SIGNED_FORM = MaterialRequirement(("signed_form",), "个人信息保护法 13", "认定表上的承诺和同意核实，本人签字、写日期。")


@dataclass(frozen=True, slots=True)
class Base(Clause):
    """A condition that everyone must meet. `plain` explains it to the person."""

    plain: str = ""
    verdicts = "符合“{title}”的条件", "不符合“{title}”的条件", "暂不能判断是否符合“{title}”的条件"


@dataclass(frozen=True, slots=True)
class Category(Clause):
    """A circumstance, at least one of which is required, with the materials that prove it.

    `plain` explains it to the person, who chooses one; the rules decide.
    """

    materials: tuple[MaterialRequirement, ...] = ()
    plain: str = ""
    verdicts = "属于{title}", "不属于{title}", "暂不能判断是否属于{title}"


@dataclass(frozen=True, slots=True)
class Exclusion(Clause):
    """A circumstance that excludes recognition. `plain` explains it to the person."""

    plain: str = ""
    verdicts = (
        "属于{clause}不予认定的情形：{title}",
        "没有{clause}不予认定的情形",
        "暂不能判断有无{clause}不予认定的情形",
    )


@dataclass(frozen=True, slots=True)
class Exit(Clause):
    """A ground for exit.

    `cases`: its possible cases, each with its words, by the fact that makes it true. If none of these facts is
    true but the ground is, the case is the one whose key is not a fact.
    """

    cases: Mapping[str, str] = field(default_factory=dict, hash=False)
    verdicts = "属于{clause}的退出情形：{title}", "没有{clause}的退出情形", "暂不能判断有无{clause}的退出情形"


@dataclass(frozen=True)
class Policy:
    """One version of one region's rules. Immutable; the answers depend only on the facts and the dated parameters.

    - `questions`: asked first in a self-check, before the order of `facts.toml`.
    - `excused`: a condition, and the signals without meaning while it holds.
    - `facts`: the region's own, beside the schema's.
    - `county`: the county in which a place is counted (`rules.divisions`).
    - `scheme`: what a person is recognised as.
    """

    code: str
    title: str
    document: str
    effective_on: date
    base: tuple[Base, ...]
    categories: tuple[Category, ...]
    exclusions: tuple[Exclusion, ...]
    exits: tuple[Exit, ...] = ()
    materials: tuple[MaterialRequirement, ...] = ()
    questions: tuple[FactDefinition, ...] = ()
    excused: tuple[Condition, tuple[str, ...]] | None = None
    facts: tuple[FactDefinition, ...] = field(default=())
    county: Callable[[int | None], tuple[int, str]] = county_by_code
    scheme: str = "employment_hardship"

    def __post_init__(self) -> None:
        codes = [clause.code for clause in self.clauses]
        twice = {code for code in codes if codes.count(code) > 1}
        if twice:
            raise ValueError(f"policy {self.code}: the codes {sorted(twice)} stand for two clauses")
        unknown = {name for clause in self.clauses for name in reads(clause.when)} - set(self.known_facts)
        if unknown:
            raise ValueError(f"policy {self.code}: list the facts {sorted(unknown)} in `facts`")

    @property
    def clauses(self) -> tuple[Clause, ...]:
        """Every clause, in document order."""
        return (*self.base, *self.categories, *self.exclusions, *self.exits)

    @cached_property
    def titles(self) -> Mapping[str, str]:
        """The titles of the categories, by code."""
        return {category.code: category.title for category in self.categories}

    @cached_property
    def known_facts(self) -> Mapping[str, FactDefinition]:
        """The schema's facts and the region's own, by name."""
        return {**SCHEMA, **{fact.name: fact for fact in self.facts}}

    @cached_property
    def _own(self) -> Mapping[str, FactDefinition]:
        return {fact.name: fact for fact in self.facts}

    @cached_property
    def wages(self) -> Wages | None:
        """The minimum wages used by the policy, if any."""
        found = (leaf.wages for clause in self.clauses for leaf in leaves(clause.when))
        return next((wages for wages in found if wages is not None), None)

    @cached_property
    def _engine(self) -> Engine:
        excused, codes = self.excused or (None, ())
        return Engine(
            self.code, self.known_facts, self.base, self.categories, self.exclusions, self.exits,
            compile_condition(excused) if excused is not None else None, frozenset(codes),
        )  # fmt: skip

    @cached_property
    def _alone(self) -> dict[str, Policy]:
        return {category.code: replace(self, categories=(category,)) for category in self.categories}

    def alone(self, category: str) -> Policy:
        """The same policy with one category only. Raises KeyError."""
        return self._alone[category]

    def parse(self, mapping: Mapping[str, Any]) -> dict[str, Any]:
        """`facts.parse` with the region's own facts.

        Facts of other regions, where the person may have lived, are ignored.
        """
        if len(FACTS) > len(SCHEMA) and isinstance(mapping, Mapping):
            mapping = {name: mapping[name] for name in mapping if name in self.known_facts or name not in FACTS}
        return fact_module.parse(mapping, self._own)

    def line_reader(self) -> Callable[[bytes], Facts | None]:
        """Return the fast parser of a line of JSON, which accepts correct lines only (`rules.lines`)."""
        from jiuyuan.rules import lines  # imports msgspec, which a screening does not need

        return lines.reader({**self.known_facts, **SCHEMA})

    def decide(self, facts: Facts) -> Ruling:
        """Decide whether the person can be recognised on `as_of`, from parsed facts. See contracts/decision.md."""
        return self._engine.decide(facts)

    def decide_exits(self, facts: Facts) -> ExitAnswer:
        """Return the grounds for exit on `as_of` and the signals for an investigation, from parsed facts."""
        return self._engine.exits(facts)

    def facts_rested_on(self, facts: Facts, verified: Iterable[str] = ()) -> dict[str, frozenset[str]]:
        """The known facts that an eligible outcome is based on, under "base", "exclusions" and the code of each true
        category.

        Each set is minimal and sufficient for its answers. If a clause is met in two ways, `verified` facts are
        preferred, then the way that the document names first.
        """
        return self._engine.rested_on(facts, frozenset(verified))

    def carriers(self, code: str, facts: Facts) -> tuple[str, ...]:
        """The known facts that make a base condition, category or exclusion true or false:
        those mentioned in its reason.
        """
        return self._engine.carriers(code, facts)

    def open_questions(self, facts: Facts, skipped: Collection[str] = ()) -> list[str]:
        """The facts that could still change the outcome, in the order of the self-check, without those `skipped`.

        People do not know the local minimum wage, so the place of residence is asked instead. Empty if the
        outcome is determined.
        """
        missing = set(self.decide(facts).missing)
        if "local_minimum_wage" in missing and facts.get("residence_division") is None:
            missing = missing - {"local_minimum_wage"} | {"residence_division"}
        found = [fact for name, fact in self.known_facts.items() if name in missing and name not in skipped]
        first = [fact for fact in self.questions if fact in found]
        rest = sorted(found, key=lambda fact: (not fact.asked, fact.asked))
        return list(dict.fromkeys(fact.name for fact in (*first, *rest)))

    def next_question(self, facts: Facts, skipped: Collection[str] = ()) -> str | None:
        """The next fact to ask in a self-check; `skipped` are those that the person cannot answer."""
        return next(iter(self.open_questions(facts, skipped)), None)

    def materials_for(self, categories: Iterable[str]) -> list[MaterialRequirement]:
        """The materials of an application for these categories: the common ones,
        then those of each category (二(一)).
        """
        wanted = set(categories)
        found = list(self.materials)
        for category in self.categories:
            if category.code in wanted:
                found += category.materials
        return found


class UnknownPolicy(ValueError):
    """There is no such policy; the message says where it was looked for."""


def read(path: Path) -> Policy:
    """Load a policy from a Python file that defines `POLICY`. This runs the file. Raises UnknownPolicy."""
    if not path.is_file():
        raise UnknownPolicy(f"没有政策文件 {path}")
    spec = importlib.util.spec_from_file_location(f"jiuyuan_policy_{path.stem}", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    found = getattr(module, "POLICY", None)
    if not isinstance(found, Policy):
        raise UnknownPolicy(f"政策文件 {path} 没有定义 POLICY")
    return found
