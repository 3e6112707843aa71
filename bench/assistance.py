"""Help: matching everybody with everything beside SQL by hand, 今天要办 of a clerk and of a county, and the night of a register that is helped.

    python -m bench.assistance [--people 10000] [--vacancies 2000] [--clerk 2000] [--county 40000] [--register 1000000] [--seconds 8]
                               [--rounds 3] [--full] [--only matching|today|county|night]

Matching: the query of the night (`nightly_matching.RANKED`) in DuckDB, over tables laid out as the night lays them out, ten best each;
beside it the same answer as somebody would write it by hand over the same candidates (by place), there and in PostgreSQL, and brute force. The one answer
(`matching.match`), the query and the hand agree on 10,000 pairs at random. Aim: 1.2 of the hand, memory flat.
今天要办: one clerk's list, and that of a reviewer of a county, in a PostgreSQL of its own, eight clients as in `bench/desk.py`, beside its
bound. Aim: p95 under 100 ms. The night: everybody on the register with a plan, half of them with an offer (one in a hundred unanswered);
what is due is counted after it. Aim: under 90 s for a million. `--full`: 100,000 people × 10,000 vacancies.
"""

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from statistics import median
from typing import Any

import duckdb

from bench import desk, help_at_night, processor
from jiuyuan import config
from tests import postgres

PAIRS = 10_000
_DIVISIONS = [f"2201{county:02}" for county in range(1, 13)] + [f"2202{county:02}" for county in range(1, 9)]
# By hand: the same candidates, every condition in one expression of three values, the ten best by a window.
_BY_HAND = """
WITH pair AS (
  SELECT w.recognition, v.vacancy, v.pay_from, v.l1,
         bool_or(CASE WHEN o.l2 IS NULL THEN o.l1 = v.l1 ELSE o.l2 = v.l2 END) AS same,
         bool_or(v.l2 IS NULL AND o.l1 = v.l1) AS wide,
         max(CASE WHEN o.l4 = v.l4 THEN 4 WHEN o.l3 = v.l3 THEN 3 WHEN o.l2 = v.l2 THEN 2 WHEN o.l1 = v.l1 THEN 1 ELSE 0 END) AS near,
         any_value(w.named) AS named, any_value(w.words) AS words, any_value(w.placed = 1) AS placed,
         any_value(CASE WHEN w.least IS NULL OR v.hourly = 1 OR v.pay_from IS NULL THEN NULL WHEN v.pay_from >= w.least THEN true
                        WHEN v.pay_high < w.least THEN false END) AS pay,
         any_value(CASE WHEN w.hours = '' THEN NULL ELSE v.hours IN (w.hours, 'flexible') END) AS hours,
         any_value(CASE WHEN w.care = 1 AND v.hours <> 'flexible' THEN NULL ELSE true END) AS care,
         any_value(CASE WHEN w.limits = 1 THEN NULL ELSE true END) AS limits
    FROM wanted w JOIN wanted_place p USING (recognition) JOIN open_place s USING (code) JOIN open_vacancy v USING (vacancy)
    LEFT JOIN wanted_occupation o USING (recognition)
   GROUP BY w.recognition, v.vacancy, v.pay_from, v.l1
), said AS (
  SELECT *, CASE WHEN named + words = 0 OR l1 IS NULL THEN NULL WHEN same THEN true
                 WHEN words = 1 OR wide THEN NULL ELSE false END AS occupation FROM pair
), counted AS (
  SELECT *, (occupation IS false)::int + (pay IS false)::int + (hours IS false)::int AS failed,
         (occupation IS NULL)::int + (NOT placed)::int + (pay IS NULL)::int + (hours IS NULL)::int + (care IS NULL)::int
         + (limits IS NULL)::int AS unknown FROM said
)
SELECT recognition, vacancy, CASE WHEN failed > 0 THEN 0 WHEN unknown > 0 THEN NULL ELSE 1 END AS fits,
       row_number() OVER (PARTITION BY recognition ORDER BY CASE WHEN failed > 0 THEN 2 WHEN unknown > 0 THEN 1 ELSE 0 END,
                          failed, unknown, near DESC, coalesce(pay_from, 0) DESC, vacancy DESC) AS place
  FROM counted
"""


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
            _matching(people, vacancies, options.rounds)
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


def _matching(people: int, vacancies: int, rounds: int) -> None:
    import django

    django.setup()
    from jiuyuan.assistance.nightly_matching import MOST, RANKED

    dice = random.Random(14)
    wishes, posts = _laid_out(dice, people, vacancies)
    base = duckdb.connect(config={"threads": 2})
    _fill(base, wishes, posts)
    pairs = base.execute("SELECT count(*) FROM wanted_place JOIN open_place USING (code)").fetchone()
    print(
        f"{people:,} people × {vacancies:,} vacancies: {pairs[0] if pairs else 0:,} candidates, {MOST} best each",
        flush=True,
    )
    best = f"SELECT recognition, vacancy, fits, place FROM ({{}}) ranked WHERE place <= {MOST}"
    took: dict[str, list[float]] = {"the night's query": [], "by hand": []}
    for _ in range(rounds):
        for name, query in (("the night's query", RANKED), ("by hand", _BY_HAND)):
            began = time.monotonic()
            base.execute(f"CREATE OR REPLACE TABLE {name.split()[-1]} AS {best.format(query)}")
            took[name].append(time.monotonic() - began)
    hand = median(took["by hand"])
    for name, spent in took.items():
        print(f"  {name:24}{median(spent):8.2f} s  {median(spent) / hand:5.2f} of the hand")
    differing = base.execute("(FROM query EXCEPT FROM hand) UNION ALL (FROM hand EXCEPT FROM query)").fetchall()
    print(f"  answers that differ: {len(differing)}; peak {processor.peak():.0f} MB")
    _by_hand_in_postgres(base, best, hand)
    _agree(dice, base, wishes, posts, RANKED)


def _by_hand_in_postgres(base: duckdb.DuckDBPyConnection, best: str, hand: float) -> None:
    """The same tables and the same query in PostgreSQL, once."""
    import psycopg

    from jiuyuan.assistance.nightly_matching import _TABLES

    cluster = postgres.Cluster(processor.POSTGRES)
    cluster.start()
    try:
        with psycopg.connect(cluster.url, autocommit=True) as connection, tempfile.TemporaryDirectory() as folder:
            if connection.info.server_version < 160_000:  # which has no any_value of its own
                connection.execute(
                    "CREATE FUNCTION first_of(anyelement, anyelement) RETURNS anyelement LANGUAGE sql IMMUTABLE STRICT"
                    " PARALLEL SAFE AS 'SELECT $1'"
                )
                connection.execute("CREATE AGGREGATE any_value(anyelement) (SFUNC = first_of, STYPE = anyelement)")
            for name, shape in _TABLES.items():
                file = Path(folder, f"{name}.csv")
                base.execute(f"COPY {name} TO '{file}' (HEADER false, NULLSTR '\\N')")
                connection.execute(f"CREATE TABLE {name} ({shape})")
                with connection.cursor().copy(f"COPY {name} FROM STDIN (FORMAT csv, NULL '\\N')") as rows:
                    rows.write(file.read_bytes())
            connection.execute("VACUUM ANALYZE")
            began = time.monotonic()
            connection.execute(f"CREATE TABLE best AS {best.format(_BY_HAND)}")
            spent = time.monotonic() - began
        print(f"  {'by hand in PostgreSQL':24}{spent:8.2f} s  {spent / hand:5.2f} of the hand", flush=True)
    finally:
        cluster.stop()


def _laid_out(dice: random.Random, people: int, vacancies: int) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """What people wish and what vacancies offer, each field unknown sometimes; occupations from the tree."""
    from jiuyuan.assistance import occupations

    codes = sorted({one.code for one in occupations.by_name().values()})
    counties = len(_DIVISIONS)
    wishes = [
        {
            "occupations": dice.sample(codes, dice.choice([0, 1, 1, 2, 3])),
            "others": ("看大门",) if dice.random() < 0.1 else (),
            "divisions": [_DIVISIONS[int(dice.triangular(0, counties - 1, 0))]] if dice.random() < 0.9 else [],
            "hours": dice.choice(["", "full", "full", "part", "flexible"]),
            "lowest_pay": dice.choice([None, 2000, 2500, 3000]),
            "care": "接孩子" if dice.random() < 0.2 else "",
            "limits": dice.random() < 0.1,
            "home": dice.choice(_DIVISIONS),
        }
        for _ in range(people)
    ]
    posts = []
    for number in range(1, vacancies + 1):
        low = dice.choice([None, 2000, 2400, 2800, 3200])
        posts.append(
            {
                "pk": number, "occupation": dice.choice([*dice.sample(codes, 3), ""]), "division": dice.choice(_DIVISIONS),
                "pay_from": low, "pay_to": low + 600 if low and dice.random() < 0.5 else None,
                "form": "part" if dice.random() < 0.1 else "full", "hours": dice.choice(["full", "full", "part", "flexible"]),
            }
        )  # fmt: skip
    return wishes, posts


def _fill(base: duckdb.DuckDBPyConnection, wishes: list[dict[str, Any]], posts: list[dict[str, Any]]) -> None:
    """As `nightly_matching` lays wishes and vacancies out."""
    from jiuyuan.assistance.nightly_matching import _TABLES, _levels

    rows: dict[str, list[tuple[Any, ...]]] = {name: [] for name in _TABLES}
    for post in posts:
        high, code = post["pay_to"] or post["pay_from"], post["division"]
        hourly = int(post["form"] == "part")
        rows["open_vacancy"].append(
            (post["pk"], *_levels(post["occupation"]), post["pay_from"], high, hourly, post["hours"])
        )
        rows["open_place"] += [(code[:end], post["pk"]) for end in range(2, len(code) + 1)]
    for number, wish in enumerate(wishes, 1):
        rows["wanted"].append(
            (
                number, int(bool(wish["occupations"])), int(bool(wish["others"])), int(bool(wish["divisions"])),
                wish["lowest_pay"], wish["hours"], int(bool(wish["care"])), int(wish["limits"]),
            )
        )  # fmt: skip
        rows["wanted_place"] += [(number, code) for code in wish["divisions"] or (wish["home"],)]
        rows["wanted_occupation"] += [(number, *_levels(code)) for code in wish["occupations"]]
    with tempfile.TemporaryDirectory() as folder:
        for name, shape in _TABLES.items():
            base.execute(f"CREATE TABLE {name} ({shape})")
            file = Path(folder, f"{name}.csv")
            file.write_text(
                "".join(",".join("\\N" if one is None else str(one) for one in row) + "\n" for row in rows[name])
            )
            base.execute(f"COPY {name} FROM '{file}' (HEADER false, NULLSTR '\\N')")


def _agree(
    dice: random.Random,
    base: duckdb.DuckDBPyConnection,
    wishes: list[dict[str, Any]],
    posts: list[dict[str, Any]],
    query: str,
) -> None:
    """Pairs at random among the candidates: the one answer in Python, beside the query's; and of some people all by brute force."""
    from jiuyuan.assistance import matching
    from jiuyuan.assistance.models import Vacancy

    names = dict.fromkeys(_DIVISIONS, "地方")
    matching.place_name = names.__getitem__  # the words of a reason need no database here
    people = dice.sample(range(1, len(wishes) + 1), min(len(wishes), 400))
    base.execute(f"CREATE TABLE chosen AS SELECT * FROM ({query}) WHERE recognition IN ({','.join(map(str, people))})")
    found = base.execute(
        "SELECT recognition, vacancy, fits, place FROM chosen ORDER BY hash(recognition * 7919 + vacancy)"
    ).fetchall()
    made = {
        post["pk"]: Vacancy(
            pk=post["pk"], title="岗位", occupation=post["occupation"], division_id=post["division"], form=post["form"],
            hours=post["hours"], pay_from=post["pay_from"], pay_to=post["pay_to"],
        )
        for post in posts
    }  # fmt: skip
    wanted = {
        number: matching.Wanted(
            tuple(wish["occupations"]), wish["others"], tuple(wish["divisions"]), wish["hours"], wish["lowest_pay"], wish["care"],
            wish["limits"],
        )
        for number, wish in enumerate(wishes, 1)
        if number in set(people)
    }  # fmt: skip
    said = {True: 1, False: 0, None: None}
    checked = found[:PAIRS]
    wrong = sum(said[matching.match(wanted[who], made[what]).fits] != fits for who, what, fits, _ in checked)
    brute = 0
    for who in people[:20]:
        places = wishes[who - 1]["divisions"] or [wishes[who - 1]["home"]]
        here = [one for one in made.values() if any(one.division_id.startswith(code) for code in places)]
        ranked = sorted(here, key=lambda one: matching.match(wanted[who], one).order)
        brute += [one.pk for one in ranked] != [
            what for _, what, _, _ in sorted((r for r in found if r[0] == who), key=lambda r: r[3])
        ]
    print(
        f"  {len(checked):,} pairs asked one by one: {wrong} differ; 20 people by brute force: {brute} differ",
        flush=True,
    )


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
