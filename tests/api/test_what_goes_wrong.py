"""Every failure is a problem in Chinese, whatever was sent; nothing that is sent makes the server fail."""

import json

import pytest
from django.test import Client
from django.utils import timezone

from jiuyuan.agencies.models import Token
from jiuyuan.agencies.services import issue_token
from jiuyuan.applications.models import Application
from tests.api.program import Program, fields
from tests.factories import a_case, an_applicant, staff

pytestmark = pytest.mark.django_db


def test_without_a_login_it_is_401_and_says_how_to_log_in(api):
    case = a_case("submitted")
    for answer in (
        api().get("/applications"),
        api().get(f"/applications/{case.number}"),
        api().post(f"/applications/{case.number}/accept", {}),
        api().post("/applications", {}),
        api().upload(f"/applications/{case.number}/materials"),
        api().get("/people"),
    ):
        assert answer.status_code == 401
        assert answer["WWW-Authenticate"].startswith("Bearer")
        assert "Bearer 令牌" in answer.json()["title"]


def test_a_token_that_has_expired_is_401_and_says_when(api):
    clerk = staff("clerk")
    program = Program(issue_token(clerk, days=0))
    assert Token.objects.get(user=clerk).expires_at <= timezone.now()
    assert program.get("/applications").status_code == 401
    assert "到期" in program.get("/applications").json()["title"]


def test_a_wrong_token_or_another_scheme_is_401(api):
    assert Program("nonsense").get("/applications").status_code == 401
    for header in ("Basic YTpi", "Bearer", "Bearer  ", "Token x"):
        answer = Client().get("/api/v1/applications", headers={"authorization": header})
        assert answer.status_code == 401
        assert answer["Content-Type"] == "application/problem+json"


def test_the_token_of_an_account_that_was_closed_is_401(api):
    clerk = staff("clerk")
    program = api(clerk)
    clerk.is_active = False
    clerk.save()
    assert program.get("/applications").status_code == 401


def test_a_session_of_the_pages_does_not_log_a_program_in(log_in):
    assert log_in(staff("clerk")).get("/api/v1/applications").status_code == 401


@pytest.mark.parametrize("path", ["/", "/nothing", "/applications/", "/applications/a/b/c", "/people/x", "/people/%00"])
def test_an_unknown_address_is_404(api, path):
    assert api(staff("clerk")).get(path).status_code == 404
    assert api().get(path).status_code == 404


def test_an_unknown_case_or_action_is_404(api):
    case = a_case("submitted")
    clerk = api(staff("clerk"))
    assert clerk.get("/applications/220102001-2026-999999").status_code == 404
    assert clerk.post("/applications/220102001-2026-999999/accept", {"version": 1}).status_code == 404
    assert clerk.post(f"/applications/{case.number}/fly", {"version": 1}).status_code == 404
    assert clerk.get(f"/applications/{'9' * 5000}").status_code == 404
    assert clerk.get(f"/people/{'9' * 30}").status_code == 404
    assert clerk.get(f"/people/{'9' * 5000}").status_code == 404


def test_another_method_is_405_and_names_those_that_are_allowed(api):
    clerk = api(staff("clerk"))
    refused = clerk.post("/people", {})
    assert refused.status_code == 405
    assert refused["Allow"] == "GET"
    answer = Client().delete("/api/v1/applications", headers={"authorization": f"Bearer {clerk.token}"})
    assert answer.status_code == 405
    assert set(answer["Allow"].split(", ")) == {"GET", "POST"}
    assert answer["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    "content", [b"{", b"\xff\xfe\xfa", b'{"name": NaN}', b"[" * 100_000, b'{"a":' * 50_000, b"1" * 5000, b'{"a": 1,}']
)
def test_what_is_no_json_is_400(api, content):
    assert api(staff("clerk")).post("/applications", content=content).status_code == 400


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b'{"name": "a", "phone": "1", "name": "b"}', "name"),
        (b'{"facts": {"unemployed_since": "2025-06-01", "unemployed_since": "2020-06-01"}}', "unemployed_since"),
        (b'{"categories": [{"x": 1, "\\u0078": 1}]}', "x"),
    ],
)
def test_a_name_that_stands_twice_is_422_and_named(api, content, name):
    for path in ("/applications", "/self-check"):
        answer = api(staff("clerk")).post(path, content=content)
        assert (answer.status_code, [error["field"] for error in answer.json()["errors"]]) == (422, [name])
        assert "两次" in answer.json()["errors"][0]["message"]


@pytest.mark.parametrize("content", [b"", b"[]", b'"text"', b"12", b"null", b"[[[[]]]]"])
def test_what_is_no_object_is_422(api, content):
    assert api(staff("clerk")).post("/applications", content=content).status_code == 422


def test_another_content_type_is_415(api):
    clerk, case = api(staff("clerk")), a_case("submitted")
    body = an_applicant().form()
    for kind in ("text/plain", "application/x-www-form-urlencoded", "application/xml", "nonsense"):
        assert clerk.post("/applications", body, content_type=kind).status_code == 415
    assert clerk.post(f"/applications/{case.number}/materials", {"kind": "id_card"}).status_code == 415


def test_a_body_that_is_too_large_is_413(api):
    clerk, case = api(staff("clerk")), a_case("submitted")
    assert clerk.post("/applications", content=b'{"name": "' + b"x" * 2_000_000 + b'"}').status_code == 413
    huge = Client().post(
        f"/api/v1/applications/{case.number}/materials",
        b"",
        content_type="multipart/form-data; boundary=x",
        headers={"authorization": f"Bearer {clerk.token}"},
        CONTENT_LENGTH=str(10**12),
    )
    assert huge.status_code == 413


def test_a_broken_multipart_body_is_refused(api):
    clerk, case = api(staff("clerk")), a_case("submitted")
    kinds = {"": 400, "; boundary=x": 422, "; boundary=" + "é" * 9: 400}
    for boundary, status in kinds.items():
        for key in ("", "key"):
            content = b"--x\r\nnonsense"
            kind = f"multipart/form-data{boundary}"
            refused = clerk.post(f"/applications/{case.number}/materials", content=content, content_type=kind, key=key)
            assert refused.status_code == status


def test_a_wrong_type_is_422_by_field(api):
    wrong = an_applicant().form(name=5, categories="older", facts=[], phone=None)
    del wrong["platform"]
    refused = api(staff("clerk")).post("/applications", wrong | {"adress": "长春"})
    assert refused.status_code == 422
    assert fields(refused) == ["name", "phone", "platform", "categories", "facts", "adress"]
    said = {error["field"]: error["message"] for error in refused.json()["errors"]}
    assert "文字" in said["name"]
    assert "缺少" in said["platform"]
    assert "没有这一项" in said["adress"]


@pytest.mark.parametrize(
    ("version", "status"),
    [("1", 422), (1.5, 422), (True, 422), (None, 422), ([], 422), (10**30, 422), (-1, 409)],
)
def test_a_version_that_is_no_number_changes_nothing(api, version, status):
    case = a_case("submitted")
    refused = api(staff("clerk")).post(f"/applications/{case.number}/accept", {"version": version})
    assert refused.status_code == status


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "王\x00芳"),
        ("name", "王\ud800"),
        ("address", "\udfff"),
        ("details", {"skills": "a\x00"}),
        ("details", {"\x00": "x"}),
        ("facts", {"monthly_income": 10**400}),
        ("facts", {"monthly_income": 1e300}),
        ("facts", {"other_exclusion": "\ud83d"}),
        ("facts", {"service_refusals": [[[[["2026-01-01"]]]]]}),
        ("facts", {"hukou_division": "２２０１０２"}),
        ("categories", ["older", {"a": 1}]),
        ("address", "长" * 5000),
        ("phone", "1" * 10_000),
        ("platform", "2" * 10_000),
        ("channel", "x" * 10_000),
    ],
)
def test_what_no_column_takes_is_422_and_names_the_field(api, field, value):
    refused = api(staff("clerk")).post("/applications", an_applicant().form(**{field: value}))
    assert refused.status_code == 422, refused.content
    names = {field, *(value if isinstance(value, dict) else ())}
    assert any(name.split(".")[0] in names for name in fields(refused)), refused.json()


@pytest.mark.parametrize(
    ("action", "said", "refused"),
    [
        ("decline", {"ground": "identity_not_proven", "reason": "长" * 5000}, ["reason"]),
        ("decline", {"ground": "identity_not_proven", "reason": {"a": ["b"]}}, ["reason"]),
        ("decline", {"ground": "identity_not_proven", "reason": 5}, ["reason"]),
        ("decline", {"ground": {"a": 1}, "reason": "x"}, ["ground"]),
        ("decline", {"ground": "clause", "clauses": {"a": 1}, "reason": "x"}, ["clauses"]),
        ("decline", {"ground": "clause", "clauses": ["older", 5], "reason": "x"}, ["clauses"]),
        ("decline", {"ground": "clause", "clauses": "no_such", "reason": "x"}, ["clauses"]),
        ("decline", {"ground": "wrong_place", "platform": 220204001, "reason": "x"}, ["platform"]),
        ("decline", {"ground": "wrong_place", "platform": "220102001", "reason": "x"}, ["platform"]),
        ("decline", {"ground": "wrong_place", "platform": "22", "reason": "x"}, ["platform"]),
        ("decline", {"ground": "wrong_place", "platform": "２２０２０４００１", "reason": "x"}, ["platform"]),
        ("decline", {"ground": "not_completed", "reason": "x"}, ["ground"]),
        ("decline", {"ground": "wrong_place", "platform": "33", "reason": "x"}, []),
        ("ask_correction", {"missing": ["x"], "correct_by": "2026-03-03"}, ["correct_by"]),
        ("ask_correction", {"missing": ["x"], "correct_by": [1]}, ["correct_by"]),
        ("ask_correction", {"missing": [{"text": "x", "page": "nowhere"}]}, ["missing"]),
        ("ask_correction", {"missing": [{"text": "x", "page": ["form"]}]}, ["missing"]),
        ("ask_correction", {"missing": [{"text": 5}]}, ["missing"]),
        ("ask_correction", {"missing": [{"a": 1}, 5]}, ["missing"]),
        ("ask_correction", {"missing": {"a": 1}}, ["missing"]),
        ("ask_correction", {"missing": ["x"], "misssing": ["y"]}, ["misssing"]),
        ("withdraw", {"reason": ["a", 1]}, ["request", "reason"]),
        ("withdraw", {"request": {"a": 1}}, ["request"]),
    ],
)
def test_an_odd_value_for_an_action_is_refused_by_name(api, action, said, refused):
    case = a_case("submitted")
    answer = api(staff("clerk")).post(f"/applications/{case.number}/{action}", {"version": case.version, **said})
    assert answer.status_code == (422 if refused else 200)
    assert [error["field"] for error in answer.json().get("errors", [])] == refused


@pytest.mark.parametrize("field", ["evidence", "department", "settlement"])
def test_words_longer_than_their_column_are_422_and_name_it(api, field):
    case = a_case("accepted")
    body = {
        "version": case.version,
        "facts": {"wants_work": True},
        "source": "site_visit",
        "evidence": "入户",
        field: "长" * 500,
    }
    refused = api(staff("clerk")).post(f"/applications/{case.number}/facts", body)
    assert refused.status_code == 422
    assert fields(refused) == [field]


def test_an_objection_longer_than_its_columns_is_422(api):
    case = a_case("publishing")
    refused = api().post(
        f"/applications/{case.number}/object", {"ground": "开店", "name": "王" * 81, "contact": "1" * 121}
    )
    assert refused.status_code == 422
    assert fields(refused) == ["name", "contact"]


@pytest.mark.parametrize(
    ("day", "refused", "status"),
    [
        ("0001-01-01", [], 422),
        ("9999-12-31", ["unemployed_since", "birth_date"], 422),
        *(
            (no_day, ["unemployed_since", "left_school_on", "birth_date", "as_of"], 422)
            for no_day in ("2026-02-30", "x", "", 5)
        ),
        (None, ["as_of"], 200),
    ],
)
def test_a_day_at_the_edge_of_the_calendar_is_answered(api, day, refused, status):
    for name in ("unemployed_since", "left_school_on", "birth_date", "as_of"):
        answer = api().post("/self-check", {"as_of": "2026-03-02", name: day})
        assert answer.status_code == (422 if name in refused else 200), (name, answer.content)
    case = a_case("accepted")
    facts = {"left_school_on": day, "degree_level": "bachelor"}
    body = {"version": case.version, "facts": facts, "source": "declared"}
    answer = api(staff("clerk")).post(f"/applications/{case.number}/facts", body)
    assert answer.status_code == status, answer.content
    assert api(staff("clerk")).get(f"/applications/{case.number}").status_code == 200


def test_nothing_is_made_of_a_refused_application(api):
    api(staff("clerk")).post("/applications", an_applicant().form(phone="12"))
    assert Application.objects.unscoped().count() == 0


def test_no_answer_is_kept_by_caches_or_found_by_search_engines(api):
    for answer in (api().get("/notices", platform="220102001"), api().get("/nothing"), api().get("/applications")):
        assert answer["Cache-Control"] == "no-store"
        assert answer["X-Robots-Tag"] == "noindex"


def test_a_title_is_written_in_chinese_and_not_in_escapes(api):
    assert "没有这个地址" in api().get("/nothing").content.decode()
    assert json.loads(api().get("/nothing").content)["type"] == "about:blank"


@pytest.mark.parametrize("day", ["0025-06-01", "9999-12-31", "1970-01-01", "1984-06-01", "2000-06-01", "2026-03-03"])
def test_a_day_that_cannot_be_is_refused_naming_the_field_and_nothing_is_kept(api, day):
    person = an_applicant(born="1985-03-02", facts={"unemployed_since": day})
    answer = api(staff("clerk")).post("/applications", person.form())
    assert answer.status_code == 422
    assert fields(answer) == ["unemployed_since"]
    assert not Application.objects.unscoped().exists()


def test_a_form_keeps_no_impossible_end_of_employment(api):
    case = a_case("submitted")
    assert case.person
    person = an_applicant()
    answer = api(staff("clerk")).post("/applications", person.form(details={"contract_ended_on": "1900-01-01"}))
    assert answer.status_code == 422
    assert fields(answer) == ["contract_ended_on"]
