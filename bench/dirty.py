"""`jiuyuan screen` as it starts, and over a file in which some rows are faulty beside the same file without a fault.

    python -m bench.dirty                        500,000 people, three rounds
    python -m bench.dirty --before SRC           the same by an earlier source tree too, in the same rounds

Each run is a process of its own, one after the other, round by round; a figure is the median of the rounds. Processor time (user
and system) is what a busy machine changes least; the time on the clock stands beside it.
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

import duckdb

from bench import screen_people
from bench.processor import describe
from jiuyuan.screening.summary import table

DAY = "2026-11-25"
HERE = Path(__file__).parent.parent


def written(folder: Path, count: int) -> dict[str, Path]:
    """One row; the people without a fault; with an unreadable sex in one of twenty, and in one of four."""
    whole = folder / "people.parquet"
    screen_people.write(whole, count)
    files = {"one row": folder / "one.csv", "clean": whole}
    files["one row"].write_text("id,birth_date,sex\n1,1980-01-01,female\n")
    with duckdb.connect() as engine:
        for name, every in (("5% faulty", 20), ("25% faulty", 4)):
            files[name] = folder / f"one-in-{every}.parquet"
            faulty = f"CASE WHEN hash(id) % {every} = 0 THEN 'unknown' ELSE sex END AS sex"
            engine.execute(f"COPY (SELECT * REPLACE ({faulty}) FROM '{whole}') TO '{files[name]}' (FORMAT parquet)")
    return files


def once(people: Path, source: Path, out: Path) -> tuple[float, float]:
    """Seconds of processor and of the clock."""
    command = [sys.executable, "-m", "jiuyuan", "screen", str(people), "--as-of", DAY, "--out", str(out)]
    environment = os.environ | {"PYTHONPATH": str(source)}
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    clock, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode not in (0, 1):
        raise SystemExit(done.stderr)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, clock


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=500_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--before", type=Path)
    options = parser.parse_args()
    sources = {"now": HERE / "src"} | ({"before": options.before} if options.before else {})
    print(describe())
    with tempfile.TemporaryDirectory() as folder:
        files = written(Path(folder), options.people)
        found: dict[tuple[str, str], list[tuple[float, float]]] = {}
        for _ in range(options.rounds):
            for name, file in files.items():
                for when, source in sources.items():
                    found.setdefault((name, when), []).append(once(file, source, Path(folder) / "out.parquet"))
    rows = []
    for (name, when), rounds in found.items():
        processor, clock = (median(column) for column in zip(*rounds, strict=True))
        of_clean = processor / median(one[0] for one in found["clean", when])
        rows.append([name, when, f"{processor:.2f}", f"{clock:.2f}", f"{of_clean:.2f}"])
    print(table(["file", "", "processor s", "clock s", "of clean"], rows))


if __name__ == "__main__":
    main()
