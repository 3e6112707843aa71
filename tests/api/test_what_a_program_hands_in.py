"""What a program hands in is signed with it, or waits for a signature before it is accepted; at the window there is a pen.

It names an agent, and settles nothing in the person's own words.
"""

import pytest

from jiuyuan.applications import services
from jiuyuan.applications.models import Application
from tests.api.program import fields
from tests.factories import (
    a_case,
    a_clear_photograph,
    a_photograph,
    again,
    an_account,
    an_applicant,
    an_id_number,
    hand_in_materials,
    seen_by,
    staff,
    verify_facts,
)
from tests.portal.walking import a_file

pytestmark = pytest.mark.django_db


@pytest.fixture
def handed_in(api):
    """`handed_in(**said)`: a channel's case, handed in with that; the answer and the case."""
    hall = an_account("channel")

    def hand_in(**said):
        case = services.create(hall, **an_applicant(name="王秀兰", facts={"wants_work": True}).form(channel="hall"))
        hand_in_materials(hall, case)
        return api(hall).post(f"/applications/{case.number}/submit", {"version": again(case).version, **said}), case

    return hand_in


def test_a_case_without_a_signature_is_handed_in_and_not_accepted_until_the_signed_commitment_is_there(api, handed_in):
    clerk = api(staff("clerk"))
    answer, case = handed_in()
    path = f"/applications/{case.number}"
    assert (answer.json()["status"], again(case).signed) == ("submitted", {})
    shown = clerk.get(path).json()
    assert "没有本人签名的承诺" in shown["blocked"]["accept"]
    assert [paper["any_of"] for paper in shown["missing_materials"]] == [["signed_form"]]
    refused = clerk.post(f"{path}/accept", {"version": shown["version"]})
    assert (refused.status_code, refused.json()["code"]) == (422, "unsigned")
    assert api(case.channel_account).upload(f"{path}/materials", "signed_form").status_code == 201
    accepted = clerk.post(f"{path}/accept", {"version": again(case).version})
    assert accepted.json()["status"] == "accepted"


def test_the_person_finds_on_their_page_what_is_held_for_and_hands_it_in(api, log_in):
    account = an_account()
    case = a_case("draft", by=account)
    hand_in_materials(account, case)
    api(account).post(f"/applications/{case.number}/submit", {"version": again(case).version})
    page = log_in(account)
    where = f"/mine/{case.number}/materials/signed_form/"
    assert where in page.get(f"/mine/{case.number}/receipt/").content.decode()
    assert page.post(where, {"kind": "signed_form", "file": a_file(a_clear_photograph())}).status_code == 302
    assert not seen_by(account, case).missing_materials


def test_a_signature_and_consent_are_kept_word_for_word_as_the_page_keeps_them(api, handed_in):
    answer, case = handed_in(signature="王 秀兰", consent=True)
    assert answer.json()["status"] == "submitted"
    signed = again(case).signed
    assert signed["name"] == "王 秀兰"
    assert "王秀兰" in signed["text"][0]
    assert "部门信息共享" in signed["text"][-1]
    promised = {fact["name"]: fact["source"] for fact in answer.json()["facts"] if not fact["superseded"]}
    assert promised["wants_work"] == "commitment"
    assert (
        api(staff("clerk")).post(f"/applications/{case.number}/accept", {"version": again(case).version}).status_code
        == 200
    )


def test_a_program_names_who_fills_it_in_and_their_authorisation_is_asked_for(api):
    hall = api(an_account("channel"))
    agent = {
        "name": "王小军",
        "relation": "儿子",
        "id_number": an_id_number("1990-01-02", "male"),
        "phone": "13900001234",
    }
    form = an_applicant().form(channel="hall")
    wrong = hall.post("/applications", form | {"agent": agent | {"id_number": "1"}})
    assert (wrong.status_code, fields(wrong)) == (422, ["agent-id_number"])
    for relation in ("朋" * 5000, "<script>", "社区\u202e工作人员", ""):
        wrong = hall.post("/applications", form | {"agent": agent | {"relation": relation}})
        assert (wrong.status_code, fields(wrong)) == (422, ["agent-relation"]), relation[:10]
    made = hall.post("/applications", form | {"agent": agent}).json()
    assert ["authorisation"] in [paper["any_of"] for paper in made["missing_materials"]]
    masked = {"id_number": made["agent"]["id_number"], "phone": made["agent"]["phone"]}
    assert made["agent"] == agent | masked
    assert "*" in masked["id_number"] and "*" in masked["phone"]
    assert made["signed"] is None
    case = Application.objects.unscoped().get(number=made["number"])
    hand_in_materials(case.channel_account, case)
    services.add_material(case.channel_account, case.number, "authorisation", a_photograph(), "委托书.jpg")
    said = {"version": again(case).version, "signature": "王小军", "consent": True}
    signed = hall.post(f"/applications/{case.number}/submit", said).json()["signed"]
    assert (signed["name"], signed["agent"], signed["relation"]) == ("王小军", True, "儿子")


def test_nobody_settles_in_their_own_words_what_an_office_recorded_of_them(api):
    account, clerk = an_account(), staff("clerk")
    case = a_case("draft", an_applicant(facts={"wants_work": True}), by=account)
    verify_facts(clerk, case, business_registered=True)
    said = {"facts": {"business_registered": False}, "source": "declared", "settlement": "不是我的"}
    refused = api(account).post(f"/applications/{case.number}/facts", {"version": again(case).version, **said})
    assert (refused.status_code, refused.json()["code"]) == (403, "role")
    assert [fact.value for fact in seen_by(clerk, case).known["business_registered"].current] == [True]


def test_another_name_no_consent_or_half_of_it_is_no_signature(handed_in):
    for said, wrong in (
        ({"signature": "王桂兰", "consent": True}, "signature"),
        ({"signature": "王秀兰", "consent": False}, "consent"),
        ({"signature": "王秀兰"}, "consent"),
        ({"consent": True}, "signature"),
    ):
        answer, case = handed_in(**said)
        assert (answer.status_code, fields(answer), again(case).status) == (422, [wrong], "draft")
