"""The record of acts: chained, masked, and closed to change."""

from datetime import date, datetime

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from jiuyuan import clock
from jiuyuan.history import services
from jiuyuan.history.models import Digest, Entry, Look
from jiuyuan.history.sealing import seal
from tests.factories import an_id_number
from tests.history.conftest import CLERK


def test_each_act_names_the_one_before_it(write):
    first, second = write("case:1", "accept"), write("case:1", "publish")
    assert (first.seq, first.previous) == (1, services.GENESIS)
    assert (second.seq, second.previous) == (2, first.hash)


def test_each_file_has_a_chain_of_its_own(write):
    write("case:1")
    assert write("case:2").previous == services.GENESIS


def test_act_carries_who_did_it_and_when_as_they_were_called_then(write, today):
    today("2026-03-05")
    entry = write("case:1")
    assert (entry.actor, entry.actor_name, entry.role, entry.agency) == (
        "clerk",
        "孙建国",
        "clerk",
        "南岭街道公共就业服务平台",
    )
    assert entry.at.astimezone(clock.CHINA).date() == date(2026, 3, 5)


def test_hash_is_the_same_after_the_database_gave_the_entry_back(write):
    write("case:1", day=date(2026, 3, 2), list=("a", 1, None, True), nested={"b": 1.5, "名": "䶮𠮷😀"})
    entry = Entry.objects.unscoped().get()
    assert entry.hash == services.entry_hash(entry)
    assert entry.payload == {"day": "2026-03-02", "list": ["a", 1, None, True], "nested": {"b": 1.5, "名": "䶮𠮷😀"}}


def test_whole_numbers_of_people_do_not_get_into_the_record(write):
    number = an_id_number("1985-03-02")
    entry = write("case:1", text=f"身份证{number}", list=[{"phone": "13812345678"}])
    assert number not in str(entry.payload)
    assert "13812345678" not in str(entry.payload)


@pytest.mark.django_db(transaction=True)
def test_act_outside_a_transaction_is_refused():
    with pytest.raises(transaction.TransactionManagementError, match="the record needs the transaction"):
        services.append("case:1", CLERK, "accept", {}, CLERK.area)
    assert not Entry.objects.unscoped().exists()


def test_record_falls_with_the_act_that_failed(write):
    def act_that_fails():
        with transaction.atomic():
            write("case:1")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        act_that_fails()
    assert not Entry.objects.unscoped().exists()


def test_place_in_a_chain_is_taken_once(write):
    entry = write("case:1")
    entry.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        entry.save(force_insert=True)


def test_look_is_recorded_with_what_was_seen(db):
    services.looked(CLERK, "person:1", "个人档案", CLERK.area, unmasked=True)
    look = Look.objects.unscoped().get()
    assert (look.actor, look.file, look.what, look.unmasked) == ("clerk", "person:1", "个人档案", True)


@pytest.fixture
def recorded(write, tmp_path):
    """One row in each of the three tables."""
    write("case:1")
    services.looked(CLERK, "person:1", "个人档案", CLERK.area)
    seal(date(2026, 3, 2), tmp_path / "digests.jsonl")


@pytest.mark.parametrize("model", [Entry, Look, Digest])
def test_database_refuses_to_change_a_row(recorded, model):
    field = {Entry: {"action": "x"}, Look: {"what": "x"}, Digest: {"hash": "x"}}[model]
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        model._base_manager.update(**field)
    assert not model._base_manager.filter(**field).exists()


@pytest.mark.parametrize("model", [Entry, Look, Digest])
def test_database_refuses_to_remove_a_row(recorded, model):
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        model._base_manager.all()._raw_delete("default")
    assert model._base_manager.count() == 1


def test_postgresql_refuses_to_empty_the_table(recorded, django_db_blocker):
    from django.db import connection

    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no TRUNCATE")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("TRUNCATE history_entry")


def test_time_in_the_record_is_a_moment_not_a_text(write):
    assert isinstance(write("case:1").at, datetime)
    assert timezone.is_aware(Entry.objects.unscoped().get().at)
