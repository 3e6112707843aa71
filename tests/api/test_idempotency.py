"""`Idempotency-Key`: repeated with the same body a POST answers the same and acts once; with another body, 409."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection

from jiuyuan.agencies.services import issue_token
from jiuyuan.api.models import IdempotentCall
from jiuyuan.applications.models import Application, Material, Objection
from jiuyuan.history.models import Entry
from tests.api.program import Program, fields
from tests.factories import a_case, a_photograph, again, an_account, an_applicant, staff
from tests.jobs import work
from tests.strict import StrictClient


@pytest.mark.django_db
def test_the_same_application_sent_twice_is_one(api):
    clerk, form = api(staff("clerk")), an_applicant().form()
    first, second = clerk.post("/applications", form, key="k1"), clerk.post("/applications", form, key="k1")
    assert first.status_code == second.status_code == 201
    assert first.json() == second.json()
    assert first["Content-Type"] == second["Content-Type"]
    assert Application.objects.unscoped().count() == 1


@pytest.mark.django_db
def test_the_order_of_the_fields_does_not_make_another_body(api):
    clerk, form = api(staff("clerk")), an_applicant().form()
    clerk.post("/applications", form, key="k1")
    turned = json.dumps(dict(reversed(form.items())), indent=2).encode()
    assert clerk.post("/applications", content=turned, key="k1").status_code == 201


@pytest.mark.django_db
def test_another_body_under_the_same_key_is_409_and_does_nothing(api):
    clerk = api(staff("clerk"))
    clerk.post("/applications", an_applicant().form(), key="k1")
    refused = clerk.post("/applications", an_applicant().form(), key="k1")
    assert refused.status_code == 409
    assert fields(refused) == ["Idempotency-Key"]
    assert Application.objects.unscoped().count() == 1


@pytest.mark.django_db
def test_a_visitor_without_an_account_does_not_use_up_the_key_of_another(api):
    case, said = a_case("publishing"), {"ground": "他在开店"}
    path = f"/applications/{case.number}/object"
    assert api(None).post(path, said, key="k1").status_code == 200
    body, headers = json.dumps({"ground": "他有公司"}), {"Idempotency-Key": "k1"}
    away = StrictClient(REMOTE_ADDR="203.0.113.9").post(f"/api/v1{path}", body, "application/json", headers=headers)
    assert away.status_code == 200


@pytest.mark.django_db
def test_the_same_key_for_another_address_is_409(api):
    clerk = staff("clerk")
    one, other = a_case("submitted", clerk=clerk), a_case("submitted", clerk=clerk)
    program = api(clerk)
    assert program.post(f"/applications/{one.number}/accept", {"version": one.version}, key="k").status_code == 200
    refused = program.post(f"/applications/{other.number}/accept", {"version": one.version}, key="k")
    assert refused.status_code == 409
    assert again(other).status == "submitted"


@pytest.mark.django_db
def test_an_action_repeated_acts_once_although_its_version_is_old_by_then(api):
    clerk = staff("clerk")
    case = a_case("submitted", clerk=clerk)
    program, body = api(clerk), {"version": case.version}
    first = program.post(f"/applications/{case.number}/accept", body, key="k")
    second = program.post(f"/applications/{case.number}/accept", body, key="k")
    assert first.json() == second.json()
    assert first.status_code == second.status_code == 200
    assert program.post(f"/applications/{case.number}/accept", body).status_code == 409
    assert Entry.objects.unscoped().filter(file=case.file, action="accept").count() == 1


@pytest.mark.django_db
def test_a_refusal_is_repeated_too(api):
    clerk = staff("clerk")
    case = a_case("publishing", clerk=clerk)
    body = {"version": case.version, "opinion": "同意"}
    first = api(clerk).post(f"/applications/{case.number}/endorse", body, key="k")
    second = api(clerk).post(f"/applications/{case.number}/endorse", body, key="k")
    assert first.status_code == second.status_code == 422
    assert first.json() == second.json()


@pytest.mark.django_db
def test_a_photograph_sent_twice_is_one_whatever_the_boundary(api):
    clerk = staff("clerk")
    case = a_case("draft", clerk=clerk)
    before = Material.objects.unscoped().filter(application=case).count()

    def upload(boundary, content):
        parts = (
            f'--{boundary}\r\nContent-Disposition: form-data; name="kind"\r\n\r\nid_card\r\n'
            f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\n\r\n'
        ).encode()
        body = parts + content + f"\r\n--{boundary}--\r\n".encode()
        kind = f"multipart/form-data; boundary={boundary}"
        return api(clerk).post(f"/applications/{case.number}/materials", content=body, content_type=kind, key="k")

    first, second = upload("aaa", a_photograph()), upload("bbb", a_photograph())
    assert first.status_code == second.status_code == 201
    assert first.json() == second.json()
    assert upload("aaa", a_photograph("red")).status_code == 409
    assert Material.objects.unscoped().filter(application=case).count() == before + 1


@pytest.mark.django_db
def test_two_callers_may_use_the_same_key(api):
    one, other = api(staff("clerk")), api(an_account("channel"))
    assert one.post("/applications", an_applicant().form(), key="1").status_code == 201
    assert other.post("/applications", an_applicant().form(), key="1").status_code == 201


@pytest.mark.django_db
def test_an_objection_without_a_login_is_made_once(api):
    case = a_case("publishing")
    for _ in range(2):
        assert api().post(f"/applications/{case.number}/object", {"ground": "在开店"}, key="k").status_code == 200
    assert Objection.objects.unscoped().count() == 1


@pytest.mark.django_db
def test_a_refused_login_is_not_kept(api):
    clerk = staff("clerk")
    body = an_applicant().form()
    assert api().post("/applications", body, key="k").status_code == 401
    assert Program("wrong").post("/applications", body, key="k").status_code == 401
    assert IdempotentCall.objects.count() == 0
    assert api(clerk).post("/applications", body, key="k").status_code == 201


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["é", "k" * 201, " \t", "a\x7f"])
def test_a_key_that_is_none_is_422(api, key):
    refused = api(staff("clerk")).post("/applications", an_applicant().form(), key=key)
    assert refused.status_code == 422
    assert fields(refused) == ["Idempotency-Key"]


@pytest.mark.django_db
def test_a_self_check_stores_nothing_not_even_its_key(api):
    assert api().post("/self-check", {"wants_work": False}, key="k").json()["outcome"] == "ineligible"
    assert IdempotentCall.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_the_same_call_from_two_sides_at_once_acts_once():
    form, token = an_applicant().form(), issue_token(staff("clerk"))

    def send(_: int) -> tuple[int, bytes]:
        try:
            answer = Program(token).post("/applications", form, key="k")
            return answer.status_code, answer.content
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as threads:
        answers = set(threads.map(send, range(4)))
    assert len(answers) == 1
    assert answers.pop()[0] == 201
    assert Application.objects.unscoped().count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(("days", "kept"), [(29, 1), (31, 0)])
def test_the_worker_forgets_answers_that_are_old_and_no_others(api, days, kept):
    api(staff("clerk")).post("/applications", an_applicant().form(), key="k1")
    then = IdempotentCall.objects.get().answered_at
    IdempotentCall.objects.update(answered_at=then - timedelta(days=days))
    assert work("forget_answers") == 1
    assert IdempotentCall.objects.count() == kept
