"""What `jiuyuan init` tells whoever installs: it must be what exists, and what the documents say."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from jiuyuan.cli import GROUPS

ROOT = Path(__file__).parents[1]
OPERATIONS = (ROOT / "docs/operations.md").read_text("utf-8")
COMMANDS = {name for names in GROUPS.values() for name in names}
# A command line as text names it: the program, a subcommand and, for `audit`, what it is to do.
_NAMED = re.compile(r"jiuyuan (?!import [a-z_, ]+$)([a-z][a-z-]*)(?: (verify|seal))?", re.M)


@pytest.fixture(scope="module")
def advice(tmp_path_factory: pytest.TempPathFactory) -> str:
    data = tmp_path_factory.mktemp("production") / "data"
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("JIUYUAN_", "DJANGO_"))}
    command = [sys.executable, "-m", "jiuyuan", "init"]
    done = subprocess.run(command, env={**kept, "JIUYUAN_DATA": str(data)}, capture_output=True, text=True, check=True)
    return done.stdout.partition("接下来：")[2]


def test_init_advises_commands_that_exist_and_that_the_documents_give_for_the_same(advice: str) -> None:
    advised = _NAMED.findall(advice)
    assert {name for name, _ in advised} == {"worker", "nightly", "audit"}
    for name, action in advised:
        assert name in COMMANDS
        assert f"jiuyuan {name} {action}".strip() in OPERATIONS
    [server] = re.findall(r"gunicorn .*jiuyuan\.wsgi", advice)
    assert server in OPERATIONS
    bundled = ((ROOT / "bundle" / name).read_text("utf-8") for name in ("Containerfile", "systemd/jiuyuan-web.service"))
    seconds = {int(one) for text in (server, *bundled) for one in re.findall(r"--timeout\W+([0-9]+)", text)}
    assert seconds == {120}, "files are imported by the worker: a page that hangs holds its process no longer than this"


def test_what_init_has_run_each_night_is_what_the_timer_of_the_documents_runs(advice: str) -> None:
    [by_timer] = re.findall(r"^ExecStart=\S*/(jiuyuan .+)$", OPERATIONS, flags=re.M)
    [nightly] = re.findall(r"(jiuyuan [\w -]+?) +每天夜里", advice)
    assert nightly == by_timer


def test_every_command_that_a_message_or_a_page_names_exists() -> None:
    texts = [path.read_text("utf-8") for path in (ROOT / "src").rglob("*") if path.suffix in (".py", ".html")]
    named = {name for text in texts for name, _ in _NAMED.findall(text)} - {"import", "is", "as"}
    assert {"demo", "init", "nightly", "token"} <= named
    assert named <= COMMANDS


def test_units_of_the_bundle_are_ones_that_systemd_takes_and_the_night_is_chinas(tmp_path: Path) -> None:
    """T27: one unit each for site, worker and night, after the database, on the clock of the office."""
    programs = tmp_path / "opt/current/bin"
    programs.mkdir(parents=True)
    for name in ("gunicorn", "jiuyuan"):
        (programs / name).write_text("#!/bin/sh\n")
        (programs / name).chmod(0o755)
    filled = {"@DATA@": tmp_path, "@BACKUPS@": tmp_path, "@PREFIX@": tmp_path / "opt", "@WORKERS@": 8}
    units = sorted((ROOT / "bundle/systemd").iterdir())
    assert [unit.name for unit in units if unit.suffix == ".service"] == [
        "jiuyuan-nightly.service", "jiuyuan-web.service", "jiuyuan-worker.service",
    ]  # fmt: skip
    for unit in units:
        text = unit.read_text("utf-8")
        for name, value in filled.items():
            text = text.replace(name, str(value))
        (tmp_path / unit.name).write_text(text, "utf-8")
        assert ("postgresql.service" in text) == (unit.suffix == ".service"), unit.name
    assert "OnCalendar=*-*-* 23:30 Asia/Shanghai" in (tmp_path / "jiuyuan-nightly.timer").read_text("utf-8")
    if analyse := shutil.which("systemd-analyze"):
        said = subprocess.run([analyse, "verify", *(tmp_path / unit.name for unit in units)], capture_output=True, text=True, check=False)  # fmt: skip
        assert (said.returncode, said.stderr.replace("Running as root", "")) == (0, ""), said.stderr
