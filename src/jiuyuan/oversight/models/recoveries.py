"""Models of recoveries of money: hearing, decision, service with remedies, payment in parts,
with a ledger of their own (五(三)).
"""

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q

from jiuyuan.agencies.acted import PrintedName
from jiuyuan.agencies.models import Agency, User
from jiuyuan.agencies.scope import Scope, ScopedManager
from jiuyuan.history.state import Recorded
from jiuyuan.labels import Labelled
from jiuyuan.oversight.models.doubts import Doubt
from jiuyuan.oversight.models.inspections import InspectionFinding
from jiuyuan.people.models import Person
from jiuyuan.people.models.letters import SealedLetter
from jiuyuan.procedures.subjects import Subject, SubjectManager


class Recovery(Subject):
    """A sum to be repaid.

    - In cents: `claimed` at first, `corrected` after the hearing or a partial annulment, `paid` so far.
    - `law`: law and clause; `remedies`: as sent, one sentence each.
    - `speak_by`: the last day for a statement before the decision.
    - `paid_by`: how payments without a paid line in the system are known.
    """

    class Status(Labelled):
        FOUND = "found", "待告知"
        INTENDED = "intended", "已告知，听取陈述申辩"
        HEARD = "heard", "已听取，待决定"
        DECIDED = "decided", "已决定，待送达"
        SERVED = "served", "已送达，等退回"
        URGED = "urged", "已催告"
        TO_COURT = "to_court", "已申请法院"
        SETTLED = "settled", "已退清"
        QUASHED = "quashed", "已撤销"

    class Why(Labelled):
        DOUBT = "doubt", "疑点核实成立"
        FINDING = "finding", "检查发现的问题成立"
        FRAUD = "fraud", "虚假材料，取消认定"

    class How(Labelled):
        HANDED = "handed", "当面送达"
        POST = "post", "邮寄送达"
        ONLINE = "online", "网上送达"
        LEFT = "left", "留置送达"
        PUBLIC = "public", "公告送达"

    scope: ClassVar = Scope(area="area", owner="person__account")
    #: In the same file as its doubt (`people.merging`).
    moves_with: ClassVar = ("doubt",)

    person = models.ForeignKey(Person, models.PROTECT, related_name="recoveries", verbose_name="人员")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+", verbose_name="决定机构")
    area = models.CharField("辖区", max_length=200)
    status = models.CharField("状态", max_length=10, choices=Status, default=Status.FOUND)
    version = models.PositiveIntegerField("版本", default=1)
    why = models.CharField("起因", max_length=10, choices=Why)
    doubt = models.ForeignKey(Doubt, models.PROTECT, null=True, related_name="recoveries", verbose_name="疑点")
    finding = models.ForeignKey(
        InspectionFinding, models.PROTECT, null=True, related_name="+", verbose_name="检查发现的问题"
    )
    facts = models.TextField("事实")
    law = models.CharField("依据", max_length=400)
    claimed = models.PositiveBigIntegerField("认定多领的金额（分）")
    corrected = models.PositiveBigIntegerField("更正以后的金额（分）", null=True)
    paid = models.PositiveBigIntegerField("已退回的金额（分）", default=0)
    paid_by = models.CharField("发放的凭据", max_length=200, blank=True, default="")
    found_on = models.DateField("认定日期")
    found_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="认定人")
    found_by_name = PrintedName("认定人姓名")
    intended_on = models.DateField("告知日期", null=True)
    speak_by = models.DateField("陈述申辩期限", null=True)
    spoken_on = models.DateField("本人网上说明的日期", null=True)
    heard_on = models.DateField("听取日期", null=True)
    words = models.TextField("本人的陈述和申辩", blank=True)
    decided_on = models.DateField("决定日期", null=True)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="决定人")
    decided_by_name = PrintedName("决定人姓名")
    number = models.CharField("文号", max_length=60, blank=True)
    reason = models.TextField("决定的理由", blank=True)
    pay_by = models.DateField("退回期限", null=True)
    account = models.CharField("退回到哪个账户", max_length=200, blank=True)
    remedies: "models.JSONField[list[str], list[str]]" = models.JSONField("救济途径", default=list)
    served_on = models.DateField("送达日期", null=True)
    served_how = models.CharField("怎样送达", max_length=10, choices=How, blank=True)
    served_proof = models.CharField("送达凭据", max_length=200, blank=True)
    urged_on = models.DateField("催告日期", null=True)
    court = models.CharField("法院和案号", max_length=200, blank=True)
    to_court_on = models.DateField("申请法院日期", null=True)
    ended_on = models.DateField("结束日期", null=True)
    ended_words = models.TextField("更正或者撤销的理由", blank=True)

    objects = SubjectManager()

    class Meta:
        verbose_name = "追回"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["doubt"], condition=~Q(status="quashed"), name="oversight_a_doubt_is_recovered_once"
            ),
            models.UniqueConstraint(
                fields=["finding"], condition=~Q(status="quashed"), name="oversight_a_finding_is_recovered_once"
            ),
            models.CheckConstraint(
                name="oversight_nobody_gives_back_more_than_is_claimed",
                condition=Q(corrected=None, paid__lte=F("claimed")) | Q(paid__lte=F("corrected")) | Q(status="quashed"),
            ),
            models.CheckConstraint(
                name="oversight_a_correction_only_lessens", condition=Q(corrected=None) | Q(corrected__lte=F("claimed"))
            ),
            models.CheckConstraint(
                name="oversight_what_is_settled_is_paid",
                condition=~Q(status="settled") | Q(corrected=None, paid=F("claimed")) | Q(paid=F("corrected")),
            ),
            models.CheckConstraint(
                name="oversight_what_was_served_has_its_remedies_and_proof",
                condition=~Q(status__in=["served", "urged", "to_court"])
                | (Q(served_on__isnull=False, pay_by__isnull=False) & ~Q(served_proof="") & ~Q(remedies=[])),
            ),
        ]
        indexes = [
            models.Index(
                fields=["area", "status", "id"],
                name="oversight_recoveries_by_state",
                opclasses=["varchar_pattern_ops", "text_ops", "int8_ops"],
            )
        ]

    @property
    def file(self) -> str:
        return f"recovery:{self.pk}"

    @property
    def due(self) -> int:
        """The sum to be repaid, in cents."""
        return self.claimed if self.corrected is None else self.corrected

    @property
    def outstanding(self) -> int:
        """The outstanding sum in cents, without what was annulled."""
        return 0 if self.status == self.Status.QUASHED else self.due - self.paid


class RecoveryLetter(SealedLetter):
    """A letter of one act, ordered with it and sealed once by the worker.

    The bytes are encrypted in the data folder.
    """

    class Kind(Labelled):
        INTENDED = "recovery_intended", "拟追回补贴告知书"
        DECIDED = "recovery_decided", "责令退回补贴决定书"
        URGED = "recovery_urged", "催告书"

    scope: ClassVar = Scope(area="recovery__area", owner="recovery__person__account")

    recovery: "models.ForeignKey[Recovery, Any]" = models.ForeignKey(
        Recovery, models.PROTECT, related_name="letters", verbose_name="追回"
    )
    kind = models.CharField("种类", max_length=20, choices=Kind)
    ordered_on = models.DateField("日期")

    objects = ScopedManager()

    class Meta:
        verbose_name = "追回的文书"
        ordering = ["id"]


class RecoveryMonth(Recorded):
    """The overpayment of one month, in cents. Months are numbers (`rules.calendar.month_of`)."""

    scope: ClassVar = Scope(area="recovery__area", owner="recovery__person__account")

    recovery: "models.ForeignKey[Recovery, Any]" = models.ForeignKey(
        Recovery, models.PROTECT, related_name="months", verbose_name="追回"
    )
    month = models.PositiveIntegerField("月份")
    amount = models.PositiveBigIntegerField("金额（分）")
    corrected = models.PositiveBigIntegerField("更正以后的金额（分）", null=True)

    objects = ScopedManager()

    class Meta:
        verbose_name = "追回的月份"
        ordering = ["month"]
        constraints = [
            models.UniqueConstraint(fields=["recovery", "month"], name="oversight_one_sum_a_month"),
            models.CheckConstraint(
                name="oversight_a_month_has_a_sum",
                condition=Q(amount__gt=0) & (Q(corrected=None) | Q(corrected__lte=F("amount"))),
            ),
        ]


class RecoveryPayment(Recorded):
    """A repayment, in cents; never negative."""

    scope: ClassVar = Scope(area="recovery__area", owner="recovery__person__account")

    recovery: "models.ForeignKey[Recovery, Any]" = models.ForeignKey(
        Recovery, models.PROTECT, related_name="payments", verbose_name="追回"
    )
    on = models.DateField("退回日期")
    amount = models.PositiveBigIntegerField("金额（分）")
    proof = models.CharField("凭据", max_length=200)

    objects = ScopedManager()

    class Meta:
        verbose_name = "退回的款项"
        ordering = ["on", "id"]
        constraints = [models.CheckConstraint(name="oversight_a_payment_is_a_sum", condition=Q(amount__gt=0))]
