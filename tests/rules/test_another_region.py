"""Another region's policy is one short file that touches nothing else: decide, missing, questions, materials and SQL follow."""

import re
from datetime import date
from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jiuyuan.regions import registry
from jiuyuan.rules import facts, policy, sql
from jiuyuan.rules.calendar import add_months
from tests.examples import examples

FILE = Path(__file__).parents[2] / "docs" / "examples" / "shanghai_2009.py"
SHANGHAI = policy.read(FILE)
AS_OF = date(2009, 6, 30)
MAN = {
    "as_of": "2009-06-30", "birth_date": "1964-06-30", "sex": "male", "hukou_division": "310101", "able_to_work": True,
    "wants_work": True, "registered_unemployed": True, "unemployed_since": "2008-12-30", "zero_employment_family": False,
    "low_income_rural_family": False, "allowance_since": "2009-04-01", "assessed_disability": "none",
    "land_allowance_ended": False, "special_hardship": False,
}  # fmt: skip


def decide(**changed):
    return SHANGHAI.decide(SHANGHAI.parse({**MAN, **changed}))


def test_it_is_shorter_than_120_lines_and_holds_no_functions():
    text = FILE.read_text("utf-8")
    assert len(text.splitlines()) < 120
    assert not re.search(r"^\s*(def|class|lambda)\b", text, re.MULTILINE)


def test_a_man_of_45_belongs_to_it_though_not_in_jilin():
    assert decide().outcome == "eligible"
    assert decide().categories == ("older",)
    assert decide(birth_date="1964-07-01").outcome == "ineligible"
    assert decide(unemployed_since="2009-01-01").outcome == "ineligible"
    assert registry.policy("jilin-2022-10").decide(
        facts.parse({"as_of": "2009-06-30", "hukou_division": "310101"})
    ).outcome == ("ineligible")


def test_facts_of_its_own_are_read_explained_and_missed():
    young = {"birth_date": "1980-01-01"}
    assert decide(**young, allowance_since="2009-03-30").categories == ("minimum_allowance",)
    assert decide(**young, allowance_since=None).missing == ("allowance_since",)
    assert decide(**young, special_hardship=None, assessed_disability=None).missing == (
        "assessed_disability",
        "special_hardship",
    )
    [reason] = [c.reason for c in decide(**young).clauses if c.code == "minimum_allowance"]
    assert (
        reason
        == "自2009年4月1日起连续享受最低生活保障，至2009年6月30日未满3个月（2009年7月1日才满），不属于连续享受最低生活保障的家庭成员。"
    )
    with pytest.raises(facts.Invalid, match="是否农村低收入家庭成员"):
        SHANGHAI.parse({**MAN, "low_income_rural_family": "no"})


def test_questions_and_materials_follow():
    assert SHANGHAI.next_question({"as_of": AS_OF}) == "hukou_division"
    assert SHANGHAI.materials_for(["disabled"])[-1].any_of == ("disability_certificate",)


BIRTHS = [
    date(1964, 6, 30),
    date(1964, 7, 1),
    date(1969, 6, 30),
    date(1969, 7, 1),
    date(1993, 7, 1),
    date(1949, 6, 30),
    None,
]
PERSON = st.fixed_dictionaries({
    "birth_date": st.sampled_from(BIRTHS),
    "sex": st.sampled_from(["male", "female", None]),
    "unemployed_since": st.sampled_from([add_months(AS_OF, -6), date(2008, 12, 31), None]),
    "allowance_since": st.sampled_from([add_months(AS_OF, -3), date(2009, 3, 31), None]),
    "assessed_disability": st.sampled_from(["moderate", "partial", "none", None]),
    **{
        name: st.sampled_from([True, False, None])
        for name in ("able_to_work", "wants_work", "registered_unemployed", "zero_employment_family", "special_hardship",
                     "low_income_rural_family", "land_allowance_ended")
    },
    "hukou_division": st.sampled_from(["310101", "220102", None]),
})  # fmt: skip


@settings(max_examples=examples(60))
@given(PERSON)
def test_its_query_answers_as_it_decides(person):
    known = {name: value for name, value in person.items() if value is not None}
    columns = ", ".join(
        f"CAST({sql.literal(value) if isinstance(value, date) else repr(value) if value is not None else 'NULL'} "
        f"AS {sql.sql_type(SHANGHAI.known_facts[name].kind, 'duckdb')}) AS {name}"
        for name, value in person.items()
    )
    query = sql.policy_query(SHANGHAI, AS_OF, [*person], base=True)
    row = duckdb.execute(f"WITH people AS (SELECT {columns}) {query}").fetchone()
    decision = SHANGHAI.decide({"as_of": AS_OF, **known})
    assert row == (None, decision.outcome, *(clause.status for clause in decision.clauses))
    assert bool(decision.missing) == (decision.outcome == "undetermined")
