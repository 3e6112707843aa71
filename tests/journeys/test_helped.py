"""How three people are helped (四(一), 四(二), 四(三)), as they see it on a telephone without scripts."""

from datetime import timedelta

import pytest
from django.urls import reverse

from jiuyuan import clock
from jiuyuan.assistance.course_workflow import COURSE
from jiuyuan.assistance.enrolment_workflow import ENROLMENT
from jiuyuan.assistance.interview_workflow import INTERVIEW
from jiuyuan.assistance.models import Interview, JobOffer, ServiceRefusal
from jiuyuan.assistance.offer_workflow import OFFER
from jiuyuan.assistance.plan_workflow import PLAN
from jiuyuan.assistance.refusal_workflow import REFUSAL
from jiuyuan.people.services import set_household
from jiuyuan.procedures import engine
from jiuyuan.recognitions import family_warnings
from tests.assistance.courses import PASSED, a_course, came
from tests.assistance.offers import a_fitting_vacancy, a_plan_with_vacancies, an_offer
from tests.assistance.plans import content
from tests.factories import a_case, an_account, an_applicant, certify_family, move_to, staff
from tests.journeys.on_a_page import follow, press
from tests.journeys.on_the_phone import Phone, says

pytestmark = pytest.mark.django_db(transaction=True)

GRADUATED = {
    "degree_level": "bachelor", "degree_full_time": True, "degree_domestic": True, "left_school_on": "2023-06-30",
    "ever_employed": False, "ever_insured": False,
}  # fmt: skip


def recognised(owner, **of_whom):
    """Somebody on the register, whose telephone it is."""
    return a_case("recognised", applicant=an_applicant(**of_whom), by=owner).recognition


def test_woman_of_44_who_lacks_skills_goes_from_interview_to_a_course_to_work(phone: Phone) -> None:
    clerk, owner = staff("clerk"), an_account()
    stay = recognised(owner, born="1982-01-15", sex="female")
    page = phone(owner)
    page.goto(reverse("portal:helping"))
    assert "还没有计划" in says(page)
    follow(page, "写一写")
    page.get_by_label("想做什么工作？").fill("养老护理员")
    page.get_by_label("一个月至少要多少钱？").fill("2500")
    press(page, "保存")
    wishes = Interview.objects.unscoped().get()
    found = {"wishes": wishes.wishes, "services_wanted": ["training"], "ability": ["skills"], "means": "phone"}
    engine.act(clerk, INTERVIEW, wishes.pk, "complete", {**found, "on": clock.today()})
    soon = clock.today() + timedelta(days=30)
    measures = [
        {"kind": "training", "what": "养老护理员初级班", "due_on": soon},
        {"kind": "vacancies", "what": "学完介绍岗位", "due_on": soon},
    ]
    plan = engine.act(clerk, PLAN, stay.pk, "plan", content(clerk, measures=measures))
    page.reload()
    assert "养老护理员初级班" in says(page)
    press(page, "同意这份计划")
    course = a_course(clerk)
    enrolment = engine.act(clerk, ENROLMENT, course.pk, "enrol", {"plan": plan.pk})
    page.reload()
    assert "长春市康颐职业培训学校" in says(page)
    engine.act(clerk, COURSE, course.pk, "start", {})
    for action, said in (came(), PASSED):
        engine.act(clerk, ENROLMENT, enrolment.pk, action, said)
    offer = an_offer(clerk, plan, a_fitting_vacancy(clerk))
    page.reload()
    press(page, "想试试 护理员")
    engine.act(clerk, OFFER, offer.pk, "taken_on", {"from": clock.today()})
    page.reload()
    text = says(page)
    assert "上班" in text
    assert "合格" in text


def test_graduate_who_is_offered_three_vacancies_declines_one_for_a_good_reason_and_nothing_counts_against_them(
    phone: Phone,
) -> None:
    clerk, owner = staff("clerk"), an_account()
    stay = recognised(owner, born="2001-05-20", categories=("graduate",), facts=GRADUATED)
    assert stay.category == "graduate"
    plan = a_plan_with_vacancies(clerk, stay)
    titles = ["护理员", "社区助老员", "康复助理"]
    for title in titles:
        an_offer(clerk, plan, a_fitting_vacancy(clerk, title))
    page = phone(owner)
    page.goto(reverse("portal:helping"))
    assert all(title in says(page) for title in titles)
    for title in titles[:2]:
        press(page, f"想试试 {title}")
    follow(page, f"不合适，因为… {titles[2]}")
    page.get_by_label("要照顾家里人").check()
    page.get_by_label("想说明的").fill("要上夜班，家里老人没人照顾。")
    press(page, "不去，告诉帮我的人")
    assert "您觉得不合适：要照顾家里人" in says(page)
    assert sorted(JobOffer.objects.unscoped().values_list("status", flat=True)) == [
        "declined", "interested", "interested",
    ]  # fmt: skip
    [refusal] = ServiceRefusal.objects.unscoped().all()
    engine.act(staff("reviewer"), REFUSAL, refusal.pk, "excuse", {"ground": "家里老人没人照顾，属实。"})
    page.reload()
    assert "照顾" in says(page)
    assert not ServiceRefusal.objects.unscoped().filter(status="counted").exists()


def test_family_of_three_without_work_is_cleared_in_twenty_days(phone: Phone) -> None:
    clerk, reviewer, owner = staff("clerk"), staff("reviewer"), an_account()
    stay = recognised(owner)
    members = [recognised(an_account(), name=name).person for name in ("王建国", "王小明")]
    rows = [
        {"name": one.name, "id_number": one.id_number, "relation": relation, "state": "失业"}
        for one, relation in zip(members, ("配偶", "子女"), strict=True)
    ]
    set_household(clerk.actor, stay.person, rows)
    family = certify_family(reviewer, stay.person_id, ground="入户核实，三口人都没有工作。")
    assert len(family.members) == 3
    assert family.due_on == clock.today() + timedelta(days=20)
    plan = a_plan_with_vacancies(clerk, stay)
    offer = an_offer(clerk, plan)
    page = phone(owner)
    page.goto(reverse("portal:helping"))
    press(page, "想试试 护理员")
    move_to(family.due_on - timedelta(days=3))
    engine.act(clerk, OFFER, offer.pk, "taken_on", {"from": clock.today()})
    cleared = family_warnings.clear(reviewer, family.pk, {"because": "本人被录用，已经上班。"})
    assert cleared.cleared_on < family.due_on
    page.reload()
    assert "上班" in says(page)
