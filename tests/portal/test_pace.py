"""What needs no login is held to a pace, by network address and by ID number; what was typed stays, and the time is said."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client

from jiuyuan import visitors
from jiuyuan.agencies import pace
from jiuyuan.agencies.models import Try, User
from jiuyuan.applications.models import Objection
from tests.factories import a_case, an_applicant
from tests.portal.walking import account_form, boxes, seen

pytestmark = pytest.mark.django_db

HERE, THERE = "203.0.113.7", "203.0.113.8"


@pytest.fixture
def few(monkeypatch):
    """The limits, small enough to be met in a test."""
    for what in ("register", "objection", "confirm", "notices", "self_check", "wrong_token"):
        monkeypatch.setitem(pace.FROM_AN_ADDRESS, what, 2)
    monkeypatch.setitem(pace.OF_AN_ID_NUMBER, "register", 2)


def test_accounts_from_one_address_wait_after_the_limit_and_another_address_goes_on(client, few):
    for _ in range(2):
        assert client.post("/register/", account_form(an_applicant()), REMOTE_ADDR=HERE).status_code == 302
        client.logout()
    person = an_applicant()
    refused = client.post("/register/", account_form(person), REMOTE_ADDR=HERE)
    assert refused.status_code == 429
    assert "试得太多了，请" in seen(refused)  # until an hour, or tomorrow
    assert boxes(refused)["name"] == [person.name]
    assert boxes(refused)["id_number"] == [person.id_number]
    assert User.objects.filter(role="applicant").count() == 2
    assert client.post("/register/", account_form(person), REMOTE_ADDR=THERE).status_code == 302


def test_who_tries_one_id_number_again_and_again_waits_and_its_owner_elsewhere_does_not(client, few):
    person = an_applicant()
    answers = [
        Client().post("/register/", account_form(person), REMOTE_ADDR=address).status_code
        for address in (HERE, HERE, HERE, "203.0.113.20")
    ]
    assert answers == [302, 302, 429, 302], "answered alike, whoever has the number by then"


def test_objections_from_one_address_wait_and_lose_nothing(client, few):
    notice = a_case("publishing").notices.get()
    for words in ("开着店。", "在上班。"):
        assert client.post(f"/notices/{notice.pk}/object/", {"ground": words}, REMOTE_ADDR=HERE).status_code == 302
    refused = client.post(f"/notices/{notice.pk}/object/", {"ground": "有公司。"}, REMOTE_ADDR=HERE)
    assert refused.status_code == 429
    assert [text.strip() for text in boxes(refused)["ground"]] == ["有公司。"]
    assert Objection.objects.unscoped().count() == 2


def test_codes_of_forms_cannot_be_tried_one_after_another(client, few):
    answers = [client.get(f"/confirm/R220102-{n}/", REMOTE_ADDR=HERE) for n in range(3)]
    assert [answer.status_code for answer in answers] == [404, 404, 429]
    assert "试得太多了" in seen(answers[2])


def test_after_an_hour_it_goes_on_and_no_address_or_number_is_kept(client, few):
    for _ in range(2):
        client.get("/confirm/R1/", REMOTE_ADDR=HERE)
    assert HERE not in str(list(Try.objects.values()))
    for one in Try.objects.all():
        Try.objects.filter(pk=one.pk).update(at=one.at - timedelta(minutes=61))
    assert client.get("/confirm/R1/", REMOTE_ADDR=HERE).status_code == 404
    assert Try.objects.count() == 1


def test_the_header_counts_only_where_it_is_configured(rf, monkeypatch):
    request = rf.get("/", REMOTE_ADDR="127.0.0.1", headers={"X-Forwarded-For": f"10.9.9.9, {HERE}"})
    assert visitors.address_of(request) is None
    object.__setattr__(settings.JIUYUAN, "address_header", "X-Forwarded-For")
    try:
        assert visitors.address_of(request) == HERE
    finally:
        object.__setattr__(settings.JIUYUAN, "address_header", "")


def test_a_visitor_of_ipv6_is_counted_by_network(rf):
    assert visitors.address_of(rf.get("/", REMOTE_ADDR="2001:db8::1")) == visitors.address_of(
        rf.get("/", REMOTE_ADDR="2001:db8::2")
    )


def api(client, method, path, body=None, **more):
    return getattr(client, method)(f"/api/v1{path}", body, content_type="application/json", REMOTE_ADDR=HERE, **more)


def test_objections_by_page_and_by_program_share_one_limit(client, few):
    case = a_case("publishing")
    page = f"/notices/{case.notices.get().pk}/object/"
    program = f"/applications/{case.number}/object"
    assert client.post(page, {"ground": "开着店。"}, REMOTE_ADDR=HERE).status_code == 302
    assert api(client, "post", program, {"ground": "在上班。"}).status_code == 200
    key = {"headers": {"Idempotency-Key": "objection-3"}}
    refused = api(client, "post", program, {"ground": "有公司。"}, **key)
    assert (refused.status_code, refused.json()["code"]) == (429, "too_often")
    assert refused["Content-Type"] == "application/problem+json"
    assert "试得太多了" in refused.json()["title"]
    assert 0 < int(refused["Retry-After"]) <= 3600
    assert client.post(page, {"ground": "有公司。"}, REMOTE_ADDR=HERE)["Retry-After"]
    assert Objection.objects.unscoped().count() == 2
    Try.objects.all().delete()
    assert api(client, "post", program, {"ground": "有公司。"}, **key).status_code == 200, "the refusal was not kept"


def test_notices_by_page_and_by_program_share_one_limit(client, few):
    platform = a_case("publishing").agency.code
    assert client.get(f"/notices/?platform={platform}", REMOTE_ADDR=HERE).status_code == 200
    assert client.get(f"/api/v1/notices?platform={platform}", REMOTE_ADDR=HERE).status_code == 200
    for address in (f"/notices/?platform={platform}", f"/api/v1/notices?platform={platform}"):
        refused = client.get(address, REMOTE_ADDR=HERE)
        assert refused.status_code == 429
        assert refused["Retry-After"]
        assert "试得太多了" in refused.content.decode()
    assert client.get(f"/notices/?platform={platform}", REMOTE_ADDR=THERE).status_code == 200


def test_notices_cannot_be_copied_one_after_another(client, monkeypatch):
    monkeypatch.setitem(pace.FROM_AN_ADDRESS, "notice", 3)
    answers = [client.get(f"/notices/{n}/", REMOTE_ADDR=HERE).status_code for n in range(1, 6)]
    assert answers == [404, 404, 404, 429, 429]


def test_self_checks_by_page_and_by_program_share_one_limit_and_leave_nothing(client, few):
    assert api(client, "post", "/self-check", {}).status_code == 200
    assert client.post("/self-check/", REMOTE_ADDR=HERE).status_code == 200
    assert client.post("/self-check/", REMOTE_ADDR=HERE).status_code == 429
    assert api(client, "post", "/self-check", {}).json()["code"] == "too_often"
    assert client.post("/self-check/", REMOTE_ADDR=THERE).status_code == 200
    assert not Try.objects.exists()
