"""Models of the index of open items, derived from the table of duties (`duty_index`), so that pages need not query
the register.

They identify people by key only.
"""

from django.db import models

from jiuyuan.history.progress import RecordProgress

_PATHS = "varchar_pattern_ops"


class OpenDuty(models.Model):
    """An open item: a `row` of a `duty` at an office. `whose`: the person it is about, else the row itself."""

    duty = models.CharField("要办的事", max_length=30)
    area = models.CharField("辖区", max_length=200)
    row = models.BigIntegerField("所办的记录")
    whose = models.BigIntegerField("关于谁")
    due_on = models.DateField("期限")

    class Meta:
        verbose_name = "要办的事的索引"
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["duty", "row"], name="assistance_one_open_duty_a_row")]
        indexes = [
            models.Index(
                fields=["area", "duty", "due_on", "row"], name="assistance_open_duties",
                opclasses=[_PATHS, "varchar_ops", "date_ops", "int8_ops"],
            ),
            models.Index(fields=["whose"], name="assistance_open_duties_whose"),
        ]  # fmt: skip


class DutyCount(models.Model):
    """The number of open items of a duty at an office, without those below it, and the soonest due date."""

    area = models.CharField("辖区", max_length=200)
    duty = models.CharField("要办的事", max_length=30)
    many = models.IntegerField("数量")
    soonest = models.DateField("最早期限")

    class Meta:
        verbose_name = "要办的事的数量"
        ordering = ["id"]
        indexes = [
            models.Index(fields=["area", "duty"], name="assistance_counts_of_duties", opclasses=[_PATHS, "varchar_ops"])
        ]


class DutyState(RecordProgress):
    """How far the index has read the record."""

    class Meta:
        verbose_name = "要办的事的索引的进度"
