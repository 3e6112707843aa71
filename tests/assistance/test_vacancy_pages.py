"""The pages on which a vacancy is written down, seen by anybody, and answered about by its employer."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from jiuyuan.assistance.models import EmployerLink, Vacancy
from tests.assistance.vacancies import CREDIT_CODE, a_vacancy, said
from tests.factories import OTHER_PLATFORM, staff

pytestmark = pytest.mark.django_db


def browser(user=None):
    client = Client()
    if user is not None:
        client.force_login(user)
    return client


def typed(**changes):
    content = said(**changes)
    employer = content.pop("employer")
    return {**content, "employer_name": employer["name"], "credit_code": employer["credit_code"], "version": 0}


def text_of(response):
    return re.sub(r"\s+", "", re.sub(r"<[^>]+>", "", response.content.decode()))


def test_clerk_writes_down_checks_and_opens_a_vacancy():
    client = browser(staff("clerk"))
    answered = client.post(reverse("desk:vacancy_new"), typed(division="长春市南关区"), follow=True)
    vacancy = Vacancy.objects.unscoped().get()
    assert "待核对" in text_of(answered)
    assert vacancy.division_id == "220102"
    for action, more in (("check", {"how": "看了营业执照。"}), ("open", {})):
        vacancy.refresh_from_db()
        client.post(reverse("desk:vacancy_act", args=[vacancy.pk, action]), {"version": vacancy.version, **more})
    vacancy.refresh_from_db()
    assert vacancy.status == "open"
    middle = vacancy.title[1:]
    assert vacancy.title in text_of(client.get(reverse("desk:vacancies"), {"q": middle}))


def test_wrong_credit_code_is_said_at_its_field_and_everything_typed_stays():
    client = browser(staff("clerk"))
    wrong = typed(employer={"name": "某某饭店", "credit_code": CREDIT_CODE[:-1] + "0"}, tasks="洗碗。😀")
    answered = client.post(reverse("desk:vacancy_new"), wrong)
    assert answered.status_code == 422
    assert "校验码对不上" in text_of(answered)
    for kept in ("某某饭店", "洗碗。😀", "2600"):
        assert kept in answered.content.decode()
    assert not Vacancy.objects.unscoped().exists()


def test_discriminating_words_are_marked_where_they_stand():
    clerk = staff("clerk")
    vacancy = a_vacancy(clerk, "checked", conditions="身体健康，<b>限女性</b>")
    page = browser(clerk).get(reverse("desk:vacancy", args=[vacancy.pk]))
    assert "&lt;b&gt;<mark>限女性</mark>&lt;/b&gt;" in page.content.decode()
    assert "就业促进法二十七" in text_of(page)


def test_link_for_the_employer_is_shown_once_and_leads_to_three_answers():
    clerk = staff("clerk")
    vacancy = a_vacancy(clerk)
    client = browser(clerk)
    made = client.post(reverse("desk:vacancy_act", args=[vacancy.pk, "ask_employer"]), {"version": vacancy.version})
    [address] = re.findall(r'href="(http://testserver/employer/[^"]+)"', made.content.decode())
    assert address not in client.get(reverse("desk:vacancy", args=[vacancy.pk])).content.decode()
    employer = browser()
    page = employer.get(address)
    assert "还在招，内容没有变" in text_of(page)
    assert "张经理" not in text_of(page)
    assert employer.post(address, {"answer": ""}).status_code == 422
    assert employer.post(address, {"answer": "close"}, follow=True).status_code == 200
    assert Vacancy.objects.unscoped().get().status == "withdrawn"
    assert employer.get(address).status_code == 404
    assert EmployerLink.objects.get().answered_on is not None


def test_anybody_sees_what_is_open_at_a_place_and_no_name_or_telephone_of_a_person():
    clerk = staff("clerk")
    open_one, draft = a_vacancy(clerk), a_vacancy(clerk, "draft", title="前厅服务员")
    anybody = browser()
    page = anybody.get(reverse("portal:jobs"), {"county": "220102"})
    assert "后厨帮工" in text_of(page)
    assert "前厅服务员" not in text_of(page)
    shown = anybody.get(reverse("portal:job", args=[open_one.pk]))
    assert "每月2600至3000元" in text_of(shown)
    assert "张经理" not in text_of(shown)
    assert "85550001" not in text_of(shown)
    assert anybody.get(reverse("portal:job", args=[draft.pk])).status_code == 404
    assert "没有岗位" in text_of(anybody.get(reverse("portal:jobs"), {"county": "220204"}))


def test_vacancy_of_another_platform_is_not_there():
    vacancy = a_vacancy(staff("clerk"))
    page = browser(staff("clerk", at=OTHER_PLATFORM)).get(reverse("desk:vacancy", args=[vacancy.pk]))
    assert page.status_code == 404


def test_reviewer_opens_what_the_clerk_may_not():
    clerk = staff("clerk")
    vacancy = a_vacancy(clerk, "checked", conditions="限女性")
    reviewer = browser(staff("reviewer"))
    where = reverse("desk:vacancy_act", args=[vacancy.pk, "open_with_ground"])
    assert "就业促进法二十七" in text_of(reviewer.get(where))
    reviewer.post(where, {"version": vacancy.version, "ground": "女浴室。"})
    assert Vacancy.objects.unscoped().get().status == "open"
    forbidden = browser(clerk).get(where)
    assert forbidden.status_code == 403
