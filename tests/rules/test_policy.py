"""What the policy answers beside the outcome: reasons, materials, the facts it rests on, the next question."""

import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import assume, given, settings

from bench import plain
from jiuyuan.regions import registry
from jiuyuan.rules import policy
from jiuyuan.rules.facts import FACTS, SCHEMA
from jiuyuan.rules.logic import leaves
from tests.examples import examples
from tests.regions.test_cases import BOOK
from tests.rules.people import likely_people, people

JILIN = registry.policy("jilin-2022-10")


def a_woman(**changed):
    """A woman of 41 in 南关区 who belongs to no category, but for what is changed; None takes a fact away."""
    return JILIN.parse({**BOOK["start"], **changed})


def reason(facts, code):
    [answer] = [clause for clause in JILIN.decide(facts).clauses if clause.code == code]
    return answer.reason


@settings(max_examples=examples(500))
@given(people(known=0.8))
def test_every_clause_and_the_outcome_equal_the_plain_reading_of_the_contract(facts):
    decision = JILIN.decide(facts)
    assert (decision.outcome, {clause.code: clause.status for clause in decision.clauses}) == plain.decide(facts)


@settings(max_examples=examples(150))
@given(people(known=0.6))
def test_the_line_of_json_is_the_answer(facts):
    for answer in (JILIN.decide(facts), JILIN.decide_exits(facts)):
        assert json.loads(answer.line()) == answer.as_json()


def test_the_codes_stand_in_the_order_of_the_contract():
    answer = JILIN.decide({"as_of": date(2026, 3, 2)})
    assert [clause.code for clause in answer.clauses] == [*plain.NEEDED, *plain.CATEGORIES, *plain.EXCLUSIONS]
    assert [clause.code for clause in JILIN.exits] == [
        "pension_or_retirement", "assistance_expired", "left_scope", "imprisoned", "withdrew_or_refused", "disqualified",
        "registration_cancelled",
    ]  # fmt: skip


def test_a_reason_says_the_figures():
    facts = a_woman(hukou_kind="urban", unemployed_since="2025-08-01")
    assert reason(facts, "older") == (
        "城镇户籍，女，1985年3月2日出生，2026年3月2日已满41周岁，自2025年8月1日起失业，至2026年3月2日已满6个月，属于大龄失业人员。"
    )
    assert reason(facts, "minimum_allowance") == (
        "没有享受城镇最低生活保障待遇，自2025年8月1日起失业，至2026年3月2日未满1年（2026年8月1日才满），不属于低保失业人员。"
    )


def test_a_reason_for_no_says_everything_that_stands_in_the_way():
    facts = a_woman(birth_date="1990-03-03", urban_resident=True, unemployed_since="2026-02-01")
    assert reason(facts, "older") == (
        "女，1990年3月3日出生，2026年3月2日已满35周岁，未满40周岁，自2026年2月1日起失业，"
        "至2026年3月2日未满6个月（2026年8月1日才满），不属于大龄失业人员。"
    )


def test_a_reason_for_not_knowing_says_what_is_not_known():
    facts = a_woman(hukou_kind="urban", unemployed_since=None)
    assert reason(facts, "older") == (
        "城镇户籍，女，1985年3月2日出生，2026年3月2日已满41周岁，还不知道本次失业起始日期，暂不能判断是否属于大龄失业人员。"
    )


def test_the_retirement_age_is_said_with_its_months_and_its_day():
    assert "法定退休年龄为55周岁，要到2040年3月2日才达到" in reason(a_woman(), "working_age")
    late = a_woman(as_of="2026-11-01", birth_date="1976-03-01")
    assert "法定退休年龄为50周岁8个月，已于2026年11月1日达到" in reason(late, "working_age")
    assert "无论原法定退休年龄是55、50周岁" in reason(a_woman(retirement_track=None), "working_age")


def test_the_minimum_wage_is_said_with_place_source_and_effective_date():
    facts = a_woman(income_stable=True, monthly_income=2500)
    assert "月收入2500元，不低于长春市南关区最低工资标准2120元（吉政函〔2024〕66号，2024年10月1日起执行）" in reason(
        facts, "income"
    )
    stated = a_woman(income_stable=True, monthly_income=2500, local_minimum_wage=2600.5)
    assert "低于当地最低工资标准2600.50元（登记的数额）" in reason(stated, "income")
    old = a_woman(as_of="2016-01-01", unemployed_since="2015-01-01", income_stable=True, monthly_income=100)
    assert "来源待核实" in reason(old, "income")


def test_materials_follow_the_categories():
    assert [need.any_of for need in JILIN.materials_for([])] == [
        ("id_card",), ("hukou_book", "urban_residence_certificate"),
    ]  # fmt: skip
    extra = {
        category.code: [need.any_of for need in JILIN.materials_for([category.code])][2:]
        for category in JILIN.categories
    }
    assert extra == {
        "laid_off": [("labour_termination",)],
        "older": [],
        "disabled": [("disability_certificate",)],
        "zero_employment_family": [],
        "minimum_allowance": [("minimum_allowance_certificate",)],
        "landless_farmer": [("land_requisition_agreement",)],
        "graduate": [("diploma",)],
    }
    for need in JILIN.materials_for(extra):
        assert set(need.any_of) <= {*policy.MATERIALS, *need.names}
        assert need.label
        assert need.shows
    assert JILIN.materials_for([])[1].label == "户口簿或城镇居住证明"


def test_an_outcome_rests_on_as_few_facts_as_it_can():
    facts = a_woman(hukou_kind="urban", urban_resident=True, unemployed_since="2025-08-01", monthly_income=100)
    rests = JILIN.facts_rested_on(facts)
    assert rests["base"] == {"birth_date", "hukou_division", "able_to_work", "wants_work", "registered_unemployed"}
    assert rests["exclusions"] == {
        "in_labour_relationship", "insured_by_employer", "business_registered", "company_office_held", "income_stable",
    }  # fmt: skip
    assert rests["older"] == {"hukou_kind", "birth_date", "sex", "unemployed_since"}
    assert set(rests) == {"base", "exclusions", "older"}


def test_what_is_verified_already_is_preferred():
    facts = a_woman(hukou_kind="urban", urban_resident=True, unemployed_since="2025-08-01")
    rests = JILIN.facts_rested_on(facts, verified=["urban_resident"])
    assert rests["older"] == {"urban_resident", "birth_date", "sex", "unemployed_since"}


@settings(max_examples=examples(100))
@given(likely_people(unknown=3))
def test_the_facts_an_eligible_outcome_rests_on_are_enough_for_it(facts):
    decision = JILIN.decide(facts)
    assume(decision.outcome == "eligible")
    rests = JILIN.facts_rested_on(facts)
    for category in decision.categories:
        kept = {"as_of", *rests["base"], *rests["exclusions"], *rests[category]}
        alone = JILIN.decide({name: value for name, value in facts.items() if name in kept})
        assert alone.outcome == "eligible"
        assert category in alone.categories


@settings(max_examples=examples(60))
@given(likely_people(unknown=0))
def test_the_self_check_asks_only_what_still_matters_and_comes_to_an_end(facts):
    told = {"as_of": facts["as_of"]}
    asked = []
    while name := JILIN.next_question(told):
        matters = JILIN.decide(told).missing
        # The figure of a place is asked for by asking for the place, where that is not known yet.
        assert name in {*matters, *({"residence_division"} if "local_minimum_wage" in matters else ())}
        assert name not in asked
        asked.append(name)
        told[name] = facts.get(name, "female_50")  # only a woman's track may be missing
    assert JILIN.decide(told).outcome != "undetermined"
    assert len(asked) < 30


def test_the_self_check_starts_with_what_everyone_must_meet_and_stops_at_the_first_no():
    told = {"as_of": date(2026, 3, 2)}
    assert JILIN.next_question(told) == "hukou_division"
    assert JILIN.next_question({**told, "hukou_division": "110105"}) is None


def test_a_man_is_not_asked_for_his_track_nor_anybody_for_the_minimum_wage():
    man = {"as_of": date(2026, 3, 2), "sex": "male"}
    assert "retirement_track" not in JILIN.decide(man).missing
    earns = a_woman(
        laid_off_from_state_enterprise=True, income_stable=True, monthly_income=2000, residence_division=None
    )
    assert JILIN.decide(earns).missing == ("local_minimum_wage",)
    assert JILIN.next_question(earns) == "residence_division"


def test_every_fact_of_the_schema_is_read_by_some_clause_or_says_what_for():
    read = {name for clause in JILIN.clauses for leaf in leaves(clause.when) for name in leaf.reads}
    assert set(SCHEMA) - read == {"as_of", "assisted_employment"}  # the day; and what excuses signals


def test_a_policy_that_does_not_exist_is_named():
    with pytest.raises(policy.UnknownPolicy, match="heilongjiang-1999"):
        registry.policy("heilongjiang-1999")
    with pytest.raises(policy.UnknownPolicy, match=r"没有政策文件 nowhere\.py"):
        registry.asked_for("nowhere.py")


def test_a_code_stands_for_one_clause():
    with pytest.raises(ValueError, match="two clauses"):
        policy.Policy(
            "x", "x", "x", date(2026, 1, 1), JILIN.base, JILIN.categories, JILIN.exclusions, JILIN.exits + JILIN.exits
        )


def test_the_glossary_names_every_clause_fact_and_material():
    text = (Path(__file__).parents[2] / "docs" / "glossary.md").read_text("utf-8")
    rows = {tuple(cell.strip() for cell in line.split("|")[1:3]) for line in text.splitlines() if line.startswith("|")}
    assert {(clause.title, f"`{clause.code}`") for clause in JILIN.clauses} <= rows
    assert {(fact.label, f"`{name}`") for name, fact in FACTS.items()} <= rows
    assert {(label, f"`{code}`") for code, label in policy.MATERIALS.items()} <= rows
