"""The model of 参数, values entered by offices: limits, minimum wages, holiday plans, departments' words,
letters, public texts.
"""

from typing import Any

from django.db import models
from django.db.models import Q

from jiuyuan.agencies.acted import PrintedName
from jiuyuan.agencies.models import User
from jiuyuan.labels import Labelled
from jiuyuan.oversight.models.provision import Provision


class Parameter(Provision):
    """A value entered from a document, in force from its day once a second person confirmed it, until a later one
    replaces it.

    - `name`: the limit, year, kind of file, letter or text; empty for wages.
    - `value`: the number; wages by division code; `holidays` and `workdays`; `column`, `code` and `word`;
      `sentences` (old and new); `lines` (title and text).
    """

    class Kind(Labelled):
        LIMIT = "limit", "期限和数额"
        WAGE = "wage", "最低工资标准"
        HOLIDAYS = "holidays", "放假安排"
        WORD = "word", "部门数据的词"
        LETTER = "letter", "告知书的用语"
        TEXT = "text", "机构名称、电话和说明"

    class Status(Labelled):
        DRAFT = "draft", "待确认"
        IN_FORCE = "in_force", "已生效"
        DROPPED = "dropped", "已放弃"
        WITHDRAWN = "withdrawn", "已撤回"

    status = models.CharField("状态", max_length=10, choices=Status, default=Status.DRAFT)
    kind = models.CharField("种类", max_length=10, choices=Kind)
    name = models.CharField("哪一项", max_length=60, blank=True)
    value: "models.JSONField[dict[str, Any], dict[str, Any]]" = models.JSONField("内容", default=dict)
    drafted_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="登记人")
    drafted_by_name = PrintedName("登记人姓名")
    confirmed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="确认人")
    confirmed_by_name = PrintedName("确认人姓名")
    confirmed_on = models.DateField("确认日期", null=True)

    class Meta:
        verbose_name = "参数"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                name="oversight_a_parameter_in_force_is_confirmed",
                condition=~Q(status__in=["in_force", "withdrawn"])
                | Q(confirmed_on__isnull=False, confirmed_by__isnull=False),
            ),
        ]

    @property
    def file(self) -> str:
        return f"parameter:{self.pk}"
