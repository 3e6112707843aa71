"""督办 (五(三)): a supervisor asks about one case or stay, the office answers by a day, the supervisor looks at the answer."""

from collections import Counter
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from jiuyuan.agencies.roles import Role
from jiuyuan.oversight import queries, replay
from jiuyuan.oversight.models import SupervisionOrder
from jiuyuan.oversight.supervision_workflow import SUPERVISION
from jiuyuan.procedures import engine
from jiuyuan.refusals import BadInput, NotForRole, NotFound, WrongState
from tests.factories import COUNTY, OTHER_PLATFORM, a_case, staff
from tests.oversight.orders import ASKED, an_order, answered
from tests.recognitions.register import on_the_register

pytestmark = pytest.mark.django_db


def test_an_order_goes_from_the_supervisor_to_the_office_and_back_until_it_is_closed():
    supervisor, clerk = staff(Role.SUPERVISOR), staff(Role.CLERK)
    order = an_order(by=supervisor)
    assert (order.status, queries.waiting(clerk), queries.waiting(supervisor)) == ("asked", 1, 0)
    order = answered(order, clerk)
    assert (order.status, order.answered_by, queries.waiting(clerk), queries.waiting(supervisor)) == (
        "answered", clerk, 0, 1,
    )  # fmt: skip
    again = {"question": "哪一天公示？", "due_on": "2026-03-05"}
    order = engine.act(supervisor, SUPERVISION, order.pk, "ask_again", again)
    assert (order.status, order.due_on) == ("asked", date(2026, 3, 5))
    order = engine.act(supervisor, SUPERVISION, answered(order, clerk).pk, "close_supervision", {})
    assert (order.status, order.closed_on, queries.waiting(supervisor)) == ("closed", date(2026, 3, 2), 0)


def test_the_office_that_was_asked_answers_and_the_office_that_asked_looks_at_it():
    order = an_order(to=COUNTY)
    for role in (Role.CLERK, Role.SUPERVISOR):
        with pytest.raises(NotForRole):
            engine.act(staff(role), SUPERVISION, order.pk, "answer_supervision", {"answer": "已办。"})
    order = engine.act(staff(Role.REVIEWER), SUPERVISION, order.pk, "answer_supervision", {"answer": "已办。"})
    with pytest.raises(NotForRole) as refusal:
        engine.act(staff(Role.PROVINCE), SUPERVISION, order.pk, "close_supervision", {})
    assert "长春市" in refusal.value.title


def test_a_stay_on_the_register_is_asked_about_in_the_same_way():
    stay = on_the_register()
    words = ASKED | {"to": stay.agency.code}
    order = engine.act(staff(Role.SUPERVISOR), SUPERVISION, f"recognition:{stay.pk}", "supervise", words)
    assert order.about == stay
    with pytest.raises(WrongState):
        engine.act(staff(Role.SUPERVISOR), SUPERVISION, f"recognition:{stay.pk}", "supervise", words)


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"question": ""}, "question"),
        ({"due_on": "2026-03-02"}, "due_on"),
        ({"due_on": "2026-03-08"}, "due_on"),
        ({"to": OTHER_PLATFORM}, "to"),
    ],
)
def test_an_order_names_what_is_asked_by_when_and_of_whom(said, field):
    with pytest.raises(BadInput) as refusal:
        an_order(**said)
    assert [name for name, _ in refusal.value.errors] == [field]
    assert not SupervisionOrder.objects.unscoped().exists()


def test_a_day_that_nobody_waits_for_and_marks_that_turn_words_around_are_not_taken():
    with pytest.raises(BadInput) as refusal:
        an_order(due_on="9999-12-31")
    assert [name for name, _ in refusal.value.errors] == ["due_on"]
    assert an_order(question="请\u202e说明\u200b").question == "请说明"


def test_nothing_outside_the_area_and_nothing_unnamed_is_asked_about():
    case = a_case("accepted")
    for key in (f"application:{case.pk + 1}", "person:1", case.pk, "application:x"):
        with pytest.raises(NotFound):
            engine.act(staff(Role.SUPERVISOR), SUPERVISION, key, "supervise", ASKED)
    with pytest.raises(NotFound):
        an_order(case, staff(Role.SUPERVISOR, at="2202"))


def test_the_record_of_supervision_replays_into_its_table():
    order = answered()
    assert list(replay.verify_state(lambda done: None, Counter())) == []
    SupervisionOrder.objects.unscoped().filter(pk=order.pk).update(answer="改过的答复")
    assert len(list(replay.verify_state(lambda done: None, Counter()))) == 1


def test_a_supervisor_asks_from_the_case_page_and_the_clerk_answers_from_the_list(client: Client):
    supervisor, clerk, case = staff(Role.SUPERVISOR), staff(Role.CLERK), a_case("accepted")
    client.force_login(supervisor)
    page = client.get(reverse("desk:case", args=[case.number])).content.decode()
    address = reverse("desk:supervise", args=["application", case.pk])
    assert f'href="{address}"' in page
    typed = ASKED | {"to": case.agency.code, "due_on": "", "version": case.version}
    refused = client.post(address, typed)
    assert refused.status_code == 422
    assert ASKED["question"] in refused.content.decode()
    client.post(address, typed | {"due_on": "2026-03-04"})
    order = SupervisionOrder.objects.unscoped().get()

    client.force_login(clerk)
    assert ASKED["question"] in client.get(reverse("desk:case", args=[case.number])).content.decode()
    assert case.person.name in client.get(reverse("desk:supervision")).content.decode()
    answer = reverse("desk:supervision_act", args=[order.pk, "answer_supervision"])
    client.post(answer, {"answer": "明天公示。", "version": order.version})
    assert case.person.name not in client.get(reverse("desk:supervision")).content.decode()
    assert "明天公示。" in client.get(reverse("desk:supervision_order", args=[order.pk])).content.decode()
    case.refresh_from_db()
    assert case.status == "accepted"
