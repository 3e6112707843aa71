"""A run that is stopped, in whatever way, leaves no result and no half of one."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.screening.population import as_parquet, population

RUN = [str(Path(sys.executable).with_name("jiuyuan")), "screen"]


pytestmark = pytest.mark.slow
# It sends itself the signal in the n-th step of its work, and says how many there were.
STOPPED = """
import os, sys
from jiuyuan import cli
from jiuyuan.commands import screening

last, number = int(sys.argv.pop(1)), int(sys.argv.pop(1))
at_work, work, steps = False, screening._screened, 0

def step(event, arguments):
    global steps
    steps += at_work
    if at_work and steps == last:
        os.kill(os.getpid(), number)

def screened(*arguments):
    global at_work
    at_work = True
    try:
        return work(*arguments)
    finally:
        at_work = False

screening._screened = screened
sys.addaudithook(step)
status = cli.main()
print(steps)
sys.exit(status)
"""


def crowd(path: Path, name: str) -> Path:
    """150,000 people: the same ones again and again, each time under numbers of their own."""
    few = pq.read_table(as_parquet(population(5, 100), path.with_name(f"{name}-few.parquet")))
    table = pa.concat_tables([few] * 1500)
    place = table.schema.get_field_index("id")
    numbers = pa.array([f"{name}-{number}" for number in range(len(table))], table.schema.field("id").type)
    pq.write_table(table.set_column(place, "id", numbers), path, row_group_size=10_000)
    path.with_name(f"{name}-few.parquet").unlink()
    return path


@pytest.fixture(scope="module")
def some(tmp_path_factory) -> Path:
    return crowd(tmp_path_factory.mktemp("some") / "some.parquet", "some")


@pytest.fixture(scope="module")
def many(tmp_path_factory) -> Path:
    """Five times as many, so that a run is still at work when it is stopped, however late that is on a busy machine."""
    folder = tmp_path_factory.mktemp("many")
    for number in range(5):
        crowd(folder / f"{number}.parquet", str(number))
    return folder


@pytest.fixture(scope="module")
def few(tmp_path_factory) -> Path:
    return as_parquet(population(5, 100), tmp_path_factory.mktemp("few") / "few.parquet")


@pytest.fixture(scope="module")
def steps(few, tmp_path_factory) -> int:
    run = _run_to_step(few, tmp_path_factory.mktemp("whole") / "result.parquet", 0, signal.SIGTERM)
    assert run.returncode == 0, run.stderr
    return int(run.stdout.splitlines()[-1])


def _run_to_step(people: Path, out: Path, last: int, number: int) -> "subprocess.CompletedProcess[str]":
    options = [str(last), str(int(number)), "screen", str(people), "--as-of", "2050-01-01", "--out", str(out)]
    return subprocess.run([sys.executable, "-c", STOPPED, *options], capture_output=True, text=True, timeout=120)


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
@pytest.mark.parametrize("share", [0, 0.3, 0.6, 0.9])
def test_whatever_is_going_on_when_a_run_is_stopped_it_ends_as_stopped(few, steps, out, number, share):
    """Libraries are loaded, files looked into and written: each is a step, and in one of them the signal comes."""
    run = _run_to_step(few, out, 1 + int(steps * share), number)
    assert (run.returncode, run.stderr) == (130, "")
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
