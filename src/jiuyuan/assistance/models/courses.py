"""Models of free training for people on the register (四(二)): courses, enrolments and attendance."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q

from jiuyuan.agencies.acted import PrintedName
from jiuyuan.agencies.models import Agency, User
from jiuyuan.agencies.roles import CASE_STAFF
from jiuyuan.agencies.scope import Scope, ScopedManager
from jiuyuan.assistance import occupations
from jiuyuan.assistance.models.plans import OfTheHelped, Plan
from jiuyuan.history.state import Recorded
from jiuyuan.labels import Labelled
from jiuyuan.procedures.subjects import Subject, SubjectManager
from jiuyuan.recognitions.models import Recognition
from jiuyuan.rules import calendar
from jiuyuan.wording import say


class Course(Subject):
    """A course with lessons on some weekdays from `begins_on` to `ends_on` inclusive.

    - `hours`: lessons in all; `hours_a_day`: maximum per day.
    - `weekdays`: 1 (Monday) to 7; `off`: cancelled days as ISO 8601.
    - `taken`: the number of `seats` taken.
    - `reason`: why it was cancelled.
    """

    class Status(Labelled):
        PLANNED = "planned", "筹备中"
        OPEN = "open", "报名中"
        RUNNING = "running", "上课中"
        FINISHED = "finished", "已结业"
        CANCELLED = "cancelled", "已取消"

    class Level(Labelled):
        BEGINNER = "beginner", "初级"
        MIDDLE = "middle", "中级"
        ADVANCED = "advanced", "高级"
        SPECIAL = "special", "专项能力"
        START_UP = "start_up", "创业培训"

    scope: ClassVar = Scope(area="area", owner=None, roles=CASE_STAFF)

    agency = models.ForeignKey(Agency, models.PROTECT, related_name="courses", verbose_name="登记平台")
    area = models.CharField("辖区", max_length=200, db_index=True)
    provider = models.CharField("培训机构", max_length=120)
    occupation = models.CharField("职业代码", max_length=10, blank=True, help_text="职业分类大典2022年版；创业培训没有")
    level = models.CharField("等级", max_length=10, choices=Level)
    hours = models.PositiveIntegerField("课时")
    hours_a_day = models.PositiveSmallIntegerField("每天课时")
    begins_on = models.DateField("开班日期")
    ends_on = models.DateField("结业日期")
    weekdays: "models.JSONField[list[int], list[int]]" = models.JSONField("每周上课日", default=list)
    off: "models.JSONField[list[str], list[str]]" = models.JSONField("停课的日子", default=list)
    place = models.CharField("上课地点", max_length=200)
    seats = models.PositiveIntegerField("名额")
    taken = models.PositiveIntegerField("已报名人数", default=0)
    status = models.CharField("状态", max_length=10, choices=Status, default=Status.PLANNED)
    version = models.PositiveIntegerField("版本", default=1)
    reason = models.CharField("取消原因", max_length=400, blank=True)
    made_on = models.DateField("登记日期")
    ended_on = models.DateField("结束日期", null=True)

    objects = SubjectManager()

    class Meta:
        verbose_name = "培训班"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(name="assistance_seats_are_not_oversold", condition=Q(taken__lte=F("seats"))),
            models.CheckConstraint(name="assistance_a_course_ends_after_it_begins", condition=Q(ends_on__gte=F("begins_on"))),
        ]  # fmt: skip
        indexes = [models.Index(fields=["status", "area", "-id"], name="assistance_courses_of_area")]

    def __str__(self) -> str:
        return f"{self.title}（{self.provider}）"

    @property
    def file(self) -> str:
        return f"course:{self.pk}"

    @property
    def title(self) -> str:
        """Its name, for example 养老护理员初级班."""
        if self.level == self.Level.START_UP:
            return str(self.Level.START_UP.label)
        return say(
            "{occupation}{level}班", occupation=occupations.in_words(self.occupation), level=self.get_level_display()
        )

    @property
    def left(self) -> int:
        """The number of free seats."""
        return self.seats - self.taken

    def meets_on(self, day: date) -> bool:
        """Whether there are lessons on a day; none on weekdays that are public holidays."""
        holiday = day.weekday() < 5 and not calendar.is_workday(day)
        there = self.begins_on <= day <= self.ends_on and day.isoweekday() in self.weekdays
        return there and not holiday and day.isoformat() not in self.off

    def days(self) -> Iterator[date]:
        """Yield the days with lessons, in order."""
        for count in range((self.ends_on - self.begins_on).days + 1):
            if self.meets_on(day := self.begins_on + timedelta(days=count)):
                yield day


class Enrolment(OfTheHelped):
    """A person's seat in a course.

    `charged`: CNY that the person was asked to pay although it is free (四(二)); an error until `refunded_on`.
    `passed` and `certificate_no` are set when it is finished.
    """

    class Status(Labelled):
        ENROLLED = "enrolled", "在学"
        FINISHED = "finished", "已结业"
        DROPPED = "dropped", "不再参加"

    scope: ClassVar = Scope(area="recognition__area", owner="recognition__person__account")

    recognition = models.ForeignKey(Recognition, models.PROTECT, related_name="enrolments", verbose_name="认定")
    plan = models.ForeignKey(Plan, models.PROTECT, related_name="enrolments", verbose_name="帮扶计划")
    course = models.ForeignKey(Course, models.PROTECT, related_name="enrolments", verbose_name="培训班")
    status = models.CharField("状态", max_length=10, choices=Status, default=Status.ENROLLED)
    version = models.PositiveIntegerField("版本", default=1)
    enrolled_on = models.DateField("报名日期")
    ended_on = models.DateField("结束日期", null=True)
    passed = models.BooleanField("合格", null=True)
    certificate_no = models.CharField("证书编号", max_length=40, blank=True)
    dropped_because = models.CharField("不再参加的原因", max_length=400, blank=True)
    charged = models.PositiveIntegerField("向本人收的钱（元）", null=True)
    charged_for = models.CharField("收的什么钱", max_length=200, blank=True)
    refunded_on = models.DateField("退还日期", null=True)
    refund_proof = models.CharField("退还凭据", max_length=200, blank=True)

    objects = SubjectManager()

    class Meta:
        verbose_name = "培训报名"
        ordering = ["-enrolled_on", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["recognition"], condition=Q(status="enrolled"), name="assistance_one_class_at_a_time"
            ),
            models.UniqueConstraint(
                fields=["certificate_no"], condition=~Q(certificate_no=""), name="assistance_a_certificate_is_one_persons"
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return str(self.course)

    @property
    def hours_come(self) -> int:
        """The number of lessons attended, computed from the days."""
        return sum(one.hours for one in self.attendance.all())

    @property
    def charge_stands(self) -> bool:
        """Whether the person paid and was not refunded."""
        return bool(self.charged) and self.refunded_on is None


class Attendance(Recorded):
    """A person's attendance on one day: the number of lessons, 0 for absence."""

    scope: ClassVar = Scope(area="enrolment__recognition__area", owner="enrolment__recognition__person__account")

    enrolment: "models.ForeignKey[Enrolment, Any]" = models.ForeignKey(
        Enrolment, models.PROTECT, related_name="attendance", verbose_name="培训报名"
    )
    on = models.DateField("日期")
    hours = models.PositiveSmallIntegerField("到课课时")
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="记录人账号", db_index=False)
    by_name = PrintedName("记录人")

    objects = ScopedManager()

    class Meta:
        verbose_name = "到课记录"
        ordering = ["on", "id"]
        constraints = [models.UniqueConstraint(fields=["enrolment", "on"], name="assistance_one_attendance_a_day")]
