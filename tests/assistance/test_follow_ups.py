"""After somebody was taken on (四(三)): followed up once a step, and told how to come back when the work is lost."""

from datetime import timedelta

import pytest
from django.urls import reverse

from jiuyuan import clock
from jiuyuan.applications.asking import ask_departments
from jiuyuan.assistance import duties
from jiuyuan.assistance.follow_up_workflow import FOLLOW_UP, key_of
from jiuyuan.assistance.models import FollowUp
from jiuyuan.assistance.offer_workflow import OFFER
from jiuyuan.demonstration import departments
from jiuyuan.notifications.models import Message
from jiuyuan.people.facts import standing
from jiuyuan.people.models import Enquiry
from jiuyuan.people.sources import http
from jiuyuan.recognitions.models import Recognition
from jiuyuan.refusals import BadInput, WrongState
from jiuyuan.rules.calendar import add_months
from tests.assistance.offers import INTERESTED, a_plan_with_vacancies, an_offer
from tests.assistance.plans import a_plan
from tests.desk.reading import words
from tests.factories import (
    OTHER_PLATFORM,
    a_case,
    act_on,
    an_account,
    an_applicant,
    certify_family,
    does,
    move_to,
    staff,
)
from tests.jobs import work
from tests.recognitions.register import on_the_register, struck_off

pytestmark = pytest.mark.django_db
follow_up = does(FOLLOW_UP, "follow_up")


def taken_on(clerk, stay=None):
    plan = a_plan_with_vacancies(clerk, stay)
    return an_offer(clerk, plan, None, INTERESTED, ("taken_on", {"from": clock.today()}))


def due(clerk, code="follow_up"):
    [duty] = [one for one in duties.DUTIES if one.code == code]
    return [one.on for one in duties.due(clerk, duty, clock.today())]


def asked(clerk, offer, **said):
    return follow_up(clerk, key_of(offer), **{"on": clock.today(), "means": "phone", "working": True, **said})


def test_each_step_is_due_once_and_one_that_was_missed_is_passed_by_the_next():
    clerk = staff("clerk")
    offer = taken_on(clerk)
    first_day = offer.begins_on
    assert due(clerk) == []
    with pytest.raises(WrongState, match="满1个月"):
        asked(clerk, offer)
    move_to(add_months(first_day, 1) - timedelta(days=7))
    assert due(clerk) == [add_months(first_day, 1)]
    assert due(staff("clerk", at=OTHER_PLATFORM)) == []
    assert (asked(clerk, offer, wage_paid=True, insured=False).months, due(clerk)) == (1, [])
    move_to(add_months(first_day, 6))
    assert due(clerk) == [add_months(first_day, 6)]
    assert asked(clerk, offer).months == 6
    move_to(add_months(first_day, 12))
    assert due(clerk) == []
    with pytest.raises(WrongState, match="已经结束"):
        asked(clerk, offer)


def test_who_lost_the_work_is_told_how_to_be_recognised_again_and_is_not_asked_any_more():
    clerk, owner = staff("clerk"), an_account()
    offer = taken_on(clerk, a_case("recognised", an_applicant(), by=owner).recognition)
    move_to(add_months(clock.today(), 1))
    found = asked(clerk, offer, working=False, note="店关了。")
    assert found.status == "lost"
    assert any("重新申请认定" in message.body for message in Message.objects.unscoped())
    move_to(add_months(clock.today(), 3))
    assert due(clerk) == []


def test_clerk_follows_up_from_the_persons_page_and_what_is_missing_is_said(log_in):
    clerk = staff("clerk")
    offer = taken_on(clerk)
    move_to(add_months(clock.today(), 1))
    desk, stay = log_in(clerk), offer.recognition_id
    assert "上岗后回访" in words(desk.get(reverse("desk:today")))
    where = reverse("desk:help_act", args=[stay, "offer", "follow_up", offer.pk])
    assert where in desk.get(reverse("desk:helping", args=[stay])).content.decode()
    sent = {"version": offer.version, "on": clock.today(), "means": "phone"}
    assert desk.post(where, sent).status_code == 422
    assert desk.post(where, {**sent, "working": "yes", "insured": "no"}).status_code == 302
    assert FollowUp.objects.unscoped().get().insured is False
    assert "没有缴社会保险" in words(desk.get(reverse("desk:helping", args=[stay])))


def test_certified_family_is_due_on_its_day_until_it_is_cleared(log_in):
    clerk, stay = staff("clerk"), on_the_register()
    family = certify_family(staff("reviewer"), stay.person_id, ground="入户核实。")
    move_to(family.due_on)
    assert due(clerk, "clear_family") == [family.due_on]
    assert stay.person.name in words(log_in(clerk).get(reverse("desk:today")))


def test_who_is_on_the_register_is_visited_every_half_year():
    clerk, stay = staff("clerk"), on_the_register()
    a_plan(clerk, stay)
    move_to(clock.today() + timedelta(days=172))
    assert due(clerk, "visit") == []
    move_to(clock.today() + timedelta(days=8))
    assert due(clerk, "visit") == [stay.recognised_on + timedelta(days=180)]


def test_work_becomes_a_fact_with_its_source_the_exit_is_a_question_and_lost_work_leads_back_in_one_act():
    clerk = staff("clerk")
    offer = taken_on(clerk)
    stay, verify = offer.recognition, does(OFFER, "verify_work")
    said = {"source": "social_insurance", "evidence": "6月起在单位参保。"}
    assert due(clerk, "verify_work") == []
    move_to(offer.begins_on + timedelta(days=25))
    assert due(clerk, "verify_work") == [offer.begins_on + timedelta(days=30)]
    with pytest.raises(BadInput, match="改正") as early:
        verify(clerk, offer.pk, observed_on=offer.begins_on - timedelta(days=1), **said)
    assert "observed_on" in dict(early.value.errors)
    verify(clerk, offer.pk, observed_on=clock.today(), **said)
    fact = stay.person.facts.get(name="in_labour_relationship", superseded_by=None)
    assert (fact.value, fact.source, fact.department) == (True, "shared_data", "社会保险经办机构")
    assert (due(clerk, "verify_work"), due(clerk, "ask_exit")) == ([], [clock.today()])
    assert Recognition.objects.unscoped().get(pk=stay.pk).status == "active", "nobody but people decides"
    act_on("investigate", clerk, stay.pk, cause="已在超市上班，社保已参保。")
    assert due(clerk, "ask_exit") == []
    move_to(add_months(offer.begins_on, 1))
    struck_off(stay, "left_scope")
    found, again = asked(clerk, offer, working=False), does(FOLLOW_UP, "apply_again")
    assert due(clerk, "apply_again") == [clock.today()]
    days = {"since": clock.today(), "registered_on": clock.today()}
    with pytest.raises(BadInput):
        again(
            clerk, found.pk, **{**days, "since": clock.today(), "registered_on": stay.recognised_on}, registration="1"
        )
    case = again(clerk, found.pk, **days, registration="220102-0001").application
    assert (case.status, case.person_id, case.categories) == ("draft", stay.person_id, [stay.category])
    facts = stay.person.facts.filter(superseded_by=None, name__in=["registered_unemployed", "unemployed_since"])
    assert {(one.name, "220102-0001" in one.evidence) for one in facts if one.department} >= {
        ("registered_unemployed", True),
        ("unemployed_since", True),
    }
    assert due(clerk, "apply_again") == []


@pytest.fixture
def lost():
    offer = taken_on(staff("clerk"))
    struck_off(offer.recognition, "left_scope")
    move_to(add_months(offer.begins_on, 1))
    return asked(staff("clerk"), offer, working=False)


def test_without_an_interface_unemployment_is_registered_elsewhere_and_day_and_number_are_given_together(lost):
    again, today = does(FOLLOW_UP, "apply_again"), clock.today()
    with pytest.raises(BadInput) as refused:
        again(staff("clerk"), lost.pk, since=today)
    assert "还没有接通接口" in dict(refused.value.errors)["registration"]
    with pytest.raises(BadInput) as half:
        again(staff("clerk"), lost.pk, since=today, registered_on=today)
    assert "一起填" in dict(half.value.errors)["registration"]


def test_lost_work_asks_for_the_registration_of_unemployment_and_the_case_waits_for_the_answer(lost, monkeypatch):
    down, asked_for = [True], []

    def register(kind, id_number, name, registration=None):
        asked_for.append((kind, registration))
        if down:
            raise http.NotAnswering("这个部门的接口现在没有回应，请稍后再试，或改用导入文件。")
        said = departments._registered(registration)
        return {"id_number": id_number, "observed_on": clock.today().isoformat(), **said}

    monkeypatch.setattr(http, "interfaces", lambda: {"public_employment": None})
    monkeypatch.setattr(http, "ask", register)
    clerk, since = staff("clerk"), clock.today()
    case = does(FOLLOW_UP, "apply_again")(clerk, lost.pk, since=since).application
    waiting = Enquiry.objects.unscoped().get(person=case.person_id)
    assert (waiting.state, waiting.why) == ("waiting", case.number)
    work("ask_department")
    waiting.refresh_from_db()
    assert (waiting.state, "没有回应" in waiting.failure) == ("failed", True)
    down.clear()
    ask_departments(clerk, case.number)  # what came to nothing is asked for again, by the button of the case
    work("ask_department")
    assert asked_for == [("public_employment", {"unemployed_since": since.isoformat(), "reference": case.number})] * 2
    known = standing(case.person.facts.all())
    assert known["registered_unemployed"].verified
    assert known["registered_unemployed"].best.observed_on == since
    assert (known["unemployed_since"].value, known["unemployed_since"].verified) == (since.isoformat(), True)
    assert "登记编号2201022026" in known["registered_unemployed"].best.evidence


def test_who_applied_and_is_not_on_the_register_is_visited_too_while_the_case_goes_on(log_in):
    clerk = staff("clerk")
    case = a_case("accepted", clerk=clerk)
    assert due(clerk, "visit_applicant") == []
    move_to(case.accepted_on + timedelta(days=173))
    assert due(clerk, "visit_applicant") == [case.accepted_on + timedelta(days=180)]
    assert due(clerk, "old_facts_applicant") == [], "one visit does both"
    enter = reverse("desk:visit_enter", args=[case.person_id])
    assert enter in log_in(clerk).get(reverse("desk:today"), {"duty": "visit_applicant"}).content.decode()
