"""A register of 300,000 cases, built once and kept as a file that the benches share: the upgrade of it, and before and after side by side.

    python -m bench.kept build              eight minutes, once
    python -m bench.kept upgrade            brought to today, each migration timed; kept beside it
    python -m bench.kept compare            pages, a screening, `decide`, the night: the one code and the other in turns
    python -m bench.kept compare --rounds 3 --only pages

The code of before is the last commit before the engine, checked out for the run, or what `--code` names. The files lie in `bench/` of the
data folder, with the keys of the installation that they belong to; one that is older than the code is migrated after it is read in. Both
codes use one environment of Python, each its own database.
"""

import argparse
import contextlib
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from bench import processor
from jiuyuan import config
from tests import postgres

PEOPLE, CASES, DAY = 200_000, 300_000, "2026-03-09"
LAST_DAY = "2026-12-01"  # of the invented population
HERE = Path(__file__).parents[1]
_MEMORY = {"shared_buffers": "1GB", "max_wal_size": "4GB"}
_BUILD = f"from bench import desk; desk._prepare({PEOPLE}, {CASES})"
BEFORE = "08e492e"
PARTS = ("pages", "commands", "night")
#: How much slower than before is no better (issue 11).
_LIMIT = 1.05
MIGRATE = """
import time
import django
django.setup()
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
executor = MigrationExecutor(connection)
for step, _ in executor.migration_plan(executor.loader.graph.leaf_nodes()):
    began = time.monotonic()
    MigrationExecutor(connection).migrate([(step.app_label, step.name)])
    print(f"{time.monotonic() - began:8.2f}  {step.app_label}.{step.name}", flush=True)
from jiuyuan.agencies import services
services.plant()
with connection.cursor() as cursor:
    cursor.execute("VACUUM ANALYZE")
"""
_NIGHT = """
import json, time
import django
django.setup()
from jiuyuan.applications import nightly
began, spent = time.monotonic(), time.process_time()
nightly.run(lambda step, done: None, seals=False)
print(json.dumps([time.monotonic() - began, time.process_time() - spent]))
"""


def folder() -> Path:
    found = config.data_folder() / "bench"
    found.mkdir(parents=True, exist_ok=True)
    return found


REGISTER, UPGRADED = "register-before.dump", "register.dump"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["build", "upgrade", "compare"])
    parser.add_argument("--code", type=Path, help="a checkout of before; without it one is made")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--requests", type=int, default=20, help="of each page in a round")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS, help="of what is compared")
    options = parser.parse_args()
    try:
        if options.what == "upgrade":
            upgrade()
        else:
            with contextlib.nullcontext(options.code.resolve()) if options.code else checked_out(BEFORE) as code:
                if options.what == "build":
                    build(code)
                else:
                    compare(code, options.rounds, options.requests, options.only)
    except postgres.Missing as missing:
        print(missing)
        return 1
    print(f"\n{processor.describe()}")
    return 0


@contextlib.contextmanager
def checked_out(commit: str) -> Iterator[Path]:
    """With the code of a commit, in a folder that is gone afterwards."""
    git = ["git", "-C", str(HERE), "worktree"]
    with tempfile.TemporaryDirectory(prefix="jiuyuan-before-") as there:
        code = Path(there) / "code"
        subprocess.run([*git, "add", "--quiet", "--detach", str(code), commit], check=True)
        try:
            yield code
        finally:
            subprocess.run([*git, "remove", "--force", str(code)], check=True)


@dataclass(frozen=True)
class Installed:
    """A checkout of the code with a database of its own."""

    code: Path
    data: Path
    url: str
    server: int  # the process of its PostgreSQL

    @property
    def environment(self) -> dict[str, str]:
        return {
            **os.environ, "PYTHONPATH": f"{self.code / 'src'}:{self.code}", "JIUYUAN_DATA": str(self.data), "JIUYUAN_TODAY": DAY,
            "JIUYUAN_DATABASE_URL": self.url, "DJANGO_SETTINGS_MODULE": "jiuyuan.settings",
        }  # fmt: skip

    def python(self, *arguments: object, **more: Any) -> "subprocess.CompletedProcess[str]":
        command = [sys.executable, *map(str, arguments)]
        return subprocess.run(command, env=self.environment, cwd=self.code, check=True, text=True, **more)


@contextlib.contextmanager
def installed(code: Path, dump: str = "") -> Iterator[Installed]:
    """With the database of a kept file, or an empty one, in a PostgreSQL that is gone afterwards."""
    data = Path(tempfile.mkdtemp(prefix="jiuyuan-bench-"))
    cluster = postgres.Cluster(_MEMORY)
    try:
        cluster.start()
        keys = folder() / config.FILE
        if not keys.exists():
            config.create(folder(), "test")
        shutil.copy2(keys, data / config.FILE)
        if dump:
            began = time.monotonic()
            restore = [postgres.programs() / "pg_restore", "-j2", "-d", cluster.url, folder() / dump]
            subprocess.run(list(map(str, restore)), check=True)
            print(f"{dump} read in {time.monotonic() - began:.0f} s", flush=True)
        yield Installed(code, data, cluster.url, cluster.process)
    finally:
        cluster.stop()
        shutil.rmtree(data, ignore_errors=True)


def _keep(one: Installed, name: str) -> None:
    """Written beside and put in its place when it is whole."""
    part = folder() / f"{name}.part"
    subprocess.run([str(postgres.programs() / "pg_dump"), "-Fc", "-Z1", "-f", str(part), one.url], check=True)
    part.replace(folder() / name)
    print(f"{name}: {(folder() / name).stat().st_size / 1e6:,.0f} MB")


def build(code: Path) -> None:
    with installed(code) as one:
        one.python("-c", _BUILD)
        _keep(one, REGISTER)


def upgrade() -> None:
    with installed(HERE, REGISTER) as one:
        one.python("-c", MIGRATE)
        _keep(one, UPGRADED)


def compare(code: Path, rounds: int, requests: int, parts: Collection[str] = PARTS) -> None:
    ratios: dict[str, float] = {}
    with installed(code, REGISTER) as before, installed(HERE, UPGRADED) as after:
        after.python("-c", MIGRATE)
        both = {"before": before, "after": after}
        if "pages" in parts:
            ratios |= _pages(both, rounds, requests)
        if "commands" in parts:
            with tempfile.TemporaryDirectory(prefix="jiuyuan-bench-") as there:
                ratios |= _commands(both, Path(there), rounds)
        if "night" in parts:
            ratios |= _night(both)
    slower = [f"{what} ({ratio:.2f})" for what, ratio in ratios.items() if ratio > _LIMIT]
    print(f"\nmore than {_LIMIT - 1:.0%} slower than before: {', '.join(slower) or 'nothing'}", flush=True)


def _night(both: dict[str, Installed]) -> dict[str, float]:
    print(f"\n{'the night':32}{'seconds':>10}{'of Python':>12}")
    took = {}
    for name, one in both.items():
        took[name], spent = json.loads(one.python("-c", _NIGHT, stdout=subprocess.PIPE).stdout.splitlines()[-1])
        print(f"{name:32}{took[name]:10.1f}{spent:12.1f}", flush=True)
    return {"the night": took["after"] / took["before"]}


def _pages(both: dict[str, Installed], rounds: int, requests: int) -> dict[str, float]:
    """Milliseconds of the processor of the process that makes them, medians of the rounds, and of the ratios pair by pair."""
    script = [sys.executable, str(Path(__file__).with_name("kept_pages.py")), str(requests)]
    makers = {
        name: subprocess.Popen(
            script, env=one.environment, cwd=one.code, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for name, one in both.items()
    }
    named = [json.loads(_answer(maker)) for maker in makers.values()]
    print(f"\n{'':32}{'before':>8}{'after':>8}  ms{'after / before':>18}{'of minima':>12}")
    ratios = {}
    for page in named[0]:
        took: dict[str, list[float]] = {name: [] for name in makers}
        for turn in range(rounds + 1):
            for name in sorted(makers, reverse=bool(turn % 2)):
                print(page, file=makers[name].stdin, flush=True)
                spent = float(_answer(makers[name]))
                if turn:  # the first warms up
                    took[name].append(spent)
        ratio = ratios[page] = median(b / a for a, b in zip(took["before"], took["after"], strict=True))
        least = min(took["after"]) / min(took["before"])
        print(
            f"{page:32}{median(took['before']):8.1f}{median(took['after']):8.1f}{ratio:20.2f}{least:12.2f}", flush=True
        )
    for maker in makers.values():
        maker.communicate()
    return ratios


def _answer(maker: Any) -> str:
    line = maker.stdout.readline()
    if not line:
        raise SystemExit("a process that makes pages ended")
    return str(line)


def _commands(both: dict[str, Installed], there: Path, rounds: int) -> dict[str, float]:
    """Seconds of the processor that a command took, its start included; what the database did for it does not count."""
    people, lines = there / "people.parquet", there / "people.jsonl"
    both["after"].python(
        "-c",
        "import sys, pathlib; from bench import screen_people; screen_people.write(pathlib.Path(sys.argv[1]), 1_000_000)",
        people,
    )
    both["after"].python("-c", _LINES, lines)
    out = ("--out", there / "out.parquet")
    commands: dict[str, tuple[object, ...]] = {
        "screening, a million in a file": ("screen", people, "--as-of", LAST_DAY, *out),
        "screening, the register": ("screen", "register", "--question", "exits", "--as-of", DAY, *out),
        "decide, 50,000 lines": ("decide", lines),
    }
    print(f"\n{'':32}{'before':>8}{'after':>8}  s of processor{'after / before':>18}{'of minima':>12}")
    ratios = {}
    for what, arguments in commands.items():
        took: dict[str, list[float]] = {name: [] for name in both}
        for turn in range(rounds):
            for name in sorted(both, reverse=bool(turn % 2)):
                took[name].append(_spent(both[name], *arguments))
        ratio = ratios[what] = median(b / a for a, b in zip(took["before"], took["after"], strict=True))
        least = min(took["after"]) / min(took["before"])
        print(
            f"{what:32}{median(took['before']):8.2f}{median(took['after']):8.2f}{ratio:34.2f}{least:12.2f}", flush=True
        )
    return ratios


_LINES = """
import json, random, sys
from bench import decide
dice = random.Random(7)
with open(sys.argv[1], "w", encoding="utf-8") as out:
    for number in range(50_000):
        out.write(json.dumps(decide.person(dice, number, 0.9), ensure_ascii=False) + "\\n")
"""


def _spent(one: Installed, *arguments: object) -> float:
    def used() -> float:
        found = resource.getrusage(resource.RUSAGE_CHILDREN)
        return found.ru_utime + found.ru_stime

    began = used()
    one.python("-m", "jiuyuan", *arguments, stdout=subprocess.DEVNULL)
    return used() - began


if __name__ == "__main__":
    sys.exit(main())
