"""The model of yearly targets, broken down by office (就业促进法 58)."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from jiuyuan.agencies.acted import PrintedName
from jiuyuan.agencies.models import Agency, User
from jiuyuan.agencies.scope import Scope
from jiuyuan.labels import Labelled
from jiuyuan.oversight.figures.registry import FIGURES
from jiuyuan.procedures.subjects import Subject, SubjectManager
from jiuyuan.wording import say


class Target(Subject):
    """目标 of an office: the number of people an indicator should count in a year.

    `setting_agency`: who set it, the office above or itself. `why`: why the published parts differ in sum.
    `responsible`: the person answerable, shown beside it.
    """

    class Status(Labelled):
        DRAFT = "draft", "已下达，还没有公布"
        PUBLISHED = "published", "已公布"
        WITHDRAWN = "withdrawn", "已撤回"

    scope: ClassVar = Scope(area="area", owner=None)

    agency = models.ForeignKey(Agency, models.PROTECT, related_name="targets", verbose_name="机构")
    area = models.CharField("辖区", max_length=200)
    region = models.CharField("地区", max_length=20)
    year = models.PositiveSmallIntegerField("年度")
    indicator = models.CharField("指标", max_length=20)
    value = models.PositiveIntegerField("目标数")
    responsible = models.CharField("责任人", max_length=80)
    status = models.CharField("状态", max_length=10, choices=Status, default=Status.DRAFT)
    version = models.PositiveIntegerField("版本", default=1)
    setting_agency = models.ForeignKey(Agency, models.PROTECT, related_name="+", verbose_name="下达机构")
    set_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="下达人")
    set_by_name = PrintedName("下达人姓名")
    set_on = models.DateField("下达日期")
    published_on = models.DateField("公布日期", null=True)
    published_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="公布人")
    published_by_name = PrintedName("公布人姓名")
    why = models.CharField("合计不等的说明", max_length=400, blank=True)
    reason = models.CharField("撤回的理由", max_length=400, blank=True)

    objects = SubjectManager()

    class Meta:
        verbose_name = "目标"
        ordering = ["-year", "area", "indicator"]
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "year", "indicator"],
                condition=~Q(status="withdrawn"),
                name="oversight_one_target_a_year",
            ),
            models.CheckConstraint(
                name="oversight_a_published_target_says_when",
                condition=~Q(status="published") | Q(published_on__isnull=False),
            ),
        ]

    @property
    def file(self) -> str:
        return f"target:{self.pk}"

    @property
    def title(self) -> str:
        """The year and the indicator in words."""
        label = next((one.label for one in FIGURES.values() if one.code == self.indicator), self.indicator)
        return say("{year}年{label}目标", year=self.year, label=label)

    number = title
