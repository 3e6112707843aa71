"""A clerk's pages of help: what is due today, and one person's talks, plan and measures."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from jiuyuan import clock
from jiuyuan.agencies.models import User
from jiuyuan.applications.models import Application
from jiuyuan.assistance import duties
from jiuyuan.assistance.due_today import OpenToday
from jiuyuan.assistance.interview_workflow import INTERVIEW, InterviewOf
from jiuyuan.assistance.models import Interview, Measure, Plan
from jiuyuan.desk.forms.helping import InterviewForm
from jiuyuan.desk.views import today
from jiuyuan.procedures import engine
from tests.assistance.plans import a_plan, held
from tests.assistance.vacancies import a_vacancy
from tests.factories import OTHER_PLATFORM, a_case, act_on, an_account, an_applicant, move_to, staff
from tests.oversight.orders import an_order
from tests.recognitions.register import on_the_register, struck_off

pytestmark = pytest.mark.django_db


def browser(user):
    client = Client()
    client.force_login(user)
    return client


def text_of(response):
    return re.sub(r"\s+", "", re.sub(r"<[^>]+>", "", response.content.decode()))


def open_duties(user):
    return {code: count for code, count in OpenToday(user).counts.items() if count}


def test_clerk_talks_plans_and_gets_a_word_from_interview_to_a_measure_that_is_done():
    clerk, stay = staff("clerk"), on_the_register()
    client = browser(clerk)
    talk = reverse("desk:help_act", args=[stay.pk, "interview", "interview", 0])
    client.post(
        talk,
        {
            "version": stay.version, "on": clock.today(), "means": "counter", "ability": ["skills"], "hours": "full",
            "occupations": "养老护理员\n看大门", "divisions": "长春市南关区", "lowest_pay": "2500",
        },
    )  # fmt: skip
    assert Interview.objects.unscoped().get().wishes["lowest_pay"] == 2500
    soon = clock.today() + timedelta(days=30)
    planned = {
        "version": stay.version, "helper": clerk.username, "goal": "到养老机构就业。", "kind_1": "training",
        "what_1": "护理班", "due_on_1": soon, "kind_2": "guidance", "what_2": "改简历", "due_on_2": soon,
    }  # fmt: skip
    where = reverse("desk:help_act", args=[stay.pk, "plan", "plan", 0])
    page = client.get(where).content.decode()
    assert "kind_2" not in page
    assert "选填" not in page, "a measure has all three of its boxes"
    longer = client.post(where, {**planned, "more": "1"})
    assert (longer.status_code, Plan.objects.unscoped().exists()) == (200, False)
    assert all(kept in longer.content.decode() for kept in ("到养老机构就业。", "改简历", "kind_3"))
    shown = client.post(where, planned, follow=True)
    assert "待本人同意" in text_of(shown)
    plan = Plan.objects.unscoped().get()
    agree = reverse("desk:help_act", args=[stay.pk, "plan", "agree", plan.pk])
    assert "进行中" in text_of(client.post(agree, {"version": plan.version, "how": "signed"}, follow=True))
    measure = Measure.objects.unscoped().get(kind="guidance")
    done = reverse("desk:help_act", args=[stay.pk, "measure", "finish", measure.pk])
    page = client.post(done, {"version": measure.version, "result": "改好了简历。"}, follow=True)
    assert "已完成：改好了简历。" in text_of(page)


def test_what_is_missing_is_said_at_its_field_and_nothing_typed_is_lost():
    clerk, stay = staff("clerk"), on_the_register()
    where = reverse("desk:help_act", args=[stay.pk, "interview", "interview", 0])
    answered = browser(clerk).post(
        where, {"version": stay.version, "on": clock.today(), "means": "phone", "care": "下午四点接孩子"}
    )
    assert answered.status_code == 422
    assert "请选就业能力" in text_of(answered)
    assert "下午四点接孩子" in answered.content.decode()


def test_bare_name_of_a_county_is_a_wish_and_what_is_no_place_is_said_at_its_own_box():
    owner, clerk = an_account(), staff("clerk")
    stay = a_case("recognised", an_applicant(), by=owner).recognition
    person, typed = browser(owner), {"occupations": "保洁员", "divisions": "没有区"}
    for client, where, more in (
        (person, reverse("portal:wishes"), {}),
        (browser(clerk), reverse("desk:help_act", args=[stay.pk, "interview", "interview", 0]), {"version": stay.version, "on": clock.today(), "means": "phone", "ability": ["skills"]}),
    ):  # fmt: skip
        wrong = client.post(where, typed | more)
        assert "不是县（市、区）的名称" in str(wrong.context["form"].errors["divisions"])
        assert list(wrong.context["form"].errors) == ["divisions"]
    person.post(reverse("portal:wishes"), typed | {"divisions": "南关区"})
    assert Interview.objects.unscoped().get().wishes["divisions"] == ["220102"]


def test_duty_stands_open_until_the_act_that_settles_it():
    clerk, stay = staff("clerk"), on_the_register()
    assert open_duties(clerk) == {"interview": 1}
    held(clerk, stay)
    assert open_duties(clerk) == {"plan": 1}
    plan = a_plan(clerk, stay, "draft")
    assert open_duties(clerk) == {"agree": 1}
    desk = browser(clerk)
    for where in ("desk:matches", "desk:courses_for"):
        waits = desk.get(reverse(where, args=[stay.pk]))
        assert "先请本人同意" in text_of(waits)
        assert reverse("desk:help_act", args=[stay.pk, "plan", "agree", plan.pk]) in waits.content.decode()
    User.objects.filter(role="clerk").exclude(pk=clerk.pk).update(is_active=False)
    alone = text_of(desk.get(reverse("desk:help_act", args=[stay.pk, "plan", "hand_over", plan.pk])))
    assert "本平台没有别的帮扶人" in alone
    assert open_duties(staff("clerk", at=OTHER_PLATFORM)) == {}
    assert Plan.objects.unscoped().get(pk=plan.pk).open


def test_measure_and_vacancy_come_when_their_day_comes():
    clerk, stay = staff("clerk"), on_the_register()
    a_plan(clerk, stay)
    a_vacancy(clerk, valid_until=clock.today() + timedelta(days=300))
    assert open_duties(clerk) == {}
    move_to(clock.today() + timedelta(days=24))
    assert open_duties(clerk) == {"measure": 2}
    move_to(clock.today() + timedelta(days=6))
    assert open_duties(clerk) == {"measure": 2, "confirm_vacancy": 1}
    page = text_of(browser(clerk).get(reverse("desk:today")))
    assert "措施到期" in page
    assert "请单位确认岗位" in page
    training = Measure.objects.unscoped().get(kind="training")
    for row in duties_on(clerk)["measure"].rows:
        first = "看情况" if row["what"] == training.what else "完成"
        assert [one["label"] for one in (row["button"], *row["others"])] == [first, "不再进行"]
        if first == "看情况":
            assert row["button"]["url"] == reverse("desk:helping", args=[stay.pk]) + "#plan-title"


def test_today_leads_to_all_of_a_duty_and_names_applications_on_their_last_day_and_orders(monkeypatch):
    monkeypatch.setattr(today, "_FIRST", 1)
    clerk, stays = staff("clerk"), [on_the_register(), on_the_register()]
    move_to(clock.today() + timedelta(days=14))
    assert len(duties_on(clerk)["interview"].rows) == 1
    whole = browser(clerk).get(reverse("desk:today") + duties_on(clerk)["interview"].more)
    assert {row["about"] for section in whole.context["found"] for row in section.rows} == {
        one.person.name for one in stays
    }
    case = a_case("accepted", clerk=clerk)
    an_order(case, question="为什么没有公示？")
    move_to(Application.objects.unscoped().get(pk=case.pk).due_on)
    words = text_of(browser(clerk).get(reverse("desk:today")))
    assert "3个工作日内到期" in words
    assert case.person.name in words
    assert "为什么没有公示？" in words


def duties_on(user):
    found = browser(user).get(reverse("desk:today")).context["found"]
    return {code: one for one in found for code in [d.code for d in duties.DUTIES if d.label == one.label]}


def test_nobody_who_left_the_register_is_on_the_list():
    clerk, stay = staff("clerk"), on_the_register()
    struck_off(stay, "imprisoned", staff("reviewer"))
    assert open_duties(clerk) == {}


def test_limits_of_health_are_seen_by_who_helps_and_who_decides_alone():
    clerk, colleague, reviewer, stay = staff("clerk"), staff("clerk"), staff("reviewer"), on_the_register()
    held(clerk, stay, limits="腰椎间盘突出", limits_consent=True, note="上午打电话")
    where = reverse("desk:helping", args=[stay.pk])

    def see(*users):
        return ["腰椎间盘突出" in text_of(browser(user).get(where)) for user in users]

    assert see(clerk, colleague, reviewer, staff("supervisor")) == [True, True, False, False], (
        "the plan is still to be made"
    )
    a_plan(clerk, stay)
    assert see(clerk, colleague, reviewer) == [True, False, False]
    act_on("propose", clerk, stay.pk, ground="left_scope", reason="公安数据")
    assert see(colleague, reviewer) == [False, True]
    assert "上午打电话" not in text_of(browser(staff("province")).get(where))


def test_person_reads_the_plan_on_the_phone_agrees_and_writes_what_they_look_for():
    owner, clerk = an_account(), staff("clerk", name="李帮扶")
    stay = a_case("recognised", an_applicant(), by=owner).recognition
    plan = a_plan(clerk, stay, "draft")
    person = browser(owner)
    page = text_of(person.get(reverse("portal:helping")))
    assert "请看看这份计划，同意就开始。" in page
    assert "李帮扶" in page
    agreed = person.post(reverse("portal:plan_agree", args=[plan.pk]), {"version": plan.version}, follow=True)
    assert "现在开始" in text_of(agreed)
    assert Plan.objects.unscoped().get().agreed_how == "online"
    typed = {"occupations": "保洁员\n看大门", "lowest_pay": "两千", "care": "下午四点接孩子"}
    wrong = person.post(reverse("portal:wishes"), typed)
    assert "整数" in text_of(wrong)
    assert "下午四点接孩子" in wrong.content.decode()
    written = person.post(reverse("portal:wishes"), typed | {"lowest_pay": "2000"}, follow=True)
    assert "每月2000元" in text_of(written)
    again = person.post(reverse("portal:wishes"), typed | {"lowest_pay": "2100"}, follow=True)
    assert "每月2100元" in text_of(again)
    assert Interview.objects.unscoped().filter(status="wishes").count() == 1


def test_who_is_not_on_the_register_has_no_plan():
    page = browser(an_account()).get(reverse("portal:helping"), follow=True)
    assert "您现在不在册，没有帮扶计划。" in text_of(page)


def test_talk_begins_with_the_wishes_of_the_application_and_then_with_those_of_the_phone_and_of_the_last_talk():
    clerk, owner = staff("clerk"), an_account()
    case = a_case("recognised", an_applicant(), by=owner)
    Application.objects.unscoped().filter(pk=case.pk).update(
        details={"job_intention": "想在家附近做护理", "skills": "会做饭"}
    )
    stay = case.recognition
    first = InterviewForm(InterviewOf(stay, clerk)).initial
    assert (first["occupations"], first["note"]) == ("", "求职意愿：想在家附近做护理\n技能特长：会做饭")
    engine.act(
        owner,
        INTERVIEW,
        stay.pk,
        "write_wishes",
        {"wishes": {"occupations": ["看大门"]}, "services_wanted": ["training"]},
    )
    phone = InterviewForm(InterviewOf(stay, clerk)).initial
    assert (phone["occupations"], phone["services_wanted"], phone["note"]) == ("看大门", ["training"], "")
    held(clerk, stay)
    assert InterviewForm(InterviewOf(stay, clerk)).initial["lowest_pay"] == 2500
