"""A wrong click is taken back by who made it, within minutes and while nothing has followed from it."""

from datetime import timedelta

import pytest

from jiuyuan import clock
from jiuyuan.applications import door, papers
from jiuyuan.applications.workflow import APPLICATION
from jiuyuan.notifications import gateways
from jiuyuan.notifications.models import Message
from jiuyuan.procedures import engine
from jiuyuan.refusals import GuardNotMet, NotForRole, WrongState
from tests.factories import a_case, act, again, an_account, seen_by, staff

pytestmark = pytest.mark.django_db
REASON = {"reason": "点错了人"}


@pytest.fixture
def later(monkeypatch):
    """`later(minutes)`: so much time has passed."""
    now = clock.now

    def move(minutes):
        monkeypatch.setattr(clock, "now", lambda: now() + timedelta(minutes=minutes))

    return move


def take_back(user, case):
    return engine.act(user, APPLICATION, case.number, "take_back", REASON)


@pytest.mark.parametrize("status", ["accepted", "correction"])
def test_the_case_stands_as_before_and_nobody_is_told(clerk, status):
    case = a_case("submitted", clerk=clerk)
    before = {name: getattr(case, name) for name in ("accepted_on", "due_on", "due_state", "corrections", "sort_on")}
    told = Message.objects.to("", case.file).count()
    act(clerk, case, "accept" if status == "accepted" else "ask_correction")
    done = take_back(clerk, case)
    assert done.status == "submitted"
    assert {name: getattr(done, name) for name in before} == before
    assert Message.objects.to("", case.file).count() == told
    assert "receipt" not in dict(papers.kinds(seen_by(clerk, again(case))))
    last = seen_by(clerk, again(case)).acts[-1]
    assert (last.action, last.payload["undone"], last.payload["reason"]) == (
        "take_back", "accept" if status == "accepted" else "ask_correction", "点错了人",
    )  # fmt: skip


def test_it_can_be_done_again_rightly(clerk):
    case = a_case("accepted", clerk=clerk)
    due_on = again(case).due_on
    take_back(clerk, case)
    accepted = act(clerk, case, "accept")
    assert (accepted.status, accepted.due_on) == ("accepted", due_on)


def test_another_clerk_does_not_take_it_back(clerk):
    case = a_case("accepted", clerk=clerk)
    with pytest.raises(NotForRole, match="自己刚办的"):
        take_back(staff("clerk"), case)


def test_after_ten_minutes_it_stands_and_is_not_offered(clerk, later):
    case = a_case("accepted", clerk=clerk)
    offered = [one.transition.action for one in engine.offered(APPLICATION, seen_by(clerk, case))]
    assert "take_back" in offered
    later(11)
    with pytest.raises(NotForRole, match="10分钟以后不能收回"):
        take_back(clerk, case)
    assert "take_back" not in [
        one.transition.action for one in engine.offered(APPLICATION, seen_by(clerk, again(case)))
    ]


def test_what_was_done_since_keeps_it(clerk):
    case = a_case("publishing", clerk=clerk)
    with pytest.raises(WrongState):
        take_back(clerk, case)


def test_what_the_person_has_read_or_a_text_has_said_stands(clerk):
    case = a_case("accepted", clerk=clerk)
    Message.objects.to("", case.file).update(read_at=clock.now())
    with pytest.raises(GuardNotMet, match="本人已经看到消息"):
        take_back(clerk, case)


def test_a_receipt_that_was_opened_stands(clerk):
    case = a_case("accepted", clerk=clerk)
    door.looked(seen_by(clerk, case), "受理通知书", paper=True)
    with pytest.raises(GuardNotMet, match="文书已经打开或打印"):
        take_back(clerk, case)


def test_the_text_waits_until_it_can_no_longer_be_taken_back(clerk, monkeypatch):
    monkeypatch.setattr(gateways, "configured", object)
    case = a_case("accepted", clerk=clerk)
    accepted, submitted = Message.objects.to("", case.file)
    assert accepted.due_at - accepted.created_at > timedelta(minutes=9)
    assert submitted.due_at - submitted.created_at < timedelta(minutes=1)


def test_the_person_does_not_get_the_receipt_before(client, clerk, later):
    account = an_account()
    case = a_case("accepted", by=account, clerk=clerk)
    client.force_login(account)
    assert f"/mine/{case.number}/receipt.pdf" not in client.get(f"/mine/{case.number}/").content.decode()
    assert client.get(f"/mine/{case.number}/receipt.pdf").status_code == 404
    later(11)
    assert f"/mine/{case.number}/receipt.pdf" in client.get(f"/mine/{case.number}/").content.decode()
