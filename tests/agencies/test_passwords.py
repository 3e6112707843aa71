"""Which passwords are refused, and what a change of one ends."""

import time
from hashlib import sha512

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from jiuyuan.agencies import passwords
from jiuyuan.agencies.models import Agency, User
from jiuyuan.agencies.services import issue_token
from jiuyuan.history.models import Entry
from jiuyuan.people.pinyin import pinyin
from jiuyuan.refusals import BadInput
from tests.factories import staff
from tests.portal.walking import seen

GOOD = "songhua-jiang-3-chuan"


def somebody(role: str) -> User:
    agency = Agency(code="220102001", name="南岭街道公共就业服务平台") if role == "clerk" else None
    user = User(username="wangfang", name="王芳", role=role, agency=agency)
    user.guessable = ("13912345678", "220102197903021225", pinyin("王芳"))
    return user


@pytest.mark.parametrize("role", ["clerk", "applicant"])
@pytest.mark.parametrize(
    "password",
    [
        "19790302", "clerk2026", "aaaaaaab", "12345678", "13912345678", "a13912345678", "wangfang", "wangfang2026",
        "gnafgnaw1979", "WangFang!2026", "qwertyuiop12", "1qaz2wsx3edc", "zxcvbnm,2026", "lkjhgfdsa123", "Passw0rd!2026",
        "P@ssw0rd123456", "abcdefgh1234", "abcabcabcabc", "admin123admin", "reviewer2026", "jiuyuan12345", "woaini520520",
        "22010219790302", "197903021225a", "２０２６clerk２０２６", "密码密码密码密码密码密码", "clerk-2026-03-02", "password" * 3,
    ],
)  # fmt: skip
def test_what_is_guessed_first_is_refused(password, role):
    with pytest.raises(ValidationError):
        validate_password(password, somebody(role))


@pytest.mark.parametrize(
    "password", [GOOD, "wdnsy3yuejiehun88", "lanse-yizi-3787", "下雪天走路去看冰灯九次半", "945r-4c3z-hzd8-42gh"]
)
def test_what_is_hard_to_guess_may_stand(password):
    assert validate_password(password, somebody("clerk")) is None


def test_staff_need_more_characters_than_applicants():
    validate_password("xiaobai7kmd", somebody("applicant"))
    with pytest.raises(ValidationError, match="至少12位，现在是11位"):
        validate_password("xiaobai7kmd", somebody("clerk"))


def test_a_refusal_says_what_is_guessed_and_how_to_choose_a_better_one():
    with pytest.raises(ValidationError) as refused:
        validate_password("clerk2026clerk", somebody("clerk"))
    sentence = "".join(refused.value.messages)
    assert "“clerk”“2026”" in sentence
    assert "互不相干的词" in sentence


def test_a_password_of_any_length_is_judged_in_no_time():
    with pytest.raises(ValidationError, match="最多128位"):
        validate_password("长" * 100_000, somebody("clerk"))
    began = time.process_time()
    validate_password(sha512(b"").hexdigest(), somebody("clerk"))
    assert time.process_time() - began < 1


def test_drawn_passwords_are_good_ones_and_never_the_same():
    drawn = [passwords.drawn() for _ in range(50)]
    assert len(set(drawn)) == len(drawn)
    for password in drawn:
        validate_password(password, somebody("clerk"))


@pytest.mark.django_db
def test_the_management_command_refuses_them_too():
    from io import StringIO
    from unittest.mock import patch

    from django.core.management import CommandError, call_command

    clerk = staff("clerk", username="wangfang")
    typed = patch("getpass.getpass", return_value="clerk2026")
    with typed, pytest.raises(CommandError):
        call_command("changepassword", "wangfang", stdout=StringIO(), stderr=StringIO())
    clerk.refresh_from_db()
    assert not clerk.check_password("clerk2026")


@pytest.fixture
def clerk(db):
    clerk = staff("clerk", name="王芳")
    clerk.set_password("旧的密码123")
    clerk.save()
    return clerk


def change(client, present="旧的密码123", wanted=GOOD, again=GOOD):
    return client.post(
        "/desk/account/password/", {"password": present, "new_password": wanted, "new_password_again": again}
    )


def test_a_change_ends_the_other_sessions_and_takes_the_tokens_back(clerk, log_in):
    here, there = log_in(clerk), log_in(clerk)
    issue_token(clerk)
    answer = change(here)
    assert answer.status_code == 302
    assert here.get("/desk/account/").status_code == 200
    assert there.get("/desk/account/").status_code == 302
    assert clerk.tokens.get().revoked_at is not None
    clerk.refresh_from_db()
    assert clerk.check_password(GOOD)
    entry = Entry.objects.unscoped().get(file=clerk.file, action="password_changed")
    assert entry.actor == clerk.username
    assert GOOD not in str(entry.payload)


def test_all_that_is_wrong_is_said_at_once_and_nothing_changes(clerk, log_in):
    page = change(log_in(clerk), present="不对", wanted="clerk2026", again="clerk2027")
    words = seen(page)
    assert page.status_code == 422
    for sentence in ("现在的密码不对", "至少12位", "“clerk”“2026”", "两次输的密码不一样"):
        assert sentence in words
    clerk.refresh_from_db()
    assert clerk.check_password("旧的密码123")
    assert "no-store" in page["Cache-Control"]


def test_whoever_finds_a_session_open_has_five_guesses_at_the_password(clerk, log_in):
    here = log_in(clerk)
    for _ in range(5):
        assert change(here, present="不对").status_code == 422
    page = change(here)
    assert page.status_code == 429
    assert "试得太多了" in seen(page)
    clerk.refresh_from_db()
    assert clerk.check_password("旧的密码123")


def test_the_present_password_is_no_new_one(clerk):
    clerk.set_password(GOOD)
    with pytest.raises(BadInput) as refused:
        passwords.change(clerk, GOOD, GOOD, GOOD)
    assert refused.value.errors == [("new_password", "新密码和现在的一样，请换一个。")]


def test_a_first_password_opens_nothing_but_the_page_that_changes_it(clerk, log_in):
    User.objects.filter(pk=clerk.pk).update(first_password=True)
    here = log_in(clerk)
    for address in (
        "/",
        "/desk/",
        "/desk/cases/",
        "/desk/account/",
        "/desk/account/holder/",
        "/notices/",
        "/desk/window/",
    ):
        assert here.get(address)["Location"] == "/desk/account/password/", address
    assert here.post("/desk/window/", {"name": "张"})["Location"] == "/desk/account/password/"
    assert here.get("/desk/cases/", headers={"hx-request": "true"})["HX-Redirect"] == "/desk/account/password/"
    page = here.get("/desk/account/password/")
    assert "先给账号定一个自己的密码" in seen(page)
    assert change(here).status_code == 302
    assert here.get("/desk/cases/").status_code == 200


def test_a_first_password_leaves_logging_out_open(clerk, log_in):
    User.objects.filter(pk=clerk.pk).update(first_password=True)
    assert log_in(clerk).post("/logout/")["Location"] == "/"
