"""Pages of accounts: one's own, and those that the province and the supervisors manage."""

import re
from datetime import date

import pytest

from jiuyuan.agencies.models import User
from jiuyuan.agencies.services import issue_token
from jiuyuan.history import services as history
from jiuyuan.history.models import Entry
from jiuyuan.people import staff as accounts
from jiuyuan.refusals import NotForRole
from jiuyuan.regions.region import Region
from tests import factories
from tests.api.program import Program
from tests.desk.reading import words
from tests.factories import OTHER_PLATFORM, PLATFORM, an_id_number

pytestmark = pytest.mark.django_db
NUMBER = an_id_number("1988-08-08", number=8)


@pytest.fixture
def supervisor():
    return factories.staff("supervisor", name="督导人")


@pytest.fixture
def office(log_in, supervisor):
    """The supervisor's browser."""
    return log_in(supervisor)


def filled(**changes):
    return {
        "agency": f"{PLATFORM} 南岭街道公共就业服务平台", "role": "clerk", "name": "周红", "id_number": NUMBER,
        "username": "zhouhong", "valid_until": "",
    } | changes  # fmt: skip


def test_an_account_is_opened_and_its_password_shown_this_once(office, client):
    page = office.post("/desk/staff/open/", filled())
    password = re.search(r"[a-z0-9]{4}(-[a-z0-9]{4}){3}", words(page)).group()
    assert "no-store" in page["Cache-Control"]
    account = User.objects.get(username="zhouhong")
    assert account.check_password(password)
    assert password not in words(office.get(f"/desk/staff/{account.pk}/"))
    client.post("/login/", {"username": "zhouhong", "password": password})
    assert "先给账号定一个自己的密码" in words(client.get("/desk/", follow=True))


def test_what_is_wrong_is_said_beside_its_box_and_what_was_typed_stays(office):
    page = office.post("/desk/staff/open/", filled(username="周红", id_number="123", valid_until="2026-02-01"))
    assert page.status_code == 422
    for sentence in ("小写字母开头", "身份证号码应为18位", "这一天已经过去"):
        assert sentence in words(page)
    assert 'value="123"' in page.content.decode()
    assert 'value="周红"' in page.content.decode()


def test_only_the_last_day_of_an_account_is_optional_and_a_channel_is_told_what_it_leaves_out(log_in, office):
    for browser, told in ((log_in(factories.staff("province")), 2), (office, 0)):
        page = words(browser.get("/desk/staff/open/"))
        assert page.count("选填") == 1
        assert page.count("渠道不用填") == told


@pytest.mark.parametrize("code", [OTHER_PLATFORM, "999999"])
def test_an_agency_outside_is_answered_as_one_that_is_not_there(office, code):
    page = office.post("/desk/staff/open/", filled(agency=code))
    assert page.status_code == 404
    assert f"没有代码为“{code}”的机构" in words(page)
    assert 'value="zhouhong"' in page.content.decode()


def test_a_supervisor_is_not_offered_roles_above_its_own(office):
    page = office.get("/desk/staff/open/").content.decode()
    assert 'value="clerk"' in page
    for role in ("supervisor", "province", "channel"):
        assert f'value="{role}"' not in page
    assert office.post("/desk/staff/open/", filled(role="supervisor", agency="2201")).status_code == 403


def test_a_reset_shows_the_password_once_and_tells_the_account(office, client):
    clerk = factories.staff("clerk", name="李明")
    page = office.post(f"/desk/staff/{clerk.pk}/password/")
    password = re.search(r"[a-z0-9]{4}(-[a-z0-9]{4}){3}", words(page)).group()
    client.post("/login/", {"username": clerk.username, "password": password})
    told = words(client.get("/desk/account/password/"))
    assert "您的密码被重设了" in told
    assert "督导人" in told
    assert "重设密码" in words(office.get("/desk/staff/"))


def test_a_role_and_an_office_are_changed_together(office):
    clerk = factories.staff("clerk")
    refused = office.post(f"/desk/staff/{clerk.pk}/change/", {"role": "reviewer", "agency": PLATFORM})
    assert refused.status_code == 422
    assert "应在县（市、区）的机构" in words(refused)
    assert office.post(f"/desk/staff/{clerk.pk}/change/", {"role": "reviewer", "agency": "220102"}).status_code == 302
    clerk.refresh_from_db()
    assert (clerk.role, clerk.agency.code) == ("reviewer", "220102")
    assert "原为基层经办人、220102001；现为县级复核人、220102" in words(office.get(f"/desk/staff/{clerk.pk}/"))


def test_closing_says_beforehand_what_is_left_open_and_who_goes_on(office):
    clerk = factories.staff("clerk", at="220102002")
    case = factories.a_case("endorsed", clerk=factories.staff("clerk"))
    case.endorsed_by = clerk
    case.save()
    page = words(office.get(f"/desk/staff/{clerk.pk}/close/"))
    assert case.number in page
    assert "没有基层经办人可以办事" in page
    assert office.post(f"/desk/staff/{clerk.pk}/close/", {"reason": ""}).status_code == 422
    assert office.post(f"/desk/staff/{clerk.pk}/close/", {"reason": "退休"}).status_code == 302
    assert "已停用" in words(office.get(f"/desk/staff/{clerk.pk}/"))
    assert clerk.username not in words(office.get("/desk/staff/")).split("最近的变动")[0]
    assert clerk.username in words(office.get("/desk/staff/?closed=on"))


def test_a_dated_account_says_until_when(office):
    office.post("/desk/staff/open/", filled(valid_until="2026-04-01"))
    assert User.objects.get(username="zhouhong").valid_until == date(2026, 4, 1)
    assert "有效到2026年4月1日" in words(office.get("/desk/staff/?q=zhouhong"))


def test_the_list_narrows_by_office_role_and_name(office):
    clerk = factories.staff("clerk", name="李明")
    factories.staff("reviewer", name="赵国栋")
    page = words(office.get("/desk/staff/?role=clerk&q=李"))
    assert clerk.username in page
    assert "赵国栋" not in page
    assert office.get(f"/desk/staff/?at={OTHER_PLATFORM}").status_code == 404


def test_who_looks_at_more_whole_numbers_than_usual_is_a_line_of_the_list(office, monkeypatch):
    usual = Region.limit
    monkeypatch.setattr(
        Region, "limit", lambda self, name, on: 2 if name == "whole_numbers_usual" else usual(self, name, on=on)
    )
    many, few = factories.staff("clerk", name="看得多"), factories.staff("clerk", name="看得少")
    for clerk, times in ((many, 3), (few, 2)):
        for _ in range(times):
            history.looked(clerk.actor, "person:1", "人员档案", clerk.area, unmasked=True)
    history.looked(few.actor, "person:1", "人员档案", few.area)
    page = words(office.get("/desk/staff/"))
    _, _, listed = page.partition("查看完整号码比平常多的（近30天）")
    assert f"{many.username} 看得多 3" in listed
    assert f"{few.username} 看得少 2" not in listed
    outside = factories.staff("clerk", at=OTHER_PLATFORM)
    for _ in range(9):
        history.looked(outside.actor, "person:1", "人员档案", outside.area, unmasked=True)
    assert outside.username not in words(office.get("/desk/staff/"))


def test_a_channels_token_is_issued_and_taken_back_by_whoever_manages_it(log_in):
    desk, hall = log_in(factories.staff("province")), factories.an_account("channel")
    page = desk.post(f"/desk/staff/{hall.pk}/tokens/add/", {"label": "对接", "scope": "read", "days": "30"})
    token = re.search(r"<code[^>]*>([\w-]{40,})</code>", page.content.decode()).group(1)
    assert Program(token).get("/applications").status_code == 200
    kept = hall.tokens.get()
    assert "范围：只能查询；用途：对接；天数：30" in words(desk.get(f"/desk/staff/{hall.pk}/"))
    assert desk.post(f"/desk/staff/{hall.pk}/tokens/{kept.pk}/revoke/").status_code == 302
    assert Program(token).get("/applications").status_code == 401
    assert "已收回" in words(desk.get(f"/desk/staff/{hall.pk}/"))


@pytest.mark.parametrize("role", ["clerk", "reviewer"])
def test_nobody_gets_a_token_with_which_they_act_as_a_colleague(office, supervisor, role):
    """A supervisor with a clerk's and a reviewer's token would be both of the two people that a recognition needs."""
    colleague = factories.staff(role)
    said = {"label": "对接", "scope": "act", "days": "30"}
    page = office.post(f"/desk/staff/{colleague.pk}/tokens/add/", said)
    assert page.status_code == 403
    assert "由本人在“我的账号”里签发" in words(page)
    assert "签发一个令牌" not in words(office.get(f"/desk/staff/{colleague.pk}/"))
    with pytest.raises(NotForRole):
        accounts.issue_token(supervisor, colleague, days=30)
    assert not colleague.tokens.exists()


def test_what_a_manager_keeps_of_a_colleagues_tokens_is_taking_them_back(office):
    colleague = factories.staff("clerk")
    issue_token(colleague)
    office.post(f"/desk/staff/{colleague.pk}/tokens/{colleague.tokens.get().pk}/revoke/")
    assert not colleague.tokens.get().holds


def test_a_role_or_office_that_one_does_not_give_out_is_said_beside_its_box(office, supervisor):
    page = office.post("/desk/staff/open/", filled(role="supervisor", agency="2201"))
    assert page.status_code == 403
    assert "市州督导不能开市州督导的账号" in words(page)
    assert 'value="zhouhong"' in page.content.decode()
    clerk = factories.staff("clerk")
    page = office.post(f"/desk/staff/{clerk.pk}/change/", {"role": "auditor", "agency": "2201"})
    assert page.status_code == 403
    assert "本机构的账号由上级管理" in words(page)
    assert "这个账号由上级管理" in words(office.post(f"/desk/staff/{supervisor.pk}/close/", {"reason": "调离"}))


def test_a_holder_is_asked_for_at_the_next_login(client):
    clerk = factories.staff("clerk", id_index="")
    clerk.set_password("旧的密码123")
    clerk.save()
    answer = client.post("/login/", {"username": clerk.username, "password": "旧的密码123"})
    assert answer["Location"] == "/desk/account/holder/"
    assert client.get("/desk/cases/").status_code == 200, "it may look"
    assert "还没有登记持有人" in words(client.get("/desk/account/"))
    assert client.post("/desk/account/holder/", {"id_number": "1"}).status_code == 422
    assert client.post("/desk/account/holder/", {"id_number": NUMBER})["Location"] == "/desk/account/"
    clerk.refresh_from_db()
    assert clerk.id_index == factories.blind_index(NUMBER)
    assert client.get("/desk/account/holder/").status_code == 302


def test_relatives_are_declared_and_taken_off_with_a_reason(desk, clerk):
    said = {"name": "王秀英", "relation": "母亲", "id_number": an_id_number("1955-05-05")}
    assert desk.post("/desk/account/relatives/add/", said).status_code == 302
    relative = clerk.relatives.get()
    assert "王秀英" in words(desk.get("/desk/account/"))
    assert desk.post(f"/desk/account/relatives/{relative.pk}/remove/", {"reason": ""}).status_code == 422
    assert desk.post(f"/desk/account/relatives/{relative.pk}/remove/", {"reason": "写错了"}).status_code == 302
    assert "已撤下，回避到2026年4月1日" in words(desk.get("/desk/account/"))
    assert Entry.objects.unscoped().filter(file=clerk.file).count() == 2


def test_a_wrong_relative_keeps_what_was_typed(desk):
    page = desk.post("/desk/account/relatives/add/", {"name": "王秀英", "relation": "", "id_number": "1"})
    assert page.status_code == 422
    assert 'value="王秀英"' in page.content.decode()


def test_ones_own_token_is_shown_once_and_taken_back(desk, clerk):
    assert desk.post("/desk/account/tokens/add/", {"label": "", "scope": "read", "days": "0"}).status_code == 422
    page = desk.post("/desk/account/tokens/add/", {"label": "统计", "scope": "read", "days": "30"})
    token = re.search(r"<code[^>]*>([\w-]{40,})</code>", page.content.decode()).group(1)
    assert token not in words(desk.get("/desk/account/"))
    desk.post(f"/desk/account/tokens/{clerk.tokens.get().pk}/revoke/")
    assert Program(token).get("/applications").status_code == 401


def test_a_token_of_somebody_else_is_not_there(desk):
    other = factories.staff("clerk")
    issue_token(other)
    assert desk.post(f"/desk/account/tokens/{other.tokens.get().pk}/revoke/").status_code == 404
    assert other.tokens.get().holds
