"""Programs on an installation of their own, which a test runs to their end or has killed at a random moment.

Each is a process of its own, forked from one that has loaded Django, so that it can be killed as a machine does it.
A killed one is always killed: a timer starts with a chosen statement, and before the next statement it waits for its end.
"""

import json
import os
import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from jiuyuan import config
from tests import template
from tests.conftest import ON_POSTGRES, SHARED, TODAY

ROOT = Path(__file__).parents[1]
_FORKING = """
import json, os, sys
import django
django.setup()
import jiuyuan.applications.nightly, jiuyuan.cli, jiuyuan.people.sources.reversal, jiuyuan.recognitions.nightly
for line in sys.stdin:
    program, arguments, out, err = json.loads(line)
    if not (child := os.fork()):
        for number, name in ((1, out), (2, err)):
            os.dup2(os.open(name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), number)
        sys.argv[1:] = arguments
        exec(program, {"__name__": "__main__"})
        sys.exit()
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""
_KILLED = """
import atexit, os, random, signal, sys, threading, time
from django.db import connection
_last, _said = int(sys.argv.pop(1)), 0

def _until_the_last(execute, *statement):
    global _said
    _said += 1
    if _said > _last:
        time.sleep(60)
    if _said == _last:  # at some moment during or after it, however fast the machine is
        threading.Timer(random.uniform(0, 0.005), os.kill, (os.getpid(), signal.SIGKILL)).start()
    return execute(*statement)

def _wait_for_it():
    if _said >= _last:
        time.sleep(60)

connection.execute_wrappers.append(_until_the_last)
atexit.register(_wait_for_it)
"""
_COUNTED = """
import atexit, sys
from django.db import connection
_said = []
connection.execute_wrappers.append(lambda execute, *statement: (_said.append(1), execute(*statement))[1])
atexit.register(lambda: print(len(_said)))
"""


@dataclass(frozen=True, slots=True)
class Programs:
    """Runs programs on one installation; what they print and say of errors stands in `folder`."""

    server: "subprocess.Popen[str]"
    folder: Path

    def run(self, program: str, *arguments: object) -> str:
        """Run it to its end; returns what it printed."""
        status, printed, errors = self._status(program, *arguments)
        assert status in (0, 1), errors
        return printed

    def killed(self, statement: int, program: str, *arguments: object) -> None:
        """Kill it during or right after its n-th statement. Fails where it ends before."""
        status, _, errors = self._status(_KILLED + program, statement, *arguments)
        assert status == -signal.SIGKILL, f"it ended with {status} before statement {statement}: {errors}"

    def statements(self, program: str, *arguments: object) -> int:
        """Run it to its end; returns how many statements it made."""
        return int(self.run(_COUNTED + program, *arguments).splitlines()[-1])

    def _status(self, program: str, *arguments: object) -> tuple[int, str, str]:
        out, err = self.folder / "out", self.folder / "err"
        assert self.server.stdin and self.server.stdout
        self.server.stdin.write(json.dumps([program, [str(one) for one in arguments], str(out), str(err)]) + "\n")
        self.server.stdin.flush()
        return int(self.server.stdout.readline()), out.read_text("utf-8"), err.read_text("utf-8")


def an_installation(data: Path) -> Path:
    """A new installation in that folder, with the offices that every test begins with. Ask for `db` first."""
    if ON_POSTGRES:
        name = f"killed_{random.getrandbits(40)}"
        config.create(data, "test", os.environ["JIUYUAN_DATABASE_URL"].rpartition("/")[0] + "/" + name)
        template.copy(SHARED, name)
    else:
        config.create(data, "test")
        template.copy(SHARED, data / "jiuyuan.sqlite3")
    return data


@contextmanager
def programs(data: Path, folder: Path, day: date = TODAY) -> Iterator[Programs]:
    """Programs on the installation of a data folder on that day; they say what they say in another folder."""
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "jiuyuan.settings",
        "JIUYUAN_DATA": str(data),
        "JIUYUAN_TODAY": day.isoformat(),
        "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'src'}",
    }
    environment.pop("JIUYUAN_DATABASE_URL", None)
    with subprocess.Popen(
        [sys.executable, "-c", _FORKING], env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as server:
        yield Programs(server, folder)
