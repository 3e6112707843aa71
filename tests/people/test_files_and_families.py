"""One file a person: merged, split, corrected and families certified, by the people who may and never by one alone."""

from typing import Any

import pytest

from jiuyuan import clock
from jiuyuan.applications.models import Application
from jiuyuan.history.models import Entry
from jiuyuan.notifications.models import Message
from jiuyuan.people import facts as standing_facts
from jiuyuan.people import families, merging, services
from jiuyuan.people.models import Fact, KnownFacts, Person
from jiuyuan.refusals import BadInput, Conflict, GuardNotMet, NotForRole, NotFound, SameEyes, WrongState
from tests.factories import (
    OTHER_PLATFORM,
    a_case,
    a_photograph,
    act,
    an_applicant,
    an_id_number,
    answer_correction,
    ask_to_correct,
    by_who_knows,
    certify_family,
    confirm_change,
    request_merge,
    request_split,
    staff,
    undo_change,
)

pytestmark = pytest.mark.django_db


def a_person(**of_whom: Any) -> Person:
    return a_case("draft", applicant=an_applicant(**of_whom)).person


def known(person: Person) -> dict[str, Any]:
    return standing_facts.values(standing_facts.standing(Fact.objects.unscoped().filter(person=person)))


def everything(person: Person) -> dict[str, list[int]]:
    return {
        merging.label(relation): sorted(merging.rows_of(relation, person).values_list("pk", flat=True))
        for relation in merging.movable()
    }


def closed(person: Person) -> Person:
    act(staff("clerk"), Application.objects.unscoped().get(person=person), "withdraw", reason="本人签字请求撤回。")
    return person


def test_a_merge_takes_two_people_and_undoing_it_restores_every_row() -> None:
    kept, other = a_person(born="1970-05-06"), closed(a_person(born="1970-05-16"))
    before = everything(kept), everything(other), known(kept), known(other)
    clerk = staff("clerk")
    reason = "身份证号码日期输错一位，本人持证核对。"
    with pytest.raises(GuardNotMet, match="出生日期") as refused:
        request_merge(clerk, kept.pk, other.pk, reason)
    assert refused.value.code == "files_differ"
    change = request_merge(clerk, kept.pk, other.pk, reason, difference_seen=True)
    assert (everything(kept), everything(other)) == before[:2], "asking moves nothing"
    with pytest.raises(GuardNotMet, match="另一人确认"):
        confirm_change(clerk, change.pk)
    with pytest.raises(SameEyes):
        confirm_change(staff("clerk", id_index=clerk.id_index), change.pk)
    with pytest.raises(GuardNotMet, match="出生日期"):
        confirm_change(staff("reviewer"), change.pk)
    confirm_change(staff("reviewer"), change.pk, difference_seen=True)
    assert not any(everything(other).values())
    assert known(kept)["birth_date"] == "1970-05-06", "birth date is that of the number that is kept"
    undo_change(staff("reviewer"), change.pk, "经核实确为两个人。")
    assert (everything(kept), everything(other), known(kept), known(other)) == before
    acts = Entry.objects.unscoped().filter(file=kept.file).values_list("action", flat=True)
    assert [a for a in acts if a.startswith("merge")] == ["merge_requested", "merge_confirmed", "merge_undone"]


def test_two_open_cases_are_not_merged_and_nothing_moves() -> None:
    kept, other = a_person(), a_person()
    before = everything(kept), everything(other)
    change = request_merge(staff("clerk"), kept.pk, other.pk, "疑为同一人。")
    with pytest.raises(GuardNotMet, match="正在办理"):
        confirm_change(staff("reviewer"), change.pk)
    assert (everything(kept), everything(other)) == before


def test_somebody_typed_wrongly_once_is_found_under_the_right_file_ever_after() -> None:
    clerk, wrong = staff("clerk"), an_applicant(born="1970-05-16")
    other = closed(a_case("draft", applicant=wrong).person)
    kept = a_person(born="1970-05-06", name=wrong.name)
    change = request_merge(clerk, kept.pk, other.pk, "同一人。", difference_seen=True)
    confirm_change(staff("reviewer"), change.pk, difference_seen=True)
    found = services.register(
        clerk.actor, name=wrong.name, id_number=wrong.id_number, phone="13900000000", address="", agency=kept.agency
    )
    assert found.pk == kept.pk


def test_a_split_gives_the_rows_of_another_person_a_file_of_their_own() -> None:
    mixed = a_person()
    document = services.add_document(staff("clerk").actor, mixed, "other", a_photograph(), "别人的.jpg")
    change = request_split(
        staff("clerk"),
        mixed.pk,
        name="李另人",
        id_number=an_id_number("1966-01-02", "male", 7),
        phone="13900000001",
        items={"people.document": [document.pk]},
        reason="材料是同名另一人的。",
    )
    confirm_change(staff("reviewer"), change.pk)
    document.refresh_from_db()
    assert document.person.name == "李另人"
    undo_change(staff("reviewer"), change.pk, "弄错了。")
    document.refresh_from_db()
    assert document.person_id == mixed.pk


def test_a_split_takes_only_what_is_in_the_file() -> None:
    mixed, stranger = a_person(), a_person()
    theirs = Fact.objects.unscoped().filter(person=stranger).first()
    assert theirs is not None
    with pytest.raises(BadInput) as refused:
        request_split(
            staff("clerk"),
            mixed.pk,
            name="李另人",
            id_number=an_id_number("1966-01-02", "male", 8),
            phone="13900000001",
            items={"people.fact": [theirs.pk]},
            reason="弄混了。",
        )
    assert refused.value.errors[0][0] == "items"


def test_files_are_merged_in_ones_own_area_by_those_who_keep_them() -> None:
    kept, other = a_person(), a_person()
    with pytest.raises(NotFound):
        request_merge(staff("clerk", at=OTHER_PLATFORM), kept.pk, other.pk, "同一人。")
    with pytest.raises(NotForRole):
        request_merge(staff("supervisor"), kept.pk, other.pk, "同一人。")
    request_merge(staff("clerk"), kept.pk, other.pk, "同一人。")
    with pytest.raises(Conflict):
        request_merge(staff("clerk"), kept.pk, other.pk, "同一人。")


def test_a_correction_is_asked_decided_in_words_and_told() -> None:
    person = a_person()
    request = ask_to_correct(staff("clerk"), person.pk, what="monthly_income", wanted="0元", reason="已停发生活费。")
    assert request.due_on > request.asked_on
    with pytest.raises(BadInput) as refused:
        answer_correction(staff("clerk"), request.pk, granted=True, answer="")
    assert [field for field, _ in refused.value.errors] == ["answer", "value"]
    answer_correction(staff("clerk"), request.pk, granted=True, answer="已核对工资流水。", value=0)
    assert known(person)["monthly_income"] == 0
    assert "已更正" in Message.objects.unscoped().latest("pk").body
    with pytest.raises(WrongState):
        answer_correction(staff("clerk"), request.pk, granted=False, answer="再答一次。")


def test_a_correction_that_is_refused_changes_nothing_and_says_why() -> None:
    person = a_person()
    before = known(person)
    request = ask_to_correct(staff("clerk"), person.pk, what="hukou_kind", wanted="农村", reason="记得是农村。")
    answer_correction(staff("reviewer"), request.pk, granted=False, answer="户口簿首页为城镇。")
    assert known(person) == before
    assert "户口簿首页为城镇" in Message.objects.unscoped().latest("pk").body


def test_what_the_number_says_cannot_be_corrected_by_request() -> None:
    with pytest.raises(BadInput) as refused:
        ask_to_correct(staff("clerk"), a_person().pk, what="birth_date", wanted="1980-01-01", reason="记错了。")
    assert refused.value.errors[0][0] == "what"


def a_family(**spouse: Any) -> tuple[Person, Person]:
    """A couple, both on file, each in the other's household."""
    person, other = a_person(born="1980-02-03"), a_person(born="1979-04-05", sex="male")
    clerk = staff("clerk")
    for where, said in by_who_knows(spouse).items():
        services.record_facts(clerk.actor, other, said, evidence="比对", **dict(where))
    member = {"name": other.name, "id_number": other.id_number, "relation": "配偶", "state": "失业"}
    services.set_household(clerk.actor, person, [member])
    return person, other


def test_a_family_of_whom_everybody_is_registered_as_unemployed_is_certified_by_the_county() -> None:
    person, spouse = a_family()
    assert families.family_of(person).without_work is True
    with pytest.raises(NotForRole):
        certify_family(staff("clerk"), person.pk, ground="入户核实。")
    certification = certify_family(staff("reviewer"), person.pk, ground="入户核实。")
    assert (certification.due_on - certification.certified_on).days == 20
    for member in (person, spouse):
        assert KnownFacts.objects.unscoped().get(person=member).zero_employment_family is True
    with pytest.raises(Conflict):
        certify_family(staff("reviewer"), person.pk, ground="再来一次。")


def test_a_family_with_one_member_in_work_or_business_or_unknown_is_not_certified() -> None:
    for facts in ({"in_labour_relationship": True}, {"business_registered": True}, {"registered_unemployed": False}):
        person, _ = a_family(**facts)
        assert families.family_of(person).without_work is False
    person = a_person()
    services.set_household(staff("clerk").actor, person, [{"name": "王未知", "relation": "配偶"}])
    assert families.family_of(person).without_work is None
    with pytest.raises(GuardNotMet, match="王未知"):
        certify_family(staff("reviewer"), person.pk, ground="入户核实。")


def test_children_and_the_retired_do_not_count() -> None:
    person = a_person()
    members = [
        {"name": "小明", "id_number": an_id_number("2015-06-01", "male", 3), "relation": "子"},
        {"name": "老王", "id_number": an_id_number("1940-06-01", "male", 3), "relation": "父"},
    ]
    services.set_household(staff("clerk").actor, person, members)
    assert families.family_of(person).without_work is True


def test_the_night_clears_a_family_when_one_member_works() -> None:
    person, spouse = a_family()
    certification = certify_family(staff("reviewer"), person.pk, ground="入户核实。")
    assert families.clear_where_somebody_works(clock.today()) == 0
    services.record_facts(
        staff("clerk").actor, spouse, {"in_labour_relationship": True}, source="shared_data", evidence="劳动合同备案",
        department="social_insurance",
    )  # fmt: skip
    services.record_facts(
        staff("clerk").actor,
        spouse,
        {"in_labour_relationship": True},
        source="site_visit",
        evidence="走访单位",
        settlement="以走访为准",
    )
    assert families.clear_where_somebody_works(clock.today()) == 1
    certification.refresh_from_db()
    assert spouse.name in certification.cleared_because
    assert KnownFacts.objects.unscoped().get(person=person).zero_employment_family is False
