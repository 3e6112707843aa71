"""Figures of a province: closing a month, finding what changed in it, the eighteen doubts over 36 paid months of everybody on the
register (aim: 2 minutes), and the pages, in a PostgreSQL of its own.

    python -m bench.figures [--people 36000] [--seconds 5] [--full] [--explain] [--doubts]

`--doubts`: the doubts alone.

`--full`: 364,000 people, of whom 300,000 stand on the register, come over two years. Beside the pages stands the bound of `bench.desk`: an address of the
same server that finds out who asks and answers with a redirection, nothing else. Aim: 100 ms p95 for every page of figures,
while 20 people wait for the next upkeep of the tallies.
"""

import argparse
import os
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench import desk, processor
from jiuyuan import config
from tests import postgres

_FULL = 364_000
_DAY = "2026-04-06"
_ACTS = 1_000


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=_FULL // 10)
    parser.add_argument("--seconds", type=float, default=5, help="how long each page is asked for")
    parser.add_argument("--processes", type=int, default=2, help="of the server")
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--explain", action="store_true", help="first print the plans of slow statements")
    parser.add_argument("--doubts", action="store_true", help="the doubts alone")
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
            "JIUYUAN_TODAY": _DAY,
            "DJANGO_SETTINGS_MODULE": "jiuyuan.settings",
        }
        people = _FULL if options.full else options.people
        if options.doubts:
            _register(people)
            _doubts()
            return 0
        asked = _prepare(people)
        if options.explain:
            desk._explain(asked)
        desk.measure(asked, options.seconds, options.processes)
    finally:
        cluster.stop()
        shutil.rmtree(data, ignore_errors=True)
    return 0


def _prepare(people: int) -> desk.Asked:
    _register(people)
    _spread()
    _close()
    _tally()
    _doubts()
    _some_wait()
    return _asked()


def _register(people: int) -> None:
    import django

    django.setup()
    from django.core.management import call_command

    from bench import register
    from jiuyuan.agencies import services

    call_command("migrate", verbosity=0)
    services.plant()
    os.environ["JIUYUAN_TODAY"] = "2026-03-09"  # when all of them came onto the register
    register.build(people, people, lambda what: None)
    os.environ["JIUYUAN_TODAY"] = _DAY


def _spread() -> None:
    """Let people come month by month: they were copied from cases of one month."""
    from django.db import connection

    days = {
        "recognitions_recognition": ("person_id", ("recognised_on",)),
        "applications_application": ("person_id", ("submitted_on", "accepted_on", "due_on", "finished_on")),
    }
    with connection.cursor() as cursor:
        for table, (key, columns) in days.items():
            moved = ", ".join(f"{one} = {one} - (({key} % 24) * 30)::int" for one in columns)
            cursor.execute(f"UPDATE {table} SET {moved}")
        cursor.execute("VACUUM ANALYZE")


def _spent(what: str, run: Callable[[], object]) -> None:
    began = time.perf_counter()
    run()
    print(f"  {what:56}{time.perf_counter() - began:8.2f} s", flush=True)


def _acts(many: int, seed: int) -> None:
    """So many people in whose files something is recorded, from which their figures may follow."""
    from django.db import transaction

    from jiuyuan.history import services as history
    from jiuyuan.recognitions.models import Recognition

    every = Recognition.objects.unscoped().order_by("pk").values_list("pk", flat=True)
    with transaction.atomic():
        some = Recognition.objects.unscoped().filter(pk__in=random.Random(seed).sample(list(every), many))
        for stay in some.select_related("person"):
            history.append(stay.person.file, history.SYSTEM, "facts_recorded", {}, stay.area)


def _tally() -> None:
    from jiuyuan.oversight.figures import upkeep
    from jiuyuan.oversight.models import FigureTally

    _spent("making the tallies of periods", upkeep.keep_up)
    print(f"  {FigureTally.objects.count():,} tallies")
    _acts(_ACTS, 6)
    _spent(f"bringing them up to date after {_ACTS:,} acts", upkeep.keep_up)


def _some_wait() -> None:
    """The worker's upkeep after the doubts; then 20 people wait for the next one."""
    from django.db import connection

    from jiuyuan.oversight.figures import upkeep

    upkeep.keep_up()
    _acts(20, 7)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def _close() -> None:
    from django.db import connection, transaction

    from jiuyuan import clock
    from jiuyuan.history import services as history
    from jiuyuan.oversight.figures import closing, corrections
    from jiuyuan.oversight.models import ClosedFigure, LaterChange
    from jiuyuan.recognitions.models import Recognition

    register = Recognition.objects.unscoped().filter(status="active")
    print(f"{register.count():,} on the register")
    _spent("closing a month", lambda: closing.close_due(clock.today()))
    lines = ClosedFigure.objects.unscoped()
    print(f"  {lines.count():,} values at {lines.values('period').distinct().count():,} offices")
    stays = random.Random(5).sample(list(register.values_list("pk", flat=True)), _ACTS)
    with transaction.atomic():
        for stay in Recognition.objects.unscoped().filter(pk__in=stays).select_related("person"):
            history.append(stay.person.file, history.SYSTEM, "facts_recorded", {}, stay.area)
    with connection.cursor() as cursor:  # past the engine: only what a night finds is measured
        cursor.execute(
            "UPDATE recognitions_recognition SET status = 'ended', ended_on = '2026-03-31', ground = 'left_scope', evidence = 'x'"
            " WHERE id = ANY(%s)",
            [stays],
        )
    _spent(f"a night that finds what {_ACTS:,} acts changed", lambda: corrections.find(clock.today()))
    _spent("a night in which nothing more happened", lambda: corrections.find(clock.today()))
    print(f"  {LaterChange.objects.unscoped().count():,} changes at all levels")
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


_FIRST_MONTH, _MONTHS = 2023 * 12 + 2, 36
#: Of one person in so many the data say what does not go together; everybody else is in order.
_ONE_IN = 500
#: Drawn by everybody on the register for 36 months, each month paid and each with its dues; filled past the engine.
_DRAWN = """
SET session_replication_role = replica;
INSERT INTO money_claim (person_id, recognition_id, agency_id, area, region, scheme, from_month, to_month, claimant, status, version,
    claimed_on, checks, review_ground, provisional, first, basis, reason, clause, approved_by_id, checked_by_id, reviewed_by_id)
SELECT person_id, id, agency_id, area, 'jilin', 'flexible_insurance', {first}, {first} + {months} - 1, 'person', 'paid', 1, '2026-03-09',
    '[]', '', FALSE, TRUE, '{{"extended": false}}', '', '', {by}, {by}, {by} FROM recognitions_recognition WHERE status = 'active';
INSERT INTO money_claimline (claim_id, person_id, scheme, month, occasion, amount, amount_source, rests_on, status, reason)
SELECT claim.id, claim.person_id, claim.scheme, month, '', 50000, '', '[]', 'paid', ''
FROM money_claim claim CROSS JOIN generate_series({first}, {first} + {months} - 1) month;
INSERT INTO people_insurancemonth (person_id, month, payer, employer, paid, observed_on, superseded, batch_id, row)
SELECT claim.person_id, month, CASE WHEN claim.person_id % {one_in} = 1 THEN 'employer' WHEN claim.person_id % {one_in} = 2 THEN 'public'
    ELSE 'flexible' END, '', claim.person_id % {one_in} <> 3, '2026-03-09', FALSE, 1, 1
FROM money_claim claim CROSS JOIN generate_series({first}, {first} + {months} - 1) month;
SET session_replication_role = DEFAULT;
"""


def _doubts() -> None:
    from django.db import connection

    from jiuyuan import clock
    from jiuyuan.oversight import doubt_finding
    from jiuyuan.oversight.models import Doubt
    from tests import factories

    by = factories.staff("reviewer").pk
    from bench.register import without_indexes

    with (
        connection.cursor() as cursor,
        without_indexes(cursor, "money_claim", "money_claimline", "people_insurancemonth"),
    ):
        cursor.execute(_DRAWN.format(first=_FIRST_MONTH, months=_MONTHS, one_in=_ONE_IN, by=by))
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("SELECT COUNT(*) FROM money_claimline")
        print(f"{cursor.fetchone()[0]:,} paid months")
    _spent("eighteen doubts over them, raised for the first time", lambda: doubt_finding.raise_doubts(clock.today()))
    print(f"  {Doubt.objects.unscoped().count():,} doubts")
    for check in doubt_finding.CHECKS:
        _spent(
            f"check {check.number}, with nothing new", lambda check=check: sum(1 for _ in doubt_finding._found(check))
        )
    _spent("a night in which nothing more happened", lambda: doubt_finding.raise_doubts(clock.today()))


def _asked() -> desk.Asked:
    from django.db import connection

    from tests import factories

    sessions: dict[str, Any] = {
        role: desk.session_of(factories.staff(role)) for role in ("clerk", "reviewer", "province")
    }
    connection.close()
    months, people = "/desk/figures/months/?month=2026-03", "/desk/figures/months/list/?month=2026-03&figure="
    province = sessions["province"]
    days = "?since=2025-11-17&until=2026-04-06"
    period, help_ = f"/desk/figures/period/{days}", f"/desk/figures/help/{days}"
    listed = f"/desk/figures/help/list/{days}&figure=help_due&duty=interview"
    return {
        "bound: who asks, nothing else": (province, ["/desk/"]),
        "a month, street": (sessions["clerk"], [months]),
        "a month, county": (sessions["reviewer"], [months]),
        "a month, province": (province, [f"{months}&figure={one}" for one in ("on_register", "entered", "left")]),
        "list of a figure, province": (province, [f"{people}on_register&from={at}" for at in (0, 100, 10_000, 20_000)]),
        "what changed since, county": (sessions["reviewer"], [f"{people}on_register&change=later"]),
        "cases by state, province": (province, ["/desk/figures/"]),
        "figures of a period, province": (
            province,
            [f"{period}&by={by}" for by in ("agency", "age", "category", "month")],
        ),
        "figures of a period, county": (sessions["reviewer"], [f"{period}&by={by}" for by in ("agency", "sex")]),
        "figures of help, province": (province, [f"{help_}&by={by}" for by in ("agency", "category")]),
        "figures of help, county": (sessions["reviewer"], [f"{help_}&by={by}" for by in ("agency", "helper")]),
        "list of help due, province": (province, [f"{listed}&from={at}" for at in (0, 10_000, 20_000)]),
    }


if __name__ == "__main__":
    sys.exit(main())
