"""Help: matching everybody with everything beside SQL by hand, 今天要办 of a clerk and of a county, and the night of a register that is helped.

    python -m bench.assistance [--people 10000] [--vacancies 2000] [--clerk 2000] [--county 40000] [--register 1000000] [--seconds 8]
                               [--rounds 3] [--full] [--beside duckdb|postgres] [--only matching|today|county|night]

Matching (`bench/matching.py`): the query of the night in DuckDB and PostgreSQL, ten best each, beside the same answer as somebody would
write it by hand over the same candidates (by place), and brute force on 10,000 pairs at random. Aim: 1.2 of the hand, memory flat.
今天要办: one clerk's list, and that of a reviewer of a county, in a PostgreSQL of its own, eight clients as in `bench/desk.py`, beside its
bound. Aim: p95 under 100 ms. The night: everybody on the register with a plan, half of them with an offer (one in a hundred unanswered);
what is due is counted after it. Aim: under 90 s for a million. `--full`: 100,000 people × 10,000 vacancies.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from bench import desk, help_at_night, matching, processor
from jiuyuan import config
from tests import postgres


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=10_000)
    parser.add_argument("--vacancies", type=int, default=2_000)
    parser.add_argument("--clerk", type=int, default=2_000, help="people of the clerk whose list is asked for")
    parser.add_argument("--county", type=int, default=40_000, help="people of the county whose list is asked for")
    parser.add_argument("--register", type=int, default=1_000_000, help="recognitions of the night")
    parser.add_argument("--seconds", type=float, default=8, help="how long the list is asked for")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--full", action="store_true", help="100,000 people and 10,000 vacancies")
    parser.add_argument("--beside", choices=["duckdb", "postgres"], help="matching: the hand in one engine alone")
    parser.add_argument("--only", choices=["matching", "today", "county", "night"])
    parser.add_argument("--inside", choices=["today", "county", "night"], help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.inside == "night":
        help_at_night.measure(options.register)
        return 0
    if options.inside:
        of_a_clerk = options.inside == "today"
        _plant_and_ask(
            options.clerk if of_a_clerk else options.county, options.seconds, "clerk" if of_a_clerk else "reviewer"
        )
        return 0
    people, vacancies = (100_000, 10_000) if options.full else (options.people, options.vacancies)
    with tempfile.TemporaryDirectory(prefix="jiuyuan-bench-") as folder:
        config.create(Path(folder), "test")
        os.environ |= {
            "JIUYUAN_DATA": folder, "JIUYUAN_TODAY": "2026-03-09", "DJANGO_SETTINGS_MODULE": "jiuyuan.settings",
        }  # fmt: skip
        if options.only in (None, "matching"):
            matching.measure(people, vacancies, options.rounds, options.beside)
        given = [
            "--clerk",
            options.clerk,
            "--county",
            options.county,
            "--register",
            options.register,
            "--seconds",
            options.seconds,
        ]
        for inside in ("today", "county", "night"):
            if options.only in (None, inside):
                _in_a_database_of_its_own("--inside", inside, *given)
    print(f"\n{processor.describe()}")
    return 0


def _in_a_database_of_its_own(*arguments: object) -> None:
    cluster = postgres.Cluster(processor.POSTGRES)
    cluster.start()
    try:
        os.environ["JIUYUAN_DATABASE_URL"] = cluster.url
        # Settings are read once: with a database of its own it is another process.
        command = [sys.executable, "-m", "bench.assistance", *map(str, arguments)]
        subprocess.run(command, env={**os.environ, "JIUYUAN_DATABASE_URL": cluster.url}, check=True)
    finally:
        cluster.stop()


def _plant_and_ask(people: int, seconds: float, role: str) -> None:
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from jiuyuan.agencies import services
    from jiuyuan.assistance import duty_index
    from tests.factories import staff

    call_command("migrate", verbosity=0)
    services.plant()
    clerk = staff("clerk")
    _people_of(clerk, people)
    began = time.monotonic()
    kept = duty_index.keep_up()
    print(f"  {kept:,} duties kept ahead in {time.monotonic() - began:.1f} s", flush=True)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    session = desk.session_of(clerk if role == "clerk" else staff(role))
    connection.close()
    desk.measure(
        {
            "bound: who asks, nothing else": (session, ["/desk/"]),
            f"今天要办, {role}, {people:,}": (session, ["/desk/today/"]),
        },
        seconds,
        2,
    )


def _people_of(clerk: Any, count: int) -> None:
    """Somebody recognised, talked with, planned for and offered something by services; then copied: a third was not talked with."""
    from jiuyuan.assistance.models import Interview, JobOffer, Measure, Plan
    from jiuyuan.people.models import Person
    from jiuyuan.procedures.subjects import moving
    from jiuyuan.recognitions.models import Recognition
    from tests.assistance.offers import a_plan_with_vacancies, an_offer

    offer = an_offer(clerk, a_plan_with_vacancies(clerk))
    stay, plan, talk = offer.recognition, offer.plan, Interview.objects.unscoped().get()
    measures = list(plan.measures.all())

    def copies(row: Any, changes: Callable[[int], dict[str, Any]], wanted: range) -> list[Any]:
        model = type(row)
        columns = {
            field.attname: getattr(row, field.attname) for field in model._meta.concrete_fields if not field.primary_key
        }
        made = [model(**{**columns, **changes(number)}) for number in wanted]
        with moving(*([model] if hasattr(model, "moved_by") else [])):
            return list(model._base_manager.bulk_create(made, batch_size=500))

    everybody = range(count)
    persons = copies(
        stay.person, lambda n: {"id_index": f"{n:064x}", "account_id": None, "name": f"人员{n}"}, everybody
    )
    since = [stay.recognised_on - timedelta(days=n % 200) for n in everybody]
    stays = copies(
        stay, lambda n: {"number": f"R{n:09}", "person_id": persons[n].pk, "recognised_on": since[n]}, everybody
    )
    helped = range(count // 3, count)
    copies(talk, lambda n: {"recognition_id": stays[n].pk, "on": since[n]}, helped)
    plans = copies(plan, lambda n: {"recognition_id": stays[n].pk, "agreed_on": since[n]}, helped)
    by_number = dict(zip(helped, plans, strict=True))
    for measure in measures:
        copies(measure, lambda n: {"plan_id": by_number[n].pk}, helped)
    offered = range(count // 2, count)
    copies(offer, lambda n: {"recognition_id": stays[n].pk, "plan_id": by_number[n].pk}, offered)
    assert Person.objects.unscoped().count() > count and Recognition.objects.unscoped().count() > count
    print(
        f"{count:,} people of one clerk: {Plan.objects.unscoped().count():,} plans, {Measure.objects.unscoped().count():,} lines,"
        f" {JobOffer.objects.unscoped().count():,} offers",
        flush=True,
    )


if __name__ == "__main__":
    sys.exit(main())
