"""The model of appointments and their ends (三(五)): the person came, was excused, was absent, or we cancelled."""

from typing import Any, ClassVar

from django.db import models

from jiuyuan.agencies.acted import PrintedName
from jiuyuan.agencies.models import User
from jiuyuan.agencies.scope import Scope
from jiuyuan.assistance.models.plans import OfTheHelped
from jiuyuan.labels import Labelled
from jiuyuan.procedures.subjects import SubjectManager
from jiuyuan.recognitions.models import Recognition


class Appointment(OfTheHelped):
    """A day on which somebody is asked to come.

    `proof`: how it is known that the invitation arrived, and `proven_on` since when; both empty if it is not.
    `words`: why they could not come, or why it was cancelled.
    """

    class Status(Labelled):
        INVITED = "invited", "已约"
        CAME = "came", "来了"
        EXCUSED = "excused", "请了假"
        ABSENT = "absent", "没有来"
        CANCELLED = "cancelled", "由我们取消"

    class For(Labelled):
        TALK = "talk", "面谈"
        GUIDANCE = "guidance", "职业指导"
        FAIR = "fair", "招聘会"
        EMPLOYER = "employer", "到单位面试"
        TRAINING = "training", "培训报名"
        OTHER = "other", "其他"

    class By(Labelled):
        """How a person is invited."""

        LETTER = "letter", "书面"
        MESSAGE = "message", "消息"
        PHONE = "phone", "电话"
        COUNTER = "counter", "当面"

    scope: ClassVar = Scope(area="recognition__area", owner="recognition__person__account")

    recognition: "models.ForeignKey[Recognition, Any]" = models.ForeignKey(
        Recognition, models.PROTECT, related_name="appointments", verbose_name="认定"
    )
    status = models.CharField("状态", max_length=10, choices=Status, default=Status.INVITED)
    version = models.PositiveIntegerField("版本", default=1)
    kind = models.CharField("约来做什么", max_length=10, choices=For)
    on = models.DateField("哪天")
    time = models.CharField("几点", max_length=40)
    place = models.CharField("地点", max_length=200)
    means = models.CharField("怎样约的", max_length=10, choices=By)
    invited_on = models.DateField("约的日期")
    invited_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="约的人")
    invited_by_name = PrintedName("约的人姓名")
    proof = models.CharField("送达凭据", max_length=200, blank=True)
    proven_on = models.DateField("送达日期", null=True)
    ended_on = models.DateField("有结果的日期", null=True)
    ended_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", verbose_name="记录人账号", db_index=False
    )
    ended_by_name = PrintedName("记录人")
    words = models.CharField("原因或结果", max_length=400, blank=True)

    objects = SubjectManager()

    class Meta:
        verbose_name = "约见"
        ordering = ["-on", "-id"]
        indexes = [models.Index(fields=["status", "on"], name="assistance_appointments_open")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.on}"

    @property
    def proven(self) -> bool:
        """Whether the invitation is proven to have arrived before the day."""
        return bool(self.proof) and self.proven_on is not None and self.proven_on < self.on
