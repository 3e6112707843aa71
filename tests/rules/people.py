"""Invented people for the tests of the rules: facts around every edge, and strategies that draw from them."""

import random
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from jiuyuan.rules.calendar import TRACKS, add_months, latest_birth, latest_start
from jiuyuan.rules.facts import FACTS, SCHEMA, TRACK_SEX

#: Days of the question: around the delay of retirement, at the ends of months, on 29 February, before any figures.
DAYS = [
    date(2012, 7, 1), date(2024, 12, 31), date(2025, 1, 1), date(2025, 2, 28), date(2026, 3, 2), date(2026, 8, 31),
    date(2026, 11, 25), date(2028, 2, 29), date(2040, 3, 31),
]  # fmt: skip
DIVISIONS = ["220102", "220102001", "222426120", "220381", "220000", "220171001", "110105", "230109004005"]
INCOMES = [0, 1, 1279.99, 1280, 1779, 1780, 1780.5, 2119.99, 2120, 5000]


def around(days: Iterable[date]) -> list[date]:
    """Each day, the one before and the one after."""
    return sorted({day + timedelta(days=n) for day in days for n in (-1, 0, 1)})


def births(as_of: date) -> list[date]:
    """Every birth at which an age or a retirement turns, the day before and after, and days that not every year has."""
    turns = [latest_start(as_of, 12 * years) for years in (16, 40, 50)]
    turns += [latest_birth(as_of, track) for track in TRACKS]
    odd = [date(1976, 2, 29), date(1984, 2, 29), date(1966, 1, 31), date(1975, 12, 31)]
    return [day for day in around(turns) + odd if day <= as_of]


def starts(as_of: date) -> list[date]:
    """Days since which something has lasted just long enough, just not, or long."""
    turns = [latest_start(as_of, months) for months in (6, 12, 24)] + [as_of]
    return [day for day in [*around(turns), date(2020, 2, 29), add_months(as_of, -18)] if day <= as_of]


def values(name: str, as_of: date) -> list[Any]:
    """The values that a fact takes in the tests."""
    fact = FACTS[name]
    if name == "birth_date":
        return births(as_of)
    if fact.kind == "date":
        return starts(as_of) if name == "unemployed_since" else [*starts(as_of), as_of + timedelta(days=1)]
    if fact.kind == "boolean":
        return [True, False]
    if fact.kind == "choice":
        return list(fact.choices)
    if fact.kind == "division":
        return DIVISIONS
    if name == "monthly_income":
        return INCOMES
    if name == "local_minimum_wage":
        return [1, 1280, 2120]
    if fact.kind == "text":
        return ["", " ", "　\u200b", "无", "NULL", "\\N", "(null)", "——", "#N/A", "已在外省认定", "无业登记已注销"]
    turns = around([as_of, add_months(as_of, -6), add_months(as_of, -3), add_months(as_of, -9)])
    return [
        (),
        tuple(turns[:3]),
        (turns[0],) * 3,
        (turns[2], turns[5], turns[-2]),
        (turns[1], turns[4], turns[8], turns[-1]),
    ]


NAMES = [name for name in SCHEMA if name != "as_of"]


def somebody(seed: int, known: float = 0.7, names: Iterable[str] = tuple(NAMES)) -> dict[str, Any]:
    """Facts about somebody, each known with that probability and without contradictions."""
    dice = random.Random(seed)
    as_of = dice.choice(DAYS)
    facts = {name: dice.choice(values(name, as_of)) for name in names if dice.random() < known}
    if facts.get("retirement_track") and facts.get("sex"):
        facts["sex"] = TRACK_SEX[facts["retirement_track"]]
    return {"as_of": as_of, **facts}


def somebody_likely(seed: int, unknown: int = 5, names: Iterable[str] = tuple(NAMES)) -> dict[str, Any]:
    """Somebody who meets the base conditions and no exclusion as far as known, with a few facts unknown."""
    dice = random.Random(seed)
    as_of = dice.choice(DAYS)
    facts: dict[str, Any] = {name: dice.choice(values(name, as_of)) for name in names}
    facts |= {"hukou_division": "220102", "able_to_work": True, "wants_work": True, "registered_unemployed": True}
    facts |= dict.fromkeys(["in_labour_relationship", "insured_by_employer", "business_registered"], False)
    facts |= {"company_office_held": False, "other_exclusion": ""}
    # Few categories that are plainly met, or most of what is open would not matter.
    for name in (
        "laid_off_from_state_enterprise",
        "zero_employment_family",
        "contracted_land_fully_lost",
        "income_stable",
    ):
        facts[name] = facts[name] and dice.random() < 0.3
    facts["sex"] = TRACK_SEX[facts["retirement_track"]]
    for name in dice.sample(sorted(facts), dice.randint(0, unknown)) + dice.sample(OPEN, dice.randint(0, unknown)):
        facts.pop(name, None)
    return {"as_of": as_of, **facts}


#: Facts that several clauses share, or that hang together: where `missing` is hardest.
OPEN = [
    "sex", "retirement_track", "birth_date", "unemployed_since", "hukou_kind", "urban_resident", "disability_certificate",
    "urban_minimum_allowance", "monthly_income", "local_minimum_wage", "residence_division",
]  # fmt: skip


# A seed and not a draw for each fact: Hypothesis would spend ten times as long on drawing as the rules on answering.
SEEDS = st.integers(0, 2**48)


def people(known: float = 0.7, names: Iterable[str] = tuple(NAMES)) -> st.SearchStrategy[dict[str, Any]]:
    return SEEDS.map(lambda seed: somebody(seed, known, names))


def likely_people(unknown: int = 5, names: Iterable[str] = tuple(NAMES)) -> st.SearchStrategy[dict[str, Any]]:
    return SEEDS.map(lambda seed: somebody_likely(seed, unknown, names))
