"""一人一册 (四(一)): everything about one person on one page in time, and on paper without what is sensitive."""

import io
from datetime import timedelta

import pytest
from django.urls import reverse
from pypdf import PdfReader

from jiuyuan import clock
from jiuyuan.assistance.measure_workflow import MEASURE
from jiuyuan.assistance.personal_file import personal_file
from jiuyuan.history.models import Look
from tests.assistance.plans import a_plan, held
from tests.desk.reading import words
from tests.factories import does, move_to, staff
from tests.recognitions.register import on_the_register

pytestmark = pytest.mark.django_db


def said(response):
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(response.content)).pages)
    return text.replace(" ", "").replace("\n", "")


def test_file_counts_each_day_of_help_once_and_tells_it_in_time():
    clerk, stay = staff("clerk"), on_the_register()
    plan = a_plan(clerk, stay)
    does(MEASURE, "finish", "result")(clerk, plan.measures.get(kind="guidance").pk, "改好了简历。")
    first = personal_file(clerk, stay.person)
    assert dict(first.counts) == {"共帮扶": "1次（同一天的算一次）", "访谈": "1次", "职业指导": "1次"}
    assert "2026年" in dict(first.basic)["认定"]
    move_to(clock.today() + timedelta(days=3))
    held(clerk, stay, means="phone")
    kept = personal_file(clerk, stay.person)
    assert dict(kept.counts)["共帮扶"] == "2次（同一天的算一次）"
    assert [event.day for event in kept.events] == sorted((event.day for event in kept.events), reverse=True)
    assert ("最低报酬", "每月2500元") in kept.wishes
    assert kept.services == "推荐岗位、职业培训"


def test_page_and_paper_leave_out_what_is_sensitive_unless_it_is_asked_for_and_the_look_is_kept(log_in):
    clerk, stay = staff("clerk"), on_the_register()
    person = stay.person
    held(clerk, stay, limits="腰椎间盘突出", limits_consent=True)
    desk = log_in(clerk)
    page = words(desk.get(reverse("desk:one_file", args=[person.pk])))
    assert "还没有在这里申请过政策" in page
    paper = desk.get(reverse("desk:one_file_pdf", args=[person.pk]))
    assert paper["Content-Type"] == "application/pdf"
    for shown in (page, said(paper)):
        assert "养老护理员" in shown
        for hidden in (person.id_number, person.phone, "腰椎"):
            assert hidden not in shown
    assert person.address not in said(paper)
    whole = reverse("desk:one_file_whole", args=[person.pk])
    assert desk.get(whole).status_code == 405
    text = said(desk.post(whole))
    for hidden in (person.id_number, person.phone, "腰椎间盘突出"):
        assert hidden in text
    looks = Look.objects.of(person.file).filter(what="打印一人一册").order_by("pk")
    assert [look.unmasked for look in looks] == [False, True]
    assert log_in(staff("supervisor")).post(whole).status_code == 403


def test_emoji_as_wishes_stands_on_the_page_and_does_not_stop_the_paper(log_in):
    clerk, stay = staff("clerk"), on_the_register()
    held(clerk, stay, wishes={"occupations": ["做饭😀"], "lowest_pay": 2500})
    desk = log_in(clerk)
    assert "做饭😀" in words(desk.get(reverse("desk:one_file", args=[stay.person_id])))
    assert "做饭〓" in said(desk.get(reverse("desk:one_file_pdf", args=[stay.person_id])))
