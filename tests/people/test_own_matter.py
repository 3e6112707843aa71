"""Who acts (contract of the procedure): nobody in their own matter, and two accounts are two people by ID number too."""

import pytest

from jiuyuan.agencies.models import Relative
from jiuyuan.procedures.own_matter import refuse
from jiuyuan.refusals import HolderUnknown, OwnMatter, SameEyes
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def person():
    return factories.a_case("draft").person


def test_staff_act_on_other_people(person):
    assert refuse(factories.staff(), person) is None


def test_staff_with_the_same_id_number_act_in_their_own_matter(person):
    clerk = factories.staff(id_index=person.id_index)
    with pytest.raises(OwnMatter):
        refuse(clerk, person)


def test_a_declared_relative_is_ones_own_matter(person):
    clerk = factories.staff()
    Relative.objects.create(user=clerk, name=person.name, relation="母亲", id_index=person.id_index)
    with pytest.raises(OwnMatter) as refused:
        refuse(clerk, person)
    assert refused.value.code == "own_matter"


def test_any_one_of_several_people_makes_it_ones_own_matter(person):
    other = factories.a_case("draft").person
    with pytest.raises(OwnMatter):
        refuse(factories.staff(id_index=person.id_index), other, None, person)


def test_two_accounts_with_one_id_number_are_one_person(person):
    first = factories.staff("reviewer")
    second = factories.staff("reviewer", id_index=first.id_index)
    with pytest.raises(SameEyes):
        refuse(second, person, acted_before=[first])
    refuse(factories.staff("reviewer"), person, acted_before=[first, None])


def test_an_account_whose_holder_is_unknown_may_not_act(person):
    with pytest.raises(HolderUnknown):
        refuse(factories.staff(id_index=""), person)


def test_an_applicant_acts_in_their_own_matter_as_of_right(person):
    assert refuse(factories.an_account(id_index=person.id_index), person) is None
