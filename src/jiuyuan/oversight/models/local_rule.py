"""操作细则 (六): what a city publishes of its own, and the limits that it changes from a day to a day."""

from datetime import date
from typing import ClassVar

from django.db import models
from django.db.models import Q

from jiuyuan.agencies.acted import PrintedName
from jiuyuan.agencies.models import Agency, User
from jiuyuan.agencies.scope import Scope
from jiuyuan.labels import Labelled
from jiuyuan.procedures.subjects import Subject, SubjectManager
from jiuyuan.rules.parameters import Figure, Limit


class LocalRule(Subject):
    """A city's text and the limits that it changes. In force by its days once it is published; `changes`: the value by the limit's name.

    `trial`: whom it would touch, a line each, as it was tried before it was published; empty once anything changed since.
    """

    class Status(Labelled):
        DRAFT = "draft", "草稿"
        PUBLISHED = "published", "已公布"
        EXPIRED = "expired", "已到期"
        WITHDRAWN = "withdrawn", "已废止"

    scope: ClassVar = Scope(area="area", owner=None)

    agency = models.ForeignKey(Agency, models.PROTECT, related_name="local_rules", verbose_name="制定机构")
    area = models.CharField("辖区", max_length=200)
    status = models.CharField("状态", max_length=10, choices=Status, default=Status.DRAFT)
    version = models.PositiveIntegerField("版本", default=1)
    title = models.CharField("名称", max_length=120)
    document = models.CharField("文号", max_length=60)
    text = models.TextField("正文")
    since = models.DateField("施行日期")
    until = models.DateField("有效期至")
    changes = models.JSONField("改变的期限", default=dict)
    trial = models.JSONField("试算", default=list)
    tried_on = models.DateField("试算日期", null=True)
    published_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="公布人")
    published_by_name = PrintedName("公布人姓名")
    published_on = models.DateField("公布日期", null=True)
    ended_on = models.DateField("废止日期", null=True)
    reason = models.CharField("废止的理由", max_length=400, blank=True)

    objects = SubjectManager()

    class Meta:
        verbose_name = "操作细则"
        ordering = ["area", "-since", "-id"]
        constraints = [
            models.CheckConstraint(name="oversight_a_rule_ends", condition=Q(until__gte=models.F("since"))),
            models.CheckConstraint(
                name="oversight_a_rule_in_force_is_published",
                condition=~Q(status__in=["published", "expired"]) | Q(published_on__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def file(self) -> str:
        return f"local_rule:{self.pk}"

    @property
    def last_day(self) -> date:
        """The last day on which it answers: that of its term, or that on which it was withdrawn."""
        return min(self.until, self.ended_on) if self.ended_on else self.until

    def in_force(self, day: date) -> bool:
        """Whether it answers on a day: published, and between its days."""
        return self.published_on is not None and self.since <= day <= self.last_day

    def limits(self) -> list[Limit]:
        """What it changes, as the region's limits are kept; nothing while it is not published, or where it ended before it began."""
        if self.published_on is None or self.last_day < self.since:
            return []
        return [
            Limit(
                name, Figure(value, self.document, self.since, "H", self.agency.code), self.agency.code, self.last_day
            )
            for name, value in sorted(self.changes.items())
        ]
