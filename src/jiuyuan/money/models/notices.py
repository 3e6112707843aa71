"""The model of neutral notices that a service may concern a person, and of their wish for no more (政策找人)."""

from typing import Any, ClassVar

from django.db import models

from jiuyuan.agencies.scope import Scope
from jiuyuan.labels import Labelled
from jiuyuan.people.models import Person
from jiuyuan.procedures.subjects import Subject, SubjectManager


class SchemeNotice(Subject):
    """A notice about one scheme, sent once. Silencing one silences all schemes."""

    class Status(Labelled):
        TOLD = "told", "已告知"
        SILENCED = "silenced", "本人不想再收到"

    scope: ClassVar = Scope(area="area", owner="person__account")

    person: "models.ForeignKey[Person, Any]" = models.ForeignKey(
        Person, models.PROTECT, related_name="scheme_notices", verbose_name="人员"
    )
    scheme = models.CharField("政策", max_length=40)
    area = models.CharField("辖区", max_length=200)
    status = models.CharField("状态", max_length=10, choices=Status, default=Status.TOLD)
    version = models.PositiveIntegerField("版本", default=1)
    told_on = models.DateField("告知日期")
    silenced_on = models.DateField("不想再收到的日期", null=True)

    objects = SubjectManager()

    class Meta:
        verbose_name = "政策告知"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["person", "scheme"], name="money_told_once_of_a_scheme"),
            models.CheckConstraint(
                name="money_silence_has_its_day",
                condition=~models.Q(status="silenced") | models.Q(silenced_on__isnull=False),
            ),
        ]

    @property
    def file(self) -> str:
        return self.person.file
