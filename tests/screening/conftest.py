"""The engines, each started once for all tests of this folder."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests import postgres

# Every JVM that a test starts lives for seconds: it is not worth compiling twice or collecting in parallel.
os.environ["JDK_JAVA_OPTIONS"] = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"


@pytest.fixture(scope="session")
def spark() -> Iterator[Any]:
    from jiuyuan.screening.spark_engine import session

    with session("local[2]") as started:
        started.conf.set("spark.sql.shuffle.partitions", "2")
        yield started


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A PostgreSQL of its own, or the cluster that these tests run on anyway."""
    if url := os.environ.get("JIUYUAN_DATABASE_URL"):
        yield url
        return
    cluster = postgres.Cluster()
    cluster.start()
    try:
        yield cluster.url
    finally:
        cluster.stop()


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """The result, alone in its folder."""
    folder = tmp_path / "result"
    folder.mkdir()
    return folder / "result.parquet"
