"""The kept tables, with which a new SQLite file begins.

`tests/upgrade` compares them with what the migrations make.
"""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from django.db import connection

from jiuyuan import tables
from tests import template
from tests.conftest import SHARED

pytestmark = pytest.mark.skipif(connection.vendor != "sqlite", reason="tables are kept for SQLite alone")
MADE = {
    "tables": "SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite%'",
    "migrations": "SELECT app, name FROM django_migrations",
    "kinds": "SELECT app_label, model FROM django_content_type",
}


def test_what_there_is_in_a_file_is_kept(django_db_setup, django_db_blocker, tmp_path):
    template.copy(SHARED, tmp_path / "old")
    with django_db_blocker.unblock(), template.working_on(tmp_path / "old"):
        tables.bring_up_to_date()
    assert _rows(tmp_path / "old", "SELECT * FROM agencies_agency")
    assert made(tmp_path / "old") == made(template.file(SHARED))


def made_by_dump(database: Path) -> dict[str, set[tuple[object, ...]]]:
    """What a new file begins with."""
    with closing(sqlite3.connect(database)) as opened:
        opened.executescript(Path(tables.__file__).with_suffix(".sql").read_text("utf-8"))
    return made(database)


def made(database: Path) -> dict[str, set[tuple[object, ...]]]:
    return {what: set(_rows(database, sql)) for what, sql in MADE.items()}


def _rows(database: Path, sql: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(database)) as opened:
        return opened.execute(sql).fetchall()
