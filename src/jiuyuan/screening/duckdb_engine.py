"""The engine DuckDB, which runs in the process with bounded memory and needs nothing else."""

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
    """An engine that spills to `folder`."""
    engine = duckdb.connect(
        config={
            "memory_limit": MEMORY,
            "temp_directory": str(folder / "spilled"),
            "threads": threads or len(os.sched_getaffinity(0)),
            # No network and no extensions: the built-in functions suffice.
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        }
    )
    engine.execute("SET enable_progress_bar = false; SET streaming_buffer_size = '64MB'")
    engine.execute("SET TimeZone = 'Asia/Shanghai'")  # convert timestamps to days in China, wherever this runs
    # Each column is checked by a query of its own, which opens the files. Statistics ignore NaN: a file is believed
    # to have none only if it counts them.
    engine.execute("SET parquet_metadata_cache = true; SET parquet_can_have_nan = true")
    return engine


def answers(engine: duckdb.DuckDBPyConnection, people: Clean, asked: ScreeningQuestion) -> Iterator[pa.RecordBatch]:
    """Yield the answers in file order."""
    engine.execute(f"CREATE OR REPLACE TEMP VIEW people AS {people.sql}")
    yield from engine.sql(asked.query(people.columns, "duckdb")).to_arrow_reader(_BATCH)
