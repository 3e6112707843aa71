"""Models of refusals of services: heard first, then counted or excused by another person (三(五))."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from jiuyuan.agencies.acted import PrintedName
from jiuyuan.agencies.models import User
from jiuyuan.agencies.scope import Scope, ScopedManager
from jiuyuan.assistance.models.appointments import Appointment
from jiuyuan.assistance.models.offers import JobOffer
from jiuyuan.assistance.models.plans import OfTheHelped
from jiuyuan.labels import Labelled
from jiuyuan.procedures.subjects import SubjectManager
from jiuyuan.recognitions.models import Recognition


class ServiceRefusal(OfTheHelped):
    """A declined offer, or an appointment missed without excuse.

    `answer_by`: the last day for the person's explanation; nobody decides before.
    """

    class Status(Labelled):
        NOTED = "noted", "待告知本人"
        TOLD = "told", "已告知，听取说明"
        ANSWERED = "answered", "本人已说明"
        COUNTED = "counted", "计为一次拒绝"
        EXCUSED = "excused", "不计"

    scope: ClassVar = Scope(area="recognition__area", owner="recognition__person__account")

    recognition = models.ForeignKey(Recognition, models.PROTECT, related_name="service_refusals", verbose_name="认定")
    offer = models.OneToOneField(JobOffer, models.PROTECT, null=True, related_name="refusal", verbose_name="岗位介绍")
    appointment = models.OneToOneField(
        Appointment, models.PROTECT, null=True, related_name="refusal", verbose_name="约见"
    )
    status = models.CharField("状态", max_length=10, choices=Status, default=Status.NOTED)
    version = models.PositiveIntegerField("版本", default=1)
    refused_on = models.DateField("拒绝日期")
    told_on = models.DateField("告知日期", null=True)
    told_how = models.CharField("怎样告知的", max_length=200, blank=True)
    told_proof = models.CharField("告知凭据", max_length=200, blank=True)
    answer_by = models.DateField("说明期限", null=True)
    responded_on = models.DateField("本人说明日期", null=True)
    response = models.TextField("本人的说明", blank=True)
    decided_on = models.DateField("决定日期", null=True)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="决定人")
    decided_by_name = PrintedName("决定人姓名")
    ground = models.CharField("决定的理由", max_length=400, blank=True)

    objects = SubjectManager()

    class Meta:
        verbose_name = "拒绝服务记录"
        ordering = ["-refused_on", "-id"]
        constraints = [
            models.CheckConstraint(
                name="assistance_a_refusal_is_of_one_thing",
                condition=Q(offer__isnull=False, appointment=None) | Q(offer=None, appointment__isnull=False),
            ),
            models.CheckConstraint(
                name="assistance_a_counted_refusal_was_told",
                condition=~Q(status="counted") | (Q(told_on__isnull=False) & ~Q(ground="")),
            ),
        ]
        indexes = [models.Index(fields=["status", "answer_by"], name="assistance_refusals_waiting")]

    @property
    def of(self) -> JobOffer | Appointment:
        """What was refused."""
        found = self.offer or self.appointment
        assert found is not None
        return found

    @property
    def called(self) -> str:
        """Its name for the person: the job, or the purpose of the appointment."""
        return str(self.offer.as_it_stood["title"]) if self.offer else self.of.get_kind_display()  # type: ignore[union-attr]


class RefusalNotice(models.Model):
    """The sealed notice of a counted refusal; the signed bytes are encrypted in the data folder."""

    scope: ClassVar = Scope(area="refusal__recognition__area", owner="refusal__recognition__person__account")

    refusal = models.OneToOneField(ServiceRefusal, models.PROTECT, related_name="notice", verbose_name="拒绝服务记录")
    stored_as = models.CharField("存放位置", max_length=80, unique=True)
    sha256 = models.CharField("校验值", max_length=64)
    made_at = models.DateTimeField("制作时间")

    objects = ScopedManager()

    class Meta:
        verbose_name = "拒绝服务告知书"
