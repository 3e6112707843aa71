"""The test database with its tables and the offices of 吉林, made by one worker and copied by whoever needs one.

A test that commits gets its database thrown away: the record in it refuses to be emptied.
"""

import fcntl
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction

from jiuyuan import tables

_ON_SQLITE = connection.vendor == "sqlite"
_NAME = "jiuyuan_template"


def set_up(folder: Path) -> None:
    """Make the template where no worker has yet (they share the folder), and the worker's test database like it."""
    with _alone(folder):
        if not (folder / _NAME).exists():
            _make(folder / _NAME)
    _work_on(connection.creation._get_test_db_name())
    restore(folder)


def restore(folder: Path) -> None:
    """Put the test database back to what the template is."""
    connection.close()
    name = str(connection.settings_dict["NAME"])
    if _ON_SQLITE:
        with closing(sqlite3.connect(folder / _NAME)) as template, closing(sqlite3.connect(name)) as database:
            template.backup(database)
    else:
        _execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        copy(folder, name)


def copy(folder: Path, to: Path | str) -> None:
    """Another one like it, for a program of its own: an SQLite file, or a database of the cluster."""
    if _ON_SQLITE:
        shutil.copyfile(folder / _NAME, to)
    else:
        _execute(f'CREATE DATABASE "{to}" TEMPLATE {_NAME}')


def copy_of(other: str, name: str) -> None:
    """On PostgreSQL, a database made anew as another one that nobody uses now."""
    _execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    _execute(f'CREATE DATABASE "{name}" TEMPLATE "{other}"')


def file(folder: Path) -> Path:
    """The template on SQLite."""
    return folder / _NAME


@contextmanager
def working_on(name: Path | str) -> Iterator[None]:
    """Django's database is another one for a while."""
    usual = str(connection.settings_dict["NAME"])
    _work_on(str(name))
    try:
        yield
    finally:
        _work_on(usual)


def _make(file: Path) -> None:
    from jiuyuan.agencies import services

    if not _ON_SQLITE:
        _execute(f"CREATE DATABASE {_NAME}")
    made = f"{file}.new" if _ON_SQLITE else _NAME
    with working_on(made):
        tables.bring_up_to_date()
        with transaction.atomic():
            services.plant()
    if _ON_SQLITE:
        Path(made).rename(file)
    else:
        file.touch()


def _work_on(name: str) -> None:
    connection.close()
    settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = name


def _execute(sql: str) -> None:
    with connection.creation._nodb_cursor() as cursor:
        cursor.execute(sql)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    with (folder / f"{_NAME}.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
