"""The model of 操作细则 (六): a city's own text, and the limits it changes."""

from datetime import date

from django.db import models
from django.db.models import Q

from jiuyuan.agencies.acted import PrintedName
from jiuyuan.agencies.models import User
from jiuyuan.labels import Labelled
from jiuyuan.oversight.models.provision import Provision
from jiuyuan.rules.parameters import Figure, Limit


class LocalRule(Provision):
    """A city's rule, in force between its days once published. `changes`: the values by limit."""

    class Status(Labelled):
        DRAFT = "draft", "草稿"
        PUBLISHED = "published", "已公布"
        EXPIRED = "expired", "已到期"
        WITHDRAWN = "withdrawn", "已废止"

    status = models.CharField("状态", max_length=10, choices=Status, default=Status.DRAFT)
    text = models.TextField("正文")
    until = models.DateField("有效期至")
    changes = models.JSONField("改变的期限", default=dict)
    published_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="公布人")
    published_by_name = PrintedName("公布人姓名")
    published_on = models.DateField("公布日期", null=True)

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

    @property
    def file(self) -> str:
        return f"local_rule:{self.pk}"

    @property
    def last_day(self) -> date:
        """The last day in force: that of its term, or of its withdrawal."""
        return min(self.until, self.ended_on) if self.ended_on else self.until

    def in_force(self, day: date) -> bool:
        """Whether it is published and in force on a day."""
        return self.published_on is not None and self.since <= day <= self.last_day

    def limits(self) -> list[Limit]:
        """The changed limits in the region's format; empty if not published, or ended before it began."""
        if self.published_on is None or self.last_day < self.since:
            return []
        return [
            Limit(
                name, Figure(value, self.document, self.since, "H", self.agency.code), self.agency.code, self.last_day
            )
            for name, value in sorted(self.changes.items())
        ]
