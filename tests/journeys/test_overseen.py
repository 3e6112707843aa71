"""How what is above looks into what is below (五(三)): a supervisor, an office and somebody of whom money is asked back, on pages without
scripts, 390 px wide."""

import json
from datetime import date

import pytest
from django.db import transaction
from django.urls import reverse
from playwright.sync_api import Page

from jiuyuan import clock
from jiuyuan.agencies.models import Agency
from jiuyuan.oversight.inspection_workflow import certificate
from jiuyuan.oversight.models import Inspection, InspectionFinding, Recovery, SupervisionOrder
from jiuyuan.people import offices
from jiuyuan.people.models import Person
from tests.factories import COUNTY, PLATFORM, REGION, an_account, move_to, staff
from tests.jobs import work
from tests.journeys.on_a_page import follow, press
from tests.journeys.on_the_phone import Phone, says
from tests.oversight.inspections import sealed
from tests.oversight.months import closed, newly_on_the_register
from tests.oversight.recoveries import DECIDED, SERVED, found_of, somebody_with_a_finding
from tests.oversight.targets import a_target
from tests.recognitions.register import on_the_register

pytestmark = pytest.mark.django_db(transaction=True)


def at(page: Page, name: str, *args: object) -> None:
    page.goto(reverse(f"desk:{name}", args=args))


def to(page: Page, where: str) -> None:
    """Through the first link of the page that leads there."""
    with page.expect_navigation():
        page.locator(f'main a[href*="{where}"]').first.click()


def fill(page: Page, **said: object) -> None:
    """By the names of the form."""
    for name, value in said.items():
        box = page.locator(f"[name={name}]").first
        if box.get_attribute("type") in ("radio", "checkbox"):
            page.locator(f'[name={name}][value="{value}"]').check()
        elif box.evaluate("one => one.localName") == "select":
            box.select_option(value)
        else:
            box.fill(str(value))


def test_a_supervisor_goes_from_a_red_figure_to_a_case_behind_it_and_back_with_an_answer(phone: Phone) -> None:
    with transaction.atomic():
        stay = newly_on_the_register()
    a_target(REGION, 120)
    a_target(COUNTY, 120)
    move_to(date(2026, 4, 5))
    closed()
    above = phone(staff("supervisor"))
    at(above, "months")
    assert "比进度慢" in says(above)
    follow(above, Agency.objects.get(code=COUNTY).name)
    to(above, "/months/list/")
    follow(above, stay.person.name)
    to(above, reverse("desk:recognition", args=[stay.pk]))
    to(above, "/supervision/about/")
    fill(above, kind="explain", to=PLATFORM, question="认定以后为什么还没有访谈？", due_on="2026-04-10")
    press(above, "督办")
    order = SupervisionOrder.objects.unscoped().get()
    assert order.about == stay
    below = phone(staff("clerk"))
    at(below, "today")
    to(below, "/do/answer_supervision/")
    fill(below, answer="本人住院，约好下周访谈。")
    press(below, "答复督办")
    at(above, "today")
    to(above, "/do/close_supervision/")
    assert "本人住院，约好下周访谈。" in says(above)
    press(above, "办结督办")
    order.refresh_from_db()
    assert order.status == "closed"


def test_a_recovery_is_announced_heard_on_the_phone_corrected_decided_by_another_and_read_with_its_remedies(
    phone: Phone,
) -> None:
    person, owner = somebody_with_a_finding(), an_account()
    Person.objects.unscoped().filter(pk=person.pk).update(account=owner)
    office, another, theirs = phone(staff("reviewer")), phone(staff("reviewer")), phone(owner)
    at(office, "oversight_begin", "recoveries", person.pk, "find")
    fill(office, **found_of(person))
    press(office, "追回多领的补贴")
    row = Recovery.objects.unscoped().get()
    follow(office, "告知本人拟追回")
    fill(office, speak_by="2026-12-31")
    press(office, "告知本人拟追回")
    theirs.goto(reverse("portal:recoveries"))
    assert "拟追回补贴告知书" in says(theirs)
    follow(theirs, "我要说明")
    theirs.get_by_label("您要说明什么？").fill("2月没有上班，工资单在家里。")
    press(theirs, "提交说明")
    at(office, "oversight_thing", "recoveries", row.pk)
    follow(office, "登记陈述申辩")
    fill(office, spoke="true", months="2025-01 500.00")
    press(office, "登记陈述申辩")
    row.refresh_from_db()
    assert (row.status, row.corrected, row.words) == ("heard", 50_000, "2月没有上班，工资单在家里。")
    assert not office.get_by_role("link", name="决定责令退回", exact=True).count()  # who found it does not decide
    at(another, "oversight_thing", "recoveries", row.pk)
    follow(another, "决定责令退回")
    fill(another, **DECIDED | {"pay_by": "2026-12-31"})
    press(another, "决定责令退回")
    assert "正在盖章" in says(another)
    work("make_recovery_letter")
    at(another, "oversight_thing", "recoveries", row.pk)
    follow(another, "登记送达")
    fill(another, **SERVED | {"on": clock.today().isoformat()})
    press(another, "登记送达")
    theirs.goto(reverse("portal:recoveries"))
    page = says(theirs)
    assert all(said in page for said in ("要退回500.00元", "责令退回补贴决定书", "60日", "6个月"))
    row.refresh_from_db()
    assert row.status == "served"


def test_an_inspection_is_drawn_answered_by_the_head_and_closed(phone: Phone) -> None:
    supervisor, head = staff("supervisor"), staff("clerk", name="钱所长")
    on_the_register()
    offices.change(supervisor, Agency.objects.get(code=PLATFORM), responsible=head.name)
    above, below = phone(supervisor), phone(head)
    at(above, "oversight_begin", "inspections", 0, "open")
    fill(above, scope=PLATFORM, kind="recognitions", period="2026", size="1")
    press(above, "开展检查")
    inspection = Inspection.objects.unscoped().get()
    sealed(inspection)
    at(above, "oversight_thing", "inspections", inspection.pk)
    follow(above, "抽取")
    press(above, "抽取")
    inspection.refresh_from_db()
    assert len(json.loads(certificate(inspection))["drawn"]) == 1
    follow(above, "核查")
    fill(above, words="失业登记注销以后没有更新。")
    press(above, "核查")
    follow(above, "提出问题")
    fill(above, to=PLATFORM, problem="认定以后情况有变化，没有及时登记。", due_on="2030-01-02", silence_days="5")
    press(above, "提出问题")
    at(below, "today")
    to(below, "/do/answer/")
    fill(below, put_right="true", reply="已上门核实并登记。")
    press(below, "答复")
    at(above, "today")
    to(above, "/do/correct/")
    press(above, "认可改正")
    to(above, "/do/close/")
    press(above, "了结")
    assert InspectionFinding.objects.unscoped().get().status == "closed"
