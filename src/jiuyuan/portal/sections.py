"""The pages of the form in order: which an application has, and what each asks."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from jiuyuan.applications.case import Case
from jiuyuan.people.models import Fact
from jiuyuan.portal.questions import in_words
from jiuyuan.regions import registry
from jiuyuan.rules.facts import FACTS
from jiuyuan.rules.logic import reads
from jiuyuan.rules.policy import PARTS_OF
from jiuyuan.wording import say

#: The page for other papers, which can be any number.
_WHATEVER_ELSE = "other"
#: The parts of the way, the same for all applications.
PARTS = ("常住地", "申请类别", "您的情况", "家里人和打算", "材料", "核对、签名")


@dataclass(frozen=True)
class FormStep:
    """A page of the form for an application.

    `part`: its position in `PARTS`, from 1. `lacking`: its unanswered questions; `once`: shown once although
    nothing on it affects the decision.
    """

    code: str
    title: str
    url: str
    part: int
    lacking: tuple[str, ...] = ()
    once: bool = False

    def is_open(self, shown: Collection[str]) -> bool:
        """Whether it has something to do for somebody who was shown these pages."""
        return bool(self.lacking) or (self.once and self.code not in shown)


def needed_facts(case: Case) -> frozenset[str]:
    """The facts read by base conditions, exclusions and claimed categories, without those never asked."""
    policy = case.policy
    claimed = [category for category in policy.categories if category.code in case.application.categories]
    names = {name for clause in (*policy.base, *claimed, *policy.exclusions) for name in reads(clause.when)}
    if not ("retirement_track" in case.decision.missing or _own(case, "retirement_track")):
        names.discard("retirement_track")
    return frozenset(name for name in names if not FACTS[name].origin)


def open_facts(case: Case) -> frozenset[str]:
    """Those that are unanswered and still decide a clause; others are not asked any more."""
    claimed = set(case.application.categories)
    skipped = {category.code for category in case.policy.categories} - claimed
    undecided = [clause for clause in case.decision.clauses if clause.status is None and clause.code not in skipped]
    return frozenset().union(*(clause.missing for clause in undecided))


def _own(case: Case, name: str) -> Fact | None:
    standing = case.known.get(name)
    return standing.own if standing else None


def answer(case: Case, name: str) -> Any:
    """The value shown for a fact: the person's own last statement, else what is on file."""
    own = _own(case, name)
    if own is not None:
        return own.value
    standing = case.known.get(name)
    return standing.value if standing else None


def said(case: Case, name: str) -> str:
    return in_words(FACTS[name], answer(case, name))


def steps(case: Case) -> list[FormStep]:
    """All pages of this application, in order."""
    number, details = case.application.number, case.application.details

    def step(code: str, title: str, part: int, lacking: Iterable[str] = (), once: bool = False) -> FormStep:
        return FormStep(code, title, reverse("portal:page", args=[number, code]), part, tuple(lacking), once)

    needed, unanswered = needed_facts(case), open_facts(case)
    found = [
        step("contact", say("联系方式"), 1, [] if case.address and case.phone else [say("地址和电话")]),
        step("categories", say("申请类别"), 2, [] if case.application.categories else [say("申请类别")]),
    ]
    for topic in case.questions.topics:
        if names := case.questions.facts(topic, needed):
            lacking = [FACTS[name].label for name in names if name in unanswered and answer(case, name) is None]
            blank = any(not details.get(name) for name in topic.details)
            found.append(step(topic.code, topic.title, 3, lacking, once=blank))
    alone = not case.household
    at_home = [say("家庭成员")] if case.household_lacking else []
    found.append(step("household", say("家里人"), 4, at_home, once=alone))
    if wishes := case.questions.wishes:
        found.append(step("wishes", say("想做什么工作"), 4, once=not any(details.get(name) for name in wishes)))
    found.append(step("agent", say("帮您办的人"), 4))
    return [*found, *material_steps(case)]


def where_to_go_on(case: Case, shown: Collection[str] = ()) -> FormStep | None:
    """The first page with an open question or with form columns not shown yet; None if there is none."""
    pages = steps(case)
    return next((step for step in pages if step.is_open(shown) and step.code != "other"), None)


def material_steps(case: Case) -> list[FormStep]:
    """One page per material (二(一)), then one for other papers."""
    missing = {requirement.any_of for requirement in case.missing_materials}
    number, found = case.application.number, []
    for requirement in case.required_materials:
        code = requirement.any_of[0]
        lacking = [requirement.label] if requirement.any_of in missing else []
        url = reverse("portal:material", args=[number, code])
        found.append(FormStep(code, requirement.everyday, url, 5, tuple(lacking)))
    return [
        *found,
        FormStep(
            "other", registry.materials()["other"], reverse("portal:material", args=[number, "other"]), 5, once=True
        ),
    ]


def lacking_parts(case: Case, kind: str) -> list[str]:
    """The sides or pages of a paper without a picture. A picture without this information may be any of them."""
    there = [material.document.part for material in case.materials if material.kind == kind]
    lacking = [part for part in PARTS_OF.get(kind, ()) if part not in there]
    return lacking[there.count("") :]


def following(case: Case, code: str, shown: Collection[str] = ()) -> str:
    """The URL of the next page with something to do; after the last, of the review page."""
    pages = steps(case)
    codes = [step.code for step in pages]
    later = pages[codes.index(code) + 1 :] if code in codes else []
    step = next((step for step in later if step.is_open(shown)), None)
    return step.url if step else reverse("portal:form", args=[case.application.number])


def passed_over(case: Case, code: str, shown: Collection[str] = ()) -> int:
    """The number of pages of this part skipped from here: answered, and never shown."""
    pages = steps(case)
    here = next(step for step in pages if step.code == code)
    rest = [step for step in pages[pages.index(here) + 1 :] if step.part == here.part and step.code not in shown]
    return 0 if any(step.is_open(shown) for step in rest) else len(rest)


def before(case: Case, code: str) -> str:
    """The URL of the previous page; empty for the first."""
    pages = steps(case)
    codes = [step.code for step in pages]
    place = codes.index(code) if code in codes else 0
    return pages[place - 1].url if place else ""


def part(number: int, within: str = "") -> dict[str, Any]:
    """A part for the progress line."""
    return {"step": number, "of": len(PARTS), "part": say(PARTS[number - 1]) + within}


def place_of_step(case: Case, code: str) -> dict[str, Any]:
    """The position of a page for the progress line."""
    pages = steps(case)
    here = next(step for step in pages if step.code == code)
    beside = [step.code for step in pages if step.part == here.part and step.code != _WHATEVER_ELSE]
    counted = code in beside and len(beside) > 1
    return part(here.part, f"（{beside.index(code) + 1}/{len(beside)}）" if counted else "")


def detail_label(case: Case, name: str) -> str:
    return case.questions.by_name[name].label
