"""What is recorded. Nothing here points at other tables: the record outlives what it is about."""

from django.db import models


class Entry(models.Model):
    """One act in one file. `hash` covers the entry and the hash of the one before it in the same file."""

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

    class Meta:
        ordering = ["file", "seq"]
        constraints = [models.UniqueConstraint(fields=["file", "seq"], name="history_one_entry_a_place")]
        indexes = [models.Index(fields=["at"], name="history_entry_by_time")]

    def __str__(self) -> str:
        return f"{self.file} #{self.seq} {self.action}"


class Look(models.Model):
    """Somebody saw personal data: who, whose, on which page, and whether numbers were shown whole."""

    at = models.DateTimeField("时间", db_index=True)
    actor = models.CharField("查看人", max_length=150, db_index=True)
    actor_name = models.CharField("姓名", max_length=80)
    role = models.CharField("角色", max_length=20)
    area = models.CharField("辖区", max_length=200, db_index=True)
    file = models.CharField("案卷", max_length=64, db_index=True)
    what = models.CharField("所看内容", max_length=80)
    unmasked = models.BooleanField("查看完整号码", default=False)

    class Meta:
        ordering = ["-at", "-id"]


class Digest(models.Model):
    """The heads of every file at the end of a day, in one hash that also names the digest before it."""

    day = models.DateField("日期", unique=True)
    last_entry = models.BigIntegerField("末条记录")
    entries = models.BigIntegerField("记录数")
    files = models.BigIntegerField("案卷数")
    previous = models.CharField("前一日校验值", max_length=64)
    hash = models.CharField("校验值", max_length=64)

    class Meta:
        ordering = ["day"]
