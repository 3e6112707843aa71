"""People about whom exactly one clause is true, false or unknown, for the tests of refusals."""

from typing import Any

from jiuyuan.applications.models import Application
from tests import factories

#: Nothing else: none of the seven categories (the person is of 1995), every base condition met, no exclusion.
NO_CATEGORY: dict[str, Any] = factories.OUT_OF_WORK | {
    "laid_off_from_state_enterprise": False,
    "disability_certificate": False,
    "zero_employment_family": False,
    "urban_minimum_allowance": False,
    "land_requisition_level": "none",
    "contracted_land_fully_lost": False,
    "degree_level": "none",
}
YOUNG, OF_AGE = "1995-03-02", "1985-03-02"

# For each clause: the facts with which it is true, false, unknown. What is None is not recorded at all.
_BASE = {
    "jilin_hukou": ({"hukou_division": "220102"}, {"hukou_division": "210102"}, {"hukou_division": None}),
    "able_to_work": ({"able_to_work": True}, {"able_to_work": False}, {"able_to_work": None}),
    "wants_work": ({"wants_work": True}, {"wants_work": False}, {"wants_work": None}),
    "registered_unemployed": (
        {"registered_unemployed": True},
        {"registered_unemployed": False},
        {"registered_unemployed": None},
    ),
}
_CATEGORIES: dict[str, tuple[dict[str, Any], dict[str, Any], dict[str, Any]]] = {
    "laid_off": ({"laid_off_from_state_enterprise": True}, {}, {"laid_off_from_state_enterprise": None}),
    "older": ({}, {"unemployed_since": "2026-01-10"}, {"unemployed_since": None}),
    "disabled": ({"disability_certificate": True}, {}, {"disability_certificate": None}),
    "zero_employment_family": ({"zero_employment_family": True}, {}, {"zero_employment_family": None}),
    "minimum_allowance": (
        {"urban_minimum_allowance": True, "unemployed_since": "2024-06-01"},
        {"unemployed_since": "2024-06-01"},
        {"urban_minimum_allowance": None, "unemployed_since": "2024-06-01"},
    ),
    "landless_farmer": (
        {"land_requisition_level": "county", "contracted_land_fully_lost": True},
        {},
        {"land_requisition_level": None, "contracted_land_fully_lost": None},
    ),
    "graduate": (
        {
            "degree_level": "bachelor", "degree_full_time": True, "degree_domestic": True, "left_school_on": "2020-07-01",
            "ever_employed": False, "ever_insured": False,
        },
        {},
        {"degree_level": None},
    ),
}  # fmt: skip
_EXCLUSIONS = {
    "employed": ({"insured_by_employer": True}, {"insured_by_employer": False}, {"insured_by_employer": None}),
    "business": ({"business_registered": True}, {"business_registered": False}, {"business_registered": None}),
    "income": (
        {"income_stable": True, "monthly_income": 9000},
        {"income_stable": True, "monthly_income": 100},
        {"income_stable": True, "monthly_income": None},
    ),
    # What nobody recorded there is none of: never unknown.
    "other": ({"other_exclusion": "省厅通知第3条：已领取一次性安置费"}, {}, {}),
}
# The ID number says how old somebody is; a woman of 52 whose track nobody knows may be past her age, or not.
_AGES = (OF_AGE, "1955-03-02", "1973-09-02")
CODES = [*_BASE, "working_age", *_CATEGORIES, *_EXCLUSIONS]
VALUES = (True, False, None)
#: The answer with which a clause refuses somebody.
FAILS = {code: code in _EXCLUSIONS for code in CODES}


def applicant_with(code: str, value: bool | None) -> tuple[factories.Applicant, dict[str, Any]]:
    """Somebody of whom this clause, as far as it can be, has this answer; and what the county alone may record."""
    place = VALUES.index(value)
    if code == "working_age":
        return factories.an_applicant(_AGES[place]), {}
    if code in _CATEGORIES:
        born = OF_AGE if code == "older" else YOUNG
        facts = NO_CATEGORY | _CATEGORIES[code][place]
        return factories.an_applicant(born, categories=(code,), facts=facts), {}
    facts = dict((_BASE | _EXCLUSIONS)[code][place])
    by_the_county = {name: facts.pop(name) for name in ("other_exclusion",) if name in facts}
    return factories.an_applicant(OF_AGE, facts=facts), by_the_county


def a_case_with(
    code: str, value: bool | None, clerk: Any, reviewer: Any, status: str = "accepted", **more: Any
) -> Application:
    """Their case, with everything that is known verified."""
    from jiuyuan.applications import services

    applicant, by_the_county = applicant_with(code, value)
    case = factories.a_case(status, applicant, clerk=clerk, **more)
    factories.verify_facts(clerk, case)
    if by_the_county:
        services.save(
            reviewer,
            case.number,
            facts=by_the_county,
            source="shared_data",
            department="public_employment",
            evidence="县级核定",
        )
    return factories.again(case)
