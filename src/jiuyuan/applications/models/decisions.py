"""Models of decisions and opinions on a case, sealed forms and letters."""

from typing import Any, ClassVar

from django.db import models

from jiuyuan.agencies.acted import PrintedName
from jiuyuan.agencies.models import Agency, User
from jiuyuan.agencies.scope import Scope, ScopedManager
from jiuyuan.applications.models.application import Application
from jiuyuan.encryption import EncryptedJSONField
from jiuyuan.history.state import Recorded
from jiuyuan.people.models.letters import SealedLetter


class Decision(Recorded):
    """The rules' answer for an act, with everything needed to compute it again."""

    scope: ClassVar = Scope(area="application__area", owner="application__person__account")

    application = models.ForeignKey(Application, models.PROTECT, related_name="decisions", verbose_name="申请")
    action = models.CharField("动作", max_length=24)
    as_of = models.DateField("判定日期")
    policy = models.CharField("依据", max_length=40)
    facts = EncryptedJSONField("所据事实")
    parameters: "models.JSONField[dict[str, Any], dict[str, Any]]" = models.JSONField("所据参数")
    answer = EncryptedJSONField("判定结果")
    # For a refusal: the ground, and the failing clauses with the facts of the time (`failing.Failing`).
    refusal = EncryptedJSONField("拒绝的依据", default=dict)
    made_at = models.DateTimeField("判定时间")

    objects = ScopedManager()

    class Meta:
        verbose_name = "判定"
        ordering = ["id"]
        indexes = [
            models.Index(fields=["made_at"], condition=models.Q(action="return"), name="applications_returns_by_time")
        ]


class Opinion(Recorded):
    """An opinion or reason on the form, with officer, agency and day (二(二), 二(三))."""

    scope: ClassVar = Scope(area="application__area", owner="application__person__account")

    application = models.ForeignKey(Application, models.PROTECT, related_name="opinions", verbose_name="申请")
    round = models.PositiveSmallIntegerField("轮次")
    action = models.CharField("动作", max_length=24)
    text = models.TextField("意见")
    decision = models.ForeignKey(
        Decision, models.PROTECT, null=True, related_name="opinions", verbose_name="所据判定", db_index=False
    )
    officer = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", verbose_name="经办人账号", db_index=False
    )
    officer_name = PrintedName("经办人")
    agency = models.ForeignKey(Agency, models.PROTECT, verbose_name="机构")
    given_on = models.DateField("日期")

    objects = ScopedManager()

    class Meta:
        verbose_name = "意见"
        ordering = ["id"]


class SealedForm(models.Model):
    """The form as sealed at one stage: the signed bytes, encrypted in the data folder."""

    scope: ClassVar = Scope(area="application__area", owner="application__person__account")

    application = models.ForeignKey(Application, models.PROTECT, related_name="sealed_forms", verbose_name="申请")
    opinion = models.OneToOneField(Opinion, models.PROTECT, verbose_name="所盖印的意见")
    stored_as = models.CharField("存放位置", max_length=80, unique=True)
    sha256 = models.CharField("校验值", max_length=64)
    sealed_at = models.DateTimeField("盖章时间")

    objects = ScopedManager()

    class Meta:
        ordering = ["id"]


class Letter(SealedLetter):
    """A letter of one act: ordered with it, sealed once by the worker, never changed. The bytes are encrypted."""

    scope: ClassVar = Scope(area="application__area", owner="application__person__account")

    application = models.ForeignKey(Application, models.PROTECT, related_name="letters", verbose_name="申请")
    kind = models.CharField("种类", max_length=24, help_text="在地区的文书中的名称")
    agency = models.ForeignKey(Agency, models.PROTECT, null=True, related_name="+", verbose_name="盖章机构")
    issued_on = models.DateField("日期")
    officer = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", verbose_name="经办人账号", db_index=False
    )
    officer_name = PrintedName("经办人")

    objects = ScopedManager()

    class Meta:
        verbose_name = "告知书"
        ordering = ["id"]


class NoticeSheet(models.Model):
    """The sealed sheet for a platform's notice board with the notices it names; if they change, a new sheet is made."""

    scope: ClassVar = Scope(area="agency__path", owner=None)

    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+", verbose_name="平台")
    posted_on = models.DateField("公示开始")
    ends_on = models.DateField("公示结束")
    notices: "models.JSONField[list[int], list[int]]" = models.JSONField("公示", default=list)
    stored_as = models.CharField("存放位置", max_length=80, unique=True)
    sha256 = models.CharField("校验值", max_length=64)
    sealed_at = models.DateTimeField("盖章时间")

    objects = ScopedManager()

    class Meta:
        verbose_name = "公示单"
        ordering = ["id"]
        indexes = [models.Index(fields=["agency", "posted_on"], name="applications_sheet")]
