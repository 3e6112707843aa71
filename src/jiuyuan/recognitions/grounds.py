"""Whether a ground of 三(一)–(七) is supported by facts on a day, and which of its cases, in words."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from jiuyuan import clock
from jiuyuan.agencies.models import User
from jiuyuan.people import facts as standing_facts
from jiuyuan.people.facts import Standing
from jiuyuan.people.models import Fact, Source
from jiuyuan.procedures.own_matter import same_person
from jiuyuan.procedures.registry import WORKFLOWS
from jiuyuan.procedures.table import Choices
from jiuyuan.recognitions.answers import read
from jiuyuan.recognitions.models import Recognition
from jiuyuan.refusals import GuardNotMet
from jiuyuan.regions import registry
from jiuyuan.rules.answers import ClauseAnswer, ExitAnswer
from jiuyuan.rules.facts import FACTS
from jiuyuan.rules.logic import reads
from jiuyuan.rules.policy import Exit
from jiuyuan.wording import in_words as day_in_words
from jiuyuan.wording import say

DISQUALIFIED = "disqualified"


@dataclass(frozen=True)
class GroundHeld:
    """The clause on which a recognition ended, the case in words, and the document."""

    clause: str
    title: str
    document: str


def grounds_of(recognition: Recognition) -> dict[str, Exit]:
    """The grounds for exit (三) by code, of the region that granted the recognition."""
    return registry.exits(registry.named(recognition.region))


def document_of(recognition: Recognition, on: date | None = None) -> str:
    """The number of the document that governs exits of this recognition on a day, by default today."""
    return registry.policy_of(recognition.area, on or clock.today()).document


def ground_that_reads(grounds: Mapping[str, Exit], fact: str) -> str:
    """The code of the ground based on a fact; empty if there is none."""
    return next((code for code, clause in grounds.items() if fact in reads(clause.when)), "")


def grounds_to_choose(recognition: Recognition) -> Choices:
    """The grounds as choices, with their clauses."""
    return tuple((code, f"{clause.clause} {clause.title}") for code, clause in grounds_of(recognition).items())


def own_wish(recognition: Recognition) -> str:
    """The code of the ground for people's own requests to leave; empty if the region has none."""
    return ground_that_reads(grounds_of(recognition), "withdrew")


def read_by_grounds(recognition: Recognition) -> list[str]:
    """The facts read by any ground, in schema order."""
    names = {name for clause in grounds_of(recognition).values() for name in reads(clause.when)}
    return [name for name in FACTS if name in names]


def held(recognition: Recognition, ground: str, case: str, known: Mapping[str, Any] | None = None) -> GroundHeld | None:
    """The end in words. Older ends have no `case`; then it is derived from the `known` facts, if possible."""
    clause = grounds_of(recognition).get(ground)
    if clause is None:
        return None
    words = clause.cases
    if case not in words and known:
        true = [name for name in words if known.get(name) is True]
        case = true[0] if len(true) == 1 else ""
    document = document_of(recognition, recognition.decided_on or recognition.ended_on)
    annul = WORKFLOWS["recognition"].of(recognition.region).by_action["annul"]
    return GroundHeld(annul.clause if case == "annulled" else clause.clause, words.get(case) or clause.title, document)


def needs_investigation(recognition: Recognition) -> GuardNotMet:
    """The refusal to end a recognition on a ground that needs an investigation."""
    said = say(
        "{clause}须先立案调查：写明结论、告知本人并听取陈述，再由另一人决定。请在这条认定上“开始调查”，不能直接退出。",
        clause=grounds_of(recognition)[DISQUALIFIED].clause,
    )
    return GuardNotMet(said, [("ground", said)], code="needs_investigation")


def held_of(recognition: Recognition) -> GroundHeld | None:
    """`held` for a recognition; None while it is active."""
    return held(recognition, recognition.ground, recognition.case)


def answer_on(recognition: Recognition, day: date, known: Mapping[str, Any] | None = None) -> ExitAnswer | None:
    """The answer of `jiuyuan exits` on a day; None if the facts on file are contradictory.

    `known`: the facts to use, by default all that stand.
    """
    if known is None:
        known = standing_facts.values(standing_facts.standing(recognition.person.facts.all()))
    # Contradictions among other facts do not matter to this ground.
    for names in (
        list(known),
        read_by_grounds(recognition),
    ):
        if found := read(recognition, {name: known[name] for name in names if name in known}, day):
            return found.answer
    return None


@dataclass(frozen=True)
class Bearing:
    """Whether the file supports a ground on a day.

    `basis`: the facts used, as stated on papers. `left_out`: the reason for each standing fact that was not used.
    """

    answer: ExitAnswer | None
    ground: ClauseAnswer | None
    case: str
    basis: list[dict[str, Any]]
    left_out: tuple[str, ...]

    @property
    def borne(self) -> bool:
        return self.ground is not None and self.ground.status is True

    @property
    def missing(self) -> list[str]:
        """The unknown facts that would decide the ground."""
        return [name for name in FACTS if self.ground and name in self.ground.missing]

    def refusal(self) -> GuardNotMet:
        """The refusal if the ground is not supported."""
        reason = self.ground.reason if self.ground else say("档案中的事实互相矛盾，要先更正。")
        said = "".join(self.left_out)
        title = say(
            "按档案中的事实，这一退出情形不成立：{reason}{said}请先登记有来源的事实或材料，再由没有登记过它的人办理。",
            reason=reason,
            said=said,
        )
        return GuardNotMet(
            title,
            [("ground", title)],
            code="ground_not_borne",
            answer=self.answer.as_json() if self.answer else None,
            missing=self.missing,
        )


def bearing(recognition: Recognition, ground: str, on: date, user: User | None = None) -> Bearing:
    """Evaluate a ground on a day, using only facts that are verified, undisputed,
    uncontradicted and not recorded by hand by `user`.
    """
    recorded = standing_facts.standing(recognition.person.facts.all())
    by_user = _recorded_by(user)
    usable: dict[str, Fact] = {}
    left_out: list[str] = []
    clauses = grounds_of(recognition)
    asked = set(reads(clauses[ground].when))
    for name, standing in recorded.items():
        fact, why_not = _usable(name, standing, on, by_user)
        if fact is not None:
            usable[name] = fact
        elif name in asked:
            left_out.append(f"“{say(FACTS[name].label)}”{why_not}。")
    answer = answer_on(recognition, on, {name: fact.value for name, fact in usable.items()})
    clause = next((c for c in answer.clauses if c.code == ground), None) if answer else None
    case = _case(clauses[ground], {name: fact.value for name, fact in usable.items()})
    rests_on = [name for name in FACTS if clause and name in clause.facts and name in usable]
    shown = [case] if case in rests_on else [name for name in rests_on if name not in clauses[ground].cases]
    return Bearing(answer, clause, case, [as_stated(usable[name]) for name in shown], tuple(left_out))


def _usable(name: str, standing: Standing, on: date, by_user: Callable[[Fact], bool]) -> tuple[Fact | None, str]:
    """The fact to use, or the reason why there is none."""
    if standing.disputed:
        return None, say("本人有异议")
    if standing.contradicted:
        return None, say("有互相矛盾的来源，还没有采纳哪个来源")
    verified = [fact for fact in standing.current if fact.verified]
    if not verified:
        return None, say("只有本人填报，还没有核实")
    if FACTS[name].origin == "id_number":
        return standing.best, ""
    others = [fact for fact in verified if not by_user(fact)]
    if not others:
        return None, say("是您自己登记或者导入的，须由另一人核实登记，或由另一人办理")
    # A changeable fact without a date of its own says nothing about days before it was learned.
    carries_its_day = FACTS[name].lasting or FACTS[name].dated
    in_time = [fact for fact in others if carries_its_day or fact.observed_on <= on]
    if not in_time:
        day = min(fact.observed_on for fact in others)
        return None, say("是{day:date}查得的，说明不了以前的情况，退出日期不能早于这一天", day=day)
    return max(in_time, key=lambda fact: fact.pk), ""


def _recorded_by(user: User | None) -> "Callable[[Fact], bool]":
    """Whether this user recorded a fact, by typing it or by uploading a file, whose origin nobody else has checked."""
    same: dict[int | None, bool] = {None: False}

    def by_user(fact: Fact) -> bool:
        if user is None:
            return False
        if fact.recorded_by_id not in same:
            same[fact.recorded_by_id] = fact.recorded_by is not None and same_person(user, fact.recorded_by)
        return same[fact.recorded_by_id]

    return by_user


def _case(ground: Exit, known: Mapping[str, Any]) -> str:
    """The case of the ground that the facts make true; the gravest if several are."""
    words = ground.cases
    true = [name for name in words if known.get(name) is True]
    if true:
        return true[0]
    return next((name for name in words if name not in FACTS and name != "annulled"), "")


def as_stated(fact: Fact) -> dict[str, Any]:
    """A fact as stored with an end."""
    return {
        "name": fact.name,
        "value": fact.value,
        "source": fact.source,
        "department": fact.department,
        "evidence": fact.evidence,
        "observed_on": fact.observed_on.isoformat(),
    }


def in_words(name: str, value: Any) -> str:
    """A fact's value on papers and in messages."""
    fact = FACTS.get(name)
    if isinstance(value, bool):
        return say("是") if value else say("否")
    if isinstance(value, list):
        return "、".join(_day(item) for item in value)
    if fact is None:
        return str(value)
    if fact.kind == "date":
        return _day(value)
    return fact.choices.get(str(value), f"{value}{fact.unit}")


def source_in_words(stated: Mapping[str, Any]) -> str:
    return "，".join(
        filter(None, [Source(stated["source"]).label, stated["department"], stated["evidence"].rstrip("。")])
    )


def _day(value: Any) -> str:
    return day_in_words(date.fromisoformat(str(value)))
