"""The model of 机构调整: merging an office into another, giving a part of it to another,
or moving it below another; undone by a later act.
"""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from jiuyuan.agencies.acted import PrintedName
from jiuyuan.agencies.models import Agency, User
from jiuyuan.agencies.scope import Scope
from jiuyuan.labels import Labelled
from jiuyuan.procedures.subjects import Subject, SubjectManager


class Reorganisation(Subject):
    """A reorganisation, by a document. Nothing moves before it is ordered; then the worker moves everything in one
    transaction.

    - `other`: the office into which it is merged, that gets the part, or below which it is moved.
    - `chosen`: the `places`, `addresses`, `below` and `accounts` of a part.
    - `moved`: what moved beside files: `divisions`, `below`, `accounts`, and `above`, the former parents.
    - `began_at` to `done_at`: when the acts in the files were written.
    """

    class Kind(Labelled):
        MERGE = "merge", "并入另一个机构"
        SPLIT = "split", "分一部分出去"
        MOVE = "move", "改由另一个上级管"

    class Status(Labelled):
        DRAFT = "draft", "待执行"
        ORDERED = "ordered", "正在执行"
        DONE = "done", "已执行"
        RETURNING = "returning", "正在恢复"
        RETURNED = "returned", "已恢复"
        DROPPED = "dropped", "已放弃"

    scope: ClassVar = Scope(area="area", owner=None)

    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+", verbose_name="登记机构")
    area = models.CharField("辖区", max_length=200)
    status = models.CharField("状态", max_length=10, choices=Status, default=Status.DRAFT)
    version = models.PositiveIntegerField("版本", default=1)
    kind = models.CharField("种类", max_length=8, choices=Kind)
    office = models.ForeignKey(Agency, models.PROTECT, related_name="reorganisations", verbose_name="调整的机构")
    other = models.ForeignKey(Agency, models.PROTECT, related_name="+", verbose_name="另一个机构")
    chosen: "models.JSONField[dict[str, list[str]], dict[str, list[str]]]" = models.JSONField(
        "分出的部分", default=dict
    )
    moved: "models.JSONField[dict[str, Any], dict[str, Any]]" = models.JSONField("转过去的", default=dict)
    document = models.CharField("依据", max_length=200)
    trial: "models.JSONField[list[str], list[str]]" = models.JSONField("试算", default=list)
    tried_on = models.DateField("试算日期", null=True)
    drafted_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="登记人")
    drafted_by_name = PrintedName("登记人姓名")
    ordered_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="执行人")
    ordered_by_name = PrintedName("执行人姓名")
    ordered_on = models.DateField("执行日期", null=True)
    began_at = models.DateTimeField("开始时间", null=True)
    done_at = models.DateTimeField("完成时间", null=True)
    returned_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="恢复人")
    returned_by_name = PrintedName("恢复人姓名")
    returned_on = models.DateField("恢复日期", null=True)
    reason = models.CharField("理由", max_length=400, blank=True)

    objects = SubjectManager()

    class Meta:
        verbose_name = "机构调整"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                name="oversight_a_reorganisation_that_moves_was_ordered",
                condition=Q(status__in=["draft", "dropped"]) | Q(ordered_on__isnull=False, ordered_by__isnull=False),
            ),
            models.CheckConstraint(
                name="oversight_a_reorganisation_names_two_offices", condition=~Q(office=models.F("other"))
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """The office and what becomes of it."""
        return f"{self.office.name}：{self.get_kind_display()}（{self.other.name}）"

    @property
    def file(self) -> str:
        return f"reorganisation:{self.pk}"
