"""The demonstration that all tests share: made by `jiuyuan demo` once, by whoever needs it first, and copied by all."""

import fcntl
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from jiuyuan import config, demonstration_progress
from tests.conftest import SHARED, TODAY

COMMAND = Path(sys.executable).parent / "jiuyuan"
# Without it the day of the tests would be that of every command.
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith(("JIUYUAN_", "DJANGO_"))}


@pytest.fixture(scope="session")
def demonstration_made() -> Path:
    """Killed while its tables, its first cases and the rest of them were made, then made again. To be copied, not changed."""
    data = SHARED / "demonstration"
    with (SHARED / "demonstration.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not data.exists():
            _make(new := SHARED / "demonstration.new" / "some" / "where")
            new.rename(data)
    return data


def _make(data: Path) -> None:
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
    second = subprocess.run(arguments, env=ENVIRONMENT, capture_output=True, text=True, timeout=1200)
    assert second.returncode == 0, second.stderr


def wait_until(there: Callable[[], object], otherwise: str, seconds: float = 120) -> None:
    until = time.monotonic() + seconds
    while not there():
        assert time.monotonic() < until, otherwise
        time.sleep(0.1)
