"""The clauses on which a person can be refused today: what the rules answer on facts that nobody has to take on trust.

A contradicted or disputed fact is unknown, and so is one that only the applicant said, an old one, and one that was settled
in words; three values do the rest. Nobody types clause, fact, value or source: they are kept and printed from here.
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

#: The code of a refusal that rests on a special case settled "no" (一(三)), beside those of the rules.
SPECIAL_CASE = "special_case"
_GOES_UP = "raise_special_case"
#: A clause that fails, in JSON form: clause, code, title, reason, and its facts with value, source, department and day.
Failing = dict[str, Any]


class Judged(Protocol):
    """A case (`applications.case.Case`), as far as the rules are asked of it here."""

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
    """The clauses of a policy that can be in doubt, with their names: base conditions, categories and exclusions.

    Those of every policy, where none is meant.
    """
    found: dict[str, str] = {}
    for one in (rules,) if rules else registry.policies():
        for clause in (*one.base, *one.categories, *one.exclusions):
            found.setdefault(clause.code, f"{clause.clause} {clause.title}")
    return tuple(found.items())


def failing(case: Judged) -> list[Failing]:
    """Every clause that fails today, in the order of the notice.

    A base condition that is false; an exclusion that is true; where all seven categories are false, every claimed one; and
    the last special case where it was settled "no". One that two reviewers granted covers the clauses that were in doubt.
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
    """The failing clauses that a refusal names; where it names one claimed category, every claimed one.

    Raises `GuardNotMet`: `clause_not_failing`, or `rules_say_otherwise` where the rules refuse nobody here.
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
    """Why nobody can be refused on these clauses, with what does fail, and what to do instead."""
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
    """What a program is told beside a refusal that the rules do not bear."""
    return {
        "answer": case.decision.as_json(),
        "missing": list(case.decision.missing),
        **({"instead": _GOES_UP} if _can_go_up(case) else {}),
    }


def wait_or_go_up(case: Judged) -> str:
    """What to do where a record is disputed."""
    return say("请等查清，或按特殊情况上报。") if _can_go_up(case) else say("请等查清。")


def _can_go_up(case: Judged) -> bool:
    """Whether the region's procedure lets what is in doubt be studied as a special case."""
    return _GOES_UP in WORKFLOWS["application"].of(case.region).by_action


def special_case_clause(region: str = "") -> str:
    """By which clause what is in doubt is studied as a special case in a region; empty where it is not."""
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
    """The facts behind what fails by the whole answer that nobody has verified, or not lately."""
    facts = case.policy.parse(case.facts)
    names = {name for clause in _failing_by_the_answer(case) for name in case.policy.carriers(clause.code, facts)}
    return [n for n in FACTS if n in names and n in case.known and (not case.known[n].verified or n in case.stale)]


def _failing_by_the_answer(case: Judged) -> list[Clause]:
    """What fails by today's whole answer, no matter who said the facts: a category only where nothing else does."""
    failed: list[Clause] = [c for c in case.policy.base if _status(case)[c.code] is False]
    failed += [c for c in case.policy.exclusions if _status(case)[c.code] is True]
    return failed or list(case.policy.categories)


def _status(case: Judged) -> Mapping[str, bool | None]:
    return {answer.code: answer.status for answer in case.decision.clauses}


def _labels(names: Iterable[str]) -> str:
    return "、".join(f"“{say(FACTS[name].label)}”" for name in names)
