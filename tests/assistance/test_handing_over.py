"""A helper leaves: everybody they helped goes to another in one act, and nobody is left without a word."""

from collections import Counter

import pytest
from django.urls import reverse

from jiuyuan.agencies.models import Agency, User
from jiuyuan.applications.replay import verify_state
from jiuyuan.assistance import handing_over
from jiuyuan.assistance.due_today import OpenToday
from jiuyuan.assistance.models import Plan
from jiuyuan.history.models import Entry
from jiuyuan.notifications.models import Message
from jiuyuan.people import staff as accounts
from jiuyuan.refusals import BadInput, NotForRole
from tests.assistance.plans import a_plan
from tests.desk.reading import words
from tests.factories import OTHER_PLATFORM, a_case, an_account, an_applicant, staff
from tests.recognitions.register import on_the_register

pytestmark = pytest.mark.django_db


def helpers_of(*plans):
    return {Plan.objects.unscoped().get(pk=plan.pk).helper.username for plan in plans}


def test_every_open_plan_goes_to_another_in_one_act_that_is_recorded_and_told():
    leaving, coming, supervisor = staff("clerk", name="李走"), staff("clerk", name="王来"), staff("supervisor")
    elsewhere = staff("clerk", at=OTHER_PLATFORM)
    stay = a_case("recognised", an_applicant(), by=an_account()).recognition
    plans = [a_plan(leaving, stay), a_plan(leaving, on_the_register(), "draft")]
    assert coming in handing_over.who_may_take(leaving)
    assert elsewhere not in handing_over.who_may_take(leaving)
    for by, to in ((supervisor, elsewhere.username), (supervisor, leaving.username), (supervisor, "")):
        with pytest.raises(BadInput):
            handing_over.hand_over(by, leaving, to)
    with pytest.raises(NotForRole):
        handing_over.hand_over(staff("reviewer"), leaving, coming.username)
    assert handing_over.hand_over(supervisor, leaving, coming.username) == 2
    assert helpers_of(*plans) == {coming.username}
    entry = Entry.objects.unscoped().get(file=leaving.file, action="help_handed_over")
    assert (entry.actor, entry.payload["plans"]) == (supervisor.username, [plan.pk for plan in plans])
    assert Entry.objects.unscoped().filter(action="plan_handed_over", actor=supervisor.username).count() == 2
    assert sum("您的帮扶人换成了王来" in message.body for message in Message.objects.unscoped()) == 2
    assert list(verify_state(lambda done: None, Counter())) == []


def test_one_who_may_not_take_it_on_leaves_every_plan_where_it_was():
    leaving, coming = staff("clerk"), staff("clerk")
    stay = on_the_register()
    plans = [a_plan(leaving, on_the_register()), a_plan(leaving, stay)]
    other = Agency.objects.get(code=OTHER_PLATFORM)
    type(stay.person).objects.unscoped().filter(pk=stay.person_id).update(agency=other, area=other.path)
    with pytest.raises(BadInput, match="一份也没有动") as no:
        handing_over.hand_over(staff("supervisor"), leaving, coming.username)
    assert stay.person.name in dict(no.value.errors)["to"]
    assert helpers_of(*plans) == {leaving.username}


def test_plan_of_a_closed_account_is_a_duty_of_the_platform_until_it_is_handed_over(log_in):
    leaving, coming, supervisor = staff("clerk", name="李走"), staff("clerk", name="王来"), staff("supervisor")
    plan = a_plan(leaving, on_the_register())
    desk = log_in(supervisor)
    move = reverse("desk:help_act", args=[plan.recognition_id, "plan", "hand_over", plan.pk])
    choices = dict(desk.get(move).context["form"].fields["helper"].choices)
    assert (coming.username in choices, leaving.username in choices) == (True, False)
    page = words(desk.get(reverse("desk:staff_account", args=[leaving.pk])))
    assert "正在帮扶1人" in page
    close = reverse("desk:staff_close", args=[leaving.pk])
    assert plan.recognition.number in words(desk.get(close))
    assert desk.post(close, {"reason": "调离", "to": ""}).status_code == 302
    assert OpenToday(coming).counts["hand_over"] == 1
    again = reverse("desk:staff_hand_over", args=[leaving.pk])
    assert desk.post(again, {"to": ""}).status_code == 422
    assert desk.post(again, {"to": coming.username}).status_code == 302
    assert OpenToday(coming).counts["hand_over"] == 0
    assert desk.post(reverse("desk:staff_close", args=[coming.pk]), {"reason": "退休", "to": ""}).status_code == 302


def test_account_is_closed_and_its_plans_handed_over_together_or_neither():
    leaving, coming, supervisor = staff("clerk"), staff("clerk"), staff("supervisor")
    plan = a_plan(leaving, on_the_register())
    with pytest.raises(BadInput):
        handing_over.close(supervisor, leaving, " ", coming.username)
    assert helpers_of(plan) == {leaving.username}
    assert handing_over.close(supervisor, leaving, "调离", coming.username) == []
    assert helpers_of(plan) == {coming.username}
    assert not User.objects.get(pk=leaving.pk).is_active


def test_helper_who_is_moved_to_another_office_leaves_the_plan_as_a_duty():
    leaving = staff("clerk")
    a_plan(leaving, on_the_register())
    accounts.change(staff("province"), leaving, agency=OTHER_PLATFORM)
    assert OpenToday(staff("clerk")).counts["hand_over"] == 1
