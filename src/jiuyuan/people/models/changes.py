"""Models of changes to whole files and families: merges, splits, requested corrections, families without work."""

from typing import ClassVar

from django.db import models

from jiuyuan.agencies.acted import PrintedName
from jiuyuan.agencies.models import User
from jiuyuan.agencies.scope import Scope
from jiuyuan.encryption import EncryptedJSONField
from jiuyuan.labels import Labelled
from jiuyuan.people.models.person import Person
from jiuyuan.procedures.subjects import Subject, SubjectManager


class FileChange(Subject):
    """A merge of two files or a split of one: requested by one user, confirmed by another, undoable.

    `items`: the rows that were moved.
    """

    class Kind(Labelled):
        MERGE = "merge", "合并"
        SPLIT = "split", "拆分"

    class Status(Labelled):
        REQUESTED = "requested", "待确认"
        DONE = "done", "已办"
        UNDONE = "undone", "已撤销"

    scope: ClassVar = Scope(area="target__area", owner=None)

    kind = models.CharField("种类", max_length=8, choices=Kind)
    source = models.ForeignKey(Person, models.PROTECT, related_name="changes_from", verbose_name="原档案")
    target = models.ForeignKey(Person, models.PROTECT, related_name="changes_to", verbose_name="目标档案")
    items: "models.JSONField[dict[str, list[int]], dict[str, list[int]]]" = models.JSONField("移动的记录", default=dict)
    reason = models.CharField("理由", max_length=400)
    status = models.CharField("状态", max_length=10, choices=Status, default=Status.REQUESTED)
    requested_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", verbose_name="提出人账号", db_index=False
    )
    requested_by_name = PrintedName("提出人")
    requested_at = models.DateTimeField("提出时间")
    confirmed_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", verbose_name="确认人账号", db_index=False
    )
    confirmed_by_name = PrintedName("确认人")
    confirmed_at = models.DateTimeField("确认时间", null=True)

    objects = SubjectManager()

    class Meta:
        verbose_name = "合并与拆分"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                name="people_two_people_change_a_file",
                condition=models.Q(status="requested") | ~models.Q(requested_by=models.F("confirmed_by")),
            ),
        ]


class CorrectionRequest(Subject):
    """A request to correct personal data (个人信息保护法 45–46): requested, decided, answered."""

    scope: ClassVar = Scope(area="person__area", owner="person__account")
    moved_by: ClassVar = "granted"

    person = models.ForeignKey(Person, models.PROTECT, related_name="correction_requests", verbose_name="人员")
    what = models.CharField("事项", max_length=40)
    wanted = models.CharField("应改为", max_length=200)
    reason = models.CharField("理由", max_length=400)
    asked_on = models.DateField("提出日期")
    due_on = models.DateField("答复期限")
    granted = models.BooleanField("同意更正", null=True)
    answer = models.CharField("答复", max_length=400, blank=True)
    answered_on = models.DateField("答复日期", null=True)
    answered_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", verbose_name="答复人账号", db_index=False
    )
    answered_by_name = PrintedName("答复人")

    objects = SubjectManager()

    class Meta:
        verbose_name = "更正请求"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                name="people_a_correction_is_answered_in_words",
                condition=models.Q(granted=None, answered_on=None)
                | (models.Q(granted__isnull=False, answered_on__isnull=False) & ~models.Q(answer="")),
            )
        ]

    @property
    def status(self) -> str:
        return "asked" if self.granted is None else "granted" if self.granted else "refused"

    @property
    def file(self) -> str:
        return self.person.file

    @property
    def area(self) -> str:
        return self.person.area


class FamilyCertification(Subject):
    """A family without work, certified by the county (一(一)4), until a member works."""

    scope: ClassVar = Scope(area="person__area", owner="person__account")
    moved_by: ClassVar = "cleared_on"

    person = models.ForeignKey(
        Person, models.PROTECT, related_name="family_certifications", verbose_name="户主或申请人"
    )
    members = EncryptedJSONField("家庭成员", default=list)
    ground = models.CharField("认定依据", max_length=400)
    certified_on = models.DateField("认定日期")
    certified_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", verbose_name="认定人账号", db_index=False
    )
    certified_by_name = PrintedName("认定人")
    due_on = models.DateField("清零期限")
    cleared_on = models.DateField("清零日期", null=True)
    cleared_because = models.CharField("清零原因", max_length=400, blank=True)

    objects = SubjectManager()

    class Meta:
        verbose_name = "零就业家庭"
        ordering = ["due_on", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=models.Q(cleared_on=None), name="people_one_open_family_a_person"
            )
        ]

    @property
    def status(self) -> str:
        return "certified" if self.cleared_on is None else "cleared"

    @property
    def file(self) -> str:
        return self.person.file

    @property
    def area(self) -> str:
        return self.person.area
