"""A running installation of before comes along: the demonstration as it was made in November 2026, before the engine.

`demonstration-2026-11.tar.xz` holds its database, keys and seals; everybody in it is invented. On PostgreSQL its rows are
written into tables as they were then, by the models that the migrations remember.
"""

import json
import os
import random
import tarfile
from datetime import date
from pathlib import Path

import pytest

from tests import killing, test_tables
from tests.conftest import ON_POSTGRES

pytestmark = [pytest.mark.slow, pytest.mark.both_databases]
BEFORE = Path(__file__).with_name("demonstration-2026-11.tar.xz")
DAY = date(2026, 11, 30)

# Run on PostgreSQL: the tables as they were, filled from the file.
_FILL = """
import sqlite3, sys
import django
django.setup()
from django.core.management.color import no_style
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor

old = sqlite3.connect(sys.argv[1])
leaves = list(old.execute("SELECT app, max(name) FROM django_migrations GROUP BY app"))
executor = MigrationExecutor(connection)
executor.migrate(leaves)
models = executor.loader.project_state(leaves).apps.get_models(include_auto_created=True)
with connection.cursor() as cursor, transaction.atomic():
    cursor.execute("SET session_replication_role = replica")  # neither order nor guards of the record matter here
    for model in models:
        table, fields = model._meta.db_table, model._meta.concrete_fields
        columns = ", ".join(f'"{field.column}"' for field in fields)
        cursor.execute(f"DELETE FROM {table}")
        marks = ", ".join(
            "%s::jsonb" if field.get_internal_type() == "JSONField" else "%s" for field in fields
        )
        booleans = [field.get_internal_type() == "BooleanField" for field in fields]
        rows = [
            [bool(value) if yes and value is not None else value for value, yes in zip(row, booleans)]
            for row in old.execute(f"SELECT {columns} FROM {table}")
        ]
        cursor.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", rows)
    for statement in connection.ops.sequence_reset_sql(no_style(), models):
        cursor.execute(statement)
"""
_SEEN = """
import json, sys
import django
django.setup()
from django.test import Client
from jiuyuan.agencies.models import User
from jiuyuan.applications.models import Application
from jiuyuan.recognitions.models import Recognition
pages = {}
for username in ("clerk", "reviewer", "supervisor", "province"):
    client = Client(HTTP_HOST="127.0.0.1")
    client.force_login(User.objects.get(username=username), backend="jiuyuan.agencies.backends.WithAgency")
    for path in ("/desk/cases/", "/desk/register/", "/desk/figures/"):
        pages[f"{username} {path}"] = client.get(path).status_code
cases = Application.objects.unscoped()
clerk = Client(HTTP_HOST="127.0.0.1")
clerk.force_login(User.objects.get(username="clerk"), backend="jiuyuan.agencies.backends.WithAgency")
for status in sorted(set(cases.values_list("status", flat=True))):
    case = cases.filter(status=status, agency=User.objects.get(username="clerk").agency).first()
    if case:
        pages[f"case {status}"] = clerk.get(f"/desk/cases/{case.number}/").status_code
print(json.dumps({"cases": cases.count(), "stays": Recognition.objects.unscoped().count(), "pages": pages}))
"""


_COMMAND = """
import sys
from jiuyuan import cli
sys.exit(cli.main())
"""


@pytest.fixture
def before(tmp_path):
    """Runs programs on the installation as it was; on PostgreSQL in a database of its own."""
    with tarfile.open(BEFORE) as archive:
        archive.extraction_filter = getattr(tarfile, "data_filter", None)  # Debian's Python 3.11 has none
        archive.extractall(tmp_path)
    old = tmp_path / "jiuyuan.sqlite3"
    if ON_POSTGRES:
        import psycopg

        address, name = os.environ["JIUYUAN_DATABASE_URL"], f"upgrade_{random.getrandbits(40)}"
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        old = old.rename(tmp_path / "old.sqlite3")
        config = tmp_path / "jiuyuan.toml"
        lines = config.read_text("utf-8").splitlines()
        url = f'database_url = "{address.rpartition("/")[0]}/{name}"'
        lines = [url if line.startswith("database_url") else line for line in lines]
        config.write_text("\n".join(lines) + "\n", "utf-8")
    with killing.programs(tmp_path, tmp_path, DAY) as programs:
        if ON_POSTGRES:
            programs.run(_FILL, old)
        yield programs


def test_an_installation_of_before_comes_along_with_its_record_and_its_pages(before, tmp_path):
    def command(*arguments: str) -> str:
        return before.run(_COMMAND, *arguments)

    command("upgrade", "--no-backup")
    assert "没有发现问题：579个案卷、6203条记录" in command("audit", "verify", "--state")
    seen = json.loads(before.run(_SEEN))
    assert (seen["cases"], seen["stays"]) == (289, 84)
    assert set(seen["pages"].values()) == {200}, seen["pages"]
    assert len(seen["pages"]) > 20
    command("nightly")
    assert "没有发现问题" in command("audit", "verify", "--state")
    if not ON_POSTGRES:
        assert test_tables.made(tmp_path / "jiuyuan.sqlite3") == test_tables.made_by_dump(tmp_path / "new")
