"""A whole population through the rules: `jiuyuan screen` beside what the engine itself needs and beside its peers.

    python -m bench.screen                       a million people, three rounds, in a minute or two
    python -m bench.screen --full                ten million, five rounds; PostgreSQL on one; one, ten and a hundred million
    python -m bench.screen --peers PYTHON        an interpreter with polars, openfisca-core 46 and pyarrow, to stand beside it

Everything is measured side by side in one run, round by round, each in a process of its own; a figure is the median of the
rounds. All answers are compared: what differs anywhere stops the run. Not part of the package: what the peers need.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from statistics import median

import duckdb

from bench import screen_people
from bench.processor import POSTGRES, describe
from bench.screen_workers import BOOLEANS, READ
from jiuyuan.regions.jilin.policy_2022_10 import WAGES
from jiuyuan.screening.summary import table

DAY = "2026-11-25"
HERE = Path(__file__).parent


@dataclass
class Measured:
    """One thing that is measured: its process, and what each round took."""

    name: str
    process: "subprocess.Popen[str]"
    rounds: list[dict[str, float]] = field(default_factory=list)

    def once(self) -> None:
        assert self.process.stdin and self.process.stdout
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f"{self.name} failed")
        self.rounds.append(json.loads(line))

    def median(self, what: str) -> float:
        return median(one[what] for one in self.rounds)


def started(stack: ExitStack, name: str, command: Sequence[object], what: dict[str, object]) -> Measured:
    environment = os.environ | {"POLARS_MAX_THREADS": str(len(os.sched_getaffinity(0)))}
    process = subprocess.Popen(
        [*map(str, command), json.dumps(what)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment,
        cwd=HERE.parent, stderr=None if "spark" not in name else subprocess.DEVNULL,
    )  # fmt: skip
    stack.callback(process.wait)
    stack.callback(process.stdin.close)  # type: ignore[union-attr]
    assert process.stdout
    if process.stdout.readline() != "ready\n":
        raise SystemExit(f"{name} did not start")
    return Measured(name, process)


def side_by_side(
    names: Iterable[str], people: object, folder: Path, rounds: int, peers: str | None = None
) -> list[Measured]:
    """Round by round, one after the other, so that a busy minute of the machine meets all of them."""
    wages = {code: figure.value for code, figure in WAGES.on(date.fromisoformat(DAY)).items()}
    with ExitStack() as stack:
        found = []
        for name in names:
            out = folder / f"{name.replace(' ', '-')}.parquet"
            what: dict[str, object] = {"people": str(people), "day": DAY, "out": str(out)}
            command: list[object] = [sys.executable, "-m", "bench.screen_workers", name]
            if name.startswith(("polars", "openfisca")):
                script = "polars_query.py" if name.startswith("polars") else "openfisca_rules.py"
                command = [peers, HERE / "peers" / script]
                what |= {"bound": name == "polars bound", "read": READ, "booleans": BOOLEANS, "wages": wages}
            found.append(started(stack, name, command, what))
        for _ in range(rounds):
            for one in found:
                one.once()
    return found


def shown(title: str, measured: Sequence[Measured], people: int) -> None:
    """The first is the bound. Beside the time stands the processor's, which tells more where the machine does other work too."""
    bound, rows = measured[0], []
    for one in measured:
        seconds, processor = one.median("seconds"), one.median("cpu")
        parts = (bound.median("seconds") / seconds, bound.median("cpu") / processor if processor else 0)
        figures = (f"{seconds:.2f}", f"{min(each['seconds'] for each in one.rounds):.2f}", f"{people / seconds:,.0f}")
        rows.append(
            [one.name, *figures, f"{parts[0]:.2f}", f"{processor:.2f}", f"{parts[1]:.2f}", f"{one.median('peak'):,.0f}"]
        )
    heads = [title, "seconds", "best", "people/s", "of the bound", "processor s", "of the bound", "peak MB"]
    print(table(heads, rows), "\n", flush=True)


def same_answers(folder: Path, names: Iterable[str], people: int) -> None:
    """Stops where two ways of answering differ for anybody."""
    first, *others = [str(folder / f"{name.replace(' ', '-')}.parquet") for name in names]
    with duckdb.connect() as engine:
        for other in others:
            for one, two in ((first, other), (other, first)):
                left = engine.execute(f"SELECT count(*) FROM (FROM '{one}' EXCEPT ALL FROM '{two}')").fetchone()
                if left != (0,):
                    raise SystemExit(f"{one} and {two} differ for {left} people")
    print(f"The same answers for all {people:,} people, in every column: {', '.join(names)}.\n", flush=True)


def postgres(people: Path, count: int, folder: Path, rounds: int) -> None:
    """A table in a PostgreSQL of its own."""
    from tests.postgres import Cluster, Missing

    try:
        cluster = Cluster(POSTGRES)
        cluster.start()
    except Missing as missing:
        print(missing)
        return
    try:
        _fill(cluster.url, people, folder)
        shown(f"PostgreSQL, {count:,} people", side_by_side(
            ("postgres bound", "postgres by hand", "postgres jiuyuan"), cluster.url, folder, rounds), count)  # fmt: skip
    finally:
        cluster.stop()


def _fill(url: str, people: Path, folder: Path) -> None:
    import psycopg

    types = {"DATE": "date", "BOOLEAN": "boolean", "DOUBLE": "double precision"}
    with duckdb.connect() as engine, psycopg.connect(url, autocommit=True) as connection:
        described = engine.execute(f"DESCRIBE SELECT * FROM '{people}'").fetchall()
        columns = ", ".join(f"{name} {types.get(kind, 'text')}" for name, kind, *_ in described)
        connection.execute(f"CREATE TABLE people ({columns})")
        csv = folder / "people.csv"
        engine.execute(f"COPY (FROM '{people}') TO '{csv}' (HEADER false)")
        with csv.open("rb") as file, connection.cursor().copy("COPY people FROM STDIN (FORMAT csv)") as copy:
            while piece := file.read(1 << 20):
                copy.write(piece)
        csv.unlink()
        connection.execute("VACUUM ANALYZE people")


def growth(people: Path, count: int, times: Sequence[int], folder: Path) -> None:
    """The same files again and again: time should grow with them, memory not."""
    rows = []
    for number in times:
        many = folder / f"{number}-times"
        many.mkdir()
        for part in range(number):
            os.link(people, many / f"{part:03}.parquet")
        (one,) = side_by_side(("jiuyuan",), many, folder, 1)
        shutil.rmtree(many)
        seconds = one.median("seconds")
        rows.append(
            [
                f"{count * number:,}",
                f"{seconds:.1f}",
                f"{seconds / count / number * 1e6:.3f}",
                f"{one.median('peak'):,.0f}",
            ]
        )
    print(table(["people", "seconds", "µs a person", "peak MB"], rows), "\n", flush=True)


def plan(people: Path) -> None:
    """Spark's plan: one scan and projections, no exchange between machines."""
    from bench.screen_workers import JILIN
    from jiuyuan.screening import spark_engine
    from jiuyuan.screening.intake import Clean
    from jiuyuan.screening.question import ScreeningQuestion

    with spark_engine.session("local[2]") as spark:
        named = {name: name for name in spark.read.parquet(str(people)).columns}
        clean = Clean("", tuple(named), (people,), 0, named)
        frame = spark_engine.answered(spark, clean, ScreeningQuestion(JILIN, date.fromisoformat(DAY)))
        text = frame._jdf.queryExecution().executedPlan().toString()
    print("Spark's plan:")
    for line in text.splitlines():
        print("  " + line[:110])
    print(f"  shuffles (Exchange): {text.count('Exchange')}\n", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--people", type=int)
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--peers", metavar="PYTHON")
    parser.add_argument("--only", action="append", choices=("files", "openfisca", "postgres", "spark", "growth"))
    options = parser.parse_args()
    people = options.people or (10_000_000 if options.full else 1_000_000)
    rounds = options.rounds or (5 if options.full else 3)
    parts = options.only or (
        ("files", "openfisca", "postgres", "spark", "growth") if options.full else ("files", "growth")
    )
    memory = int(Path("/proc/meminfo").read_text().split()[1]) / 1e6
    cores = len(os.sched_getaffinity(0))
    print(
        f"{describe()}: {people:,} people, {len(READ)} columns of 46, {cores} cores, {memory:.0f} GB, median of {rounds}\n"
    )
    with tempfile.TemporaryDirectory(prefix="bench-screen-", dir=os.environ.get("BENCH_FOLDER")) as temporary:
        folder = Path(temporary)
        file = folder / "people.parquet"
        screen_people.write(file, people)
        if "files" in parts:
            names = ["duckdb bound", "duckdb by hand", "jiuyuan query", "jiuyuan"]
            names += ["polars bound", "polars by hand"] if options.peers else []
            shown("Parquet to Parquet", side_by_side(names, file, folder, rounds, options.peers), people)
            same_answers(folder, [name for name in names if "bound" not in name], people)
        if "openfisca" in parts and options.peers:
            names = ["jiuyuan", "openfisca-core"]
            shown("Beside OpenFisca", side_by_side(names, file, folder, min(rounds, 3), options.peers), people)
            same_answers(folder, names, people)
        if "postgres" in parts:
            small = folder / "small.parquet"
            screen_people.write(small, min(people, 1_000_000))
            postgres(small, min(people, 1_000_000), folder, rounds)
        if "spark" in parts:
            spark = side_by_side(("spark bound", "spark by hand", "spark jiuyuan"), file, folder, rounds)
            shown("Spark local[2], warm", spark, people)
            seconds = spark[-1].median("seconds")
            country = 1_400_000_000 / people * seconds * 2 / (100 * cores)
            print(
                f"1.4 billion people on 100 such machines, by these figures and without a shuffle: {country:.0f} s.\n"
            )
            plan(file)
        if "growth" in parts:
            one = folder / "one.parquet"
            screen_people.write(one, people // 10)
            growth(one, people // 10, (1, 10, 100) if options.full else (1, 10), folder)


if __name__ == "__main__":
    main()
