"""The decision as somebody would write it for one engine by hand, with month arithmetic and without `jiuyuan.rules`.

What is unknown stays unknown (NULL), as in contracts/decision.md; only the figures of the minimum wage are shared.
"""

from jiuyuan.regions.jilin.policy_2022_10 import WAGES

_MONTHS = {
    "duckdb": "{day} + to_months({months})",
    "postgres": "({day} + make_interval(months => {months}))",
    "spark": "add_months({day}, {months})",
}
_SINCE_2025 = "((year({born}) + {years} - 2025) * 12 + month({born}) - 1)"
_PG_SINCE_2025 = "(CAST((extract(year FROM {born}) + {years} - 2025) * 12 + extract(month FROM {born}) - 1 AS integer))"

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


def query(source: str, day: str, dialect: str) -> str:
    """The query over `source`: id, outcome, and a column for each category and exclusion."""
    from datetime import date

    def after(column: str, months: object) -> str:
        return f"{_MONTHS[dialect].format(day=column, months=months)} <= DATE '{day}'"

    def retired(years: int, step: int, most: int) -> str:
        k = (_PG_SINCE_2025 if dialect == "postgres" else _SINCE_2025).format(born="birth_date", years=years)
        floor = f"({k} / {step})" if dialect == "postgres" else f"CAST(floor({k} / {step}) AS INT)"
        delay = f"CASE WHEN {k} < 0 THEN 0 ELSE least({floor} + 1, {most}) END"
        return after("birth_date", f"CAST({years * 12} + {delay} AS INT)")

    at_60, at_55, at_50 = retired(60, 4, 36), retired(55, 4, 36), retired(50, 2, 60)
    by_length: dict[int, dict[int, list[str]]] = {}
    for code, figure in WAGES.on(date.fromisoformat(day)).items():
        by_length.setdefault(len(code), {}).setdefault(figure.value, []).append(code)
    wage = " ".join(
        f"WHEN substring(residence_division, 1, {length}) IN ({', '.join(map(repr, codes))}) THEN {value}"
        for length in sorted(by_length, reverse=True)
        for value, codes in by_length[length].items()
    )
    return f"""
        WITH known AS (
            SELECT *, coalesce(retirement_track, CASE WHEN sex = 'male' THEN 'male_60' END) AS track,
                coalesce(sex, CASE WHEN retirement_track = 'male_60' THEN 'male'
                    WHEN retirement_track IS NOT NULL THEN 'female' END) AS known_sex,
                coalesce(local_minimum_wage, CASE {wage} END) AS wage,
                hukou_kind = 'urban' OR urban_resident AS urban
            FROM {source}
        ), clauses AS (
            SELECT id, hukou_division LIKE '22%' AS jilin,
                {after("birth_date", 16 * 12)} AS of_age,
                CASE WHEN track = 'male_60' THEN {at_60} WHEN track = 'female_55' THEN {at_55}
                    WHEN track = 'female_50' THEN {at_50}
                    WHEN known_sex = 'female' THEN CASE WHEN {at_55} THEN TRUE WHEN NOT {at_50} THEN FALSE END
                    ELSE CASE WHEN {at_60} THEN TRUE WHEN NOT {at_50} THEN FALSE END END AS retired,
                able_to_work, wants_work, registered_unemployed,
                laid_off_from_state_enterprise AS laid_off,
                urban AND ({after("birth_date", 50 * 12)} OR ({after("birth_date", 40 * 12)} AND known_sex = 'female'))
                    AND {after("unemployed_since", 6)} AS older,
                urban AND disability_certificate AS disabled,
                zero_employment_family,
                urban AND urban_minimum_allowance AND {after("unemployed_since", 12)} AS minimum_allowance,
                land_requisition_level IN ('state', 'province', 'prefecture', 'county') AND contracted_land_fully_lost
                    AS landless_farmer,
                {after("left_school_on", 24)} AND NOT ever_employed AND NOT ever_insured AND degree_domestic
                    AND degree_full_time AND degree_level IN ('junior_college', 'bachelor', 'postgraduate') AS graduate,
                in_labour_relationship OR insured_by_employer AS employed,
                business_registered OR company_office_held AS business,
                income_stable AND CASE WHEN monthly_income = 0 THEN FALSE ELSE monthly_income >= wage END AS income,
                coalesce(trim(other_exclusion) <> '', FALSE) AS other
            FROM known
        ), answers AS (
            SELECT *, jilin AND of_age AND NOT retired AND able_to_work AND wants_work AND registered_unemployed
                AND ({" OR ".join(CATEGORIES)}) AND {" AND ".join(f"NOT {code}" for code in EXCLUSIONS)} AS answer
            FROM clauses
        )
        SELECT id, CASE WHEN answer THEN 'eligible' WHEN NOT answer THEN 'ineligible' ELSE 'undetermined' END AS outcome,
            {", ".join((*CATEGORIES, *EXCLUSIONS))}
        FROM answers
    """


def bound(source: str, read: list[str], booleans: list[str]) -> str:
    """What any query must do: every column that the rules read is looked at once, and an answer of their shape is written.

    Each answer is a truth value of the input, unknown where it or one of two other columns is, so that about as much of the
    result is NULL.
    """
    codes = (*CATEGORIES, *EXCLUSIONS)
    others = [name for name in read if name not in booleans[: len(codes)] and name != "sex"]
    parts = {code: [booleans[place]] for place, code in enumerate(codes)}
    for place, name in enumerate(others):
        parts[codes[place % len(codes)]].append(f"{name} IS NOT NULL")
    answers = ", ".join(f"{' AND '.join(conditions)} AS {code}" for code, conditions in parts.items())
    outcome = "CASE WHEN sex = 'male' THEN 'eligible' WHEN sex = 'female' THEN 'ineligible' ELSE 'undetermined' END"
    return f"SELECT id, {outcome} AS outcome, {answers} FROM {source}"
