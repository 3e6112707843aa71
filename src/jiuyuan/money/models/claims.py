"""Models of claims of schemes (四(三)) and their lines."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from jiuyuan.agencies.acted import PrintedName
from jiuyuan.agencies.models import Agency, User
from jiuyuan.agencies.scope import Scope, ScopedManager
from jiuyuan.assistance.models import Employer
from jiuyuan.history.state import Recorded
from jiuyuan.labels import Labelled
from jiuyuan.money.models.of_scheme import OfScheme, months_in_words
from jiuyuan.people.models import Person
from jiuyuan.procedures.subjects import SubjectManager
from jiuyuan.recognitions.models import Recognition
from jiuyuan.wording import say


class Claim(OfScheme):
    """A claim of a scheme by a person for some months, which are numbers (`rules.calendar.month_of`).

    - `checks`: the last automatic checks: `{"code", "label", "answer", "source", "as_of", "says", "month"}` each.
    - `basis`: what the extension is based on, kept from the scheme's first approval for this person.
    - `clause`: of a refusal.
    """

    class Status(Labelled):
        DRAFT = "draft", "草稿"
        SUBMITTED = "submitted", "待核对"
        CHECKED = "checked", "待复核"
        REVIEWED = "reviewed", "待公示"
        PUBLISHED = "published", "公示中"
        APPROVED = "approved", "待发放"
        IN_BATCH = "in_batch", "已列入发放"
        PAID = "paid", "已发放"
        PAYMENT_RETURNED = "payment_returned", "发放被退回"
        CLOSED = "closed", "已办结"
        REFUSED = "refused", "不予支持"
        WITHDRAWN = "withdrawn", "已撤回"

    class Claimant(Labelled):
        PERSON = "person", "本人"
        EMPLOYER = "employer", "用人单位"
        CLERK = "clerk", "经办人代办"

    scope: ClassVar = Scope(area="area", owner="person__account")

    person = models.ForeignKey(Person, models.PROTECT, related_name="claims", verbose_name="人员")
    recognition = models.ForeignKey(
        Recognition, models.PROTECT, null=True, related_name="claims", verbose_name="据以申请的认定"
    )
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="claims", verbose_name="受理平台")
    area = models.CharField("辖区", max_length=200)
    from_month = models.PositiveIntegerField("从哪个月", help_text="年×12＋月－1")
    to_month = models.PositiveIntegerField("到哪个月", help_text="年×12＋月－1")
    claimant = models.CharField("申请人", max_length=8, choices=Claimant)
    employer = models.ForeignKey(
        Employer, models.PROTECT, null=True, related_name="claims", verbose_name="申请的用人单位"
    )
    status = models.CharField("状态", max_length=16, choices=Status, default=Status.DRAFT)
    version = models.PositiveIntegerField("版本", default=1)
    claimed_on = models.DateField("申请日期")
    submitted_on = models.DateField("提交日期", null=True)
    checks: "models.JSONField[list[dict[str, Any]], list[dict[str, Any]]]" = models.JSONField("自动核对", default=list)
    checked_on = models.DateField("核对日期", null=True)
    checked_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="核对人")
    checked_by_name = PrintedName("核对人姓名")
    reviewed_on = models.DateField("复核日期", null=True)
    reviewed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="复核人")
    reviewed_by_name = PrintedName("复核人姓名")
    review_ground = models.CharField("查不到的事项为什么可以通过", max_length=400, blank=True)
    posted_on = models.DateField("公示开始日期", null=True)
    notice_ends_on = models.DateField("公示结束日期", null=True)
    provisional = models.BooleanField("公示期按未公布的节假日推算", default=False)
    approved_on = models.DateField("审定日期", null=True)
    approved_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="审定人")
    approved_by_name = PrintedName("审定人姓名")
    first = models.BooleanField("初次核定", default=False)
    basis: "models.JSONField[dict[str, Any] | None, dict[str, Any] | None]" = models.JSONField(
        "核定期限的依据", null=True
    )
    ended_on = models.DateField("办结日期", null=True)
    reason = models.CharField("不予支持或者撤回的理由", max_length=400, blank=True)
    clause = models.CharField("依据的条款", max_length=200, blank=True)
    refused_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="决定不予支持的人")
    refused_by_name = PrintedName("决定不予支持的人姓名")

    objects = SubjectManager()

    class Meta:
        verbose_name = "补贴申请"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(name="money_months_in_order", condition=Q(from_month__lte=F("to_month"))),
            models.CheckConstraint(
                name="money_a_refusal_has_reason_and_clause", condition=~Q(status="refused") | (~Q(reason="") & ~Q(clause=""))
            ),
            models.CheckConstraint(
                name="money_what_is_paid_was_checked_reviewed_and_approved",
                condition=~Q(status__in=["approved", "in_batch", "paid", "payment_returned", "closed"])
                | Q(checked_by__isnull=False, reviewed_by__isnull=False, approved_by__isnull=False),
            ),
            models.CheckConstraint(
                name="money_what_is_published_has_its_days",
                condition=~Q(status="published") | Q(posted_on__isnull=False, notice_ends_on__isnull=False),
            ),
            models.CheckConstraint(
                name="money_an_employer_claims_under_its_name",
                condition=~Q(claimant="employer") | Q(employer__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["person", "scheme"], condition=Q(first=True), name="money_one_first_approval"
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(
                fields=["area", "status", "id"],
                name="money_claims_by_state",
                opclasses=["varchar_pattern_ops", "text_ops", "int8_ops"],
            )
        ]

    def __str__(self) -> str:
        return say("{title}（{months}）", title=self.title, months=self.months)

    @property
    def file(self) -> str:
        """The key of its file in the record: the person's."""
        return self.person.file

    @property
    def months(self) -> str:
        return months_in_words(self.from_month, self.to_month)


#: The states in which a line stands; nobody draws the same twice.
LIVE = ("claimed", "in_batch", "paid", "returned")


class ClaimLine(Recorded):
    """The line of a month, or of a single payment.

    - `amount`: cents, empty if no source states it (see `amount_source`).
    - `occasion`: what a single payment is for, such as a course; empty for months.
    - `rests_on`: the facts used: `{"fact", "name", "value", "source", "observed_on"}` each.
    - A stopped line has a reason; the claim's other lines continue.
    """

    class Status(Labelled):
        CLAIMED = "claimed", "申请中"
        STOPPED = "stopped", "不支付"
        DROPPED = "dropped", "已撤销"
        IN_BATCH = "in_batch", "已列入发放"
        PAID = "paid", "已发放"
        RETURNED = "returned", "发放被退回"
        REVERSED = "reversed", "已冲销"

    scope: ClassVar = Scope(area="claim__area", owner="claim__person__account")
    #: In the same file as its claim (`people.merging`).
    moves_with: ClassVar = ("claim",)

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="lines", verbose_name="补贴申请")
    person = models.ForeignKey(Person, models.PROTECT, related_name="claim_lines", verbose_name="人员")
    scheme = models.CharField("政策", max_length=40)
    month = models.PositiveIntegerField("月份", help_text="年×12＋月－1")
    occasion = models.CharField("一次性的事由", max_length=40, blank=True)
    amount = models.PositiveBigIntegerField("金额（分）", null=True)
    amount_source = models.CharField("金额的依据", max_length=200, blank=True)
    rests_on: "models.JSONField[list[dict[str, Any]], list[dict[str, Any]]]" = models.JSONField(
        "所据的事实", default=list
    )
    status = models.CharField("状态", max_length=10, choices=Status, default=Status.CLAIMED)
    reason = models.CharField("不支付的原因", max_length=400, blank=True)

    objects = ScopedManager()

    class Meta:
        verbose_name = "补贴明细"
        ordering = ["claim", "month", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "scheme", "month"], condition=Q(status__in=LIVE, occasion=""), name="money_a_month_is_paid_once"
            ),
            models.UniqueConstraint(
                fields=["person", "scheme", "occasion"], condition=Q(status__in=LIVE) & ~Q(occasion=""),
                name="money_an_occasion_is_paid_once",
            ),
            models.CheckConstraint(
                name="money_a_stopped_line_says_why", condition=~Q(status__in=["stopped", "reversed"]) | ~Q(reason="")
            ),
            models.CheckConstraint(name="money_nothing_is_paid_without_an_amount", condition=~Q(status__in=["in_batch", "paid"]) | Q(amount__gt=0)),
        ]  # fmt: skip

    @classmethod
    def twice(cls, source: Person, target: Person) -> "list[int]":
        """The paid lines for which the other file was paid too: merging keeps them, and they become a doubt."""
        other = cls.objects.unscoped().filter(
            Q(occasion="", month=OuterRef("month")) | ~Q(occasion=""), person=target, scheme=OuterRef("scheme"),
            occasion=OuterRef("occasion"), status=cls.Status.PAID,
        )  # fmt: skip
        own = cls.objects.unscoped().filter(Exists(other), person=source, status=cls.Status.PAID)
        return list(own.values_list("pk", flat=True))

    @property
    def live(self) -> bool:
        return self.status in LIVE

    @property
    def in_yuan(self) -> str:
        """The amount as 1,780.00; empty if there is none."""
        return f"{self.amount // 100:,}.{self.amount % 100:02}" if self.amount is not None else ""
