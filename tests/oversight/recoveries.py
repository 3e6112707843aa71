"""Recoveries for tests."""

from typing import Any

from jiuyuan import clock
from jiuyuan.agencies.models import User
from jiuyuan.agencies.roles import Role
from jiuyuan.oversight.finding_workflow import FINDING
from jiuyuan.oversight.models import Inspection, InspectionFinding, Recovery, RecoveryLetter
from jiuyuan.oversight.recovery_workflow import RECOVERY
from jiuyuan.people.models import Person
from jiuyuan.procedures import engine
from jiuyuan.recognitions.models import Recognition
from tests.factories import staff
from tests.oversight.inspections import a_finding, an_inspection, answered_finding, checked, drawn
from tests.recognitions.register import on_the_register

FOUND: dict[str, Any] = {
    "why": "finding", "facts": "1月、2月由单位参保（社保局，3月1日）。", "law": "财政违法行为处罚处分条例第十四条",
    "months": "2025-01 500.00\n2025-02 500.5", "paid_by": "2025年社保补贴发放表",
}  # fmt: skip
HEARD: dict[str, Any] = {"spoke": True, "words": "2月没有上班。"}
DECIDED: dict[str, Any] = {
    "reason": "2月的工资单属实。", "number": "南人社责退〔2026〕1号", "pay_by": "2026-03-31", "account": "就业补助资金专户",
}  # fmt: skip
SERVED: dict[str, Any] = {"how": "handed", "proof": "本人签收"}
PAID: dict[str, Any] = {"amount": "500.50", "proof": "银行回单"}
CORRECTED: dict[str, Any] = {"months": "2025-01 500.00", "reason": "2月不再认定。"}


def somebody_with_a_finding() -> Person:
    """Of whom an inspection found something that was confirmed; who has no account, whomever the draw takes."""
    if not Recognition.objects.unscoped().filter(person__account=None).exists():
        on_the_register()
    inspection = an_inspection()
    Inspection.objects.unscoped().filter(pk=inspection.pk).update(size=inspection.count)
    inspection = drawn(inspection)
    of = Recognition.objects.unscoped().select_related("person").in_bulk([pk for *_, pk in inspection.population.drawn])
    place = next(n for n, (*_, pk) in enumerate(inspection.population.drawn, 1) if of[pk].person.account_id is None)
    finding = answered_finding(a_finding(checked(inspection, place=place)))
    engine.act(staff(Role.SUPERVISOR), FINDING, finding.pk, "confirm", {"opinion": "没有改。"})
    return finding.inspected.person


def found_of(person: Person) -> dict[str, Any]:
    confirmed = InspectionFinding.objects.unscoped().order_by("-pk").first()
    assert confirmed is not None and confirmed.person.pk == person.pk
    return FOUND | {"of_finding": confirmed.pk}


def _act(row: Recovery, action: str, by: User | None = None, **said: Any) -> Recovery:
    done: Recovery = engine.act(by or staff(Role.REVIEWER), RECOVERY, row.pk, action, said)
    return done


def a_recovery(status: str = "found", by: User | None = None, **said: Any) -> Recovery:
    """Brought to that state, act by act; `said` goes with the last of them."""
    person = somebody_with_a_finding()
    row: Recovery = engine.act(by or staff(Role.REVIEWER), RECOVERY, person.pk, "find", found_of(person))
    today = clock.today().isoformat()
    for state, action, words in (
        ("intended", "intend", {"speak_by": "2026-12-31"}),
        ("heard", "hear", HEARD),
        ("decided", "decide", DECIDED | {"pay_by": "2026-12-31"}),
        ("served", "serve", SERVED | {"on": today}),
        ("urged", "urge", {}),
    ):
        if row.status == status:
            break
        if state == "urged":
            overdue(row)
        row = _act(row, action, **{**words, **(said if state == status else {})})
        if state == "decided":
            sealed(row)
    return row


def sealed(row: Recovery) -> None:
    """As if the worker had sealed what was ordered."""
    RecoveryLetter.objects.unscoped().filter(recovery=row).update(stored_as="a/letter")


def overdue(row: Recovery) -> None:
    Recovery.objects.unscoped().filter(pk=row.pk).update(pay_by="2020-01-01")


def urged_long_ago(row: Recovery | None = None) -> Recovery:
    row = row or a_recovery("urged")
    Recovery.objects.unscoped().filter(pk=row.pk).update(urged_on="2020-01-01")
    return row
