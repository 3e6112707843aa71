"""DuckDB: the engine in the process, which needs nothing around it. Memory is bounded, whatever the files hold."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pyarrow as pa

from jiuyuan.screening.intake import Clean
from jiuyuan.screening.question import ScreeningQuestion

MEMORY = "2GB"
_BATCH = 1 << 17


def connect(folder: Path, threads: int | None = None) -> duckdb.DuckDBPyConnection:
    """An engine that spills into `folder` what does not fit."""
    engine = duckdb.connect(
        config={
            "memory_limit": MEMORY,
            "temp_directory": str(folder / "spilled"),
            "threads": threads or len(os.sched_getaffinity(0)),
            # No network and no extension from elsewhere: what is built in is enough.
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        }
    )
    engine.execute("SET enable_progress_bar = false; SET streaming_buffer_size = '64MB'")
    engine.execute("SET TimeZone = 'Asia/Shanghai'")  # a moment is on the day that it is in China, wherever this runs
    # Each column is asked about by itself, and each question opens the files. Statistics leave out what is no number:
    # that there is none is only believed of a file that counts them.
    engine.execute("SET parquet_metadata_cache = true; SET parquet_can_have_nan = true")
    return engine


def answers(engine: duckdb.DuckDBPyConnection, people: Clean, asked: ScreeningQuestion) -> Iterator[pa.RecordBatch]:
    """The answers in the order of the files."""
    engine.execute(f"CREATE OR REPLACE TEMP VIEW people AS {people.sql}")
    yield from engine.sql(asked.query(people.columns, "duckdb")).to_arrow_reader(_BATCH)
