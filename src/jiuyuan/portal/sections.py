"""The pages of the form, in their order: which there are for one application, and what each asks."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from jiuyuan.applications.case import Case
from jiuyuan.people.models import Fact
from jiuyuan.portal.questions import in_words
from jiuyuan.regions import registry
from jiuyuan.rules.facts import FACTS
from jiuyuan.rules.logic import reads
from jiuyuan.rules.policy import MaterialRequirement
from jiuyuan.wording import say

#: County, street, category: the pages before there is a draft.
FIRST_STEPS = 3


@dataclass(frozen=True)
class Step:
    """One page of the form for one application. `lacking` are the questions on it that nobody has answered."""

    code: str
    title: str
    url: str
    lacking: tuple[str, ...] = ()


def needed_facts(case: Case) -> frozenset[str]:
    """What the base conditions, the exclusions and the claimed categories read, less what is never asked."""
    policy = case.policy
    claimed = [category for category in policy.categories if category.code in case.application.categories]
    names = {name for clause in (*policy.base, *claimed, *policy.exclusions) for name in reads(clause.when)}
    if not ("retirement_track" in case.decision.missing or _own(case, "retirement_track")):
        names.discard("retirement_track")
    return frozenset(name for name in names if not FACTS[name].origin)


def open_facts(case: Case) -> frozenset[str]:
    """Of these, the unanswered ones that still decide a clause: what is not needed any more is not asked for."""
    claimed = set(case.application.categories)
    skipped = {category.code for category in case.policy.categories} - claimed
    undecided = [clause for clause in case.decision.clauses if clause.status is None and clause.code not in skipped]
    return frozenset().union(*(clause.missing for clause in undecided))


def _own(case: Case, name: str) -> Fact | None:
    standing = case.known.get(name)
    return standing.own if standing else None


def answer(case: Case, name: str) -> Any:
    """What stands in the box of a fact: the person's own last word, else what is on file."""
    own = _own(case, name)
    if own is not None:
        return own.value
    standing = case.known.get(name)
    return standing.value if standing else None


def said(case: Case, name: str) -> str:
    return in_words(FACTS[name], answer(case, name))


def steps(case: Case) -> list[Step]:
    """Every page that this application has, in order."""
    number, person = case.application.number, case.person

    def step(code: str, title: str, lacking: Iterable[str] = ()) -> Step:
        return Step(code, title, reverse("portal:page", args=[number, code]), tuple(lacking))

    needed, unanswered = needed_facts(case), open_facts(case)
    found = [
        step("contact", say("联系方式"), [] if person.address and person.phone else [say("地址和电话")]),
        step("categories", say("申请类别"), [] if case.application.categories else [say("申请类别")]),
    ]
    for topic in case.questions.topics:
        if names := case.questions.facts(topic, needed):
            lacking = [FACTS[name].label for name in names if name in unanswered and answer(case, name) is None]
            found.append(step(topic.code, topic.title, lacking))
    found.append(step("household", say("家里人"), [say("家庭成员")] if case.household_lacking else []))
    if case.questions.wishes:
        found.append(step("wishes", say("想做什么工作")))
    return [*found, *material_steps(case)]


def where_to_go_on(case: Case) -> Step | None:
    """The first page with something open on it; household and wishes, which may stay empty, are shown once before the
    materials. None where nothing is left."""
    pages = steps(case)
    codes = {step.code for step in material_steps(case)}
    untouched = not case.person.household.all() and not any(
        case.application.details.get(name) for name in case.questions.wishes
    )
    for step in pages:
        if step.lacking and step.code not in codes:
            return step
    if untouched:
        return next(step for step in pages if step.code == "household")
    return next((step for step in pages if step.lacking), None)


def material_steps(case: Case) -> list[Step]:
    """One page a material (二(一)), then one for whatever else somebody wants to show."""
    missing = {requirement.any_of for requirement in case.missing_materials}
    number, found = case.application.number, []
    for requirement in requirements(case):
        code = requirement.any_of[0]
        lacking = [requirement.label] if requirement.any_of in missing else []
        url = reverse("portal:material", args=[number, code])
        found.append(Step(code, requirement.label, url, tuple(lacking)))
    return [*found, Step("other", registry.materials()["other"], reverse("portal:material", args=[number, "other"]))]


def requirements(case: Case) -> list[MaterialRequirement]:
    return case.policy.materials_for(case.application.categories)


def following(case: Case, code: str) -> str:
    """The address of the page after one; after the last, the page where all is seen again."""
    pages = steps(case)
    codes = [step.code for step in pages]
    place = codes.index(code) + 1 if code in codes else len(pages)
    return pages[place].url if place < len(pages) else reverse("portal:form", args=[case.application.number])


def place_of_step(case: Case, code: str) -> dict[str, Any]:
    """Where a page stands, for the progress line."""
    pages = steps(case)
    codes = [step.code for step in pages]
    place = codes.index(code) + 1 if code in codes else 1
    return {"step": FIRST_STEPS + place, "of": FIRST_STEPS + len(pages) + 1}


def detail_label(case: Case, name: str) -> str:
    return case.questions.by_name[name].label
