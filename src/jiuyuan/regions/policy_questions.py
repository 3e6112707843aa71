"""Builds quiz questions on a policy from its test cases: the facts of a case, a clause,
and whether it holds (五(二)).
"""

from dataclasses import dataclass
from datetime import date
from functools import cache
from hashlib import sha256
from typing import Any, Literal

from jiuyuan.regions import registry
from jiuyuan.regions.cases import cases_of
from jiuyuan.rules.facts import FactDefinition
from jiuyuan.rules.logic import reads
from jiuyuan.rules.sentences import day_text, list_text
from jiuyuan.wording import say

Answer = Literal["yes", "no", "open"]
ANSWERS: dict[Answer, str] = {"yes": "成立", "no": "不成立", "open": "还不能判断"}
_OF: dict[bool | None, Answer] = {True: "yes", False: "no", None: "open"}


@dataclass(frozen=True)
class PolicyQuestion:
    """A quiz question. `facts`: one line each; `title` and `clause`: the clause in question; `reason`:
    the policy's explanation.
    """

    facts: tuple[str, ...]
    title: str
    clause: str
    answer: Answer
    reason: str
    case: str


def questions_of(code: str) -> tuple[PolicyQuestion, ...]:
    """All questions on a policy, in the order of its test cases.

    The answer is computed by the rules, not read from the file.
    """
    rules = registry.policy(code)
    clauses = {clause.code: clause for clause in rules.clauses}
    found = []
    for case in cases_of(code):
        facts = rules.parse(case.facts)
        ruling = (rules.decide_exits if case.exits else rules.decide)(facts)
        for answered in ruling.clauses:
            clause = clauses[answered.code]
            if clause.clause != case.clause or (answered.code not in case.answer and not case.exits):
                continue
            read = [rules.known_facts[name] for name in sorted(reads(clause.when)) if name in rules.known_facts]
            if any(fact.kind == "division" for fact in read):  # a division code teaches nothing
                continue
            known = (_line(fact, facts.get(fact.name)) for fact in read if fact.name != "as_of")
            lines = (say("办理那天是{day}", day=day_text(facts["as_of"])), *known)
            found.append(
                PolicyQuestion(lines, clause.title, clause.clause, _OF[answered.status], answered.reason, case.case)
            )
    return tuple(found)


@cache
def asks(code: str) -> bool:
    """Whether there are questions on a policy."""
    return bool(questions_of(code))


@cache
def version_of(code: str) -> str:
    """The policy code with a digest of its questions and answers, which changes with the policy or its test cases."""
    asked = repr([(one.facts, one.title, one.clause, one.answer) for one in questions_of(code)])
    return f"{code}:{sha256(asked.encode()).hexdigest()[:12]}"


def _line(fact: FactDefinition, value: Any) -> str:
    return say("{label}：{value}", label=fact.label, value=_shown(fact, value))


def _shown(fact: FactDefinition, value: Any) -> str:
    if value is None:
        return say("不清楚")
    if isinstance(value, bool):
        return say("是") if value else say("否")
    if isinstance(value, date):
        return day_text(value)
    if isinstance(value, tuple | list):
        return list_text(_shown(fact, one) for one in value) if value else say("没有")
    return fact.choices.get(value, "") or f"{value}{fact.unit}"
