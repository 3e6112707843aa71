"""Money that is recovered."""

from typing import Any

from jiuyuan import clock
from jiuyuan.oversight.models import Recovery
from jiuyuan.people.models import Person
from tests.factories import an_account
from tests.oversight.recoveries import (
    CORRECTED,
    DECIDED,
    HEARD,
    PAID,
    SERVED,
    a_recovery,
    found_of,
    overdue,
    somebody_with_a_finding,
    urged_long_ago,
)
from tests.procedures.specimens.specimen import Broken, Specimen, Standing


def _in(status: str) -> Any:
    return lambda: a_recovery(status)


def _told() -> Recovery:
    """Of somebody with an account."""
    row = a_recovery("intended")
    Person.objects.unscoped().filter(pk=row.person_id).update(account=an_account())
    return Recovery.objects.unscoped().select_related("person__account").get(pk=row.pk)


def _overdue() -> Recovery:
    row = a_recovery("served")
    overdue(row)
    return row


def _today(words: dict[str, Any]) -> Any:
    return lambda row: words | {"on": clock.today().isoformat()}


def _set(**columns: Any) -> Any:
    return lambda row: Recovery.objects.unscoped().filter(pk=row.pk).update(**columns)


_SERVED = {"served_on": "2026-03-02", "pay_by": "2026-03-31", "served_proof": "签收", "remedies": ["行政复议"]}
SPECIMENS = {
    ("recovery", "find"): Specimen(somebody_with_a_finding, found_of),
    ("recovery", "intend"): Specimen(_in("found"), {"speak_by": "2026-12-31"}),
    ("recovery", "speak"): Specimen(_told, {"words": "2月没有上班。"}, by=lambda row: row.person.account),
    ("recovery", "hear"): Specimen(_in("intended"), HEARD),
    ("recovery", "decide"): Specimen(_in("heard"), DECIDED | {"pay_by": "2026-12-31"}, before=lambda row: row.found_by),
    ("recovery", "serve"): Specimen(_in("decided"), _today(SERVED)),
    ("recovery", "pay"): Specimen(_in("served"), _today(PAID)),
    ("recovery", "correct"): Specimen(_in("served"), CORRECTED, before=lambda row: row.decided_by),
    ("recovery", "urge"): Specimen(_overdue),
    ("recovery", "to_court"): Specimen(urged_long_ago, {"court": "南关区人民法院"}),
    ("recovery", "quash"): Specimen(_in("decided"), {"reason": "查错了人。"}, before=lambda row: row.decided_by),
}
BROKEN: dict[tuple[str, str], Broken] = {
    ("recovery", "names_remedies"): _set(remedies=["可以向上级反映。"]),
    ("recovery", "decision_sealed"): lambda row: row.letters.update(stored_as=""),
    ("recovery", "overdue"): _set(pay_by="2999-01-01"),
    ("recovery", "ten_days_after_urging"): _set(urged_on="2999-01-01"),
}
STANDING: dict[tuple[str, str], Standing] = {
    ("recovery", state): {"status": state, "urged_on": "2026-03-02", **_SERVED}
    for state in ("served", "urged", "to_court")
}
