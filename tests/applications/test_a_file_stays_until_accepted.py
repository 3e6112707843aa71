"""An application at another office moves nobody's file: not as a draft, not when handed in, but when it is accepted."""

from types import SimpleNamespace

import pytest

from jiuyuan.agencies.services import issue_token
from jiuyuan.applications import asking, services
from jiuyuan.desk.timeline import ACTS
from jiuyuan.history.models import Entry
from jiuyuan.notifications.models import Message
from jiuyuan.people import files
from jiuyuan.people.models import Person
from jiuyuan.refusals import GuardNotMet
from tests.api.program import Program
from tests.factories import (
    OTHER_PLATFORM,
    a_case,
    act,
    again,
    an_account,
    an_applicant,
    hand_in_materials,
    seen_by,
    staff,
)

pytestmark = pytest.mark.django_db

#: The telephone of whoever applies in somebody's name.
THEIRS = "13900009999"


@pytest.fixture
def known():
    """Somebody on file at one office, with an account of their own, and a clerk of another city."""
    applicant, account = an_applicant(), an_account()
    former = staff("clerk")
    a_case("withdrawn", applicant, clerk=former, by=account)
    return SimpleNamespace(applicant=applicant, account=account, former=former, other=staff("clerk", OTHER_PLATFORM))


def program(user):
    return Program(issue_token(user))


def the_file(known):
    return Person.objects.unscoped().select_related("agency").get(id_index=known.applicant.id_index)


def applied_elsewhere(known, by, **changes):
    said = known.applicant.form(platform=OTHER_PLATFORM, phone=THEIRS, address="吉林市龙潭区1号", facts={})
    case = services.create(by, **said | changes)
    hand_in_materials(by, case)
    return act(by, case, "submit")


@pytest.mark.parametrize("whose", ["clerk", "channel", "own"])
def test_a_case_that_is_not_accepted_leaves_the_file_where_it_is(known, whose):
    before = the_file(known)
    by = {"clerk": known.other, "channel": an_account("channel"), "own": known.account}[whose]
    case = applied_elsewhere(known, by)
    now = the_file(known)
    stays = ("agency_id", "area", "phone", "phone_index", "address", "version")
    assert {name: getattr(now, name) for name in stays} == {name: getattr(before, name) for name in stays}
    assert program(known.former).get(f"/people/{now.pk}").status_code == 200
    assert program(known.other).get(f"/people/{now.pk}?unmask=1").status_code == 404
    shown = program(known.other).get(f"/applications/{case.number}?unmask=1").json()
    assert (shown["phone"], shown["address"]) == (THEIRS, "吉林市龙潭区1号")


def test_acceptance_moves_the_file_in_one_act_and_tells_the_former_telephone(known):
    case = applied_elsewhere(known, known.other)
    act(known.other, case, "accept")
    now = the_file(known)
    assert (now.agency.code, now.area, now.phone) == (OTHER_PLATFORM, now.agency.path, THEIRS)
    assert again(case).carried is None
    moved = Entry.objects.of(now.file).get(action="file_moved")
    assert (moved.actor, moved.payload["to"]) == (known.other.username, OTHER_PLATFORM)
    assert "file_moved" in ACTS
    told = Message.objects.unscoped().get(code="person.file_moved")
    assert (told.recipient, told.phone) == (known.account.username, known.applicant.phone)
    assert "困难" not in told.title + told.body


def test_a_declined_case_leaves_no_trace_in_the_file(known):
    case = applied_elsewhere(known, known.other)
    act(known.other, case, "decline", ground="identity_not_proven")
    assert not Entry.objects.of(the_file(known).file).filter(actor=known.other.username, action="file_moved").exists()
    assert the_file(known).phone == known.applicant.phone


def test_contact_put_right_on_a_case_elsewhere_stays_with_the_case(known):
    case = applied_elsewhere(known, known.other)
    services.save(known.other, case.number, contact={"phone": "13900008888"})
    assert the_file(known).phone == known.applicant.phone
    act(known.other, case, "accept")
    assert (the_file(known).phone, the_file(known).address) == ("13900008888", "吉林市龙潭区1号")


def test_a_telephone_that_an_office_changes_is_said_to_the_former_one(known):
    case = services.create(known.former, **known.applicant.form(phone=THEIRS))
    told = Message.objects.unscoped().get(code="account.phone_changed")
    assert (told.recipient, told.phone) == (known.account.username, known.applicant.phone)
    services.save(known.former, case.number, contact={"phone": THEIRS})
    assert Message.objects.unscoped().filter(code="account.phone_changed").count() == 1


def on_file_with_findings(known):
    """What the former office found out, with its evidence and its officer."""
    files.record(
        known.former,
        the_file(known).pk,
        {"in_labour_relationship": False},
        source="shared_data",
        department="social_insurance",
        evidence="社保窗口查询",
    )
    files.write_household(known.former, the_file(known).pk, [{"name": "家里人", "relation": "配偶", "state": "失业"}])


def test_before_acceptance_a_case_shows_nothing_that_another_office_recorded(known):
    on_file_with_findings(known)
    case = applied_elsewhere(known, known.other, facts={"wants_work": False})
    shown = program(known.other).get(f"/applications/{case.number}?unmask=1")
    assert {fact["name"] for fact in shown.json()["facts"]} == {"wants_work"}
    assert shown.json()["household"] == []
    assert "社保窗口查询" not in shown.text
    assert known.former.name not in shown.text
    accepted = act(known.other, case, "accept")
    found = program(known.other).get(f"/applications/{accepted.number}").json()
    assert {"in_labour_relationship", "wants_work"} <= {fact["name"] for fact in found["facts"]}
    assert [member["name"] for member in found["household"]] == ["家里人"]


@pytest.mark.parametrize("whose", ["clerk", "channel", "own"])
def test_what_is_said_of_facts_and_family_stays_with_the_case_until_it_is_accepted(known, whose):
    on_file_with_findings(known)
    person = the_file(known)
    before = [person.facts.count(), Entry.objects.of(person.file).count() + len(("id_card", "hukou_book"))]
    by = {"clerk": known.other, "channel": an_account("channel"), "own": known.account}[whose]
    family = [{"name": "别人", "relation": "儿子", "state": "上学"}]
    case = applied_elsewhere(
        known, by, facts={"business_registered": False, "in_labour_relationship": True}, household=family
    )
    assert [person.facts.count(), Entry.objects.of(person.file).count()] == before
    assert [member.name for member in person.household.all()] == ["家里人"]
    seen = seen_by(known.other, case)
    assert [member.name for member in seen.household] == ["别人"]
    assert (seen.known["business_registered"].value, seen.known["in_labour_relationship"].value) == (False, True)
    assert seen_by(known.account, case).known["in_labour_relationship"].contradicted
    files.record(  # found out since: the person's own word gives way to it
        known.former, person.pk, {"business_registered": True}, source="site_visit", evidence="2026年3月2日入户，孙建国",
    )  # fmt: skip
    act(known.other, case, "accept")
    now = seen_by(known.other, case)
    assert [member.name for member in now.household] == ["别人"]
    assert now.known["business_registered"].value is True
    assert now.known["in_labour_relationship"].contradicted
    assert now.known["in_labour_relationship"].own.recorded_by == by
    assert again(case).carried is None


def test_before_acceptance_another_office_writes_no_findings_or_dispute_into_the_file(known):
    on_file_with_findings(known)
    case = applied_elsewhere(known, known.other)
    for write in (
        lambda: services.save(
            known.other, case.number, facts={"wants_work": True}, source="site_visit", evidence="入户"
        ),
        lambda: services.dispute_fact(known.other, case.number, "in_labour_relationship", "不对"),
        lambda: asking.ask_departments(known.other, case.number),
    ):
        with pytest.raises(GuardNotMet, match="受理以后"):
            write()


def test_a_channel_sees_of_a_person_only_what_it_wrote(known):
    on_file_with_findings(known)
    hall = an_account("channel")
    case = services.create(hall, **known.applicant.form(facts={"wants_work": False}, phone=THEIRS))
    shown = program(hall).get(f"/applications/{case.number}")
    assert {fact["recorded_by"] for fact in shown.json()["facts"]} == {hall.username}
    assert shown.json()["household"] == []
    assert "社保窗口查询" not in shown.text
    assert the_file(known).phone == known.applicant.phone
