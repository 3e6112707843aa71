"""The duties of claims, employers' claims and payment batches: each state waits for the next act."""

from collections.abc import Callable, Iterable
from typing import Any

from django.db.models import DateField, F, OuterRef, Q, QuerySet, Subquery

from jiuyuan.assistance import duties, duty_index
from jiuyuan.assistance.duty import AsOf, DueOn, Duty, DutySubject
from jiuyuan.money.models import Claim, EmployerAccount, EmployerClaim, Payment, PaymentBatch
from jiuyuan.people.models import BankAccount


def _waiting(status: str, since: str) -> "Callable[[AsOf], QuerySet[Any]]":
    """Claims in a state since a day that has come."""

    def rows(asked: AsOf) -> "QuerySet[Any]":
        return Claim.objects.visible_to(asked.user).filter(status=status, **{f"{since}__lte": asked.day})

    return rows


def _notice_over(asked: AsOf) -> "QuerySet[Any]":
    return Claim.objects.visible_to(asked.user).filter(status=Claim.Status.PUBLISHED, notice_ends_on__lt=asked.day)


def _returned(asked: AsOf) -> "QuerySet[Any]":
    """Payments returned by the bank until the account is corrected; then the next batch includes them."""
    back = Payment.objects.unscoped().filter(claim=OuterRef("pk"), status=Payment.Status.RETURNED).order_by("-pk")
    own = BankAccount.objects.unscoped().filter(person=OuterRef("person")).order_by("-pk")
    of_employer = EmployerAccount.objects.unscoped().filter(employer=OuterRef("employer")).order_by("-pk")
    rows = Claim.objects.visible_to(asked.user).filter(status=Claim.Status.PAYMENT_RETURNED)
    rows = rows.annotate(
        returned_on=Subquery(back.values("result_on")[:1], output_field=DateField()),
        went_to=Subquery(back.values("account")[:1]), went_to_employer=Subquery(back.values("employer_account")[:1]),
        own=Subquery(own.values("pk")[:1]), of_employer=Subquery(of_employer.values("pk")[:1]),
    )  # fmt: skip
    return rows.filter(Q(own=F("went_to")) | Q(of_employer=F("went_to_employer")))


def _handed_in(asked: AsOf) -> "QuerySet[Any]":
    rows = EmployerClaim.objects.visible_to(asked.user).filter(status=EmployerClaim.Status.HANDED_IN)
    return rows.filter(handed_in_on__lte=asked.day)


def _batches(status: str) -> "Callable[[AsOf], QuerySet[Any]]":
    def rows(asked: AsOf) -> "QuerySet[Any]":
        return PaymentBatch.objects.visible_to(asked.user).filter(status=status)

    return rows


def _sent_back_later(asked: AsOf) -> "QuerySet[Any]":
    """Batches with a reported late return of a payment."""
    reported = Payment.objects.unscoped().filter(status=Payment.Status.PAID, return_reported_by__isnull=False)
    return PaymentBatch.objects.visible_to(asked.user).filter(pk__in=reported.values("batch"))


def _employer(row: Any) -> str:
    return str(row.employer.name)


duties.also(
    EmployerClaim,
    DutySubject(shown=("employer", "agency")),
    Duty(
        "take_over_employer_claim", "登记单位申报的补贴", "单位用链接申报的补贴", "申报当天", "employer_claim", ("take_over",), _handed_in,
        DueOn("handed_in_on"), "handed_in_on", _employer, past=False,
    ),
)  # fmt: skip
duties.also(
    PaymentBatch,
    DutySubject(),
    Duty(
        "sign_batch", "签批发放批次", "编好、签批没有齐的批次", "编制当天", "payment_batch", ("sign",), _batches("frozen"),
        DueOn("made_on"), "made_on", str, past=False,
    ),
    Duty(
        "send_batch", "交财政发放", "签批齐了的批次", "编制当天", "payment_batch", ("send",), _batches("signed"), DueOn("made_on"),
        "made_on", str, past=False,
    ),
    Duty(
        "read_result", "读入发放结果", "交了财政、结果没有收齐的批次", "交财政当天", "payment_batch", ("read_result",),
        _batches("sent"), DueOn("sent_on"), "sent_on", str, past=False,
    ),
    Duty(
        "confirm_return", "确认退票", "登记了退票的批次", "当天", "payment_batch", ("confirm_return",), _sent_back_later,
        DueOn("ended_on"), "ended_on", str, past=False,
    ),
)  # fmt: skip
duties.also(
    Claim,
    DutySubject("recognition", "person", ("person__agency", "recognition__person")),
    Duty(
        "check_claim", "核对政策申请", "提交了的政策申请", "提交当天", "claim", ("check",), _waiting("submitted", "submitted_on"),
        DueOn("submitted_on"), "submitted_on", str, past=False,
    ),
    Duty(
        "review_claim", "复核政策申请", "核对好的政策申请", "核对当天", "claim", ("review", "send_back", "refuse"),
        _waiting("checked", "checked_on"), DueOn("checked_on"), "checked_on", str, past=False,
    ),
    Duty(
        "publish_claim", "公示政策申请", "复核好的政策申请", "复核当天", "claim", ("publish",),
        _waiting("reviewed", "reviewed_on"), DueOn("reviewed_on"), "reviewed_on", str, past=False,
    ),
    Duty(
        "approve_claim", "审定政策申请", "公示期满的政策申请", "公示期满那天", "claim", ("approve", "send_back", "refuse"),
        _notice_over, DueOn("notice_ends_on"), "notice_ends_on", str, past=False,
    ),
    Duty(
        "returned_payment", "核对退回的银行账户", "补贴被银行退回、账户还没有更正的人", "退回当天", "claim", ("confirm_account",),
        _returned, DueOn("returned_on"), "returned_on", str, past=False,
    ),
)  # fmt: skip


def _claimed_from(keys: Iterable[str]) -> Iterable[int]:
    """The people in these employers' claims: an account given there corrects a returned payment."""
    employers = EmployerClaim.objects.unscoped().filter(pk__in=[int(key) for key in keys]).values("employer")
    return Claim.objects.unscoped().filter(employer__in=employers).order_by().values_list("person", flat=True)


duty_index.CONCERNED["employer_claim"] = _claimed_from
