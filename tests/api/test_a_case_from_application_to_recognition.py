"""The contract's HTTP API, line by line, as a program of the provincial hall or an office would call it."""

import pytest

from jiuyuan.applications.models import Application
from jiuyuan.history import sealing
from tests.api.program import fields
from tests.factories import a_case, after_the_notice, again, an_account, an_applicant, by_who_knows, staff
from tests.jobs import work
from tests.printing.paper import said_by_seal, text_of

pytestmark = pytest.mark.django_db


def test_a_program_takes_a_case_from_the_application_to_the_register(api):
    clerk, reviewer = api(staff("clerk")), api(staff("reviewer"))
    applicant = an_applicant(born="1985-03-02", sex="female")

    made = clerk.post("/applications", applicant.form(channel="window"))
    assert made.status_code == 201
    case = made.json()
    number = case["number"]
    path = f"/applications/{number}"
    assert case["status"] == "draft"
    assert "submit" in case["actions"]
    assert "居民身份证" in case["blocked"]["submit"]

    for kind in ("id_card", "hukou_book"):
        added = clerk.upload(f"{path}/materials", kind)
        assert added.status_code == 201
        assert added.json()["kind"] == kind
        assert added.json()["pages"] == 1

    def act(who, action, **said):
        version = who.get(path).json()["version"]
        done = who.post(f"{path}/{action}", {"version": version, **said})
        assert done.status_code == 200, done.json()
        return done.json()

    assert act(clerk, "submit")["status"] == "submitted"
    accepted = act(clerk, "accept")
    assert accepted["due_on"] == "2026-03-16"
    assert accepted["days_left"] == 10
    assert "只有本人填报" in accepted["blocked"]["first_review_pass"]

    said = dict(applicant.facts.items())
    asked = {"source": "shared_data", "department": "人社局", "evidence": "2026年3月2日接口查询"}
    one_for_all = clerk.post(f"{path}/facts", {"version": accepted["version"], "facts": said, **asked})
    assert (one_for_all.status_code, one_for_all.json()["code"]) == (422, "source_cannot_know")
    assert {"hukou_kind", "business_registered"} <= set(fields(one_for_all))
    for where, known in by_who_knows(said).items():
        verified = act(clerk, "facts", facts=known, evidence="2026年3月2日接口查询", **dict(where))
    assert verified["unverified"] == []
    assert "first_review_pass" not in verified["blocked"]

    published = act(clerk, "first_review_pass")
    assert published["notice"] == {
        "posted_on": "2026-03-02",
        "ends_on": "2026-03-05",
        "taken_down_on": None,
        "result": "",
    }
    assert published["decision"]["outcome"] == "eligible"
    assert "公示到2026年3月5日结束" in published["blocked"]["endorse"]

    after_the_notice(Application.objects.unscoped().get(number=number))
    assert act(clerk, "endorse", opinion="公示无异议，同意上报")["status"] == "endorsed"
    reported = clerk.post("/batches", {"numbers": [number]})
    assert reported.status_code == 201
    assert reported.json()["numbers"] == [number]
    assert reported.json()["batch"] == clerk.get(path).json()["batch"]

    recognised = act(reviewer, "recognise", opinion="符合条件，同意认定", entry={"category": "older"})
    assert recognised["status"] == "recognised"
    assert recognised["actions"] == []
    assert recognised["decision"]["categories"] == ["older"]
    register = reviewer.get("/recognitions", status="active").json()["items"]
    assert [stay["number"] for stay in register] == [recognised["recognition"]]

    assert [entry["seq"] for entry in recognised["history"]] == list(range(1, len(recognised["history"]) + 1))
    assert recognised["history"][-1]["action"] == "recognise"
    assert len(recognised["history"][-1]["hash"]) == 64
    assert list(sealing.verify()) == []

    waiting = reviewer.get(f"{path}/form.pdf")
    assert (waiting.status_code, waiting.json()["title"]) == (409, "认定表正在盖章，请过一分钟再打开。")
    work("seal_form")
    printed = reviewer.get(f"{path}/form.pdf")
    assert printed["Content-Type"] == "application/pdf"
    assert applicant.name in text_of(printed.content)
    assert "符合条件，同意认定" in said_by_seal(printed.content, "county")


def test_a_channel_creates_submits_withdraws_and_sees_its_own_cases_only(api):
    hall, other = api(an_account("channel")), api(an_account("channel"))
    a_case("draft")
    case = hall.post("/applications", an_applicant().form(channel="hall")).json()
    path = f"/applications/{case['number']}"
    assert [row["number"] for row in hall.get("/applications").json()["items"]] == [case["number"]]
    assert other.get("/applications").json()["items"] == []
    assert other.get(path).status_code == 404
    for kind in ("id_card", "hukou_book"):
        assert hall.upload(f"{path}/materials", kind).status_code == 201
    submitted = hall.post(f"{path}/submit", {"version": hall.get(path).json()["version"]})
    assert submitted.json()["status"] == "submitted"
    assert submitted.json()["actions"] == ["withdraw"]
    assert other.post(f"{path}/withdraw", {"version": 1}).status_code == 404
    assert hall.post(f"{path}/withdraw", {"version": submitted.json()["version"]}).json()["status"] == "withdrawn"


def test_an_applicant_sees_and_moves_nothing_but_their_own_case(api):
    applicant, stranger = an_account(), an_account()
    case = api(applicant).post("/applications", an_applicant().form()).json()
    path = f"/applications/{case['number']}"
    assert case["channel"] == "portal"
    assert case["objections"] is None
    assert api(applicant).get(path).status_code == 200
    assert api(stranger).get(path).status_code == 404
    assert api(stranger).get("/applications").json()["items"] == []
    assert api(applicant).post(f"{path}/accept", {"version": case["version"]}).status_code == 403


def test_reporting_one_case_by_its_own_address_makes_a_batch_of_one(api):
    clerk = staff("clerk")
    case = a_case("endorsed", clerk=clerk)
    done = api(clerk).post(f"/applications/{case.number}/report", {"version": case.version}).json()
    assert done["status"] == "reported"
    assert done["batch"].startswith("B220102001-2026-")


def test_a_batch_is_reported_whole_or_not_at_all(api):
    clerk = staff("clerk")
    ready, not_ready = a_case("endorsed", clerk=clerk), a_case("accepted", clerk=clerk)
    refused = api(clerk).post("/batches", {"numbers": [ready.number, not_ready.number]})
    assert refused.status_code == 409
    assert "已受理" in refused.json()["title"]
    assert again(ready).status == "endorsed"
    assert fields(api(clerk).post("/batches", {"numbers": []})) == ["numbers"]


def test_an_action_the_state_does_not_allow_is_409_and_names_the_state_and_what_it_allows(api):
    clerk = staff("clerk")
    case = a_case("submitted", clerk=clerk)
    refused = api(clerk).post(f"/applications/{case.number}/endorse", {"version": case.version, "opinion": "同意"})
    problem = refused.json()
    assert refused.status_code == 409
    assert "待受理" in problem["title"]
    assert problem["state"] == "submitted"
    assert problem["status"] == 409
    assert problem["actions"] == ["ask_correction", "decline", "accept", "withdraw"]


def test_an_action_on_an_older_version_is_409_and_changes_nothing(api):
    clerk = staff("clerk")
    case = a_case("submitted", clerk=clerk)
    refused = api(clerk).post(f"/applications/{case.number}/accept", {"version": case.version - 1})
    assert refused.status_code == 409
    assert refused.json()["version"] == case.version
    assert again(case).status == "submitted"
    assert again(case).version == case.version


@pytest.mark.parametrize("address", ["accept", "facts", "disputes"])
def test_an_act_without_the_version_is_422_and_names_it(api, address):
    clerk = staff("clerk")
    case = a_case("submitted", clerk=clerk)
    body = {"facts": {"wants_work": True}, "source": "declared"} if address == "facts" else {}
    body = {"name": "wants_work", "evidence": "不是我"} if address == "disputes" else body
    refused = api(clerk).post(f"/applications/{case.number}/{address}", body)
    assert refused.status_code == 422
    assert fields(refused) == ["version"]


def test_a_guard_that_is_not_met_is_422_and_says_which(api):
    clerk = staff("clerk")
    case = a_case("publishing", clerk=clerk)
    refused = api(clerk).post(f"/applications/{case.number}/endorse", {"version": case.version, "opinion": "同意"})
    assert refused.status_code == 422
    assert "最早2026年3月6日可以签署" in refused.json()["title"]


def test_what_an_action_needs_and_does_not_get_is_422_by_field(api):
    reviewer = staff("reviewer")
    case = a_case("reported")
    refused = api(reviewer).post(f"/applications/{case.number}/recognise", {"version": case.version})
    assert refused.status_code == 422
    assert fields(refused) == ["opinion", "category"]
    wrong = {"version": case.version, "opinion": "同意", "entry": {"category": "graduate"}}
    assert "older" in api(reviewer).post(f"/applications/{case.number}/recognise", wrong).json()["errors"][0]["message"]


def test_a_second_application_is_409_and_named_to_those_who_may_see_the_first(api):
    clerk, applicant = staff("clerk"), an_applicant()
    case = a_case("accepted", applicant, clerk=clerk)
    near = api(clerk).post("/applications", applicant.form())
    assert near.status_code == 409
    assert near.json()["number"] == case.number
    far = api(staff("clerk", at="220204001")).post("/applications", applicant.form(platform="220204001"))
    assert far.status_code == 409
    assert "number" not in far.json()
    assert case.number not in far.content.decode()
    assert Application.objects.unscoped().count() == 1


def test_an_application_of_someone_on_the_register_is_409_and_names_the_recognition(api):
    clerk, applicant = staff("clerk"), an_applicant()
    case = a_case("recognised", applicant, clerk=clerk)
    refused = api(clerk).post("/applications", applicant.form())
    assert refused.status_code == 409
    assert refused.json()["number"] == case.recognition.number


def test_all_wrong_fields_of_an_application_are_named_at_once(api):
    wrong = an_applicant().form(name="王3", id_number="123", phone="12", facts={})
    assert fields(api(staff("clerk")).post("/applications", wrong)) == ["name", "id_number", "phone"]
    wrong = an_applicant().form(platform="999999999", categories=["old"], channel="鸽子")
    assert fields(api(staff("clerk")).post("/applications", wrong)) == ["platform", "categories", "channel"]
    assert Application.objects.unscoped().count() == 0


def test_a_wrong_fact_is_named_and_nothing_is_kept(api):
    wrong = an_applicant().form(facts={"hukou_kind": "suburban", "able_to_work": "yes", "as_of": "2026-03-02"})
    refused = api(staff("clerk")).post("/applications", wrong)
    assert refused.status_code == 422
    assert fields(refused) == ["as_of"]
    wrong = an_applicant().form(facts={"hukou_kind": "suburban", "able_to_work": "yes"})
    assert fields(api(staff("clerk")).post("/applications", wrong)) == ["hukou_kind", "able_to_work"]
    assert Application.objects.unscoped().count() == 0


def test_facts_from_a_better_source_supersede_and_the_case_shows_both(api):
    clerk = staff("clerk")
    case = a_case("accepted", clerk=clerk)
    body = {
        "version": case.version,
        "facts": {"wants_work": True},
        "source": "site_visit",
        "evidence": "2026年3月2日入户，孙建国",
    }
    shown = api(clerk).post(f"/applications/{case.number}/facts", body).json()
    said, visited = [fact for fact in shown["facts"] if fact["name"] == "wants_work"]
    assert said["source"] == "declared"
    assert said["superseded"]
    assert said["superseded_by"] == visited["id"]
    assert visited["source"] == "site_visit"
    assert visited["verified"]
    assert not visited["superseded"]
    assert visited["evidence"] == "2026年3月2日入户，孙建国"
    assert visited["recorded_by"] == clerk.username


def test_a_contradiction_is_shown_and_settled_in_words(api):
    clerk = staff("clerk")
    case = a_case("accepted", clerk=clerk)
    path, version = f"/applications/{case.number}/facts", case.version

    def record(value, source, **more):
        nonlocal version
        body = {"version": version, "facts": {"business_registered": value}, "source": source, "evidence": "见附件"}
        answer = api(clerk).post(path, body | more)
        version = answer.json()["version"]
        return answer.json()

    record(True, "shared_data", department="市场监督管理局")
    shown = record(False, "site_visit")
    assert [fact["contradiction"] for fact in shown["facts"] if fact["name"] == "business_registered"][1:] == [
        True,
        True,
    ]
    assert "互相矛盾" in shown["blocked"]["first_review_pass"]
    settled = record(False, "site_visit", settlement="执照2月已注销，以实地核查为准")
    assert not any(fact["contradiction"] for fact in settled["facts"])
    assert "互相矛盾" not in settled["blocked"].get("first_review_pass", "")


def test_a_disputed_record_counts_as_unknown_and_blocks_a_refusal(api):
    clerk = staff("clerk")
    case = a_case("accepted", an_applicant(facts={"company_office_held": True}), clerk=clerk)
    shown = api(clerk).get(f"/applications/{case.number}").json()
    assert shown["decision"]["outcome"] == "ineligible"
    body = {"version": case.version, "name": "company_office_held", "evidence": "身份证被冒用，报案回执2026-031"}
    disputed = api(clerk).post(f"/applications/{case.number}/disputes", body)
    assert disputed.status_code == 200
    assert disputed.json()["decision"]["missing"] == ["company_office_held"]
    assert disputed.json()["failing"] == []
    assert "是否在其他单位任职" in disputed.json()["blocked"]["first_review_fail"]
    fact = next(fact for fact in disputed.json()["facts"] if fact["name"] == "company_office_held")
    assert fact["disputed"]
    assert fact["dispute"] == "身份证被冒用，报案回执2026-031"


def test_a_special_case_is_shown_with_its_question_and_both_voices(api):
    case = a_case("accepted")
    first, second = staff("reviewer"), staff("reviewer")
    version = case.version
    for who, action, said in (
        (staff("clerk"), "raise_special_case", {"question": "户口正在迁移", "clauses": ["jilin_hukou"]}),
        (first, "settle_special_case", {"granted": True, "ground": "已有准迁证"}),
        (second, "settle_special_case", {"granted": True, "ground": "同意"}),
    ):
        shown = api(who).post(f"/applications/{case.number}/{action}", {"version": version, **said}).json()
        version = shown["version"]
    assert shown["special_case"]["question"] == "户口正在迁移"
    assert shown["special_case"]["granted"] is True
    assert [voice["reviewer"] for voice in shown["special_case"]["opinions"]] == [first.name, second.name]
