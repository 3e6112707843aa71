"""The applicant's own password and telephone, and the way back without a password (portal 9, 19, 20)."""

import pytest

from jiuyuan.agencies.models import Agency
from jiuyuan.history.models import Entry
from jiuyuan.notifications.models import Message
from jiuyuan.people import accounts
from jiuyuan.people.models import Person
from tests.factories import PLATFORM, an_applicant, staff
from tests.portal.walking import PASSWORD, account_form, begin, boxes, seen, the_case_of

pytestmark = pytest.mark.django_db
BETTER = "下雪天走路看冰灯9次"


@pytest.fixture
def person():
    return an_applicant()


@pytest.fixture
def mine(client, person):
    """The browser of somebody with a draft."""
    begin(client, person)
    return client


def file_of(person):
    return Person.objects.unscoped().get(id_index=person.id_index)


def new_password(client, present=PASSWORD, wanted=BETTER, again=BETTER):
    said = {"password": present, "new_password": wanted, "new_password_again": again}
    return client.post("/mine/account/password/", said)


def test_a_new_password_is_good_from_now_on_and_the_page_stays_open(mine, person):
    assert new_password(mine)["Location"] == "/mine/account/"
    assert "密码改好了" in seen(mine.get("/mine/account/"))
    mine.post("/logout/")
    assert mine.post("/login/", {"username": person.id_number, "password": PASSWORD}).status_code == 200
    assert mine.post("/login/", {"username": person.id_number, "password": BETTER}).status_code == 302


def test_what_is_known_of_the_person_makes_no_password(mine, person):
    for guessed in (person.phone, f"a{person.phone}", person.id_number, f"x{person.id_number[6:14]}", "xiuying1985"):
        page = new_password(mine, wanted=guessed, again=guessed)
        assert "需要改正" in seen(page), guessed
    assert new_password(mine, present="不对").status_code == 200
    mine.post("/logout/")
    assert mine.post("/login/", {"username": person.id_number, "password": PASSWORD}).status_code == 302


def test_a_registration_refuses_the_same(client, person):
    for guessed in (person.phone, f"a{person.phone}", "clerk2026", "aaaaaaab", "19850302"):
        page = client.post("/register/", account_form(person, password=guessed, again=guessed))
        assert "需要改正" in seen(page), guessed
        assert boxes(page)["name"] == [person.name]


def test_the_telephone_is_changed_with_the_password_and_told_to_the_old_one(mine, person):
    page = mine.post("/mine/account/phone/", {"phone": "13900001111", "password": "不对"})
    assert "密码不对" in seen(page)
    assert boxes(page)["phone"] == ["13900001111"]
    assert file_of(person).phone == person.phone
    assert mine.post("/mine/account/phone/", {"phone": "139 0000 1111", "password": PASSWORD}).status_code == 302
    assert file_of(person).phone == "13900001111"
    assert "139****1111" in seen(mine.get("/mine/account/"))
    told = Message.objects.unscoped().get(code="account.phone_changed")
    assert told.phone == person.phone
    entry = Entry.objects.unscoped().get(file=file_of(person).file, action="phone_changed")
    assert "13900001111" not in str(entry.payload)


def test_a_telephone_that_is_none_or_the_same_is_said(mine, person):
    assert "请填写11位手机号码" in seen(mine.post("/mine/account/phone/", {"phone": "12", "password": PASSWORD}))
    same = mine.post("/mine/account/phone/", {"phone": person.phone, "password": PASSWORD})
    assert "这就是现在的号码" in seen(same)


def test_the_page_of_ones_information_leads_to_the_telephone(mine):
    assert '/mine/account/phone/"' in mine.get("/mine/information/").content.decode()


def test_whoever_finds_a_session_open_has_five_guesses_before_messages_go_elsewhere(mine, person):
    for _ in range(5):
        assert "密码不对" in seen(mine.post("/mine/account/phone/", {"phone": "13900001111", "password": "不对"}))
    page = mine.post("/mine/account/phone/", {"phone": "13900001111", "password": PASSWORD})
    assert page.status_code == 429
    assert file_of(person).phone == person.phone


def test_a_forgotten_password_leads_from_the_login_to_the_window_and_its_address(client):
    Agency.objects.filter(code=PLATFORM).update(address="南岭大街8号", phone="0431-85280000", hours="工作日8:30至16:30")
    assert 'href="/login/forgotten/"' in client.get("/login/").content.decode()
    page = client.get("/login/forgotten/")
    assert "本人带身份证" in seen(page)
    assert "8位绑定码" in seen(page)
    assert 'href="/register/?code"' in page.content.decode()
    page = client.get("/login/forgotten/", {"county": "220102"})
    assert 'value="220102001"' in page.content.decode()
    found = seen(client.get("/login/forgotten/", {"county": "220102", "platform": PLATFORM}))
    for told in ("南岭街道公共就业服务平台", "南岭大街8号", "0431-85280000", "工作日8:30至16:30"):
        assert told in found


def test_a_window_without_an_address_says_whom_to_ring(client):
    found = seen(client.get("/windows/", {"county": "220102", "platform": PLATFORM}))
    assert "去之前先打12333问清楚" in found


@pytest.mark.parametrize("query", [{"county": "999"}, {"county": "220102", "platform": "1"}, {"county": "\0"}])
def test_a_place_that_is_none_is_asked_for_again(client, query):
    assert client.get("/windows/", query).status_code == (400 if "\0" in query["county"] else 200)


def test_the_advice_after_five_wrong_passwords_fits_an_applicant(client, person):
    client.post("/register/", account_form(person))
    client.post("/logout/")
    for _ in range(5):
        page = client.post("/login/", {"username": person.id_number, "password": "不对"})
    assert page.status_code == 429
    assert "带身份证到街道（乡镇）窗口要绑定码" in seen(page)
    assert 'href="/login/forgotten/"' in page.content.decode()
    assert "开通账号的机构" not in seen(page)


def test_a_code_from_the_window_opens_the_account_anew_also_for_who_is_logged_in(mine, person):
    from jiuyuan.people import accounts
    from tests.factories import staff

    case = the_case_of(person)
    code = accounts.issue_code(staff("clerk"), file_of(person))
    assert "窗口给的绑定码" in seen(mine.get("/register/?code"))
    assert (
        mine.post("/register/?code", account_form(person, code=code, password=BETTER, again=BETTER)).status_code == 302
    )
    assert case.number in seen(mine.get("/mine/"))


def test_where_one_lives_is_changed_by_oneself_and_stands_in_the_record(mine, person):
    assert "改地址" in seen(mine.get("/mine/account/"))
    assert mine.post("/mine/account/address/", {"address": "  人民大街 9号\u3000"})["Location"] == "/mine/account/"
    held = file_of(person)
    assert held.address == "人民大街 9号"
    act = Entry.objects.unscoped().filter(file=held.file).order_by("seq").last()
    assert (act.action, act.payload["to"]) == ("address_changed", "人民大街 9号")
    assert "没有改动" in seen(mine.post("/mine/account/address/", {"address": "人民大街 9号"}))
    assert boxes(mine.post("/mine/account/address/", {"address": "长" * 201}))["address"] == ["长" * 201]
    assert file_of(person).version == held.version


def test_one_closes_ones_own_account_once_one_has_seen_what_is_under_way(mine, person):
    case = the_case_of(person)
    page = seen(mine.get("/mine/account/close/"))
    assert case.number in page
    assert "不会删除" in page
    assert "密码不对" in seen(mine.post("/mine/account/close/", {"password": "x", "open_seen": "on"}))
    assert "再勾选" in seen(mine.post("/mine/account/close/", {"password": PASSWORD}))
    assert mine.post("/mine/account/close/", {"password": PASSWORD, "open_seen": "on"})["Location"] == "/"
    assert "账号已经停用" in seen(mine.get("/"))
    assert mine.get("/mine/").status_code == 302
    assert mine.post("/login/", {"username": person.id_number, "password": PASSWORD}).status_code == 200
    account = file_of(person).account
    assert (account.is_active, account.id_index) == (False, "")
    act = Entry.objects.unscoped().filter(file=account.file).order_by("seq").last()
    assert (act.action, act.payload["leaves"]) == ("account_closed", [f"正在办理的申请{case.number}"])
    case.refresh_from_db()
    assert case.status == "draft"


def test_who_closed_their_account_comes_back_with_a_code_from_the_window(mine, client, person):
    assert mine.post("/mine/account/close/", {"password": PASSWORD, "open_seen": "on"}).status_code == 302
    code = accounts.issue_code(staff("clerk"), file_of(person))
    client.post("/register/", account_form(person, code=code))
    assert client.get("/mine/").status_code == 200
    assert file_of(person).account.is_active
