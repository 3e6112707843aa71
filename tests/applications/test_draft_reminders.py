"""A draft that lies is spoken of once, to somebody who can still go on with it (二(一))."""

from datetime import timedelta

import pytest
from django.db import transaction

from jiuyuan import clock
from jiuyuan.applications import draft_reminders, nightly, services
from jiuyuan.applications.models import Application
from jiuyuan.notifications.models import Message, Withheld
from tests.factories import a_case, act, an_account, move_to, put_on_the_register, staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft():
    return a_case("draft", by=an_account())


def remind_after(days):
    move_to(clock.today() + timedelta(days=days))
    return draft_reminders.remind(clock.today())


def messages():
    return list(Message.objects.unscoped().filter(code=draft_reminders.LIES))


def test_after_a_week_its_owner_is_told_once_and_not_again(draft):
    assert remind_after(6) == 0
    assert remind_after(1) == 1
    assert draft_reminders.remind(clock.today()) == remind_after(30) == 0
    [told] = messages()
    assert told.recipient == draft.person.account.username
    assert f"您2026年3月2日填的申请（{draft.number}）还没有提交" in told.body


def test_who_went_on_with_it_has_a_week_from_then(draft):
    move_to(clock.today() + timedelta(days=5))
    services.save(draft.person.account, draft.number, details={"skills": "做面食"})
    assert remind_after(6) == 0
    assert remind_after(1) == 1


def test_what_was_taken_back_or_handed_in_is_not_spoken_of(draft):
    act(draft.person.account, draft, "withdraw")
    a_case("submitted", by=an_account())
    assert remind_after(30) == 0


def test_who_came_on_the_register_meanwhile_is_not_spoken_to(draft):
    with transaction.atomic():
        put_on_the_register(staff("clerk"), draft.person)
    assert remind_after(30) == 0


def test_who_handed_in_another_meanwhile_is_not_spoken_to(draft):
    other = a_case("rejected", by=an_account())
    Application.objects.unscoped().filter(pk=other.pk).update(person=draft.person)  # as a merge of two files leaves it
    assert remind_after(30) == 0


def test_nobody_writes_to_the_dead(draft):
    services.save(
        staff("clerk"),
        draft.number,
        facts={"deceased": True},
        source="shared_data",
        department="public_security",
        evidence="注销",
    )
    assert remind_after(30) == 0
    assert not messages() and not Withheld.objects.unscoped().filter(code=draft_reminders.LIES).exists()


def test_what_the_window_began_is_the_windows():
    a_case("draft")
    assert remind_after(30) == 0


def test_the_night_does_it():
    a_case("draft", by=an_account())
    move_to(clock.today() + timedelta(days=7))
    assert nightly.run().figures["drafts_reminded"] == 1
