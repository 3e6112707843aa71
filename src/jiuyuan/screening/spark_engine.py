"""The engine Spark, local or on a cluster with the same file system, for populations too large for one machine.

Spark reads clean Parquet itself. Other files are first written as clean Parquet into the run's folder, beside the
result and therefore visible to the cluster.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa
import pyarrow.dataset as ds

from jiuyuan.refusals import BadInput
from jiuyuan.screening.intake import Clean, place
from jiuyuan.screening.question import PLACE, ScreeningQuestion
from jiuyuan.wording import say

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

_NOT_THERE = "没有安装 Spark：请先安装 jiuyuan[spark]（pip install 'jiuyuan[spark]'）和 Java 17。"
_BATCH = 1 << 17


@contextmanager
def session(master: str | None) -> Iterator[SparkSession]:
    """A session, stopped at the end. Raises `BadInput` if Spark or Java is not installed."""
    try:
        from pyspark.errors import PySparkRuntimeError
        from pyspark.sql import SparkSession
    except ImportError:
        raise BadInput(say(_NOT_THERE)) from None
    local = master is None or master.startswith("local")
    builder = (
        SparkSession.builder.appName("jiuyuan screen")
        .master(master or f"local[{len(os.sched_getaffinity(0))}]")
        .config("spark.ui.enabled", "false")
        .config("spark.ui.showConsoleProgress", "false")
        .config("spark.sql.session.timeZone", "Asia/Shanghai")
        .config("spark.driver.memory", "2g")
        .config("spark.log.level", "ERROR")
        # Spark creates this folder although it stays empty; keep it out of the working directory.
        .config("spark.sql.warehouse.dir", Path(tempfile.gettempdir(), "jiuyuan-spark").as_uri())
        # Do not convert dates before 1582 to another calendar.
        .config("spark.sql.parquet.datetimeRebaseModeInRead", "CORRECTED")
        .config("spark.sql.parquet.datetimeRebaseModeInWrite", "CORRECTED")
    )
    if local:
        builder = builder.config("spark.driver.host", "127.0.0.1").config("spark.driver.bindAddress", "127.0.0.1")
    try:
        spark = builder.getOrCreate()
    except PySparkRuntimeError:
        raise BadInput(
            say(
                "Spark 没有启动，请检查 Java 17 是否已安装、集群地址（{master}）是否正确。",
                master=master or say("本机"),
            )
        ) from None
    try:
        yield spark
    finally:
        spark.stop()


def answered(spark: SparkSession, people: Clean, asked: ScreeningQuestion) -> DataFrame:
    """The answers as a plan: one pass over the files, without a shuffle."""
    frame = spark.read.parquet(*map(str, people.paths))
    names = people.direct or {name: name for name in people.columns}
    columns = ", ".join(f"`{heading.replace('`', '``')}` AS {name}" for name, heading in names.items())
    frame.createOrReplaceTempView("files")
    spark.sql(
        f"SELECT *, {place(people.columns, 'spark')} AS {PLACE} FROM (SELECT {columns} FROM files)"
    ).createOrReplaceTempView("people")
    return spark.sql(asked.query(people.columns, "spark"))


def answers(
    spark: SparkSession, duck: duckdb.DuckDBPyConnection, people: Clean, asked: ScreeningQuestion, folder: Path
) -> Iterator[pa.RecordBatch]:
    """Yield the answers, which Spark's workers write in parallel into the folder, part by part."""
    if people.direct is None:
        clean = folder / f"clean-{len(list(folder.glob('clean-*')))}.parquet"
        duck.execute(
            f"COPY (SELECT {', '.join(people.columns)} FROM ({people.sql}) AS clean) TO '{clean}' (FORMAT parquet)"
        )
        people = Clean(people.sql, people.columns, (clean,), people.rows, None)
    parts = folder / f"parts-{len(list(folder.glob('parts-*')))}"
    answered(spark, people, asked).write.parquet(parts.as_uri())
    names = sorted(str(part) for part in parts.glob("part-*.parquet"))
    if names:
        yield from ds.dataset(names, format="parquet").to_batches(
            batch_size=_BATCH, batch_readahead=2, fragment_readahead=1
        )
