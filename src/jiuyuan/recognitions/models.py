"""A recognition and its end. It knows the person, not the application: earlier registers come without one (六)."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from jiuyuan.agencies.models import Agency
from jiuyuan.agencies.scope import Scope, ScopedManager
from jiuyuan.people.models import Person


class Recognition(models.Model):
    """One stay on the register. At most one is active for a person."""

    class Status(models.TextChoices):
        ACTIVE = "active", "在册"
        ENDED = "ended", "已退出"

    scope: ClassVar = Scope(area="area", owner="person__account")

    person = models.ForeignKey(Person, models.PROTECT, related_name="recognitions", verbose_name="人员")
    number = models.CharField("认定编号", max_length=40, unique=True)
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="recognitions", verbose_name="认定机构")
    area = models.CharField("辖区", max_length=200, db_index=True)
    category = models.CharField("类别", max_length=60, help_text="录入《就业创业证》的类别")
    recognised_on = models.DateField("认定日期")
    recognised_by_name = models.CharField("经办人", max_length=80)
    policy = models.CharField("依据", max_length=40)
    carried_over = models.BooleanField("原政策认定", default=False)
    former = models.ForeignKey("self", models.PROTECT, null=True, related_name="later", verbose_name="前次认定")
    status = models.CharField("状态", max_length=8, choices=Status, default=Status.ACTIVE)
    ground = models.CharField("退出情形", max_length=40, blank=True)
    ended_on = models.DateField("退出日期", null=True)
    evidence = models.CharField("退出依据", max_length=400, blank=True)
    ended_by = models.CharField("退出经办账号", max_length=150, blank=True)
    ended_by_name = models.CharField("退出经办人", max_length=80, blank=True)
    version = models.PositiveIntegerField("版本", default=1)

    objects = ScopedManager()

    class Meta:
        verbose_name = "认定"
        ordering = ["-recognised_on", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=Q(status="active"), name="recognitions_one_active_a_person"
            ),
            models.CheckConstraint(
                name="recognitions_an_end_has_ground_day_and_evidence",
                condition=Q(status="active", ground="", ended_on=None)
                | (Q(status="ended", ended_on__isnull=False) & ~Q(ground="") & ~Q(evidence="")),
            ),
        ]
        indexes = [models.Index(fields=["area", "status", "id"], name="recognitions_list")]

    def __str__(self) -> str:
        return self.number
