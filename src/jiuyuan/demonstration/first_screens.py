"""The first screens of a demonstration, made before anybody looks;
the rest is made in the background (`background`).
"""

import shutil
import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path

from django.db import connection, transaction

from jiuyuan import clock
from jiuyuan.agencies.models import User
from jiuyuan.applications.models import Application
from jiuyuan.demonstration import accounts, schedule
from jiuyuan.demonstration.schedule import Told
from jiuyuan.demonstration_progress import FOLDER, MOMENT, START

# New rows get primary keys from here, so that those of the rest, which are older, get lower ones.
_ROOM = 100_000


def begin(data: Path, hashed_password: str, told: Told) -> None:
    """Make the accounts and first cases, continuing a killed run; does nothing if they exist.

    The tables must exist. Creates the folder in which the rest is made; databases other than SQLite get
    everything at once.
    """
    if connection.vendor != "sqlite":
        schedule.make(data, told)
        return
    folder = data / FOLDER
    if not schedule.made():
        schedule.clear_away(data)
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(mode=0o700)
        (folder / MOMENT).write_text(clock.now().isoformat(), "ascii")
        with transaction.atomic():
            schedule.open_accounts(hashed_password)
    elif not folder.exists():
        return
    if not (folder / START).exists():
        _copy(folder / START)
    if not Application.objects.unscoped().exists():
        shutil.rmtree(data / "documents", ignore_errors=True)
        with transaction.atomic():
            _leave_room()
            schedule.tell(ensemble(folder).of_the_first_screens(alone=True), told)


def ensemble(folder: Path) -> schedule.Ensemble:
    """The people of the existing demonstration, whatever its present day."""
    users = {account.username: User.objects.get(username=account.username) for account in accounts.ACCOUNTS}
    return schedule.Ensemble(
        users, datetime.fromisoformat((folder / MOMENT).read_text("ascii")).astimezone(clock.CHINA)
    )


def _copy(path: Path) -> None:
    """Copy the database with its accounts, for making the rest."""
    new = path.with_suffix(".new")
    new.unlink(missing_ok=True)
    connection.ensure_connection()
    with closing(sqlite3.connect(new)) as copy:
        connection.connection.backup(copy)
    new.replace(path)


def _leave_room() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM sqlite_sequence")
        cursor.execute(
            "INSERT INTO sqlite_sequence (name, seq) SELECT name, %s FROM sqlite_master WHERE sql LIKE %s",
            [_ROOM, "%AUTOINCREMENT%"],
        )
