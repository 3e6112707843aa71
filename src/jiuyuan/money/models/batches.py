"""Models of payment batches (四(三)): frozen contents, signatures, lines and results."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from jiuyuan.agencies.acted import PrintedName
from jiuyuan.agencies.models import Agency, User
from jiuyuan.agencies.roles import RIGHTS, Right
from jiuyuan.agencies.scope import Scope, ScopedManager
from jiuyuan.history.state import Recorded
from jiuyuan.labels import Labelled
from jiuyuan.money.models.claims import Claim
from jiuyuan.money.models.employers import EmployerAccount
from jiuyuan.money.models.of_scheme import OfScheme
from jiuyuan.people.models import BankAccount, Person
from jiuyuan.procedures.subjects import SubjectManager
from jiuyuan.rules.calendar import month_in_words, month_text
from jiuyuan.wording import for_record, say

_SEEN_BY = RIGHTS[Right.SEE_PAYMENTS]


class PaymentBatch(OfScheme):
    """A payment batch of one scheme: claims approved up to a month.

    - `total`: cents; `digest`: SHA-256 over its sorted lines.
    - `rate`: cents per line by the document `rate_source`, if no source known to the system states the amount.
    - `left_out`: the number of approved claims not included, by reason (`freezing.REASONS`).
    - `asked_limit`: the sum in yuan above which a third person signs, empty if no source states one.
    """

    class Status(Labelled):
        FROZEN = "frozen", "等签批"
        SIGNED = "signed", "已签批，等发放"
        SENT = "sent", "已交财政，等结果"
        SETTLED = "settled", "结果已收齐"
        WITHDRAWN = "withdrawn", "已撤销"

    scope: ClassVar = Scope(area="area", owner=None, roles=_SEEN_BY)

    number = models.CharField("批次编号", max_length=40, unique=True)
    area = models.CharField("辖区", max_length=200)
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="payment_batches", verbose_name="发放机构")
    period = models.PositiveIntegerField("到哪个月", help_text="年×12＋月－1")
    status = models.CharField("状态", max_length=10, choices=Status, default=Status.FROZEN)
    version = models.PositiveIntegerField("版本", default=1)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="编制人")
    made_by_name = PrintedName("编制人姓名")
    made_on = models.DateField("编制日期")
    lines = models.PositiveIntegerField("笔数")
    total = models.PositiveBigIntegerField("金额（分）")
    digest = models.CharField("名单校验值", max_length=64)
    rate = models.PositiveBigIntegerField("每月（次）多少分", null=True)
    rate_source = models.CharField("标准的依据", max_length=120, blank=True)
    left_out: "models.JSONField[dict[str, int], dict[str, int]]" = models.JSONField("没有列入的", default=dict)
    signatures_needed = models.PositiveSmallIntegerField("要几人签批")
    asked_limit = models.PositiveIntegerField("超过多少元要第三人签批", null=True)
    posted_on = models.DateField("公示开始日期", null=True)
    notice_ends_on = models.DateField("公示结束日期", null=True)
    provisional = models.BooleanField("公示期按未公布的节假日推算", default=False)
    taken_down_on = models.DateField("公示撤下日期", null=True)
    sent_on = models.DateField("交财政日期", null=True)
    ended_on = models.DateField("办结日期", null=True)
    reason = models.CharField("撤销的理由", max_length=400, blank=True)
    #: The digest of the file that the current act has read, whether new or not.
    last_read: str = ""

    objects = SubjectManager()

    class Meta:
        verbose_name = "发放批次"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(name="money_a_batch_pays_somebody_something", condition=Q(lines__gt=0, total__gt=0)),
            models.CheckConstraint(name="money_a_rate_has_its_source", condition=Q(rate=None) | ~Q(rate_source="")),
            models.CheckConstraint(name="money_two_sign_at_least", condition=Q(signatures_needed__gte=2)),
        ]
        indexes = [
            models.Index(
                fields=["area", "id"], name="money_batches_of_an_area", opclasses=["varchar_pattern_ops", "int8_ops"]
            )
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def file(self) -> str:
        return f"payment:{self.pk}"

    @property
    def rate_words(self) -> str:
        """The source stated in lines whose amount it set."""
        return for_record("{source}（发放批次{number}）", source=self.rate_source, number=self.number)

    @property
    def period_text(self) -> str:
        return month_text(self.period)

    @property
    def period_words(self) -> str:
        return month_in_words(self.period)


class PaymentSignature(Recorded):
    """A signature for a frozen batch; nobody signs twice."""

    scope: ClassVar = Scope(area="batch__area", owner=None, roles=_SEEN_BY)

    batch = models.ForeignKey(PaymentBatch, models.PROTECT, related_name="signatures", verbose_name="批次")
    signed_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="签批人")
    signed_by_name = PrintedName("签批人姓名")
    signed_on = models.DateField("签批日期")

    objects = ScopedManager()

    class Meta:
        verbose_name = "签批"
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["batch", "signed_by"], name="money_nobody_signs_twice")]


class Payment(models.Model):
    """The payment of a claim in a batch.

    - `number`: its position, by which results refer to it; `amount`: cents.
    - Derived from the claim's lines when frozen; only its state changes.
    - `return_reason`, `return_reported_by`: a late return by the bank, until another person confirms it.
    """

    class Status(Labelled):
        WAITING = "waiting", "等发放"
        PAID = "paid", "已发放"
        RETURNED = "returned", "被退回"
        WITHDRAWN = "withdrawn", "已撤销"

    scope: ClassVar = Scope(area="batch__area", owner="person__account", roles=_SEEN_BY)
    #: Not split off on its own, because it pays a claim (`people.merging`).
    moves_with: ClassVar = ("claim",)
    pins: ClassVar = ("claim", "account")

    batch = models.ForeignKey(PaymentBatch, models.PROTECT, related_name="payments", verbose_name="批次")
    number = models.PositiveIntegerField("序号")
    claim = models.ForeignKey(Claim, models.PROTECT, related_name="payments", verbose_name="补贴申请")
    person: "models.ForeignKey[Person, Any]" = models.ForeignKey(
        Person, models.PROTECT, related_name="payments", verbose_name="人员"
    )
    account = models.ForeignKey(
        BankAccount, models.PROTECT, null=True, related_name="payments", verbose_name="本人的银行账户"
    )
    employer_account = models.ForeignKey(
        EmployerAccount, models.PROTECT, null=True, related_name="payments", verbose_name="单位的银行账户"
    )
    from_month = models.PositiveIntegerField("从哪个月", help_text="年×12＋月－1")
    to_month = models.PositiveIntegerField("到哪个月", help_text="年×12＋月－1")
    months = models.PositiveSmallIntegerField("几个月")
    amount = models.PositiveBigIntegerField("金额（分）")
    status = models.CharField("状态", max_length=10, choices=Status, default=Status.WAITING)
    reason = models.CharField("退回原因", max_length=200, blank=True)
    result_on = models.DateField("结果日期", null=True)
    return_reason = models.CharField("退票原因", max_length=200, blank=True, default="")
    return_reported_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", verbose_name="登记退票的人"
    )
    return_reported_by_name = PrintedName("登记退票的人姓名")

    objects = ScopedManager()

    class Meta:
        verbose_name = "发放明细"
        ordering = ["batch", "number"]
        constraints = [
            models.UniqueConstraint(fields=["batch", "number"], name="money_one_place_in_a_list"),
            models.UniqueConstraint(
                fields=["claim"], condition=Q(status__in=["waiting", "paid"]), name="money_a_claim_is_paid_once"
            ),
            models.CheckConstraint(
                name="money_a_payment_goes_to_one_account", condition=Q(account=None) ^ Q(employer_account=None)
            ),
            models.CheckConstraint(name="money_a_payment_is_a_sum", condition=Q(amount__gt=0)),
            models.CheckConstraint(
                name="money_a_return_has_its_reason", condition=~Q(status="returned") | ~Q(reason="")
            ),
        ]

    @property
    def payee(self) -> BankAccount | EmployerAccount:
        """The account paid: the person's or the employer's."""
        found = self.account or self.employer_account
        assert found is not None
        return found

    @property
    def months_text(self) -> str:
        """For example 2026年3月, or 2026年3月至2026年8月（6个月）."""
        first, last = month_in_words(self.from_month), month_in_words(self.to_month)
        return (
            first if first == last else say("{first}至{last}（{count}个月）", first=first, last=last, count=self.months)
        )


class PaymentResult(models.Model):
    """A result file that was read: what it settled, and in `faults` the first refused rows with the reasons."""

    scope: ClassVar = Scope(area="batch__area", owner=None, roles=_SEEN_BY)

    batch = models.ForeignKey(PaymentBatch, models.PROTECT, related_name="results", verbose_name="批次")
    digest = models.CharField("文件校验值", max_length=64)
    file_name = models.CharField("文件名", max_length=200)
    read_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", verbose_name="读入人账号", db_index=False
    )
    read_by_name = PrintedName("读入人")
    read_at = models.DateTimeField("读入时间")
    paid = models.PositiveIntegerField("发放")
    returned = models.PositiveIntegerField("退回")
    unchanged = models.PositiveIntegerField("早已登记")
    refused = models.PositiveIntegerField("没有采用")
    faults: "models.JSONField[list[list[Any]], list[list[Any]]]" = models.JSONField("没有采用的行", default=list)

    objects = ScopedManager()

    class Meta:
        verbose_name = "发放结果"
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["batch", "digest"], name="money_a_result_is_read_once")]
