"""Tokens are narrowed, run out and are taken back; the API asks in one place (security M10)."""

import pytest

from jiuyuan.agencies import passwords
from jiuyuan.agencies.services import issue_token, revoke_token
from jiuyuan.applications import handover
from jiuyuan.people import staff as accounts
from tests.api.program import Program
from tests.factories import a_case, an_account, an_applicant, staff

pytestmark = pytest.mark.django_db


def code_of(answer):
    return answer.status_code, answer.json().get("code")


def test_a_token_for_reading_reads_and_does_nothing_else(clerk):
    case = a_case("submitted", clerk=clerk)
    program = Program(issue_token(clerk, scope="read"))
    assert program.get(f"/applications/{case.number}").status_code == 200
    assert program.get("/people").status_code == 200
    for path, body in (
        ("/applications", an_applicant().form()),
        (f"/applications/{case.number}/accept", {"version": case.version}),
        (f"/applications/{case.number}/facts", {"version": case.version}),
        ("/batches", {"numbers": [case.number]}),
    ):
        assert code_of(program.post(path, body)) == (403, "role"), path
        assert code_of(program.post(path, body, key="k1")) == (403, "role"), path
    assert code_of(program.upload(f"/applications/{case.number}/materials")) == (403, "role")
    case.refresh_from_db()
    assert case.status == "submitted"


def test_a_token_for_reading_objects_to_no_notice(clerk):
    case = a_case("publishing", clerk=clerk)
    program = Program(issue_token(clerk, scope="read"))
    answer = program.post(f"/applications/{case.number}/object", {"version": case.version, "ground": "他在开店"})
    assert code_of(answer) == (403, "role")


def test_a_token_that_was_taken_back_or_ran_out_is_refused(clerk):
    ran_out, taken_back = issue_token(clerk, days=0), issue_token(clerk)
    revoke_token(clerk.tokens.first(), clerk.actor)
    for token in (ran_out, taken_back):
        assert code_of(Program(token).get("/applications")) == (401, "login")


def test_a_new_password_a_reset_and_a_closing_take_every_token_back(clerk):
    supervisor = staff("supervisor")
    clerk.set_password("旧的密码123")
    clerk.save()
    acts = (
        lambda: passwords.change(clerk, "旧的密码123", "songhua-jiang-3-chuan", "songhua-jiang-3-chuan"),
        lambda: accounts.reset_password(supervisor, clerk),
        lambda: handover.close(supervisor, clerk, "调离"),
    )
    for act in acts:
        token = issue_token(clerk)
        assert Program(token).get("/applications").status_code == 200
        act()
        assert Program(token).get("/applications").status_code == 401


def test_an_account_past_its_last_day_calls_no_more(clerk, today):
    clerk.valid_until = today("2026-03-02")
    clerk.save()
    program = Program(issue_token(clerk))
    assert program.get("/applications").status_code == 200
    today("2026-03-03")
    assert program.get("/applications").status_code == 401


def test_an_applicant_takes_a_token_back_on_their_own_page(log_in):
    account = an_account()
    token = issue_token(account, label="手机APP")
    here = log_in(account)
    assert "手机APP" in here.get("/mine/account/").content.decode()
    here.post(f"/mine/account/tokens/{account.tokens.get().pk}/revoke/")
    assert Program(token).get("/applications").status_code == 401
    assert "手机APP" not in here.get("/mine/account/").content.decode()
