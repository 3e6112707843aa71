"""Models of home visits (四(一) 入户调查)."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from jiuyuan.agencies.acted import PrintedName
from jiuyuan.agencies.models import User
from jiuyuan.agencies.scope import Scope, ScopedManager
from jiuyuan.encryption import EncryptedJSONField, EncryptedTextField
from jiuyuan.labels import Labelled
from jiuyuan.people.models import Document, Person
from jiuyuan.procedures.subjects import Subject, SubjectManager


class Visit(Subject):
    """A home visit: a draft until a clerk confirms it online; then its findings become facts.

    - `uid`: chosen on the device, so that sending a visit twice creates one.
    - `seen`: the facts when the list was taken along; a later change is a conflict for the clerk who confirms.
    - `help`: what was noted about the person's assistance, by name; `helped`: what was adopted of it
      (`visiting.HELP`).
    """

    class Status(Labelled):
        DRAFT = "draft", "待确认"
        CONFIRMED = "confirmed", "已确认"
        DISCARDED = "discarded", "未采用"

    scope: ClassVar = Scope(area="person__area", owner=None)

    uid = models.UUIDField("走访编号", unique=True)
    person = models.ForeignKey(Person, models.PROTECT, related_name="visits", verbose_name="人员", db_index=False)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="走访人")
    by_name = PrintedName("走访人姓名")
    visited_on = models.DateField("走访日期")
    nobody_home = models.BooleanField("家中无人", default=False)
    place = models.CharField("地点", max_length=200, blank=True)
    found = EncryptedJSONField("走访所见", default=dict)
    seen = EncryptedJSONField("带走名单时的记录", default=dict)
    remarks = EncryptedTextField("情况说明", blank=True)
    wanted = EncryptedTextField("需要的帮助", blank=True)
    help = EncryptedJSONField("帮扶方面的记录", default=dict)
    helped: "models.JSONField[list[str], list[str]]" = models.JSONField("登记了的帮扶记录", default=list)
    received_at = models.DateTimeField("收到时间")
    status = models.CharField("状态", max_length=10, choices=Status, default=Status.DRAFT)
    taken: "models.JSONField[list[str], list[str]]" = models.JSONField("记为事实的事项", default=list)
    decided_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", verbose_name="确认人账号", db_index=False
    )
    decided_by_name = PrintedName("确认人")
    decided_at = models.DateTimeField("确认时间", null=True)
    reason = models.CharField("不采用的原因", max_length=400, blank=True)

    objects = SubjectManager()

    class Meta:
        verbose_name = "入户走访"
        ordering = ["-visited_on", "-id"]
        indexes = [
            models.Index(fields=["person", "visited_on"], name="recognitions_visits_of_one"),
            models.Index(fields=["id"], condition=Q(status="draft"), name="recognitions_visits_waiting"),
        ]
        constraints = [
            models.CheckConstraint(
                name="recognitions_a_visit_is_decided_by_somebody",
                condition=Q(status="draft", decided_at=None) | (Q(decided_at__isnull=False) & ~Q(decided_by_name="")),
            ),
            models.CheckConstraint(
                name="recognitions_a_visit_is_discarded_for_a_reason",
                condition=~Q(status="discarded") | ~Q(reason=""),
            ),
        ]

    @property
    def file(self) -> str:
        return str(self.person.file)

    @property
    def area(self) -> str:
        return str(self.person.area)


class VisitPhoto(models.Model):
    """A photograph taken on a visit."""

    scope: ClassVar = Scope(area="visit__person__area", owner=None)

    visit = models.ForeignKey(Visit, models.PROTECT, related_name="photos", verbose_name="走访")
    document = models.ForeignKey(Document, models.PROTECT, related_name="+", verbose_name="照片")

    objects = ScopedManager()

    class Meta:
        verbose_name = "走访照片"
        ordering = ["id"]
