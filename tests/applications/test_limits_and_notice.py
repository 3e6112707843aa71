"""二(二), 二(四): three full working days of notice, ten working days from acceptance, holidays and exchanged days."""

from datetime import date

import pytest

from jiuyuan.applications import services
from jiuyuan.refusals import BadInput, GuardNotMet
from tests.factories import (
    a_case,
    act,
    after_the_notice,
    again,
    an_applicant,
    found_out,
    returned_as_failing,
    seen_by,
    staff,
    verify_facts,
)

pytestmark = pytest.mark.django_db


def accepted_on(day, today):
    today(day)
    return a_case("accepted")


@pytest.mark.parametrize(
    ("day", "due"),
    [
        ("2026-03-02", "2026-03-16"),  # ten working days, two weekends between
        ("2026-03-06", "2026-03-20"),
        ("2026-03-07", "2026-03-20"),  # accepted on a Saturday
        ("2026-02-09", "2026-02-28"),  # the spring festival stands between, 14 and 28 February are worked in exchange
        ("2026-09-21", "2026-10-12"),  # the national holiday, with 20 September and 10 October worked in exchange
    ],
)
def test_the_limit_counts_working_days_from_the_day_after_acceptance(day, due, today):
    case = accepted_on(day, today)
    assert case.due_on.isoformat() == due


def test_a_due_date_in_a_year_whose_plan_is_not_published_is_provisional(today):
    assert accepted_on("2026-12-21", today).due_state == "provisional"
    assert accepted_on("2026-03-02", today).due_state == "firm"


def test_a_case_shows_the_days_left_down_to_the_last_and_then_below_nothing(today):
    case = accepted_on("2026-03-02", today)
    for day, left in (("2026-03-02", 10), ("2026-03-13", 1), ("2026-03-16", 0), ("2026-03-17", -1), ("2026-03-18", -2)):
        today(day)
        assert seen_by(None, case).days_left == left
        assert seen_by(None, case).overdue == (left < 0)


def test_overdue_stays_overdue_when_the_case_is_finished_late(today):
    case = accepted_on("2026-03-02", today)
    today("2026-03-20")
    clerk = staff("clerk")
    found_out(clerk, case)
    finished = act(clerk, case, "first_review_fail")
    shown = seen_by(None, finished)
    assert shown.overdue
    assert shown.days_left is None
    assert finished.due_state == "closed"
    today("2027-01-01")
    assert seen_by(None, finished).overdue


def test_a_case_finished_in_time_is_never_overdue_afterwards(today):
    case = accepted_on("2026-03-02", today)
    today("2026-03-16")
    clerk = staff("clerk")
    found_out(clerk, case)
    finished = act(clerk, case, "first_review_fail")
    today("2027-01-01")
    assert not seen_by(None, finished).overdue


def test_no_limit_runs_before_acceptance():
    case = a_case("submitted")
    assert (case.due_on, seen_by(None, case).days_left, seen_by(None, case).overdue) == (None, None, False)


def test_a_second_round_keeps_the_limit_of_the_first_acceptance(today):
    today("2026-03-02")
    clerk = staff("clerk")
    case = a_case("returned", clerk=clerk)
    due = case.due_on
    today("2026-03-10")
    again_open = act(clerk, case, "reopen")
    assert (again_open.due_on, again_open.accepted_on, again_open.round) == (due, date(2026, 3, 2), 2)
    assert seen_by(None, case).days_left == 4
    published = act(clerk, case, "first_review_pass")
    assert published.due_on == due
    assert len(seen_by(None, case).notices) == 2


def test_a_second_round_may_be_endorsed_again_and_recognised_by_another(today):
    clerk, reviewer = staff("clerk"), staff("reviewer")
    case = a_case("returned", clerk=clerk, reviewer=reviewer)
    act(clerk, case, "reopen")
    act(clerk, case, "first_review_pass")
    after_the_notice(case)
    act(clerk, case, "endorse")
    act(clerk, case, "report")
    recognised = act(reviewer, case, "recognise")
    assert recognised.status == "recognised"
    assert [o.round for o in recognised.opinions.order_by("id")] == [1, 1, 2, 2]


@pytest.mark.parametrize(
    ("posted", "ends", "first"),
    [
        ("2026-03-02", "2026-03-05", "2026-03-06"),
        ("2026-03-05", "2026-03-10", "2026-03-11"),  # over a weekend
        ("2026-09-28", "2026-10-08", "2026-10-09"),  # two days before the national holiday, one after it
        ("2026-02-11", "2026-02-14", "2026-02-15"),  # Saturday the 14th is worked in exchange: it counts
        ("2026-03-07", "2026-03-11", "2026-03-12"),  # posted on a Saturday
    ],
)
def test_a_notice_runs_three_full_working_days_after_the_day_it_is_posted(posted, ends, first, today):
    today(posted)
    clerk = staff("clerk")
    case = a_case("publishing", clerk=clerk)
    assert seen_by(None, case).notice.ends_on.isoformat() == ends
    today(ends)
    with pytest.raises(GuardNotMet, match="最早"):
        act(clerk, case, "endorse")
    today(first)
    assert act(clerk, case, "endorse").status == "endorsed"


def test_the_day_from_which_a_case_can_be_endorsed_is_shown_even_when_it_is_a_sunday(today):
    today("2026-02-11")
    case = a_case("publishing")
    assert seen_by(None, case).next_on == date(2026, 2, 15)


def test_an_open_objection_blocks_the_endorsement_until_it_is_settled(today):
    clerk = staff("clerk")
    case = a_case("publishing", clerk=clerk)
    act(None, case, "object", ground="他在开店")
    act(None, case, "object", ground="他有车")
    after_the_notice(case)
    with pytest.raises(GuardNotMet, match="还有2条异议"):
        act(clerk, case, "endorse")
    first, second = (o.pk for o in seen_by(clerk, case).open_objections)
    with pytest.raises(BadInput) as refusal:
        act(clerk, case, "settle_objection", upheld=False, finding="没有开店")
    assert refusal.value.errors[0][0] == "objection"
    act(clerk, case, "settle_objection", objection=first, upheld=False, finding="没有开店")
    with pytest.raises(GuardNotMet, match="还有1条异议"):
        act(clerk, case, "endorse")
    with pytest.raises(BadInput):
        act(clerk, case, "settle_objection", objection=first, upheld=False, finding="车是单位的")
    act(clerk, case, "settle_objection", objection=second, upheld=False, finding="车是单位的")
    assert act(clerk, case, "endorse").status == "endorsed"
    assert seen_by(None, case).notice.result == "异议经核查不成立"


def test_an_objection_that_is_upheld_ends_the_case_and_takes_the_notice_down(today):
    clerk = staff("clerk")
    case = a_case("publishing", clerk=clerk)
    act(None, case, "object", ground="他在开店")
    found_out(clerk, case, business_registered=True)
    ended = act(clerk, case, "settle_objection", upheld=True, clauses=["business"], finding="核实有营业执照")
    assert ended.status == "rejected"
    notice = seen_by(None, case).notice
    assert (notice.taken_down_on, notice.result) == (date(2026, 3, 2), "异议成立")
    assert ended.opinions.get().text == "核实有营业执照"


def test_the_first_of_several_objections_that_is_upheld_decides():
    clerk = staff("clerk")
    case = a_case("publishing", clerk=clerk)
    act(None, case, "object", ground="他有车")
    act(None, case, "object", ground="他在开店")
    car, shop = (o.pk for o in seen_by(clerk, case).open_objections)
    act(clerk, case, "settle_objection", objection=car, upheld=False, finding="车是单位的")
    found_out(clerk, case, business_registered=True)
    said = {"objection": shop, "clauses": ["business"], "finding": "核实有营业执照"}
    assert act(clerk, case, "settle_objection", upheld=True, **said).status == "rejected"


def test_a_notice_that_has_ended_takes_no_objections(today):
    case = a_case("publishing")
    today("2026-03-06")
    with pytest.raises(GuardNotMet, match="公示期已结束"):
        act(None, case, "object")


def test_withdrawing_takes_the_notice_down():
    clerk = staff("clerk")
    case = a_case("publishing", clerk=clerk)
    act(clerk, case, "withdraw")
    assert seen_by(None, case).notice.taken_down_on == date(2026, 3, 2)


def test_endorsing_takes_the_notice_down_and_says_that_nobody_objected():
    case = a_case("endorsed")
    assert seen_by(None, case).notice.result == "公示无异议"


@pytest.mark.parametrize(("status", "action"), [("submitted", "accept"), ("accepted", "first_review_pass")])
def test_the_applicant_is_told(status, action):
    from jiuyuan.notifications.models import Message
    from tests.factories import an_account

    account, clerk = an_account(), staff("clerk")
    case = a_case(status, by=account, clerk=clerk)
    verify_facts(clerk, case)
    act(clerk, case, action)
    told = Message.objects.unscoped().filter(file=case.file).first()
    assert told.recipient == account.username
    assert case.number in told.body
    assert told.phone == case.person.phone


def test_a_refusal_after_the_return_keeps_how_and_when_the_applicant_was_told():
    from jiuyuan.history.models import Entry

    clerk = staff("clerk")
    case = returned_as_failing(clerk, staff("reviewer"))
    act(clerk, case, "reject", told_how="当面", told_on="2026-03-06")
    payload = Entry.objects.unscoped().filter(file=case.file, action="reject").get().payload
    assert (payload["told_how"], payload["told_on"]) == ("当面", "2026-03-06")


@pytest.mark.parametrize("day", ["0001-01-01", "1900-01-01", "1825-03-02", "2999-12-31"])
def test_nobody_was_told_on_a_day_that_cannot_be(day):
    clerk = staff("clerk")
    case = returned_as_failing(clerk, staff("reviewer"))
    with pytest.raises(BadInput) as refused:
        act(clerk, case, "reject", told_how="当面", told_on=day)
    assert [field for field, _ in refused.value.errors] == ["told_on"]


def test_an_open_case_stands_in_the_list_by_its_due_date_and_a_closed_one_at_the_end():
    clerk = staff("clerk")
    case = a_case("accepted", clerk=clerk)
    assert again(case).sort_on == case.due_on
    assert act(clerk, case, "withdraw").sort_on == date(9999, 12, 31)


def test_a_late_withdrawal_of_a_draft_is_not_overdue():
    clerk = staff("clerk")
    case = services.create(clerk, **an_applicant().form())
    assert not seen_by(None, act(clerk, case, "withdraw")).overdue
