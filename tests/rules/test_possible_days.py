"""What is recorded about somebody must have been possible on that day of their life."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiuyuan.rules.calendar import add_months
from jiuyuan.rules.facts import FACTS
from jiuyuan.rules.possible_days import PLACEHOLDERS, impossible_days, is_placeholder, why_impossible

TODAY, BORN = date(2026, 3, 2), date(1970, 1, 1)
DAY_FACTS = [
    name for name, fact in FACTS.items() if fact.kind in ("date", "dates") and name not in ("as_of", "birth_date")
]
ONE_DAY = timedelta(days=1)


def possible(name, day, born=BORN):
    return why_impossible(name, date.fromisoformat(day), today=TODAY, born=born) is None


@pytest.mark.parametrize("name", [*DAY_FACTS, "deceased", "imprisoned", "observed_on"])
@pytest.mark.parametrize("day", sorted(PLACEHOLDERS))
def test_what_a_program_writes_for_no_day_is_the_day_of_nothing(name, day):
    assert is_placeholder(day)
    assert why_impossible(name, day, today=TODAY)


@pytest.mark.parametrize("name", [*DAY_FACTS, "deceased", "moved_out_of_province"])
@pytest.mark.parametrize("day", ["0025-06-01", "1023-07-01", "1969-12-30", "1960-07-01"])
def test_nothing_is_true_of_somebody_before_they_were_born(name, day):
    assert not possible(name, day)


@pytest.mark.parametrize("name", sorted({*DAY_FACTS, "deceased", "imprisoned", "observed_on"} - {"assistance_ends_on"}))
def test_what_has_happened_has_happened_by_today(name):
    assert possible(name, "2026-03-02")
    assert not possible(name, "2026-03-03")
    assert not possible(name, "2026-03-03", born=None)


def test_assistance_may_end_on_a_day_to_come_but_not_after_a_working_life():
    assert possible("assistance_ends_on", "2029-03-02")
    assert possible("assistance_ends_on", "2035-01-01")
    assert not possible("assistance_ends_on", "2035-01-02")
    assert possible("assistance_ends_on", "2060-01-01", born=None)
    assert not possible("assistance_ends_on", "2099-12-31", born=None)


@pytest.mark.parametrize(
    ("name", "age"),
    [
        ("unemployed_since", 16),
        ("recognised_on", 16),
        ("service_refusals", 16),
        ("left_school_on", 12),
        ("deceased", 0),
    ],
)
def test_each_fact_is_possible_from_its_age_on(name, age):
    first = add_months(date(1985, 5, 20), age * 12)
    assert why_impossible(name, first, today=TODAY, born=date(1985, 5, 20)) is None
    assert why_impossible(name, first - ONE_DAY, today=TODAY, born=date(1985, 5, 20))


def test_people_are_born_on_the_first_day_of_1970_too():
    assert why_impossible("birth_date", BORN, today=TODAY) is None
    assert why_impossible("birth_date", date(2026, 3, 3), today=TODAY)
    assert why_impossible("birth_date", date(1900, 1, 1), today=TODAY)


def test_each_field_is_named_once_in_a_clear_sentence():
    facts = {
        "as_of": TODAY, "unemployed_since": date(25, 6, 1), "left_school_on": date(2007, 7, 1), "able_to_work": True,
        "service_refusals": (date(1970, 1, 1), date(2026, 1, 1), date(2027, 1, 1)),
    }  # fmt: skip
    faults = impossible_days(facts, today=TODAY, born=date(1985, 3, 2))
    assert [name for name, _ in faults] == ["unemployed_since", "service_refusals"]
    assert faults[0][1] == "本次失业起始日期（unemployed_since）：0025-06-01太早，不可能，请核对年月日"


def test_a_birth_among_the_facts_goes_before_the_one_on_file():
    facts = {"birth_date": date(2008, 1, 1), "unemployed_since": date(2020, 1, 1)}
    assert impossible_days(facts, today=TODAY, born=BORN)
    assert not impossible_days({"unemployed_since": date(2020, 1, 1)}, today=TODAY, born=BORN)


@given(
    name=st.sampled_from([*DAY_FACTS, "deceased"]),
    born=st.dates(date(1907, 1, 1), TODAY),
    later=st.integers(-1000, 40_000),
)
def test_a_possible_day_lies_in_the_life_of_the_person(name, born, later):
    day = born + timedelta(later)
    last = max(TODAY, add_months(born, 65 * 12)) if name == "assistance_ends_on" else TODAY
    possible = why_impossible(name, day, today=TODAY, born=born) is None
    assert possible <= (born <= day <= last)
