"""A night over a register of a million: the rules over all of it, what they find written down, beside reading the rows alone.

    python -m bench.nightly [--people 1000000]

A PostgreSQL of its own; the register is written past the services, for it is what the night finds and not what is
measured. One in twenty has something that may be found; only those have single facts behind their columns, which is all
the night reads of them. Aim: under 60 seconds on two cores, and the answer of `Policy.decide_exits` on a random 10,000.
"""

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from bench.processor import POSTGRES, peak

DAY = "2026-03-02"
SAMPLE = 10_000
AIM = 60


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=1_000_000)
    parser.add_argument("--inside", choices=["plant", "bound", "night", "again", "compare"], help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.inside:
        import django

        django.setup()
        began = time.monotonic()
        figures = globals()[f"inside_{options.inside}"](options.people) or {}
        print(
            json.dumps(
                {"seconds": figures.pop("seconds", time.monotonic() - began), "memory": peak(), "figures": figures}
            )
        )
        return
    from jiuyuan import config
    from tests import postgres

    with tempfile.TemporaryDirectory(prefix="jiuyuan-bench-") as folder:
        cluster = postgres.Cluster(POSTGRES)
        cluster.start()
        try:
            config.create(Path(folder), "test")
            environment = {
                **os.environ,
                "JIUYUAN_DATA": folder,
                "JIUYUAN_TODAY": DAY,
                "DJANGO_SETTINGS_MODULE": "jiuyuan.settings",
                "JIUYUAN_DATABASE_URL": cluster.url,
            }
            subprocess.run([sys.executable, "-m", "django", "migrate", "-v0"], env=environment, check=True)
            print(f"{'':42} {'people':>10} {'seconds':>9} {'people/s':>10} {'MB':>6}  aim")
            for inside, label, aim in (
                ("plant", "(the register planted)", 0),
                ("bound", "bound: the joined rows read, no rules", 0),
                ("night", "the night", AIM),
                ("again", "the same night again: nothing new", AIM),
                ("compare", f"one by one, {SAMPLE:,} at random", 0),
            ):
                done = _measured(inside, options.people, environment)
                rate = options.people / done["seconds"]
                said = f"≤{aim} s" if aim else ""
                print(
                    f"{label:42} {options.people:>10,} {done['seconds']:>9.1f} {rate:>10,.0f} {done['memory']:>6.0f}  {said}"
                )
                print("".join(f"    {key}: {value}\n" for key, value in done["figures"].items()), end="", flush=True)
        finally:
            cluster.stop()
    print(f"load of the machine at the end: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")


def _measured(inside: str, people: int, environment: dict[str, str]) -> dict[str, Any]:
    command = [sys.executable, "-m", "bench.nightly", "--inside", inside, "--people", str(people)]
    done = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, text=True)
    return dict(json.loads(done.stdout.splitlines()[-1]))


# A chance of a person's own for each fact, always the same: one of 10,000, from a hash of place and name.
def _chance(name: str, place: str = "g") -> str:
    return f"(('x' || substr(md5({place}::text || '{name}'), 1, 7))::bit(28)::int % 10000)"


_MAY_BE_FOUND = "g % 20 = 0"
# SQL for what somebody's columns say; what is not named is unknown.
_KNOWN = {
    "sex": f"CASE WHEN {_chance('sex')} < 5000 THEN 'female' ELSE 'male' END",
    "birth_date": f"""CASE WHEN {_MAY_BE_FOUND} AND {_chance('old')} < 1200 THEN date '1963-01-01' + {_chance('born')} % 1800
                  ELSE date '1972-01-01' + {_chance('born')} % 9000 END""",
    "retirement_track": f"""CASE WHEN {_chance('sex')} >= 5000 THEN 'male_60' WHEN {_chance('track')} < 3000 THEN 'female_50'
                        WHEN {_chance('track')} < 5000 THEN 'female_55' END""",
    "hukou_division": "'220102'",
    "hukou_kind": "'urban'",
    "residence_division": "'220102001'",
    "able_to_work": "true",
    "wants_work": "true",
    "registered_unemployed": f"NOT ({_MAY_BE_FOUND} AND {_chance('registered')} < 300)",
    "unemployed_since": f"date '2023-01-01' + {_chance('since')} % 900",
    "in_labour_relationship": f"{_MAY_BE_FOUND} AND {_chance('job')} < 800",
    "insured_by_employer": f"{_MAY_BE_FOUND} AND {_chance('insured')} < 800",
    "business_registered": f"{_MAY_BE_FOUND} AND {_chance('business')} < 800",
    "company_office_held": "false",
    "income_stable": "false",
    "assisted_employment": f"{_chance('assisted')} < 1500",
    "receives_pension": f"{_MAY_BE_FOUND} AND {_chance('pension')} < 1500",
    "assistance_granted": f"{_chance('granted')} < 5000",
    "assistance_ends_on": f"""CASE WHEN {_chance('granted')} < 5000 THEN CASE WHEN {_MAY_BE_FOUND} AND {_chance('expired')} < 1000
                          THEN date '2026-02-01' + {_chance('ends')} % 60 ELSE date '2026-06-01' + {_chance('ends')} % 900 END END""",
    "deceased": f"{_MAY_BE_FOUND} AND {_chance('deceased')} < 100",
    "service_refusals": f"CASE WHEN {_MAY_BE_FOUND} AND {_chance('refused')} < 500 THEN '[\"2026-01-05\", \"2026-02-03\"]'::jsonb END",
}  # fmt: skip


def inside_plant(people: int) -> None:
    from django.db import connection

    from jiuyuan.agencies.models import Agency
    from jiuyuan.agencies.services import plant
    from jiuyuan.encryption import encrypt

    plant()
    platform, county = Agency.objects.get(code="220102001"), Agency.objects.get(code="220102")
    phone = encrypt(b"13800000000", "people.person.phone")
    id_number = encrypt(b"220102198001010020", "people.person.id_number")
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO people_person (id, name, name_pinyin, id_number, id_index, birth_date, sex, phone, phone_index,
                 address, agency_id, area, created_at, version)
               SELECT g, '某某', 'mou mou', %(id_number)s, md5(g::text), '1980-01-01', 'female', %(phone)s, '', '', %(agency)s,
                 %(area)s, now(), 1 FROM generate_series(1, %(people)s) g""",
            {"id_number": id_number, "phone": phone, "agency": platform.pk, "area": platform.path, "people": people},
        )
        cursor.execute(
            f"INSERT INTO people_knownfacts (person_id, {', '.join(_KNOWN)}) "
            f"SELECT g, {', '.join(_KNOWN.values())} FROM generate_series(1, {int(people)}) g"
        )
        cursor.execute(
            """INSERT INTO recognitions_recognition (id, person_id, number, agency_id, area, region, scheme, category, recognised_on,
                 recognised_by_name, policy, carried_over, status, ground, evidence, ended_by_name, version)
               SELECT g, g, 'R' || g, %s, %s, 'jilin', 'employment_hardship', 'older', date '2025-09-01' + g %% 150, '测', 'jilin-2022-10', false, 'active',
                 '', '', '', 1 FROM generate_series(1, %s) g""",
            [county.pk, platform.path, people],
        )
        cursor.execute(
            """INSERT INTO people_fact (person_id, name, value, source, department, evidence, observed_on, recorded_at,
                 recorded_by_name, settlement, disputed, dispute)
               SELECT k.person_id, f.key, f.value, 'shared_data', '部门', '比对', '2026-03-02', '2026-03-02T08:00+08', 'x',
                 '', false, ''
               FROM people_knownfacts k, LATERAL jsonb_each(to_jsonb(k) - 'person_id' - 'contradicted') f
               WHERE k.person_id % 20 = 0 AND f.value <> 'null'"""
        )
        cursor.execute("VACUUM ANALYZE")


def inside_bound(_people: int) -> None:
    """What the engine needs for the rows alone: joined, and thrown away."""
    from django.db import connection

    from jiuyuan.recognitions import register

    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN (ANALYZE, TIMING OFF) " + register.in_postgres())


def inside_night(people: int) -> dict[str, Any]:
    from jiuyuan.applications import nightly

    begun: dict[str, float] = {}
    began = time.monotonic()

    def progress(step: str, _done: int) -> None:
        begun.setdefault(step, time.monotonic() - began)

    run = nightly.run(progress)
    seconds = time.monotonic() - began
    assert run.total == people
    ends = [*begun.values(), seconds][1:]
    took = {f"… {step}": f"{end - at:.1f} s" for (step, at), end in zip(begun.items(), ends, strict=True)}
    return {"seconds": seconds, **run.figures, **took}


inside_again = inside_night


def inside_compare(people: int) -> dict[str, Any]:
    """Raises where the query over the register and the rules one by one differ."""
    from datetime import date

    from jiuyuan.people.models import KnownFacts
    from jiuyuan.recognitions.models import Recognition
    from jiuyuan.recognitions.register_screening import register_on
    from jiuyuan.regions import registry
    from jiuyuan.rules.facts import ON_FILE

    rules = next(registry.policies())
    together = {found.recognition: (found.grounds, found.signals) for found in register_on(date.fromisoformat(DAY))}
    chosen = random.sample(range(1, people + 1), min(SAMPLE, people))
    recognised = dict(Recognition.objects.unscoped().filter(pk__in=chosen).values_list("person_id", "recognised_on"))
    differ, found = [], 0
    for row in KnownFacts.objects.unscoped().filter(pk__in=chosen).values("person_id", *ON_FILE):
        person = row.pop("person_id")
        facts = {name: _plain(value) for name, value in row.items() if value is not None}
        facts |= {"as_of": DAY, "recognised_on": recognised[person].isoformat()}
        answer = rules.decide_exits(rules.parse(facts))
        one = (answer.grounds, answer.signals)
        found += one != ((), ())
        if one != together.get(person, ((), ())):
            differ.append((person, one, together.get(person)))
    assert not differ, differ[:5]
    return {"the same answer for": f"{len(chosen):,}, {found:,} of them with something to find"}


def _plain(value: Any) -> Any:
    from datetime import date
    from decimal import Decimal

    if isinstance(value, date):
        return value.isoformat()
    return float(value) if isinstance(value, Decimal) else value


if __name__ == "__main__":
    main()
