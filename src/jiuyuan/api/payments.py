"""Payment batches (四(三)): frozen contents, lines, the list for finance, and returned results."""

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.http import HttpRequest, StreamingHttpResponse
from ninja import Router, Schema
from ninja.decorators import decorate_view

from jiuyuan.agencies.models import User
from jiuyuan.api import paging, things, uploads
from jiuyuan.api.things import ThingInList, ThingShape
from jiuyuan.api.tokens import Bearer, user_of
from jiuyuan.money import account_doubts, payments
from jiuyuan.money.batch_workflow import PAYMENT
from jiuyuan.money.models import Payment, PaymentBatch
from jiuyuan.money.results import ref_of
from jiuyuan.procedures import engine

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
router = Router(auth=Bearer(), tags=["people"])

_BATCH = {
    "number": "number", "agency": "agency.code", "scheme": "scheme", "lines": "lines", "total_cents": "total",
    "rate_cents": "rate", "rate_source": "rate_source", "digest": "digest", "left_out": "left_out", "signatures_needed": "signatures_needed", "made_on": "made_on",
    "posted_on": "posted_on", "notice_ends_on": "notice_ends_on", "taken_down_on": "taken_down_on", "sent_on": "sent_on",
    "ended_on": "ended_on", "reason": "reason",
}  # fmt: skip
if TYPE_CHECKING:
    BatchColumns = ThingShape
    PaymentBatchInList = ThingInList
else:
    BatchColumns = things.shape_of("BatchColumns", PaymentBatch, _BATCH)
    PaymentBatchInList = things.shape_of("PaymentBatchInList", PaymentBatch, _BATCH, ThingInList)


class AccountDoubtShape(Schema):
    """A line whose account somebody should ask about before they sign."""

    ref: str
    name: str
    why: list[str]


class PaymentBatchShape(BatchColumns):
    """`period`: up to which month; `signed_by`: who signed, in their order; `account_doubts`: the first 200 lines paid to an
    account of several people or in another name."""

    period: str
    signed_by: list[str]
    account_doubts: list[AccountDoubtShape]


class PaymentBatchesPage(Schema):
    items: list[PaymentBatchInList]
    next: str | None


class PaymentShape(Schema):
    """One line: `ref` names it in result files. Account numbers stand in the list for finance alone."""

    id: int
    ref: str
    name: str
    id_number: str
    months: str
    amount_cents: int
    status: str
    reason: str


class PaymentsPage(Schema):
    items: list[PaymentShape]
    next: str | None


class FaultShape(Schema):
    """A row that settled nothing."""

    row: int
    ref: str
    why: str


class ResultShape(Schema):
    """What a result file settled. The same file read again says what it said."""

    paid: int
    returned: int
    unchanged: int
    refused: int
    faults: list[FaultShape]


@router.get("/payment_batches", response=PaymentBatchesPage, summary="Payment batches")
def list_payment_batches(request: HttpRequest, cursor: str = "") -> dict[str, Any]:
    """Those of your area."""
    rows = payments.batches(user_of(request))
    return paging.page(rows, "id", cursor, lambda row: PaymentBatchInList(**things.in_list(row, _BATCH)))


@router.get("/payment_batches/{int:pk}", response=PaymentBatchShape, summary="One payment batch")
def see_payment_batch(request: HttpRequest, pk: int) -> PaymentBatchShape:
    user = user_of(request)
    return payment_batch(user, payments.opened(user, pk))


@router.get("/payment_batches/{int:pk}/lines", response=PaymentsPage, summary="The lines of a payment batch")
def list_payments(request: HttpRequest, pk: int, cursor: str = "") -> dict[str, Any]:
    """Names, masked numbers, months and sums, in the order of the list."""
    user = user_of(request)
    batch = payments.opened(user, pk)
    return paging.page(payments.lines(user, batch), "id", cursor, lambda row: _line(batch, row))


@router.get("/payment_batches/{int:pk}/list.xlsx", summary="The list for finance")
def payment_list(request: HttpRequest, pk: int) -> StreamingHttpResponse:
    """With whole account numbers: for finance, once it is recorded that the batch was handed over."""
    user = user_of(request)
    batch = payments.opened(user, pk)
    return StreamingHttpResponse(payments.workbook(user, batch), content_type=_XLSX)


@router.post(
    "/payment_batches/{int:pk}/results", response=ResultShape, summary="Read a result file back",
    openapi_extra={"requestBody": {"content": {"multipart/form-data": {"schema": {"required": ["file"]}}}, "required": True}},
)  # fmt: skip
@decorate_view(uploads.multipart_only(lambda user, pk: payments.opened(user, pk)))
def read_results(request: HttpRequest, pk: int, file: uploads.Sent) -> ResultShape:
    """XLSX, XLS or CSV with the columns 发放编号, 金额, 结果 and 原因; a row that is not as it was sent settles nothing."""
    with transaction.atomic():
        batch = engine.act(user_of(request), PAYMENT, pk, "read_result", {"file": file})
        report = batch.results.get(digest=batch.last_read)
    return ResultShape(
        paid=report.paid, returned=report.returned, unchanged=report.unchanged, refused=report.refused,
        faults=[FaultShape(row=row, ref=ref, why=why) for row, ref, why in report.faults],
    )  # fmt: skip


def payment_batch(user: User, row: PaymentBatch) -> PaymentBatchShape:
    """The serialized batch."""
    signed = [one.signed_by_name for one in row.signatures.all()]
    doubts = [AccountDoubtShape(ref=one.ref, name=one.name, why=one.why) for one in account_doubts.of_batch(row)]
    return PaymentBatchShape(
        **things.shown(user, PAYMENT, row, _BATCH), period=row.period_text, signed_by=signed, account_doubts=doubts
    )


def _line(batch: PaymentBatch, row: Payment) -> PaymentShape:
    return PaymentShape(
        id=row.pk, ref=ref_of(batch, row.number), name=row.person.name, id_number=row.person.masked_id_number,
        months=row.months_text, amount_cents=row.amount, status=row.status, reason=row.reason,
    )  # fmt: skip
