"""Warns about an application that cannot succeed with the data filled in, before photographs are taken."""

from dataclasses import dataclass
from typing import Any

from jiuyuan.applications.case import Case
from jiuyuan.portal.selfcheck_result import plain_reason
from jiuyuan.rules.soonest import eligible_from, reached_on
from jiuyuan.templatetags.plain import bare_day
from jiuyuan.wording import say


@dataclass(frozen=True)
class Outlook:
    """`against`: one sentence for each failing condition; `wait`: from when that would change, empty for never."""

    against: tuple[str, ...] = ()
    wait: str = ""


def outlook(case: Case) -> Outlook:
    """What speaks against the application as filled in today; empty while anything is unknown."""
    policy, claimed = case.policy, set(case.application.categories)
    others = {category.code for category in policy.categories} - claimed
    exclusions = {exclusion.code for exclusion in policy.exclusions}
    answers = {answer.code: answer for answer in case.decision.clauses if answer.code not in others}
    against = [a for a in answers.values() if a.status is (a.code in exclusions) and a.code not in claimed]
    mine = [answers[code] for code in claimed if code in answers]
    if mine and all(answer.status is False for answer in mine):
        against += mine
    if not against:
        return Outlook()
    facts: dict[str, Any] = policy.parse(case.facts)
    day = eligible_from(policy, facts)
    reached = reached_on(policy, facts, day) if day else ""
    then = say("就{reached}", reached=reached) if reached else ""
    wait = say("再等到{day}{value}，到时就符合了。", day=bare_day(day), value=then) if day else ""
    return Outlook(tuple(plain_reason(answer) for answer in against), wait)
