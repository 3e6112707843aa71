"""Whatever a body holds: login, 404, role, state, own matter and version come before what is wrong with a field."""

from collections.abc import Callable
from typing import Any

import pytest

from jiuyuan.people.models import Person
from tests.api.program import Program, fields
from tests.factories import OTHER_PLATFORM, a_case, act_on, again, an_applicant, staff
from tests.recognitions.register import on_the_register, struck_off

pytestmark = pytest.mark.django_db
Api = Callable[..., Program]
WRONG: dict[str, Any] = {"version": 99, "nonsense": 1, "facts": [1], "reason": ["a"], "name": 5, "members": "x"}


def test_a_wrong_body_on_the_register_is_refused_for_it_last(api: Api) -> None:
    stay = on_the_register()
    outside, province, nobody = api(staff("clerk", at=OTHER_PLATFORM)), api(staff("province")), api()
    own = {role: api(staff(role, id_index=stay.person.id_index)) for role in ("clerk", "reviewer")}
    others = {role: api(staff(role)) for role in ("clerk", "reviewer")}

    def is_asked_last(role: str, path: str) -> None:
        assert refused(nobody, path) == (401, "login"), path
        assert refused(outside, path) == (404, "not_found"), path
        assert refused(province, path) == (403, "role"), path
        assert refused(own[role], path) == (422, "own_matter"), path
        assert refused(others[role], path) == (409, "version"), path
        stay.refresh_from_db()
        now = Person.objects.unscoped().get(pk=stay.person_id).version if "people" in path else stay.version
        answer = others[role].post(path, WRONG | {"version": now})
        assert answer.status_code == 422, path
        assert "nonsense" in fields(answer), path
        assert "version" not in fields(answer), path

    here, clerk = f"/recognitions/{stay.pk}", staff("clerk")
    is_asked_last("clerk", f"/people/{stay.person_id}/facts")
    is_asked_last("reviewer", f"{here}/end")
    is_asked_last("clerk", f"{here}/proposals")
    proposal = act_on("propose", clerk, stay.pk, ground="left_scope", reason="公安数据").pk
    is_asked_last("reviewer", f"/proposals/{proposal}/confirm")
    is_asked_last("reviewer", f"/proposals/{proposal}/dismiss")
    act_on("dismiss", staff("reviewer"), proposal, reason="不属实")
    is_asked_last("clerk", f"{here}/investigations")
    inquiry = act_on("investigate", clerk, stay.pk, cause="有人反映").pk
    is_asked_last("clerk", f"/investigations/{inquiry}/find")
    act_on("find", clerk, inquiry, finding="属实", holds=True, fraud=False)
    is_asked_last("clerk", f"/investigations/{inquiry}/tell")
    is_asked_last("reviewer", f"/investigations/{inquiry}/send_back")
    act_on("tell", clerk, inquiry, how="电话", proof="录音")
    is_asked_last("clerk", f"/investigations/{inquiry}/respond")
    is_asked_last("reviewer", f"/investigations/{inquiry}/decide")
    struck_off(stay, "imprisoned")
    assert refused(others["reviewer"], f"{here}/end") == (409, "state")
    assert refused(others["clerk"], f"{here}/proposals") == (409, "state")
    is_asked_last("clerk", f"{here}/objections")
    objection = act_on("object", clerk, stay.pk, "不该退出").pk
    is_asked_last("reviewer", f"/exit_objections/{objection}/settle")


@pytest.mark.parametrize("kind", ["facts", "disputes", "household"])
def test_a_wrong_body_on_a_case_is_refused_for_it_last(api: Api, kind: str) -> None:
    applicant = an_applicant()
    case = a_case("accepted", applicant)
    address = f"/applications/{case.number}/{kind}"
    assert refused(api(), address) == (401, "login")
    assert refused(api(staff("clerk", at=OTHER_PLATFORM)), address) == (404, "not_found")
    assert refused(api(staff("province")), address) == (403, "role")
    assert refused(api(staff("clerk", id_index=applicant.id_index)), address) == (422, "own_matter")
    clerk = api(staff("clerk"))
    assert refused(clerk, address) == (409, "version")
    answer = clerk.post(address, WRONG | {"version": case.version})
    assert (answer.status_code, "nonsense" in fields(answer)) == (422, True)
    assert fields(clerk.post(address, [])) == ["body"]
    assert again(case).version == case.version
    over = a_case("rejected")
    assert refused(clerk, f"/applications/{over.number}/{kind}") == (409, "state")


@pytest.mark.parametrize("path", ["/applications", "/batches"])
def test_a_wrong_body_of_what_begins_is_refused_for_the_role_first(api: Api, path: str) -> None:
    assert refused(api(), path) == (401, "login")
    assert refused(api(staff("province")), path) == (403, "role")
    answer = api(staff("clerk")).post(path, {"nonsense": 1})
    assert (answer.status_code, "nonsense" in fields(answer)) == (422, True)


def refused(program: Program, path: str) -> tuple[int, str]:
    answer = program.post(path, WRONG)
    return answer.status_code, answer.json()["code"]


@pytest.mark.parametrize(
    ("kind", "body", "code"),
    [
        ("application/json", b"{not json", 400),
        ("text/plain", b"hello", 415),
        ("application/json", b'{"version": 1, "version": 2}', 422),
        ("application/json", b"[]", 422),
        ("application/json", b"", 422),
        ("", b"", 422),
        ("application/json", b" " * 13_000_000, 413),
        ("application/x-www-form-urlencoded", b"version=1", 415),
        (
            "multipart/form-data; boundary=x",
            b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nb\r\n--x--\r\n',
            415,
        ),
        ("multipart/form-data; boundary=x", b"--x", 415),
    ],
)
def test_a_body_that_cannot_be_read_is_refused_for_it_last(api: Api, kind: str, body: bytes, code: int) -> None:
    case = a_case("accepted")
    for path in (f"/applications/{case.number}/facts", f"/applications/{case.number}/first_review_fail"):
        assert raw(api(), path, kind, body) == 401, path
        assert raw(api(staff("clerk", at=OTHER_PLATFORM)), path, kind, body) == 404, path
        assert raw(api(staff("province")), path, kind, body) == 403, path
        assert raw(api(staff("clerk", id_index=case.person.id_index)), path, kind, body) == 422, path
        assert raw(api(staff("clerk")), path, kind, body) == code, path
    stay = on_the_register()
    assert raw(api(staff("clerk", at=OTHER_PLATFORM)), f"/recognitions/{stay.pk}/proposals", kind, body) == 404
    assert raw(api(staff("clerk")), f"/recognitions/{stay.pk}/proposals", kind, body) == code
    assert raw(api(), "/self-check", kind, body) == code


@pytest.mark.parametrize(
    ("kind", "body", "code"),
    [
        ("application/json", b"{}", 415),
        ("application/json", b"", 415),
        ("multipart/form-data", b"--x", 400),
        ("multipart/form-data; boundary=x", b"nothing", 422),
    ],
)
def test_a_paper_that_cannot_be_read_is_refused_for_it_last(api: Api, kind: str, body: bytes, code: int) -> None:
    case = a_case("accepted")
    over = a_case("rejected")
    for path, outside in (
        (f"/applications/{case.number}/materials", 404),
        (f"/people/{case.person_id}/documents", 404),
    ):
        assert raw(api(), path, kind, body) == 401, path
        assert raw(api(staff("clerk", at=OTHER_PLATFORM)), path, kind, body) == outside, path
        assert raw(api(staff("province")), path, kind, body) == 403, path
        assert raw(api(staff("clerk")), path, kind, body, key=path) == code, path
    assert raw(api(staff("clerk")), f"/applications/{over.number}/materials", kind, body) == 409


def raw(program: Program, path: str, kind: str, body: bytes, *, key: str = "") -> int:
    status: int = program.post(path, content=body, content_type=kind, key=key).status_code
    return status
