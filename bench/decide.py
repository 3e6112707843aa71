"""People a second through `decide`, for one process: with reasons and exactly what is missing, with and without JSON.

    python -m bench.decide [--people 50000] [--rounds 5]

Each figure is the median of the rounds, all in one run on one machine, in seconds of the processor, so that what else the machine does
counts for little. Beside it stands `bench/plain.py`, the same decision in plain Python without reasons and without `missing`. Every
round has other people, who differ in every fact, so that hardly two are alike: birth dates, starts of unemployment and incomes are drawn
by the day and the yuan. "Seen before" asks the same few people again, as a case page does.
"""

import argparse
import gc
import json
import random
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

from bench import plain
from jiuyuan.regions import registry
from jiuyuan.rules import facts
from jiuyuan.rules.facts import FACTS

AS_OF = date(2026, 11, 25)
DIVISIONS = ["220102001", "220204003", "220381", "220581", "222401002", "222426120", "220802", "110105"]
JILIN = registry.policy("jilin-2022-10")
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


def each(answer: Callable[[Any], object], people: Iterable[Any]) -> None:
    for one in people:
        answer(one)


def seconds(run: Callable[[], object], children: bool = False) -> float:
    """The processor's time that it took, or that the processes it started took."""

    def spent() -> float:
        used = resource.getrusage(resource.RUSAGE_CHILDREN if children else resource.RUSAGE_SELF)
        return used.ru_utime + used.ru_stime

    start = spent()
    run()
    return spent() - start


def through_the_command(file: Path) -> None:
    command = [str(Path(sys.executable).with_name("jiuyuan")), "decide", str(file)]
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--people", type=int, default=50_000)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    count, rounds = options.people, options.rounds
    decide, plainly = JILIN.decide, plain.decide

    print(f"{count} people a round, median of {rounds} rounds, Python {sys.version.split()[0]}\n")
    print(f"{'':54}{'µs a person':>14}{'people a second':>18}")
    for title, known in (("all facts known", 1.0), ("one fact in ten unknown", 0.9), ("half the facts unknown", 0.5)):
        dice = random.Random(2022)
        figures: dict[str, list[float]] = {}
        undetermined = 0
        for _ in range(rounds):
            mappings = [person(dice, number, known) for number in range(count)]
            people = [facts.parse(mapping) for mapping in mappings]
            gc.collect()
            gc.freeze()  # the people are the bench's, not the program's: it never holds more than one
            again = people[:500] * (count // 500)
            for name, run in (
                ("decide: reasons and exact missing", partial(each, decide, people)),
                ("  the same, seen before", partial(each, decide, again)),
                ("plain Python: neither", partial(each, plainly, people)),
            ):
                figures.setdefault(name, []).append(seconds(run))
            with tempfile.TemporaryDirectory() as folder:
                file = Path(folder, "people.jsonl")
                file.write_text(
                    "".join(json.dumps(mapping, ensure_ascii=False) + "\n" for mapping in mappings), "utf-8"
                )
                spent = seconds(partial(through_the_command, file), children=True)
                figures.setdefault("jiuyuan decide: JSON in and out, its start included", []).append(spent)
            undetermined += sum(decide(one).outcome == "undetermined" for one in people)
            gc.unfreeze()
        print(f"{title} (undetermined: {undetermined / count / rounds:.0%})")
        for name, spents in figures.items():
            spent = median(spents)
            print(f"  {name:52}{spent / count * 1e6:14.1f}{count / spent:18,.0f}")


if __name__ == "__main__":
    main()
