"""Targets (就业促进法 58): broken down level by level, the sum beside the whole, a red figure with who answers for it, and 督办 from it."""

from collections import Counter
from datetime import date

import pytest
from django.db import transaction
from django.urls import reverse

from jiuyuan.agencies.services import issue_token
from jiuyuan.history.models import Entry
from jiuyuan.oversight import queries, replay
from jiuyuan.oversight.figures.progress import of_office
from jiuyuan.oversight.supervision_workflow import SUPERVISION
from jiuyuan.procedures import engine
from jiuyuan.refusals import BadInput, Conflict, NotForRole
from tests.api.program import Program
from tests.desk.reading import words
from tests.factories import COUNTY, OTHER_COUNTY, PLATFORM, PROVINCE, REGION, move_to, staff
from tests.oversight.months import closed, newly_on_the_register
from tests.oversight.orders import ASKED
from tests.oversight.targets import a_target, done, said_of_a_target

pytestmark = pytest.mark.django_db


def test_a_whole_is_published_only_when_its_parts_add_up_or_it_says_why_not():
    whole, city = a_target(PROVINCE, 300), a_target(REGION, 200)
    province = staff("province")
    [shown] = of_office(province, whole.agency, 2026)
    assert (shown.sum, shown.differs, [one.target for one in shown.parts]) == (200, -100, [city])
    with pytest.raises(BadInput) as refusal:
        done(whole, "publish")
    assert [name for name, _ in refusal.value.errors] == ["why"]
    done(city, "change", value=300, responsible="赵主任")
    assert done(whole, "publish").status == "published"
    [shown] = of_office(province, whole.agency, 2026)
    assert (shown.differs, shown.parts[0].target.responsible) == (0, "赵主任")
    county = a_target(COUNTY, 250)
    city.refresh_from_db()
    assert done(city, "publish", why="其余50人由市本级完成。", by=staff("supervisor")).why == "其余50人由市本级完成。"
    assert done(county, "publish", why="由县里统筹。", by=staff("reviewer")).status == "published"
    assert done(a_target(PLATFORM, 10), "publish").status == "published"  # nobody is below a street


def test_a_part_that_is_changed_or_withdrawn_under_a_published_whole_says_why_they_differ():
    whole, city = a_target(PROVINCE, 300), a_target(REGION, 300)
    done(whole, "publish")
    for action, said in (("change", {"value": 250, "responsible": "赵主任"}), ("withdraw", {"reason": "下错了。"})):
        with pytest.raises(BadInput) as refusal, transaction.atomic():
            done(city, action, **said)
        assert [name for name, _ in refusal.value.errors] == ["why"]
    done(city, "change", value=250, responsible="赵主任", why="50人由省本级完成。")
    whole.refresh_from_db()
    assert (whole.status, whole.why) == ("published", "50人由省本级完成。")
    assert done(city, "withdraw", reason="下错了。", why="重新下达。").status == "withdrawn"
    whole.refresh_from_db()
    assert (whole.why, [entry.action for entry in Entry.objects.of(whole.file).order_by("seq")][-2:]) == (
        "重新下达。", ["target_explained"] * 2,
    )  # fmt: skip
    assert not list(replay.verify_state(lambda done: None, Counter()))


def test_a_target_is_given_by_the_office_above_and_once():
    a_target(COUNTY)
    for at, who in ((PLATFORM, "supervisor"), (OTHER_COUNTY, "supervisor"), (PROVINCE, "supervisor")):
        with pytest.raises(BadInput) as refusal:
            a_target(at, by=staff(who))
        assert [name for name, _ in refusal.value.errors] == ["agency"]
    with pytest.raises(Conflict):
        a_target(COUNTY)
    with pytest.raises(NotForRole):
        done(a_target(COUNTY, indicator="offered"), "change", by=staff("reviewer"), value=1, responsible="我")
    for wrong in ({"value": "-3"}, {"value": True}, {"year": 26}, {"indicator": "on_register"}, {"responsible": ""}):
        with pytest.raises(BadInput) as refusal:
            a_target(COUNTY, **wrong)
        assert [name for name, _ in refusal.value.errors] == [*wrong]
    again = done(a_target(COUNTY, indicator="placed"), "withdraw", reason="下错了。")
    assert again.status == "withdrawn"
    assert a_target(COUNTY, indicator="placed").status == "draft"


def test_a_red_figure_shows_who_answers_for_it_and_leads_to_an_order_that_the_office_answers(log_in):
    newly_on_the_register()
    a_target(REGION, 120)
    target = a_target(COUNTY, 120)
    supervisor, reviewer = staff("supervisor"), staff("reviewer")
    [shown] = of_office(supervisor, target.agency.parent, 2026)
    assert (shown.parts[0].done, shown.parts[0].red) == (None, False)  # nothing is closed yet
    move_to(date(2026, 4, 5))
    closed()
    [shown] = of_office(supervisor, target.agency.parent, 2026)
    part = shown.parts[0]
    assert (part.done, part.expected, part.red, part.share, part.target.responsible) == (1, 30, True, 1, "王主任")

    desk = log_in(supervisor)
    page = desk.get(reverse("desk:months"))
    address = reverse("desk:supervise", args=["target", target.pk])
    assert f'href="{address}"' in page.content.decode()
    assert "王主任" in words(page)
    assert desk.get(address).status_code == 200
    typed = ASKED | {"to": COUNTY, "due_on": "2026-04-20", "version": target.version}
    assert desk.post(address, typed).status_code == 302
    order = target.supervision_orders.get()
    assert (order.status, order.agency.code, queries.waiting(reviewer)) == ("asked", COUNTY, 1)
    office = log_in(reviewer)
    assert order.agency.name in words(office.get(reverse("desk:supervision")))
    assert "figure=entered" in office.get(reverse("desk:supervision_order", args=[order.pk])).content.decode()
    office.post(
        reverse("desk:supervision_act", args=[order.pk, "answer_supervision"]),
        {"answer": "五月补上。", "version": order.version},
    )
    order.refresh_from_db()
    assert (order.status, queries.waiting(supervisor)) == ("answered", 1)

    city = a_target(REGION, 90, indicator="offered")
    order = engine.act(staff("province"), SUPERVISION, f"target:{city.pk}", "supervise", typed | {"to": REGION})
    assert (
        engine.act(supervisor, SUPERVISION, order.pk, "answer_supervision", {"answer": "已布置。"}).status == "answered"
    )

    program = Program(issue_token(supervisor))
    made = program.post("/targets", said_of_a_target(COUNTY, 40, indicator="planned"))
    assert (made.status_code, made.json()["status"], made.json()["differs"]) == (201, "draft", -40)
    refused = program.post(f"/targets/{made.json()['id']}/publish", {"version": made.json()["version"]})
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "why")
