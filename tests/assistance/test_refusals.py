"""Refusals (三(五)), fairly: noted, told, heard, decided by another; what is unfair never counts; the fact is derived."""

import re
from collections import Counter
from datetime import date, timedelta
from io import BytesIO

import pytest
from django.urls import reverse
from pypdf import PdfReader

from jiuyuan.applications import nightly
from jiuyuan.applications.replay import verify_state
from jiuyuan.assistance.models import JobOffer, RefusalNotice, ServiceRefusal
from jiuyuan.assistance.refusal_letters import make_refusal_notice, refusal_notice_pdf
from jiuyuan.assistance.refusal_workflow import REFUSAL
from jiuyuan.notifications.models import Message
from jiuyuan.people import services as people
from jiuyuan.people.models import KnownFacts
from jiuyuan.recognitions.models import ExitProposal
from jiuyuan.refusals import BadInput, GuardNotMet, NotFound, SameEyes
from tests.assistance.offers import (
    COUNT,
    DECLINED,
    EXCUSE,
    TELL,
    a_counted_refusal,
    a_fitting_vacancy,
    a_plan_with_vacancies,
    a_refusal,
    an_offer,
)
from tests.assistance.test_help_pages import browser, open_duties, text_of
from tests.factories import a_case, an_account, an_applicant, does, move_to, staff
from tests.recognitions.register import learn, on_the_register

pytestmark = pytest.mark.django_db

count, excuse, respond = (
    does(REFUSAL, "count", "ground"),
    does(REFUSAL, "excuse", "ground"),
    does(REFUSAL, "respond", "words"),
)


def told(clerk, plan, **changes):
    """A refusal that was told a week ago."""
    refusal = a_refusal(clerk, plan, (clerk, *TELL), **changes)
    move_to(refusal.answer_by)
    return refusal


def counted_days(stay):
    return KnownFacts.objects.unscoped().get(pk=stay.person_id).service_refusals


def on_days(*days):
    """Somebody who was recognised in December 2025 and declined an offer on each of these days; each was counted."""
    move_to(date(2025, 12, 1))
    clerk, reviewer = staff("clerk"), staff("reviewer")
    plan = a_plan_with_vacancies(clerk)
    until = date(2026, 12, 1)
    refusals = []
    for number, day in enumerate(days):
        move_to(day)
        vacancy = a_fitting_vacancy(clerk, f"护理员{number}", valid_until=until)
        refusals.append(a_refusal(clerk, plan, (clerk, *TELL), vacancy=vacancy))
    move_to(date(2026, 7, 20))
    for refusal in refusals:
        count(reviewer, refusal.pk, "核对过，本人没有说出理由。")
    return plan.recognition, refusals


def test_three_refusals_in_half_a_year_become_a_proposal_with_each_of_them_and_its_proof():
    """The contract's first figure: 2026-01-10, 2026-04-01, 2026-07-09."""
    stay, refusals = on_days(date(2026, 1, 10), date(2026, 4, 1), date(2026, 7, 9))
    assert counted_days(stay) == ["2026-01-10", "2026-04-01", "2026-07-09"]
    nightly.run(seals=False)
    proposal = ExitProposal.objects.unscoped().get(recognition=stay)
    assert (proposal.ground, proposal.status) == ("withdrew_or_refused", "open")
    page = text_of(browser(staff("reviewer")).get(reverse("desk:recognition", args=[stay.pk])))
    for refusal in refusals:
        assert str(refusal.offer).replace(" ", "") in page
    for shown in (
        "2026年1月10日",
        "2026年4月1日",
        "2026年7月9日",
        "通话记录3月2日",
        "不想去。",
        "核对过，本人没有说出理由。",
    ):
        assert shown in page
    excuse(staff("reviewer"), refusals[0].pk, "家里老人没人照顾，属实。")
    assert counted_days(stay) == ["2026-04-01", "2026-07-09"]
    nightly.run(seals=False)
    assert ExitProposal.objects.unscoped().get(recognition=stay).status == "lapsed"


def test_what_is_declined_three_times_on_one_day_was_refused_once():
    day = date(2026, 3, 9)
    stay, refusals = on_days(day, day, day)
    assert counted_days(stay) == ["2026-03-09"]
    nightly.run(seals=False)
    assert not ExitProposal.objects.unscoped().filter(recognition=stay).exists()
    excuse(staff("reviewer"), refusals[0].pk, "家里老人没人照顾，属实。")
    assert counted_days(stay) == ["2026-03-09"]


def test_first_of_three_has_lapsed_when_the_third_comes_two_days_later():
    stay, _ = on_days(date(2026, 1, 10), date(2026, 4, 1), date(2026, 7, 11))
    assert len(counted_days(stay)) == 3
    nightly.run(seals=False)
    assert not ExitProposal.objects.unscoped().filter(recognition=stay).exists()


def test_refusal_below_the_minimum_wage_or_unfit_for_a_disability_on_file_cannot_be_counted():
    """The contract's second figure."""
    clerk, reviewer = staff("clerk"), staff("reviewer")
    plan = a_plan_with_vacancies(clerk)
    refusal = told(clerk, plan)
    stood = refusal.offer.as_it_stood
    JobOffer.objects.unscoped().filter(pk=refusal.offer_id).update(
        as_it_stood=stood | {"pay_from": 1500, "pay_to": 1600}
    )
    with pytest.raises(GuardNotMet, match="最低工资标准") as no:
        count(reviewer, refusal.pk, "没有理由。")
    assert no.value.code == "below_minimum_wage"
    other = told(clerk, plan, vacancy=a_fitting_vacancy(clerk, "护工"))
    learn(plan.recognition, disability_certificate=True)
    with pytest.raises(GuardNotMet, match="残疾人证") as no:
        count(reviewer, other.pk, "没有理由。")
    assert no.value.code == "unsuitable"
    assert counted_days(plan.recognition) is None


@pytest.mark.parametrize("reason", ["health", "care", "distance", "unsafe", "unlawful", "mismatch"])
def test_good_reason_is_never_counted_and_says_so(reason):
    clerk = staff("clerk")
    refusal = told(clerk, a_plan_with_vacancies(clerk), reason=reason)
    with pytest.raises(GuardNotMet, match="正当理由") as no:
        count(staff("reviewer"), refusal.pk, "没有理由。")
    assert no.value.code == "good_reason"


def test_mass_message_an_unfitting_offer_and_silence_are_never_refusals():
    clerk = staff("clerk")
    plan = a_plan_with_vacancies(clerk)
    an_offer(clerk, plan, None, DECLINED, to_many=True)
    an_offer(
        clerk, plan, a_fitting_vacancy(clerk, "护工", pay_from=2300, pay_to=2300), DECLINED, suitable_because="试试。"
    )
    an_offer(clerk, plan, a_fitting_vacancy(clerk, "陪护"), ("answer", {"answer": "no_answer"}))
    assert not ServiceRefusal.objects.unscoped().exists()


def test_nobody_decides_before_the_week_is_over_nor_who_made_the_offer_nor_corrects_themselves():
    clerk, reviewer = staff("clerk"), staff("reviewer")
    plan = a_plan_with_vacancies(clerk)
    refusal = a_refusal(clerk, plan, (clerk, *TELL))
    move_to(refusal.answer_by - timedelta(days=1))
    with pytest.raises(GuardNotMet, match="不满7天") as no:
        count(reviewer, refusal.pk, "没有理由。")
    assert no.value.code == "not_told"
    move_to(refusal.answer_by)
    with pytest.raises(SameEyes):
        count(staff("reviewer", id_index=clerk.id_index), refusal.pk, "没有理由。")
    count(reviewer, refusal.pk, "没有理由。")
    with pytest.raises(SameEyes):
        excuse(reviewer, refusal.pk, "弄错了。")
    excuse(staff("reviewer"), refusal.pk, "弄错了。")
    assert counted_days(plan.recognition) == []


def test_fact_is_derived_and_nowhere_typed():
    actor, stay, days = staff("clerk").actor, on_the_register(), {"service_refusals": ["2026-03-01"]}
    with pytest.raises(BadInput) as no:
        people.record_facts(actor, stay.person, days, source="site_visit", evidence="入户")
    assert no.value.code == "made_by_an_act"


def test_person_sees_what_counts_against_them_answers_and_is_told_how_to_object():
    owner, clerk = an_account(), staff("clerk")
    plan = a_plan_with_vacancies(clerk, a_case("recognised", an_applicant(), by=owner).recognition)
    refusal = a_refusal(clerk, plan)
    person, where = browser(owner), reverse("portal:helping")
    assert "没有接受的岗位" not in text_of(person.get(where)), "nothing before they are told"
    does(REFUSAL, "tell")(clerk, refusal.pk, **TELL[1])
    assert "说明以前谁也不作决定" in Message.objects.unscoped().order_by("-pk")[0].body
    assert "还没有决定" in text_of(person.get(where))
    answer = reverse("portal:refusal_answer", args=[refusal.pk])
    assert "为什么没有接受" in text_of(person.get(where))
    assert "请说明没有接受或没有来的原因" in text_of(person.get("/"))
    until = ServiceRefusal.objects.unscoped().get().answer_by
    move_to(until + timedelta(days=1))
    assert f"{until.month}月{until.day}日已过，还没有决定，现在还可以说" in text_of(person.get(where))
    move_to(refusal.refused_on)
    assert "请写下为什么没有接受" in text_of(person.post(answer, {"words": " "}))
    assert "已记下" in text_of(person.post(answer, {"words": "夜里没人照顾老人。"}, follow=True))
    assert "已经说明过" in text_of(person.post(answer, {"words": "夜里没人照顾老人。"}))
    move_to(refusal.refused_on + timedelta(days=7))
    count(staff("reviewer"), refusal.pk, "问过邻居，老人与女儿同住。")
    assert "行政复议" in Message.objects.unscoped().order_by("-pk")[0].body
    page = text_of(person.get(where))
    for shown in ("算一次", "夜里没人照顾老人。", "问过邻居，老人与女儿同住。", "由另一个人重新看"):
        assert shown in page
    assert browser(an_account()).get(answer).status_code == 404


def test_duties_lead_from_declining_to_the_decision_and_the_pages_show_what_speaks_for_and_against():
    clerk, reviewer = staff("clerk"), staff("reviewer")
    plan = a_plan_with_vacancies(clerk)
    stay = plan.recognition
    refusal = a_refusal(clerk, plan, reason="care")
    assert open_duties(clerk)["tell_refusal"] == 1
    client = browser(clerk)
    tell = reverse("desk:help_act", args=[stay.pk, "refusal", "tell", refusal.pk])
    client.post(tell, {"version": refusal.version, **TELL[1]})
    assert "decide_refusal" in open_duties(clerk)
    move_to(refusal.refused_on + timedelta(days=7))
    today = browser(reviewer).get(reverse("desk:today")).context["found"]
    [row] = next(one for one in today if one.label == "决定计不计为拒绝").rows
    assert [one["label"] for one in (row["button"], *row["others"])] == ["看情况", "不计"], "a good reason never counts"
    page = text_of(browser(reviewer).get(reverse("desk:helping", args=[stay.pk])))
    assert "属于正当理由，不能计" in page
    version = ServiceRefusal.objects.unscoped().get().version
    act = reverse("desk:help_act", args=[stay.pk, "refusal", "excuse", refusal.pk])
    beside = text_of(browser(reviewer).get(act))
    for said in ("报酬每月", "要照顾家里人：不想去。", "通话记录3月2日", "6个月内没有别的已计；满3次"):
        assert said in beside
    assert "不计" in text_of(browser(reviewer).post(act, {"version": version, **EXCUSE[1]}, follow=True))
    assert ServiceRefusal.objects.unscoped().get().status == "excused"
    assert not {"tell_refusal", "decide_refusal"} & set(open_duties(clerk))


def test_record_of_refusals_replayed_is_what_the_tables_hold():
    clerk = staff("clerk")
    plan = a_plan_with_vacancies(clerk)
    refusal = told(clerk, plan)
    respond(clerk, refusal.pk, "不想去。")
    count(staff("reviewer"), refusal.pk, **COUNT[1])
    assert list(verify_state(lambda done: None, Counter())) == []
    ServiceRefusal.objects.unscoped().filter(pk=refusal.pk).update(response="没有人说过")
    [fault] = verify_state(lambda done: None, Counter())
    assert "本人的说明" in fault


def test_refusal_that_counts_has_a_sealed_notice_that_says_why_and_how_to_be_heard():
    clerk, reviewer = staff("clerk"), staff("reviewer")
    counted = a_counted_refusal(clerk, reviewer, a_plan_with_vacancies(clerk))
    text = re.sub(
        r"\s", "", "".join(page.extract_text() for page in PdfReader(BytesIO(refusal_notice_pdf(counted))).pages)
    )
    assert all(said in text for said in ("没有说出理由。", "计为一次拒绝", counted.called, "行政复议"))
    assert RefusalNotice.objects.unscoped().get().refusal == counted
    make_refusal_notice(counted.pk)
    assert RefusalNotice.objects.unscoped().count() == 1
    excused = excuse(staff("reviewer"), counted.pk, "重新核对，属实。")
    with pytest.raises(NotFound):
        refusal_notice_pdf(excused)
