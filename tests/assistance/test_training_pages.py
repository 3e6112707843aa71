"""The pages of training and starting up: at the desk from a new class to its last day, and on the person's phone."""

import pytest
from django.urls import reverse

from jiuyuan import clock
from jiuyuan.assistance.enrolment_workflow import ENROLMENT
from jiuyuan.assistance.models import Attendance, Course, Enrolment, Venture
from jiuyuan.assistance.personal_file import personal_file
from tests.assistance.courses import BUSINESS, PASSED, TO_THE_LICENCE, a_course, a_venture, came, course_said, in_class
from tests.assistance.plans import a_plan
from tests.desk.reading import words
from tests.factories import a_case, an_account, an_applicant, does, staff
from tests.recognitions.register import on_the_register

pytestmark = pytest.mark.django_db


def test_clerk_plans_a_class_enrols_somebody_and_writes_down_who_came(log_in):
    clerk, stay = staff("clerk"), on_the_register()
    desk, plan = log_in(clerk), a_plan(clerk, stay)
    typed = {name: str(value) if not isinstance(value, list) else value for name, value in course_said().items()}
    new = reverse("desk:course_new")
    wrong = desk.post(new, {**typed, "to": "2026-01-01"})
    assert (wrong.status_code, "不能早于开班日期" in words(wrong)) == (422, True)
    assert "长春市康颐职业培训学校" in wrong.content.decode()
    assert desk.post(new, typed).status_code == 302
    course = Course.objects.unscoped().get()
    shown = desk.get(reverse("desk:course_act", args=[course.pk, "change"])).content.decode()
    assert 'value="养老护理员"' in shown
    assert (
        desk.post(reverse("desk:course_act", args=[course.pk, "open"]), {"version": course.version}).status_code == 302
    )
    assert "养老护理员初级班" in words(desk.get(reverse("desk:courses")))

    helping = reverse("desk:helping", args=[stay.pk])
    choose, enrol = reverse("desk:courses_for", args=[stay.pk]), reverse(
        "desk:help_act", args=[stay.pk, "enrolment", "enrol", course.pk]
    )  # fmt: skip
    assert choose in desk.get(helping).content.decode()
    assert enrol in desk.get(choose).content.decode()
    version = Course.objects.unscoped().get().version
    assert desk.post(enrol, {"version": version}).status_code == 302
    assert "一次只上一个班" in words(desk.get(choose))
    again = desk.post(enrol, {"version": version})
    assert (again.status_code, "一次只上一个班" in words(again)) == (422, True)
    row = Enrolment.objects.unscoped().get()
    assert (row.plan, "养老护理员初级班" in words(desk.get(helping))) == (plan, True)

    does_not = reverse("desk:course_act", args=[course.pk, "start"])
    assert desk.post(does_not, {"version": version}).status_code == 302
    sheet, hours, seen = reverse("desk:attendance", args=[course.pk]), f"hours_{row.pk}", f"version_{row.pk}"
    assert stay.person.name in words(desk.get(sheet))
    on = {"on": clock.today().isoformat(), seen: row.version}
    for bad in ({**on, hours: "7"}, {**on, hours: "很多"}, on, {**on, hours: "6", "on": "2026-01-02"}):
        assert desk.post(sheet, bad).status_code == 422
    assert "一天最多6课时" in words(desk.post(sheet, {**on, hours: "7"}))
    for lost in ("²", "9" * 5000):
        assert desk.post(sheet, {**on, hours: "6", seen: lost}).status_code == 422, "a version that is none"
    assert not Attendance.objects.unscoped().exists()
    assert desk.post(sheet, {**on, hours: "6"}).status_code == 302
    assert "到课6/6课时" in words(desk.get(reverse("desk:course", args=[course.pk])))
    assert 'value="6"' in desk.get(sheet).content.decode()
    assert desk.post(sheet, {**on, hours: "5"}).status_code == 422, "somebody else wrote meanwhile"


def test_supervisor_sees_what_somebody_was_charged_as_an_error(log_in):
    clerk = staff("clerk")
    row = in_class(clerk, came(), PASSED)
    does(ENROLMENT, "note_charge")(clerk, row.pk, sum=200, what_for="教材费")
    desk = log_in(staff("supervisor"))
    assert "向本人收了费" in words(desk.get(reverse("desk:courses")))
    assert "教材费" in words(desk.get(reverse("desk:course", args=[row.course_id])))
    listed = desk.get(reverse("desk:courses"), {"status": "charged"})
    assert reverse("desk:course", args=[row.course_id]) in listed.content.decode()


def test_clerk_registers_a_business_and_what_is_wrong_with_its_code_is_said_at_the_code(log_in):
    clerk = staff("clerk")
    venture = a_venture(clerk, ("explain", {}))
    desk, stay = log_in(clerk), venture.recognition_id
    where = reverse("desk:help_act", args=[stay, "venture", "register", venture.pk])
    assert where in desk.get(reverse("desk:helping", args=[stay])).content.decode()
    typed = {"version": venture.version, "business_name": BUSINESS["name"], "on": clock.today().isoformat()}
    wrong = desk.post(where, {**typed, "credit_code": "91220102MA0Y1A2B3X"})
    assert (wrong.status_code, "校验码对不上" in words(wrong)) == (422, True)
    assert BUSINESS["name"] in wrong.content.decode()
    assert desk.post(where, {**typed, "credit_code": BUSINESS["credit_code"]}).status_code == 302
    assert Venture.objects.unscoped().get().business_name == BUSINESS["name"]


def test_person_sees_their_course_and_what_a_licence_means_and_the_file_tells_it_all(client):
    clerk, owner = staff("clerk"), an_account()
    plan = a_plan(clerk, a_case("recognised", an_applicant(), by=owner).recognition)
    in_class(clerk, came(4), plan=plan)
    a_venture(clerk, *TO_THE_LICENCE[:1], plan=plan)
    client.force_login(owner)
    said = words(client.get(reverse("portal:helping")))
    for text in ("一共6课时，您上了4课时", "培训不收您的钱", "办了执照", "小区门口开早餐店"):
        assert text in said
    told = [event.what for event in personal_file(clerk, plan.recognition.person).events]
    assert {"报培训班", "创业想法", "创业指导"} <= set(told)


def test_class_of_another_county_is_not_there(log_in):
    course = a_course(staff("clerk", at="220204001"))
    desk = log_in(staff("clerk"))
    assert desk.get(reverse("desk:course", args=[course.pk])).status_code == 404
    assert "养老护理员初级班" not in words(desk.get(reverse("desk:courses")))
