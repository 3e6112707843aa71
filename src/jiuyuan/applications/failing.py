"""Computes the clauses on which an application can be refused today, from reliable facts only.

Facts that are contradicted, disputed, stated only by the applicant, outdated or settled in words count as
unknown; three-valued logic does the rest. Clause, fact, value and source are stored and printed from here, never
typed.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Protocol

from jiuyuan.applications.models import Application, SpecialCase
from jiuyuan.people.facts import Standing
from jiuyuan.procedures.registry import WORKFLOWS
from jiuyuan.refusals import GuardNotMet
from jiuyuan.regions import registry
from jiuyuan.rules.departments import code_of
from jiuyuan.rules.facts import FACTS
from jiuyuan.rules.logic import Clause
from jiuyuan.rules.policy import Policy, Ruling
from jiuyuan.wording import say

#: The code of a refusal based on a special case settled "no" (一(三)), used beside the codes of the rules.
SPECIAL_CASE = "special_case"
_GOES_UP = "raise_special_case"
#: A failing clause as JSON: clause, code, title, reason, and its facts with value, source, department and day.
Failing = dict[str, Any]


class Judged(Protocol):
    """The part of a case (`applications.case.Case`) that the rules need here."""

    today: date
    application: Application

    @property
    def region(self) -> str: ...
    @property
    def policy(self) -> Policy: ...
    @property
    def known(self) -> Mapping[str, Standing]: ...
    @property
    def facts(self) -> Mapping[str, Any]: ...
    @property
    def stale(self) -> Collection[str]: ...
    @property
    def decision(self) -> Ruling: ...
    @property
    def failing(self) -> Sequence[Failing]: ...
    @property
    def settled_special_case(self) -> SpecialCase | None: ...
    @property
    def special_case_granted(self) -> bool: ...


def codes(rules: Policy | None = None) -> tuple[tuple[str, str], ...]:
    """The clauses that can be in doubt, with their titles: base conditions, categories and exclusions.

    Default: every policy.
    """
    found: dict[str, str] = {}
    for one in (rules,) if rules else registry.policies():
        for clause in (*one.base, *one.categories, *one.exclusions):
            found.setdefault(clause.code, f"{clause.clause} {clause.title}")
    return tuple(found.items())


def failing(case: Judged) -> list[Failing]:
    """Every clause that fails today, in the order of the notice.

    These are false base conditions, true exclusions, every claimed category if all categories are false, and the
    latest special case if it was settled "no". A special case that was granted covers the clauses that were in
    doubt.
    """
    known = {n: s.value for n, s in case.known.items() if s.verified and n not in case.stale and not s.settled}
    facts = case.policy.parse(known | {"as_of": case.today.isoformat()})
    answers = {answer.code: answer for answer in case.policy.decide(facts).clauses}
    against: list[Clause] = [c for c in case.policy.base if answers[c.code].status is False]
    if all(answers[c.code].status is False for c in case.policy.categories):
        against += [c for c in case.policy.categories if c.code in case.application.categories]
    against += [c for c in case.policy.exclusions if answers[c.code].status is True]
    special = case.settled_special_case
    granted = set(special.clauses or answers) if special and special.granted else set()
    found = [
        {
            "clause": clause.clause,
            "code": clause.code,
            "title": clause.title,
            "reason": answers[clause.code].reason,
            "facts": [_fact(case, name) for name in case.policy.carriers(clause.code, facts)],
        }
        for clause in against
        if clause.code not in granted
    ]
    return [*found, *_special_case(case)]


def _fact(case: Judged, name: str) -> dict[str, Any]:
    best = case.known[name].best
    return {
        "name": name,
        "value": best.value,
        "source": best.source,
        "department": code_of(best.department),
        "observed_on": best.observed_on.isoformat(),
    }


def _special_case(case: Judged) -> Iterable[Failing]:
    special = case.settled_special_case
    if special is None or special.granted or special.settled_on is None:
        return
    grounds = "；".join(o.ground.rstrip("。；") for o in special.opinions.all() if not o.granted)
    yield {
        "clause": special_case_clause(case.region),
        "code": SPECIAL_CASE,
        "title": say("特殊情况研究"),
        "reason": say(
            "{question}：县级两名复核人研究，不按符合条件办理。理由：{grounds}。",
            question=special.question.rstrip("。；"),
            grounds=grounds,
        ),
        "facts": [],
        "settled_on": special.settled_on.isoformat(),
    }


def chosen(case: Judged, named: Sequence[str]) -> list[Failing]:
    """The failing clauses that a refusal names; naming one claimed category means all of them.

    Raises `GuardNotMet`: `clause_not_failing`, or `rules_say_otherwise` if nothing fails.
    """
    wanted = set(named)
    claimed = {c.code for c in case.policy.categories}
    if wanted & claimed:
        wanted |= claimed & set(case.application.categories)
    found = {clause["code"] for clause in case.failing}
    if not wanted <= found:
        raise refusal(case, [code for code in named if code not in found])
    return [clause for clause in case.failing if clause["code"] in wanted]


def refusal(case: Judged, named: Sequence[str] = ()) -> GuardNotMet:
    """The error for a refusal on these clauses: what does fail, and what to do instead."""
    details: dict[str, Any] = {"failing": case.failing, **otherwise(case)}
    unsure = _not_sure(case)
    if case.decision.outcome != "ineligible" or not (case.failing or unsure):
        return GuardNotMet(_says_otherwise(case), code="rules_say_otherwise", **details)
    others = {c.code for c in case.policy.categories} - set(case.application.categories)
    awaited = {clause.code for clause in _failing_by_the_answer(case)} - others
    if set(named) <= awaited if named else not case.failing:
        return GuardNotMet(
            say("据以拒绝的事实要先核实：{unsure}。", unsure=_labels(unsure)), code="unverified", **details
        )
    titles = dict(codes(case.policy)) | {SPECIAL_CASE: special_case_in_words(case.region)}
    said = say("“{code}”没有不符合。", code="”“".join(titles[code] for code in named))
    if case.failing:
        there = "；".join(f"{c['clause']} {c['title']}" for c in case.failing)
        said += say("按已核实的事实，不符合的是：{there}。", there=there)
    return GuardNotMet(said, code="clause_not_failing", **details)


def otherwise(case: Judged) -> dict[str, Any]:
    """Details for programs of a refusal that the rules do not support."""
    return {
        "answer": case.decision.as_json(),
        "missing": list(case.decision.missing),
        **({"instead": _GOES_UP} if _can_go_up(case) else {}),
    }


def wait_or_go_up(case: Judged) -> str:
    """What to do if a record is disputed."""
    return say("请等查清，或按特殊情况上报。") if _can_go_up(case) else say("请等查清。")


def _can_go_up(case: Judged) -> bool:
    """Whether the region's procedure has special cases."""
    return _GOES_UP in WORKFLOWS["application"].of(case.region).by_action


def special_case_clause(region: str = "") -> str:
    """The clause on special cases in a region; empty if it has none."""
    going_up = WORKFLOWS["application"].of(region).by_action.get(_GOES_UP)
    return going_up.clause if going_up else ""


def special_case_in_words(region: str = "") -> str:
    return f"{special_case_clause(region)} {say('特殊情况研究')}".strip()


def _says_otherwise(case: Judged) -> str:
    if case.decision.outcome == "eligible":
        up = say("确有疑问的，请按特殊情况上报，由县级两名复核人研究。") if _can_go_up(case) else ""
        return say("按规则符合认定条件，不能拒绝。{up}", up=up)
    if case.decision.outcome == "undetermined":
        unknown = _labels(case.decision.missing)
        up = say("查不清的，请按特殊情况上报，由县级研究。") if _can_go_up(case) else ""
        return say("按规则还不能判断，不能拒绝：还要查清{unknown}。{up}", unknown=unknown, up=up)
    if case.special_case_granted:
        return say("县级已按特殊情况研究，同意按符合条件办理，不能再以同样的理由拒绝。")
    up = say("请按特殊情况上报，由县级研究。") if _can_go_up(case) else say("请先查清。")
    return say("据以拒绝的事实，来源互相矛盾或本人有异议，是在采纳说明中写明以哪个为准的；{up}", up=up)


def _not_sure(case: Judged) -> list[str]:
    """The facts behind what fails in today's full answer that are not verified, or not recently."""
    facts = case.policy.parse(case.facts)
    names = {name for clause in _failing_by_the_answer(case) for name in case.policy.carriers(clause.code, facts)}
    return [n for n in FACTS if n in names and n in case.known and (not case.known[n].verified or n in case.stale)]


def _failing_by_the_answer(case: Judged) -> list[Clause]:
    """What fails in today's full answer, whoever stated the facts; categories only if nothing else fails."""
    failed: list[Clause] = [c for c in case.policy.base if _status(case)[c.code] is False]
    failed += [c for c in case.policy.exclusions if _status(case)[c.code] is True]
    return failed or list(case.policy.categories)


def _status(case: Judged) -> Mapping[str, bool | None]:
    return {answer.code: answer.status for answer in case.decision.clauses}


def _labels(names: Iterable[str]) -> str:
    return "、".join(f"“{say(FACTS[name].label)}”" for name in names)
