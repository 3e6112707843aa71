"""What is to be done, kept ahead so that a page reads it and asks nothing of the register: derived, and rebuilt from the
conditions of the table of duties (`duty_index`). It names nobody, but by keys."""

from django.db import models

from jiuyuan.history.progress import RecordProgress

_PATHS = "varchar_pattern_ops"


class OpenDuty(models.Model):
    """One thing to do: of a `duty`, about a `row` at an office. `whose`: the person whom the row is about, else the row itself."""

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
    """How many of a duty are open at an office, without those below it, and the day of the soonest."""

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
