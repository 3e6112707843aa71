"""Spark on a real cluster of its own: one master and two workers, each a process, on loopback."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pyarrow.parquet as pq
import pyspark
import pytest

from tests.postgres import free_port
from tests.screening.population import as_parquet, population

DAY = date(2026, 11, 25)
COMMAND = [Path(sys.executable).with_name("jiuyuan"), "screen"]
HOME = Path(pyspark.__file__).parent


def started(folder: Path, *arguments: object) -> "subprocess.Popen[bytes]":
    environment = os.environ | {
        "SPARK_LOCAL_IP": "127.0.0.1", "SPARK_DAEMON_MEMORY": "256m", "SPARK_LOG_DIR": str(folder), "SPARK_WORKER_DIR": str(folder),
        "PYSPARK_PYTHON": sys.executable,
    }  # fmt: skip
    command = [HOME / "bin/spark-class", *map(str, arguments)]
    with (folder / "log").open("ab") as log:
        return subprocess.Popen(command, env=environment, stdout=log, stderr=log, start_new_session=True)


def wait_for(log: Path, words: str, times: int, seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while log.read_text(errors="replace").count(words) < times:
        assert time.monotonic() < until, log.read_text(errors="replace")
        time.sleep(0.1)


@pytest.fixture
def master(tmp_path: Path) -> Iterator[str]:
    folder = tmp_path / "cluster"
    folder.mkdir()
    port = free_port()
    url = f"spark://127.0.0.1:{port}"
    processes = [
        started(
            folder,
            "org.apache.spark.deploy.master.Master",
            "--host",
            "127.0.0.1",
            "--port",
            port,
            "--webui-port",
            free_port(),
        )
    ]
    try:
        wait_for(folder / "log", "I have been elected leader", 1)
        processes += [
            started(
                folder, "org.apache.spark.deploy.worker.Worker", "--host", "127.0.0.1", "--webui-port", free_port(),
                "--cores", 1, "--memory", "1g", url,
            )
            for _ in range(2)
        ]  # fmt: skip
        wait_for(folder / "log", "Successfully registered with master", 2)
        yield url
    finally:
        for process in processes:
            os.killpg(process.pid, signal.SIGTERM)
        for process in processes:
            process.wait(30)


@pytest.mark.spark
def test_a_cluster_answers_as_one_machine_does(master, tmp_path, out):
    folder = tmp_path / "people"
    folder.mkdir()
    for part in range(4):
        people = [{**person, "id": f"{part}-{number}"} for number, person in enumerate(population(part, 50, DAY))]
        as_parquet(people, folder / f"{part}.parquet")
    (folder / "more.csv").write_text("编号,性别,是否有劳动能力\n甲,男,是\n乙,女,maybe\n", "utf-8")
    here = out.with_name("here.parquet")
    for place, options in ((out, ["--engine", "spark", "--master", master]), (here, [])):
        command = [*COMMAND, folder, "--as-of", str(DAY), "--out", place, *options]
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=240, env=os.environ | {"SPARK_LOCAL_IP": "127.0.0.1"}
        )
        assert done.returncode == 1, done.stderr  # for one row says maybe
        assert "共201人，另有1行不能使用" in done.stdout
    log = (tmp_path / "cluster" / "log").read_text(errors="replace")
    assert log.count("Asked to launch executor") >= 2  # both workers took part; a busy machine starts one anew
    by_spark, by_duckdb = (sorted(pq.read_table(p).to_pylist(), key=repr) for p in (out, here))
    assert by_spark == by_duckdb
    assert {path.name for path in out.parent.iterdir()} == {
        out.name, here.name, f"{out.name}.rejects.csv", f"{here.name}.rejects.csv",
    }  # fmt: skip
