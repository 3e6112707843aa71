"""Whatever is good once is good once when it is used at the very same moment, and no limit of tries is passed by trying at once."""

import threading
from datetime import timedelta

import pytest
from django.db import connection

from jiuyuan import clock
from jiuyuan.agencies import logins, pace, second_factor
from jiuyuan.agencies.models import SecondFactor, Try, User
from jiuyuan.assistance import attendance_links
from jiuyuan.assistance.vacancy_workflow import VACANCY
from jiuyuan.people import accounts, phone_codes
from jiuyuan.people.models import BindingCode
from jiuyuan.refusals import Refusal
from tests.assistance.posts import asked, placed
from tests.assistance.vacancies import a_vacancy
from tests.factories import a_case, an_account, an_applicant, does, staff
from tests.portal.test_phone_code import code_in, gateway  # noqa: F401

pytestmark = pytest.mark.django_db(transaction=True)
PASSWORD = "长春的春天2026"
AT_ONCE = 5


def at_once(act, times=AT_ONCE):
    """How often an act that is begun several times at the same moment succeeds; what it answers where it does."""
    start, done = threading.Barrier(times), []

    def run():
        try:
            start.wait(10)
            if answer := act():
                done.append(answer)
        except Refusal:
            pass
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return done


def test_code_of_a_text_message_opens_one_account(gateway):  # noqa: F811
    person = an_applicant()
    said = {"name": person.name, "id_number": person.id_number, "phone": person.phone, "password": PASSWORD}
    sent, _ = phone_codes.send(person.phone, person.id_number)
    code = code_in(gateway.sent[0][2])
    wanted = accounts.looked_at(**said)
    assert len(at_once(lambda: accounts.open_wanted(wanted, sent=sent, phone_code=code))) == 1
    assert User.objects.filter(role="applicant").count() == 1


def test_code_from_the_window_opens_one_account():
    person = a_case("accepted", an_applicant(), by=an_account()).person
    code = accounts.issue_code(staff("clerk"), person)
    said = {"name": person.name, "id_number": person.id_number, "phone": "13900002222", "password": PASSWORD}
    assert len(at_once(lambda: accounts.open_account(**said, code=code))) == 1


def a_second_factor():
    """A clerk with an app, the code that it shows, and one of the codes on paper."""
    clerk, secret = staff("clerk"), second_factor.new_secret()
    first = second_factor._totp(secret).generate(int(second_factor.time())).decode()
    paper = second_factor.add_app(clerk, secret, first)[0]
    SecondFactor.objects.filter(user=clerk, kind="app").update(counter=0)
    return clerk, second_factor._totp(secret).generate(int(second_factor.time())).decode(), paper


def test_code_of_an_app_and_a_code_on_paper_let_in_once():
    clerk, shown, paper = a_second_factor()
    assert len(at_once(lambda: second_factor.check(clerk, shown, known=True))) == 1
    assert len(at_once(lambda: second_factor.check(clerk, paper, known=True))) == 1
    assert second_factor.codes_left(clerk) == second_factor.CODES - 1


def test_code_of_an_employer_opens_one_browser_and_its_link_is_answered_once():
    clerk = staff("clerk")
    post = asked(clerk, placed(clerk).post)
    assert len(at_once(lambda: attendance_links.open_with(post.secret, post.code))) == 1
    secret = does(VACANCY, "ask_employer")(clerk, a_vacancy(clerk).pk).secret
    assert len(at_once(lambda: does(VACANCY, "answer_by_employer")(None, secret, answer="confirm"))) == 1


def test_use_that_is_noted_is_noted_once():
    assert len(at_once(lambda: pace.once(pace.mark_of("key", "one question")))) == 1


def wrong_password():
    login = logins.Login("a00000000", known=False)
    login.admit()
    login.wrong()


def test_tries_at_the_same_moment_pass_no_limit():
    assert len(at_once(lambda: pace.take(pace.mark_of("somebody"), 3), times=8)) == 3
    assert len(at_once(lambda: not pace.count_one("somebody", "", 3), times=8)) == 3


def test_no_more_passwords_and_codes_are_looked_at_than_the_limit_says(monkeypatch, gateway):  # noqa: F811
    looked = []
    monkeypatch.setattr(User, "check_password", lambda self, typed: looked.append(typed))
    someone = an_account()
    at_once(lambda: logins.confirmed(someone, "falsch"), times=8)
    assert len(looked) == logins.WRONG_HERE
    at_once(wrong_password, times=8)
    assert Try.objects.filter(mark=logins.Login("a00000000", known=False)._here).count() == logins.WRONG_HERE
    sent, _ = phone_codes.send("13955556666", "1")
    monkeypatch.setattr(phone_codes.SentCode, "is_right", lambda self, typed: looked.append("code"))
    at_once(lambda: phone_codes.prove("13955556666", "1", sent, "000000"), times=8)
    assert looked.count("code") == 5


def test_wrong_codes_of_a_stranger_leave_the_owner_of_a_telephone_and_of_a_number_theirs(gateway, monkeypatch):  # noqa: F811
    owner = an_applicant()
    strangers, _ = phone_codes.send(owner.phone, owner.id_number)
    for _ in range(6):
        with pytest.raises(Refusal):
            phone_codes.prove(
                owner.phone, owner.id_number, strangers, "000000" if "000000" not in gateway.sent[0][2] else "111111"
            )
    own, _ = phone_codes.send(owner.phone, owner.id_number)
    phone_codes.prove(owner.phone, owner.id_number, own, code_in(gateway.sent[1][2]))
    person = a_case("accepted", an_applicant(), by=an_account()).person
    code = accounts.issue_code(staff("clerk"), person)
    said = {"name": person.name, "id_number": person.id_number, "phone": "13900002222", "password": PASSWORD}
    for _ in range(6):
        with pytest.raises(Refusal):
            accounts.open_account(**said, code="0" * 8 if code != "0" * 8 else "1" * 8)
    monkeypatch.setattr(accounts.visitors, "here", lambda: "198.51.100.7")
    assert accounts.open_account(**said, code=code).id_index == person.id_index


def test_code_is_good_for_the_telephone_and_the_number_that_it_was_sent_for(gateway):  # noqa: F811
    one, other = an_applicant(), an_applicant()
    sent, _ = phone_codes.send(one.phone, one.id_number)
    code = code_in(gateway.sent[0][2])
    for phone, number in ((one.phone, other.id_number), (other.phone, one.id_number)):
        with pytest.raises(Refusal):
            phone_codes.prove(phone, number, sent, code)
    phone_codes.prove(one.phone, one.id_number, sent, code)


def test_code_from_the_window_that_a_newer_one_replaced_is_void():
    person = a_case("accepted", an_applicant(), by=an_account()).person
    clerk = staff("clerk")
    old, _ = accounts.issue_code(clerk, person), accounts.issue_code(clerk, person)
    assert BindingCode.objects.unscoped().filter(expires_at__gt=clock.now() + timedelta(minutes=1)).count() == 1
    said = {"name": person.name, "id_number": person.id_number, "phone": "13900002222", "password": PASSWORD}
    with pytest.raises(Refusal):
        accounts.open_account(**said, code=old)
