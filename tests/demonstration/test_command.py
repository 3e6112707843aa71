"""`jiuyuan demo` as somebody types it: made, killed, made again, served, ended; and what it refuses."""

import http.client
import os
import re
import signal
import socket
import subprocess
from pathlib import Path

import pytest

from jiuyuan import config
from tests.conftest import TODAY
from tests.demonstrated import COMMAND, ENVIRONMENT, wait_until
from tests.demonstration.conftest import command, rows
from tests.postgres import free_port

# The folder is made once, by the first of these tests that runs; two workers would make two.
pytestmark = pytest.mark.xdist_group("demonstration")


def test_demonstration_that_was_killed_half_way_is_made_whole(killed_and_made):
    assert rows(killed_and_made, "SELECT count(*) FROM applications_application")[0][0] > 280
    stored = {path.name for path in (killed_and_made / "documents").glob("*/*")}
    assert stored == {name for (name,) in rows(killed_and_made, "SELECT stored_as FROM people_document")}
    assert command("audit", "verify", data=killed_and_made).returncode == 0


def test_second_run_changes_nothing_and_says_again_whom_to_log_in_as(killed_and_made):
    before = rows(killed_and_made, "SELECT number, status, version FROM applications_application")
    began = os.times()
    first, second = (command("demo", "--no-serve", data=killed_and_made) for _ in range(2))
    assert first.stdout == second.stdout
    assert re.search(r"密码：\S+", first.stdout)
    assert all(
        re.search(rf"\b{name}\b", first.stdout) for name in ("clerk", "clerk2", "reviewer3", "auditor", "applicant")
    )
    assert "2026年3月2日" in first.stdout
    assert rows(killed_and_made, "SELECT number, status, version FROM applications_application") == before
    ended = os.times()
    assert ended.children_user - began.children_user < 30, "something was made again"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_server_answers_and_ends_with_everything_it_started(killed_and_made, number):
    port = free_port()
    server = subprocess.Popen(
        [COMMAND, "demo", "--port", str(port)],
        env={**ENVIRONMENT, "JIUYUAN_DATA": str(killed_and_made)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        wait_until(lambda: _answers(port) or server.poll() is not None, "the server did not answer")
        assert _answers(port) == 200
        wait_until(lambda: len(_processes(server.pid)) >= 4, "two web processes and a worker did not start")
    finally:
        server.send_signal(number)
        out, err = server.communicate(timeout=30)
    assert server.returncode == 0, err
    assert f"http://127.0.0.1:{port}/" in out
    assert "Traceback" not in err
    wait_until(lambda: not _processes(server.pid), "something went on running", seconds=20)


def _answers(port: int) -> int | None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", "/login/")
        return connection.getresponse().status
    except OSError:
        return None
    finally:
        connection.close()


def _processes(session: int) -> list[int]:
    """The processes of a session that are alive."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, *fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[2]) == session and state != "Z":
            found.append(int(stat.parent.name))
    return found


def test_port_that_is_taken_is_named_before_anything_is_made(tmp_path):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        refused = command("demo", "--port", port, data=tmp_path / "new")
    assert refused.returncode == 2
    assert f"端口 {port} 用不了" in refused.stderr
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("mode", ["production", "test"])
def test_demonstration_is_not_made_in_an_installation_of_another_kind(tmp_path, mode, monkeypatch):
    monkeypatch.delenv("JIUYUAN_TODAY")
    config.create(tmp_path, mode)
    refused = command("demo", "--no-serve", data=tmp_path)
    assert refused.returncode == 2
    assert "不能在里面生成演示" in refused.stderr
    assert not (tmp_path / "jiuyuan.sqlite3").exists()


@pytest.mark.parametrize("where", [{"arguments": ["--today", "2026-13-01"]}, {"JIUYUAN_TODAY": "tomorrow"}])
def test_day_that_does_not_exist_is_refused(tmp_path, where):
    arguments, environment = where.pop("arguments", []), where
    refused = command("demo", "--no-serve", *arguments, data=tmp_path / "new", **environment)
    assert refused.returncode == 2
    assert "日期应写成" in refused.stderr
    assert not (tmp_path / "new").exists()


def test_folder_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    refused = command("demo", "--no-serve", "--data", tmp_path / "file" / "below", data=tmp_path)
    assert refused.returncode == 2
    assert str(tmp_path / "file" / "below") in refused.stderr


def test_day_of_the_environment_is_that_of_the_demonstration_and_can_still_be_moved_on(killed_and_made):
    later = command("demo", "--no-serve", data=killed_and_made, JIUYUAN_TODAY="2026-03-09")
    assert "2026年3月9日" in later.stdout
    assert "2026年3月9日" in command("demo", "--no-serve", data=killed_and_made).stdout
    assert "2026年3月2日" in command("demo", "--no-serve", "--today", TODAY.isoformat(), data=killed_and_made).stdout


def test_password_and_keys_are_for_their_owner_alone(killed_and_made):
    for name in ("password", "jiuyuan.toml"):
        assert os.stat(killed_and_made / name).st_mode & 0o077 == 0
