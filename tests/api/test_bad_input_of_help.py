"""What is sent wrongly of help (issue: bad input, named): programs and pages are told in Chinese what to do, and nothing happens."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from jiuyuan import clock
from jiuyuan.agencies.services import issue_token
from jiuyuan.assistance.models import Course, JobOffer, Placement, Vacancy
from tests.api.program import Program
from tests.assistance.courses import course_said, in_class
from tests.assistance.offers import a_fitting_vacancy, a_plan_with_vacancies, an_offer
from tests.assistance.posts import a_plan_with_a_post, a_post
from tests.assistance.vacancies import CREDIT_CODE, a_vacancy, said
from tests.desk.reading import words
from tests.factories import move_to, staff
from tests.recognitions.register import struck_off

pytestmark = pytest.mark.django_db


def sent(clerk, path, body):
    """The words of a refusal: its title and what is said at each field."""
    written = {name: str(value) if isinstance(value, date) else value for name, value in body.items()}
    answer = Program(issue_token(clerk)).post(path, written)
    assert 400 <= answer.status_code < 500, answer.content
    problem = answer.json()
    return answer.status_code, problem["title"] + "".join(one["message"] for one in problem.get("errors", []))


def filled_in(client, where, typed):
    page = client.post(where, typed)
    return page.status_code, words(page)


def _wrong_code(clerk):
    employer = {"name": "某店", "credit_code": CREDIT_CODE[:-1] + "0"}
    return "/vacancies", said(employer=employer), "校验码"


def _code_of_another(clerk):
    a_vacancy(clerk)
    employer = {"name": "长春市吉顺餐饮有限公司", "credit_code": CREDIT_CODE}
    return "/vacancies", said(employer=employer, title="洗碗工"), "登记的单位是"


def _below_the_minimum(clerk):
    vacancy = a_vacancy(clerk, "checked", pay_from=900, pay_to=None)
    return f"/vacancies/{vacancy.pk}/open", {"version": vacancy.version}, "最低工资标准"


def _men_only(clerk):
    vacancy = a_vacancy(clerk, "checked", conditions="限男性")
    return f"/vacancies/{vacancy.pk}/open", {"version": vacancy.version}, "限男性"


def _expired_this_morning(clerk):
    plan, vacancy = (
        a_plan_with_vacancies(clerk),
        a_fitting_vacancy(clerk, valid_until=clock.today() + timedelta(days=1)),
    )
    move_to(clock.today() + timedelta(days=2))
    return f"/plans/{plan.pk}/offers", {"version": plan.version, "vacancy": vacancy.pk, "means": "counter"}, "已经过期"


def _answer_after_the_limit(clerk):
    offer = an_offer(clerk, a_plan_with_vacancies(clerk), a_fitting_vacancy(clerk))
    move_to(offer.answer_by + timedelta(days=1))
    return f"/offers/{offer.pk}/answer", {"version": offer.version, "answer": "interested"}, "答复"


def _ends_before_it_begins(clerk):
    return "/courses", course_said(to=clock.today() - timedelta(days=1)), "不能早于开班日期"


def _day_without_a_class(clerk):
    row, on = in_class(clerk, days=3), clock.today() - timedelta(days=1)
    return f"/enrolments/{row.pk}/attend", {"version": row.version, "on": on, "hours": 6}, "没有课，不能记到课"


def _ended_yesterday(clerk):
    plan, post = a_plan_with_a_post(clerk), a_post(clerk)
    struck_off(plan.recognition, "imprisoned")
    move_to(clock.today() + timedelta(days=1))
    return f"/posts/{post.pk}/placements", {"version": post.version, "plan": plan.pk, "no_relative": True}, "已经不在册"


WRONG = [
    _wrong_code, _code_of_another, _below_the_minimum, _men_only, _expired_this_morning, _answer_after_the_limit,
    _ends_before_it_begins, _day_without_a_class, _ended_yesterday,
]  # fmt: skip


@pytest.mark.parametrize("wrong", WRONG, ids=lambda one: one.__name__.strip("_"))
def test_program_is_told_what_is_wrong_and_nothing_happens(wrong):
    clerk = staff("clerk")
    path, body, told = wrong(clerk)
    before = [model.objects.unscoped().count() for model in (Vacancy, JobOffer, Course, Placement)]
    status, why = sent(clerk, path, body)
    assert (status in (409, 422), told in why) == (True, True), (status, why)
    assert [model.objects.unscoped().count() for model in (Vacancy, JobOffer, Course, Placement)] == before


def test_page_of_an_offer_says_that_the_vacancy_expired_this_morning_and_that_an_answer_came_too_late(log_in):
    clerk = staff("clerk")
    plan = a_plan_with_vacancies(clerk)
    vacancy = a_fitting_vacancy(clerk, valid_until=clock.today() + timedelta(days=1))
    offer, desk = an_offer(clerk, plan, a_fitting_vacancy(clerk, "保洁员")), log_in(clerk)
    act = ("desk:help_act", plan.recognition_id, "offer")
    move_to(clock.today() + timedelta(days=2))
    typed = {"version": plan.version, "vacancy": vacancy.pk, "means": "counter"}
    status, text = filled_in(desk, reverse(act[0], args=[*act[1:], "offer", plan.pk]), typed)
    assert (status, "已经过期" in text) == (422, True), text
    move_to(offer.answer_by + timedelta(days=1))
    where = reverse(act[0], args=[*act[1:], "answer", offer.pk])
    status, text = filled_in(desk, where, {"version": offer.version, "answer": "interested"})
    assert (status in (409, 422), "答复" in text) == (True, True), text
