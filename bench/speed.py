"""What `jiuyuan.speed` gains: pages made with it and by Django alone, in turns, over one register in a PostgreSQL of its own.

    python -m bench.speed [--people 6000] [--cases 9000] [--rounds 9] [--requests 20]

Two processes make the same pages, one of them with JIUYUAN_SPEED=off; milliseconds of processor of that process alone, medians of the
rounds, and the median of the ratios pair by pair.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

from bench import desk, processor
from jiuyuan import config
from tests import postgres

_TOKEN = "token:"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--people", type=int, default=6_000)
    parser.add_argument("--cases", type=int, default=9_000)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--requests", type=int, default=20, help="of each page in a round")
    parser.add_argument("--make", metavar="PAGES", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.make:
        return _make(json.loads(options.make))
    data = Path(tempfile.mkdtemp(prefix="jiuyuan-bench-"))
    try:
        cluster = postgres.Cluster({"shared_buffers": "512MB"})
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
        _compare(_pages(options.people, options.cases), options.rounds, options.requests)
    finally:
        cluster.stop()
        shutil.rmtree(data, ignore_errors=True)
    print(f"\n{processor.describe()}")
    return 0


def _pages(people: int, cases: int) -> desk.Asked:
    asked = desk._prepare(people, cases)
    from jiuyuan.agencies import services
    from jiuyuan.agencies.models import User
    from jiuyuan.applications.models import Application
    from jiuyuan.people.models import Person
    from tests import factories

    case = Application.objects.unscoped().filter(status="accepted").order_by("pk")[0]
    applicant = factories.an_account()
    Person.objects.unscoped().filter(pk=case.person_id).update(account=applicant)
    clerk = User.objects.filter(role="clerk", agency__code=factories.PLATFORM)[0]
    numbers = [path.split("/")[3] for path in asked["case page, clerk"][1]]
    kept = ("inbox of a street's clerk", "all open cases of the county", "case page, clerk", "case page, reviewer")
    return {name: asked[name] for name in kept} | {
        "an applicant's own case": (desk.session_of(applicant), [f"/mine/{case.number}/"]),
        "a case, API": (_TOKEN + services.issue_token(clerk), [f"/api/v1/applications/{number}" for number in numbers]),
        "login": ("", ["/login/"]),
    }


def _compare(pages: desk.Asked, rounds: int, requests: int) -> None:
    command = [sys.executable, "-m", "bench.speed", "--make", json.dumps(pages)]
    makers: dict[str, Any] = {
        speed: subprocess.Popen(
            command,
            env={**os.environ, "JIUYUAN_SPEED": speed},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for speed in ("on", "off")
    }
    print(f"\n{'':32}{'on':>8}{'off':>8}  ms{'off / on':>12}")
    for page in pages:
        took: dict[str, list[float]] = {"on": [], "off": []}
        for turn in range(rounds + 1):
            for speed in ("on", "off") if turn % 2 else ("off", "on"):
                print(json.dumps([page, requests]), file=makers[speed].stdin, flush=True)
                spent = float(makers[speed].stdout.readline())
                if turn:  # the first warms up
                    took[speed].append(spent)
        ratio = median(off / on for on, off in zip(took["on"], took["off"], strict=True))
        print(f"{page:32}{median(took['on']):8.1f}{median(took['off']):8.1f}{ratio:16.2f}", flush=True)
    for maker in makers.values():
        maker.communicate()


def _make(pages: desk.Asked) -> int:
    """Make pages as standard input asks, and say how many milliseconds of processor each took."""
    import django

    django.setup()
    from django.test import Client

    for line in sys.stdin:
        page, requests = json.loads(line)
        who, paths = pages[page]
        client = Client(headers={"authorization": f"Bearer {who.removeprefix(_TOKEN)}"} if _TOKEN in who else None)
        if who and _TOKEN not in who:
            client.cookies["sessionid"] = who
        began = time.process_time()
        for turn in range(requests):
            answer = client.get(paths[turn % len(paths)])
            if answer.status_code != 200:
                raise RuntimeError(f"{paths[turn % len(paths)]} answered {answer.status_code}")
        print((time.process_time() - began) * 1000 / requests, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
