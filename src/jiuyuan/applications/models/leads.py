"""Models of the search for people who qualify and have not applied."""

from typing import Any, ClassVar

from django.db import models

from jiuyuan import masking
from jiuyuan.agencies.acted import PrintedName
from jiuyuan.agencies.models import Agency, User
from jiuyuan.agencies.scope import Scope, ScopedManager
from jiuyuan.applications.models.application import Application
from jiuyuan.encryption import BlindIndexField, EncryptedJSONField, EncryptedTextField
from jiuyuan.labels import Labelled
from jiuyuan.procedures.subjects import Subject, SubjectManager


class Extract(models.Model):
    """A list of people given to an office, such as all registered unemployed, and the result of screening it.

    `done` is the last settled row, from which an interrupted run continues.
    """

    class Status(Labelled):
        WAITING = "waiting", "等待筛查"
        RUNNING = "running", "正在筛查"
        DONE = "done", "已筛查"
        FAILED = "failed", "不能筛查"

    scope: ClassVar = Scope(area="area", owner=None)

    provider = models.CharField("数据来源", max_length=80)
    file_name = models.CharField("文件名", max_length=200)
    sha256 = models.CharField("校验值", max_length=64)
    stored_as = models.CharField("存放位置", max_length=80, blank=True)
    observed_on = models.DateField("数据日期")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+", verbose_name="上传机构")
    area = models.CharField("辖区", max_length=200, db_index=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="上传人")
    by_name = PrintedName("上传人姓名")
    at = models.DateTimeField("上传时间")
    status = models.CharField("状态", max_length=8, choices=Status, default=Status.WAITING)
    done = models.PositiveIntegerField("已筛查行", default=0)
    total = models.PositiveIntegerField("总行数", default=0)
    counts: "models.JSONField[dict[str, int], dict[str, int]]" = models.JSONField("结果", default=dict)
    faults: "models.JSONField[list[list[Any]], list[list[Any]]]" = models.JSONField("不能用的行", default=list)
    failure = models.CharField("原因", max_length=400, blank=True)

    objects = ScopedManager()

    class Meta:
        verbose_name = "筛查名单"
        ordering = ["-id"]


class Lead(Subject):
    """Somebody who seems to qualify and has not applied: what is known, what is missing, and the phone number."""

    class Status(Labelled):
        NEW = "new", "待联系"
        APPLIED = "applied", "已代为申请"
        DISMISSED = "dismissed", "不申请"

    scope: ClassVar = Scope(area="area", owner=None)

    extract = models.ForeignKey(Extract, models.PROTECT, related_name="leads", verbose_name="筛查名单")
    row = models.PositiveIntegerField("行号")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="leads", verbose_name="常住地平台")
    area = models.CharField("辖区", max_length=200)
    name = models.CharField("姓名", max_length=80)
    id_number = EncryptedTextField("身份证号码")
    id_index = BlindIndexField("身份证号码索引", max_length=64, db_index=True)
    phone = EncryptedTextField("联系电话", null=True)
    facts = EncryptedJSONField("已知事实", default=dict)
    outcome = models.CharField("判断", max_length=12)
    categories: "models.JSONField[list[str], list[str]]" = models.JSONField("符合的类别", default=list)
    missing: "models.JSONField[list[str], list[str]]" = models.JSONField("还要问的", default=list)
    status = models.CharField("状态", max_length=10, choices=Status, default=Status.NEW)
    application = models.ForeignKey(Application, models.PROTECT, null=True, related_name="+", verbose_name="申请")
    again_on = models.DateField("再打日期", null=True)
    answers = EncryptedJSONField("电话中的回答", default=dict)
    closed_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", verbose_name="经办人账号", db_index=False
    )
    closed_by_name = PrintedName("经办人")
    closed_because = models.CharField("说明", max_length=400, blank=True)

    objects = SubjectManager()

    class Meta:
        verbose_name = "待联系人员"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["extract", "id_index"], name="applications_one_lead_an_extract"),
            models.CheckConstraint(
                name="applications_a_lead_that_applied_has_its_case",
                condition=~models.Q(status="applied") | models.Q(application__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["area", "status", "id"], name="applications_leads")]

    @property
    def file(self) -> str:
        """The file in the record: that of its list."""
        return f"extract:{self.extract_id}"

    @property
    def masked_id_number(self) -> str:
        return masking.id_number(self.id_number)


class LeadCall(models.Model):
    """A phone call to a lead: whether the person was reached, what they said, when to call again."""

    class Result(Labelled):
        REACHED = "reached", "接通了"
        NO_ANSWER = "no_answer", "没有人接"
        WRONG_NUMBER = "wrong_number", "号码不对"

    scope: ClassVar = Scope(area="lead__area", owner=None)

    lead = models.ForeignKey(Lead, models.PROTECT, related_name="calls", verbose_name="待联系人员")
    result = models.CharField("结果", max_length=14, choices=Result)
    note = models.CharField("说明", max_length=400, blank=True)
    called_at = models.DateTimeField("时间")
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="经办人账号", db_index=False)
    by_name = PrintedName("经办人")

    objects = ScopedManager()

    class Meta:
        verbose_name = "联系记录"
        ordering = ["-id"]
