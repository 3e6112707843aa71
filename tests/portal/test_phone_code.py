"""Where text messages are sent, a telephone is proven by a code before an account is opened with it; elsewhere none is spoken of."""

import re
from datetime import timedelta

import pytest

from jiuyuan import clock
from jiuyuan.agencies.models import User
from jiuyuan.notifications import gateways
from tests.factories import an_applicant
from tests.notifications.test_texts import Recording
from tests.portal.walking import PASSWORD, account_form, boxes, seen

pytestmark = pytest.mark.django_db
CODE = "/register/code/"


@pytest.fixture
def gateway(monkeypatch):
    recording = Recording()
    monkeypatch.setattr(gateways, "configured", lambda: recording)
    return recording


def code_in(text):
    return re.search(r"验证码是(\d{6})", text).group(1)


def test_without_a_gateway_the_page_asks_for_no_code_and_speaks_of_no_text_message(client):
    words = seen(client.get("/register/"))
    assert "短信" not in words and "验证码" not in words
    assert client.get(CODE)["Location"] == "/register/"
    assert client.post("/register/", account_form(an_applicant())).status_code == 302


def test_with_one_the_account_is_opened_by_the_code_that_went_to_the_telephone(client, gateway):
    form = account_form(an_applicant())
    assert "会给这个号码发一个验证码" in seen(client.get("/register/"))
    page = client.post("/register/", form | {"next": "/apply/where/"}, follow=True)
    assert f"验证码已发到{form['phone']}" in seen(page)
    [(_, phone, text)] = gateway.sent
    assert phone == form["phone"] and code_in(text) not in seen(page)
    assert not User.objects.exists()
    assert client.post(CODE, {"phone_code": code_in(text)})["Location"] == "/apply/where/"
    assert len(gateway.sent) == 1
    client.post("/logout/")
    assert client.post("/login/", {"username": form["id_number"], "password": PASSWORD}).status_code == 302


def test_neither_page_nor_session_keeps_the_password_and_what_else_was_typed_can_be_put_right(client, gateway):
    form = account_form(an_applicant())
    client.post("/register/", form)
    assert PASSWORD not in str(dict(client.session))
    page = client.get("/register/")
    assert boxes(page)["phone"] == [form["phone"]]
    assert PASSWORD not in page.content.decode()
    client.post("/register/", form | {"phone": "13955556666"})
    assert "验证码已发到13955556666" in seen(client.get(CODE)), "another telephone gets a code of its own"


def test_nothing_is_sent_for_what_could_not_be_opened(client, gateway):
    client.post("/register/", account_form(an_applicant(), password="12345678", again="12345678"))
    assert gateway.sent == []
    assert client.get(CODE)["Location"] == "/register/"


def test_the_code_is_no_choice_and_one_that_was_left_out_counts_as_no_try(client, gateway):
    client.post("/register/", account_form(an_applicant()))
    assert "（选填）" not in seen(client.get(CODE))
    for _ in range(6):
        assert "请填短信里的6位验证码" in seen(client.post(CODE, {"phone_code": " "}))
    assert client.post(CODE, {"phone_code": code_in(gateway.sent[0][2])}).status_code == 302


def test_a_wrong_code_opens_nothing_and_after_five_not_even_the_right_one_but_a_new_one_does(client, gateway):
    client.post("/register/", account_form(an_applicant()))
    right = code_in(gateway.sent[0][2])
    wrong = "000000" if right != "000000" else "111111"
    for _ in range(5):
        assert "验证码不对" in seen(client.post(CODE, {"phone_code": wrong}))
    client.post(CODE, {"phone_code": right})
    assert not User.objects.exists()
    client.post(CODE, {"resend": "1"})
    assert client.post(CODE, {"phone_code": code_in(gateway.sent[1][2])}).status_code == 302


def test_a_code_that_is_too_old_opens_nothing(client, gateway, monkeypatch):
    client.post("/register/", account_form(an_applicant()))
    later = clock.now() + timedelta(minutes=11)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert "已过10分钟" in seen(client.post(CODE, {"phone_code": code_in(gateway.sent[0][2])}))
    assert not User.objects.exists()


def test_a_stranger_with_two_addresses_leaves_the_owner_codes_of_a_telephone(client, gateway):
    def asks(address, times):
        return [client.post(CODE, {"resend": "1"}, REMOTE_ADDR=address).status_code for _ in range(times)]

    client.post("/register/", account_form(an_applicant()), REMOTE_ADDR="198.51.100.7")
    assert [*asks("198.51.100.7", 2), *asks("203.0.113.7", 3)] == [302, 429, 302, 302, 429]
    assert [*asks("192.0.2.7", 3), *asks("192.0.2.8", 3), *asks("192.0.2.9", 1)] == [302, 302, 429, 302, 302, 429, 429]
    assert len(gateway.sent) == 8
    assert client.post(CODE, {"phone_code": code_in(gateway.sent[-1][2])}).status_code == 302


def test_a_gateway_that_does_not_take_it_is_said_beside_the_telephone(client, monkeypatch):
    failing = Recording(gateways.NotSent("停机"))
    monkeypatch.setattr(gateways, "configured", lambda: failing)
    page = client.post("/register/", account_form(an_applicant()))
    assert "短信没有发出去：停机" in seen(page)


def test_a_demonstration_shows_the_code_that_it_does_not_send(client, monkeypatch):
    monkeypatch.setattr(gateways, "configured", gateways.ShownGateway)
    words = seen(client.post("/register/", account_form(an_applicant()), follow=True))
    assert client.post(CODE, {"phone_code": code_in(words)}).status_code == 302


@pytest.mark.parametrize("typed", ["{0}{1}{2} {3}{4}{5}", "{0}{1}-{2}{3}-{4}{5}", " {0} {1} {2} {3} {4} {5} "])
def test_a_code_may_be_typed_in_groups(client, gateway, typed):
    client.post("/register/", account_form(an_applicant()))
    assert client.post(CODE, {"phone_code": typed.format(*code_in(gateway.sent[0][2]))}).status_code == 302


def test_a_code_may_be_typed_in_wide_digits(client, gateway):
    client.post("/register/", account_form(an_applicant()))
    wide = code_in(gateway.sent[0][2]).translate({ord("0") + digit: ord("０") + digit for digit in range(10)})
    assert client.post(CODE, {"phone_code": wide}).status_code == 302


def test_no_code_is_sent_to_a_telephone_that_takes_no_text_messages_and_the_other_way_is_named(client, gateway):
    page = client.post("/register/", account_form(an_applicant(), phone="0431-88880000"))
    assert gateway.sent == []
    assert "验证码只能发到手机" in seen(page) and "到窗口要绑定码" in seen(page)
    assert boxes(page)["phone"] == ["0431-88880000"]


def test_who_comes_with_a_code_from_the_window_is_asked_for_it_first_and_promised_no_other(client, gateway):
    page = client.get("/register/?code")
    words = seen(page)
    assert "验证码" not in words and "（选填）" not in words
    assert next(iter(page.context["form"].fields)) == "code"
    page = client.post("/register/?code", account_form(an_applicant()))
    assert "请填窗口给的8位绑定码" in seen(page) and gateway.sent == []


def test_who_goes_back_to_change_the_number_keeps_the_consent_and_where_they_were_going(client, gateway):
    form = account_form(an_applicant()) | {"next": "/apply/where/"}
    back = re.search(r'href="(/register/[^"]*)"', client.post("/register/", form, follow=True).content.decode()).group(
        1
    )
    page = client.get(back)
    assert "agreed" in boxes(page) and boxes(page)["next"] == ["/apply/where/"]


def test_a_browser_that_others_use_too_forgets_after_half_an_hour_who_began(client, gateway, monkeypatch):
    form = account_form(an_applicant())
    client.post("/register/", form)
    later = clock.now() + timedelta(minutes=31)
    monkeypatch.setattr(clock, "now", lambda: later)
    words = client.get("/register/").content.decode()
    assert form["id_number"] not in words and form["name"] not in words and form["phone"] not in words
