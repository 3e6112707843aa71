"""A run that is stopped, in whatever way, leaves no result and no half of one."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tests.screening.population import SCHEMA, as_parquet, population

RUN = [str(Path(sys.executable).with_name("jiuyuan")), "screen"]


pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def some(tmp_path_factory) -> Path:
    """150,000 people: the same ones again and again."""
    folder = tmp_path_factory.mktemp("some")
    table = pq.read_table(as_parquet(population(5, 100), folder / "few.parquet"))
    with pq.ParquetWriter(folder / "some.parquet", SCHEMA) as writer:
        for _ in range(1500):
            writer.write_table(table)
    return folder / "some.parquet"


@pytest.fixture(scope="module")
def many(some, tmp_path_factory) -> Path:
    """Five times as many, so that a run is still at work when it is stopped, however late that is on a busy machine."""
    folder = tmp_path_factory.mktemp("many")
    for number in range(5):
        os.link(some, folder / f"{number}.parquet")
    return folder


def started(many: Path, out: Path) -> "subprocess.Popen[bytes]":
    """A run that is already writing its result, stopped there until it is told to go on."""
    options = ["--as-of", "2050-01-01", "--out", str(out)]
    run = subprocess.Popen([*RUN, str(many), *options], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    until = time.monotonic() + 60
    while not list(out.parent.glob(".jiuyuan-screen-*/result*")):
        assert run.poll() is None, run.stderr.read().decode() if run.stderr else ""
        assert time.monotonic() < until
        time.sleep(0.002)
    return run


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_stopped_run_leaves_nothing(many, out, number):
    run = started(many, out)
    run.send_signal(number)
    _, errors = run.communicate(timeout=60)
    assert run.returncode == 130, errors.decode()
    assert list(out.parent.iterdir()) == []


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_whatever_is_going_on_when_a_run_is_stopped_it_ends_as_stopped(many, out, number):
    for moment in (0.1, 0.15, 0.2, 0.25):  # seconds, in which libraries are loaded and files looked into
        run = started(many, out)
        time.sleep(moment)
        run.send_signal(number)
        _, errors = run.communicate(timeout=60)
        assert (run.returncode, errors.decode()) == (130, "")
        assert list(out.parent.iterdir()) == []


def test_a_killed_run_leaves_no_result_and_the_next_one_clears_up(many, some, out):
    run = started(many, out)
    run.kill()
    run.communicate(timeout=60)
    assert not out.exists()
    assert all(path.name.startswith(".") for path in out.parent.iterdir())
    subprocess.run([*RUN, str(some), "--as-of", "2050-01-01", "--out", str(out)], check=True, capture_output=True)
    assert [path.name for path in out.parent.iterdir()] == [out.name]
    assert pq.ParquetFile(out).metadata.num_rows == 150_000


def test_a_stopped_run_leaves_an_earlier_result_as_it_was(many, out):
    out.write_bytes(b"earlier")
    run = started(many, out)
    run.send_signal(signal.SIGTERM)
    run.communicate(timeout=60)
    assert out.read_bytes() == b"earlier"


def test_a_run_does_not_clear_away_one_that_is_still_at_work(many, some, out):
    run = started(many, out)
    os.kill(run.pid, signal.SIGSTOP)
    try:
        other = out.with_name("other.parquet")
        subprocess.run([*RUN, str(some), "--as-of", "2050-01-01", "--out", str(other)], check=True, capture_output=True)
    finally:
        os.kill(run.pid, signal.SIGCONT)
    _, errors = run.communicate(timeout=60)
    assert run.returncode == 0, errors.decode()
    assert {path.name for path in out.parent.iterdir()} == {out.name, other.name}
