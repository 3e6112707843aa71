"""The pages of payments in the table of every page by role, and what who pays is answered everywhere."""

from typing import Any

from jiuyuan.money.models import PaymentBatch
from tests.consistency.endpoints_of_payments import CALLS, by_caller
from tests.consistency.endpoints_of_payments import LISTED as CALLED
from tests.money.batches import a_batch, approved

__all__ = ["CALLED", "CALLS", "FINANCE", "LISTED", "arguments", "by_caller"]

LISTED = {
    "GET desk:payments":         "403 200 200 200 403 403 403 302 | 403 200 200 - 403 403 403 302",
    "GET desk:payment_new":      "403 403 403 403 403 403 403 302 | 403 403 403 - 403 403 403 302",
    "GET desk:payment":          "403 200 200 200 403 403 403 302 | 403 404 404 - 403 403 403 302",
    "GET desk:payment_act":      "403 200 403 403 403 403 403 302 | 403 404 404 - 403 403 403 302",
    "GET desk:payment_workbook": "403 403 403 403 403 403 403 302 | 403 404 404 - 403 403 403 302",
    "GET portal:payment_notices": "200 200 200 200 200 200 200 200 | 200 200 200 - 200 200 200 200",
    "GET desk:bank_account":     "200 403 403 403 403 403 403 302 | 404 403 403 - 403 403 403 302",
    "GET portal:bank_account":   "403 403 403 403 403 200 403 302 | 403 403 403 - 403 302 403 302",
    "POST portal:bank_account_whole": "403 403 403 403 403 302 403 401 | 403 403 403 - 403 404 403 401",
}  # fmt: skip
#: Inside and outside: where it is not what an auditor is answered. No file of anybody, and nothing of the record.
FINANCE = {
    "GET desk:today": "200 200",
    "GET desk:payments": "200 200",
    "GET desk:payment_new": "200 200",
    "GET desk:payment": "200 404",
    "GET desk:payment_act": "200 404",
    "GET desk:payment_workbook": "404 404",
    "GET desk:search": "403 403",
    "GET desk:history": "403 403",
    "GET desk:export_history": "403 403",
    "GET desk:looks": "403 403",
    "GET desk:export_looks": "403 403",
    "GET desk:verify": "403 403",
    "GET desk:misconducts": "403 403",
}


def arguments(person: int) -> dict[str, list[Any]]:
    approved()
    batch: PaymentBatch = a_batch()
    of_a_batch = {f"desk:{name}": [batch.pk] for name in ("payment", "payment_workbook")}
    return of_a_batch | {
        "desk:payment_act": [batch.pk, "sign"],
        "desk:bank_account": [person],
        "portal:payment_notices": ["220102001"],
    }
