"""Masks, looks, roles and areas, as a program meets them."""

import pytest

from jiuyuan import clock
from jiuyuan.history.models import Look
from jiuyuan.regions.region import Region
from tests.api.program import fields
from tests.factories import (
    OTHER_COUNTY,
    OTHER_PLATFORM,
    a_case,
    act,
    an_account,
    an_applicant,
    staff,
    verify_facts,
)
from tests.recognitions.register import bear

pytestmark = pytest.mark.django_db


def test_numbers_are_masked_unless_somebody_whose_work_needs_them_asks(api):
    clerk, applicant = staff("clerk"), an_applicant()
    case = a_case("accepted", applicant, clerk=clerk)
    path = f"/applications/{case.number}"
    masked = api(clerk).get(path)
    assert applicant.id_number not in masked.content.decode()
    assert applicant.phone not in masked.content.decode()
    whole = api(clerk).get(path, unmask=1).json()
    assert whole["id_number"] == applicant.id_number
    assert whole["phone"] == applicant.phone
    for role in ("supervisor", "province"):
        refused = api(staff(role)).get(path, unmask=1)
        assert refused.status_code == 403
        assert applicant.id_number not in refused.content.decode()
    person = api(clerk).get(f"/people/{case.person_id}", unmask=1).json()
    assert person["id_number"] == applicant.id_number
    assert api(staff("supervisor")).get(f"/people/{case.person_id}", unmask=1).status_code == 403


def test_every_look_is_recorded_and_says_whether_numbers_were_whole(api):
    clerk = staff("clerk")
    case = a_case("accepted", clerk=clerk)
    program = api(clerk)
    for path, what, unmasked in (
        (f"/applications/{case.number}", "申请（接口）", False),
        (f"/applications/{case.number}?unmask=1", "申请（接口）", True),
        (f"/people/{case.person_id}?unmask=1", "人员档案（接口）", True),
        ("/applications", "申请列表（接口）", False),
        ("/people", "人员名单（接口）", False),
        ("/recognitions", "认定名册（接口）", False),
    ):
        assert program.get(path).status_code == 200
        look = Look.objects.unscoped().order_by("-pk").first()
        assert (look.actor, look.what, look.unmasked) == (clerk.username, what, unmasked)
    files = set(Look.objects.unscoped().values_list("file", flat=True))
    assert {case.file, f"person:{case.person_id}"} <= files


def test_a_look_that_was_refused_is_not_a_look(api):
    case = a_case("accepted")
    api(staff("clerk", at=OTHER_PLATFORM)).get(f"/applications/{case.number}")
    api(staff("supervisor")).get(f"/applications/{case.number}", unmask=1)
    assert not Look.objects.unscoped().exists()


@pytest.mark.parametrize(
    ("role", "at", "answer"),
    [
        ("clerk", None, 200),
        ("reviewer", None, 200),
        ("supervisor", None, 200),
        ("province", None, 200),
        ("auditor", None, 404),
        ("clerk", OTHER_PLATFORM, 404),
        ("clerk", "220102002", 404),
        ("reviewer", OTHER_COUNTY, 404),
        ("supervisor", "2202", 404),
        ("supervisor", "MHK", 404),
    ],
)
def test_a_case_is_there_for_its_own_subtree_alone(api, role, at, answer):
    case = a_case("submitted")
    assert api(staff(role, at=at)).get(f"/applications/{case.number}").status_code == answer


def test_meihekou_stands_under_the_province_and_not_under_tonghua(api):
    case = a_case("submitted", an_applicant(platform="220581001"), clerk=staff("clerk", at="220581001"))
    path = f"/applications/{case.number}"
    assert api(staff("supervisor", at="MHK")).get(path).status_code == 200
    assert api(staff("supervisor", at="2205")).get(path).status_code == 404


@pytest.mark.parametrize("role", ["reviewer", "supervisor", "province"])
def test_a_visible_case_is_403_for_a_role_that_may_not_act(api, role):
    case = a_case("submitted")
    user = api(staff(role))
    assert user.post(f"/applications/{case.number}/accept", {"version": case.version}).status_code == 403
    assert user.post("/applications", an_applicant().form()).status_code == 403


@pytest.mark.parametrize("role", ["supervisor", "province"])
def test_who_only_reads_cannot_record_facts_or_hand_in_documents(api, role):
    case = a_case("accepted")
    user = api(staff(role))
    body = {"version": case.version, "facts": {"wants_work": True}, "source": "site_visit", "evidence": "入户"}
    assert user.post(f"/applications/{case.number}/facts", body).status_code == 403
    assert user.upload(f"/applications/{case.number}/materials").status_code == 403
    assert user.post("/batches", {"numbers": [case.number]}).status_code == 403


def test_an_applicant_declares_and_promises_but_verifies_nothing(api):
    account = an_account()
    case = a_case("draft", by=account)
    body = {"version": case.version, "facts": {"wants_work": True}, "source": "shared_data", "evidence": "查过"}
    assert api(account).post(f"/applications/{case.number}/facts", body).status_code == 403
    promised = body | {"source": "commitment", "evidence": "书面承诺，本人签名"}
    shown = api(account).post(f"/applications/{case.number}/facts", promised)
    assert shown.status_code == 200
    assert [f["source"] for f in shown.json()["facts"] if f["name"] == "wants_work"] == ["declared", "commitment"]


def test_an_applicant_cannot_change_the_form_once_it_is_handed_in(api):
    account = an_account()
    case = a_case("submitted", by=account)
    refused = api(account).post(
        f"/applications/{case.number}/facts",
        {"version": case.version, "facts": {"wants_work": False}, "source": "declared"},
    )
    assert refused.status_code == 409
    assert refused.json()["actions"] == ["withdraw"]


def test_whoever_knows_a_number_does_not_get_the_file_behind_it(api):
    known = an_applicant()
    a_case("recognised", known)
    stranger = an_account()
    refused = api(stranger).post("/applications", known.form())
    assert refused.status_code == 409
    assert "窗口" in refused.json()["title"]
    assert api(stranger).get("/recognitions").json()["items"] == []


def test_who_objected_is_shown_to_staff_and_never_to_the_applicant(api):
    account, neighbour = an_account(), an_account(name="邻居老赵")
    case = a_case("publishing", by=account)
    objected = api(neighbour).post(
        f"/applications/{case.number}/object", {"ground": "他在开店", "name": "老赵", "contact": "13912345678"}
    )
    assert objected.status_code == 200
    assert "id" not in objected.json()
    assert objected.json()["notice"]["posted_on"]
    seen = api(account).get(f"/applications/{case.number}")
    assert seen.json()["objections"] is None
    for trace in ("老赵", "他在开店", "13912345678", neighbour.username):
        assert trace not in seen.content.decode()
    assert seen.json()["history"][-1]["actor"] == "public"
    [objection] = api(staff("clerk")).get(f"/applications/{case.number}").json()["objections"]
    assert (objection["ground"], objection["name"], objection["contact"]) == ("他在开店", "老赵", "13912345678")


def test_the_auditor_sees_no_cases_and_no_people(api):
    a_case("submitted")
    auditor = api(staff("auditor"))
    for path in ("/applications", "/people", "/recognitions"):
        assert auditor.get(path).status_code == 403


def test_a_person_is_shown_with_facts_cases_and_stays_on_the_register(api):
    clerk, reviewer = staff("clerk"), staff("reviewer")
    case = a_case("recognised", clerk=clerk, reviewer=reviewer)
    [row] = api(reviewer).get("/people", q=case.person.name).json()["items"]
    person = api(reviewer).get(f"/people/{row['id']}").json()
    assert [c["number"] for c in person["applications"]] == [case.number]
    assert [r["status"] for r in person["recognitions"]] == ["active"]
    assert {"birth_date", "sex", "wants_work"} <= {fact["name"] for fact in person["facts"]}
    assert api(staff("reviewer", at=OTHER_COUNTY)).get(f"/people/{row['id']}").status_code == 404
    assert api(an_account()).get("/people").status_code == 403
    assert api(an_account()).get(f"/people/{row['id']}").status_code == 404


def test_an_applicant_sees_their_own_recognition(api):
    account, clerk = an_account(), staff("clerk")
    case = a_case("recognised", by=account, clerk=clerk)
    assert [r["number"] for r in api(account).get("/recognitions").json()["items"]] == [case.recognition.number]
    assert api(account).get(f"/people/{case.person_id}").status_code == 403


def test_a_recognition_ends_on_a_ground_with_a_day_and_evidence(api):
    reviewer = staff("reviewer")
    case = a_case("recognised", reviewer=reviewer)
    path, end = (
        f"/recognitions/{case.recognition_id}/end",
        {
            "version": 1,
            "ground": "left_scope",
            "on": clock.today().isoformat(),
            "evidence": "户籍已迁往沈阳，公安数据2026年3月5日",
        },
    )
    wrong = end | {"ground": "tired", "on": "2027-01-01", "evidence": " "}
    assert fields(api(reviewer).post(path, wrong)) == ["ground", "on", "evidence"]
    assert fields(api(reviewer).post(path, end | {"on": "2026-02-30"})) == ["on"]
    assert fields(api(reviewer).post(path, end | {"evidence": "长" * 401})) == ["evidence"]
    assert api(staff("clerk")).post(path, end).status_code == 403
    assert api(staff("reviewer", at=OTHER_COUNTY)).post(path, end).status_code == 404
    assert api(reviewer).post(path, end | {"version": 7}).status_code == 409
    unborne = api(reviewer).post(path, end)
    assert (unborne.status_code, unborne.json()["code"]) == (422, "ground_not_borne")
    assert unborne.json()["answer"]["possible_grounds"]
    assert "moved_out_of_province" in unborne.json()["missing"]
    bear(case.recognition, "left_scope")
    ended = api(reviewer).post(path, end)
    assert ended.status_code == 200
    assert ended.json()["status"] == "ended"
    assert ended.json()["version"] == 2
    assert api(reviewer).post(path, end | {"version": 2}).status_code == 409
    assert [r["ground"] for r in api(reviewer).get("/recognitions", status="ended").json()["items"]] == ["left_scope"]
    assert api(reviewer).get("/recognitions", status="active").json()["items"] == []
    assert fields(api(reviewer).get("/recognitions", status="gone")) == ["status"]


def test_who_is_the_applicant_cannot_act_as_the_clerk(api):
    applicant = an_applicant()
    clerk = staff("clerk", id_index=applicant.id_index)
    case = a_case("submitted", applicant)
    refused = api(clerk).post(f"/applications/{case.number}/accept", {"version": case.version})
    assert refused.status_code == 422
    assert "您本人或您申报的亲属的事项" in refused.json()["title"]
    shown = api(clerk).get(f"/applications/{case.number}").json()
    assert "您本人或您申报的亲属的事项" in shown["blocked"]["accept"]


def test_who_endorsed_cannot_recognise(api):
    case = a_case("reported", clerk=staff("clerk", id_index="the same person"))
    both = api(staff("reviewer", id_index="the same person"))
    body = {"version": case.version, "opinion": "同意", "entry": {"category": "older"}}
    refused = both.post(f"/applications/{case.number}/recognise", body)
    assert refused.status_code == 422
    assert "须由另一人办理" in refused.json()["title"]
    assert "须由另一人办理" in both.get(f"/applications/{case.number}").json()["blocked"]["recognise"]


def test_verified_facts_name_the_department(api):
    clerk = staff("clerk")
    case = a_case("accepted", clerk=clerk)
    verify_facts(clerk, case)
    shown = api(clerk).get(f"/applications/{case.number}").json()
    assert {f["department"] for f in shown["facts"] if f["source"] == "shared_data"} == {
        "public_security", "public_employment", "social_insurance", "market_regulation", "taxation",
    }  # fmt: skip
    act(clerk, case, "first_review_pass")


def test_nobody_looks_at_more_whole_numbers_a_day_than_the_work_can_need(api, monkeypatch, today):
    clerk = staff("clerk")
    case = a_case("accepted", clerk=clerk)
    usual = Region.limit
    monkeypatch.setattr(
        Region, "limit", lambda self, name, on: 2 if name == "whole_numbers_a_day" else usual(self, name, on=on)
    )
    program = api(clerk)
    for _ in range(2):
        assert program.get(f"/applications/{case.number}", unmask="1").status_code == 200
    refused = program.get(f"/people/{case.person_id}", unmask="1")
    assert refused.status_code == 429
    assert refused.json()["code"] == "too_often"
    assert program.get(f"/applications/{case.number}").status_code == 200
    today("2026-03-03")
    assert program.get(f"/applications/{case.number}", unmask="1").status_code == 200
