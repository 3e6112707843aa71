"""An hour of a province's day at a tenth of its rate: pages and acts in their real shares, over the kept register of 300,000 cases.

    python -m bench.day [--minutes 60] [--rate 11] [--clerks 10000] [--try]

Needs the file of `bench.kept upgrade`; `--try` makes 3,000 people instead, to see whether everything runs. The server is what docs/operations.md starts: gunicorn with four processes a core, and the worker.
Requests arrive by chance at the rate, whether or not the ones before were answered, and each counts from the moment it was due: a queue is
seen. Beside the pages stand the login check, an address of the same server that finds out who asks and nothing else, and what the database
alone takes for the queries of a page, asked over a connection that is there, in the same minutes.

The rate: a clerk opens or sends 150 things in a day of seven hours, a fifth of them in the busiest hour; applicants and programs add a third.
10,000 clerks are then 111 a second, of which a tenth is asked for here.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from random import Random
from statistics import quantiles
from typing import Any

from bench import kept, processor
from tests import postgres

_CLIENTS = 2
_BUSY = 0.6  # of a processor's time: above, who asks waits for others
_DAYS_HOURS, _OF_A_CLERK, _BUSIEST, _OTHERS = 7, 150, 0.2, 1 / 3
PREPARED = "prepared"


@dataclass(frozen=True)
class Kind:
    """Something that is asked for. `weight`: of a hundred; `why`: where the share comes from."""

    name: str
    weight: float
    why: str


#: A clerk's day, by what 300,000 people on the register ask for: each spoken with every quarter, a fifth as many applications in a year.
PAGES = (
    Kind("today's work of an office", 9, "the page that the desk opens with, and returned to after a person"),
    Kind("inbox of a street's clerk", 10, "opened before each case"),
    Kind("inbox of a county's reviewer", 3, "one reviewer for about four clerks"),
    Kind("case page, clerk", 14, "three looks at each of the open cases: accepted, verified, after the notice"),
    Kind("case page, reviewer", 5, "once a case"),
    Kind("search by name", 8, "whoever comes to the window is looked for first"),
    Kind("search by number", 4, "from a paper in hand"),
    Kind("register of a street", 5, "whom to visit"),
    Kind("a stay on the register", 8, "before each talk, 1.2 million a year"),
    Kind("help of a person", 8, "where a talk is written down"),
    Kind("a person's file", 4, ""),
    Kind("figures of a period, county", 1, "a head of an office, some times a day"),
    Kind("cases by state, province", 0.5, "the province, once a morning"),
    Kind("list as a workbook", 0.3, "for a meeting"),
    Kind("public notices", 4, "anybody"),
    Kind("schemes in plain words", 4, "anybody"),
    Kind("a case, API", 3, "the provincial hall asks how a case stands"),
)
ACTS = (
    Kind("a case is accepted", 1.5, "60,000 applications a year"),
    Kind("a case is endorsed", 1, "those whose notice ended"),
    Kind("a case is recognised", 1, "by the county"),
    Kind("a talk is written down", 4, "1.2 million a year are the most that clerks write"),
    Kind("an application at the window, API", 0.7, ""),
    Kind("a paper is handed in, API", 1, "two an application"),
)
FORM = Kind("the form of an act", 0, "before each act of the desk")
CHECK = Kind("login check", 3, "what any answer takes at least")


@dataclass
class Asked:
    """What a client may ask for of one kind: whose session or token and which address, in turn; of an act each once."""

    kind: str
    weight: float
    how: str  # "get", "form" (an act by its form), "apply", "upload"
    whose: list[list[str]]
    bare: list[str]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--rate", type=float, default=_a_second(10_000) / 10, help="requests a second")
    parser.add_argument("--clerks", type=int, default=10_000, help="for whom the result is extrapolated")
    parser.add_argument("--processes", type=int, default=4 * (os.cpu_count() or 1), help="of the server")
    parser.add_argument("--try", dest="tried", action="store_true", help="over 3,000 people made on the spot")
    options = parser.parse_args()
    try:
        with kept.installed(kept.HERE, "" if options.tried else kept.UPGRADED) as one:
            os.environ |= one.environment
            _measure(one, options)
    except postgres.Missing as missing:
        print(missing)
        return 1
    return 0


def _a_second(clerks: int) -> float:
    return clerks * _OF_A_CLERK * _BUSIEST * (1 + _OTHERS) / 3600


def _measure(one: kept.Installed, options: argparse.Namespace) -> None:
    began = time.monotonic()
    made = "from bench import desk; desk._prepare(3_000, 4_500)" if options.tried else kept.MIGRATE
    one.python("-c", made, stdout=subprocess.DEVNULL)
    one.python("-m", "bench.day_prepare", str(one.data / PREPARED), str(options.minutes * 60 * options.rate))
    print(f"prepared in {time.monotonic() - began:.0f} s", flush=True)
    with _serving(one, options.processes) as (port, servers):
        spent = processor.of_trees(servers)
        began = time.monotonic()
        rows = _clients(one, port, options)
        clock = time.monotonic() - began
        spent = processor.of_trees(servers) - spent
    _print(rows)
    answered = sum(len(took) for took, _ in rows.values())
    each = spent / max(1, answered)
    wanted = _a_second(options.clerks)
    print(
        f"\n{answered:,} answers in {clock / 60:.1f} min, {answered / clock:.1f} a second; {spent / clock:.2f} cores busy with server,"
        f" worker and database, {each * 1000:.0f} ms an answer"
    )
    print(
        f"{options.clerks:,} clerks in their busiest hour: {wanted:.0f} a second, {wanted * each:.1f} cores busy,"
        f" so {wanted * each / _BUSY:.0f} cores at {_BUSY:.0%}"
    )
    print(
        f"{processor.describe()}; gunicorn with {options.processes} processes, PostgreSQL {postgres.programs().parent.name}"
    )


def _print(rows: dict[str, tuple[list[float], Counter[str]]]) -> None:
    print(f"\n{'':34}{'asked':>8}{'p50':>8}{'p95':>8}{'p99':>8}  ms{'the queries alone, p95':>26}{'errors':>9}")
    for kind in (CHECK, *PAGES, FORM, *ACTS):
        took, wrong = rows.get(kind.name, ([], Counter()))
        bare, _ = rows.get(f"{kind.name}, bare", ([], Counter()))
        if len(took) < 2:
            continue
        cuts = quantiles(took, n=100)
        alone = f"{quantiles(bare, n=100)[94]:26.1f}" if len(bare) > 1 else f"{'':26}"
        said = f"{wrong.total():9d}  {dict(wrong) if wrong else ''}"
        print(f"{kind.name:34}{len(took):8d}{cuts[49]:8.1f}{cuts[94]:8.1f}{cuts[98]:8.1f}    {alone}{said}".rstrip())


def _clients(
    one: kept.Installed, port: int, options: argparse.Namespace
) -> dict[str, tuple[list[float], Counter[str]]]:
    """Milliseconds and what went wrong by kind, from all client processes."""
    of_one = [str(one.data / PREPARED), str(port), str(options.minutes * 60), str(options.rate / _CLIENTS), one.url]
    clients = [
        subprocess.Popen(
            [sys.executable, "-m", "bench.day_clients", *of_one, str(n), str(_CLIENTS)],
            env=one.environment, cwd=one.code, stdout=subprocess.PIPE, text=True,
        )
        for n in range(_CLIENTS)
    ]  # fmt: skip
    rows: dict[str, tuple[list[float], Counter[str]]] = {}
    for client in clients:
        said, _ = client.communicate()
        if client.returncode:
            raise SystemExit("a client ended")
        for kind, (took, wrong) in json.loads(said).items():
            known = rows.setdefault(kind, ([], Counter()))
            known[0].extend(took)
            known[1].update(wrong)
    return rows


@contextmanager
def _serving(one: kept.Installed, processes: int) -> Iterator[tuple[int, list[int]]]:
    """The port, and the processes that serve: site, worker, database."""
    port = postgres.free_port()
    lines = [
        ["-m", "gunicorn", "jiuyuan.wsgi", "-b", f"127.0.0.1:{port}", "--workers", str(processes), "--timeout", "120", "--log-level", "warning"],
        ["-m", "jiuyuan", "worker"],
    ]  # fmt: skip
    running = [
        subprocess.Popen([sys.executable, *line], env=one.environment, cwd=one.code, stdin=subprocess.DEVNULL)
        for line in lines
    ]
    try:
        _until_it_answers(port)
        yield port, [*(process.pid for process in running), one.server]
    finally:
        for process in running:
            process.terminate()
        for process in running:
            process.wait(60)


def _until_it_answers(port: int) -> None:
    from bench import desk

    until = time.monotonic() + 120
    while desk._get(port, "/login/", "") != 200:
        if time.monotonic() > until:
            raise SystemExit("the server did not start")
        time.sleep(0.2)


def write(path: Path, asked: list[Asked]) -> None:
    path.write_text(json.dumps([asdict(one) for one in asked]), "utf-8")


def read(path: Path) -> list[Asked]:
    return [Asked(**one) for one in json.loads(path.read_text("utf-8"))]


def photograph_beside(file: Path) -> Path:
    return file.with_suffix(".jpg")


def shared(some: list[Any], n: int, of: int) -> list[Any]:
    """What of a list is for one of several clients, shuffled alike each time."""
    mine = some[n::of]
    Random(n).shuffle(mine)
    return mine


if __name__ == "__main__":
    sys.exit(main())
