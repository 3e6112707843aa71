"""Runs a screening from the people to the result, the rejected values and the summary."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import duckdb
import pyarrow as pa

from jiuyuan.screening import duckdb_engine, files
from jiuyuan.screening.columns import Columns
from jiuyuan.screening.intake import Clean, Group, alike, refuse_doubtful_ids
from jiuyuan.screening.question import ScreeningQuestion
from jiuyuan.screening.rejects import Rejects, rejects
from jiuyuan.screening.results import Results, check
from jiuyuan.screening.summary import Summary
from jiuyuan.screening.tables import BadRow, ScreenedTable, table, table_of
from jiuyuan.screening.workspace import workspace

if TYPE_CHECKING:
    from jiuyuan.screening.postgres_engine import People

Stage = Literal["读取", "筛查"]
#: Called with the stage, the amount just done, and the total.
Progress = Callable[[Stage, int, int], None]
#: Yields answers for clean people, using a folder for temporary files.
Engine = Callable[[duckdb.DuckDBPyConnection, Clean, ScreeningQuestion, Path], Iterator[pa.RecordBatch]]


@dataclass(frozen=True)
class Screened:
    """The result. `rejects`: the file of unusable values, if there are any."""

    summary: Summary
    rejects: Path


@dataclass(frozen=True)
class _Run:
    folder: Path
    unusable: Rejects
    results: Results


def _silent(stage: Stage, done: int, of: int) -> None:
    """A progress callback that does nothing."""


def in_duckdb(
    engine: duckdb.DuckDBPyConnection, people: Clean, asked: ScreeningQuestion, folder: Path
) -> Iterator[pa.RecordBatch]:
    """The engine that needs nothing else."""
    return duckdb_engine.answers(engine, people, asked)


def rejects_beside(out: Path) -> Path:
    """The default path for unusable values."""
    return out.with_name(f"{out.name}.rejects.csv")


def screen(
    people: str, asked: ScreeningQuestion, out: Path, rejected: Path | None = None, engine: Engine = in_duckdb,
    progress: Progress = _silent, columns: Columns | None = None,
) -> Screened:  # fmt: skip
    """Answer for everybody in the files named by `people`, into `out`.

    Both files appear only when everything is done. Raises `BadInput` if nothing can be answered.
    """
    check(out)
    found = files.found(people)
    columns = columns or Columns(asked.policy.known_facts)
    with _run(asked, out, rejected) as run, duckdb_engine.connect(run.folder) as duck:
        size = sum(file.stat().st_size for file in found)

        def bad(row: BadRow) -> None:
            run.unusable.add_row(str(row.file), row.row, row.reason)

        def read(file: Path) -> ScreenedTable:
            return table(duck, file, columns, run.folder, bad, lambda done: progress("读取", done, size))

        _answer(duck, run, map(read, found), asked, engine, progress)
    return Screened(run.results.summary, run.unusable.path)


def screen_batches(
    batches: Iterable[pa.RecordBatch], shown: str, asked: ScreeningQuestion, out: Path, rejected: Path | None = None,
    progress: Progress = _silent,
) -> Screened:  # fmt: skip
    """The same for people as Arrow batches, named `shown` in messages."""
    check(out)
    with _run(asked, out, rejected) as run, duckdb_engine.connect(run.folder) as duck:
        copied = table_of(duck, batches, run.folder / "people.parquet", shown, Columns(asked.policy.known_facts))
        _answer(duck, run, [copied] if copied else [], asked, in_duckdb, progress)
    return Screened(run.results.summary, run.unusable.path)


def screen_postgres(
    people: People, asked: ScreeningQuestion, out: Path, rejected: Path | None = None, progress: Progress = _silent
) -> Screened:
    """The same for a PostgreSQL table or query, in place."""
    check(out)
    with _run(asked, out, rejected) as run:
        for row in people.rejected():
            run.unusable.add(row)
        for batch in people.answers():
            run.results.take(batch)
            progress("筛查", batch.num_rows, people.rows)
    return Screened(run.results.summary, run.unusable.path)


def _answer(
    duck: duckdb.DuckDBPyConnection,
    run: _Run,
    tables: Iterable[ScreenedTable],
    asked: ScreeningQuestion,
    engine: Engine,
    progress: Progress,
) -> None:
    groups = [Group(duck, group, asked.policy, asked.as_of) for group in alike(tables)]
    refuse_doubtful_ids(duck, groups)
    rows = sum(group.rows for group in groups)
    for group in groups:
        for batch in engine(duck, group.clean(run.unusable.add), asked, run.folder):
            run.results.take(batch)
            progress("筛查", batch.num_rows, rows)


@contextmanager
def _run(asked: ScreeningQuestion, out: Path, rejected: Path | None) -> Iterator[_Run]:
    """Create the result files if everything succeeds."""
    summary = Summary(asked.policy, asked.as_of, asked.question, asked.base)
    with workspace(out.absolute().parent) as folder:
        unfinished = folder / f"result{out.suffix.lower()}"
        with rejects(folder / "rejects.csv", rejected or rejects_beside(out), asked.policy, asked.as_of) as unusable:
            run = _Run(folder, unusable, Results(unfinished, out.absolute(), summary))
            yield run
        summary.rejected = unusable.rows
        unusable.finish()
        run.results.finish()
