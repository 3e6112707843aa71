"""The half year of 三(五), held to brute force, and what ends nothing by itself."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jiuyuan.regions import registry
from jiuyuan.rules.calendar import add_months
from tests.examples import examples

JILIN = registry.policy("jilin-2022-10")
AS_OF = date(2026, 8, 31)
NEAR = st.integers(-20, 420).map(lambda n: AS_OF - timedelta(days=n))
EDGES = st.sampled_from([
    date(2026, 8, 31), date(2026, 8, 30), date(2026, 8, 29), date(2026, 8, 28), date(2026, 2, 28), date(2026, 2, 27),
    date(2026, 3, 1), date(2025, 8, 31), date(2025, 8, 30), date(2026, 5, 31), date(2025, 11, 30), date(2026, 9, 1),
])  # fmt: skip


def in_some_half_year(refusals: list[date], recognised_on: date, as_of: date) -> bool:
    """Every day on which a half year can end, one after the other, and the refusals since the recognition in it counted."""
    counted = [day for day in refusals if recognised_on < day <= as_of]
    end = recognised_on + timedelta(days=1)
    while end <= as_of:
        if sum(day <= end <= add_months(day, 6) for day in counted) >= 3:
            return True
        end += timedelta(days=1)
    return False


@settings(max_examples=examples(400))
@given(st.lists(NEAR | EDGES, max_size=6), NEAR | EDGES)
def test_three_refusals_in_a_half_year_equal_looking_at_every_half_year(refusals, recognised_on):
    facts = {
        "as_of": AS_OF,
        "withdrew": False,
        "service_refusals": tuple(sorted(refusals)),
        "recognised_on": recognised_on,
    }
    answer = JILIN.decide_exits(facts)
    assert ("withdrew_or_refused" in answer.grounds) == in_some_half_year(refusals, recognised_on, AS_OF)
    assert "withdrew_or_refused" not in answer.possible_grounds


@settings(max_examples=examples(200))
@given(st.lists(NEAR | EDGES, max_size=5))
def test_without_the_day_of_recognition_the_ground_is_open_if_and_only_if_some_day_makes_it_true(refusals):
    facts = {"as_of": AS_OF, "withdrew": False, "service_refusals": tuple(sorted(refusals))}
    ever = in_some_half_year(refusals, AS_OF - timedelta(days=900), AS_OF)
    assert ("withdrew_or_refused" in JILIN.decide_exits(facts).possible_grounds) == ever
    assert "withdrew_or_refused" not in JILIN.decide_exits(facts).grounds


@pytest.mark.parametrize(
    ("recognised_on", "exits"),
    [("2026-05-31", True), ("2026-06-01", False), ("2026-06-02", False), ("2026-07-31", False), (None, None)],
)
def test_refusals_before_the_recognition_or_on_its_day_never_count(recognised_on, exits):
    days = ["2026-06-01", "2026-07-01", "2026-08-01"]
    said = {"as_of": "2026-08-31", "withdrew": False, "service_refusals": days, "recognised_on": recognised_on}
    answer = JILIN.decide_exits(JILIN.parse(said))
    assert {c.code: c.status for c in answer.clauses}["withdrew_or_refused"] is exits


def test_three_before_and_three_after_the_recognition_are_three_after_it():
    before = ["2026-03-01", "2026-03-02", "2026-03-03"]
    said = {
        "as_of": "2026-08-31",
        "recognised_on": "2026-04-01",
        "service_refusals": [*before, "2026-05-01", "2026-06-01"],
    }
    assert "withdrew_or_refused" not in JILIN.decide_exits(JILIN.parse(said)).grounds
    said["service_refusals"] = [*said["service_refusals"], "2026-07-01"]
    [clause] = [c for c in JILIN.decide_exits(JILIN.parse(said)).clauses if c.code == "withdrew_or_refused"]
    assert clause.status is True
    assert "2026年5月1日至2026年7月1日" in clause.reason


def test_two_refusals_on_one_day_are_two():
    days = (date(2026, 8, 1), date(2026, 8, 1), date(2026, 8, 3))
    facts = {"as_of": AS_OF, "withdrew": False, "service_refusals": days, "recognised_on": date(2026, 1, 1)}
    answer = JILIN.decide_exits(facts)
    assert answer.grounds == ("withdrew_or_refused",)
    [clause] = [clause for clause in answer.clauses if clause.code == "withdrew_or_refused"]
    assert "2026年8月1日至2026年8月3日的半年内拒绝公共就业服务3次" in clause.reason


def test_a_signal_comes_with_its_reason():
    answer = JILIN.decide_exits({"as_of": AS_OF, "business_registered": True, "able_to_work": False})
    assert answer.signals == ("able_to_work", "business")
    assert [clause.code for clause in answer.signal_clauses] == ["able_to_work", "business"]
    assert "已领取营业执照" in answer.signal_clauses[1].reason
    assert answer.exit is None


@pytest.mark.parametrize("as_of", [date.min, date.min + timedelta(1), date.max - timedelta(1), date.max])
@pytest.mark.parametrize("known", [(), ("birth_date", "service_refusals", "recognised_on", "assistance_ends_on")])
def test_first_and_last_day_of_the_calendar_are_days_like_others(as_of, known):
    facts = {"as_of": as_of, "assistance_granted": True, **dict.fromkeys(known, as_of)}
    if known:
        facts["service_refusals"] = [as_of] * 3
    person = JILIN.parse(facts)
    assert JILIN.decide(person).clauses
    assert "assistance_expired" not in JILIN.decide_exits(person).grounds
