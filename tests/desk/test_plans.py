"""PostgreSQL finds an area's cases and a name's beginning by an index, however many people there are."""

import re

import pytest
from django.db import connection

from jiuyuan.applications import queries
from jiuyuan.applications.queries import CaseFilters
from jiuyuan.people import queries as people
from jiuyuan.people.models import Person
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan():
    if connection.vendor != "postgresql":
        pytest.skip("plans are PostgreSQL's")
    # Over few rows it would read them all; forbidden to, it takes an index only where one fits.
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    return lambda rows: rows.explain()


@pytest.mark.parametrize("role", ["clerk", "reviewer"])
def test_the_cases_of_an_area_are_found_by_its_index(plan, role):
    found = plan(queries.listed(factories.staff(role), CaseFilters()).order_by())
    assert "applications_inbox" in found
    assert "area)::text ~>=~" in found


@pytest.mark.parametrize(
    ("state", "index"),
    [("", "applications_inbox"), ("open", "applications_open_inbox"), ("reported", "applications_open_inbox")],
)
def test_an_index_serves_also_a_plan_that_is_kept_for_every_area(plan, state, index):
    sql, given = queries.listed(factories.staff("clerk"), CaseFilters(state=state)).order_by().query.sql_with_params()
    for place in range(len(given)):
        sql = sql.replace("%s", f"${place + 1}", 1)
    asked = ["'22/2201/220102/'", "'22/2201/2201020'", *[f"'{state}'"] * (len(given) - 2)]
    other = "applications_open_inbox" if index == "applications_inbox" else "applications_inbox"
    with connection.cursor() as cursor:
        # Over no rows it takes any of them; taken back with the test.
        cursor.execute(f"DROP INDEX {other}, applications_one_open_a_person")
        cursor.execute("SET LOCAL plan_cache_mode = force_generic_plan")
        cursor.execute(f"PREPARE of_an_area AS {sql}")
        try:
            cursor.execute(f"EXPLAIN EXECUTE of_an_area ({', '.join(asked)})")
            found = "\n".join(line for (line,) in cursor.fetchall())
        finally:
            cursor.execute("DEALLOCATE of_an_area")
    assert index in found
    assert "Index Cond: (((area)::text ~>=~ $1)" in found


@pytest.mark.parametrize(
    ("typed", "indexes"),
    [
        ("爱华", {"people_given_name", "people_given_name_of_two"}),
        (
            "aihua",
            {
                *("people_given_initials", "people_given_initials_of_two"),
                *("people_given_pinyin", "people_given_pinyin_of_two"),
            },
        ),
    ],
)
def test_a_given_name_is_found_by_the_indexes_of_what_follows_the_surname(typed, indexes):
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
    found = Person.objects.unscoped().filter(people.matching(typed)).order_by().explain()
    assert {name for name in indexes if re.search(rf"{name}\b", found)} == indexes, found
    assert "Seq Scan" not in found and "SCAN people_person" not in found


def test_a_name_in_pinyin_is_found_by_its_beginning(plan):
    found = plan(Person.objects.unscoped().filter(people.matching("wangxiu")).order_by())
    assert "Index Cond" in found
    assert "name_pinyin)::text ~>=~ 'wang" in found
