"""The model of enquiries to departments about one person,
and of registrations of unemployment there (一(三), 四(三)).
"""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from jiuyuan.agencies.acted import PrintedName
from jiuyuan.agencies.models import User
from jiuyuan.agencies.scope import Scope, ScopedManager
from jiuyuan.labels import Labelled
from jiuyuan.people.models.person import Person


class Enquiry(models.Model):
    """An enquiry. `why` is the number of the application for which it was made; `recorded` and `differs` name facts.

    `registers`: what is to be registered, as JSON values by fact; empty for a mere enquiry.
    """

    class State(Labelled):
        WAITING = "waiting", "正在查询"
        ANSWERED = "answered", "已回复"
        NOTHING = "nothing", "没有记录"
        FAILED = "failed", "没有查成"

    scope: ClassVar = Scope(area="area", owner=None)

    person = models.ForeignKey(Person, models.PROTECT, related_name="enquiries", verbose_name="人员")
    department = models.CharField("部门", max_length=24)
    why = models.CharField("为哪份申请", max_length=40)
    area = models.CharField("辖区", max_length=200)
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="查询人")
    asked_by_name = PrintedName("查询人姓名")
    asked_at = models.DateTimeField("查询时间")
    state = models.CharField("结果", max_length=10, choices=State, default=State.WAITING)
    failure = models.CharField("没有查成的原因", max_length=200, blank=True)
    registers: "models.JSONField[dict[str, str], dict[str, str]]" = models.JSONField(
        "请求登记的内容", default=dict, blank=True
    )
    recorded: "models.JSONField[list[str], list[str]]" = models.JSONField("查得的事项", default=list)
    differs: "models.JSONField[list[str], list[str]]" = models.JSONField("与其他来源不一致的事项", default=list)
    answered_at = models.DateTimeField("回复时间", null=True)

    objects = ScopedManager()

    class Meta:
        verbose_name = "部门查询"
        ordering = ["-id"]
        indexes = [models.Index(fields=["area", "id"], name="people_enquiries_of_an_area")]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "department"], condition=Q(state="waiting"), name="people_one_open_enquiry"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.department} {self.why}"
