"""The model of hand-overs to the police, with time limits for each step (行政执法机关移送涉嫌犯罪案件的规定 5–9)."""

from datetime import date, timedelta
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from jiuyuan.agencies.acted import PrintedName
from jiuyuan.agencies.models import Agency, User
from jiuyuan.agencies.scope import Scope
from jiuyuan.labels import Labelled
from jiuyuan.oversight.models.recoveries import Recovery
from jiuyuan.people.models import Person
from jiuyuan.procedures.subjects import Subject, SubjectManager

#: Time limits in days, from 移送规定 5, 5, 8 and 9.
DECIDE_DAYS, SEND_DAYS, POLICE_DAYS, CONTEST_DAYS = 3, 1, 3, 3


class Handover(Subject):
    """移送: two officers report, the head decides, five papers go to the police, who file a case or not. The
    recovery continues.

    `papers`: `{"name", "document", "sha256"}` for each of the five.
    """

    class Status(Labelled):
        REPORTED = "reported", "已报告，等负责人决定"
        AGREED = "agreed", "已批准，等移送"
        KEPT = "kept", "不批准移送"
        SENT = "sent", "已移送，等回执"
        RECEIVED = "received", "已签收，等公安决定"
        FILED = "filed", "已立案"
        NOT_FILED = "not_filed", "不予立案"
        CONTESTED = "contested", "已提出异议"

    scope: ClassVar = Scope(area="area", owner=None)

    recovery: "models.ForeignKey[Recovery, Any]" = models.ForeignKey(
        Recovery, models.PROTECT, related_name="handovers", verbose_name="追回"
    )
    area = models.CharField("辖区", max_length=200)
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+", verbose_name="移送机构")
    status = models.CharField("状态", max_length=10, choices=Status, default=Status.REPORTED)
    version = models.PositiveIntegerField("版本", default=1)
    facts = models.TextField("涉嫌犯罪的事实")
    law = models.CharField("涉嫌的罪名和依据", max_length=400)
    reported_on = models.DateField("报告日期")
    reported_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="承办人")
    reported_by_name = PrintedName("承办人姓名")
    second = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="另一名承办人")
    second_name = PrintedName("另一名承办人姓名")
    decided_on = models.DateField("决定日期", null=True)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="决定人")
    decided_by_name = PrintedName("决定人姓名")
    reason = models.TextField("决定的理由", blank=True)
    papers: "models.JSONField[list[dict[str, Any]], list[dict[str, Any]]]" = models.JSONField(
        "移送的材料", default=list
    )
    police = models.CharField("公安机关", max_length=120, blank=True)
    sent_on = models.DateField("移送日期", null=True)
    received_on = models.DateField("签收日期", null=True)
    receipt = models.CharField("回执", max_length=200, blank=True)
    answered_on = models.DateField("公安决定日期", null=True)
    answer = models.TextField("公安的决定", blank=True)
    contested_on = models.DateField("提出异议日期", null=True)
    contested_with = models.CharField("向谁提出、理由", max_length=400, blank=True)

    objects = SubjectManager()

    class Meta:
        verbose_name = "移送"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(name="oversight_two_officers_report", condition=~Q(reported_by=models.F("second"))),
            models.UniqueConstraint(
                fields=["recovery"],
                condition=Q(status__in=["reported", "agreed", "sent", "received"]),
                name="oversight_one_open_handover",
            ),
        ]
        indexes = [
            models.Index(
                fields=["area", "status", "id"],
                name="oversight_handovers_by_state",
                opclasses=["varchar_pattern_ops", "text_ops", "int8_ops"],
            )
        ]

    @property
    def file(self) -> str:
        return f"handover:{self.pk}"

    @property
    def person(self) -> Person:
        found: Person = self.recovery.person
        return found

    def late(self, today: date) -> list[tuple[str, date]]:
        """The steps that were or are late, each with its last day: `decide`, `send`, `police`, `contest`."""
        clocks = (
            ("decide", self.reported_on, DECIDE_DAYS, self.decided_on),
            ("send", self.decided_on if self.status != self.Status.KEPT else None, SEND_DAYS, self.sent_on),
            ("police", self.received_on, POLICE_DAYS, self.answered_on),
            (
                "contest",
                self.answered_on if self.status == self.Status.CONTESTED else None,
                CONTEST_DAYS,
                self.contested_on,
            ),
        )
        found = [(step, start + timedelta(days=days), done or today) for step, start, days, done in clocks if start]
        return [(step, due) for step, due, done in found if done > due]
