"""The pages of payments in the table of every page by role, and what who pays is answered everywhere."""

from collections.abc import Sequence
from typing import Any

LISTED = {
    "GET desk:bank_account":     "200 403 403 403 403 403 403 302 | 404 403 403 - 403 403 403 302",
    "GET portal:bank_account":   "403 403 403 403 403 200 403 302 | 403 403 403 - 403 302 403 302",
    "POST portal:bank_account_whole": "403 403 403 403 403 302 403 401 | 403 403 403 - 403 404 403 401",
}  # fmt: skip
#: Inside and outside: where it is not what an auditor is answered. No file of anybody, and nothing of the record.
FINANCE = {
    "GET desk:search": "403 403",
    "GET desk:history": "403 403",
    "GET desk:export_history": "403 403",
    "GET desk:looks": "403 403",
    "GET desk:export_looks": "403 403",
    "GET desk:verify": "403 403",
}
FINANCE_CALLS: dict[str, str] = {}


def arguments(person: int) -> dict[str, list[Any]]:
    return {"desk:bank_account": [person]}


def by_caller(operation: str, callers: Sequence[str], answers: str, there: bool) -> list[tuple[str, str]]:
    """What each caller is answered: who pays as an auditor is, where nothing else is listed."""
    by_role = dict(zip(callers, answers.split(), strict=True))
    of_finance = FINANCE_CALLS.get(operation, f"{by_role['auditor']} {by_role['auditor']}")
    return [*by_role.items(), ("finance", of_finance.split()[0 if there else 1])]
