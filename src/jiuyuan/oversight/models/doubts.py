"""The model of 疑点: contradictions between two records, found at night; explained or confirmed by people (五(三))."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from jiuyuan.agencies.acted import PrintedName
from jiuyuan.agencies.models import User
from jiuyuan.agencies.scope import Scope
from jiuyuan.labels import Labelled
from jiuyuan.people.models import Person
from jiuyuan.procedures.subjects import Subject, SubjectManager


class Doubt(Subject):
    """A doubt: a check that matched a person.

    `drawn` and `witness`: the two records, as "fact:12" (`doubt_checks.RECORDS`). `since`, `until`: months as
    numbers (`rules.calendar.month_of`), empty if the check is not about a month.
    """

    class Status(Labelled):
        RAISED = "raised", "待核实"
        EXPLAINED = "explained", "已说明，没有问题"
        CONFIRMED = "confirmed", "核实成立"

    scope: ClassVar = Scope(area="area", owner=None)

    person = models.ForeignKey(Person, models.PROTECT, related_name="doubts", verbose_name="人员")
    area = models.CharField("辖区", max_length=200)
    check_number = models.PositiveSmallIntegerField("核对项")
    drawn = models.CharField("享受的记录", max_length=40)
    witness = models.CharField("相矛盾的记录", max_length=40)
    since = models.PositiveIntegerField("从哪个月", null=True)
    until = models.PositiveIntegerField("到哪个月", null=True)
    status = models.CharField("状态", max_length=10, choices=Status, default=Status.RAISED)
    version = models.PositiveIntegerField("版本", default=1)
    raised_on = models.DateField("发现日期")
    words = models.TextField("核实情况", blank=True, default="")
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="核实人")
    decided_by_name = PrintedName("核实人姓名")
    decided_on = models.DateField("核实日期", null=True)

    objects = SubjectManager()

    class Meta:
        verbose_name = "疑点"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "check_number", "witness", "since"],
                condition=Q(since__isnull=False),
                name="oversight_a_doubt_about_a_month_once",
            ),
            models.UniqueConstraint(
                fields=["person", "check_number", "witness"],
                condition=Q(since=None),
                name="oversight_a_doubt_about_no_month_once",
            ),
            models.CheckConstraint(
                name="oversight_the_months_of_a_doubt_in_order",
                condition=Q(since=None, until=None) | Q(since__lte=F("until")),
            ),
            models.CheckConstraint(
                name="oversight_a_settled_doubt_says_why",
                condition=Q(status="raised") | (~Q(words="") & Q(decided_on__isnull=False)),
            ),
        ]
        indexes = [
            models.Index(
                fields=["area", "status", "id"],
                name="oversight_doubts_by_state",
                opclasses=["varchar_pattern_ops", "text_ops", "int8_ops"],
            )
        ]

    @property
    def file(self) -> str:
        return f"doubt:{self.pk}"

    @property
    def records(self) -> tuple[str, str]:
        """The two contradicting records."""
        return self.drawn, self.witness


#: The columns written in bulk for each new doubt, in order.
RAISED: tuple[str, ...] = (
    "person_id", "area", "check_number", "drawn", "witness", "since", "until", "status", "version", "raised_on", "words",
    "decided_by_id", "decided_on",
)  # fmt: skip
