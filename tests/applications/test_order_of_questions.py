"""In which order an act is refused: login, there at all, role, state, whose matter and whose eyes, version, field, guard."""

import pytest

from jiuyuan.agencies.models import Relative
from jiuyuan.agencies.services import issue_token
from jiuyuan.applications import services
from jiuyuan.applications.workflow import report_batch
from jiuyuan.refusals import HolderUnknown, OwnMatter, SameEyes
from tests.api.program import Program
from tests.factories import (
    OTHER_PLATFORM,
    a_case,
    a_photograph,
    act,
    again,
    an_applicant,
    staff,
)

pytestmark = pytest.mark.django_db


def answered(who, case, action, **body):
    program = Program(issue_token(who) if who else "")
    answer = program.post(f"/applications/{case.number}/{action}", body)
    return answer.status_code, answer.json().get("code")


def test_everything_wrong_at_once_is_said_in_the_order_of_the_contract():
    applicant = an_applicant()
    case = a_case("submitted", applicant)
    own = staff("clerk", id_index=applicant.id_index)
    assert answered(None, case, "first_review_pass") == (401, "login")
    assert answered(staff("clerk", at=OTHER_PLATFORM), case, "first_review_pass") == (404, "not_found")
    assert answered(staff("reviewer"), case, "first_review_pass") == (403, "role")
    assert answered(own, case, "first_review_pass") == (409, "state")
    assert answered(own, case, "decline", version=99) == (422, "own_matter")
    assert answered(staff("clerk", id_index=""), case, "decline", version=99) == (422, "holder_unknown")
    clerk = staff("clerk")
    assert answered(clerk, case, "decline", version=99) == (409, "version")
    for no_version in ({}, {"version": None}, {"version": "1"}, {"version": True}, {"version": 1.0}):
        assert answered(clerk, case, "decline", **no_version) == (422, "field")
    assert answered(clerk, case, "decline", version=case.version) == (422, "field")
    said = {"ground": "clause", "clauses": ["jilin_hukou"], "reason": "x"}
    assert answered(clerk, case, "decline", version=case.version, **said) == (422, "rules_say_otherwise")


def test_the_same_eyes_come_before_the_version_and_the_fields():
    case = a_case("reported", clerk=staff("clerk", id_index="one person"))
    assert answered(staff("reviewer", id_index="one person"), case, "recognise", version=99) == (422, "same_eyes")
    assert answered(staff("reviewer"), case, "recognise", version=99) == (409, "version")


def test_two_voices_on_a_special_case_are_two_people_by_id_number_too():
    case = a_case("accepted")
    act(staff("clerk"), case, "raise_special_case")
    act(staff("reviewer", id_index="one person"), case, "settle_special_case")
    with pytest.raises(SameEyes):
        act(staff("reviewer", id_index="one person"), case, "settle_special_case")


@pytest.mark.parametrize("tie", ["the same person", "a relative", "unknown"])
def test_nothing_on_a_case_is_done_in_ones_own_matter_or_by_nobody_knows_whom(tie):
    applicant = an_applicant()
    case = a_case("accepted", applicant)
    clerk = staff("clerk", id_index={"the same person": applicant.id_index, "unknown": ""}.get(tie, "somebody"))
    if tie == "a relative":
        Relative.objects.create(user=clerk, name=applicant.name, relation="母亲", id_index=applicant.id_index)
    refusal = HolderUnknown if tie == "unknown" else OwnMatter
    number, material = case.number, case.materials.first().pk
    acts = (
        lambda: services.save(clerk, number, facts={"wants_work": True}, source="site_visit", evidence="入户"),
        lambda: services.dispute_fact(clerk, number, "wants_work", "不对"),
        lambda: services.save(clerk, number, details={"skills": "缝纫"}),
        lambda: services.add_material(clerk, number, "other", a_photograph(), "x.jpg"),
        lambda: services.remove_material(clerk, number, material),
        lambda: act(clerk, case, "raise_special_case"),
        lambda: act(clerk, case, "withdraw", request=material),
    )
    for done in acts:
        with pytest.raises(refusal):
            done()
    assert again(case).version == case.version


def test_nobody_begins_their_own_application_at_the_window_or_puts_it_into_a_batch():
    applicant = an_applicant()
    with pytest.raises(OwnMatter):
        services.create(staff("clerk", id_index=applicant.id_index), **applicant.form())
    case = a_case("endorsed", applicant)
    other = a_case("endorsed")
    with pytest.raises(OwnMatter):
        report_batch(staff("clerk", id_index=applicant.id_index), [other.number, case.number])
    assert again(other).status == "endorsed"


def test_who_declared_relatives_may_act_for_everybody_else():
    case = a_case("submitted")
    clerk = staff("clerk")
    Relative.objects.create(user=clerk, name="别人", relation="母亲", id_index="somebody else")
    assert act(clerk, case, "accept").status == "accepted"
