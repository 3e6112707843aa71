"""What has changed in a case since the clerk's check, for reviewers (二(三))."""

from dataclasses import dataclass
from typing import Any

from jiuyuan.applications.case import Case
from jiuyuan.applications.models import Decision
from jiuyuan.desk.fact_rows import in_words
from jiuyuan.people.models import Fact
from jiuyuan.rules.facts import FACTS
from jiuyuan.wording import say


@dataclass(frozen=True)
class Difference:
    """A fact with another value than at the check, or since confirmed by another source."""

    label: str
    then: str
    now: str
    fact: Fact | None

    @property
    def changed(self) -> bool:
        return self.then != self.now


@dataclass(frozen=True)
class Since:
    """The check and the later changes."""

    decision: Decision
    facts: list[Difference]


def since_first_review(case: Case) -> Since | None:
    """The changes since the first review; None if the case never passed it."""
    decision = _passed(case)
    if decision is None:
        return None
    found = [d for name in _recordable() if (d := _difference(name, decision, case))]
    return Since(decision, found)


def changed_since_first_review(case: Case) -> list[str]:
    """The facts with other values than at the check, in words, for list rows."""
    if (decision := _passed(case)) is None:
        return []
    both = [(name, decision.facts.get(name), case.facts.get(name)) for name in _recordable()]
    return [f"{FACTS[n].label}：{_shown(n, then)}→{_shown(n, now)}" for n, then, now in both if then != now]


def _passed(case: Case) -> Decision | None:
    return next((one for one in reversed(case.decisions) if one.action == "first_review_pass"), None)


def _recordable() -> list[str]:
    return [name for name, fact in FACTS.items() if fact.recordable]


def _difference(name: str, decision: Decision, case: Case) -> Difference | None:
    then, now = decision.facts.get(name), case.facts.get(name)
    later = _recorded_since(name, decision, case)
    if then == now and later is None:
        return None
    return Difference(say(FACTS[name].label), _shown(name, then), _shown(name, now), later)


def _recorded_since(name: str, decision: Decision, case: Case) -> Fact | None:
    standing = case.known.get(name)
    if standing is None:
        return None
    return next((fact for fact in standing.facts[::-1] if fact.recorded_at > decision.made_at), None)


def _shown(name: str, value: Any) -> str:
    return in_words(name, value)
