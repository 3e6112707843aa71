"""The answer of `jiuyuan exits` about one recognition with the facts used; shared by the nightly run,
pages and proposals.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from jiuyuan.people import facts as standing_facts
from jiuyuan.people.models import Fact
from jiuyuan.recognitions.models import Recognition
from jiuyuan.regions import registry
from jiuyuan.rules.answers import ClauseAnswer, ExitAnswer
from jiuyuan.rules.facts import Invalid


@dataclass(frozen=True)
class Answered:
    """A recognition, its answer on a day, and the facts used."""

    answer: ExitAnswer
    facts: dict[str, Any]

    def clause(self, code: str) -> ClauseAnswer | None:
        return next((c for c in (*self.answer.clauses, *self.answer.signal_clauses) if c.code == code), None)

    def rests_on(self, codes: Iterable[str]) -> dict[str, Any]:
        names = {name for code in codes if (clause := self.clause(code)) for name in clause.facts}
        return {name: self.facts.get(name) for name in sorted(names)}

    def as_json(self, code: str) -> dict[str, Any]:
        clause = self.clause(code)
        assert clause is not None
        return {"as_of": self.facts["as_of"], **clause.as_json(), "known": self.rests_on([code])}


def read(recognition: Recognition, facts: Mapping[str, Any], day: date) -> Answered | None:
    """Answer from these facts; None if they are contradictory (`facts.parse`) and the file has to be corrected
    first.
    """
    of_the_question = {"as_of": day.isoformat(), "recognised_on": recognition.recognised_on.isoformat()}
    said = {**facts, **of_the_question}
    rules = registry.policy_of(recognition.area, day)
    try:
        return Answered(rules.decide_exits(rules.parse(said)), said)
    except Invalid:
        return None


def today(recognition: Recognition, day: date) -> Answered | None:
    """The answer from the facts on file today."""
    return read(recognition, standing_facts.values(standing_facts.standing(recognition.person.facts.all())), day)


def compared(recognition: Recognition, ground: str, day: date) -> tuple[dict[str, Any], dict[str, Any], list[str]]:
    """The answer of a ground on the day of recognition and on `day`, and the facts that changed,
    as stored with a proposal.
    """
    recorded = list(recognition.person.facts.all())
    now = read(recognition, standing_facts.values(standing_facts.standing(recorded)), day)
    before = stood(recognition, recorded, recognition.recognised_on)
    return told_apart(before, now, ground)


def stood(recognition: Recognition, recorded: Sequence[Fact], day: date) -> Answered | None:
    """The answer on an earlier day, from the facts known then."""
    return read(recognition, standing_facts.values(standing_facts.stood_on(recorded, day)), day)


def told_apart(
    before: Answered | None, now: Answered | None, ground: str
) -> tuple[dict[str, Any], dict[str, Any], list[str]]:
    then = before.as_json(ground) if before else {}
    said = now.as_json(ground) if now else {}
    known = said.get("known", {})
    changed = [name for name, value in known.items() if then and then["known"].get(name) != value]
    return then, said, changed or ["as_of"]
