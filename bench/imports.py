"""Departments' data and earlier registers: a million rows against a register of a million people, beside a bare COPY.

    python -m bench.imports [--people 1000000] [--register 100000] [--keep-going]

PostgreSQL runs in a cluster of its own, SQLite in a temporary folder. Each measured run is a process of its own, so that its
peak memory is its own. The bound is what the database alone needs to take in the very rows that the run wrote: COPY of the
facts into a table without keys and indexes.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

from bench.processor import POSTGRES, peak

AREA = "22/2201/220102/"
ON_FILE, DECLARED = 0.94, 0.35  # of the rows; of the people
SURNAMES, GIVEN = "张王李赵刘陈杨黄周吴徐孙胡朱高林何郭马罗", "秀英建国丽华志强桂兰玉珍海燕小军"


def number_of(place: int) -> str:
    """A distinct ID number with a right check digit for each place."""
    born = date(1966, 1, 1) + timedelta(days=place % 14_000)
    rest = place // 14_000
    seventeen = f"{220102 + rest // 999 % 800:06d}{born:%Y%m%d}{rest % 999 + 1:03d}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return seventeen + "10X98765432"[sum(int(d) * w for d, w in zip(seventeen, weights, strict=True)) % 11]


def name_of(place: int) -> str:
    return SURNAMES[place % 20] + GIVEN[place // 20 % 16] + GIVEN[place // 320 % 16]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--people", type=int, default=1_000_000)
    parser.add_argument("--register", type=int, default=100_000)
    parser.add_argument("--inside", choices=["plant", "department", "bound", "register"], help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.inside:
        print(json.dumps(globals()[f"inside_{options.inside}"](options)))
        return
    from tests import postgres

    lines = []
    with tempfile.TemporaryDirectory(prefix="jiuyuan-bench-") as folder:
        cluster = postgres.Cluster(POSTGRES)
        cluster.start()
        try:
            environment = _installed(Path(folder) / "postgres", cluster.url)
            _measured("plant", options, environment)
            lines.append(
                ("部门数据，PostgreSQL", options.people, _measured("department", options, environment), 180, 500)
            )
            lines.append(("　同样的事实 COPY 进空表", options.people, _measured("bound", options, environment), 0, 0))
        finally:
            cluster.stop()
        environment = _installed(Path(folder) / "sqlite", "")
        lines.append(("以前的名册，SQLite", options.register, _measured("register", options, environment), 120, 0))
    print(f"{'':24} {'rows':>10} {'seconds':>9} {'rows/s':>9} {'MB':>6}  aim")
    for label, rows, found, seconds, memory in lines:
        aim = f"≤{seconds} s" + (f", ≤{memory} MB" if memory else "") if seconds else ""
        print(
            f"{label:24} {rows:>10,} {found['seconds']:>9.1f} {rows / found['seconds']:>9,.0f} {found['memory']:>6.0f}  {aim}"
        )
        print("".join(f"    {key}: {value}\n" for key, value in found.get("figures", {}).items()), end="")
    load = os.getloadavg()[0]
    print(f"load of the machine at the end: {load:.1f} on {os.cpu_count()} cores")


def _installed(folder: Path, url: str) -> dict[str, str]:
    from jiuyuan import config

    config.create(folder, "test")
    environment = {**os.environ, "JIUYUAN_DATA": str(folder), "DJANGO_SETTINGS_MODULE": "jiuyuan.settings"}
    if url:
        environment["JIUYUAN_DATABASE_URL"] = url
    subprocess.run([sys.executable, "-m", "django", "migrate", "-v0"], env=environment, check=True)
    return environment


def _measured(inside: str, options: argparse.Namespace, environment: dict[str, str]) -> dict[str, float]:
    command = [
        sys.executable,
        "-m",
        "bench.imports",
        "--inside",
        inside,
        "--people",
        str(options.people),
        "--register",
        str(options.register),
    ]
    done = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, text=True)
    return dict(json.loads(done.stdout.splitlines()[-1]))


def _reviewer(username="bench"):
    from jiuyuan.agencies import services
    from jiuyuan.agencies.models import Agency, User

    services.plant()
    return User.objects.filter(username=username).first() or User.objects.create_user(
        username=username, name="测", id_index=username, role="reviewer", agency=Agency.objects.get(code="220102")
    )


def inside_plant(options: argparse.Namespace) -> dict[str, float]:
    """The register, loaded past the services: it is what the measured run finds, not what is measured."""
    import django

    django.setup()
    from django.db import connection, transaction

    from jiuyuan import clock, loading
    from jiuyuan.agencies.models import Agency
    from jiuyuan.encryption import blind_index, encrypt
    from jiuyuan.history import services as history
    from jiuyuan.people.models import Fact, KnownFacts, Person

    began, at = time.monotonic(), clock.now()
    actor = _reviewer().actor
    platform = Agency.objects.get(code="220102001")
    sealed = encrypt(b"13800000000", "people.person.phone")
    step = 20_000
    for start in range(0, options.people, step):
        places = range(start, min(start + step, options.people))
        with transaction.atomic():
            loading.insert(
                Person,
                ("id", "name", "name_pinyin", "id_number", "id_index", "birth_date", "sex", "phone", "phone_index", "address",
                 "agency_id", "area", "created_at", "version"),
                ((p + 1, name_of(p), "x", sealed, blind_index(number_of(p)), date(1980, 1, 1), "female", sealed, "", "",
                  platform.pk, platform.path, at, 1) for p in places),
            )  # fmt: skip
            loading.insert(KnownFacts, ("person_id", "sex"), ((p + 1, "female") for p in places))
            facts = [(p, "sex", '"female"', "document") for p in places]
            facts += [(p, "insured_by_employer", "false", "declared") for p in places if p % 100 < DECLARED * 100]
            loading.insert(
                Fact,
                ("person_id", "name", "value", "source", "department", "evidence", "observed_on", "recorded_at",
                 "recorded_by_name", "settlement", "disputed", "dispute"),
                ((p + 1, name, value, source, "", "", at.date(), at, "x", "", False, "") for p, name, value, source in facts),
            )  # fmt: skip
            acts = [history.NewAct(f"person:{p + 1}", "person_registered", {}, platform.path) for p in places]
            history.append_many(actor, acts, {})
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT setval(pg_get_serial_sequence('people_person', 'id'), %s)", [options.people])
            cursor.execute("VACUUM ANALYZE")
    return {"seconds": time.monotonic() - began, "memory": peak()}


def _rows(options: argparse.Namespace) -> Iterator[list[str]]:
    chance = random.Random(7)
    places = list(range(options.people))
    chance.shuffle(places)
    for place in places:
        number = number_of(place if chance.random() < ON_FILE else place + 2 * options.people)
        kind = chance.choice(["单位职工", "灵活就业人员", "单位职工"])
        paying = chance.choice(["在缴", "停保"])
        pension = "未领取" if chance.random() < 0.95 else "正常领取"
        if chance.random() < 0.005:
            number = f"{float(number[:17] + '0'):.14E}"
        yield [name_of(place), number, paying, kind, "长春市某某有限公司", "2024年3月1日", pension, "2026/3/1"]


def inside_department(options: argparse.Namespace) -> dict[str, object]:
    import django

    django.setup()
    from jiuyuan.history.models import Entry
    from jiuyuan.people.models import Fact
    from jiuyuan.people.sources import recording, running, services

    path = Path(os.environ["JIUYUAN_DATA"]) / "社保20260301.csv"
    with path.open("w", encoding="gb18030", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["长春市社会保险参保情况"])
        writer.writerow(["姓名", "身份证号码", "参保状态", "参保身份", "单位名称", "参保日期", "待遇状态", "数据日期"])
        writer.writerows(_rows(options))
        writer.writerow(["合计", "", options.people])
    user = _reviewer()
    began, worked, before = time.monotonic(), time.process_time(), peak()
    with path.open("rb") as file:
        batch = services.upload(
            user, "social_insurance", path.name, iter(lambda: file.read(1 << 20), b""), dry=False, waits=False
        )
    batch = running.run(batch.pk, recording.work_for)
    seconds, memory = time.monotonic() - began, peak()
    facts = Fact.objects.unscoped().filter(batch=batch).count()
    acts = Entry.objects.unscoped().filter(action="facts_recorded").count()
    figures = {
        **batch.counts,
        "facts": facts,
        "acts in the record": acts,
        "file MB": round(path.stat().st_size / 1e6),
        "MB before": round(before),
        "CPU seconds of the program": round(time.process_time() - worked, 1),
    }
    return {"seconds": seconds, "memory": memory, "figures": figures}


def inside_bound(options: argparse.Namespace) -> dict[str, float]:
    import django

    django.setup()
    from django.db import connection

    path = Path(os.environ["JIUYUAN_DATA"]) / "facts.copy"
    with connection.cursor() as cursor:
        with (
            path.open("wb") as file,
            cursor.copy("COPY (SELECT * FROM people_fact WHERE batch_id IS NOT NULL) TO STDOUT") as copy,
        ):
            for piece in copy:
                file.write(piece)
        cursor.execute("CREATE TABLE bare AS SELECT * FROM people_fact LIMIT 0")
        began = time.monotonic()
        with path.open("rb") as file, cursor.copy("COPY bare FROM STDIN") as copy:
            while piece := file.read(1 << 20):
                copy.write(piece)
        seconds = time.monotonic() - began
    return {"seconds": seconds, "memory": peak()}


def inside_register(options: argparse.Namespace) -> dict[str, object]:
    import django

    django.setup()
    from jiuyuan.people.sources import running, services
    from jiuyuan.people.sources.workflow import IMPORT
    from jiuyuan.procedures import engine
    from jiuyuan.recognitions import importing

    user = _reviewer()
    path = Path(os.environ["JIUYUAN_DATA"]) / "名册.csv"
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["姓名", "身份证号码", "联系电话", "常住地址", "所属平台", "人员类别", "认定日期"])
        for place in range(options.register):
            writer.writerow(
                [
                    name_of(place),
                    number_of(place),
                    f"138{place:08d}",
                    "民康路1号",
                    "220102001",
                    "4050人员",
                    "2019-05-06",
                ]
            )
    with path.open("rb") as file:
        batch = services.upload(user, "earlier_register", path.name, iter(lambda: file.read(1 << 20), b""), waits=False)
    running.run(batch.pk, importing.work_for)
    began = time.monotonic()
    engine.act(_reviewer("bench2"), IMPORT, batch.pk, "start", carried={"waits": False})
    batch = running.run(batch.pk, importing.work_for)
    return {"seconds": time.monotonic() - began, "memory": peak(), "figures": dict(batch.counts)}


if __name__ == "__main__":
    main()
