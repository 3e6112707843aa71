"""Lists: soonest due first, paged by key, filtered and searched, with as many queries for many rows as for few."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from jiuyuan import clock
from jiuyuan.api import paging
from jiuyuan.applications import services
from jiuyuan.regions import registry
from tests.api.program import fields
from tests.factories import a_case, act, an_applicant, move_to, staff

pytestmark = pytest.mark.django_db


def numbers(answer):
    return [row["number"] for row in answer.json()["items"]]


def test_what_is_due_first_comes_first(api, today):
    clerk = staff("clerk")
    later = a_case("submitted", clerk=clerk)
    sooner = a_case("accepted", clerk=clerk)
    move_to(today("2026-03-04"))
    act(clerk, later, "accept")
    assert numbers(api(clerk).get("/applications", status="accepted")) == [sooner.number, later.number]


def test_a_list_shows_masked_numbers_and_days_left(api):
    clerk, applicant = staff("clerk"), an_applicant()
    a_case("accepted", applicant, clerk=clerk)
    [row] = api(clerk).get("/applications").json()["items"]
    assert row["id_number"] == applicant.id_number[:6] + "*" * 10 + applicant.id_number[-2:]
    assert applicant.phone not in str(row)
    assert (row["due_on"], row["days_left"], row["overdue"]) == ("2026-03-16", 10, False)


def test_pages_follow_each_other_without_gap_or_overlap(api, monkeypatch):
    monkeypatch.setattr(paging, "SIZE", 2)
    clerk = staff("clerk")
    program = api(clerk)
    made = [services.create(clerk, **an_applicant().form()).number for _ in range(5)]
    seen, cursor = [], ""
    while cursor is not None:
        page = program.get("/applications", cursor=cursor).json()
        assert len(page["items"]) <= 2
        seen += [row["number"] for row in page["items"]]
        cursor = page["next"]
    assert seen == made


@pytest.mark.parametrize("cursor", ["x", "W10", "eyJhIjoxfQ:x:y", "\x01", "2026-03-02"])
def test_a_cursor_that_no_list_gave_out_is_422(api, cursor):
    refused = api(staff("clerk")).get("/applications", cursor=cursor)
    assert refused.status_code == 422
    assert fields(refused) == ["cursor"]


def test_the_cursor_of_another_list_is_422(api, monkeypatch):
    monkeypatch.setattr(paging, "SIZE", 1)
    clerk = staff("clerk")
    for _ in range(2):
        a_case("draft", clerk=clerk)
    cursor = api(clerk).get("/people").json()["next"]
    assert fields(api(clerk).get("/applications", cursor=cursor)) == ["cursor"]


def test_the_state_filters_and_an_unknown_one_is_422(api):
    clerk = staff("clerk")
    draft, accepted = a_case("draft", clerk=clerk), a_case("accepted", clerk=clerk)
    program = api(clerk)
    assert numbers(program.get("/applications", status="draft")) == [draft.number]
    assert numbers(program.get("/applications", status="accepted")) == [accepted.number]
    assert numbers(program.get("/applications", status="")) == [accepted.number, draft.number]
    assert fields(program.get("/applications", status="open")) == ["status"]


@pytest.mark.parametrize(
    "typed",
    [
        lambda who, case: who.name,
        lambda who, case: who.name[:2],
        lambda who, case: who.id_number,
        lambda who, case: who.id_number.lower(),
        lambda who, case: f"{who.id_number[:6]} {who.id_number[6:14]} {who.id_number[14:]}",
        lambda who, case: "".join(chr(ord(c) + 0xFEE0) for c in who.id_number),
        lambda who, case: who.id_number[:6] + who.id_number[8:17],
        lambda who, case: who.phone,
        lambda who, case: f"{who.phone[:3]} {who.phone[3:7]} {who.phone[7:]}",
        lambda who, case: case.number,
        lambda who, case: f"  {case.number} ",
    ],
)
def test_a_case_is_found_by_name_id_number_telephone_and_number(api, typed):
    clerk = staff("clerk")
    wanted = an_applicant(name="欧阳䶮")
    case = a_case("draft", wanted, clerk=clerk)
    a_case("draft", clerk=clerk)
    assert numbers(api(clerk).get("/applications", q=typed(wanted, case))) == [case.number]


@pytest.mark.parametrize("typed", ["220102", "138", "秀英", "%", "_", "'", "\\", "999", "x" * 3000, "😀"])
def test_a_part_of_a_number_or_a_sign_of_the_database_finds_nobody(api, typed):
    clerk = staff("clerk")
    a_case("draft", an_applicant(name="欧阳䶮"), clerk=clerk)
    assert numbers(api(clerk).get("/applications", q=typed)) == []


def test_a_nul_in_the_address_is_422_and_names_the_field(api):
    assert fields(api(staff("clerk")).get("/applications", q="a\x00")) == ["q"]


@pytest.mark.parametrize("path", ["/applications", "/people", "/recognitions"])
def test_a_list_takes_as_many_queries_for_many_rows_as_for_one(api, path):
    clerk, reviewer = staff("clerk"), staff("reviewer")
    program = api(clerk)

    def asked():
        registry.keep_up(clock.today())  # what cities published is read once a day
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert program.get(path).json()["items"]
        return [re.sub(r"\d+", "1", query["sql"][:60]) for query in queries]

    a_case("recognised", clerk=clerk, reviewer=reviewer)
    one = asked()
    for _ in range(4):
        a_case("recognised", clerk=clerk, reviewer=reviewer)
    assert asked() == one
    # Who asks, the look with its number in the chain of looks, and the rows.
    assert len(one) <= 6, one


def test_a_case_takes_as_many_queries_with_a_long_file_as_with_a_short_one(api):
    clerk = staff("clerk")
    case = a_case("accepted", clerk=clerk)
    program = api(clerk)

    def asked():
        with CaptureQueriesContext(connection) as queries:
            program.get(f"/applications/{case.number}")
        return len(queries)

    # An acceptance after which nothing was done may be taken back, which is asked of what followed from it.
    services.save(clerk, case.number, facts={"wants_work": True}, source="site_visit", evidence="入户")
    short = asked()
    for kind in ("id_card", "other", "site_visit_photo"):
        program.upload(f"/applications/{case.number}/materials", kind)
    for value in (False, True, False):
        services.save(clerk, case.number, facts={"wants_work": value}, source="site_visit", evidence="入户")
    assert asked() == short <= 16


HUGE = "9" * 23
LISTS = {
    "/duties": ("recognition", "due_by", "on"),
    "/appointments": ("recognition", "due_by"),
    "/offers": ("recognition", "plan", "due_by"),
    "/refusals": ("recognition", "due_by"),
    "/placements": ("recognition", "plan", "due_by"),
    "/courses": ("due_by",),
    "/enrolments": ("recognition", "plan", "course", "due_by"),
    "/ventures": ("recognition", "plan"),
    "/claims": ("person",),
}


def test_a_list_asked_for_by_what_no_column_holds_is_an_empty_one(api):
    clerk = api(staff("clerk"))
    a_case("recognised")
    for path, names in LISTS.items():
        for name in names:
            for value in ("0001-01-01",) if name in ("due_by", "on") else (HUGE, f"-{HUGE}"):
                answer = clerk.get(path, **{name: value})
                assert (answer.status_code, answer.json()["items"]) == (200, []), (path, name, value)
    far = clerk.get("/duties", due_by="9999-12-31")
    assert (far.status_code, bool(far.json()["items"])) == (200, True)
