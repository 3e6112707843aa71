"""The desk under load: inbox, case page and search over 200,000 people and 300,000 cases in a PostgreSQL of its own.

    python -m bench.desk [--people 200000] [--cases 300000] [--seconds 8] [--explain]

gunicorn with a process for each of two cores answers eight clients on the loopback; clients, server and database share the machine.
Each page records the look at it, as in real work. Beside them stands the bound: an address of the same server that finds out who
asks and answers with a redirection, nothing else.
"""

import argparse
import contextlib
import http.client
import os
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import quantiles
from typing import Any

from bench import processor
from jiuyuan import config
from tests import postgres

CONNECTIONS = 8
WARM_UP = 2.0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--people", type=int, default=200_000)
    parser.add_argument("--cases", type=int, default=300_000)
    parser.add_argument("--seconds", type=float, default=8, help="how long each page is asked for")
    parser.add_argument("--processes", type=int, default=2, help="of the server")
    parser.add_argument("--explain", action="store_true", help="first print the plans of slow statements")
    options = parser.parse_args()
    data = Path(tempfile.mkdtemp(prefix="jiuyuan-bench-"))
    try:
        cluster = postgres.Cluster(processor.POSTGRES)
    except postgres.Missing as missing:
        print(missing)
        return 1
    try:
        cluster.start()
        config.create(data, "test")
        os.environ |= {
            "JIUYUAN_DATA": str(data),
            "JIUYUAN_DATABASE_URL": cluster.url,
            "JIUYUAN_TODAY": "2026-03-09",
            "DJANGO_SETTINGS_MODULE": "jiuyuan.settings",
        }
        asked = _prepare(options.people, options.cases)
        if options.explain:
            _explain(asked)
        measure(asked, options.seconds, options.processes)
    finally:
        cluster.stop()
        shutil.rmtree(data, ignore_errors=True)
    return 0


Asked = dict[str, tuple[str, list[str]]]  # what is measured: whose session, and addresses taken in turn


def _prepare(people: int, cases: int) -> Asked:
    import django

    django.setup()
    from django.core.management import call_command

    from bench import register
    from jiuyuan.agencies import services

    began = time.monotonic()
    call_command("migrate", verbosity=0)
    services.plant()
    register.build(people, cases, lambda what: print(f"  {time.monotonic() - began:5.0f} s  {what}", flush=True))
    print(f"{people:,} people and {cases:,} cases built in {time.monotonic() - began:.0f} s", flush=True)
    return _asked()


def _asked() -> Asked:
    from django.db import connection

    from jiuyuan.applications.models import Application
    from jiuyuan.people.models import Person
    from tests import factories

    clerk, reviewer = session_of(factories.staff("clerk")), session_of(factories.staff("reviewer"))
    province = session_of(factories.staff("province"))
    dice = random.Random(5)

    def some(**filters: Any) -> list[str]:
        rows = Application.objects.unscoped().filter(**filters).order_by("pk").values_list("number", flat=True)
        return dice.sample(list(rows), min(200, len(rows)))

    street, county = {"agency__code": factories.PLATFORM}, {"area__contains": f"/{factories.COUNTY}/"}
    print(
        f"  of them open: {Application.objects.unscoped().filter(finished_on=None).count():,}; the street:"
        f" {Application.objects.unscoped().filter(**street).count():,}, the county:"
        f" {Application.objects.unscoped().filter(**county).count():,}"
    )
    names = list(Person.objects.unscoped().filter(**county).order_by("pk").values_list("name", flat=True)[:200])
    connection.close()
    return {
        "bound: who asks, nothing else": (clerk, ["/desk/"]),
        "inbox of a street's clerk": (clerk, ["/desk/cases/?state=open"]),
        "inbox of a county's reviewer": (reviewer, ["/desk/cases/?state=reported"]),
        "all open cases of the county": (reviewer, ["/desk/cases/?state=open"]),
        "all cases of the province": (province, ["/desk/cases/"]),
        "case page, clerk": (clerk, [f"/desk/cases/{number}/" for number in some(finished_on=None, **street)]),
        "case page, reviewer": (reviewer, [f"/desk/cases/{number}/" for number in some(status="reported", **county)]),
        "search by name": (reviewer, [f"/desk/search?q={_quoted(name)}" for name in names]),
        "search by pinyin": (
            reviewer,
            [f"/desk/search?q={word}" for word in ("wangxiuying", "lina", "zhangwei", "liuyang")],
        ),
        "search by number": (reviewer, [f"/desk/search?q=R{number}" for number in some(status="recognised", **county)]),
    }


def session_of(user: Any) -> str:
    from django.test import Client

    client = Client()
    client.force_login(user, backend="jiuyuan.agencies.backends.WithAgency")
    return client.cookies["sessionid"].value


def _quoted(text: str) -> str:
    from urllib.parse import quote

    return quote(text)


def measure(asked: Asked, seconds: float, processes: int) -> None:
    with _server(processes) as port:
        print(f"\n{'':32}{'requests/s':>11}{'p50':>8}{'p95':>8}{'p99':>8}  ms")
        for label, (session, paths) in asked.items():
            _load(port, session, paths, WARM_UP)
            took = _load(port, session, paths, seconds)
            cuts = quantiles(took, n=100)
            rate = len(took) / seconds
            print(f"{label:32}{rate:11.0f}{cuts[49]:8.1f}{cuts[94]:8.1f}{cuts[98]:8.1f}", flush=True)
    print(
        f"\n{processor.describe()}; {CONNECTIONS} connections, gunicorn with {processes} processes, PostgreSQL {postgres.programs().parent.name}"
    )


@contextlib.contextmanager
def _server(processes: int) -> Iterator[int]:
    port = postgres.free_port()
    command = ["gunicorn", "jiuyuan.wsgi", "-b", f"127.0.0.1:{port}", "--workers", str(processes)]
    server = subprocess.Popen([sys.executable, "-m", *command, "--log-level", "warning"], stdin=subprocess.DEVNULL)
    try:
        until = time.monotonic() + 60
        while _get(port, "/login/", "") != 200:
            if time.monotonic() > until:
                raise RuntimeError("the server did not start")
            time.sleep(0.2)
        yield port
    finally:
        server.terminate()
        server.wait(30)


def _get(port: int, path: str, session: str) -> int:
    """As a proxy asks: over a connection of its own, for whichever process is free."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("GET", path, headers={"Cookie": f"sessionid={session}"})
        response = connection.getresponse()
        response.read()
        return response.status
    except OSError:
        return 0
    finally:
        connection.close()


def _load(port: int, session: str, paths: list[str], seconds: float) -> list[float]:
    """Milliseconds of each answer, over all connections."""
    took: list[float] = []
    wrong: list[int] = []
    until = time.monotonic() + seconds

    def client(first: int) -> None:
        turn = first
        while time.monotonic() < until:
            began = time.perf_counter()
            status = _get(port, paths[turn % len(paths)], session)
            took.append((time.perf_counter() - began) * 1000)
            if status not in (200, 302):
                wrong.append(status)
            turn += 1

    threads = [threading.Thread(target=client, args=(n * 25,)) for n in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if wrong:
        raise RuntimeError(f"{len(wrong)} of {len(took)} answers were {set(wrong)}: {paths[0]}")
    return took


def _explain(asked: Asked) -> None:
    """Each page once, with the statements that took more than 5 ms and the plan of each."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    for label, (session, paths) in asked.items():
        client = Client()
        client.cookies["sessionid"] = session
        client.get(paths[0])
        began = time.perf_counter()
        with CaptureQueriesContext(connection) as queries:
            client.get(paths[1 % len(paths)])
        print(f"\n### {label}: {(time.perf_counter() - began) * 1000:.0f} ms, {len(queries)} statements")
        for query in queries:
            if float(query["time"]) >= 0.005:
                print(f"\n{query['time']} s: {query['sql'][:1500]}")
                with connection.cursor() as cursor:
                    cursor.execute("EXPLAIN (ANALYZE, BUFFERS) " + query["sql"])
                    print("\n".join(line for (line,) in cursor.fetchall()))


if __name__ == "__main__":
    sys.exit(main())
