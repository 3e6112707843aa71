"""The decision written by hand for Polars, and what Polars must do at least. Needs polars alone: `python polars_query.py …`."""

import json
import sys
from datetime import date
from pathlib import Path

import polars as pl
from polars import col

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


def after(column: str, day: date, months: object) -> pl.Expr:
    if isinstance(months, int):
        return col(column).dt.offset_by(f"{months}mo") <= day
    return col(column).dt.offset_by(pl.format("{}mo", months)) <= day


def retired(day: date, years: int, step: int, most: int) -> pl.Expr:
    """The delay by the month of birth, compared month by month and then by the day."""
    k = (
        (col("birth_date").dt.year().cast(pl.Int32) + years - 2025) * 12
        + col("birth_date").dt.month().cast(pl.Int32)
        - 1
    )
    delay = pl.when(k < 0).then(0).otherwise(pl.min_horizontal(k // step + 1, most))
    month = k + delay  # in which it is reached, counted from 2025-01
    this = (day.year - 2025) * 12 + day.month - 1
    last = (date(day.year + day.month // 12, day.month % 12 + 1, 1) - date(day.year, day.month, 1)).days
    return (month < this) | ((month == this) & (pl.min_horizontal(col("birth_date").dt.day(), last) <= day.day))


def query(people: pl.LazyFrame, day: date, wages: dict[str, int]) -> pl.LazyFrame:
    six = {code: wage for code, wage in wages.items() if len(code) == 6}
    nine = {code: wage for code, wage in wages.items() if len(code) == 9}
    residence = col("residence_division")
    at_60, at_55, at_50 = retired(day, 60, 4, 36), retired(day, 55, 4, 36), retired(day, 50, 2, 60)
    known = people.with_columns(
        track=pl.coalesce("retirement_track", pl.when(col("sex") == "male").then(pl.lit("male_60"))),
        known_sex=pl.coalesce(
            "sex",
            pl.when(col("retirement_track") == "male_60").then(pl.lit("male"))
            .when(col("retirement_track").is_not_null()).then(pl.lit("female")),
        ),
        wage=pl.coalesce(
            "local_minimum_wage",
            residence.str.slice(0, 9).replace_strict(nine, default=None, return_dtype=pl.Float64),
            residence.str.slice(0, 6).replace_strict(six, default=None, return_dtype=pl.Float64),
        ),
        urban=(col("hukou_kind") == "urban") | col("urban_resident"),
    )  # fmt: skip
    clauses = known.select(
        "id", "able_to_work", "wants_work", "registered_unemployed", "zero_employment_family",
        jilin=col("hukou_division").str.starts_with("22"),
        of_age=after("birth_date", day, 192),
        retired=pl.when(col("track") == "male_60").then(at_60)
        .when(col("track") == "female_55").then(at_55)
        .when(col("track") == "female_50").then(at_50)
        .when(col("known_sex") == "female").then(pl.when(at_55).then(True).when(~at_50).then(False))
        .otherwise(pl.when(at_60).then(True).when(~at_50).then(False)),
        laid_off=col("laid_off_from_state_enterprise"),
        older=col("urban") & (after("birth_date", day, 600) | (after("birth_date", day, 480) & (col("known_sex") == "female")))
        & after("unemployed_since", day, 6),
        disabled=col("urban") & col("disability_certificate"),
        minimum_allowance=col("urban") & col("urban_minimum_allowance") & after("unemployed_since", day, 12),
        landless_farmer=col("land_requisition_level").is_in(["state", "province", "prefecture", "county"])
        & col("contracted_land_fully_lost"),
        graduate=after("left_school_on", day, 24) & ~col("ever_employed") & ~col("ever_insured") & col("degree_domestic")
        & col("degree_full_time") & col("degree_level").is_in(["junior_college", "bachelor", "postgraduate"]),
        employed=col("in_labour_relationship") | col("insured_by_employer"),
        business=col("business_registered") | col("company_office_held"),
        income=col("income_stable")
        & pl.when(col("monthly_income") == 0).then(False).otherwise(col("monthly_income") >= col("wage")),
        other=(col("other_exclusion").str.strip_chars(" ") != "").fill_null(False),
    )  # fmt: skip
    base = (
        col("jilin")
        & col("of_age")
        & ~col("retired")
        & col("able_to_work")
        & col("wants_work")
        & col("registered_unemployed")
    )
    some = col(CATEGORIES[0])
    for code in CATEGORIES[1:]:
        some = some | col(code)
    answer = base & some
    for code in EXCLUSIONS:
        answer = answer & ~col(code)
    words = (
        pl.when(answer)
        .then(pl.lit("eligible"))
        .when(~answer)
        .then(pl.lit("ineligible"))
        .otherwise(pl.lit("undetermined"))
    )
    return clauses.select("id", words.alias("outcome"), *CATEGORIES, *EXCLUSIONS)


def bound(people: pl.LazyFrame, read: list[str], booleans: list[str]) -> pl.LazyFrame:
    """The same as `bench.by_hand.bound`."""
    codes = (*CATEGORIES, *EXCLUSIONS)
    others = [name for name in read if name not in booleans[: len(codes)] and name != "sex"]
    answers = {code: col(booleans[place]) for place, code in enumerate(codes)}
    for place, name in enumerate(others):
        answers[codes[place % len(codes)]] &= col(name).is_not_null()
    outcome = (
        pl.when(col("sex") == "male").then(pl.lit("eligible")).when(col("sex") == "female").then(pl.lit("ineligible"))
    )
    return people.select("id", outcome=outcome.otherwise(pl.lit("undetermined")), **answers)


def main() -> None:
    import resource
    import time

    what = json.loads(sys.argv[1])
    day = date.fromisoformat(what["day"])
    print("ready", flush=True)
    for _ in sys.stdin:  # a line for each round
        start, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_SELF)
        people = pl.scan_parquet(what["people"])
        answers = bound(people, what["read"], what["booleans"]) if what["bound"] else query(people, day, what["wages"])
        answers.sink_parquet(what["out"], compression="snappy")
        seconds, usage = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_SELF)
        cpu = usage.ru_utime + usage.ru_stime - before.ru_utime - before.ru_stime
        print(json.dumps({"seconds": seconds, "cpu": cpu, "peak": peak()}), flush=True)


def peak() -> float:
    """In megabytes. Not `ru_maxrss`, which would count what the process that started this one had."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))


if __name__ == "__main__":
    main()
