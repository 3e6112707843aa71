"""Somebody with the database in their hands: whatever they change, remove or insert, `jiuyuan audit verify` finds it."""

import json
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests.demonstration.conftest import command

pytestmark = pytest.mark.xdist_group("demonstration")

# As the forger would: with the product's own code, so that every hash in the database fits again.
FORGE = """
from jiuyuan.history.digests import between, digest_hash
from jiuyuan.history.models import Digest, Entry
from jiuyuan.history.services import GENESIS, entry_hash
file = Entry.objects.unscoped().filter(action="recognise").first().file
previous = GENESIS
for entry in Entry.objects.unscoped().filter(file=file).order_by("seq"):
    entry.actor, entry.previous = "somebody", previous
    entry.hash = previous = entry_hash(entry)
    entry.save()
before = None
for digest in Digest.objects.order_by("day", "part"):
    found = between(before and before.last_entry, digest.last_entry, before and before.last_look, digest.last_look)
    digest.previous = before.hash if before else GENESIS
    digest.hash = digest_hash(digest.day, digest.part, digest.last_entry, digest.last_look, digest.previous, found)
    digest.save()
    before = digest
"""

TAMPERINGS = (
    "UPDATE history_entry SET actor = 'somebody' WHERE id = 1000",
    "UPDATE history_entry SET at = datetime(at, '-1 day') WHERE id = 1000",
    """UPDATE history_entry SET payload = '{"to": "recognised"}' WHERE id = 2000""",
    "DELETE FROM history_entry WHERE id = 1000",
    "DELETE FROM history_entry WHERE file = (SELECT file FROM history_entry WHERE id = 1000)",
    "INSERT INTO history_entry SELECT 0, 'application:x', 1, at, actor, actor_name, role, agency, area, action, payload,"
    " previous, hash FROM history_entry WHERE id = 1000",
    "DELETE FROM history_digest WHERE day = (SELECT max(day) FROM history_digest)",
    "UPDATE history_digest SET entries = entries + 1 WHERE id = 5",
    "DELETE FROM history_entry WHERE id > (SELECT max(id) - 100 FROM history_entry)",
    "UPDATE history_entry SET actor = x'ff' WHERE id = 1000",
)
TAMPER = """
import json
from django.db import connection, transaction
from jiuyuan.history import sealing
from jiuyuan import config
installation, found = config.load(), {{}}
for sql in {done}:
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(sql)
            assert cursor.rowcount > 0, sql
        found[sql] = list(sealing.verify(installation.ledger, outside=None, key=installation.ledger_key))
        transaction.set_rollback(True)
print(json.dumps(found))
"""


@pytest.fixture
def stolen(killed_and_made: Path, tmp_path: Path) -> Path:
    """A copy of the installation, with the guard of its database taken off."""
    copy = tmp_path / "stolen"
    shutil.copytree(killed_and_made, copy, ignore=shutil.ignore_patterns("documents"))
    with closing(sqlite3.connect(copy / "jiuyuan.sqlite3")) as database:
        triggers = database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
        assert triggers
        for (name,) in triggers:
            database.execute(f'DROP TRIGGER "{name}"')
    return copy


@pytest.fixture
def run(stolen: Path) -> Callable[[str], None]:
    def execute(sql: str) -> None:
        with closing(sqlite3.connect(stolen / "jiuyuan.sqlite3")) as database, database:
            assert database.execute(sql).rowcount > 0

    return execute


def test_untouched_record_holds(stolen):
    verified = command("audit", "verify", data=stolen)
    assert verified.returncode == 0
    assert verified.stdout.startswith("没有发现问题：")
    assert verified.stdout.count("\n") == 1
    assert "没有给出另处留存的封存值" in verified.stderr


def test_changed_removed_or_inserted_row_is_found(stolen):
    """Each alone, in a transaction that is undone."""
    tampered = command("manage", "shell", "-v", "0", "-c", TAMPER.format(done=TAMPERINGS), data=stolen)
    assert tampered.returncode == 0, tampered.stderr
    found = json.loads(tampered.stdout)
    assert len(found) == len(TAMPERINGS) == 10
    assert all(found.values()), found


def test_what_was_found_is_counted_and_the_command_fails(stolen, run):
    run(TAMPERINGS[0])
    found = command("audit", "verify", data=stolen)
    assert found.returncode == 1
    assert found.stdout.splitlines()[-1].startswith("发现")


def test_forger_who_made_every_hash_fit_again_is_found_by_who_holds_yesterdays_digest_alone(stolen, tmp_path):
    yesterday = tmp_path / "kept.jsonl"
    yesterday.write_text((stolen / "digests.jsonl").read_text().splitlines()[-1] + "\n")
    forged = command("manage", "shell", "-v", "0", "-c", FORGE, data=stolen)
    assert forged.returncode == 0, forged.stderr
    inside = command("audit", "verify", data=stolen)
    assert "案卷" not in "".join(inside.stdout.splitlines()[:-1])  # inside the database all fits
    assert "与库外留存的不一致" in inside.stdout
    (stolen / "digests.jsonl").unlink()
    gone = command("audit", "verify", data=stolen)
    assert gone.returncode == 1
    assert "digests.jsonl 读不了" in gone.stdout
    assert "与密钥旁边记的不一致" in gone.stdout
    found = command("audit", "verify", "--ledger", yesterday, data=stolen)
    assert found.returncode == 1
    assert "与库外留存的不一致" in found.stdout


def test_day_is_sealed_once_and_written_outside_the_database(stolen):
    first, second = (command("audit", "seal", data=stolen) for _ in range(2))
    assert first.stdout == second.stdout
    assert first.stdout.startswith("2026-03-02 已封存")
    assert (stolen / "digests.jsonl").read_text().count("2026-03-02") == 1


@pytest.mark.parametrize("day", ["2026-03-03", "gestern"])
def test_day_that_cannot_be_sealed_is_refused(stolen, day):
    assert command("audit", "seal", "--day", day, data=stolen).returncode == 2


def test_day_that_was_sealed_long_ago_is_said_again(stolen):
    again = command("audit", "seal", "--day", "2026-01-05", data=stolen)
    assert again.returncode == 0
    assert again.stdout.startswith("2026-01-05 已封存")


def test_ledger_that_is_not_there_is_named(stolen):
    assert command("audit", "verify", "--ledger", "/nowhere", data=stolen).returncode == 2


def test_where_nothing_is_installed_one_sentence_says_what_to_do(tmp_path):
    refused = command("audit", "verify", data=tmp_path)
    assert refused.returncode == 2
    assert "jiuyuan demo" in refused.stderr
    assert refused.stderr.count("\n") == 1
