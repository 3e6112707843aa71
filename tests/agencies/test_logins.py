"""Guessing passwords is held to a pace by place, by address and by account, and nobody locks somebody else out."""

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from jiuyuan import clock
from jiuyuan.agencies import logins
from jiuyuan.agencies.models import Try, User
from jiuyuan.agencies.services import issue_token
from jiuyuan.visitors import address_of
from tests.factories import staff

pytestmark = pytest.mark.django_db
PASSWORD = "长春的春天2026"
OWNER, ATTACKER, PROXY = "198.51.100.7", "203.0.113.9", "10.0.0.2"


@pytest.fixture(params=["with a proxy", "without a proxy"])
def from_address(request: Any) -> Any:
    """`from_address(address, spoofed=…)`: what a request from there looks like when it comes in."""
    if request.param == "without a proxy":
        yield lambda address, spoofed="": {"REMOTE_ADDR": address, "HTTP_X_FORWARDED_FOR": spoofed or "192.0.2.1"}
        return
    object.__setattr__(settings.JIUYUAN, "address_header", "X-Forwarded-For")
    yield lambda address, spoofed="": {
        "REMOTE_ADDR": PROXY,
        "HTTP_X_FORWARDED_FOR": f"{spoofed}, {address}" if spoofed else address,
    }
    object.__setattr__(settings.JIUYUAN, "address_header", "")


@pytest.fixture
def account() -> User:
    return an_account_named("province")


def an_account_named(username: str) -> User:
    user = staff("clerk", username=username)
    user.set_password(PASSWORD)
    user.save()
    return user


def tried(username: str, password: str, client: Client | None = None, **request: Any) -> Any:
    return (client or Client()).post("/login/", {"username": username, "password": password}, **request)


def let_pass(seconds: float) -> None:
    for one in Try.objects.all():
        Try.objects.filter(pk=one.pk).update(at=one.at - timedelta(seconds=seconds))


def test_five_wrong_passwords_hold_up_that_address_and_not_the_owner(account, from_address):
    answers = [tried("province", "wrong", **from_address(ATTACKER)).status_code for _ in range(6)]
    assert answers == [200, 200, 200, 200, 429, 429]
    assert tried("province", PASSWORD, **from_address(ATTACKER)).status_code == 429
    assert tried("province", PASSWORD, **from_address(OWNER)).status_code == 302


def test_a_written_header_neither_frees_the_guesser_nor_holds_up_anybody(account, from_address):
    answers = [
        tried("province", "wrong", **from_address(ATTACKER, spoofed=OWNER if n % 2 else f"192.0.2.{n}")).status_code
        for n in range(6)
    ]
    assert answers[4:] == [429, 429]
    assert tried("province", PASSWORD, **from_address(OWNER)).status_code == 302


def test_many_accounts_from_one_address_are_held_to_a_pace_and_other_addresses_are_not(account, from_address):
    answers = [tried(f"nobody-{n}", "wrong", **from_address(ATTACKER)).status_code for n in range(25)]
    assert answers.count(429) == 25 - logins.WRONG_FROM_ADDRESS
    refused = tried("province", PASSWORD, **from_address(ATTACKER))
    assert refused.status_code == 429
    assert 0 < int(refused["Retry-After"]) <= 15 * 60
    assert tried("province", PASSWORD, **from_address(OWNER)).status_code == 302


def test_a_neighbour_behind_the_same_address_does_not_hold_up_a_browser_that_is_known(account, from_address):
    browser = Client()
    tried("province", PASSWORD, browser, **from_address(OWNER))
    browser.post("/logout/")
    for n in range(30):
        tried(f"nobody-{n}" if n > 6 else "province", "wrong", **from_address(OWNER))
    assert tried("province", PASSWORD, **from_address(OWNER)).status_code == 429
    assert tried("province", PASSWORD, browser, **from_address(OWNER)).status_code == 302


def test_a_known_browser_has_five_tries_too(account, from_address):
    browser = Client()
    tried("province", PASSWORD, browser, **from_address(OWNER))
    browser.post("/logout/")
    answers = [tried("province", "wrong", browser, **from_address(OWNER)).status_code for _ in range(5)]
    assert answers[-1] == 429


def test_one_account_from_many_addresses_is_slowed_more_and_more_and_the_owner_waits_once(account, from_address):
    answers = [tried("province", "wrong", **from_address(f"203.0.{n}.1")) for n in range(30)]
    assert [answer.status_code for answer in answers].count(200) == logins.WRONG_EVERYWHERE
    assert int(answers[-1]["Retry-After"]) <= 10
    told = tried("province", PASSWORD, **from_address(OWNER))
    assert told.status_code == 429
    assert "秒" in told.content.decode()
    let_pass(int(told["Retry-After"]))
    # The others go on, and their turns come as well; the owner's is not taken by them.
    slower = [tried("province", "wrong", **from_address(f"203.0.{n}.1")) for n in range(20, 30)]
    assert [answer.status_code for answer in slower].count(200) == 10
    assert tried("province", PASSWORD, **from_address(OWNER)).status_code == 302


def test_the_wait_grows_with_the_wrong_passwords_and_has_an_end(account, from_address):
    def wait_after(wrong: int) -> int:
        Try.objects.all().delete()
        for _ in range(wrong):
            Try.objects.create(mark=logins.Login("province", known=False)._everywhere, at=clock.now())
        return int(tried("province", PASSWORD, **from_address(OWNER))["Retry-After"])

    waits = [wait_after(wrong) for wrong in (20, 30, 40, 200, 2000)]
    assert waits == sorted(waits)
    assert waits[0] <= 10
    assert waits[-1] <= 15 * 60


def test_a_place_gets_one_try_for_one_wait(account, from_address):
    for n in range(20):
        tried("province", "wrong", **from_address(f"203.0.{n}.1"))
    wait = int(tried("province", "wrong", **from_address(ATTACKER))["Retry-After"])
    assert tried("province", "wrong", **from_address(ATTACKER)).status_code == 429
    let_pass(wait)
    assert tried("province", "wrong", **from_address(ATTACKER)).status_code == 200
    assert tried("province", "wrong", **from_address(ATTACKER)).status_code == 429


def test_a_known_browser_does_not_wait_for_what_others_tried(account, from_address):
    browser = Client()
    tried("province", PASSWORD, browser, **from_address(OWNER))
    browser.post("/logout/")
    for n in range(25):
        tried("province", "wrong", **from_address(f"203.0.{n}.1"))
    assert tried("province", PASSWORD, browser, **from_address("192.0.2.77")).status_code == 302


def test_a_name_that_no_account_has_is_answered_alike(account, from_address):
    def answers(username: str) -> list[Any]:
        return [tried(username, "wrong", **from_address(f"203.0.{n % 25}.1")).status_code for n in range(30)]

    assert answers("province") == answers("no-such-account")


def test_after_a_quarter_of_an_hour_a_place_may_try_again(account, from_address):
    for _ in range(6):
        tried("province", "wrong", **from_address(ATTACKER))
    let_pass(15 * 60)
    assert tried("province", PASSWORD, **from_address(ATTACKER)).status_code == 302


def test_nothing_that_was_typed_and_no_address_is_kept(account, from_address):
    tried("province", "wrong", **from_address(ATTACKER))
    assert Try.objects.count() == 3
    assert not [one for one in Try.objects.values() if "province" in str(one) or ATTACKER in str(one)]


def test_behind_an_unnamed_proxy_the_address_is_not_known_and_a_known_browser_gets_in(account):
    through = {"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": ATTACKER}
    browser = Client()
    tried("province", PASSWORD, browser, **through)
    browser.post("/logout/")
    for n in range(30):
        tried("province" if n < 8 else f"nobody-{n}", "wrong", **through)
    assert tried("someone-else", "wrong", **through).status_code == 200
    assert tried("province", PASSWORD, browser, **through).status_code == 302


@pytest.mark.parametrize(
    ("header", "hops", "address"),
    [
        ("203.0.113.9", 1, "203.0.113.9"),
        ("1.1.1.1, 203.0.113.9", 1, "203.0.113.9"),
        ("1.1.1.1,203.0.113.9:51234", 1, "203.0.113.9"),
        ("1.1.1.1, 203.0.113.9, 10.0.0.3", 2, "203.0.113.9"),
        ("203.0.113.9", 2, None),
        ('"[2001:db8:0:1::5]:443"', 1, "2001:db8:0:1::/64"),
        ("::ffff:203.0.113.9", 1, "203.0.113.9"),
        ("2001:db8:0:1::6", 1, "2001:db8:0:1::/64"),
        ("unknown", 1, None),
        ("203.0.113.9, ", 1, None),
        ("\u00b2.1.1.1", 1, None),
    ],
)
def test_the_visitor_is_whom_our_own_proxies_name(rf, header, hops, address):
    before = settings.JIUYUAN.address_header, settings.JIUYUAN.address_hops
    object.__setattr__(settings.JIUYUAN, "address_header", "X-Forwarded-For")
    object.__setattr__(settings.JIUYUAN, "address_hops", hops)
    try:
        request = rf.get("/", REMOTE_ADDR=PROXY, HTTP_X_FORWARDED_FOR=header)
        assert address_of(request) == address
    finally:
        object.__setattr__(settings.JIUYUAN, "address_header", before[0])
        object.__setattr__(settings.JIUYUAN, "address_hops", before[1])


def test_wrong_tokens_from_one_address_wait_and_a_right_one_never_does(client):
    token = issue_token(staff("clerk"))

    def asked(bearer: str) -> Any:
        return client.get("/api/v1/applications", headers={"Authorization": f"Bearer {bearer}"}, REMOTE_ADDR=ATTACKER)

    answers = [asked(f"guess-{n}").status_code for n in range(70)]
    assert answers.count(401) == 60
    refused = asked("guess")
    assert (refused.status_code, refused.json()["code"]) == (429, "too_often")
    assert int(refused["Retry-After"]) > 0
    assert asked(token).status_code == 200
