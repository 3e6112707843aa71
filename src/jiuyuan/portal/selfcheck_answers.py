"""The answers of a self-check, and the next question. The answers are carried in the page."""

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

#: The first question with several regions: where the person lives. The answer is a region's code.
PLACE = "place"
#: A region's first question: the category. The answer is its code, or None for all.
KIND = "kind"


def is_asked(name: str) -> bool:
    return name in (PLACE, KIND) or name in TOGETHER or _is_fact(name)


def _is_fact(name: str) -> bool:
    return name in FACTS and FACTS[name].on_file and FACTS[name].origin != "county"


@dataclass
class Answers:
    """The answers as JSON values, in order; None is 不清楚. An answer in everyday words is kept as chosen."""

    said: dict[str, Any]

    @classmethod
    def read(cls, lines: list[str]) -> Self:
        """Parse the hidden fields of a page, ignoring invalid ones."""
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
        """The facts answered, alone or together with others."""
        own = {name: code_of(FACTS[name], value) for name, value in self.said.items() if _is_fact(name)}
        return {**settled(self.said), **{name: value for name, value in own.items() if value is not None}}

    @property
    def unsure(self) -> list[str]:
        said = self.said.items()
        return [name for name, value in said if _is_fact(name) and code_of(FACTS[name], value) is None]

    @property
    def place(self) -> Region:
        """The region where the person lives, by default the home region."""
        code = self.said.get(PLACE)
        return registry.region_of(registry.named(code).path) if code else registry.home()

    @property
    def policy(self) -> Policy:
        """The policy in force there today."""
        return registry.policy(self.place.policy_code(clock.today()))

    @property
    def rules(self) -> Policy:
        """The policy, narrowed to the chosen category if there is one."""
        kind = self.said.get(KIND)
        return self.policy.alone(kind) if kind else self.policy

    def parsed(self) -> dict[str, Any]:
        return parsed(self.known)

    def hoped(self) -> dict[str, Any]:
        """The facts as if everything easily changed were changed, so that the rest of the answer can be given."""
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
        """The next question, a fact or one for several; None if the answer is known."""
        if PLACE not in self.said and len(registry.regions()) > 1:
            return PLACE
        if KIND not in self.said and len(self.policy.categories) > 1:
            return KIND
        return first_question(self.rules.open_questions(self.hoped(), self.unsure), self.said)

    def left(self, name: str) -> int:
        """The maximum number of pages after the one asking `name`."""
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
    """The answers as the rules use them. Raises `Invalid`, also for impossible dates, which here are typing errors."""
    read = rule_facts.parse({**known, "as_of": clock.today().isoformat()})
    if faults := impossible_days(read, today=clock.today()):
        raise rule_facts.Invalid(faults)
    return read
