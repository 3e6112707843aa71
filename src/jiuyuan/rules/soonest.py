"""Computes when somebody who is too early will meet the conditions, if nothing else changes."""

from __future__ import annotations

from datetime import date

from jiuyuan.rules.calendar import add_months
from jiuyuan.rules.facts import Facts
from jiuyuan.rules.logic import leaves
from jiuyuan.rules.policy import Policy
from jiuyuan.rules.sentences import span_text
from jiuyuan.rules.words.days import Aged, Lasted

_MONTHS = 36


def eligible_from(policy: Policy, facts: Facts, months: int = _MONTHS, *, outcome: str = "eligible") -> date | None:
    """The first day after `as_of`, within `months` months, on which these facts have the outcome; None if there is
    none.

    Every condition that time alone fulfils is some number of months after a known day, so only these days are
    tried.
    """
    as_of: date = facts["as_of"]
    days = set()
    for name, day in facts.items():
        if name == "as_of" or not isinstance(day, date):
            continue
        passed = (as_of.year - day.year) * 12 + as_of.month - day.month
        days |= {add_months(day, passed + more) for more in range(months + 1)}
    for day in sorted(day for day in days if day > as_of):
        if policy.decide({**facts, "as_of": day}).outcome == outcome:
            return day
    return None


def reached_on(policy: Policy, facts: Facts, day: date) -> str:
    """What becomes true by the day somebody waits for, for example 满6个月, 满40周岁; empty if no such phrase fits."""
    blank = dict.fromkeys(policy.known_facts)
    now, then = {**blank, **facts}, {**blank, **facts, "as_of": day}
    decision = policy.decide({**facts, "as_of": day})
    true = set(decision.categories or decision.possible_categories)
    found = []
    for clause in (*policy.base, *(category for category in policy.categories if category.code in true)):
        for leaf in leaves(clause.when):
            if not isinstance(leaf, Aged | Lasted):
                continue
            answer = leaf.compiled()
            if answer(now) is False and answer(then) is True:
                if isinstance(leaf, Lasted):
                    found.append(f"满{span_text(leaf.months)}")
                else:
                    ages = leaf.at(day)
                    found.append(f"满{ages.women if facts.get('sex') == 'female' else ages.men}周岁")
    return "、".join(dict.fromkeys(found))
