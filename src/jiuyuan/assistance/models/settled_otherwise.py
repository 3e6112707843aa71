"""The model of duties settled otherwise than by their act (四(三))."""

from typing import ClassVar

from django.db import models

from jiuyuan.agencies.acted import PrintedName
from jiuyuan.agencies.models import User
from jiuyuan.agencies.scope import Scope
from jiuyuan.assistance.models.plans import OfTheHelped
from jiuyuan.labels import Labelled
from jiuyuan.procedures.subjects import SubjectManager
from jiuyuan.recognitions.models import Recognition


class SettledOtherwise(OfTheHelped):
    """已用其他方式办理. `row` is the key of the item of `duty`; `again_on`: when it is due again, None for never."""

    class Status(Labelled):
        SETTLED = "settled", "已用其他方式办理"

    scope: ClassVar = Scope(area="recognition__area", owner=None)

    recognition = models.ForeignKey(Recognition, models.PROTECT, related_name="settled_otherwise", verbose_name="认定")
    status = models.CharField("状态", max_length=10, choices=Status, default=Status.SETTLED)
    version = models.PositiveIntegerField("版本", default=1)
    duty = models.CharField("要办的事", max_length=20)
    row = models.PositiveBigIntegerField("所办的记录")
    on = models.DateField("办理日期")
    again_on = models.DateField("再次要办的日期", null=True)
    note = models.CharField("怎样办的", max_length=400)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="办理人账号", db_index=False)
    by_name = PrintedName("办理人")

    objects = SubjectManager()

    class Meta:
        verbose_name = "用其他方式办理的事"
        ordering = ["-on", "-id"]
        indexes = [models.Index(fields=["duty", "row"], name="assistance_settled_otherwise")]
