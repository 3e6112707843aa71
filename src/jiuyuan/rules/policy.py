"""What a policy is: base conditions, categories, exclusions, exit grounds and materials, and how it answers for one person."""

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

#: The kinds of material that are known everywhere by code, with their names; a policy names its own (`MaterialRequirement.names`).
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
#: What people call them.
EVERYDAY: Mapping[str, str] = {
    "disability_certificate": "残疾人证",
    "minimum_allowance_certificate": "低保证明",
    "labour_termination": "离职证明，或者别的下岗证明",
    "land_requisition_agreement": "征地协议书，或者别的征地证明",
    "diploma": "毕业证",
}
#: Those of them that stand for no paper of one kind.
NO_ONE_PAPER = frozenset({"other", "site_visit_photo", "signed_request", "signed_form", "publicity_consent"})
#: Which side or page of a material a picture shows.
PARTS: Mapping[str, str] = {"front": "正面", "back": "反面", "first_page": "首页", "own_page": "本人页"}
#: Those that a whole set of pictures of a material has.
PARTS_OF: Mapping[str, tuple[str, ...]] = {"id_card": ("front", "back"), "hukou_book": ("first_page", "own_page")}


@dataclass(frozen=True, slots=True)
class MaterialRequirement:
    """A material that has to be handed in: one of the kinds in `any_of`, and what its photograph must show.

    `names`: what the document calls the kinds that are its own.
    """

    any_of: tuple[str, ...]
    clause: str
    shows: str
    names: Mapping[str, str] = field(default_factory=dict, hash=False)

    @property
    def label(self) -> str:
        """The name, or the names of those of which one is enough."""
        return self._named({})

    @property
    def everyday(self) -> str:
        """The same in people's words."""
        return self._named(EVERYDAY)

    def _named(self, before: Mapping[str, str]) -> str:
        return "或".join(before.get(code) or self.names.get(code) or MATERIALS[code] for code in self.any_of)


#: What an agent needs from the person (代办); no category asks for it.
AUTHORISATION = MaterialRequirement(
    ("authorisation",),
    "民法典 165",
    "写清谁委托谁、办什么事，代签承诺和同意核实的也写上；本人签字、写日期。自己写在纸上就行。",
)


#: What a case handed in by a program without the person's signature lacks; no category asks for it.
SIGNED_FORM = MaterialRequirement(("signed_form",), "个人信息保护法 13", "认定表上的承诺和同意核实，本人签字、写日期。")


@dataclass(frozen=True, slots=True)
class Base(Clause):
    """A condition that everyone must meet. `plain` says it to the person."""

    plain: str = ""
    verdicts = "符合“{title}”的条件", "不符合“{title}”的条件", "暂不能判断是否符合“{title}”的条件"


@dataclass(frozen=True, slots=True)
class Category(Clause):
    """One of the circumstances of which at least one must be there, with the materials that prove it.

    `plain` says it to the person, who chooses; the rules decide.
    """

    materials: tuple[MaterialRequirement, ...] = ()
    plain: str = ""
    verdicts = "属于{title}", "不属于{title}", "暂不能判断是否属于{title}"


@dataclass(frozen=True, slots=True)
class Exclusion(Clause):
    """A circumstance in which recognition is refused. `plain` says it to the person."""

    plain: str = ""
    verdicts = (
        "属于{clause}不予认定的情形：{title}",
        "没有{clause}不予认定的情形",
        "暂不能判断有无{clause}不予认定的情形",
    )


@dataclass(frozen=True, slots=True)
class Exit(Clause):
    """A ground on which a recognition ends.

    `cases`: where it has several, each with its words, by the fact that makes it true. Where none of these facts is true and
    the ground is, the case is the one under a name of its own.
    """

    cases: Mapping[str, str] = field(default_factory=dict, hash=False)
    verdicts = "属于{clause}的退出情形：{title}", "没有{clause}的退出情形", "暂不能判断有无{clause}的退出情形"


@dataclass(frozen=True)
class Policy:
    """One version of one region's rules. Immutable; what it answers depends on the facts and the dated parameters alone.

    `questions` come first in a self-check, before the order of the table of facts; `excused` are the signals that mean nothing
    while a condition holds; `facts` are those of a region's own, beside the schema's; `county` says where a
    place is counted (`rules.divisions`); `scheme` is what one is recognised as.
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
        """Every clause in the order of the document."""
        return (*self.base, *self.categories, *self.exclusions, *self.exits)

    @cached_property
    def titles(self) -> Mapping[str, str]:
        """The categories by code, with their titles."""
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
        """The minimum wages by which the policy answers."""
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
        """The same rules for somebody of whom one category alone is asked. Raises KeyError."""
        return self._alone[category]

    def parse(self, mapping: Mapping[str, Any]) -> dict[str, Any]:
        """`facts.parse` with the region's own facts. Those of another region's, where somebody once lived, mean nothing here."""
        if len(FACTS) > len(SCHEMA) and isinstance(mapping, Mapping):
            mapping = {name: mapping[name] for name in mapping if name in self.known_facts or name not in FACTS}
        return fact_module.parse(mapping, self._own)

    def line_reader(self) -> Callable[[bytes], Facts | None]:
        """The quick way from a line of JSON to facts, which takes right lines only (`rules.lines`)."""
        from jiuyuan.rules import lines  # msgspec, which a screening does without

        return lines.reader({**self.known_facts, **SCHEMA})

    def decide(self, facts: Facts) -> Ruling:
        """Whether this person can be recognised on `as_of`, from parsed facts (`facts.parse`): see contracts/decision.md."""
        return self._engine.decide(facts)

    def decide_exits(self, facts: Facts) -> ExitAnswer:
        """Which grounds for exit there are on `as_of`, from parsed facts, and what calls for an investigation."""
        return self._engine.exits(facts)

    def facts_rested_on(self, facts: Facts, verified: Iterable[str] = ()) -> dict[str, frozenset[str]]:
        """The known facts on which an eligible outcome rests: under "base", "exclusions" and each true category's code.

        Each set is enough by itself for the answers it stands for, and none of it can be left out. Where a person meets a
        clause in two ways, facts that are `verified` already are preferred, then the one that the document names first.
        """
        return self._engine.rested_on(facts, frozenset(verified))

    def carriers(self, code: str, facts: Facts) -> tuple[str, ...]:
        """The known facts that make a base condition, category or exclusion true or false: those its reason speaks of."""
        return self._engine.carriers(code, facts)

    def open_questions(self, facts: Facts, skipped: Collection[str] = ()) -> list[str]:
        """The facts that could still change the outcome, in the order in which a self-check asks, without those `skipped`.

        A minimum wage nobody knows by heart is asked for as the place of residence. Empty where the outcome is determined.
        """
        missing = set(self.decide(facts).missing)
        if "local_minimum_wage" in missing and facts.get("residence_division") is None:
            missing = missing - {"local_minimum_wage"} | {"residence_division"}
        found = [fact for name, fact in self.known_facts.items() if name in missing and name not in skipped]
        first = [fact for fact in self.questions if fact in found]
        rest = sorted(found, key=lambda fact: (not fact.asked, fact.asked))
        return list(dict.fromkeys(fact.name for fact in (*first, *rest)))

    def next_question(self, facts: Facts, skipped: Collection[str] = ()) -> str | None:
        """The fact to ask next in a self-check; `skipped` are those that the person cannot say."""
        return next(iter(self.open_questions(facts, skipped)), None)

    def materials_for(self, categories: Iterable[str]) -> list[MaterialRequirement]:
        """What an application for these categories needs: the materials of everyone, then those of each category (二(一))."""
        wanted = set(categories)
        found = list(self.materials)
        for category in self.categories:
            if category.code in wanted:
                found += category.materials
        return found


class UnknownPolicy(ValueError):
    """There is no such policy; the message says where one was looked for."""


def read(path: Path) -> Policy:
    """The policy that a Python file defines as `POLICY`: a program, so load only those that you would run.

    Raises UnknownPolicy.
    """
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
