"""Backups: the database, documents, the ledger and the office's settings, but no keys.

The database is copied first, then the folder: a document without a row is harmless, a row without its document is
not.
"""

import json
import os
import shutil
import sqlite3
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from django.apps import apps
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

import jiuyuan
from jiuyuan import clock
from jiuyuan.config import Config
from jiuyuan.operations import database_copy, key_prints, manifest, runs
from jiuyuan.operations.manifest import Manifest
from jiuyuan.refusals import BadInput
from jiuyuan.wording import say

PREFIX = "jiuyuan-"
#: The folders to copy. Everything else in the data folder has keys or passwords, or is regenerated.
FOLDERS = ("documents", "imports", "forms", "mappings", "locale")
FILES = ("holidays.toml", "limits.toml")
LEDGER, LAST_SEAL = "digests.jsonl", "ledger.last"
#: Files with keys or passwords, kept elsewhere by hand.
SECRET = ("jiuyuan.toml", "keys", "certificates", "departments.toml", "signing.toml", "sms.toml")


def make(installation: Config, into: Path, keep: int = 0) -> Path:
    """Make a complete backup in a new folder below `into`, and keep the newest `keep` of them (0: all).

    Raises `BadInput`.
    """
    if into.resolve().is_relative_to(installation.data):
        raise BadInput(say("备份不能放在数据文件夹里面：一起丢失就没有备份了。请放到另一块盘或另一台机器。"))
    with runs.recorded(runs.Kind.BACKUP) as figures:
        into.mkdir(mode=0o700, parents=True, exist_ok=True)
        before = next(iter(whole(into)), None)
        now = datetime.now(clock.CHINA)
        name = f"{PREFIX}{now:%Y%m%d-%H%M%S}"
        draft = into / f".{name}.partial"
        draft.mkdir(mode=0o700)
        try:
            made = _make(installation, draft, before, now)
        except sqlite3.Error as error:
            raise BadInput(say("数据库复制不了：{error}。", error=error)) from None
        except BaseException:
            shutil.rmtree(draft, ignore_errors=True)
            raise
        done = draft.rename(into / name)
        figures |= {"name": name, "documents": made.documents, "rows": sum(made.counts.values())}
    for old in whole(into)[keep:] if keep else ():
        shutil.rmtree(old)
    return done


def whole(into: Path) -> list[Path]:
    """The complete backups in a folder, newest first."""
    return sorted((path.parent for path in into.glob(f"{PREFIX}*/{manifest.MANIFEST}")), reverse=True)


def _make(installation: Config, draft: Path, before: Path | None, now: datetime) -> Manifest:
    with database_copy.copied_to(draft) as copy:
        counted = database_copy.counts()
        applied = sorted(f"{app}.{name}" for app, name in MigrationRecorder(connection).applied_migrations())
        last_seal = _last_seal()
        lacking = missing_documents(installation.data)
        server = database_copy.server_version()
    digests = {copy.name: manifest.digest_of(copy)}
    known = manifest.read_digests(before) if before else {}
    for path in _files(installation.data):
        name = path.relative_to(installation.data).as_posix()
        digests[name] = _taken_over(path, draft / name, before / name if before else None, known.get(name, ""))
    for name, content in _ledger_until(installation, last_seal):
        (draft / name).write_bytes(content)
        digests[name] = manifest.digest_of(draft / name)
    made = Manifest(
        version=jiuyuan.__version__,
        made_at=now.isoformat(timespec="seconds"),
        vendor=connection.vendor,
        server=server,
        migrations=applied,
        counts=counted,
        keys=key_prints.of(installation),
        ledger_keys=key_prints.ledger(installation),
        last_seal=last_seal,
        missing_documents=lacking,
        documents=sum(name.startswith("documents/") for name in digests),
        left_out=[name for name in SECRET if (installation.data / name).exists()],
        files=manifest.write_digests(draft, digests),
    )
    manifest.write(draft, made)
    return made


def _files(data: Path) -> Iterator[Path]:
    for folder in FOLDERS:
        # A name with a dot is a temporary file of `written_whole`, which may vanish at any moment.
        yield from (path for path in sorted((data / folder).rglob("*")) if path.is_file() and path.name[0] != ".")
    yield from (path for name in FILES if (path := data / name).is_file())


def _taken_over(path: Path, copy: Path, former: Path | None, known: str) -> str:
    """Copy a file, or hard-link it from the previous backup if unchanged (documents are never overwritten).

    Returns its digest.
    """
    copy.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if former is not None and known and former.is_file() and _alike(path, former):
        os.link(former, copy)
        return known
    shutil.copy2(path, copy)
    return manifest.digest_of(copy)


def _alike(path: Path, former: Path) -> bool:
    now, then = path.stat(), former.stat()
    return (now.st_size, now.st_mtime_ns) == (then.st_size, then.st_mtime_ns)


def _ledger_until(installation: Config, last_seal: str) -> Iterator[tuple[str, bytes]]:
    """Yield the ledger up to the last seal in the copied database; a later seal would be reported as missing there."""
    if not last_seal or not installation.ledger.exists():
        return
    lines = installation.ledger.read_bytes().splitlines(keepends=True)
    ends = [number for number, line in enumerate(lines, 1) if _hash_of(line) == last_seal]
    kept = lines[: ends[-1]] if ends else lines
    yield LEDGER, b"".join(kept)
    if kept:
        yield LAST_SEAL, kept[-1]


def _hash_of(line: bytes) -> str:
    try:
        content = json.loads(line)
    except (ValueError, RecursionError):
        return ""
    return str(content.get("hash", "")) if isinstance(content, dict) else ""


def _last_seal() -> str:
    """Read as text, because before an upgrade the table may have an older format."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT hash FROM history_digest ORDER BY id DESC LIMIT 1")
        row = cursor.fetchone()
    return str(row[0]) if row else ""


def missing_documents(data: Path) -> list[str]:
    """The names of documents that have a row but no file."""
    places = (lambda name: data / "documents" / name[:2] / name, lambda name: data / "imports" / name)
    return [name for name in _stored_names() if not any(place(name).is_file() for place in places)]


def _stored_names() -> Iterator[str]:
    tables = set(connection.introspection.table_names())
    for model in apps.get_models():
        table = model._meta.db_table
        if table in tables and any(field.name == "stored_as" for field in model._meta.fields):
            with connection.cursor() as cursor:
                cursor.execute(f"SELECT stored_as FROM {table} WHERE stored_as <> ''")
                while rows := cursor.fetchmany(10_000):
                    yield from (row[0] for row in rows)
