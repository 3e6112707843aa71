"""What belongs to a row in hand is read by statements of our own, and is what the ORM would read."""

from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from jiuyuan.agencies.models import User
from jiuyuan.applications.models import Application, Material
from jiuyuan.people.models import Fact
from jiuyuan.speed.rows import belonging, belonging_to_any
from tests.factories import a_case, an_account, staff

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True, params=[True, False], ids=["by-statements", "by-django"])
def _speed(request, settings):
    settings.JIUYUAN = replace(settings.JIUYUAN, speed=request.param)


def contents(row):
    return {name: value for name, value in vars(row).items() if name != "_state"}


def test_rows_and_their_parts_are_what_the_orm_reads(django_assert_num_queries):
    case = a_case("accepted")
    parts = ("person", "agency", "endorsed_by", "batch", "recognition")
    by_orm = Application.objects.unscoped().select_related(*parts).get(pk=case.pk)
    with django_assert_num_queries(1):
        (found,) = belonging_to_any(Application, "number", [case.number], *parts)
        assert contents(found) == contents(by_orm)
        assert contents(found.person) == contents(by_orm.person)
        assert contents(found.agency) == contents(by_orm.agency)
        assert (found.endorsed_by, found.batch, found.recognition) == (None, None, None)
    assert not found._state.adding


def test_rows_know_the_one_they_belong_to_and_come_in_order(django_assert_num_queries):
    case = a_case("accepted")
    with django_assert_num_queries(1):
        facts = belonging(case.person, Fact)
        assert all(fact.person is case.person for fact in facts)
    assert [contents(fact) for fact in facts] == [contents(fact) for fact in case.person.facts.order_by("pk")]
    latest = belonging(case.person, Fact, order="id DESC LIMIT 1")
    assert latest == facts[-1:]


def test_who_belongs_to_a_part_is_read_with_it_or_is_nobody(django_assert_num_queries):
    with_account = a_case("accepted", by=an_account())
    at_the_window = a_case("accepted")
    numbers = [with_account.number, at_the_window.number]
    account = User.objects.get(pk=with_account.person.account_id)
    with django_assert_num_queries(1):
        one, other = belonging_to_any(Application, "number", numbers, "person", "person__account", lock=True)
        assert contents(one.person.account) == contents(account)
        assert other.person.account is None


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite locks the whole database")
def test_who_asks_for_a_lock_gets_it_of_the_rows_alone():
    case = a_case("accepted")
    for table, rows in {
        "applications_application": lambda: belonging_to_any(
            Application, "id", [case.pk], "person", "endorsed_by", lock=True
        ),
        "people_fact": lambda: belonging(case.person, Fact, "document", lock=True),
    }.items():
        with CaptureQueriesContext(connection) as asked:
            assert rows()
        (sql,) = (query["sql"] for query in asked)
        assert sql.replace('"', "").endswith(f" FOR UPDATE OF {table}")


def test_a_condition_narrows_them_and_parts_are_read_with_them(django_assert_num_queries):
    case = a_case("accepted")
    first = case.materials.select_related("document").first()
    Material.objects.unscoped().exclude(pk=first.pk).update(removed_at=case.created_at)
    with django_assert_num_queries(1):
        (found,) = belonging(case, Material, "document", where="removed_at IS NULL")
        assert contents(found.document) == contents(first.document)
    assert found == first


def test_somebody_without_an_agency_is_read_without_one():
    account = an_account()
    (found,) = belonging_to_any(User, "id", [account.pk], "agency")
    assert found.agency is None
    assert belonging_to_any(User, "id", []) == []
    clerk = staff("clerk")
    assert belonging_to_any(User, "id", [clerk.pk, account.pk], "agency") == sorted(
        [account, clerk], key=lambda user: user.pk
    )
