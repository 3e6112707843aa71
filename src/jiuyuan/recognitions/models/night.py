"""Models of the nightly run and its findings."""

from typing import ClassVar

from django.db import models

from jiuyuan.agencies.acted import PrintedName
from jiuyuan.agencies.models import User
from jiuyuan.agencies.scope import Scope, ScopedManager
from jiuyuan.labels import Labelled
from jiuyuan.recognitions.models.recognition import Recognition


class Warning(models.Model):
    """An event in the next days for somebody on the register; renewed by the nightly run."""

    class Kind(Labelled):
        AGE = "age", "将到法定退休年龄"
        ASSISTANCE = "assistance", "援助政策将期满"
        FAMILY = "family", "零就业家庭清零期限"
        BASIS = "basis", "所据的数据已撤回"

    scope: ClassVar = Scope(area="recognition__area", owner=None)

    recognition = models.ForeignKey(Recognition, models.PROTECT, related_name="warnings", verbose_name="认定")
    kind = models.CharField("事项", max_length=16, choices=Kind)
    due_on = models.DateField("日期", db_index=True)

    objects = ScopedManager()

    class Meta:
        verbose_name = "预警"
        ordering = ["due_on", "id"]
        constraints = [models.UniqueConstraint(fields=["recognition", "kind"], name="recognitions_one_warning_a_kind")]


class NightlyRun(models.Model):
    """One nightly run. An interrupted run continues where it stopped."""

    day = models.DateField("日期", unique=True)
    started_at = models.DateTimeField("开始时间")
    finished_at = models.DateTimeField("结束时间", null=True)
    step = models.CharField("步骤", max_length=40, blank=True)
    done = models.PositiveIntegerField("已处理", default=0)
    total = models.PositiveIntegerField("总数", default=0)
    figures: "models.JSONField[dict[str, int], dict[str, int]]" = models.JSONField("结果", default=dict)
    ordered_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", verbose_name="要求人账号", db_index=False
    )
    ordered_by_name = PrintedName("要求人")

    class Meta:
        verbose_name = "夜间核查"
        ordering = ["-day"]
