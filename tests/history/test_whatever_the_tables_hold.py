"""No value in a table ends the proof: it is a fault with its row, and the rest is still looked at."""

from datetime import date

import pytest
from django.db import connection

from jiuyuan.history import services
from jiuyuan.history.sealing import seal, verify
from tests.history.conftest import CLERK


@pytest.fixture
def recorded(write, unguarded, tmp_path):
    """Two files, two looks and a seal; the ledger's path."""
    write("case:1", "create", reason="材料齐全")
    write("case:2", "create")
    services.looked(CLERK, "person:1", "个人档案", CLERK.area)
    services.looked(CLERK, "person:2", "个人档案", CLERK.area)
    ledger = tmp_path / "digests.jsonl"
    seal(date(2026, 3, 2), ledger)
    return ledger


def run(sql, *given):
    with connection.cursor() as cursor:
        cursor.execute(sql, given)


COLUMNS = {
    "history_entry": ("seq", "at", "actor", "action", "payload", "previous", "hash", "file"),
    "history_look": ("seq", "at", "actor", "unmasked", "hash", "what"),
    "history_digest": ("day", "part", "last_entry", "entries", "last_look", "looks", "previous", "hash"),
    "history_head": ("seq", "chain"),
}


@pytest.mark.parametrize(("table", "column"), [(table, column) for table in COLUMNS for column in COLUMNS[table]])
@pytest.mark.parametrize("value", ["x'ff00fe'", "'garbage'", "''", "1e300"])
def test_anything_in_a_column_of_sqlite_is_a_fault(recorded, table, column, value):
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL keeps columns to their types")
    run("PRAGMA ignore_check_constraints = ON")
    first = {"history_head": "chain", "history_digest": "id"}.get(table, "id")
    run(f"UPDATE {table} SET {column} = {value} WHERE {first} = (SELECT MIN({first}) FROM {table})")
    run("PRAGMA ignore_check_constraints = OFF")  # it would outlive the test
    assert list(verify(recorded))


def test_payload_that_is_too_deep_to_be_read_is_a_fault(recorded):
    if connection.vendor == "sqlite":
        deep = "[" * 100_000 + "]" * 100_000
    else:
        deep = "[" * 5_000 + "]" * 5_000
    on_sqlite = connection.vendor == "sqlite"
    if on_sqlite:
        run("PRAGMA ignore_check_constraints = ON")
    run("UPDATE history_entry SET payload = %s WHERE file = 'case:1'", deep)
    if on_sqlite:
        run("PRAGMA ignore_check_constraints = OFF")
    assert any(fault.startswith("案卷 case:1：第 1 条的内容被改动") for fault in verify(recorded))


@pytest.mark.parametrize("value", ["infinity", "-infinity", "0044-03-15 BC"])
def test_moment_that_python_does_not_know_is_a_fault(recorded, value):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite keeps moments as text")
    run("UPDATE history_entry SET at = %s::timestamptz WHERE file = 'case:1'", value)
    run("UPDATE history_look SET at = %s::timestamptz WHERE file = 'person:1'", value)
    run("UPDATE history_digest SET day = %s::date", value)
    found = list(verify(recorded))
    assert any(fault.startswith("案卷 case:1：第 1 条的内容被改动") for fault in found)
    assert any(fault.startswith("查看记录") for fault in found)
    assert any("核对不了" in fault for fault in found)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("table", COLUMNS)
def test_table_that_is_gone_is_a_fault(write, table, tmp_path):
    write("case:1")
    seal(date(2026, 3, 2), tmp_path / "digests.jsonl")
    run(f"ALTER TABLE {table} RENAME TO elsewhere")
    try:
        found = list(verify(tmp_path / "digests.jsonl"))
    finally:
        run(f"ALTER TABLE elsewhere RENAME TO {table}")
    assert any(table in fault and "读不出来" in fault for fault in found)
