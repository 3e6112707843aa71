"""The decision written for openfisca-core 46, which has no unknown: each clause is 0 no, 1 unknown, 2 yes.

Needs openfisca-core, pyarrow and numpy alone: `python openfisca_rules.py …`.
"""

import json
import resource
import sys
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from openfisca_core.entities import build_entity
from openfisca_core.periods import DateUnit
from openfisca_core.simulations import SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable

NO, UNKNOWN, YES = 0, 1, 2
CATEGORIES = (
    "laid_off",
    "older",
    "disabled",
    "zero_employment_family",
    "minimum_allowance",
    "landless_farmer",
    "graduate",
)
EXCLUSIONS = ("employed", "business", "income", "other")
BASE = ("jilin", "working_age", "able_to_work", "wants_work", "registered_unemployed")
Person = build_entity(key="person", plural="people", label="", is_person=True)
DATES, NUMBERS = ("birth_date", "unemployed_since", "left_school_on"), ("monthly_income", "local_minimum_wage")
NOTHING = np.iinfo(np.int32).min


def three(known: np.ndarray, true: np.ndarray) -> np.ndarray:
    return np.where(known, np.where(true, YES, NO), UNKNOWN).astype(np.int32)


def every(*answers: np.ndarray) -> np.ndarray:
    return np.minimum.reduce(answers)


def some(*answers: np.ndarray) -> np.ndarray:
    return np.maximum.reduce(answers)


def since(column: str, months: int):
    def formula(people, period):
        start = people(column, period)
        known = start != NOTHING
        begun = start.astype("datetime64[D]")
        month = begun.astype("datetime64[M]")
        last = ((month + months + 1).astype("datetime64[D]") - (month + months).astype("datetime64[D]")).astype(int)
        of_month = np.minimum((begun - month.astype("datetime64[D]")).astype(int), last - 1)
        day = (month + months).astype("datetime64[D]") + of_month
        return three(known, day <= DAY)

    return formula


def retired_at(years: int, step: int, most: int):
    def formula(people, period):
        start = people("birth_date", period)
        begun = np.where(start == NOTHING, 0, start).astype("datetime64[D]")
        month = begun.astype("datetime64[M]")
        k = month.astype(int) + years * 12 - (2025 - 1970) * 12
        moved = years * 12 + np.where(k < 0, 0, np.minimum(k // step + 1, most))
        last = ((month + moved + 1).astype("datetime64[D]") - (month + moved).astype("datetime64[D]")).astype(int)
        day = (month + moved).astype("datetime64[D]") + np.minimum(
            (begun - month.astype("datetime64[D]")).astype(int), last - 1
        )
        return three(start != NOTHING, day <= DAY)

    return formula


def working_age(people, period):
    track, sex = people("retirement_track", period), people("sex", period)
    male = (sex == 1) | (track == 1)
    at_60, at_55, at_50 = people("at_60", period), people("at_55", period), people("at_50", period)

    def agreed(first, second):
        return np.where(first == YES, YES, np.where(second == NO, NO, UNKNOWN))

    woman = (sex == 2) | (track > 1)
    retired = np.select(
        [male, track == 2, track == 3, woman], [at_60, at_55, at_50, agreed(at_55, at_50)], agreed(at_60, at_50)
    )
    return every(people("of_age", period), YES - retired)


def older(people, period):
    sex, track = people("sex", period), people("retirement_track", period)
    female = np.select([(sex == 2) | (track > 1), (sex == 1) | (track == 1)], [YES, NO], UNKNOWN)
    age = some(people("at_least_50", period), every(people("at_least_40", period), female))
    return every(people("urban", period), age, people("six_months", period))


def income(people, period):
    earned, wage = people("monthly_income", period), people("local_minimum_wage", period)
    local = WAGES[people("residence_division", period)]
    wage = np.where(np.isnan(wage), local, wage)
    enough = np.where(earned == 0, NO, three(~np.isnan(earned) & ~np.isnan(wage), earned >= wage))
    return every(people("income_stable", period), enough)


def all_of(*names: str):
    return lambda people, period: every(*(people(name, period) for name in names))


def any_of(*names: str):
    return lambda people, period: some(*(people(name, period) for name in names))


def none_of(name: str):
    return lambda people, period: YES - people(name, period)


FORMULAS = {
    "of_age": since("birth_date", 192), "at_60": retired_at(60, 4, 36), "at_55": retired_at(55, 4, 36), "at_50": retired_at(50, 2, 60),
    "working_age": working_age, "at_least_40": since("birth_date", 480), "at_least_50": since("birth_date", 600),
    "six_months": since("unemployed_since", 6), "one_year": since("unemployed_since", 12), "two_years": since("left_school_on", 24),
    "urban": any_of("hukou_urban", "urban_resident"), "older": older, "disabled": all_of("urban", "disability_certificate"),
    "minimum_allowance": all_of("urban", "urban_minimum_allowance", "one_year"),
    "landless_farmer": all_of("requisition_counts", "contracted_land_fully_lost"),
    "never_employed": none_of("ever_employed"), "never_insured": none_of("ever_insured"),
    "graduate": all_of("two_years", "never_employed", "never_insured", "degree_domestic", "degree_full_time", "degree_counts"),
    "employed": any_of("in_labour_relationship", "insured_by_employer"), "business": any_of("business_registered", "company_office_held"),
    "income": income, "some_category": any_of(*CATEGORIES), "some_exclusion": any_of(*EXCLUSIONS), "no_exclusion": none_of("some_exclusion"),
    "outcome": all_of(*BASE, "some_category", "no_exclusion"),
}  # fmt: skip


def system(inputs: dict[str, np.ndarray]) -> TaxBenefitSystem:
    found = TaxBenefitSystem([Person])
    for name in (*inputs, *FORMULAS):
        kind = float if name in NUMBERS else int
        body = {"value_type": kind, "entity": Person, "definition_period": DateUnit.DAY, "label": name}
        if name in FORMULAS:
            body["formula"] = FORMULAS[name]
        found.add_variable(type(name, (Variable,), body))
    return found


def read(path: str) -> tuple[pa.ChunkedArray, dict[str, np.ndarray]]:
    """The identifiers, and each column as integers or numbers."""
    global WAGES
    table = pq.ParquetFile(path)
    inputs: dict[str, np.ndarray] = {}

    def column(name: str) -> pa.ChunkedArray:
        return table.read([name]).column(0)

    for name in BOOLEANS:
        inputs[BOOLEANS[name]] = pc.fill_null(pc.if_else(column(name), YES, NO), UNKNOWN).to_numpy().astype(np.int32)
    for name in DATES:
        inputs[name] = pc.fill_null(column(name).cast(pa.int32()), int(NOTHING)).to_numpy()
    for name in NUMBERS:
        inputs[name] = column(name).to_numpy()
    for name, codes in (("sex", ["male", "female"]), ("retirement_track", ["male_60", "female_55", "female_50"])):
        place = pc.index_in(column(name), pa.array(codes))
        inputs[name] = pc.fill_null(pc.add(place, 1), 0).to_numpy().astype(np.int32)
    for name, source, codes in (
        ("hukou_urban", "hukou_kind", ["urban"]), ("requisition_counts", "land_requisition_level", ["state", "province", "prefecture", "county"]),
        ("degree_counts", "degree_level", ["junior_college", "bachelor", "postgraduate"]),
    ):  # fmt: skip
        values = column(source)
        found = pc.if_else(pc.is_in(values, pa.array(codes)), YES, NO)
        inputs[name] = pc.if_else(pc.is_valid(values), found, UNKNOWN).to_numpy().astype(np.int32)
    inputs["jilin"] = (
        pc.fill_null(pc.if_else(pc.starts_with(column("hukou_division"), "22"), YES, NO), UNKNOWN)
        .to_numpy()
        .astype(np.int32)
    )
    inputs["other"] = (
        pc.if_else(pc.fill_null(pc.not_equal(pc.utf8_trim(column("other_exclusion"), " "), ""), False), YES, NO)
        .to_numpy()
        .astype(np.int32)
    )
    places = column("residence_division").dictionary_encode().unify_dictionaries().combine_chunks()
    places = places.chunk(0) if isinstance(places, pa.ChunkedArray) else places
    WAGES = np.array([wage(code) for code in places.dictionary.to_pylist()] + [np.nan])
    inputs["residence_division"] = pc.fill_null(places.indices, len(WAGES) - 1).to_numpy().astype(np.int32)
    return column("id"), inputs


def wage(code: str) -> float:
    return next((float(FIGURES[code[:n]]) for n in range(min(9, len(code)), 5, -1) if code[:n] in FIGURES), np.nan)


BOOLEANS = {
    name: name
    for name in (
        "urban_resident", "able_to_work", "wants_work", "registered_unemployed", "disability_certificate", "zero_employment_family",
        "urban_minimum_allowance", "contracted_land_fully_lost", "degree_full_time", "degree_domestic", "ever_employed", "ever_insured",
        "in_labour_relationship", "insured_by_employer", "business_registered", "company_office_held", "income_stable",
    )
} | {"laid_off_from_state_enterprise": "laid_off"}  # fmt: skip
WAGES = np.array([])


def peak() -> float:
    """In megabytes. Not `ru_maxrss`, which would count what the process that started this one had."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))


what = json.loads(sys.argv[1])
DAY = np.datetime64(what["day"])
FIGURES = what["wages"]


def run() -> None:
    identifiers, inputs = read(what["people"])
    simulation = SimulationBuilder().build_default_simulation(system(inputs), len(identifiers))
    for name, values in inputs.items():
        simulation.set_input(name, what["day"], values)
    words = pa.array(["ineligible", "undetermined", "eligible"])
    outcome = pa.DictionaryArray.from_arrays(
        pa.array(simulation.calculate("outcome", what["day"]).astype(np.int8)), words
    )
    columns = {"id": identifiers, "outcome": outcome}
    for code in (*CATEGORIES, *EXCLUSIONS):
        values = simulation.calculate(code, what["day"])
        columns[code] = pa.array(values == YES, mask=values == UNKNOWN)
    pq.write_table(pa.table(columns), what["out"])


print("ready", flush=True)
for _ in sys.stdin:  # a line for each round
    start, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_SELF)
    run()
    seconds, usage = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_SELF)
    cpu = usage.ru_utime + usage.ru_stime - before.ru_utime - before.ru_stime
    print(json.dumps({"seconds": seconds, "cpu": cpu, "peak": peak()}), flush=True)
