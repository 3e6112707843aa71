"""Models of closed months of figures, and of later changes (五(三))."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from jiuyuan.agencies.acted import PrintedName
from jiuyuan.agencies.models import Agency, User
from jiuyuan.agencies.scope import Scope, ScopedManager
from jiuyuan.labels import Labelled
from jiuyuan.people.models import Person
from jiuyuan.procedures.subjects import Subject, SubjectManager


class FigurePeriod(Subject):
    """统计月 of an office: closed at night, then approved from the street up to the province. Its values never
    change.

    `digest` covers all its `ClosedFigure` rows. `corrected_to` (topmost office only): up to when acts were
    evaluated for changes.
    """

    class Status(Labelled):
        CLOSED = "closed", "已结账，等审核"
        APPROVED = "approved", "已审核"

    scope: ClassVar = Scope(area="area", owner=None)
    unrecorded = frozenset({"corrected_to"})

    agency = models.ForeignKey(Agency, models.PROTECT, related_name="figure_periods", verbose_name="机构")
    area = models.CharField("辖区", max_length=200)
    month = models.DateField("统计月")
    since = models.DateField("自")
    until = models.DateField("至")
    status = models.CharField("状态", max_length=10, choices=Status, default=Status.CLOSED)
    version = models.PositiveIntegerField("版本", default=1)
    closed_on = models.DateField("结账日期")
    closed_at = models.DateTimeField("结账时间")
    digest = models.CharField("校验值", max_length=64)
    approved_on = models.DateField("审核日期", null=True)
    approved_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="审核人")
    approved_by_name = PrintedName("审核人姓名")
    opinion = models.CharField("审核意见", max_length=400, blank=True)
    corrected_to = models.DateTimeField("更正查到", null=True)

    objects = SubjectManager()

    class Meta:
        verbose_name = "统计月"
        ordering = ["-month", "area"]
        constraints = [
            models.UniqueConstraint(fields=["agency", "month"], name="oversight_one_period_an_office_and_month"),
            models.CheckConstraint(
                name="oversight_an_approved_period_says_when",
                condition=Q(status="closed", approved_on=None) | Q(status="approved", approved_on__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                fields=["month", "area"],
                name="oversight_periods_of_a_month",
                opclasses=["date_ops", "varchar_pattern_ops"],
            )
        ]

    @property
    def file(self) -> str:
        return f"period:{self.pk}"


class ClosedFigure(models.Model):
    """A figure of a closed month: its value, and the digest of the sorted opaque keys of the people counted.

    - `own`: the keys of people in no lower office with a period; all keys are the union of `own` here and below.
    - `in_year`: the people in the months of the year so far.
    - `parts`: by sex, age and category.
    """

    scope: ClassVar = Scope(area="period__area", owner=None)

    period = models.ForeignKey(FigurePeriod, models.PROTECT, related_name="figures", verbose_name="统计月")
    figure = models.CharField("统计数", max_length=20)
    figure_version = models.PositiveSmallIntegerField("口径版本")
    value = models.PositiveIntegerField("数值")
    in_year = models.PositiveIntegerField("本年累计")
    digest = models.CharField("校验值", max_length=64)
    own = models.BinaryField("人员代号")
    parts: "models.JSONField[dict[str, Any], dict[str, Any]]" = models.JSONField("分组", default=dict)

    objects = ScopedManager()

    class Meta:
        verbose_name = "统计数"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["period", "figure", "figure_version"], name="oversight_one_value_a_figure_and_period"
            )
        ]

    @property
    def key(self) -> tuple[str, int]:
        return self.figure, self.figure_version


class LaterChange(models.Model):
    """A person whom a closed month would count differently today; derived at night from later acts,
    without changing the value.
    """

    scope: ClassVar = Scope(area="period__area", owner=None)

    period = models.ForeignKey(FigurePeriod, models.CASCADE, related_name="changes", verbose_name="统计月")
    figure = models.CharField("统计数", max_length=20)
    figure_version = models.PositiveSmallIntegerField("口径版本")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="人员")
    added = models.BooleanField("此后增加")
    found_on = models.DateField("发现日期")

    objects = ScopedManager()

    class Meta:
        verbose_name = "结账后的更正"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["period", "figure", "figure_version", "person"], name="oversight_one_change_a_person_and_figure"
            )
        ]
        indexes = [models.Index(fields=["found_on"], name="oversight_changes_by_day")]
