"""The abstract model of 规定: laid down by an office from a document, tried on the files,
in force from its day until withdrawn.
"""

from typing import ClassVar

from django.db import models

from jiuyuan.agencies.models import Agency
from jiuyuan.agencies.scope import Scope
from jiuyuan.procedures.subjects import Subject, SubjectManager


class Provision(Subject):
    """The columns shared by cities' rules and entered values.

    `trial`: whom it would affect, one line each, as tried on `tried_on`; empty if not tried since the last
    change.
    """

    scope: ClassVar = Scope(area="area", owner=None)

    agency = models.ForeignKey(Agency, models.PROTECT, verbose_name="机构")
    area = models.CharField("辖区", max_length=200)
    version = models.PositiveIntegerField("版本", default=1)
    title = models.CharField("名称", max_length=160)
    document = models.CharField("依据", max_length=200)
    since = models.DateField("执行日期")
    trial: "models.JSONField[list[str], list[str]]" = models.JSONField("试算", default=list)
    tried_on = models.DateField("试算日期", null=True)
    ended_on = models.DateField("停止日期", null=True)
    reason = models.CharField("理由", max_length=400, blank=True)

    objects = SubjectManager()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.title
