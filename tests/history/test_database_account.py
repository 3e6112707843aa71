"""The account of the database, on PostgreSQL: it owns every table and still cannot sign a ledger."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from django.conf import settings

from jiuyuan import config

pytestmark = [
    pytest.mark.xdist_group("database account"),  # its role and database are the cluster's, not the worker's
    pytest.mark.both_databases,
    pytest.mark.skipif("sqlite" in settings.DATABASES["default"]["ENGINE"], reason="SQLite has no accounts"),
]

WRITE = """
from datetime import date
from django.db import transaction
from jiuyuan import clock
from jiuyuan.history import sealing, services
from django.conf import settings
clerk = services.Actor("clerk", "孙建国", "clerk", "南岭街道", "22/")
for day in (2, 3, 4):
    for action in ("create", "accept"):
        with transaction.atomic():
            services.append(f"case:{day}", clerk, action, {"day": day}, "22/")
    services.looked(clerk, f"person:{day}", "个人档案", "22/")
    sealing.seal(date(2026, 3, day), settings.JIUYUAN.ledger)
"""
# With the product's own code, in a folder of the forger's own: other keys, the same database.
FORGE = """
from datetime import date
from django.conf import settings
from jiuyuan.history import sealing
from jiuyuan.history.models import Digest, Entry
from jiuyuan.history.services import GENESIS, entry_hash
previous = {}
for entry in Entry.objects.unscoped().order_by("file", "seq"):
    entry.actor, entry.previous = "somebody", previous.get(entry.file, GENESIS)
    entry.hash = previous[entry.file] = entry_hash(entry)
    entry.save()
entries = list(Entry.objects.unscoped().order_by("id"))
Digest.objects.all().delete()
Entry.objects.unscoped().delete()
for day in (2, 3, 4):
    Entry.objects.bulk_create([one for one in entries if one.file == f"case:{day}"])
    sealing.seal(date(2026, 3, day), settings.JIUYUAN.ledger)
"""


@dataclass
class Installation:
    """A folder and the database of an account that is no superuser."""

    folder: Path
    url: str

    def run(self, *arguments: object, data: Path | None = None) -> "subprocess.CompletedProcess[str]":
        environment = {**os.environ, "JIUYUAN_DATA": str(data or self.folder), "JIUYUAN_DATABASE_URL": self.url}
        program = [Path(sys.executable).parent / "jiuyuan", *map(str, arguments)]
        return subprocess.run(program, env=environment, capture_output=True, text=True, timeout=300)

    def execute(self, sql: str) -> None:
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(sql)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    folder = tmp_path_factory.mktemp("installation")
    config.create(folder, "test")
    superuser = os.environ["JIUYUAN_DATABASE_URL"]
    with psycopg.connect(superuser, autocommit=True) as connection:
        connection.execute("CREATE ROLE recorder LOGIN NOSUPERUSER")
        connection.execute("CREATE DATABASE recorded OWNER recorder TEMPLATE template0")
    made = Installation(folder, superuser.replace("postgres@", "recorder@").rsplit("/", 1)[0] + "/recorded")
    for arguments in (["migrate", "history", "-v", "0"], ["shell", "-v", "0", "-c", WRITE]):
        done = made.run("manage", *arguments)
        assert done.returncode == 0, done.stderr
    yield made
    with psycopg.connect(superuser, autocommit=True) as connection:
        connection.execute("DROP DATABASE recorded WITH (FORCE)")
        connection.execute("DROP ROLE recorder")


def test_untouched_record_holds(written):
    verified = written.run("audit", "verify")
    assert verified.returncode == 0, verified.stdout
    assert "没有给出另处留存的封存值" in verified.stderr


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT pg_read_file('{key}')",
        "SELECT pg_read_binary_file('{key}')",
        "SELECT lo_import('{key}')",
        "SELECT pg_ls_dir('{folder}')",
        "CREATE TABLE stolen (line text); COPY stolen FROM '{key}'",
        "CREATE TABLE stolen (line text); COPY stolen FROM PROGRAM 'cat {key}'",
    ],
)
def test_account_cannot_read_the_key(written, sql):
    key = written.folder / "keys/ledger.key"
    assert key.is_file()
    with psycopg.connect(written.url) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(sql.format(key=key, folder=key.parent))


def test_account_that_rewrites_all_tables_and_the_ledger_cannot_sign_it(written, tmp_path):
    """Every hash fits again in the database, and the ledger in the folder was replaced by one that fits it."""
    kept = tmp_path / "kept.jsonl"
    shutil.copy(written.folder / "digests.jsonl", kept)
    own = tmp_path / "forger"
    config.create(own, "test")
    for table in ("history_entry", "history_look", "history_digest"):
        written.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    forged = written.run("manage", "shell", "-v", "0", "-c", FORGE, data=own)
    assert forged.returncode == 0, forged.stderr
    inside = written.run("audit", "verify", data=own)
    assert not [line for line in inside.stdout.splitlines() if "案卷 case" in line or "日封存值" in line]
    shutil.copy(own / "digests.jsonl", written.folder / "digests.jsonl")
    found = written.run("audit", "verify")
    assert found.returncode == 1
    assert "签名所用的密钥" in found.stdout
    assert "2026-03-04 的日封存值与密钥旁边记的不一致。" in found.stdout
    # Without the ledger: missed. With the copy that was kept elsewhere: each seal is named.
    (written.folder / "digests.jsonl").unlink()
    assert "digests.jsonl 读不了" in written.run("audit", "verify").stdout
    with_copy = written.run("audit", "verify", "--ledger", kept).stdout
    assert with_copy.count("的日封存值与库外留存的不一致") == len(kept.read_text().splitlines()) == 3
    assert json.loads(kept.read_text().splitlines()[0])["day"] == "2026-03-02"
