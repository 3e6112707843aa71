"""Staff log in with something in hand beside the password: by their own choice, or because their role must."""

import re
import time
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from jiuyuan.agencies import second_factor
from jiuyuan.agencies.models import SecondFactor, User
from jiuyuan.history.models import Entry
from jiuyuan.notifications.models import Message
from jiuyuan.people import staff as accounts
from jiuyuan.refusals import BadInput, Conflict
from jiuyuan.regions.region import Region
from tests.factories import staff

pytestmark = pytest.mark.django_db
PASSWORD = "长春的春天2026"
APP = "/desk/account/second-factor/app/"


@pytest.fixture
def clerk() -> User:
    user = staff("clerk")
    user.set_password(PASSWORD)
    user.save()
    return user


@pytest.fixture
def telephone(monkeypatch: pytest.MonkeyPatch) -> Any:
    """`telephone(secret)` reads the code of a moment that comes 30 seconds after the last, as the server's clock does."""
    moment = [1_800_000_000.0]
    monkeypatch.setattr(second_factor, "time", lambda: moment[0])

    def read(secret: str) -> str:
        moment[0] += second_factor.STEP
        return second_factor._totp(secret).generate(int(moment[0])).decode()

    return read


@pytest.fixture
def secret(clerk: User, telephone: Any) -> str:
    made = second_factor.new_secret()
    second_factor.add_app(clerk, made, telephone(made))
    return made


def by_password(account: User, browser: Client | None = None, **more: Any) -> tuple[Client, Any]:
    browser = browser or Client()
    return browser, browser.post("/login/", {"username": account.username, "password": PASSWORD, **more})


def is_in(browser: Client) -> bool:
    return browser.get("/desk/account/").status_code == 200


def must(monkeypatch: pytest.MonkeyPatch, *roles: str) -> None:
    usual = Region.limit

    def limit(self: Region, name: str, *, on: date) -> int:
        return 1 if name in {f"second_factor_{role}" for role in roles} else usual(self, name, on=on)

    monkeypatch.setattr(Region, "limit", limit)


def test_an_app_is_added_by_its_code_and_codes_for_paper_are_shown_this_once(clerk: User, telephone: Any) -> None:
    browser, _ = by_password(clerk)
    page = browser.get(APP)
    assert "data:image/svg+xml" in page.content.decode()
    secret = re.search(r"<code[^>]*>([A-Z2-7 ]+)</code>", page.content.decode()).group(1).replace(" ", "")
    assert "验证码不对" in browser.post(APP, {"code": "000000"}).content.decode()
    shown = browser.post(APP, {"code": telephone(secret)})
    codes = re.findall(r"<li><code[^>]*>([a-z0-9]{5}-[a-z0-9]{5})<", shown.content.decode())
    assert len(codes) == second_factor.CODES
    assert "no-store" in shown["Cache-Control"]
    assert codes[0] not in browser.get("/desk/account/second-factor/").content.decode()
    [entry] = Entry.objects.of(clerk.file).filter(action="second_factor_added")
    assert entry.actor == clerk.username


def test_password_alone_lets_nobody_in_and_a_code_does_once(clerk: User, secret: str, telephone: Any) -> None:
    browser, answer = by_password(clerk)
    assert answer["Location"] == "/login/second/"
    assert not is_in(browser)
    code = telephone(secret)
    assert browser.post("/login/second/", {"code": f"{code[:3]} {code[3:]}"}).status_code == 302
    assert is_in(browser)
    other, _ = by_password(clerk)
    assert "一个验证码只能用一次" in other.post("/login/second/", {"code": code}).content.decode()
    assert not is_in(other)


def test_code_of_paper_lets_in_once_and_says_how_many_are_left(clerk: User, secret: str) -> None:
    code = second_factor.new_codes(clerk)[3]
    browser, _ = by_password(clerk)
    page = browser.post("/login/second/", {"code": code.upper()}, follow=True)
    assert "还剩9个" in page.content.decode()
    other, _ = by_password(clerk)
    assert not other.post("/login/second/", {"code": code}).has_header("Location")


def test_whoever_knows_the_password_guesses_ten_codes_and_the_owner_is_told(
    clerk: User, secret: str, telephone: Any
) -> None:
    owner, _ = by_password(clerk)
    owner.post("/login/second/", {"code": telephone(secret)})
    owner.post("/logout/")
    thief, _ = by_password(clerk)
    answers = [thief.post("/login/second/", {"code": "123456"}).status_code for _ in range(11)]
    assert answers == [200] * 10 + [429]
    assert Message.objects.to(clerk.username).filter(code="account.second_factor_guessed").count() == 1
    by_password(clerk, owner)
    assert owner.post("/login/second/", {"code": telephone(secret)}).status_code == 302


def test_what_was_typed_before_the_session_ran_out_comes_back_after_both_steps(
    clerk: User, secret: str, telephone: Any
) -> None:
    browser, _ = by_password(clerk)
    browser.post("/login/second/", {"code": telephone(secret)})
    del browser.cookies["sessionid"]
    page = browser.post("/desk/account/relatives/add/", {"name": "王大海", "relation": "舅舅"}).content.decode()
    kept = re.search(r'name="kept" value="([^"]+)"', page).group(1)
    by_password(clerk, browser, kept=kept)
    page = browser.post("/login/second/", {"code": telephone(secret)}, follow=True).content.decode()
    assert "王大海" in page


def test_waiting_login_ends_after_ten_minutes_and_with_a_new_password(
    clerk: User, secret: str, telephone: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser, _ = by_password(clerk)
    accounts.reset_password(staff("province", username="above"), clerk)
    assert browser.post("/login/second/", {"code": telephone(secret)})["Location"] == "/login/"
    clerk.set_password(PASSWORD)
    clerk.first_password = False
    clerk.save()
    browser, _ = by_password(clerk)
    later = time.time() + 601
    monkeypatch.setattr("jiuyuan.web.entering.time", lambda: later)
    assert browser.post("/login/second/", {"code": telephone(secret)})["Location"] == "/login/"


def test_role_that_must_have_one_sees_nothing_before_it_is_added(
    clerk: User, telephone: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    must(monkeypatch, "clerk")
    browser, _ = by_password(clerk)
    for there in ("/desk/", "/login/open/", "/desk/account/"):
        assert browser.get(there)["Location"] == "/desk/account/second-factor/"
    assert "添加好以后才能看别的页面" in browser.get("/desk/account/second-factor/").content.decode()
    page = browser.get(APP).content.decode()
    secret = re.search(r"<code[^>]*>([A-Z2-7 ]+)</code>", page).group(1).replace(" ", "")
    browser.post(APP, {"code": telephone(secret)})
    assert is_in(browser)
    with pytest.raises(Conflict, match="不能去掉最后一项"):
        second_factor.remove(clerk, clerk.second_factors.get(kind="app").pk)
    reviewer, _ = by_password(_with_password(staff("reviewer")))
    assert is_in(reviewer)


def _with_password(user: User) -> User:
    user.set_password(PASSWORD)
    user.save()
    return user


def test_somebody_above_takes_away_a_lost_one_with_a_reason_and_the_owner_is_told(clerk: User, secret: str) -> None:
    above = staff("supervisor", name="督导人")
    with pytest.raises(BadInput):
        accounts.reset_second_factor(above, clerk, "  ")
    accounts.reset_second_factor(above, clerk, "手机丢了，本人来要求的")
    [entry] = Entry.objects.of(clerk.file).filter(action="second_factor_reset")
    assert (entry.actor, entry.payload["reason"]) == (above.username, "手机丢了，本人来要求的")
    browser, _ = by_password(clerk)
    assert is_in(browser)
    assert "督导人" in Message.objects.to(clerk.username).get(code="account.second_factor_reset").body
    with pytest.raises(Conflict):
        accounts.reset_second_factor(above, clerk, "再来一次")


def test_one_who_takes_theirs_away_has_no_codes_left_either(clerk: User, secret: str, log_in: Any) -> None:
    there = f"/desk/account/second-factor/{clerk.second_factors.get(kind='app').pk}/remove/"
    browser = log_in(clerk)
    asked = browser.post(there)
    assert (asked.status_code, "请再输一次密码" in asked.content.decode()) == (403, True)
    browser.post("/login/again/", {"password": PASSWORD, "next": there})
    assert browser.post(there).status_code == 302
    assert not clerk.second_factors.exists()
    with pytest.raises(Conflict):
        second_factor.new_codes(clerk)


def test_neither_key_nor_codes_lie_in_clear(clerk: User, secret: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT secret FROM {SecondFactor._meta.db_table}")
        stored = b"".join(bytes(row[0]) for row in cursor.fetchall())
    codes = clerk.second_factors.get(kind="codes").secret.split()
    assert secret.encode() not in stored
    assert not any(code.encode() in stored for code in codes)
