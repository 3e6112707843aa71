"""A population for the engines: people of `tests.rules.people` on one day, with lists of refusals of every shape."""

import random
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from jiuyuan.rules.calendar import add_months
from jiuyuan.rules.facts import FACTS
from tests.rules.people import DAYS, NAMES, somebody, somebody_likely

ARROW = {"date": pa.date32(), "boolean": pa.bool_(), "number": pa.float64(), "dates": pa.list_(pa.date32())}
SCHEMA = pa.schema([("id", pa.string()), *((name, ARROW.get(FACTS[name].kind, pa.string())) for name in NAMES)])


def population(seed: int, count: int, day: date | None = None) -> list[dict[str, Any]]:
    """People who are asked about on one day: that of the first of them, unless it is named."""
    dice = random.Random(seed)
    day = day or dice.choice(DAYS)
    found: list[dict[str, Any]] = []
    while len(found) < count:
        made = (somebody if dice.random() < 0.5 else somebody_likely)(dice.getrandbits(40))
        if made["as_of"] == day:
            if dice.random() < 0.5:
                made["service_refusals"] = refusals(dice, day)
                made["recognised_on"] = dice.choice(made["service_refusals"] or (day,))
            if dice.random() < 0.4:
                near = dice.choice(made.get("service_refusals") or (day,))
                made["recognised_on"] = near - timedelta(days=dice.choice([-1, 0, 1, 1, 1]))
            found.append({"id": str(len(found)), **made})
    return found


def refusals(dice: random.Random, day: date) -> tuple[date, ...]:
    """Days within two years, at the ends of months and half years after one another, some of them yet to come."""
    days = [day - timedelta(days=dice.randrange(-40, 700)) for _ in range(dice.randrange(5))]
    for start in list(days):
        if dice.random() < 0.6:
            days.append(add_months(start, 6) + timedelta(days=dice.choice([-1, 0, 0, 1])))
    days += [
        dice.choice([date(2024, 2, 29), date(2025, 8, 31), date(2026, 2, 28), date(2025, 12, 31)])
    ] * dice.randrange(3)
    return tuple(sorted(days))


def as_parquet(people: list[dict[str, Any]], path: Path, lacking: frozenset[str] = frozenset()) -> Path:
    """A file of these people, without the columns that it lacks."""
    schema = pa.schema([field for field in SCHEMA if field.name not in lacking])
    rows = [{field.name: person.get(field.name) for field in schema} for person in people]
    pq.write_table(pa.Table.from_pylist(rows, schema=schema), path, row_group_size=100)
    return path
