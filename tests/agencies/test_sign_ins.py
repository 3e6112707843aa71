"""People see where they are logged in, end what is not theirs, and are told of a browser that is new."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from jiuyuan import clock
from jiuyuan.agencies import sign_ins
from jiuyuan.agencies.models import SignIn, User
from jiuyuan.history.models import Entry
from jiuyuan.notifications.models import Message
from jiuyuan.people import staff as accounts
from tests.factories import an_account, staff

pytestmark = pytest.mark.django_db
PASSWORD = "长春的春天2026"
EDGE = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/120 Safari/537.36 Edg/120"
PHONE = "Mozilla/5.0 (Linux; Android 14) Chrome/120 Mobile Safari/537.36 MicroMessenger/8.0"


@pytest.fixture(params=["clerk", "applicant"])
def account(request: Any) -> User:
    user = staff("clerk") if request.param == "clerk" else an_account()
    user.set_password(PASSWORD)
    user.save()
    return user


def a_browser(account: User, agent: str = EDGE) -> Client:
    browser = Client(headers={"user-agent": agent})
    return logged_in(browser, account)


def logged_in(browser: Client, account: User) -> Client:
    assert browser.post("/login/", {"username": account.username, "password": PASSWORD}).status_code == 302
    return browser


def is_in(browser: Client) -> bool:
    return browser.get("/login/open/").status_code == 200


def test_page_names_each_browser_and_ends_the_others(account: User) -> None:
    office, telephone = a_browser(account), a_browser(account, PHONE)
    page = office.get("/login/open/").content.decode()
    for words in ("Windows Edge", "Android WeChat", "这台设备"):
        assert words in page
    assert office.post("/login/open/").status_code == 302
    assert (is_in(office), is_in(telephone)) == (True, False)
    assert Entry.objects.of(account.file).filter(action="other_logins_ended").exists()


def test_other_browsers_are_out_after_a_new_password_and_this_one_stays_on_the_list(account: User) -> None:
    office, telephone = a_browser(account), a_browser(account, PHONE)
    where = "/desk/account/password/" if account.is_staff_member else "/mine/account/password/"
    new = "松花江边的柳树一共七棵半2"
    said = {"password": PASSWORD, "new_password": new, "new_password_again": new}
    assert office.post(where, said).status_code == 302
    assert (is_in(office), is_in(telephone)) == (True, False)
    [row] = sign_ins.open_of(account)
    assert row.browser == "Windows Edge"


def test_a_logout_a_reset_and_the_end_of_an_account_end_its_logins() -> None:
    clerk = staff("clerk")
    clerk.set_password(PASSWORD)
    clerk.save()
    browser = a_browser(clerk)
    browser.post("/logout/")
    assert sign_ins.open_of(clerk) == []
    for end in (
        lambda: accounts.reset_password(staff("supervisor", username="above"), clerk),
        lambda: accounts.close(staff("province", username="top"), clerk, "调离", []),
    ):
        a_browser(clerk)
        end()
        assert sign_ins.open_of(clerk) == []
        clerk.refresh_from_db()
        clerk.set_password(PASSWORD)
        clerk.save()


def test_owner_is_told_of_a_browser_that_is_new_and_of_no_other(account: User) -> None:
    def told() -> int:
        return Message.objects.to(account.username).filter(code=sign_ins.NEW_DEVICE).count()

    office = a_browser(account)
    assert told() == 0  # the first one is nobody's news
    office.post("/logout/")
    logged_in(office, account)
    assert told() == 0
    telephone = a_browser(account, PHONE)
    assert told() == 1
    page = telephone.get("/desk/account/" if account.is_staff_member else "/mine/", follow=True).content.decode()
    assert "在一台新的设备上登录了" in page


def test_somebody_who_leaves_an_office_computer_is_logged_out_there_and_off_the_list(monkeypatch: Any) -> None:
    clerk = staff("clerk")
    clerk.set_password(PASSWORD)
    clerk.save()
    browser = a_browser(clerk)
    browser.get("/desk/account/")
    session = browser.session
    session["seen"] -= 61 * 60
    session.save()
    assert browser.get("/desk/account/").status_code == 302
    assert sign_ins.open_of(clerk) == []


def test_night_forgets_logins_of_more_than_a_year_and_sessions_that_ran_out(account: User) -> None:
    a_browser(account)
    SignIn.objects.update(seen_at=clock.now() - timedelta(days=366))
    Session.objects.update(expire_date=clock.now() - timedelta(days=4000))
    sign_ins.forget_old()
    assert not SignIn.objects.exists()
    assert not Session.objects.exists()
