"""The decision of 一 in plain Python, without reasons and without `missing`: what bench/decide.py stands beside.

Written from contracts/decision.md alone, it shares nothing with `jiuyuan.rules` but the figures of the minimum wage and the list of blanks; the tests
hold the two equal.
"""

from calendar import monthrange
from datetime import date
from typing import Any

from jiuyuan.blanks import says_nothing
from jiuyuan.regions.jilin.policy_2022_10 import WAGES

Answer = bool | None

NEEDED = ("jilin_hukou", "working_age", "able_to_work", "wants_work", "registered_unemployed")
CATEGORIES = (
    "laid_off", "older", "disabled", "zero_employment_family", "minimum_allowance", "landless_farmer", "graduate",
)  # fmt: skip
EXCLUSIONS = ("employed", "business", "income", "other")


def _after(day: date, months: int) -> date:
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def _and(*answers: Answer) -> Answer:
    return False if False in answers else None if None in answers else True


def _or(*answers: Answer) -> Answer:
    return True if True in answers else None if None in answers else False


def _not(answer: Answer) -> Answer:
    return None if answer is None else not answer


def retired(born: date, track: str, on: date) -> bool:
    years, step, most = {"male_60": (60, 4, 36), "female_55": (55, 4, 36), "female_50": (50, 2, 60)}[track]
    k = (born.year + years - 2025) * 12 + born.month - 1
    delay = 0 if k < 0 else min(k // step + 1, most)
    return _after(born, years * 12 + delay) <= on


def statuses(facts: dict[str, Any]) -> dict[str, Answer]:
    """The answer of each clause by its code, in the order of the notice."""
    get, day = facts.get, facts["as_of"]
    born, sex, track = get("birth_date"), get("sex"), get("retirement_track")
    sex = sex or {None: None, "male_60": "male"}.get(track, "female")
    tracks = [track] if track else {"male": ["male_60"], "female": ["female_55", "female_50"]}.get(sex) or [
        "male_60", "female_55", "female_50"]  # fmt: skip

    is_retired: Answer = None
    if born:
        found = {retired(born, code, day) for code in tracks}
        is_retired = found.pop() if len(found) == 1 else None
    of_age = None if born is None else _after(born, 16 * 12) <= day
    forty = None if born is None else _after(born, 40 * 12) <= day
    fifty = None if born is None else _after(born, 50 * 12) <= day
    kind, since, left = get("hukou_kind"), get("unemployed_since"), get("left_school_on")
    urban = _or(None if kind is None else kind == "urban", get("urban_resident"))
    level, degree, division = get("land_requisition_level"), get("degree_level"), get("hukou_division")
    income, wage = get("monthly_income"), get("local_minimum_wage")
    if wage is None and get("residence_division"):
        figure = WAGES.at(facts["residence_division"], day)
        wage = figure and figure.value
    earns = None if income is None else False if income == 0 else None if wage is None else income >= wage
    if earns is None and income and facts.get("residence_division"):
        province = facts["residence_division"][:2]
        figures = [figure.value for code, figure in WAGES.on(day).items() if code[:2] == province]
        earns = None if not figures else True if income >= max(figures) else False if income < min(figures) else None
    return {
        "jilin_hukou": None if division is None else division[:2] == "22",
        "working_age": _and(of_age, _not(is_retired)),
        "able_to_work": get("able_to_work"),
        "wants_work": get("wants_work"),
        "registered_unemployed": get("registered_unemployed"),
        "laid_off": get("laid_off_from_state_enterprise"),
        "older": _and(
            urban,
            _or(fifty, _and(forty, None if sex is None else sex == "female")),
            None if since is None else _after(since, 6) <= day,
        ),
        "disabled": _and(urban, get("disability_certificate")),
        "zero_employment_family": get("zero_employment_family"),
        "minimum_allowance": _and(
            urban, get("urban_minimum_allowance"), None if since is None else _after(since, 12) <= day
        ),
        "landless_farmer": _and(
            None if level is None else level in ("state", "province", "prefecture", "county"),
            get("contracted_land_fully_lost"),
        ),
        "graduate": _and(
            None if left is None else _after(left, 24) <= day,
            _not(get("ever_employed")),
            _not(get("ever_insured")),
            get("degree_domestic"),
            get("degree_full_time"),
            None if degree is None else degree in ("junior_college", "bachelor", "postgraduate"),
        ),
        "employed": _or(get("in_labour_relationship"), get("insured_by_employer")),
        "business": _or(get("business_registered"), get("company_office_held")),
        "income": _and(get("income_stable"), earns),
        "other": not says_nothing(get("other_exclusion") or ""),
    }


def decide(facts: dict[str, Any]) -> tuple[str, dict[str, Answer]]:
    """The outcome and the answer of each clause."""
    found = statuses(facts)
    answer = _and(
        *[found[code] for code in NEEDED],
        _or(*[found[code] for code in CATEGORIES]),
        *[_not(found[code]) for code in EXCLUSIONS],
    )
    return {True: "eligible", False: "ineligible", None: "undetermined"}[answer], found
