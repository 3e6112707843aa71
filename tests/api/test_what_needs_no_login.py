"""The self-check and the public notice."""

import pytest
from django.apps import apps

from jiuyuan.regions import registry
from tests.api.program import fields
from tests.factories import OUT_OF_WORK, a_case, act, an_applicant, found_out, move_to, staff

pytestmark = pytest.mark.django_db

WOMAN = OUT_OF_WORK | {"birth_date": "1985-03-02", "sex": "female"}


def test_a_self_check_answers_as_jiuyuan_decide_does(api):
    answer = api().post("/self-check", WOMAN | {"as_of": "2026-03-02", "id": "a1"})
    rules = next(registry.policies())
    assert answer.json() == rules.decide(rules.parse(WOMAN | {"as_of": "2026-03-02", "id": "a1"})).as_json()
    assert answer.json()["outcome"] == "eligible"
    assert answer.json()["id"] == "a1"


def test_a_self_check_is_about_today_where_no_day_is_given(api, today):
    young = WOMAN | {"birth_date": "1986-03-05"}
    assert "older" not in api().post("/self-check", young).json()["categories"]
    move_to(today("2026-03-05"))
    assert api().post("/self-check", young).json()["outcome"] == "eligible"
    assert api().post("/self-check", {"facts": young}).json()["outcome"] == "eligible"


def test_a_self_check_names_what_is_wrong_and_what_is_missing(api):
    wrong = api().post("/self-check", WOMAN | {"hukou_kind": "suburban", "colour": "red"})
    assert wrong.status_code == 422
    assert fields(wrong) == ["hukou_kind", "colour"]
    assert fields(api().post("/self-check", {"birth_date": "2030-01-01"})) == ["birth_date"]
    without = {name: value for name, value in WOMAN.items() if name != "able_to_work"}
    assert api().post("/self-check", without).json()["missing"] == ["able_to_work"]


def test_a_self_check_stores_nothing(api):
    def rows():
        return {model._meta.label: model._base_manager.count() for model in apps.get_models()}

    program, before = api(), rows()
    assert program.post("/self-check", WOMAN, key="k").status_code == 200
    assert rows() == before


def test_a_notice_shows_name_sex_masked_number_platform_and_period_and_nothing_else(api):
    applicant = an_applicant(facts={"disability_certificate": True}, categories=("disabled",))
    case = a_case("publishing", applicant)
    answer = api().get("/notices", platform="220102001")
    [row] = answer.json()["items"]
    assert set(row) == {
        "number", "status", "name", "sex", "id_number", "category", "platform", "notice", "how_to_object",
    }  # fmt: skip
    assert row["number"] == case.number
    assert row["name"] == applicant.name
    assert row["sex"] == "女"
    assert row["id_number"] == applicant.id_number[:6] + "*" * 10 + applicant.id_number[-2:]
    assert row["category"] == "就业困难人员"
    assert row["notice"]["ends_on"] == "2026-03-05"
    text = answer.content.decode()
    for secret in (applicant.phone, applicant.address, "残疾", "低保", "1985", "disab"):
        assert secret not in text


def test_a_notice_is_gone_when_it_has_ended(api, today):
    a_case("publishing")
    move_to(today("2026-03-05"))
    assert len(api().get("/notices", platform="220102001").json()["items"]) == 1
    move_to(today("2026-03-06"))
    assert api().get("/notices", platform="220102001").json()["items"] == []


def test_notices_are_read_by_place_and_never_in_bulk(api):
    a_case("publishing")
    assert api().get("/notices", platform="220102002").json()["items"] == []
    for platform in ("", "22", "2201", "220102", "999999999", "220102%", "x"):
        assert fields(api().get("/notices", platform=platform)) == ["platform"]
    assert fields(api().get("/notices")) == ["platform"]


def test_anyone_may_object_and_the_objection_blocks_the_endorsement(api):
    clerk = staff("clerk")
    case = a_case("publishing", clerk=clerk)
    answer = api().post(f"/applications/{case.number}/object", {"ground": "他在\u200b开店"})
    assert answer.status_code == 200
    assert answer.json()["objection"].startswith("Y-")
    assert set(answer.json()) >= {"number", "notice"}
    shown = api(clerk).get(f"/applications/{case.number}").json()
    assert "1条异议" in shown["blocked"]["endorse"]
    assert "settle_objection" not in shown["blocked"]
    found_out(clerk, case, business_registered=True)
    upheld = act(clerk, case, "settle_objection", upheld=True, clauses=["business"], finding="核实有营业执照")
    assert upheld.status == "rejected"
    assert api().get("/notices", platform="220102001").json()["items"] == []


def test_an_objection_needs_its_ground(api):
    case = a_case("publishing")
    assert fields(api().post(f"/applications/{case.number}/object", {})) == ["ground"]
    assert fields(api().post(f"/applications/{case.number}/object", {"ground": "  "})) == ["ground"]


def test_a_case_that_is_not_on_notice_is_not_there_for_the_public(api):
    case = a_case("endorsed")
    assert api().post(f"/applications/{case.number}/object", {"ground": "x"}).status_code == 404
    assert api().post("/applications/220102001-2026-999999/object", {"ground": "x"}).status_code == 404


def test_nobody_objects_after_the_last_day_of_the_notice(api, today):
    case = a_case("publishing")
    move_to(today("2026-03-06"))
    refused = api().post(f"/applications/{case.number}/object", {"ground": "x"})
    assert refused.status_code == 422
    assert "公示期已结束" in refused.json()["title"]
