"""Grave acts are confirmed anew where a region says so: by whoever is at the keyboard, with nothing typed lost."""

import re
from datetime import date
from pathlib import Path

import pytest
from django.test import Client

from jiuyuan.agencies import again
from jiuyuan.agencies.models import User
from jiuyuan.history.models import Entry
from jiuyuan.people import queries
from jiuyuan.regions.region import Region
from tests.factories import COUNTY, a_case, an_id_number, staff
from tests.factories import again as again_read

pytestmark = pytest.mark.django_db
PASSWORD = "长春的春天2026"
TYPED = {
    "agency": f"{COUNTY} ", "role": "reviewer", "name": "周红", "id_number": an_id_number("1988-08-08", number=8),
    "username": "zhouhong", "valid_until": "",
}  # fmt: skip


@pytest.fixture
def asks_after_fifteen_minutes(monkeypatch: pytest.MonkeyPatch) -> None:
    usual = Region.limit

    def limit(self: Region, name: str, *, on: date) -> int:
        return 15 if name == "confirm_again_minutes" else usual(self, name, on=on)

    monkeypatch.setattr(Region, "limit", limit)


@pytest.fixture
def supervisor() -> User:
    user = staff("supervisor")
    user.set_password(PASSWORD)
    user.save()
    return user


def logged_in(user: User, minutes_ago: int) -> Client:
    browser = Client()
    browser.post("/login/", {"username": user.username, "password": PASSWORD})
    session = browser.session
    session["confirmed_at"] -= minutes_ago * 60
    session.save()
    return browser


def opened() -> bool:
    return User.objects.filter(username="zhouhong").exists()


def test_account_is_opened_after_the_password_alone_and_what_was_typed_is_sent_on(
    supervisor: User, asks_after_fifteen_minutes: None
) -> None:
    browser = logged_in(supervisor, minutes_ago=16)
    asked = browser.post("/desk/staff/open/", TYPED)
    assert (asked.status_code, opened()) == (403, False)
    kept = re.search(r'name="kept" value="([^"]+)"', asked.content.decode()).group(1)
    assert "密码不对" in browser.post("/login/again/", {"password": "wrong", "kept": kept}).content.decode()
    page = browser.post("/login/again/", {"password": PASSWORD, "kept": kept}, follow=True).content.decode()
    assert "已确认是您本人" in page
    sent_on = dict(re.findall(r'<textarea name="(\w+)" hidden>\n(.*?)</textarea>', page))
    assert sent_on == TYPED
    assert browser.post("/desk/staff/open/", sent_on).status_code == 200
    assert opened()


def test_nobody_is_asked_shortly_after_a_login_or_where_no_region_says_so(
    supervisor: User, request: pytest.FixtureRequest
) -> None:
    assert logged_in(supervisor, minutes_ago=60 * 7).post("/desk/staff/open/", TYPED).status_code == 200
    request.getfixturevalue("asks_after_fifteen_minutes")
    there = {**TYPED, "username": "zhouhong2", "id_number": an_id_number("1988-08-08", number=9)}
    assert logged_in(supervisor, minutes_ago=14).post("/desk/staff/open/", there).status_code == 200


def test_recognition_waits_for_the_reviewers_password_and_writes_nothing_before(
    asks_after_fifteen_minutes: None,
) -> None:
    reviewer = staff("reviewer")
    reviewer.set_password(PASSWORD)
    reviewer.save()
    case = a_case("reported", reviewer=reviewer)
    browser = logged_in(reviewer, minutes_ago=16)
    acts = Entry.objects.of(case.file).count()
    said = {"version": case.version, "opinion": "符合条件，同意认定。", "category": "older"}
    asked = browser.post(f"/desk/cases/{case.number}/do/recognise/", said)
    assert "请再输一次密码" in asked.content.decode()
    assert (again_read(case).status, Entry.objects.of(case.file).count()) == ("reported", acts)
    browser.post("/login/again/", {"password": PASSWORD})
    browser.post(f"/desk/cases/{case.number}/do/recognise/", said)
    assert again_read(case).status == "recognised"


def test_whole_numbers_are_asked_for_anew_once_they_are_more_than_the_work_usually_needs(
    asks_after_fifteen_minutes: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    clerk, seen = staff("clerk"), [49]
    monkeypatch.setattr(queries.history, "whole_numbers_seen", lambda username: seen[0])
    with again.at_a_keyboard(lambda: 0):
        queries.refuse_too_many(clerk)
        seen[0] = 50
        with pytest.raises(again.NotConfirmed):
            queries.refuse_too_many(clerk)


def test_run_and_program_have_no_keyboard_and_are_not_asked(asks_after_fifteen_minutes: None) -> None:
    reviewer = staff("reviewer")
    assert a_case("recognised", reviewer=reviewer).status == "recognised"
    with pytest.raises(again.NotConfirmed), again.at_a_keyboard(lambda: 0):
        again.ask(reviewer, "application.recognise")


def test_every_act_of_a_service_on_the_list_is_asked_for_where_it_is_done() -> None:
    source = Path(again.__file__).parents[1]
    asked = set()
    for file in source.rglob("*.py"):
        asked |= set(re.findall(r'\b(?:again\.ask|_ask_again)\([^"\n]*"([a-z_.]+)"', file.read_text("utf-8")))
    assert asked == again.GRAVE_IN_SERVICES


def test_name_that_is_not_on_the_list_is_a_fault_of_the_program() -> None:
    with pytest.raises(ValueError, match="not on the list"):
        again.ask(None, "account.forget")
