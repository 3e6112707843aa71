"""Copies the database to a file and back: SQLite's own copy, or `pg_dump` and `pg_restore` on one snapshot."""

import os
import re
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from jiuyuan.refusals import BadInput
from jiuyuan.wording import say

SQLITE, POSTGRES = "database.sqlite3", "database.dump"
_PROGRAMS = "/usr/lib/postgresql"


def server_version() -> str:
    if connection.vendor == "sqlite":
        return sqlite3.sqlite_version
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        return str(cursor.fetchone()[0]).split()[0]


def client_version() -> int | None:
    """The major version of `pg_dump`; None if there is none."""
    try:
        said = subprocess.run([_program("pg_dump"), "--version"], capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return None
    found = re.search(r"(\d+)", said)
    return int(found.group(1)) if found else None


def counts() -> dict[str, int]:
    """The number of rows of each table."""
    found = {}
    with connection.cursor() as cursor:
        for table in sorted(connection.introspection.table_names(cursor)):
            cursor.execute(f"SELECT COUNT(*) FROM {connection.ops.quote_name(table)}")
            found[table] = cursor.fetchone()[0]
    return found


def is_empty() -> bool:
    return not connection.introspection.table_names()


@contextmanager
def copied_to(folder: Path) -> Iterator[Path]:
    """Copy the database into a folder; inside the block queries see exactly what was copied."""
    if connection.vendor == "sqlite":
        with _sqlite_copied_to(folder / SQLITE) as copy:
            yield copy
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            cursor.execute("SELECT pg_export_snapshot()")
            snapshot = cursor.fetchone()[0]
        copy = folder / POSTGRES
        _run("pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot}", f"--file={copy}")
        yield copy


@contextmanager
def _sqlite_copied_to(copy: Path) -> Iterator[Path]:
    name = connection.settings_dict["NAME"]
    with closing(sqlite3.connect(name, timeout=20)) as live, closing(sqlite3.connect(copy)) as kept:
        live.backup(kept)
        kept.execute("PRAGMA journal_mode=DELETE")
    connection.close()
    connection.settings_dict["NAME"] = str(copy)
    try:
        yield copy
    finally:
        connection.close()
        connection.settings_dict["NAME"] = name
        for left in (f"{copy}-wal", f"{copy}-shm"):
            Path(left).unlink(missing_ok=True)


def restore(folder: Path) -> None:
    """Fill the empty database from a copy, completely or not at all."""
    if connection.vendor == "sqlite":
        place = Path(connection.settings_dict["NAME"])
        draft = place.with_name(f".{place.name}.restored")
        connection.close()
        shutil.copyfile(folder / SQLITE, draft)
        for left in (f"{place}-wal", f"{place}-shm"):
            Path(left).unlink(missing_ok=True)
        draft.replace(place)
        return
    connection.close()
    name = connection.settings_dict["NAME"]
    options = ("--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error", f"--dbname={name}")
    _run("pg_restore", *options, str(folder / POSTGRES))


def _run(program: str, *arguments: str) -> None:
    """Run a program. Raises `BadInput` with its error output."""
    try:
        done = subprocess.run(
            [_program(program), *arguments], env=_environment(), capture_output=True, text=True, check=False
        )
    except FileNotFoundError:
        raise BadInput(
            say("没有找到 {program}，请安装 PostgreSQL 的客户端（Debian：postgresql-client）。", program=program)
        ) from None
    if done.returncode:
        said = done.stderr.strip().splitlines()
        raise BadInput(say("{program} 没有做成：{said}", program=program, said=" ".join(said[:3])))


def _program(name: str) -> str:
    """The newest installed version of a program: an older one cannot read a newer server."""
    found = [path for path in Path(_PROGRAMS).glob(f"*/bin/{name}") if path.parent.parent.name.isdigit()]
    return str(max(found, key=lambda path: int(path.parent.parent.name))) if found else name


def _environment() -> dict[str, str]:
    """The connection in environment variables: command lines, with the password,
    are visible to all users of the machine.
    """
    settings: dict[str, Any] = connection.settings_dict
    names = {"PGDATABASE": "NAME", "PGUSER": "USER", "PGPASSWORD": "PASSWORD", "PGHOST": "HOST", "PGPORT": "PORT"}
    given = {name: str(settings[key]) for name, key in names.items() if settings.get(key)}
    options = settings.get("OPTIONS", {})
    given |= {f"PG{name.upper()}": str(options[name]) for name in ("sslmode", "sslrootcert") if options.get(name)}
    return {name: value for name, value in os.environ.items() if not re.match(r"PG[A-Z]", name)} | given
