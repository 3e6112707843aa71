"""The models of the record. Nothing here refers to other tables: the record outlives its subjects."""

from typing import Self

from django.db import models

from jiuyuan.closed import ClosedQuerySet
from jiuyuan.wording import say


class RecordQuerySet(ClosedQuerySet):
    """Acts or looks; refuses to run until narrowed to files or an area."""

    def of(self, *files: str) -> Self:
        """Those in these files, which the caller may see already."""
        return self.unscoped().filter(file__in=files) if len(files) != 1 else self.unscoped().filter(file=files[0])

    def in_area(self, area: str) -> Self:
        """Those below an agency's path; none if it is empty."""
        return self.unscoped().filter(area__begins=area) if area else self.unscoped().none()


RecordManager = models.Manager.from_queryset(RecordQuerySet)


class Entry(models.Model):
    """An act in a file. `hash` covers the entry and the hash of the previous one in the same file."""

    file = models.CharField("案卷", max_length=64)
    seq = models.PositiveIntegerField("序号")
    at = models.DateTimeField("时间")
    actor = models.CharField("经办人", max_length=150)
    actor_name = models.CharField("姓名", max_length=80)
    role = models.CharField("角色", max_length=20)
    agency = models.CharField("机构", max_length=120, blank=True)
    area = models.CharField("辖区", max_length=200, db_index=True)
    action = models.CharField("动作", max_length=40)
    payload = models.JSONField("内容")
    previous = models.CharField("前一记录", max_length=64)
    hash = models.CharField("校验值", max_length=64)

    objects = RecordManager()

    class Meta:
        ordering = ["file", "seq"]
        constraints = [models.UniqueConstraint(fields=["file", "seq"], name="history_one_entry_a_place")]
        indexes = [models.Index(fields=["at"], name="history_entry_by_time")]

    def __str__(self) -> str:
        return f"{self.file} #{self.seq} {self.action}"


class Look(models.Model):
    """A look at personal data: who, whose, on which page, and whether numbers were shown in full."""

    at = models.DateTimeField("时间", db_index=True)
    actor = models.CharField("查看人", max_length=150)
    seq = models.PositiveIntegerField("此人的第几次查看")
    actor_name = models.CharField("姓名", max_length=80)
    role = models.CharField("角色", max_length=20)
    area = models.CharField("辖区", max_length=200, db_index=True)
    file = models.CharField("案卷", max_length=64, db_index=True)
    what = models.CharField("所看内容", max_length=80)
    unmasked = models.BooleanField("查看完整号码", default=False)
    request = models.CharField("请求编号", max_length=32, blank=True, default="", db_default="")
    hash = models.CharField("校验值", max_length=64)

    objects = RecordManager()

    class Meta:
        ordering = ["-at", "-id"]
        constraints = [models.UniqueConstraint(fields=["actor", "seq"], name="history_looks_are_numbered")]


class Head(models.Model):
    """The length of a chain, to detect a tail cut off before it was sealed.

    A chain is a file, or the looks of one account (`looks:USERNAME`). Every writer updates it; by itself it
    proves nothing.
    """

    chain = models.CharField("链", max_length=160, primary_key=True)
    seq = models.PositiveIntegerField("末条序号")


class Digest(models.Model):
    """A seal: a hash over everything since the previous seal, chained to that seal's hash.

    `part` numbers the seals of a day. `last_look` is None in seals older than sealed looks.
    """

    day = models.DateField("日期")
    part = models.PositiveSmallIntegerField("当日第几次", default=1)
    last_entry = models.BigIntegerField("末条记录")
    entries = models.BigIntegerField("记录数")
    files = models.BigIntegerField("案卷数")
    last_look = models.BigIntegerField("末条查看", null=True)
    looks = models.BigIntegerField("查看数", default=0)
    looks_hash = models.CharField("查看的校验值", max_length=64, blank=True, default="")
    previous = models.CharField("前一次校验值", max_length=64)
    hash = models.CharField("校验值", max_length=64)

    class Meta:
        ordering = ["day", "part"]
        constraints = [models.UniqueConstraint(fields=["day", "part"], name="history_one_digest_a_part_of_a_day")]

    def __str__(self) -> str:
        return interval(self.day.isoformat(), self.part)


def interval(day: str, part: int) -> str:
    """The name of a seal: the day, and the part if there are several."""
    return day if part == 1 else say("{day}第{part}次", day=day, part=part)
