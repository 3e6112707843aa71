"""Schemes of support: the command that counts months, one person through every scheme, and a whole population by night.

    python -m bench.money [--lines 200000] [--people 1000000] [--payments 100000] [--rounds 3]

The least of the rounds in one run on one machine, in seconds of the processor, so that what else the machine does counts for little.
Bounds: for the command the same lines read and written with nothing in between; for the population the same columns read once, and
as many rows written. A batch of payments: `bench/payments.py`. By hand: every scheme as somebody would write them in one query, with the
same answers, and one of them with intervals. Aims: 20 µs a scheme for one person, 0.8 of the bound for everybody.
"""

import argparse
import gc
import json
import random
import subprocess
import sys
import tempfile
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import duckdb

from bench import payments
from bench.decide import each, person, seconds
from jiuyuan.regions import registry
from jiuyuan.rules import facts
from jiuyuan.rules.rights import ANSWER_ONCE, rights_query
from jiuyuan.rules.scheme import together
from jiuyuan.rules.sql import policy_query

DAY = date(2026, 11, 30)
SCHEMES = registry.schemes_of("", DAY)
MONTHS = [f"{year}-{month:02}" for year in range(2021, 2027) for month in range(1, 13) if (year, month) < (2026, 12)]
_IN_BETWEEN = """
import sys
from jiuyuan.commands.json_lines import answer_lines
from jiuyuan.rules import entitlement_input
class Nothing:
    def line(self):
        return b'{"id": "p1", "missing": [], "months_used": 12, "months_left": 24, "ends": "2028-11", "extended": false, "basis": {}}'
nothing = Nothing()
answer_lines(sys.argv[1], entitlement_input.line_reader(), entitlement_input.parse, lambda facts: nothing, "")
"""


def a_line(dice: random.Random, number: int) -> dict[str, Any]:
    """Somebody with a term under way, as a program sends it; a track in ten is unknown."""
    begun = dice.randrange(len(MONTHS))
    track = dice.choice(["male_60", "female_55", "female_50"])
    return {
        "id": f"p{number}", "as_of": DAY.isoformat(), "sex": facts.TRACK_SEX[track],
        "birth_date": (DAY - timedelta(days=dice.randint(40 * 365, 61 * 365))).isoformat(),
        "retirement_track": track if dice.random() < 0.9 or track == "male_60" else None,
        "first_approved_on": f"{MONTHS[begun]}-15",
        "paid_months": sorted(dice.sample(MONTHS[begun:], dice.randint(0, min(36, len(MONTHS) - begun)))),
        "counting": dice.choice(["cumulative", "consecutive"]),
    }  # fmt: skip


def run(*command: str) -> None:
    subprocess.run([sys.executable, *command], stdout=subprocess.DEVNULL, check=True)


def shown(title: str, spents: list[float], count: int) -> float:
    spent = min(spents)
    print(f"  {title:66}{spent / count * 1e6:10.2f} µs")
    return spent


def the_command(count: int, rounds: int) -> None:
    print(f"jiuyuan entitlement, {count} lines, its start included")
    dice = random.Random(2022)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "lines.jsonl")
        file.write_text("".join(json.dumps(a_line(dice, number)) + "\n" for number in range(count)), "utf-8")
        ours, bound = [], []
        for _ in range(rounds):
            ours.append(seconds(partial(run, "-m", "jiuyuan", "entitlement", str(file)), children=True))
            bound.append(seconds(partial(run, "-c", _IN_BETWEEN, str(file)), children=True))
    spent, least = (
        shown("the command", ours, count),
        shown("bound: read, checked and written, nothing answered", bound, count),
    )
    print(f"  {'of the bound':66}{least / spent:10.2f}\n")


def one_person(count: int, rounds: int) -> None:
    print(f"one answer with reasons, {count} people, each through {len(SCHEMES)} schemes; µs a scheme")
    for title, known in (("all facts known", 1.0), ("half the facts unknown", 0.5)):
        dice = random.Random(2022)
        spents = []
        for _ in range(rounds):
            people = [
                {**facts.parse(person(dice, number, known)), "on_register": True, "on_public_post": False}
                for number in range(count)
            ]
            gc.collect()
            spents.append(sum(seconds(partial(each, scheme.answer, people)) for scheme in SCHEMES))
        shown(title, spents, count * len(SCHEMES))
    print()


_INVENTED = """
CREATE TABLE people AS SELECT CAST(n AS VARCHAR) AS id, TRUE AS on_register, random() < 0.05 AS on_public_post,
    DATE '2026-11-30' - CAST(14000 + random() * 9000 AS INTEGER) AS birth_date,
    CASE WHEN random() < 0.5 THEN 'male' ELSE 'female' END AS sex, CAST(NULL AS VARCHAR) AS retirement_track,
    {facts} FROM range({people}) AS numbers(n)
"""
_BY_HAND = """
SELECT id FROM people WHERE on_register AND in_labour_relationship AND insured_by_employer AND NOT on_public_post
    AND NOT receives_pension AND NOT deceased AND NOT imprisoned
    AND birth_date + CASE WHEN sex = 'male' THEN INTERVAL 60 YEAR ELSE INTERVAL 50 YEAR END > DATE '2026-11-30'
"""
# The eight as of 2026-11-30. No column says since when somebody trades or is registered as unemployed.
_ALL_BY_HAND = """
WITH person AS (
    SELECT *, coalesce(retirement_track = 'male_60', sex = 'male') AS male, deceased OR imprisoned AS gone FROM people
    WHERE assistance_granted IS DISTINCT FROM TRUE
), judged AS (
    SELECT *, gone OR receives_pension OR birth_date <= DATE '1966-06-30'
           OR (NOT male AND (birth_date <= DATE '1971-06-30' OR (retirement_track = 'female_50' AND birth_date <= DATE '1976-03-31')))
           AS out
    FROM person
), answered AS (
    SELECT id,
        on_register AND flexible_registered AND pays_flexible_pension
            AND NOT (insured_by_employer OR business_registered OR company_office_held OR out) AS flexible_insurance,
        on_register AND in_labour_relationship AND insured_by_employer AND NOT (on_public_post OR out) AS employer_insurance,
        on_register AND on_public_post AND NOT out AS public_post,
        on_register AND course_certified AND NOT out AS training,
        on_register AND in_subsidised_course AND NOT out AS training_living,
        CAST(NULL AS BOOLEAN) AND business_registered AND first_business AND recognised_at_start AND NOT out AS startup,
        (on_register OR recognised_at_start) AND business_registered AND NOT out AS startup_loan,
        (registered_unemployed AND (NULL OR zero_employment_family OR urban_minimum_allowance) OR lifted_from_poverty
            OR graduating_this_year) AND NOT gone AS tax_relief
    FROM judged
)
FROM answered WHERE flexible_insurance OR employer_insurance OR public_post OR training OR training_living OR startup OR startup_loan
    OR tax_relief
"""
_LIKELY = {"receives_pension": 0.05, "deceased": 0.01, "imprisoned": 0.01, "assistance_granted": 0.3}


def a_population(people: int, rounds: int) -> None:
    print(f"{people} people in DuckDB, every scheme: who has a right and draws nothing")
    there = {"birth_date", "sex", "retirement_track", "on_register", "on_public_post"}
    read = {
        name for scheme in SCHEMES for clause in scheme.rules.decide({"as_of": DAY}).clauses for name in clause.facts
    }
    known = {
        name: fact for scheme in SCHEMES for name, fact in scheme.rules.known_facts.items() if name in read - there
    }
    booleans = [name for name, fact in known.items() if fact.kind == "boolean"] + ["assistance_granted"]
    invented = ", ".join(
        f"CASE WHEN random() < 0.9 THEN random() < {_LIKELY.get(name, 0.5)} END AS {name}" for name in booleans
    )
    columns = ["id", *there, *booleans]
    every = rights_query(SCHEMES, DAY, columns)
    alone = policy_query(together(SCHEMES[1:2]), DAY, columns, in_words=False)
    with duckdb.connect(config={"threads": 2, "preserve_insertion_order": False}) as engine:
        engine.execute(_INVENTED.format(facts=invented, people=people))
        rights = f"CREATE OR REPLACE TEMP TABLE rights AS {every}"
        engine.execute(rights)
        found = engine.execute("SELECT count(*) FROM rights").fetchall()[0][0]
        # Every column that a condition reads, once for all of them; and as many rows written as there are rights, from all over the
        # table as these are: the first so many would be copied in whole pieces, which no query that chooses can do.
        looked_at = ", ".join(f"max({name})" for name in (*there, *booleans))
        bound = (
            "CREATE OR REPLACE TEMP TABLE bound AS SELECT id, deceased AS a, imprisoned AS b, receives_pension AS c, on_register AS d,"
            f" on_public_post AS e, deceased AS f, deceased AS g, deceased AS h FROM people WHERE hash(rowid) % 1000 < {found * 1000 // people}"
        )
        by_hand = f"CREATE OR REPLACE TEMP TABLE by_hand AS {_ALL_BY_HAND}"
        one_by_hand = f"CREATE OR REPLACE TEMP TABLE one_by_hand AS {_BY_HAND}"
        spents: dict[str, list[float]] = {}
        for _ in range(rounds):
            for title, query in (
                (f"every scheme ({found} people)", f"{ANSWER_ONCE}; {rights}; RESET disabled_optimizers"),
                ("bound: the columns read, as many rows written", f"SELECT {looked_at} FROM people; {bound}"),
                ("every scheme by hand", by_hand),
                ("one scheme by hand, with intervals", one_by_hand),
                (
                    "the same scheme by its query",
                    f"CREATE OR REPLACE TEMP TABLE one AS SELECT id FROM ({alone}) WHERE employer_insurance",
                ),
            ):
                spents.setdefault(title, []).append(seconds(partial(engine.execute, query)))
        ours, least, *_ = [shown(title, each_round, people) for title, each_round in spents.items()]
        print(f"  {'of the bound':66}{least / ours:10.2f}")
        unlike = "(FROM rights EXCEPT FROM by_hand) UNION ALL (FROM by_hand EXCEPT FROM rights)"
        print(f"  {'answers that are other by hand':66}{len(engine.execute(unlike).fetchall()):10}\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lines", type=int, default=200_000)
    parser.add_argument("--people", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--payments", type=int, default=100_000)
    parser.add_argument("--only", choices=["command", "person", "population", "batch"])
    options = parser.parse_args()
    for name, measure in (
        ("command", partial(the_command, options.lines)),
        ("person", partial(one_person, min(options.lines // 10, 20_000))),
        ("population", partial(a_population, options.people)),
    ):
        if options.only in (None, name):
            measure(options.rounds)
    if options.only in (None, "batch"):
        payments.measure(options.payments)


if __name__ == "__main__":
    main()
