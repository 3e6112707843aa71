"""Models of inspections: frozen population, drawn cases and findings (五(三))."""

import json
import zlib
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from jiuyuan.agencies.acted import PrintedName
from jiuyuan.agencies.models import Agency, User
from jiuyuan.agencies.roles import Role
from jiuyuan.agencies.scope import Scope, ScopedManager
from jiuyuan.applications.models import Application
from jiuyuan.labels import Labelled
from jiuyuan.people.models import Person
from jiuyuan.procedures.subjects import Subject, SubjectManager
from jiuyuan.recognitions.models import Recognition

#: The roles that inspect, and see drawn cases before offices are asked about them.
INSPECTORS = frozenset({Role.SUPERVISOR, Role.PROVINCE})


class Inspection(Subject):
    """An inspection.

    - `area`: of the ordering office; `within`: of the inspected cases.
    - `sha256`: of the frozen population (`rules.draw`); `seal`: the first of the record after that.
    - `since`, `until`: the days of `period`.
    - The size was given as `rate` (percent) or as a number.
    """

    class Status(Labelled):
        FROZEN = "frozen", "总体已封存，等抽取"
        DRAWN = "drawn", "已抽取，核查中"
        CLOSED = "closed", "已结束"
        DROPPED = "dropped", "已作废"

    class Kind(Labelled):
        RECOGNITIONS = "recognitions", "认定"
        REFUSALS = "refusals", "不予认定的申请"
        EXITS = "exits", "退出"
        POSTS = "posts", "公益性岗位安置"

    class Strata(Labelled):
        OFFICE = "office", "按经办机构"
        CATEGORY = "category", "按类别"

    scope: ClassVar = Scope(area="area", owner=None, roles=INSPECTORS)

    area = models.CharField("辖区", max_length=200)
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+", verbose_name="检查机构")
    within = models.ForeignKey(Agency, models.PROTECT, related_name="+", verbose_name="检查范围")
    status = models.CharField("状态", max_length=10, choices=Status, default=Status.FROZEN)
    version = models.PositiveIntegerField("版本", default=1)
    kind = models.CharField("检查什么", max_length=20, choices=Kind)
    period = models.CharField("时间段", max_length=10)
    since = models.DateField("从")
    until = models.DateField("到")
    rate = models.PositiveSmallIntegerField("抽查比例（%）", null=True)
    size = models.PositiveIntegerField("抽查件数")
    strata = models.CharField("分层", max_length=10, choices=Strata, blank=True)
    count = models.PositiveIntegerField("总体件数")
    sha256 = models.CharField("总体的校验值", max_length=64)
    opened_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="开展人")
    opened_by_name = PrintedName("开展人姓名")
    opened_on = models.DateField("封存日期")
    seal = models.CharField("抽取所用的封存值", max_length=64, blank=True)
    sealed_on = models.DateField("封存值的日期", null=True)
    drawn_on = models.DateField("抽取日期", null=True)
    ended_on = models.DateField("结束日期", null=True)
    conclusion = models.TextField("结论", blank=True)

    objects = SubjectManager()

    class Meta:
        verbose_name = "监督检查"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                name="oversight_an_inspection_has_cases",
                condition=Q(count__gte=1, size__gte=1, size__lte=models.F("count")),
            ),
            models.CheckConstraint(
                name="oversight_a_draw_rests_on_a_seal",
                condition=~Q(status__in=["drawn", "closed"]) | (Q(sealed_on__isnull=False) & ~Q(seal="")),
            ),
        ]

    @property
    def file(self) -> str:
        return f"inspection:{self.pk}"


class Population(models.Model):
    """The cases of an inspection by opaque key; protected by `Inspection.sha256`, which is in the record."""

    scope: ClassVar = Scope(area="inspection__area", owner=None, roles=INSPECTORS)

    inspection: "models.OneToOneField[Inspection, Any]" = models.OneToOneField(
        Inspection, models.CASCADE, related_name="population", verbose_name="检查"
    )
    content = models.BinaryField("总体")
    drawn: "models.JSONField[list[list[Any]], list[list[Any]]]" = models.JSONField("抽到的", default=list)

    objects = ScopedManager()

    class Meta:
        verbose_name = "检查的总体"

    @staticmethod
    def packed(rows: "list[tuple[str, str, int]]") -> bytes:
        """Serialize key, stratum and row of each case for `content`."""
        return zlib.compress(json.dumps(rows).encode())

    @property
    def rows(self) -> list[tuple[str, str, int]]:
        """The key, stratum and row of each case."""
        return [tuple(row) for row in json.loads(zlib.decompress(bytes(self.content)))]


class InspectedCase(Subject):
    """The result for a drawn case.

    `place`: its position in the draw, from 1; `in_order`: the fulfilled items of the checklist.
    """

    class Status(Labelled):
        CHECKED = "checked", "已核查"

    scope: ClassVar = Scope(area="inspection__area", owner=None, roles=INSPECTORS)

    inspection: "models.ForeignKey[Inspection, Any]" = models.ForeignKey(
        Inspection, models.PROTECT, related_name="cases", verbose_name="检查"
    )
    place = models.PositiveIntegerField("第几件")
    key = models.CharField("代号", max_length=40)
    application = models.ForeignKey(Application, models.PROTECT, null=True, related_name="+", verbose_name="申请")
    recognition = models.ForeignKey(Recognition, models.PROTECT, null=True, related_name="+", verbose_name="认定")
    status = models.CharField("状态", max_length=10, choices=Status, default=Status.CHECKED)
    version = models.PositiveIntegerField("版本", default=1)
    in_order: "models.JSONField[list[str], list[str]]" = models.JSONField("没有问题的各项", default=list)
    words = models.TextField("核查情况", blank=True)
    checked_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="核查人")
    checked_by_name = PrintedName("核查人姓名")
    checked_on = models.DateField("核查日期")

    objects = SubjectManager()

    class Meta:
        verbose_name = "抽查的案件"
        ordering = ["inspection", "place"]
        constraints = [
            models.UniqueConstraint(fields=["inspection", "place"], name="oversight_one_check_a_case_drawn"),
            models.CheckConstraint(
                name="oversight_an_inspected_case_is_one_thing",
                condition=Q(application=None, recognition__isnull=False)
                | Q(application__isnull=False, recognition=None),
            ),
        ]

    @property
    def file(self) -> str:
        return f"inspection:{self.inspection_id}"

    @property
    def area(self) -> str:
        return str(self.inspection.area)

    @property
    def about(self) -> Application | Recognition:
        """The inspected case or recognition."""
        found: Any = self.application if self.application_id else self.recognition
        return found

    @property
    def person(self) -> Person:
        found: Person = self.about.person
        return found


class InspectionFinding(Subject):
    """A problem found by an inspection.

    `agency`: its head answers by `due_on`; `answered_for`: the head's name at the time. `silence_days`: the
    working days after which an answer without a reaction counts as accepted (`review_by`).
    """

    class Status(Labelled):
        RAISED = "raised", "等答复"
        ANSWERED = "answered", "已答复，等检查机构看"
        CORRECTED = "corrected", "已改正"
        CONFIRMED = "confirmed", "问题成立"
        CLOSED = "closed", "已了结"

    scope: ClassVar = Scope(area="area", owner=None)

    inspected: "models.ForeignKey[InspectedCase, Any]" = models.ForeignKey(
        InspectedCase, models.PROTECT, related_name="findings", verbose_name="抽查的案件"
    )
    area = models.CharField("辖区", max_length=200)
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+", verbose_name="答复机构")
    status = models.CharField("状态", max_length=10, choices=Status, default=Status.RAISED)
    version = models.PositiveIntegerField("版本", default=1)
    problem = models.TextField("问题")
    due_on = models.DateField("答复期限")
    silence_days = models.PositiveSmallIntegerField("几个工作日没有意见视为认可")
    raised_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="提出人")
    raised_by_name = PrintedName("提出人姓名")
    raised_on = models.DateField("提出日期")
    answer = models.TextField("答复", blank=True)
    put_right = models.BooleanField("已经改正", null=True)
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="答复人")
    answered_by_name = PrintedName("答复人姓名")
    answered_for = models.CharField("答复机构负责人", max_length=80, blank=True)
    answered_on = models.DateField("答复日期", null=True)
    review_by = models.DateField("检查机构看答复的期限", null=True)
    opinion = models.CharField("检查机构意见", max_length=400, blank=True)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="提意见人")
    decided_by_name = PrintedName("提意见人姓名")
    decided_on = models.DateField("意见日期", null=True)
    in_silence = models.BooleanField("到期没有意见，视为认可", default=False)
    closed_on = models.DateField("了结日期", null=True)

    objects = SubjectManager()

    class Meta:
        verbose_name = "检查发现的问题"
        ordering = ["due_on", "id"]
        indexes = [
            models.Index(
                fields=["area", "status", "due_on", "id"],
                name="oversight_findings_of_an_area",
                opclasses=["varchar_pattern_ops", "text_ops", "date_ops", "int8_ops"],
            )
        ]

    @property
    def file(self) -> str:
        return f"finding:{self.pk}"

    @property
    def person(self) -> Person:
        return self.inspected.person
