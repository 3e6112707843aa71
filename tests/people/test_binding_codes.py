"""A binding code hands an account over: only for one's own office's files, never on the heels of a change, never in silence."""

import pytest

from jiuyuan import clock
from jiuyuan.history.models import Entry
from jiuyuan.notifications.models import Message
from jiuyuan.people import accounts
from jiuyuan.people.identity import put_right
from jiuyuan.people.models import Person
from jiuyuan.people.reach import change
from jiuyuan.refusals import GuardNotMet, NotFound
from jiuyuan.rules import calendar
from tests.factories import OTHER_PLATFORM, a_case, an_account, an_applicant, move_to, staff

pytestmark = pytest.mark.django_db

PASSWORD = "长春的春天2026"


@pytest.fixture
def person():
    applicant = an_applicant()
    case = a_case("accepted", applicant, by=an_account())
    return Person.objects.unscoped().select_related("account", "agency").get(pk=case.person_id)


def by_office(person, clerk):
    change(clerk.actor, person, phone="13900001111", address="", agency=person.agency)


def by_correction(person, clerk):
    put_right(clerk.actor, person, "phone", "13900001111", "身份证")


@pytest.mark.parametrize("changed", [by_office, by_correction])
def test_no_code_for_three_working_days_after_an_office_changed_the_telephone(person, changed):
    clerk, former = staff("clerk"), person.phone
    changed(person, clerk)
    told = Message.objects.unscoped().get(code="account.phone_changed")
    assert (told.recipient, told.phone) == (person.account.username, former)
    last = calendar.add_workdays(clock.today(), 3).day
    move_to(last)
    with pytest.raises(GuardNotMet, match="原来的电话"):
        accounts.issue_code(clerk, person)
    move_to(calendar.day_after(last))
    assert len(accounts.issue_code(clerk, person)) == 8


def test_who_changed_their_own_telephone_waits_for_nothing(person):
    change(person.account.actor, person, phone="13900001111", address="", agency=person.agency)
    assert len(accounts.issue_code(staff("clerk"), person)) == 8


def test_another_office_gives_no_code(person):
    with pytest.raises(NotFound):
        accounts.issue_code(staff("clerk", OTHER_PLATFORM), person)


def test_the_old_account_is_told_and_the_takeover_stands_in_the_record(person):
    old = person.account
    code = accounts.issue_code(staff("clerk"), person)
    told = Message.objects.unscoped().get(code="account.code_issued")
    assert (told.recipient, told.phone) == (old.username, person.phone)
    new = accounts.open_account(
        name=person.name, id_number=person.id_number, phone="13900002222", password=PASSWORD, code=code
    )
    bound = Entry.objects.of(person.file).get(action="account_bound")
    assert bound.payload == {"account": new.username, "former": old.username}
    told = Message.objects.unscoped().get(code="account.replaced")
    assert (told.recipient, told.phone) == (old.username, person.phone)


def test_who_has_no_account_yet_is_told_of_none_taken_over():
    case = a_case("accepted")
    accounts.issue_code(staff("clerk"), case.person)
    assert not Message.objects.unscoped().filter(code="account.code_issued").exists()
