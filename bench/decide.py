"""People a second through `decide`, for one process: with reasons and exactly what is missing, with and without JSON.

    python -m bench.decide [--people 50000] [--rounds 5]

Each figure is the median of the rounds, all in one run on one machine. Beside it stands `bench/plain.py`, the same decision in plain
Python without reasons and without `missing`. People differ in every fact, so that hardly two are alike; birth dates, starts of
unemployment and incomes are drawn by the day and the yuan.
"""

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from statistics import median
from typing import Any

from bench import plain
from jiuyuan.rules import facts, policy
from jiuyuan.rules.facts import FACTS

AS_OF = date(2026, 11, 25)
DIVISIONS = ["220102001", "220204003", "220381", "220581", "222401002", "222426120", "220802", "110105"]
JILIN = policy.load("jilin-2022-10")
READ = [name for name in FACTS if any(name in answer.facts for answer in JILIN.decide({"as_of": AS_OF}).clauses)]
RARE = {"other_exclusion": 0.01, "in_labour_relationship": 0.2, "insured_by_employer": 0.2, "business_registered": 0.05}


def person(dice: random.Random, number: int, known: float) -> dict[str, Any]:
    """Somebody's facts as JSON has them, each known with that probability."""
    found: dict[str, Any] = {"id": f"p{number}", "as_of": AS_OF.isoformat()}
    for name in READ:
        fact = FACTS[name]
        if dice.random() >= known or (name == "other_exclusion" and dice.random() > RARE[name]):
            continue
        if fact.kind == "date":
            oldest = 17 if name == "birth_date" else 5
            youngest = 62 if name == "birth_date" else 0
            days = sorted((oldest * 365, youngest * 365))
            found[name] = (AS_OF - timedelta(days=dice.randint(*days))).isoformat()
        elif fact.kind == "boolean":
            often = 0.95 if name in ("able_to_work", "wants_work", "registered_unemployed") else RARE.get(name, 0.3)
            found[name] = dice.random() < often
        elif fact.kind == "choice":
            found[name] = dice.choice(list(fact.choices))
        elif fact.kind == "division":
            found[name] = dice.choice(DIVISIONS)
        elif name == "monthly_income":
            found[name] = dice.randint(0, 6000)
        elif fact.kind == "text":
            found[name] = "县里另有记录"
    found.pop("local_minimum_wage", None)
    if found.get("sex") and found.get("retirement_track"):
        found["sex"] = facts.TRACK_SEX[found["retirement_track"]]
    return found


def timed(run: Callable[[], object], rounds: int) -> float:
    """The median of the seconds that it took."""
    seconds = []
    for _ in range(rounds):
        start = time.perf_counter()
        run()
        seconds.append(time.perf_counter() - start)
    return median(seconds)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--people", type=int, default=50_000)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    count, rounds = options.people, options.rounds
    jiuyuan = Path(sys.executable).with_name("jiuyuan")

    print(f"{count} people, median of {rounds}, Python {sys.version.split()[0]}\n")
    print(f"{'':56}{'µs a person':>14}{'people a second':>18}")
    for title, known in (("all facts known", 1.0), ("one fact in ten unknown", 0.9), ("half the facts unknown", 0.5)):
        dice = random.Random(2022)
        lines = [json.dumps(person(dice, number, known), ensure_ascii=False) for number in range(count)]
        parsed = [facts.parse(json.loads(line)) for line in lines]
        decide, plainly = JILIN.decide, plain.decide
        open_share = sum(decide(one).outcome == "undetermined" for one in parsed) / count
        with tempfile.NamedTemporaryFile("w", suffix=".jsonl") as file:
            file.write("\n".join(lines) + "\n")
            file.flush()
            command = [str(jiuyuan), "decide", file.name]
            figures = {
                "decide: reasons and exact missing": timed(lambda: [decide(one) for one in parsed], rounds),
                "plain Python: neither": timed(lambda: [plainly(one) for one in parsed], rounds),
                "jiuyuan decide: JSON in and out, process and all": timed(
                    lambda: subprocess.run(command, stdout=subprocess.DEVNULL, check=True), rounds
                ),
            }
        print(f"{title} (undetermined: {open_share:.0%})")
        for name, seconds in figures.items():
            print(f"  {name:54}{seconds / count * 1e6:14.1f}{count / seconds:18,.0f}")


if __name__ == "__main__":
    main()
