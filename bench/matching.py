"""Matching everybody with every open vacancy, for `bench.assistance --only matching`: the night's query beside SQL by hand.

The night takes some people at a time, as it does in an installation, laying them out counted; the hand takes all in one statement.
Both run in DuckDB with bounded memory, and in PostgreSQL. Seconds of the processor, the least of the rounds: in PostgreSQL those of the
process that answers.
"""

import os
import random
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb

from bench import processor
from tests import postgres

PAIRS, ASKED, BY_BRUTE_FORCE = 10_000, 400, 20
_MEMORY = "8GB"
_TICK = os.sysconf("SC_CLK_TCK")
_DIVISIONS = [f"2201{county:02}" for county in range(1, 13)] + [f"2202{county:02}" for county in range(1, 9)]
#: What both ask about; the hand has each wish as it is, where the night has its groups.
_EVERY = {
    "wanted": "every_wanted",
    "wanted_place": "every_place",
    "wanted_group": "every_group",
}
_OCCUPATION = "recognition bigint, l1 text, l2 text, l3 text, l4 text"
Run = Callable[[str], object]
# By hand: the same candidates, every condition in one expression of three values, the ten best by a window.
BY_HAND = """
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
    FROM every_wanted w JOIN every_place p USING (recognition) JOIN open_place s USING (code) JOIN open_vacancy v USING (vacancy)
    LEFT JOIN every_occupation o USING (recognition)
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


def measure(people: int, vacancies: int, rounds: int, beside: str) -> None:
    """Print what both take in the engines that are asked for, and how many answers differ."""
    import django

    django.setup()
    dice = random.Random(14)
    wishes, posts = _laid_out(dice, people, vacancies)
    base = duckdb.connect(config={"threads": 2, "memory_limit": _MEMORY})
    with tempfile.TemporaryDirectory() as folder:
        base.execute(f"SET temp_directory = '{folder}'; SET enable_progress_bar = false")
        _fill(base, wishes, posts)
        pairs = base.execute("SELECT count(*) FROM every_place JOIN open_place USING (code)").fetchone()
        print(f"{people:,} people × {vacancies:,} vacancies: {pairs[0] if pairs else 0:,} candidates", flush=True)
        if beside != "postgres":
            _compare("DuckDB", base.execute, people, rounds, time.process_time)
            differing = base.execute("(FROM night EXCEPT FROM hand) UNION ALL (FROM hand EXCEPT FROM night)").fetchall()
            print(f"  answers that differ: {len(differing)}", flush=True)
            _agree(dice, base, wishes, posts)
        if beside != "duckdb":
            _in_postgres(base, people, rounds)


def _compare(engine: str, run: Run, people: int, rounds: int, spent: Callable[[], float]) -> None:
    took: dict[str, list[float]] = {"the night": [], "by hand": []}
    for _ in range(rounds):
        for name, work in (("the night", _as_the_night), ("by hand", _by_hand)):
            began, at = spent(), time.monotonic()
            work(run, people)
            took[name].append(spent() - began)
            memory = f", {processor.peak():.0f} MB at the peak until here" if engine == "DuckDB" else ""
            print(f"    {name}: {took[name][-1]:.1f} s, {time.monotonic() - at:.1f} by the clock{memory}", flush=True)
    hand = min(took["by hand"])
    for name, each_round in took.items():
        least = min(each_round)
        print(f"  {f'{name} in {engine}':28}{least:8.2f} s  {least / hand:5.2f} of the hand", flush=True)


def _as_the_night(run: Run, people: int) -> None:
    from jiuyuan.assistance.nightly_matching import CHUNK, MOST, RANKED

    run("DROP TABLE IF EXISTS night")
    run("CREATE TABLE night (recognition bigint, vacancy bigint, fits int, place bigint)")
    for first in range(1, people + 1, CHUNK):
        _take(run, f"BETWEEN {first} AND {first + CHUNK - 1}")
        run(f"INSERT INTO night SELECT recognition, vacancy, fits, place FROM ({RANKED}) ranked WHERE place <= {MOST}")


def _take(run: Run, some: str) -> None:
    """Lay out some people as the night does."""
    for table, every in _EVERY.items():
        run(f"DELETE FROM {table}")
        run(f"INSERT INTO {table} SELECT * FROM {every} WHERE recognition {some}")
        run(f"ANALYZE {table}")


def _by_hand(run: Run, _people: int) -> None:
    from jiuyuan.assistance.nightly_matching import MOST

    run("DROP TABLE IF EXISTS hand")
    run(f"CREATE TABLE hand AS SELECT recognition, vacancy, fits, place FROM ({BY_HAND}) ranked WHERE place <= {MOST}")


def _tables() -> dict[str, str]:
    """Every table with its shape: those of the night, and the same people all at once."""
    from jiuyuan.assistance.nightly_matching import VACANCIES, WISHES

    every = {_EVERY[name]: shape for name, shape in WISHES.items()}
    # Without the key: DuckDB keeps those of rows that this transaction deleted.
    some = {name: shape.replace(" PRIMARY KEY", "") for name, shape in WISHES.items()}
    return {**VACANCIES, **some, **every, "every_occupation": _OCCUPATION}


def _in_postgres(base: duckdb.DuckDBPyConnection, people: int, rounds: int) -> None:
    """The same tables and the same queries in PostgreSQL."""
    import psycopg

    cluster = postgres.Cluster(processor.POSTGRES)
    cluster.start()
    try:
        with psycopg.connect(cluster.url, autocommit=True) as connection, tempfile.TemporaryDirectory() as folder:
            # The answering process alone, so that its time says all.
            connection.execute("SET max_parallel_workers_per_gather = 0; SET work_mem = '128MB'")
            if connection.info.server_version < 160_000:  # which has no any_value of its own
                connection.execute(
                    "CREATE FUNCTION first_of(anyelement, anyelement) RETURNS anyelement LANGUAGE sql IMMUTABLE STRICT"
                    " PARALLEL SAFE AS 'SELECT $1'"
                )
                connection.execute("CREATE AGGREGATE any_value(anyelement) (SFUNC = first_of, STYPE = anyelement)")
            for name, shape in _tables().items():
                connection.execute(f"CREATE TABLE {name} ({shape})")
                if name in _EVERY:
                    continue
                file = Path(folder, f"{name}.csv")
                base.execute(f"COPY {name} TO '{file}' (HEADER false, NULLSTR '\\N')")
                with connection.cursor().copy(f"COPY {name} FROM STDIN (FORMAT csv, NULL '\\N')") as rows:
                    rows.write(file.read_bytes())
            connection.execute("VACUUM ANALYZE")
            backend = Path(f"/proc/{connection.info.backend_pid}/stat")

            def spent() -> float:
                of_it = backend.read_text().rpartition(")")[2].split()
                return (int(of_it[11]) + int(of_it[12])) / _TICK

            _compare("PostgreSQL", connection.execute, people, rounds, spent)
            found = connection.execute(
                "SELECT count(*) FROM ((TABLE night EXCEPT TABLE hand) UNION ALL (TABLE hand EXCEPT TABLE night)) AS unlike"
            ).fetchone()
            print(f"  answers that differ: {found[0] if found else '?'}", flush=True)
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
    """As the night lays wishes and vacancies out."""
    from jiuyuan.assistance.nightly_matching import WISHES, lay_out, levels, places_around

    rows: dict[str, list[tuple[Any, ...]]] = {"open_vacancy": [], "open_place": []}
    for post in posts:
        high, hourly = post["pay_to"] or post["pay_from"], int(post["form"] == "part")
        rows["open_vacancy"].append(
            (post["pk"], *levels(post["occupation"]), post["pay_from"], high, hourly, post["hours"])
        )
        rows["open_place"] += [(code, post["pk"]) for code in places_around(post["division"])]
    laid: dict[str, list[tuple[Any, ...]]] = {name: [] for name in WISHES}
    for number, wish in enumerate(wishes, 1):
        lay_out(laid, number, _wanted(wish), wish["home"])
    rows |= {_EVERY[name]: found for name, found in laid.items()}
    rows["every_occupation"] = [
        (number, *levels(code)) for number, wish in enumerate(wishes, 1) for code in wish["occupations"]
    ]
    with tempfile.TemporaryDirectory() as folder:
        for name, shape in _tables().items():
            base.execute(f"CREATE TABLE {name} ({shape})")
            if name not in rows:
                continue
            file = Path(folder, f"{name}.csv")
            file.write_text(
                "".join(",".join("\\N" if one is None else str(one) for one in row) + "\n" for row in rows[name])
            )
            base.execute(f"COPY {name} FROM '{file}' (HEADER false, NULLSTR '\\N')")


def _wanted(wish: dict[str, Any]) -> Any:
    from jiuyuan.assistance.matching import Wanted

    return Wanted(
        tuple(wish["occupations"]), wish["others"], tuple(wish["divisions"]), wish["hours"], wish["lowest_pay"], wish["care"],
        wish["limits"],
    )  # fmt: skip


def _agree(
    dice: random.Random, base: duckdb.DuckDBPyConnection, wishes: list[dict[str, Any]], posts: list[dict[str, Any]]
) -> None:
    """Pairs at random among the candidates: the one answer in Python, beside the query's; and of some people all by brute force."""
    from jiuyuan.assistance import matching
    from jiuyuan.assistance.models import Vacancy
    from jiuyuan.assistance.nightly_matching import RANKED

    names = dict.fromkeys(_DIVISIONS, "地方")
    matching.place_name = names.__getitem__  # the words of a reason need no database here
    people = dice.sample(range(1, len(wishes) + 1), min(len(wishes), ASKED))
    _take(base.execute, f"IN ({','.join(map(str, people))})")
    found = base.execute(
        f"SELECT recognition, vacancy, fits, place FROM ({RANKED}) ORDER BY hash(recognition * 7919 + vacancy)"
    ).fetchall()
    made = {
        post["pk"]: Vacancy(
            pk=post["pk"], title="岗位", occupation=post["occupation"], division_id=post["division"], form=post["form"],
            hours=post["hours"], pay_from=post["pay_from"], pay_to=post["pay_to"],
        )
        for post in posts
    }  # fmt: skip
    wanted = {number: _wanted(wishes[number - 1]) for number in people}
    said = {True: 1, False: 0, None: None}
    checked = found[:PAIRS]
    wrong = sum(said[matching.match(wanted[who], made[what]).fits] != fits for who, what, fits, _ in checked)
    brute = 0
    for who in people[:BY_BRUTE_FORCE]:
        places = wishes[who - 1]["divisions"] or [wishes[who - 1]["home"]]
        here = [one for one in made.values() if any(one.division_id.startswith(code) for code in places)]
        ranked = sorted(here, key=lambda one: matching.match(wanted[who], one).order)
        brute += [one.pk for one in ranked] != [
            what for _, what, _, _ in sorted((r for r in found if r[0] == who), key=lambda r: r[3])
        ]
    print(
        f"  {len(checked):,} pairs of {len(people)} people asked one by one: {wrong} differ; {BY_BRUTE_FORCE} people by brute force:"
        f" {brute} differ",
        flush=True,
    )
