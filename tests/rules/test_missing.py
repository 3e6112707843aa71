"""`missing` is exact: held to brute force over small domains, for the notice and for conditions made at random."""

from datetime import date, timedelta
from itertools import product
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bench import plain
from jiuyuan.regions import registry
from jiuyuan.regions.jilin.policy_2022_10 import WAGES
from jiuyuan.rules.calendar import TRACKS, latest_birth, latest_start
from jiuyuan.rules.facts import FACTS, TRACK_SEX, FactDefinition
from jiuyuan.rules.logic import Condition, all_of, any_of, compile_condition, compile_residual, none_of, reads
from jiuyuan.rules.missing import _Asked, deciding_facts
from jiuyuan.rules.words import aged, lasted, no, one_of, retired, yes
from tests.examples import examples
from tests.rules.people import likely_people, people

JILIN = registry.policy("jilin-2022-10")
DECIDE = [*JILIN.base, *JILIN.categories, *JILIN.exclusions]
READ = [name for name in FACTS if any(name in reads(clause.when) for clause in DECIDE)]
ASKED = [name for name in READ if name not in ("other_exclusion", "residence_division")]


def province(facts: dict[str, Any]) -> tuple[int, int] | None:
    """The lowest and highest wage that a place can have whose own is not known."""
    place = facts.get("residence_division", "")
    span = WAGES.spans(facts["as_of"]).get(place[:2])
    return (span[0].value, span[1].value) if span and not WAGES.at(place, facts["as_of"]) else None


def domain(name: str, as_of: date, span: tuple[int, int] | None = None) -> list[Any]:
    """A small domain that has a value on each side of everything a fact can turn."""
    fact = FACTS[name]
    if span and name == "monthly_income":
        return [0, span[0] - 1, *span]
    if span and name == "local_minimum_wage":
        return list(span)
    if name == "birth_date":
        turns = [latest_start(as_of, 12 * years) for years in (16, 40, 50)]
        turns += [latest_birth(as_of, track) for track in TRACKS]
    elif fact.kind == "date":
        turns = [latest_start(as_of, months) for months in (6, 12, 24)]
    elif fact.kind == "boolean":
        return [True, False]
    elif fact.kind == "choice":
        return list(fact.choices)
    elif fact.kind == "division":
        return ["220102", "110101"]
    else:
        return {"monthly_income": [0, 1, 1780, 2120, 9999], "local_minimum_wage": [1, 1780, 10000]}[name]
    return sorted({day for turn in turns for day in (turn, turn + timedelta(days=1)) if day <= as_of})


def completions(facts: dict[str, Any], unknown: list[str]) -> list[dict[str, Any]]:
    """Everyone whom the person may turn out to be. A man's track follows from his sex, so only a woman's is free."""
    tracks = ["female_55", "female_50"]
    options = [
        tracks if name == "retirement_track" else domain(name, facts["as_of"], province(facts)) for name in unknown
    ]
    return [{**facts, **dict(zip(unknown, row, strict=True))} for row in product(*options)]


def whole(facts: dict[str, Any]) -> dict[str, Any]:
    return {**facts, "retirement_track": "male_60"} if facts.get("sex") == "male" else facts


def outcome(facts: dict[str, Any]) -> str:
    return plain.decide(whole(facts))[0]


def free(facts: dict[str, Any]) -> list[str]:
    """The unknown facts that do not follow from known ones, as many as brute force can bear."""
    unknown = []
    size = 1
    for name in ASKED:
        follows = (
            (name == "sex" and "retirement_track" in facts)
            or (name == "retirement_track" and facts.get("sex") == "male")
            or (name == "local_minimum_wage" and WAGES.at(facts.get("residence_division", ""), facts["as_of"]))
        )
        if name not in facts and not follows:
            size *= len(domain(name, facts["as_of"], province(facts)))
            unknown.append(name)
    return unknown if size <= 3000 else []


def brute_force(facts: dict[str, Any], unknown: list[str]) -> set[str]:
    outcomes = {tuple(person[name] for name in unknown): outcome(person) for person in completions(facts, unknown)}
    found = set()
    for place, name in enumerate(unknown):
        by_others: dict[Any, set[str]] = {}
        for row, result in outcomes.items():
            by_others.setdefault(row[:place] + row[place + 1 :], set()).add(result)
        if any(len(results) > 1 for results in by_others.values()):
            found.add(name)
    return found


@settings(max_examples=examples(250))
@given(likely_people(unknown=5, names=READ))
def test_a_fact_is_missing_if_and_only_if_the_other_unknown_facts_can_have_values_with_which_it_decides(facts):
    unknown = free(facts)
    assume(unknown)
    decision = JILIN.decide(facts)
    assert set(decision.missing) == brute_force(facts, unknown), facts
    assert (decision.outcome == "undetermined") == bool(decision.missing)
    people = {outcome(person) for person in completions(facts, unknown)}
    assert decision.outcome == (people.pop() if len(people) == 1 else "undetermined")


@settings(max_examples=examples(300))
@given(people(known=0.6, names=READ))
def test_nothing_is_missing_where_the_outcome_is_known_and_something_is_where_it_is_not(facts):
    decision = JILIN.decide(facts)
    assert bool(decision.missing) == (decision.outcome == "undetermined")
    assert all(facts.get(name) is None for name in decision.missing)
    assert list(decision.missing) == sorted(decision.missing, key=list(FACTS).index)


@settings(max_examples=examples(200))
@given(likely_people(unknown=5, names=READ))
def test_a_category_is_possible_if_and_only_if_some_values_make_it_true_and_others_do_not(facts):
    unknown = free(facts)
    assume(unknown)
    seen: dict[str, set[Any]] = {code: set() for code in plain.CATEGORIES}
    for person in completions(facts, unknown):
        found = plain.statuses(whole(person))
        for code in plain.CATEGORIES:
            seen[code].add(found[code])
    decision = JILIN.decide(facts)
    assert set(decision.possible_categories) == {code for code, answers in seen.items() if len(answers) > 1}
    assert set(decision.categories) == {code for code, answers in seen.items() if answers == {True}}


# Conditions made at random, so that nothing rests on the shape of this notice
FLAGS = [FactDefinition(f"flag_{letter}", "boolean", letter, yes=letter, no=letter) for letter in "abcd"]
AS_OF = date(2026, 3, 2)
LEAVES: list[Condition] = [
    *(yes(flag) for flag in FLAGS), *(no(flag) for flag in FLAGS),
    aged(16), aged(women=40, men=50), aged(women=50, men=40), retired(),
    lasted(FACTS["unemployed_since"], months=6), lasted(FACTS["unemployed_since"], years=1),
    one_of(FACTS["hukou_kind"], "urban"), one_of(FACTS["sex"], "female"),
]  # fmt: skip
CONDITIONS = st.recursive(
    st.sampled_from(LEAVES),
    lambda inner: st.builds(
        lambda join, parts: join(*parts),
        st.sampled_from([all_of, any_of, none_of]),
        st.lists(inner, min_size=1, max_size=3),
    ),
    max_leaves=8,
)
KNOWN = {flag.name: [True, False, None] for flag in FLAGS} | {
    "hukou_kind": ["urban", None],
    "sex": ["male", "female", None],
    "birth_date": [*domain("birth_date", AS_OF), None, None, None],
    "unemployed_since": [*domain("unemployed_since", AS_OF), None, None],
    "retirement_track": ["female_55", "female_50", None],
}


@settings(max_examples=examples(400))
@given(CONDITIONS, st.fixed_dictionaries({name: st.sampled_from(options) for name, options in KNOWN.items()}))
def test_the_facts_that_decide_are_exact_for_any_condition(condition, facts):
    if facts["retirement_track"]:
        facts["sex"] = TRACK_SEX[facts["retirement_track"]]
    if facts["sex"] == "male":
        facts["retirement_track"] = "male_60"
    facts["as_of"] = AS_OF
    rest = compile_residual(condition)(facts)
    answer = compile_condition(condition)(facts)
    assert (answer is None) == isinstance(rest, Condition)
    if not isinstance(rest, Condition):
        assert rest is answer
        return
    evaluate = compile_condition(condition)
    unknown = [name for name in reads(condition) if facts[name] is None]
    options = [
        ["female_55", "female_50"]
        if name == "retirement_track"
        else [True, False]
        if name.startswith("flag")
        else domain(name, AS_OF)
        for name in unknown
    ]
    answers = {row: evaluate({**facts, **dict(zip(unknown, row, strict=True))}) for row in product(*options)}
    expected = set()
    for place, name in enumerate(unknown):
        by_others: dict[Any, set[Any]] = {}
        for row, result in answers.items():
            by_others.setdefault(row[:place] + row[place + 1 :], set()).add(result)
        if any(len(results) > 1 for results in by_others.values()):
            expected.add(name)
    assert deciding_facts(rest, facts) == expected


def test_a_leaf_answers_right_although_another_thread_asks_it_in_between():
    asked = _Asked(yes(FactDefinition("poor", "boolean", "")), {"as_of": date(2026, 3, 2), "poor": None})
    evaluate = asked._evaluate

    def interrupted(facts):
        if (False,) not in asked._answers:
            asked.answer((False,))
        return evaluate(facts)

    asked._evaluate = lambda facts: interrupted(facts) if facts["poor"] else evaluate(facts)
    assert [asked.answer((True,)), asked.answer((False,))] == [True, False]
