"""Name, ID number, telephone and address are put right on the person's request, with the card in hand at the window."""

import pytest

from jiuyuan.history.models import Entry
from jiuyuan.people import queries
from jiuyuan.people.facts import standing
from jiuyuan.people.models import Person
from jiuyuan.refusals import BadInput
from tests.factories import a_case, an_account, an_applicant, an_id_number, answer_correction, ask_to_correct, staff

pytestmark = pytest.mark.django_db


def put_right(clerk, person, what, value):
    asked = ask_to_correct(clerk, person.pk, what=what, wanted=value, reason="户口簿上改过")
    answer_correction(clerk, asked.pk, granted="true", answer="对照证件", value=value, source="document")
    return Person.objects.unscoped().get(pk=person.pk)


@pytest.mark.parametrize(("what", "value"), [("name", "欧阳静"), ("phone", "13911113333"), ("address", "人民大街8号")])
def test_what_somebody_is_known_and_reached_by_is_changed_found_and_recorded(what, value):
    clerk, person = staff("clerk"), a_case("submitted").person
    now = put_right(clerk, person, what, value)
    assert getattr(now, what) == value
    if what != "address":
        assert list(queries.listed(clerk, value)) == [now]
    act = Entry.objects.unscoped().filter(file=person.file, action="identity_corrected").get()
    assert act.actor == clerk.username
    assert value not in str(act.payload)


def test_with_the_number_birth_and_sex_follow(today):
    clerk, person = staff("clerk"), a_case("submitted").person
    number = an_id_number("1979-05-06", "male", 77)
    now = put_right(clerk, person, "id_number", number)
    assert (now.id_number, str(now.birth_date), now.sex) == (number, "1979-05-06", "male")
    known = standing(now.facts.all())
    assert (known["birth_date"].value, known["sex"].value) == ("1979-05-06", "male")
    assert not known["birth_date"].contradicted


def test_a_number_of_another_file_and_one_that_is_none_are_refused():
    clerk, person, other = staff("clerk"), a_case("submitted").person, a_case("submitted").person
    for wrong in (other.id_number, "220102198001010000"):
        with pytest.raises(BadInput):
            put_right(clerk, person, "id_number", wrong)
    assert Person.objects.unscoped().get(pk=person.pk).id_number == person.id_number


def test_applicants_ask_for_that_at_the_window():
    account = an_account()
    person = a_case("submitted", an_applicant(), by=account).person
    with pytest.raises(BadInput, match="有内容需要填写或改正"):
        ask_to_correct(account, person.pk, what="name", wanted="李四", reason="写错")
