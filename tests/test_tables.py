"""The kept tables, with which a new SQLite file begins, are those that the migrations make."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection

from jiuyuan import tables
from tests import template
from tests.conftest import SHARED

pytestmark = pytest.mark.skipif(connection.vendor != "sqlite", reason="tables are kept for SQLite alone")
_MADE = {
    "tables": "SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite%'",
    "migrations": "SELECT app, name FROM django_migrations",
    "kinds": "SELECT app_label, model FROM django_content_type",
}


def test_a_new_file_gets_the_tables_that_the_migrations_make(django_db_setup, django_db_blocker, tmp_path):
    with django_db_blocker.unblock(), template.working_on(tmp_path / "migrated"):
        call_command("migrate", verbosity=0)
    new, migrated = _made(template.file(SHARED)), _made(tmp_path / "migrated")
    for what in _MADE:
        assert new[what] == migrated[what]


def test_what_there_is_in_a_file_is_kept(django_db_setup, django_db_blocker, tmp_path):
    template.copy(SHARED, tmp_path / "old")
    with django_db_blocker.unblock(), template.working_on(tmp_path / "old"):
        tables.bring_up_to_date()
    assert _rows(tmp_path / "old", "SELECT * FROM agencies_agency")
    assert _made(tmp_path / "old") == _made(template.file(SHARED))


def _made(database: Path) -> dict[str, set[tuple[object, ...]]]:
    return {what: set(_rows(database, sql)) for what, sql in _MADE.items()}


def _rows(database: Path, sql: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(database)) as opened:
        return opened.execute(sql).fetchall()
