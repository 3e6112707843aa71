"""Opening an account, and why a file is not handed to whoever types its number (docs/decisions/0003-accounts.md)."""

import pytest

from jiuyuan.agencies.models import Try, User
from jiuyuan.history.models import Entry
from jiuyuan.people import accounts
from jiuyuan.people.models import Person
from jiuyuan.refusals import BadInput, Conflict, NotForRole
from tests.factories import a_case, an_account, an_applicant, staff
from tests.portal.walking import PASSWORD, account_form, begin, boxes, seen

pytestmark = pytest.mark.django_db
KNOWN = "这个身份证号码已在系统中"


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


def test_all_that_is_wrong_is_said_at_once_and_everything_typed_stays(client):
    wrong = {"name": "王1", "id_number": "22010219840230002X", "phone": "12", "password": "12345678", "again": "x"}
    page = client.post("/register/", wrong)
    words = seen(page)
    assert "姓名中不能有“1”" in words
    assert "第7至14位是出生日期，19840230这一天不存在" in words
    assert "请填写11位手机号码" in words
    assert "两次输的密码不一样" in words
    for name, value in wrong.items():
        assert boxes(page)[name] == [value]
    assert page["Cache-Control"].startswith("max-age=0, no-cache, no-store")


def test_a_password_that_everybody_guesses_is_refused(client):
    page = client.post("/register/", account_form(an_applicant(), password="12345678", again="12345678"))
    assert not User.objects.exists()
    assert "密码" in seen(page)
    assert "field-wrong" in page.content.decode()


def test_a_number_that_is_on_file_is_not_handed_out(client):
    applicant = an_applicant()
    a_case("accepted", applicant)
    page = client.post("/register/", account_form(applicant))
    assert KNOWN in seen(page)
    assert "带身份证到街道（乡镇）窗口" in seen(page)
    assert "code" in boxes(page), "there is a box for the window's code now"
    assert person_of(applicant).account is None
    assert not User.objects.filter(role="applicant").exists()


def test_file_and_account_get_one_and_the_same_answer(client):
    on_file, with_account = an_applicant(), an_applicant()
    a_case("accepted", on_file)
    client.post("/register/", account_form(with_account))
    client.post("/logout/")
    answers = [
        seen(client.post("/register/", account_form(who))).split("需要改正")[1][:120] for who in (on_file, with_account)
    ]
    assert answers[0] == answers[1]


def test_a_wrong_name_tells_nothing_more(client):
    applicant = an_applicant()
    a_case("accepted", applicant)
    page = client.post("/register/", account_form(applicant, name="别人"))
    assert KNOWN in seen(page)
    assert "另一个姓名" not in seen(page)


def test_the_code_from_the_window_binds_the_file(client):
    applicant, clerk = an_applicant(), staff("clerk")
    case = a_case("accepted", applicant, clerk=clerk)
    code = accounts.issue_code(clerk, person_of(applicant))
    client.post("/register/", account_form(applicant, code=f"{code[:4]} {code[4:]}"))
    assert person_of(applicant).account == User.objects.get(role="applicant")
    assert "正在初审" in seen(client.get(f"/mine/{case.number}/"))
    acts = list(Entry.objects.filter(file=person_of(applicant).file).values_list("action", flat=True))
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
    from jiuyuan.applications import services

    applicant = an_applicant()
    a_case("rejected", applicant)
    with pytest.raises(Conflict, match="到窗口绑定账号"):
        services.create(an_account(), **applicant.form())


def test_two_accounts_for_one_number_are_refused_by_the_database_too():
    person = an_applicant()
    an_account(id_index=person.id_index)
    from django.db import IntegrityError

    other = an_account()
    other.id_index = person.id_index
    with pytest.raises(IntegrityError, match=r"agencies_one_account_a_person|UNIQUE constraint failed"):
        other.save()
