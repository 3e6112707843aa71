"""Opening an account, and why a file is not handed to whoever types its number (docs/decisions/0003-accounts.md)."""

import re
from datetime import date

import pytest
from django.contrib.auth.hashers import get_hasher
from django.test import Client

from jiuyuan.agencies import backends
from jiuyuan.agencies.models import Try, User
from jiuyuan.applications import services
from jiuyuan.history.models import Entry
from jiuyuan.people import accounts, correspondence
from jiuyuan.people.models import Person
from jiuyuan.refusals import BadInput, Conflict, NotForRole
from tests.factories import a_case, an_account, an_applicant, staff
from tests.portal.walking import PASSWORD, account_form, begin, boxes, seen, the_case_of

pytestmark = pytest.mark.django_db


def person_of(applicant):
    return Person.objects.unscoped().get(id_index=applicant.id_index)


def test_a_new_account_is_logged_in_and_goes_on_to_where_it_was_going(client):
    answer = client.post("/register/?next=/apply/where/", account_form(an_applicant()))
    assert answer["Location"] == "/apply/where/"
    assert client.get("/mine/").status_code == 200


def test_it_never_goes_on_to_another_house(client):
    answer = client.post("/register/?next=https://example.com/", account_form(an_applicant()))
    assert answer["Location"] == "/mine/"


def test_an_account_holds_no_id_number_and_its_name_is_drawn(client):
    person = an_applicant()
    client.post("/register/", account_form(person))
    account = User.objects.get(id_index=person.id_index)
    assert person.id_number not in str(vars(account))
    assert person.phone not in str(vars(account))


def test_people_log_in_with_their_id_number(client):
    person = an_applicant()
    client.post("/register/", account_form(person))
    client.post("/logout/")
    typed = " ".join(person.id_number.lower())
    answer = client.post("/login/", {"username": typed, "password": PASSWORD})
    assert answer.status_code == 302
    assert seen(client.get("/")).count(person.name) == 1


@pytest.mark.parametrize("born", ["1985-03-02", "no account"])
def test_a_failed_login_leaves_no_id_number_in_the_record(client, born):
    person = an_applicant()
    if born != "no account":
        client.post("/register/", account_form(person))
        client.post("/logout/")
    page = client.post("/login/", {"username": person.id_number, "password": "wrong"})
    assert "账号或密码不对" in seen(page)
    assert Try.objects.exists()
    assert not [one for one in Try.objects.all() if person.id_number in str(vars(one))]


def test_all_that_is_wrong_is_said_at_once_and_everything_typed_but_the_password_stays(client):
    wrong = {"name": "王1", "id_number": "22010219840230002X", "phone": "12", "password": "12345678", "again": "x"}
    page = client.post("/register/", wrong)
    words = seen(page)
    assert "姓名中不能有“1”" in words
    assert "第7至14位是出生日期，19840230这一天不存在" in words
    assert "请填写11位手机号码" in words
    assert "两次输的密码不一样" in words
    for name, value in wrong.items():
        assert boxes(page)[name] == [value if name not in ("password", "again") else ""]
    assert page["Cache-Control"].startswith("max-age=0, no-cache, no-store")


def test_a_password_that_everybody_guesses_is_refused(client):
    page = client.post("/register/", account_form(an_applicant(), password="12345678", again="12345678"))
    assert not User.objects.exists()
    assert "密码" in seen(page)
    assert "field-wrong" in page.content.decode()


def test_a_number_that_is_on_file_is_not_handed_out(client):
    applicant = an_applicant()
    case = a_case("accepted", applicant)
    client.post("/register/", account_form(applicant))
    assert person_of(applicant).account is None
    assert case.number not in seen(client.get("/mine/"))
    for page in (f"/mine/{case.number}/", f"/mine/{case.number}/form.pdf"):
        assert client.get(page).status_code == 404


@pytest.fixture
def strangers(client):
    """Three numbers that somebody tries: unknown to the system, on file, and with an account and a case."""
    on_file, with_account = an_applicant(), an_applicant()
    a_case("accepted", on_file)
    begin(client, with_account)
    client.post("/logout/")
    return {"unknown": an_applicant(), "on file": on_file, "with an account": with_account}


TRIED = "陌生人的猜测66"


def walk(person, log):
    """Everything that a stranger gets to see after the registration, up to the last page before an application is made."""
    browser = Client()
    for method, path, said in (
        ("post", "/register/", account_form(person, password=TRIED, again=TRIED)),
        ("get", "/mine/", {}),
        ("get", "/mine/information/", {}),
        ("get", "/mine/account/", {}),
        ("get", "/mine/account/phone/", {}),
        ("post", "/logout/", {}),
        ("post", "/login/", {"username": person.id_number, "password": TRIED}),
        ("get", "/", {}),
        ("get", "/apply/", {}),
        ("get", "/apply/where/", {}),
        ("post", "/apply/who/", {"name": person.name, "id_number": person.id_number, "phone": person.phone}),
        ("post", "/apply/where/", {"county": "220102"}),
        ("post", "/apply/where/220102/", {"platform": "220102001", "address": "民康路1号"}),
        ("get", "/apply/category/", {}),
        ("post", "/login/", {"username": person.id_number, "password": "不是这个密码"}),
    ):
        answer = getattr(browser, method)(path, said)
        words = re.sub(r"[0-9a-zA-Z]{32,}", "…", answer.content.decode())
        for own in (person.name, person.phone, person.id_number):
            words = words.replace(own, "…")
        log.append((path, answer.status_code, answer.get("Location"), words))


def test_a_stranger_gets_the_same_answers_whether_a_number_is_on_file_or_not(strangers):
    logs = {}
    for which, person in strangers.items():
        walk(person, logs.setdefault(which, []))
    assert logs["on file"] == logs["unknown"]
    assert logs["with an account"] == logs["unknown"]
    statuses = [code for _, code, *_ in logs["unknown"]]
    assert statuses == [302, 200, 200, 200, 302, 302, 302, 200, 200, 302, 302, 302, 302, 200, 200]


def test_the_answers_take_as_many_comparisons_of_passwords_whether_a_number_is_on_file_or_not(strangers, monkeypatch):
    """What takes the time is a comparison, so as many of them take as long."""
    hasher = type(get_hasher())
    compared = []
    encode = hasher.encode  # to verify is to encode and to compare
    monkeypatch.setattr(hasher, "encode", lambda self, *said: compared.append("hash") or encode(self, *said))
    backends._nobodys()
    counts = []
    for person in strangers.values():
        browser = Client()
        compared.clear()
        for method, path, said in (
            ("post", "/register/", account_form(person, password=TRIED, again=TRIED)),
            ("post", "/logout/", {}),
            ("post", "/login/", {"username": person.id_number, "password": TRIED}),
            ("post", "/logout/", {}),
            ("post", "/login/", {"username": person.id_number, "password": "不是这个密码"}),
        ):
            getattr(browser, method)(path, said)
            compared.append(path)
        counts.append(list(compared))
    assert counts[0] == counts[1] == counts[2]


def test_an_account_opened_for_a_number_on_file_makes_no_application(client, strangers):
    for which in ("on file", "with an account"):
        person = strangers[which]
        client.post("/register/", account_form(person, password=TRIED, again=TRIED))
        client.post("/apply/where/", {"county": "220102"})
        client.post("/apply/where/220102/", {"platform": "220102001", "address": "民康路1号"})
        page = client.post("/apply/category/", {"categories": ["older"]})
        assert "带身份证到街道（乡镇）窗口" in seen(page), which
        client.post("/logout/")
    account = User.objects.get(claimed_index=strangers["on file"].id_index)
    with pytest.raises(Conflict, match="窗口"):
        services.create(account, **strangers["on file"].form())
    with pytest.raises(BadInput, match="身份证号码与账号不符"):
        services.create(account, **an_applicant().form())


def test_the_owner_hears_that_somebody_used_their_number_and_keeps_their_account(client, strangers):
    owner = strangers["with an account"]
    client.post("/register/", account_form(owner, password=TRIED, again=TRIED))
    client.post("/logout/")
    client.post("/login/", {"username": owner.id_number, "password": PASSWORD})
    assert "有人用您的身份证号码开通了账号" in seen(client.get("/mine/"))
    assert the_case_of(owner).number in seen(client.get("/mine/"))


def test_the_code_from_the_window_puts_an_end_to_the_account_that_led_nowhere(client, strangers):
    owner, clerk = strangers["on file"], staff("clerk")
    client.post("/register/", account_form(owner, password=TRIED, again=TRIED))
    code = accounts.issue_code(clerk, person_of(owner))
    answer = client.post("/register/?code", account_form(owner, code=code))
    assert answer.status_code == 302
    assert the_case_of(owner).number in seen(client.get("/mine/"))
    assert not User.objects.filter(claimed_index=owner.id_index, is_active=True).exists()
    client.post("/logout/")
    assert client.post("/login/", {"username": owner.id_number, "password": TRIED}).status_code == 200
    assert client.post("/login/", {"username": owner.id_number, "password": PASSWORD}).status_code == 302


def test_a_wrong_code_is_answered_the_same_whether_one_was_issued_or_not(client, strangers):
    accounts.issue_code(staff("clerk"), person_of(strangers["on file"]))
    pages = [seen(Client().post("/register/", account_form(person, code="1"))) for person in strangers.values()]
    assert len({page.split("需要改正")[1][:80] for page in pages}) == 1


def test_the_code_from_the_window_binds_the_file(client):
    applicant, clerk = an_applicant(), staff("clerk")
    case = a_case("accepted", applicant, clerk=clerk)
    code = accounts.issue_code(clerk, person_of(applicant))
    assert "窗口给的绑定码（选填）" in re.sub(r"\s", "", seen(client.get("/register/")))
    client.post("/register/", account_form(applicant, code=f"{code[:4]} {code[4:]}"))
    assert person_of(applicant).account == User.objects.get(role="applicant")
    assert "正在初审" in seen(client.get(f"/mine/{case.number}/"))
    acts = list(Entry.objects.unscoped().filter(file=person_of(applicant).file).values_list("action", flat=True))
    assert acts[-2:] == ["binding_code_issued", "account_bound"]


def test_a_code_is_good_once_for_thirty_minutes_for_one_person_and_five_tries(monkeypatch):
    applicant, clerk = an_applicant(), staff("clerk")
    a_case("accepted", applicant, clerk=clerk)
    person = person_of(applicant)
    form = {"name": applicant.name, "id_number": applicant.id_number, "phone": applicant.phone, "password": PASSWORD}
    first = accounts.issue_code(clerk, person)
    second = accounts.issue_code(clerk, person)
    with pytest.raises(BadInput, match="绑定码不对"):
        accounts.open_account(**form, code=first)
    accounts.open_account(**form, code=second)
    with pytest.raises(BadInput, match="绑定码不对"):
        accounts.open_account(**form, code=second)
    third = accounts.issue_code(clerk, person)
    for _ in range(accounts.TRIES):
        with pytest.raises(BadInput):
            accounts.open_account(**form, code="00000000" if third != "00000000" else "11111111")
    with pytest.raises(BadInput, match="绑定码不对"):
        accounts.open_account(**form, code=third)
    monkeypatch.setattr(accounts, "MINUTES", -1)
    late = accounts.issue_code(clerk, person)
    with pytest.raises(BadInput, match="绑定码不对"):
        accounts.open_account(**form, code=late)


def test_a_code_closes_the_account_of_whoever_was_quicker(client, log_in):
    applicant, clerk = an_applicant(), staff("clerk")
    begin(client, applicant)
    stranger = User.objects.get(role="applicant")
    code = accounts.issue_code(clerk, person_of(applicant))
    own = accounts.open_account(
        name=applicant.name, id_number=applicant.id_number, phone=applicant.phone, password=PASSWORD, code=code
    )
    stranger.refresh_from_db()
    assert not stranger.is_active
    assert person_of(applicant).account == own
    assert client.get("/mine/").status_code == 302, "the session of the closed account is over"


def test_only_the_window_gives_codes():
    applicant = an_applicant()
    a_case("accepted", applicant)
    for user in (an_account(), staff("supervisor"), staff("auditor")):
        with pytest.raises(NotForRole):
            accounts.issue_code(user, person_of(applicant))


def test_no_program_gets_a_file_by_applying_with_its_number(client):
    applicant = an_applicant()
    a_case("rejected", applicant)
    with pytest.raises(Conflict, match="窗口"):
        services.create(an_account(), **applicant.form())


def test_two_accounts_for_one_number_are_refused_by_the_database_too():
    person = an_applicant()
    an_account(id_index=person.id_index)
    from django.db import IntegrityError

    other = an_account()
    other.id_index = person.id_index
    with pytest.raises(IntegrityError, match=r"agencies_one_account_a_person|UNIQUE constraint failed"):
        other.save()


def test_what_was_told_before_there_was_an_account_stands_in_it(client):
    applicant, clerk = an_applicant(), staff("clerk")
    case = a_case("accepted", applicant, clerk=clerk)
    person = person_of(applicant)
    words = dict.fromkeys(("name", "because", "agency", "document"), "")
    fields = {**words, "day": date(2026, 3, 2), "clause": "三(五)", "heard": []}
    correspondence.tell(person, "exit_proposal.dismiss", fields)
    client.post("/register/", account_form(applicant))
    assert "您有" not in seen(client.get("/"))
    assert "退出申请的处理结果" not in seen(client.get("/mine/"))
    code = accounts.issue_code(clerk, person)
    client.post("/register/?code", account_form(applicant, code=code))
    assert "退出申请的处理结果" in seen(client.get("/mine/"))
    assert f"您的申请（{case.number}）已于" in seen(client.get("/mine/"))
    assert "条新消息" not in seen(client.get("/"))


def test_no_account_is_opened_without_consent_and_the_consent_is_on_record(client):
    person = an_applicant()
    page = client.post("/register/", account_form(person, agreed=""))
    assert "要看过并同意，才能开账号" in seen(page)
    assert boxes(page)["name"] == [person.name]
    assert not User.objects.exists()
    client.post("/register/", account_form(person))
    assert Entry.objects.unscoped().get(action="consented").file == User.objects.get().file


def test_all_that_is_wrong_with_a_password_is_said_at_once(client):
    words = seen(client.post("/register/", account_form(an_applicant(), password="12345678", again="1234567")))
    assert "不能全是数字" in words and "两次输的密码不一样" in words
