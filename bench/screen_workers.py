"""What bench/screen.py measures, each in a process of its own: `python -m bench.screen_workers NAME JSON`.

A worker gets ready, then does one round for every line it reads and prints what it took: seconds, seconds of processor time and
the most memory so far, in megabytes.
"""

import json
import os
import resource
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from bench import by_hand, processor
from jiuyuan.regions import registry
from jiuyuan.rules.facts import FACTS
from jiuyuan.rules.logic import reads
from jiuyuan.screening import duckdb_engine, intake, results, spark_engine
from jiuyuan.screening.columns import Columns
from jiuyuan.screening.postgres_engine import People, connect
from jiuyuan.screening.question import ScreeningQuestion
from jiuyuan.screening.screen import screen
from jiuyuan.screening.summary import Summary
from jiuyuan.screening.tables import table

JILIN = registry.policy("jilin-2022-10")
READ = [
    name
    for name in FACTS
    if any(name in reads(clause.when) for clause in (*JILIN.base, *JILIN.categories, *JILIN.exclusions))
]  # fmt: skip
BOOLEANS = [name for name in READ if FACTS[name].kind == "boolean"]

Round = Callable[[], object]


def by_duckdb(write: Callable[[str], str], people: str, day: str, out: str, stack: ExitStack) -> Round:
    engine = stack.enter_context(duckdb_engine.connect(Path(out).parent))
    query = write(f"read_parquet('{people}')")
    return lambda: engine.execute(f"COPY ({query}) TO '{out}' (FORMAT parquet)")


class _Uncounted(Summary):
    """Counts nobody, so that the query is measured alone."""

    def add(self, *batch: object) -> None:
        return None


def query_alone(people: str, day: str, out: str, stack: ExitStack) -> Round:
    """The policy's query and the writing of its answers, without looking at the values first and without counting."""
    engine = stack.enter_context(duckdb_engine.connect(Path(out).parent))
    asked = ScreeningQuestion(JILIN, date.fromisoformat(day))
    files = table(
        engine, Path(people), Columns(JILIN.known_facts), Path(out).parent, lambda bad: None, lambda done: None
    )
    read = intake.Group(engine, [files], JILIN, asked.as_of)._read()
    facts = tuple(fact for fact, *_ in files.headings)
    clean = intake.Clean(f"SELECT *, CAST(NULL AS INTEGER) AS place FROM {read}", facts, (), files.rows, None)

    def once() -> None:
        sink = results.Results(Path(out + ".new"), Path(out), _Uncounted(JILIN, asked.as_of, "decide"))
        for batch in duckdb_engine.answers(engine, clean, asked):
            sink.take(batch)
        sink.finish()

    return once


def whole(people: str, day: str, out: str, stack: ExitStack) -> Round:
    """`jiuyuan screen`: every value looked at, everybody answered, written and counted by county."""
    return lambda: screen(people, ScreeningQuestion(JILIN, date.fromisoformat(day)), Path(out))


def by_spark(write: Callable[[str], str] | None, people: str, day: str, out: str, stack: ExitStack) -> Round:
    spark = stack.enter_context(spark_engine.session("local[2]"))
    parts = Path(out + "-parts")

    def once() -> None:
        shutil.rmtree(parts, ignore_errors=True)
        if write:
            answers = spark.sql(write(f"parquet.`{people}`"))
        else:
            named = {name: name for name in spark.read.parquet(people).columns}
            clean = intake.Clean("", tuple(named), (Path(people),), 0, named)
            answers = spark_engine.answered(spark, clean, ScreeningQuestion(JILIN, date.fromisoformat(day)))
        answers.write.parquet(parts.as_uri())

    once()  # warm
    return once


def by_postgres(write: Callable[[str], str] | None, people: str, day: str, out: str, stack: ExitStack) -> Round:
    connection = stack.enter_context(connect(people))
    if write is None:
        asked = ScreeningQuestion(JILIN, date.fromisoformat(day))
        found = People.table(connection, "people", asked)
        query = found.query(checked=False)
    else:
        query = write("people")

    def once() -> None:
        with connection.cursor() as cursor, cursor.copy(f"COPY ({query}) TO STDOUT (FORMAT csv)") as copy:
            while copy.read():
                pass

    once()
    return once


def _bound(source: str) -> str:
    return by_hand.bound(source, READ, BOOLEANS)


def workers(day: str) -> dict[str, Callable[..., Round]]:
    """By name. What is written by hand is written for the engine it stands beside."""
    hand = partial(by_hand.query, day=day)
    return {
        "duckdb bound": partial(by_duckdb, _bound),
        "duckdb by hand": partial(by_duckdb, partial(hand, dialect="duckdb")),
        "jiuyuan query": query_alone,
        "jiuyuan": whole,
        "spark bound": partial(by_spark, _bound),
        "spark by hand": partial(by_spark, partial(hand, dialect="spark")),
        "spark jiuyuan": partial(by_spark, None),
        "postgres bound": partial(by_postgres, _bound),
        "postgres by hand": partial(by_postgres, partial(hand, dialect="postgres")),
        "postgres jiuyuan": partial(by_postgres, None),
    }


def usage() -> tuple[float, float]:
    """Seconds of processor time, and the most memory, of this process and of the Java that it started."""
    own = resource.getrusage(resource.RUSAGE_SELF)
    seconds, peak = own.ru_utime + own.ru_stime, processor.peak()
    for child in _children():
        fields = Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()
        seconds += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
        peak += processor.peak(child)
    return seconds, peak


def _children(of: int | None = None) -> Iterator[str]:
    of = of or os.getpid()
    for child in Path(f"/proc/{of}/task/{of}/children").read_text().split():
        yield child
        yield from _children(int(child))


def main() -> None:
    what: dict[str, Any] = json.loads(sys.argv[2])
    with ExitStack() as stack:
        once = workers(what["day"])[sys.argv[1]](what["people"], what["day"], what["out"], stack)
        print("ready", flush=True)
        for _ in sys.stdin:
            start, (before, _) = time.perf_counter(), usage()
            once()
            seconds, (after, peak) = time.perf_counter() - start, usage()
            print(json.dumps({"seconds": seconds, "cpu": after - before, "peak": peak}), flush=True)


if __name__ == "__main__":
    main()
