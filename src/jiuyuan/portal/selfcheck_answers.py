"""What somebody has answered in a self-check, and what to ask next. The answers travel in the page itself."""

import json
from dataclasses import dataclass
from typing import Any, Self

from jiuyuan import clock
from jiuyuan.portal.questions import code_of, may_be_chosen
from jiuyuan.regions import registry
from jiuyuan.regions.region import Region
from jiuyuan.rules import facts as rule_facts
from jiuyuan.rules.facts import FACTS
from jiuyuan.rules.policy import Policy
from jiuyuan.rules.possible_days import impossible_days
from jiuyuan.rules.together import TOGETHER, first_question, settled

#: Asked before all others where there are several regions: in which one somebody lives. Its answer is a region's code.
PLACE = "place"
#: The first question of a region: which of the categories one is. Its answer is a category's code, or None for all of them.
KIND = "kind"


def is_asked(name: str) -> bool:
    return name in (PLACE, KIND) or name in TOGETHER or _is_fact(name)


def _is_fact(name: str) -> bool:
    return name in FACTS and FACTS[name].on_file and FACTS[name].origin != "county"


@dataclass
class Answers:
    """Answers in JSON form, in the order in which they were asked; None is 不清楚. One in everyday words stands as it was chosen."""

    said: dict[str, Any]

    @classmethod
    def read(cls, lines: list[str]) -> Self:
        """From the hidden fields of a page. What is not an answer to a question of ours is left out."""
        said: dict[str, Any] = {}
        for line in lines:
            name, _, text = line.partition("=")
            try:
                value = json.loads(text)
                if _can_be(name, value, cls(said).policy):
                    said[name] = value
            except (ValueError, rule_facts.Invalid, RecursionError):
                continue
        answers = cls(said)
        answers.drop_contradictions()
        return answers

    @property
    def lines(self) -> list[str]:
        return [f"{name}={json.dumps(value, ensure_ascii=False)}" for name, value in self.said.items()]

    @property
    def known(self) -> dict[str, Any]:
        """The facts that were said, alone or with others."""
        own = {name: code_of(FACTS[name], value) for name, value in self.said.items() if _is_fact(name)}
        return {**settled(self.said), **{name: value for name, value in own.items() if value is not None}}

    @property
    def unsure(self) -> list[str]:
        said = self.said.items()
        return [name for name, value in said if _is_fact(name) and code_of(FACTS[name], value) is None]

    @property
    def place(self) -> Region:
        """The region in which the person lives; the home region where they did not say."""
        code = self.said.get(PLACE)
        return registry.region_of(registry.named(code).path) if code else registry.home()

    @property
    def policy(self) -> Policy:
        """The one in force there today."""
        return registry.policy(self.place.policy_code(clock.today()))

    @property
    def rules(self) -> Policy:
        """The policy, with the one category that the person is like, or all of them."""
        kind = self.said.get(KIND)
        return self.policy.alone(kind) if kind else self.policy

    def parsed(self) -> dict[str, Any]:
        return parsed(self.known)

    def hoped(self) -> dict[str, Any]:
        """The same, as they would be after what is easily put right: who only lacks that hears the rest of the answer."""
        facts = self.parsed()
        return {**facts, **{name: True for name in self.place.curable if facts.get(name) is False}}

    def take(self, name: str, value: Any) -> None:
        if name == PLACE:
            self.said.pop(KIND, None)
        if name in TOGETHER:
            for fact in TOGETHER[name].sets:
                self.said.pop(fact, None)
        self.said[name] = value

    def forget_unsure(self) -> None:
        self.said = {name: value for name, value in self.said.items() if value is not None}

    def next(self) -> str | None:
        """What to ask next: a fact, or a question for several; None where the answer is there."""
        if PLACE not in self.said and len(registry.regions()) > 1:
            return PLACE
        if KIND not in self.said and len(self.policy.categories) > 1:
            return KIND
        return first_question(self.rules.open_questions(self.hoped(), self.unsure), self.said)

    def left(self, name: str) -> int:
        """How many pages there are at most after the one that asks `name`."""
        said = {*self.said, name}
        covered = TOGETHER[name].sets if name in TOGETHER else (name,)
        wanted = [fact for fact in self.rules.open_questions(self.hoped(), self.unsure) if fact not in covered]
        count = 0
        while following := first_question(wanted, said):
            count += 1
            said.add(following)
            covered = TOGETHER[following].sets if following in TOGETHER else (following,)
            wanted = [fact for fact in wanted if fact not in covered]
        return count

    def drop_contradictions(self) -> None:
        try:
            self.parsed()
        except rule_facts.Invalid as invalid:
            for name, _ in invalid.errors:
                self.said.pop(name, None)


def _can_be(name: str, value: Any, rules: Policy) -> bool:
    if name == PLACE:
        return value in [region.code for region in registry.regions()]
    if name == KIND:
        return value is None or value in rules.titles
    if name in TOGETHER:
        return value is None or isinstance(value, bool)
    if _is_fact(name):
        if may_be_chosen(FACTS[name], value):
            return True
        parsed({name: value})
        return True
    return False


def parsed(known: dict[str, Any]) -> dict[str, Any]:
    """The answers as the rules use them. Raises `Invalid`, also for a day that cannot be: here it is a slip of the keys."""
    read = rule_facts.parse({**known, "as_of": clock.today().isoformat()})
    if faults := impossible_days(read, today=clock.today()):
        raise rule_facts.Invalid(faults)
    return read
