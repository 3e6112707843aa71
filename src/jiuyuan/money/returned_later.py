"""Payments returned by the bank after they were reported as paid (退票): reported by one person,
confirmed by another.
"""

from typing import Any

from jiuyuan import clock
from jiuyuan.agencies.models import User
from jiuyuan.history.services import Actor
from jiuyuan.money import freezing, results
from jiuyuan.money.models import Payment, PaymentBatch
from jiuyuan.procedures import own_matter
from jiuyuan.refusals import BadInput
from jiuyuan.wording import say


def report(batch: PaymentBatch, ref: str, reason: str, user: User) -> Payment:
    """Store the bank's return without moving anything. Raises `BadInput` for `ref`."""
    payment = _paid(batch, ref)
    if payment.return_reported_by is not None:
        raise _wrong(say("这一笔的退票已经登记，等另一人确认。"))
    payment.return_reason, payment.return_reported_by = reason, user
    payment.save(update_fields=["return_reason", "return_reported_by"])
    return payment


def confirm(batch: PaymentBatch, ref: str, user: User, actor: Actor) -> Payment:
    """Reverse the payment with its claim and lines, so that it can be paid again, and tell the person.

    Raises `BadInput` for `ref`, `SameEyes` for the one who reported it.
    """
    payment = _paid(batch, ref)
    if payment.return_reported_by is None:
        raise _wrong(say("这一笔还没有人登记退票。"))
    own_matter.refuse(
        user, payment.person, acted_before=[payment.return_reported_by],
        same_eyes=say("这笔退票是您登记的，须由另一人确认。"),
    )  # fmt: skip
    payment.status, payment.reason, payment.result_on = "returned", payment.return_reason, clock.today()
    payment.save(update_fields=["status", "reason", "result_on"])
    moved = freezing.in_batch(batch, [payment.claim_id], "returned", standing="paid")
    freezing.move(freezing.CLAIM_RETURNED, actor, moved, ["paid"], "returned", batch.region)
    results.tell_returned(batch, payment)
    return payment


def waiting(batch: PaymentBatch) -> list[Payment]:
    """The reported returns that wait for confirmation."""
    rows = Payment.objects.unscoped().filter(batch=batch, status="paid", return_reported_by__isnull=False)
    return list(rows.order_by("number").select_related("person", "return_reported_by"))


def _paid(batch: PaymentBatch, ref: str) -> Payment:
    number = results.number_of(batch, ref.strip())
    rows: Any = Payment.objects.unscoped().filter(batch=batch, number=number if number is not None else -1)
    found: Payment | None = rows.select_for_update(of=("self",)).select_related("person").first()
    if found is None:
        raise _wrong(say("这一批里没有发放编号“{ref}”，请核对是不是别的批次的结果。", ref=ref[:40]))
    if found.status != "paid":
        raise _wrong(say("这一笔是“{status}”，只有已发放的可以登记退票。", status=found.get_status_display()))
    return found


def _wrong(why: str) -> BadInput:
    return BadInput(say("有内容需要改正。"), [("ref", why)])
