"""An invented population in Parquet: some 45 columns, each unknown for one in ten, about the shares of a real register.

Birth dates, days and incomes are drawn by the day and the fen; hardly two people are alike.
"""

import csv
from importlib.resources import files
from pathlib import Path

import duckdb

from jiuyuan.rules.facts import FACTS, FactDefinition

_KNOWN = {"birth_date": 0.98, "sex": 0.98, "monthly_income": 0.8, "local_minimum_wage": 0.05, "other_exclusion": 0.01}
_MOSTLY = ("able_to_work", "wants_work", "registered_unemployed")


def _value(fact: FactDefinition) -> str:
    if fact.name == "birth_date":
        return "DATE '1958-01-01' + CAST(random() * 18500 AS INTEGER)"
    if fact.name == "sex":
        return "CASE WHEN dice < 0.5 THEN 'male' ELSE 'female' END"
    if fact.name == "monthly_income":
        return "CASE WHEN random() < 0.6 THEN 0 ELSE round(random() * 6000, 2) END"
    if fact.kind == "date":
        return "DATE '2020-01-01' + CAST(random() * 2500 AS INTEGER)"
    if fact.kind == "boolean":
        return f"random() < {0.95 if fact.name in _MOSTLY else 0.08}"
    if fact.kind == "choice":
        return f"{list(fact.choices)}[1 + CAST(floor(random() * {len(fact.choices)}) AS INTEGER)]"
    if fact.kind == "division":
        return "CASE WHEN random() < 0.97 THEN towns[1 + CAST(floor(random() * len(towns)) AS INTEGER)] ELSE '110105001' END"
    return "CAST(2120 AS DOUBLE)" if fact.kind == "number" else "'县里另有记录'"


def write(path: Path, count: int) -> None:
    """`count` people; the same every time."""
    towns = [
        row["code"]
        for row in csv.DictReader(
            files("jiuyuan.regions.jilin").joinpath("divisions.csv").read_text("utf-8").splitlines()
        )
        if row["level"] == "town"
    ]
    columns = []
    for name, fact in FACTS.items():
        if name in ("as_of", "service_refusals"):
            continue
        if name == "retirement_track":  # a man's follows from his sex; of women, half have theirs recorded
            value = "CASE WHEN random() < 0.5 THEN NULL WHEN dice < 0.5 THEN 'male_60' WHEN dice < 0.75 THEN 'female_55' ELSE 'female_50' END"
        else:
            value = f"CASE WHEN random() < {_KNOWN.get(name, 0.9)} THEN {_value(fact)} END"
        columns.append(f"{value} AS {name}")
    query = f"""
        SELECT CAST(100000000000 + number AS VARCHAR) AS id, {", ".join(columns)}
        FROM (SELECT number, random() AS dice, {towns} AS towns FROM range({count}) AS every_one(number))
    """
    with duckdb.connect(config={"threads": 1}) as engine:
        engine.execute("SELECT setseed(0.2022)")
        engine.execute(f"COPY ({query}) TO '{path}' (FORMAT parquet)")
