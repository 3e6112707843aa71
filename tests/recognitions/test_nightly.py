"""The register at night: what the rules find is proposed or investigated, never done (三; contracts: Recognition)."""

from datetime import date, timedelta

import pytest

from jiuyuan import clock
from jiuyuan.applications import nightly
from jiuyuan.history import sealing
from jiuyuan.history.models import Digest, Entry
from jiuyuan.people import services as people
from jiuyuan.recognitions.models import ExitProposal, Investigation, Warning
from jiuyuan.rules import calendar
from tests.factories import act_on, move_to, staff
from tests.recognitions.register import learn, on_the_register, told

pytestmark = pytest.mark.django_db


def proposals() -> list[ExitProposal]:
    return list(ExitProposal.objects.unscoped().order_by("pk"))


def test_a_quiet_register_brings_nothing() -> None:
    on_the_register()
    run = nightly.run()
    assert run.finished_at is not None
    assert (run.total, proposals(), Investigation.objects.unscoped().count()) == (1, [], 0)


def test_a_pension_becomes_a_proposal_that_shows_yesterday_today_and_what_changed() -> None:
    recognition = on_the_register()
    today = move_to_next_day()
    learn(recognition, receives_pension=True)
    nightly.run()
    [proposal] = proposals()
    assert proposal.ground == "pension_or_retirement"
    assert (proposal.before["status"], proposal.now["status"]) == (None, True)
    assert proposal.changed == ["receives_pension"]
    assert "基本养老保险" in proposal.reason
    assert proposal.found_on == today
    recognition.refresh_from_db()
    assert recognition.status == "active", "the screening never ends a recognition by itself"


def test_what_was_recorded_before_a_night_that_was_missed_is_shown_as_the_change() -> None:
    recognition = on_the_register()
    move_to_next_day()
    learn(recognition, deceased=True)
    for _ in range(3):
        move_to_next_day()
    nightly.run()
    [proposal] = proposals()
    assert proposal.changed == ["deceased"]
    assert (proposal.before["status"], proposal.now["status"]) == (None, True)
    assert proposal.before["as_of"] == recognition.recognised_on.isoformat()


def test_somebody_who_reaches_the_age_is_proposed_on_that_very_day_and_only_time_has_changed() -> None:
    recognition = on_the_register(born="1985-03-02", sex="female")
    learn(recognition, retirement_track="female_50")
    day = calendar.retirement(date(1985, 3, 2), "female_50").day
    move_to(day - timedelta(days=1))
    nightly.run()
    assert proposals() == []
    assert list(Warning.objects.unscoped().values_list("kind", "due_on")) == [("age", day)]
    move_to(day)
    nightly.run()
    [proposal] = proposals()
    assert (proposal.ground, proposal.changed) == ("pension_or_retirement", ["as_of"])
    assert Warning.objects.unscoped().count() == 0


def test_assistance_ends_the_day_after_its_last_day_and_is_warned_of_before() -> None:
    recognition = on_the_register()
    last = date(2026, 4, 10)
    learn(recognition, assistance_granted=True, assistance_ends_on=last.isoformat())
    move_to(date(2026, 3, 20))
    nightly.run()
    assert [w.due_on for w in Warning.objects.unscoped()] == [date(2026, 4, 11)]
    move_to(last)
    nightly.run()
    assert proposals() == []
    move_to(date(2026, 4, 11))
    nightly.run()
    assert [p.ground for p in proposals()] == ["assistance_expired"]


def test_running_twice_doubles_nothing() -> None:
    recognition = on_the_register()
    learn(recognition, receives_pension=True, business_registered=True)
    nightly.run()
    entries = Entry.objects.unscoped().count()
    run = nightly.run()
    assert len(proposals()) == 1
    assert Investigation.objects.unscoped().count() == 1
    assert Entry.objects.unscoped().count() == entries
    assert (run.figures["proposals"], run.figures["investigations"]) == (1, 1)
    assert list(sealing.verify()) == []
    assert Digest.objects.count() == 1


def test_a_business_opens_an_investigation_and_ends_nothing() -> None:
    recognition = on_the_register()
    learn(recognition, business_registered=True)
    nightly.run()
    [investigation] = Investigation.objects.unscoped()
    assert investigation.signals == ["business"]
    assert "营业执照" in investigation.cause
    assert investigation.due_on > investigation.opened_on
    assert proposals() == []


def test_two_sources_that_contradict_each_other_open_an_investigation_although_the_fact_is_unknown() -> None:
    recognition = on_the_register()
    people.record_facts(
        staff("clerk").actor,
        recognition.person,
        {"business_registered": True},
        source="shared_data",
        department="税务局",
        evidence="税务比对",
    )
    nightly.run()
    [investigation] = Investigation.objects.unscoped()
    assert investigation.signals == ["business"]
    assert investigation.cause.startswith("来源互相矛盾")
    assert proposals() == []
    nightly.run()
    assert Investigation.objects.unscoped().count() == 1


def test_a_job_that_assistance_pays_for_is_no_signal() -> None:
    recognition = on_the_register()
    learn(recognition, in_labour_relationship=True, registered_unemployed=False, assisted_employment=True)
    nightly.run()
    assert Investigation.objects.unscoped().count() == 0


def test_what_was_investigated_and_cleared_is_not_opened_again_until_something_changes() -> None:
    recognition = on_the_register()
    learn(recognition, business_registered=True)
    nightly.run()
    [investigation] = Investigation.objects.unscoped()
    act_on("find", staff("clerk"), investigation.pk, finding="执照系他人冒用，已报案。", holds=False, fraud=False)
    told(investigation)
    act_on("decide", staff("reviewer"), investigation.pk, outcome="nothing", reason="情况不属实。")
    nightly.run()
    assert Investigation.objects.unscoped().count() == 1
    learn(recognition, company_office_held=True)
    nightly.run()
    assert Investigation.objects.unscoped().count() == 2


def test_a_dismissed_proposal_does_not_come_back_every_night() -> None:
    recognition = on_the_register()
    learn(recognition, receives_pension=True)
    nightly.run()
    [proposal] = proposals()
    act_on("dismiss", staff("reviewer"), proposal.pk, reason="领取的是遗属待遇，不是基本养老保险待遇。")
    move_to_next_day()
    nightly.run()
    assert [p.status for p in proposals()] == ["dismissed"]


def test_a_proposal_whose_ground_was_corrected_lapses() -> None:
    recognition = on_the_register()
    learn(recognition, receives_pension=True)
    nightly.run()
    learn(recognition, receives_pension=False)
    nightly.run()
    assert [p.status for p in proposals()] == ["lapsed"]


def test_a_confirmed_proposal_ends_the_recognition_on_its_ground() -> None:
    recognition = on_the_register()
    learn(recognition, receives_pension=True)
    nightly.run()
    [proposal] = proposals()
    act_on("confirm", staff("reviewer"), proposal.pk, reason="经核，已按月领取。")
    recognition.refresh_from_db()
    assert (recognition.status, recognition.ground) == ("ended", "pension_or_retirement")
    assert "按月领取" in recognition.evidence


def test_the_query_over_the_register_finds_what_the_rules_find_one_by_one() -> None:
    known = ({"receives_pension": True}, {"deceased": True}, {"service_refusals": ["2026-04-10"] * 3}, {})
    stays = [on_the_register() for _ in known]
    move_to(date(2026, 4, 20))
    for stay, facts in zip(stays, known, strict=True):
        learn(stay, **facts)
    nightly.run()
    grounds = {p.recognition_id: p.ground for p in proposals()}
    assert sorted(grounds.values()) == ["left_scope", "pension_or_retirement", "withdrew_or_refused"]


def move_to_next_day() -> date:
    move_to(clock.today() + timedelta(days=1))
    return clock.today()
