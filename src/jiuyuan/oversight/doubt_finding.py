"""Finds doubts at night: runs the checks as set-based queries and raises new ones in bulk."""

from collections.abc import Iterator
from datetime import date
from itertools import islice
from typing import Any

from django.db import connection, transaction

from jiuyuan import loading
from jiuyuan.oversight.doubt_checks import CHECKS, DRAWN, DoubtCheck
from jiuyuan.oversight.doubt_workflow import DOUBT
from jiuyuan.oversight.models import Doubt
from jiuyuan.oversight.models.doubts import RAISED
from jiuyuan.procedures import bulk
from jiuyuan.procedures.bulk import Begun, BegunRows
from jiuyuan.regions import registry
from jiuyuan.rules.calendar import month_of
from jiuyuan.rules.facts import insured_by_employer
from jiuyuan.rules.logic import reads
from jiuyuan.rules.scheme import Scheme

_CHUNK = 5_000
_MONTHS: dict[str, dict[str, str]] = {
    "postgresql": {
        "month_end": "(attended.month + INTERVAL '1 month' - INTERVAL '1 day')::date",
        "number": "(EXTRACT(YEAR FROM attended.month) * 12 + EXTRACT(MONTH FROM attended.month) - 1)::int",
        "first": "make_date(number / 12, number % 12 + 1, 1)",
        "last": "(make_date(number / 12, number % 12 + 1, 1) + INTERVAL '1 month' - INTERVAL '1 day')::date",
    },
    "sqlite": {
        "month_end": "date(attended.month, '+1 month', '-1 day')",
        "number": "CAST(substr(attended.month, 1, 4) AS INTEGER) * 12 + CAST(substr(attended.month, 6, 2) AS INTEGER) - 1",
        "first": "printf('%04d-%02d-01', number / 12, number % 12 + 1)",
        "last": "date(printf('%04d-%02d-01', number / 12, number % 12 + 1), '+1 month', '-1 day')",
    },
}
# A doubt is raised once, even after it was explained, but again for later months.
_NEW = """WITH {drawn}, met AS ({rows}), grouped AS (
    SELECT met.person_id, met.witness, MIN(met.drawn) AS drawn, MIN(met.first) AS first, MAX(met.first) AS last FROM met
    LEFT JOIN oversight_doubt known ON known.check_number = {number} AND known.person_id = met.person_id AND known.witness = met.witness
        AND (known.until IS NULL OR known.until >= {month})
    WHERE known.id IS NULL GROUP BY met.person_id, met.witness
) SELECT person.id, person.area, grouped.drawn, grouped.witness, grouped.first, grouped.last
FROM grouped JOIN people_person person ON person.id = grouped.person_id ORDER BY person.id, grouped.witness"""
_MONTH = {
    "postgresql": "EXTRACT(YEAR FROM met.first) * 12 + EXTRACT(MONTH FROM met.first) - 1",
    "sqlite": "CAST(substr(met.first, 1, 4) AS INTEGER) * 12 + CAST(substr(met.first, 6, 2) AS INTEGER) - 1",
}


@transaction.atomic
def raise_doubts(day: date) -> int:
    """Raise new doubts. Returns how many."""
    loading.plan_for_many()
    return sum(_raise(check, day) for check in CHECKS if check.rows)


def _raise(check: DoubtCheck, day: date) -> int:
    found, count = _found(check), 0
    while some := list(islice(found, _CHUNK)):
        keys = loading.next_keys(Doubt, len(some))
        begun = [_begun(pk, check, row, day) for pk, row in zip(keys, some, strict=True)]
        bulk.act_many(DOUBT, "night", "raise", BegunRows(RAISED, begun))
        count += len(begun)
    return count


def _found(check: DoubtCheck) -> Iterator[tuple[Any, ...]]:
    vendor = connection.vendor
    rows = check.rows.replace("NULL AS first, NULL AS last", "CAST(NULL AS DATE) AS first, CAST(NULL AS DATE) AS last")
    drawn = DRAWN.format(**_MONTHS[vendor], flexible=_listed(flexible()), terms=_terms())
    rows = rows.replace("{to_employers}", _listed(to_employers()))
    query = _NEW.format(drawn=drawn, rows=rows, number=check.number, month=_MONTH[vendor])
    with connection.cursor() as cursor:
        cursor.execute(query)
        yield from cursor.fetchall()


def _listed(schemes: list[str]) -> str:
    return ", ".join(f"'{one}'" for one in schemes) or "NULL"


def _every() -> Iterator[Scheme]:
    return (scheme for region in registry.regions() for scheme in registry.schemes(region.code))


def _terms() -> str:
    """The schemes with a term as rows of `scheme, months`; the longest term if regions differ."""
    months: dict[str, int] = {}
    for scheme in _every():
        if scheme.term is not None:
            months[scheme.code] = max(months.get(scheme.code, 0), scheme.term.policy_months)
    rows = [f"SELECT '{code}' AS scheme, {most} AS months" for code, most in sorted(months.items())]
    return " UNION ALL ".join(rows) or "SELECT '' AS scheme, 0 AS months WHERE 1 = 0"


def to_employers() -> list[str]:
    """The schemes of all regions that are paid to employers."""
    return sorted({scheme.code for scheme in _every() if scheme.paid_to == "employer"})


def flexible() -> list[str]:
    """The schemes of all regions that nobody insured by an employer may draw."""
    return sorted({
        scheme.code for scheme in _every()
        if any(insured_by_employer.name in reads(one.when) for one in scheme.exclusions)
    })  # fmt: skip


def _begun(pk: int, check: DoubtCheck, row: tuple[Any, ...], day: date) -> Begun:
    person, area, drawn, witness, first, last = row
    since, until = (month_of(_day(one)) if one else None for one in (first, last))
    values = (person, area, check.number, drawn, witness, since, until, Doubt.Status.RAISED, 1, day, "", None, None)
    return Begun(pk, values, f"doubt:{pk}", area, {"check": check.number})


def _day(value: date | str) -> date:
    return date.fromisoformat(value) if isinstance(value, str) else value
