"""The model of supervision orders (五(三))."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from jiuyuan.agencies.acted import PrintedName
from jiuyuan.agencies.models import Agency, User
from jiuyuan.agencies.scope import Scope
from jiuyuan.applications.models import Application
from jiuyuan.labels import Labelled
from jiuyuan.oversight.models.targets import Target
from jiuyuan.people.models import Person
from jiuyuan.procedures.subjects import Subject, SubjectManager
from jiuyuan.recognitions.models import Recognition


class SupervisionOrder(Subject):
    """督办: a higher office asks about a case, a recognition or a missed target; the lower office answers by a day.

    `agency`: who answers; `ordering_agency`: whose officers review the answer. Applicants see neither.
    """

    class Status(Labelled):
        ASKED = "asked", "等答复"
        ANSWERED = "answered", "已答复，等督办机构看"
        CLOSED = "closed", "已办结"
        WITHDRAWN = "withdrawn", "已撤销"

    class Kind(Labelled):
        HASTEN = "hasten", "催办"
        EXPLAIN = "explain", "说明情况"
        CORRECT = "correct", "限期改正"

    scope: ClassVar = Scope(area="area", owner=None)

    application = models.ForeignKey(
        Application, models.PROTECT, null=True, related_name="supervision_orders", verbose_name="申请"
    )
    recognition = models.ForeignKey(
        Recognition, models.PROTECT, null=True, related_name="supervision_orders", verbose_name="认定"
    )
    target = models.ForeignKey(
        Target, models.PROTECT, null=True, related_name="supervision_orders", verbose_name="目标"
    )
    area = models.CharField("辖区", max_length=200)
    status = models.CharField("状态", max_length=10, choices=Status, default=Status.ASKED)
    version = models.PositiveIntegerField("版本", default=1)
    kind = models.CharField("督办事项", max_length=10, choices=Kind)
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+", verbose_name="答复机构")
    ordering_agency = models.ForeignKey(Agency, models.PROTECT, related_name="+", verbose_name="督办机构")
    ordered_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="督办人")
    ordered_by_name = PrintedName("督办人姓名")
    ordered_on = models.DateField("督办日期")
    question = models.TextField("督办内容")
    due_on = models.DateField("答复期限")
    answer = models.TextField("答复", blank=True)
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="答复人")
    answered_by_name = PrintedName("答复人姓名")
    answered_on = models.DateField("答复日期", null=True)
    opinion = models.CharField("督办意见", max_length=400, blank=True)
    closed_on = models.DateField("办结日期", null=True)

    objects = SubjectManager()

    class Meta:
        verbose_name = "督办"
        ordering = ["due_on", "id"]
        constraints = [
            models.CheckConstraint(
                name="oversight_an_order_is_about_one_thing",
                condition=Q(application=None, recognition__isnull=False, target=None)
                | Q(application__isnull=False, recognition=None, target=None)
                | Q(application=None, recognition=None, target__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["application"],
                condition=Q(status__in=["asked", "answered"]),
                name="oversight_one_open_order_a_case",
            ),
            models.UniqueConstraint(
                fields=["recognition"],
                condition=Q(status__in=["asked", "answered"]),
                name="oversight_one_open_order_a_stay",
            ),
            models.UniqueConstraint(
                fields=["target"],
                condition=Q(status__in=["asked", "answered"]),
                name="oversight_one_open_order_a_target",
            ),
        ]
        indexes = [
            models.Index(
                fields=["area", "status", "due_on", "id"],
                name="oversight_orders_of_an_area",
                opclasses=["varchar_pattern_ops", "text_ops", "date_ops", "int8_ops"],
            )
        ]

    @property
    def file(self) -> str:
        return f"supervision:{self.pk}"

    @property
    def about(self) -> Application | Recognition | Target:
        """The case, recognition or target in question."""
        found: Any = self.application or self.recognition or self.target
        return found

    @property
    def person(self) -> Person | None:
        """The person concerned; None for a target."""
        found: Person | None = getattr(self.about, "person", None)
        return found

    @property
    def title(self) -> str:
        """The name of the person, or of the target's office."""
        return self.person.name if self.person else str(self.agency.name)

    @property
    def open(self) -> bool:
        return self.status in (self.Status.ASKED, self.Status.ANSWERED)
