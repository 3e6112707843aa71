"""Public pages on each scheme and on recognition, generated from their definitions:
谁、多少、怎么办、多久、找谁 (五(四)).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from jiuyuan.money.in_words import HOW, amount_in_words
from jiuyuan.regions import registry
from jiuyuan.regions.region import Region
from jiuyuan.rules.policy import MaterialRequirement, Policy
from jiuyuan.rules.scheme import Scheme
from jiuyuan.wording import say

RECOGNITION = "recognition"
_PAID_TO = {"person": "补给您本人。", "employer": "补给单位。", "nobody": ""}
_LIMITS = {
    "recognition_working_days": "从受理那天起，{days}个工作日办完。",
    "notice_working_days": "其中公示{days}个工作日。",
}
_COUNTED = {"once": "只给一次。", "nothing": "", "months": "按月给。"}


@dataclass(frozen=True, kw_only=True)
class SchemePage:
    """The content of a page, one sentence per line.

    `all_of`: everybody's conditions; `one_of`: alternatives; `unknown`: unpublished.
    """

    code: str
    title: str
    plain: str
    all_of: list[str]
    one_of: list[str]
    none_of: list[str]
    how_much: list[str]
    how: list[str]
    papers: list[str]
    how_long: list[str]
    unknown: list[str]
    document: str


def pages(day: date) -> list[SchemePage]:
    """Recognition first, then the schemes in force on a day in the home region."""
    return [
        recognition_page(registry.policy_of("", day), registry.home(), day),
        *_of_schemes(registry.schemes_of("", day), day),
    ]


def _of_schemes(schemes: Sequence[Scheme], day: date) -> list[SchemePage]:
    titles = {scheme.code: scheme.title for scheme in schemes}
    return [scheme_page(scheme, day, titles) for scheme in schemes]


def scheme_page(scheme: Scheme, day: date, titles: dict[str, str]) -> SchemePage:
    """The page of a scheme. `titles`: of all schemes by code, to name exclusive ones."""
    amounts = scheme.amounts_on(day)
    exclusive = [titles[code] for code in scheme.exclusive_with if code in titles]
    return SchemePage(
        code=scheme.code, title=scheme.title, plain=scheme.plain,
        all_of=[clause.title for clause in scheme.base], one_of=[clause.title for clause in scheme.who],
        none_of=[clause.title for clause in scheme.exclusions],
        how_much=_said(
            *(amount_in_words(one) for one in amounts if one.value is not None),
            say(_COUNTED[scheme.counted]), say(_PAID_TO[scheme.paid_to]),
            say("钱从{payer}出。", payer=scheme.payer) if scheme.payer and scheme.gives == "money" else "",
            say("同一个月不能同时领：{others}。", others=exclusive) if exclusive else "",
        ),
        how=_said(say(HOW.get(scheme.gives, "")), scheme.window, scheme.publicity),
        papers=_papers(scheme.materials), how_long=_term(scheme, day),
        unknown=list(dict.fromkeys((*(one.label for one in amounts if one.value is None), *scheme.unpublished))),
        document=scheme.document,
    )  # fmt: skip


def _term(scheme: Scheme, day: date) -> list[str]:
    term = scheme.term
    ends = say("这项政策到{until:date}为止。", until=scheme.until) if scheme.until else ""
    if term is None:
        return _said(ends)
    counting = {
        "cumulative": say("领过的月数加起来算，中间停了不算。"),
        "consecutive": say("从第一个月起连着算，中间停了也算。"),
    }
    return _said(
        say("最多{months}个月。", months=term.policy_months),
        say("第一次核定时，离退休不到{years}年的，可以到退休。", years=term.extension_years) if term.extension_years else "",
        counting[term.counting], say("领满以后，就业援助到期。") if scheme.ends_assistance else "",
        say("依据：{source}", source=term.source), ends,
    )  # fmt: skip


def recognition_page(rules: Policy, region: Region, day: date) -> SchemePage:
    """The page of recognition, from the policy file and the limits in force."""
    limits = [(name, region.limit_if_any(name, on=day)) for name in _LIMITS]
    return SchemePage(
        code=RECOGNITION, title=say("就业困难人员认定"), plain=say("失业了、找工作有困难的，可以申请认定。认定以后有帮扶。"),
        all_of=[clause.plain or clause.title for clause in rules.base],
        one_of=[clause.plain or clause.title for clause in rules.categories],
        none_of=[clause.plain or clause.title for clause in rules.exclusions],
        how_much=[say("不收费。"), *([one.text for one in region.about.gets] if region.about else [])],
        how=[one.text for one in region.about.goes] if region.about else [],
        papers=[*_papers(rules.materials), *_papers([one for each in rules.categories for one in each.materials])],
        how_long=[say(_LIMITS[name], days=days) for name, days in limits if days is not None],
        unknown=[], document=registry.document_of(rules.code),
    )  # fmt: skip


def _papers(materials: Sequence[MaterialRequirement]) -> list[str]:
    return list(dict.fromkeys(one.label for one in materials))


def _said(*sentences: str) -> list[str]:
    return [one for one in sentences if one]
