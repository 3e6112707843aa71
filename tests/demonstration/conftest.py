"""One demonstration in the test database, and one that `jiuyuan demo` made in a folder of its own."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from datetime import time as time_of_day
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from django.conf import settings
from django.db import connections, transaction

from jiuyuan import clock, config, demonstration_progress
from jiuyuan.demonstration import schedule
from tests.conftest import TODAY

COMMAND = Path(sys.executable).parent / "jiuyuan"
# Without it the day of the tests would be that of every command.
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith(("JIUYUAN_", "DJANGO_"))}


@pytest.fixture(scope="module")
def made(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: Any) -> Iterator[Path]:
    """Made once for the tests of a module and taken back after them; returns its data folder."""
    folder = tmp_path_factory.mktemp("demonstration")
    its_own = replace(settings.JIUYUAN, data=folder, ledger_key=folder / "keys/ledger.key")
    evening = datetime.combine(TODAY, time_of_day(18), clock.CHINA)
    # Django closes the connection after each test, and would lose the transaction around all of them.
    with (
        django_db_blocker.unblock(),
        patch.object(connections["default"], "close"),
        patch.object(settings, "JIUYUAN", its_own),
        transaction.atomic(),
    ):
        with clock.standing_at(evening):
            schedule.make(folder, lambda over, of: None)
        yield folder
        transaction.set_rollback(True)


def command(*arguments: object, data: Path, **environment: str) -> "subprocess.CompletedProcess[str]":
    """One command on an installation, in a process of its own."""
    return subprocess.run(
        [COMMAND, *map(str, arguments)],
        env={**ENVIRONMENT, "JIUYUAN_DATA": str(data), **environment},
        capture_output=True,
        text=True,
        timeout=1200,
    )


@pytest.fixture(scope="session")
def killed_and_made(tmp_path_factory: Any) -> Path:
    """Killed while its tables, its first cases and the rest of them were made, then made again, in a folder."""
    data: Path = tmp_path_factory.mktemp("demo") / "some" / "where"
    arguments = [COMMAND, "demo", "--data", data, "--today", TODAY.isoformat(), "--no-serve"]
    for moment in (
        lambda: (data / "jiuyuan.sqlite3").exists(),
        lambda: len(list((data / "documents").glob("*/*"))) > 10,
        lambda: (there := demonstration_progress.progress(config.load(data))) and there.over > 20,
    ):
        first = subprocess.Popen(arguments, env=ENVIRONMENT, stderr=subprocess.PIPE, text=True)
        try:
            wait_until(lambda moment=moment, first=first: moment() or first.poll(), "it did not come so far")
        finally:
            first.send_signal(signal.SIGKILL)
            _, said = first.communicate()
        assert first.returncode == -signal.SIGKILL, said
    second = command("demo", "--today", TODAY.isoformat(), "--no-serve", data=data)
    assert second.returncode == 0, second.stderr
    return data


def wait_until(there: Callable[[], object], otherwise: str, seconds: float = 120) -> None:
    until = time.monotonic() + seconds
    while not there():
        assert time.monotonic() < until, otherwise
        time.sleep(0.1)


def rows(data: Path, sql: str) -> list[tuple[Any, ...]]:
    """What stands in the SQLite file of an installation."""
    with closing(sqlite3.connect(f"file:{data}/jiuyuan.sqlite3?mode=ro", uri=True)) as database:
        return database.execute(sql).fetchall()
