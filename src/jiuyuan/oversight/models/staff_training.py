"""The model of 业务培训 (五(二)): a member of staff's answers to questions on the policy in force."""

from typing import ClassVar

from django.db import models

from jiuyuan.agencies.acted import PrintedName
from jiuyuan.agencies.models import Agency, User
from jiuyuan.agencies.scope import Scope
from jiuyuan.labels import Labelled
from jiuyuan.procedures.subjects import Subject, SubjectManager


class StaffTraining(Subject):
    """One course taken. `policy`: the version of the policy; `questions` and `answers`: by position in it."""

    class Status(Labelled):
        PASSED = "passed", "通过"
        FAILED = "failed", "没有通过"

    scope: ClassVar = Scope(area="area", owner=None)

    taken_by = models.ForeignKey(User, models.PROTECT, related_name="trainings", verbose_name="答题人")
    taken_by_name = PrintedName("答题人姓名")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+", verbose_name="机构")
    area = models.CharField("辖区", max_length=200)
    status = models.CharField("结果", max_length=10, choices=Status, default=Status.FAILED)
    version = models.PositiveIntegerField("版本", default=1)
    policy = models.CharField("政策版本", max_length=80)
    questions = models.JSONField("题目")
    answers = models.JSONField("回答")
    right = models.PositiveSmallIntegerField("答对")
    taken_on = models.DateField("答题日期")

    objects = SubjectManager()

    class Meta:
        verbose_name = "业务培训"
        ordering = ["-id"]
        indexes = [models.Index(fields=["taken_by", "policy", "status"], name="oversight_training_passed")]

    @property
    def file(self) -> str:
        return f"staff_training:{self.pk}"

    @property
    def asked(self) -> int:
        return len(self.questions)
