"""The register of people: one row an ID number, every act on it in the record."""

import threading

import pytest
from django.db import connection

from jiuyuan.agencies.models import Agency
from jiuyuan.history.models import Entry
from jiuyuan.people import services
from jiuyuan.people.models import Person
from jiuyuan.people.reach import change
from jiuyuan.refusals import BadInput, Conflict
from tests.factories import a_photograph, an_account, an_applicant, staff


@pytest.fixture
def register(db):
    """`register(someone, phone="…")` enters somebody at the window of a platform."""
    clerk = staff("clerk")

    def registered(someone, platform="220102001", account=None, **changes):
        given = {"name": someone.name, "id_number": someone.id_number, "phone": someone.phone, "address": "民康路1号"}
        agency = Agency.objects.get(code=platform)
        return services.register(clerk.actor, **(given | changes), agency=agency, account=account)

    return registered


def test_person_is_on_file_with_what_the_number_says(register):
    someone = an_applicant(born="1975-10-01", sex="male", name="单雄信")
    person = register(someone)
    assert (str(person.birth_date), person.sex, person.name_pinyin) == ("1975-10-01", "male", "shan xiong xin")
    assert person.area == "22/2201/220102/220102001/"
    assert [entry.action for entry in Entry.objects.unscoped().filter(file=person.file)] == [
        "person_registered",
        "facts_recorded",
    ]


@pytest.mark.parametrize("name", ["𠮷田一", "龚䶮", "买买提·吐尔逊", "刘〇"])
def test_rare_name_comes_back_from_the_database_as_it_went_in(register, name):
    person = register(an_applicant(name=name))
    assert Person.objects.unscoped().get(pk=person.pk).name == name


def test_same_number_leads_to_the_same_file_however_it_is_typed(register):
    someone = an_applicant()
    person = register(someone)
    spaced = f" {someone.id_number[:6]} {someone.id_number[6:]} ".lower()
    assert register(someone, id_number=spaced) == person
    assert Person.objects.unscoped().count() == 1


def test_15_digits_of_an_old_card_lead_to_the_file_of_the_new_one(register):
    someone = an_applicant()
    person = register(someone)
    assert register(someone, id_number=someone.id_number[:6] + someone.id_number[8:17]) == person


def test_every_wrong_field_is_told_at_once(register):
    with pytest.raises(BadInput) as refused:
        register(an_applicant(), name="王@", id_number="123", phone="110")
    assert [field for field, _ in refused.value.errors] == ["name", "id_number", "phone"]
    assert not Person.objects.unscoped().exists()


def test_number_that_is_on_file_under_another_name_is_told_without_that_name(register):
    someone = an_applicant(name="王秀英")
    register(someone)
    with pytest.raises(BadInput) as refused:
        register(someone, name="李建国")
    [(field, message)] = refused.value.errors
    assert field == "name"
    assert "王秀英" not in message


def test_new_telephone_is_taken_over_and_recorded_without_the_number(register):
    someone = an_applicant()
    person = register(someone)
    change(staff("clerk").actor, person, phone="13999999999", address="", agency=person.agency)
    assert (person.phone, person.version) == ("13999999999", 2)
    entry = Entry.objects.unscoped().filter(file=person.file).last()
    assert entry.payload == {"fields": ["phone"]}


def test_nothing_new_leaves_no_trace(register):
    someone = an_applicant()
    person = register(someone)
    before = Entry.objects.unscoped().count()
    register(someone)
    person.refresh_from_db()
    assert (Entry.objects.unscoped().count(), person.version) == (before, 1)


def test_who_is_registered_again_elsewhere_stays_as_they_are_on_file(register):
    someone = an_applicant()
    before = register(someone)
    again = register(someone, platform="220204001", phone="13999999999")
    assert (again.phone, again.area, again.version) == (before.phone, before.area, before.version)


def test_somebody_who_moves_is_seen_by_the_new_platform_and_no_longer_by_the_old(register):
    someone = an_applicant()
    person = register(someone)
    there = Agency.objects.get(code="220204001")
    change(staff("clerk", "220204001").actor, person, phone=someone.phone, address="", agency=there)
    assert list(Person.objects.visible_to(staff("clerk", "220204001"))) == [person]
    assert list(Person.objects.visible_to(staff("clerk", "220102001"))) == []


def test_file_of_one_account_is_not_given_to_another(register):
    someone = an_applicant()
    register(someone, account=an_account())
    with pytest.raises(Conflict):
        register(someone, account=an_account())


def test_address_longer_than_its_column_is_refused_by_name(register):
    with pytest.raises(BadInput) as refused:
        register(an_applicant(), address="长" * 201)
    assert refused.value.errors[0][0] == "address"


def test_photograph_is_kept_with_what_it_really_is(register):
    person = register(an_applicant())
    document = services.add_document(staff("clerk").actor, person, "id_card", a_photograph(), "身份证.png")
    assert (document.content_type, document.pages, document.file_name) == ("image/jpeg", 1, "身份证.png")
    assert Entry.objects.unscoped().filter(file=person.file).last().payload["kind"] == "id_card"


def test_file_that_cannot_be_used_leaves_nothing_behind(register, settings):
    person = register(an_applicant())
    with pytest.raises(BadInput):
        services.add_document(staff("clerk").actor, person, "id_card", b"MZ", "身份证.jpg")
    assert not person.documents.exists()


def test_household_is_written_down_once_and_replaced_whole(register):
    person, clerk = register(an_applicant()), staff("clerk")
    child = an_applicant(born="2010-06-01").id_number
    services.set_household(clerk.actor, person, [{"name": "张小明", "id_number": child, "relation": "子"}])
    before = Entry.objects.unscoped().count()
    services.set_household(clerk.actor, person, [{"name": "张小明", "id_number": child, "relation": "子"}])
    assert Entry.objects.unscoped().count() == before
    services.set_household(clerk.actor, person, [{"name": "李四", "relation": "夫"}])
    assert [(member.name, member.relation) for member in person.household.all()] == [("李四", "夫")]


def test_wrong_number_of_a_member_of_the_household_names_the_row(register):
    person, clerk = register(an_applicant()), staff("clerk")
    members = [{"name": "李四", "relation": "夫"}, {"name": "张小明", "id_number": "123", "relation": "子"}]
    with pytest.raises(BadInput) as refused:
        services.set_household(clerk.actor, person, members)
    [(field, message)] = refused.value.errors
    assert field == "household-2-id_number"
    assert message.startswith("第2位家庭成员")


@pytest.mark.parametrize(("name", "told"), [("", "请填写姓名"), ("张😀", "😀")])
def test_wrong_name_of_a_member_of_the_household_names_the_row(register, name, told):
    person, clerk = register(an_applicant()), staff("clerk")
    with pytest.raises(BadInput) as refused:
        services.set_household(clerk.actor, person, [{"name": name, "relation": "子"}])
    [(field, message)] = refused.value.errors
    assert field == "household-1-name"
    assert told in message


@pytest.mark.django_db(transaction=True)
def test_two_windows_that_enter_the_same_person_at_once_make_one_file():
    someone, clerks = an_applicant(), [staff("clerk"), staff("clerk")]
    agency = Agency.objects.get(code="220102001")
    start, outcomes = threading.Barrier(2), []

    def enter(clerk):
        try:
            start.wait(10)
            outcomes.append(
                services.register(
                    clerk.actor,
                    name=someone.name,
                    id_number=someone.id_number,
                    phone=someone.phone,
                    address="",
                    agency=agency,
                ).pk
            )
        except Conflict:
            outcomes.append("told")
        finally:
            connection.close()

    windows = [threading.Thread(target=enter, args=[clerk]) for clerk in clerks]
    for window in windows:
        window.start()
    for window in windows:
        window.join(30)
    assert len(outcomes) == 2
    assert Person.objects.unscoped().count() == 1
    assert len({outcome for outcome in outcomes if outcome != "told"}) == 1
