"""Offers (四(二)): an open vacancy for one person, answered from the phone or at the window, counted where it was really one."""

import re
from collections import Counter
from datetime import timedelta

import pytest
from django.urls import reverse

from jiuyuan import clock
from jiuyuan.applications.replay import verify_state
from jiuyuan.assistance import duties, nightly, offer_counts, replay
from jiuyuan.assistance.models import JobOffer, Measure, Plan, Vacancy
from jiuyuan.assistance.offer_workflow import OFFER
from jiuyuan.assistance.referral_letters import referral_pdf
from jiuyuan.assistance.vacancy_workflow import VACANCY
from jiuyuan.history.models import Entry
from jiuyuan.notifications.models import Message
from jiuyuan.refusals import BadInput, Conflict, GuardNotMet, NotFound, WrongState
from tests.assistance.offers import APPLIED, DECLINED, INTERESTED, a_fitting_vacancy, a_plan_with_vacancies, an_offer
from tests.assistance.test_help_pages import browser, open_duties, text_of
from tests.assistance.vacancies import a_vacancy
from tests.factories import OTHER_PLATFORM, a_case, an_account, an_applicant, does, move_to, staff
from tests.printing.paper import text_of as text_of_paper

pytestmark = pytest.mark.django_db

offer, answer, taken_on = does(OFFER, "offer"), does(OFFER, "answer"), does(OFFER, "taken_on")


def counted(plan):
    return offer_counts.offered(Plan.objects.unscoped().get(pk=plan.pk), clock.today())


def refused(act, *args, **more):
    with pytest.raises(BadInput) as no:
        act(*args, **more)
    return dict(no.value.errors)


def test_of_three_offers_one_expired_the_day_before_and_two_of_the_same_vacancy_one_counts():
    """The contract's third figure, word for word."""
    clerk = staff("clerk")
    plan = a_plan_with_vacancies(clerk)
    expired = a_fitting_vacancy(clerk, "夜班护理员", valid_until=clock.today() + timedelta(days=1))
    same = a_fitting_vacancy(clerk)
    move_to(clock.today() + timedelta(days=2))
    nightly.expire_vacancies(clock.today())
    move_to(clock.today() + timedelta(days=1))
    late = an_offer(clerk, plan, expired, on=clock.today() - timedelta(days=1))
    an_offer(clerk, plan, same, INTERESTED, ("not_taken_on", {"reason": "招满了。"}))
    an_offer(clerk, plan, same)
    assert (late.uncounted, late.status) == ("late", "given"), "kept, uncounted, with the reason"
    assert (counted(plan).counted, counted(plan).still_needed) == (1, 2)
    assert counted(plan).in_words == "已提供1个，还差2个"


def test_vacancy_that_expired_this_morning_is_refused_with_a_sentence_before_and_after_the_night():
    clerk = staff("clerk")
    plan = a_plan_with_vacancies(clerk)
    vacancy = a_fitting_vacancy(clerk, valid_until=clock.today() + timedelta(days=1))
    move_to(clock.today() + timedelta(days=2))
    for _ in ("before the night", "after it"):
        told = refused(offer, clerk, plan.pk, vacancy=vacancy.pk, means="counter")["vacancy"]
        assert re.search(r"“护理员”有效到\d+年\d+月\d+日，已经过期，不能介绍", told)
        nightly.expire_vacancies(clock.today())
    checked = a_fitting_vacancy(clerk, "护工")
    does(VACANCY, "withdraw")(clerk, checked.pk, reason="单位不招了。")
    assert "已撤回" in refused(offer, clerk, plan.pk, vacancy=checked.pk, means="counter")["vacancy"]
    assert "没有这个岗位" in refused(offer, clerk, plan.pk, vacancy=10**9, means="counter")["vacancy"]
    assert not JobOffer.objects.unscoped().exists()


def test_what_does_not_suit_needs_a_ground_and_what_is_unknown_counts_only_with_one():
    clerk = staff("clerk")
    plan = a_plan_with_vacancies(clerk)
    cheap = a_fitting_vacancy(clerk, "护工", pay_from=2300, pay_to=2400)
    told = refused(offer, clerk, plan.pk, vacancy=cheap.pk, means="counter")["suitable_because"]
    assert "报酬（要每月至少2500元，岗位是每月2300至2400元）" in told
    assert an_offer(clerk, plan, cheap, suitable_because="本人说愿意。").uncounted == "unfit"
    unknown = a_vacancy(clerk)
    assert an_offer(clerk, plan, unknown, INTERESTED).uncounted == "unfit"
    assert counted(plan).counted == 0
    assert an_offer(clerk, plan, a_vacancy(clerk, title="洗碗工"), suitable_because="本人说愿意做后厨。").counts
    assert counted(plan).counted == 1


def test_offer_counts_once_it_has_reached_the_person_and_one_to_many_never():
    clerk = staff("clerk")
    plan = a_plan_with_vacancies(clerk)
    letter = an_offer(clerk, plan, means="letter")
    spoken = an_offer(clerk, plan, a_fitting_vacancy(clerk, "护理工"), means="phone")
    assert (letter.proof, spoken.proof, counted(plan).counted) == ("", "", 0), "nobody makes up that it arrived"
    answer(clerk, letter.pk, answer="interested")
    assert counted(plan).counted == 1
    an_offer(clerk, plan, a_fitting_vacancy(clerk, "护工"), means="message", to_many=True)
    assert counted(plan).counted == 1
    an_offer(clerk, plan, a_fitting_vacancy(clerk, "陪护"), means="letter", proof="挂号信回执12号")
    assert counted(plan).counted == 2


def test_third_counted_offer_fulfils_the_measure_and_the_duty_that_says_how_many_are_missing():
    clerk = staff("clerk")
    plan = a_plan_with_vacancies(clerk)
    [due] = duties.due(clerk, _duty("offer"), clock.today() + timedelta(days=24))
    assert (due.what, due.on) == ("已提供0个，还差3个", clock.today() + timedelta(days=30))
    for title in ("护理员", "护工", "陪护"):
        an_offer(clerk, plan, a_fitting_vacancy(clerk, title))
        measure = Measure.objects.unscoped().get(plan=plan, kind="vacancies")
        assert (measure.status == "done") == (title == "陪护")
    assert measure.result == "已介绍3个岗位"
    assert counted(plan).in_words == "已提供3个，够了"
    assert open_duties(clerk) == {"answer": 3}


def _duty(code):
    return next(one for one in duties.DUTIES if one.code == code)


def test_offer_keeps_the_vacancy_as_it_stood():
    clerk = staff("clerk")
    vacancy = a_fitting_vacancy(clerk)
    kept = an_offer(clerk, a_plan_with_vacancies(clerk), vacancy)
    Vacancy.objects.unscoped().filter(pk=vacancy.pk).update(pay_from=9999, pay_to=None)
    assert kept.as_it_stood["pay_from"] == 2600
    assert "每月2600至3000元" in text_of_paper(referral_pdf(kept))


def test_letter_with_its_counterfoil_says_nothing_of_category_disability_or_poverty():
    clerk = staff("clerk", name="李帮扶")
    kept = an_offer(clerk, a_plan_with_vacancies(clerk), None, INTERESTED)
    paper = text_of_paper(referral_pdf(kept))
    for said in ("推荐介绍信", "回执", kept.recognition.person.name, "护理员", "李帮扶", "长春市南关区民康路8号"):
        assert said in paper
    person = kept.recognition.person
    for hidden in ("困难", "残疾", "低保", "失业", kept.recognition.number, person.id_number, person.phone):
        assert hidden not in paper
    declined = an_offer(clerk, kept.plan, a_fitting_vacancy(clerk, "护工"), DECLINED)
    with pytest.raises(NotFound):
        referral_pdf(declined)


def test_person_is_told_answers_on_the_phone_and_the_same_answer_twice_is_one_act():
    owner, clerk = an_account(), staff("clerk")
    plan = a_plan_with_vacancies(clerk, a_case("recognised", an_applicant(), by=owner).recognition)
    given = an_offer(clerk, plan, means="message")
    assert re.search("顺意餐饮.*护理员.*每月2600至3000元", Message.objects.unscoped().order_by("-pk")[0].body)
    person = browser(owner)
    assert "想试试" in text_of(person.get(reverse("portal:helping")))
    first, until = text_of(person.get("/")), given.answer_by
    assert f"有1个岗位等您答复，{until.month}月{until.day}日前" in first
    assert "我要申请" not in first
    where = reverse("portal:offer_interested", args=[given.pk])
    for _ in ("once", "twice"):
        assert "已告诉帮您的人" in text_of(person.post(where, follow=True))
    assert Entry.objects.unscoped().filter(action="offer_answered").count() == 1
    changed = person.post(reverse("portal:offer_decline", args=[given.pk]), {"reason": "pay"})
    assert "已经答复过了" in text_of(changed)
    assert JobOffer.objects.unscoped().get().status == "interested"
    paper = person.get(reverse("portal:offer_letter", args=[given.pk]))
    assert paper["Content-Type"] == "application/pdf"
    assert browser(an_account()).get(reverse("portal:offer_letter", args=[given.pk])).status_code == 404


def test_person_declines_with_a_reason_and_nothing_typed_is_lost():
    owner, clerk = an_account(), staff("clerk")
    plan = a_plan_with_vacancies(clerk, a_case("recognised", an_applicant(), by=owner).recognition)
    given = an_offer(clerk, plan)
    person, where = browser(owner), reverse("portal:offer_decline", args=[given.pk])
    wrong = person.post(where, {"words": "夜里没人照顾老人"})
    assert "请选一个原因" in text_of(wrong)
    assert "夜里没人照顾老人" in wrong.content.decode()
    unsaid = person.post(where, {"reason": "other"})
    assert "请写明是什么原因" in text_of(unsaid)
    for _ in ("once", "twice"):
        assert "已记下" in text_of(person.post(where, {"reason": "care", "words": "夜里没人照顾老人"}, follow=True))
    found = JobOffer.objects.unscoped().get()
    assert (found.status, found.reason, found.words) == ("declined", "care", "夜里没人照顾老人")
    with pytest.raises(BadInput, match="改正"):
        answer(owner, an_offer(clerk, plan, a_fitting_vacancy(clerk, "护工")).pk, answer="no_answer")


def test_answer_after_the_limit_is_refused_with_a_sentence_and_the_night_notes_the_silence_once():
    owner, clerk = an_account(), staff("clerk")
    plan = a_plan_with_vacancies(clerk, a_case("recognised", an_applicant(), by=owner).recognition)
    given = an_offer(clerk, plan)
    move_to(given.answer_by)
    assert nightly.end_unanswered_offers(clock.today()) == 0
    move_to(given.answer_by + timedelta(days=1))
    with pytest.raises(GuardNotMet, match="已经过了") as no:
        answer(owner, given.pk, answer="interested")
    assert no.value.code == "answer_late"
    assert "已经过了" in text_of(browser(owner).get(reverse("portal:helping")))
    assert (nightly.end_unanswered_offers(clock.today()), nightly.end_unanswered_offers(clock.today())) == (1, 0)
    with pytest.raises(WrongState, match="已经答复过了"):
        answer(owner, given.pk, answer="interested")


def test_vacancy_that_closed_meanwhile_asks_nobody_any_more():
    clerk = staff("clerk")
    given = an_offer(clerk, a_plan_with_vacancies(clerk))
    does(VACANCY, "withdraw")(clerk, given.vacancy_id, reason="单位不招了。")
    assert "不用再答复" in Message.objects.unscoped().latest("pk").body
    with pytest.raises(GuardNotMet, match="不用再答复") as no:
        answer(clerk, given.pk, answer="declined", reason="pay")
    assert no.value.code == "vacancy_closed"


def test_last_place_is_given_once_and_fills_the_vacancy():
    clerk = staff("clerk")
    vacancy = a_fitting_vacancy(clerk, number=1)
    first, second = (an_offer(clerk, a_plan_with_vacancies(clerk), vacancy, INTERESTED, APPLIED) for _ in range(2))
    an_offer(clerk, a_plan_with_vacancies(clerk), vacancy)
    done = taken_on(clerk, first.pk, **{"from": clock.today() + timedelta(days=3)})
    vacancy = Vacancy.objects.unscoped().get(pk=vacancy.pk)
    assert (done.status, vacancy.status, vacancy.left) == ("taken_on", "filled", 0)
    hired, waits = Message.objects.unscoped().order_by("-pk")[:2][::-1]
    assert "录用了您" in hired.body
    assert "不用再答复" in waits.body
    measure = Measure.objects.unscoped().get(plan=first.plan, kind="vacancies")
    assert (measure.status, "上班" in measure.result) == ("done", True)
    with pytest.raises(GuardNotMet, match="已经都录用了") as no:
        taken_on(clerk, second.pk, **{"from": clock.today()})
    assert no.value.code == "no_place_left"
    for wrong in ("2020-01-01", "下周一", "2099-01-01"):
        other = an_offer(clerk, second.plan, a_fitting_vacancy(clerk, f"护工{wrong}"), INTERESTED)
        assert "哪天上班" in refused(taken_on, clerk, other.pk, **{"from": wrong})["from"]


def test_same_vacancy_waits_for_one_answer_at_a_time():
    clerk = staff("clerk")
    given = an_offer(clerk, a_plan_with_vacancies(clerk))
    with pytest.raises(Conflict, match="还在等答复"):
        offer(clerk, given.plan_id, vacancy=given.vacancy_id, means="phone")


def test_clerk_offers_in_three_clicks_and_sees_how_many_are_missing():
    clerk = staff("clerk")
    plan = a_plan_with_vacancies(clerk)
    vacancy, client = a_fitting_vacancy(clerk), browser(clerk)
    a_fitting_vacancy(clerk, "收银员", pay_from=2300, pay_to=2300)
    stay = plan.recognition
    first = client.get(reverse("desk:helping", args=[stay.pk]))
    assert "已提供0个，还差3个" in text_of(first)
    where = reverse("desk:matches", args=[stay.pk])
    assert where in first.content.decode()
    second = client.get(where)
    act = reverse("desk:help_act", args=[stay.pk, "offer", "offer", 0])
    assert text_of(second).index("护理员") < text_of(second).index("收银员")
    assert f"{act}?vacancy={vacancy.pk}" in second.content.decode()
    form = client.get(f"{act}?vacancy={vacancy.pk}").content.decode()
    assert re.search(rf'value="{vacancy.pk}"[^>]*checked', form)
    assert not re.search(r'name="means"[^>]*checked', form), "how it was given is never chosen beforehand"
    assert not re.search(r"为什么合适\s*<span class=.field-optional", form)
    typed = {
        "version": plan.version,
        "vacancy": vacancy.pk,
        "means": "counter",
        "proof": "存根有本人签字",
        "to_many": "false",
    }
    third = client.post(act, typed, follow=True)
    assert "已提供1个，还差2个" in text_of(third)
    given = JobOffer.objects.unscoped().get()
    letter = client.get(reverse("desk:referral", args=[stay.pk, given.pk]))
    assert letter.content.startswith(b"%PDF")
    assert client.get(reverse("desk:referral", args=[stay.pk, given.pk + 1])).status_code == 404
    asked_first = client.get(reverse("desk:today"), {"duty": "answer"}).content.decode()
    assert "本人答复" in asked_first
    assert "已录用" not in asked_first, "nobody is taken on who has not answered yet"
    answered = reverse("desk:help_act", args=[stay.pk, "offer", "answer", given.pk])
    wrong = client.post(answered, {"version": given.version, "answer": "declined", "words": "太远了"})
    assert (wrong.status_code, "太远了" in wrong.content.decode()) == (422, True)
    said = {"version": given.version, "answer": "declined", "reason": "distance", "words": "太远了"}
    assert "离家太远" in text_of(client.post(answered, said, follow=True))
    open_one = a_fitting_vacancy(clerk, "陪护员", form="part", pay_from=25, pay_to=30)
    shown = client.get(where)
    order = [int(one) for one in re.findall(r'id="match-(\d+)"', shown.content.decode())]
    assert (order[0], order[-1]) == (open_one.pk, vacancy.pk), "what was offered before comes last"
    again = text_of(shown)
    assert f"{clock.today():%-m月%-d日}介绍过，本人觉得不合适：离家太远，待告知本人" in again
    assert "有1项还没问清，问清后才计数" in again
    assert "有1项还没问清，问清后才计数" in text_of(client.get(act))
    unclear = JobOffer(uncounted="unfit", fits=None)
    assert unclear.uncounted_in_words == "介绍时有条件还没问清；问清后再介绍才计数"
    assert JobOffer(uncounted="unfit", fits=False).uncounted_in_words == "岗位有不符合本人意愿的条件"


def test_plan_elsewhere_is_not_seen_and_what_is_open_anywhere_may_be_offered():
    clerk = staff("clerk")
    plan = a_plan_with_vacancies(clerk)
    other = staff("clerk", at=OTHER_PLATFORM)
    with pytest.raises(NotFound):
        offer(other, plan.pk, vacancy=a_fitting_vacancy(other).pk, means="phone")
    from_elsewhere = a_fitting_vacancy(other, "护工", division="220204")
    given = an_offer(clerk, plan, from_elsewhere, suitable_because="本人说愿意去。")
    assert given.vacancy_id == from_elsewhere.pk


def test_record_replayed_is_what_the_tables_hold():
    clerk = staff("clerk")
    given = an_offer(
        clerk, a_plan_with_vacancies(clerk), None, INTERESTED, APPLIED, ("taken_on", {"from": clock.today()})
    )
    an_offer(clerk, given.plan, a_fitting_vacancy(clerk, "护工"), DECLINED)
    assert list(verify_state(lambda done: None, Counter())) == []
    assert list(replay.verify_state(lambda done: None, Counter())) == []
    JobOffer.objects.unscoped().filter(pk=given.pk).update(suitable_because="没有人写过")
    [fault] = verify_state(lambda done: None, Counter())
    assert "合适的依据" in fault


def test_offer_is_told_in_the_name_of_the_office_that_makes_it():
    clerk = staff("clerk")
    an_offer(clerk, a_plan_with_vacancies(clerk))
    told = next(one for one in Message.objects.unscoped() if one.title == "给您介绍一个岗位")
    assert told.body.startswith(f"{clerk.agency.name}给您介绍一个岗位")
