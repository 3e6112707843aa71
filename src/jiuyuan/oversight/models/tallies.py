"""Models of tallies: precomputed figures, derived and rebuildable (`figures.tallies`).

They name nobody: `PersonShare` has codes and days, and is read by updates only.
"""

from django.db import models

from jiuyuan.history.progress import RecordProgress


class FigureTally(models.Model):
    """The number of rows that a figure counts in a calendar month at an office and below, in a part of a division.

    `by`: the dimension (empty for the total); `part`: the part; `days`: the same by day of the month. Current
    states are in the month `NOW_MONTH`.
    """

    area = models.CharField("辖区", max_length=200)
    by = models.CharField("分组", max_length=10)
    month = models.DateField("月")
    code = models.CharField("统计数", max_length=20)
    detail = models.CharField("细目", max_length=40)
    part = models.CharField("组", max_length=60)
    many = models.IntegerField("数量")
    days: "models.JSONField[dict[str, int], dict[str, int]]" = models.JSONField("按日", default=dict)

    class Meta:
        verbose_name = "统计累计"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["area", "by", "month", "code", "detail", "part"], name="oversight_one_tally_a_part"
            )
        ]
        indexes = [
            models.Index(
                fields=["code", "area", "month"],
                condition=models.Q(by="helper"),
                name="oversight_tallies_by_helper",
                opclasses=["varchar_ops", "varchar_pattern_ops", "date_ops"],
            )
        ]


class PersonShare(models.Model):
    """A person's contribution to the tallies when last computed: `rows` of `shares.Happening`, compressed."""

    person = models.BigIntegerField("人员", primary_key=True)
    rows = models.BinaryField("各项")

    class Meta:
        verbose_name = "个人计入统计的各项"


class TallyState(RecordProgress):
    """How far the tallies have read the record; `day` is the day for ages.

    `revision` counts updates, so that readers of several of these tables know whether they belong together.
    """

    revision = models.PositiveIntegerField("写入次数", default=0, db_default=0)

    class Meta:
        verbose_name = "统计累计的进度"

    def hold(self) -> bool:
        """Lock the row for a writing transaction; False if somebody else has written since it was read."""
        self.revision += 1
        here = TallyState.objects.filter(pk=self.pk, revision=self.revision - 1)
        return bool(here.update(revision=self.revision))


#: Derived from other tables: when rows are copied to another database, they are recomputed.
DERIVED: tuple[type[models.Model], ...] = (FigureTally, PersonShare, TallyState)
