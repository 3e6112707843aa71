"""How far derived data have been updated from the record."""

from datetime import timedelta

from django.db import models
from django.db.models import Max, Q, QuerySet

from jiuyuan import clock
from jiuyuan.history.models import Entry


class RecordProgress(models.Model):
    """One row, locked by whoever updates the derived data.

    `up_to`: the last entry included; `day`: the day for which it was computed; `rules`: a digest of the
    definitions used.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    up_to = models.BigIntegerField("记录查到")
    looked_at = models.DateTimeField("更新时间")
    day = models.DateField("日期")
    rules = models.CharField("口径", max_length=64)

    class Meta:
        abstract = True

    @classmethod
    def behind(cls, rules: str) -> bool:
        """Whether an update is needed: a new day, other definitions, or later entries."""
        state = cls._default_manager.first()
        return state is None or not state.is_current(rules) or state.entries_since().exists()

    def is_current(self, rules: str) -> bool:
        """Whether it is of today and uses these definitions."""
        return self.day == clock.today() and self.rules == rules

    def entries_since(self, again: timedelta | None = None) -> "QuerySet[Entry]":
        """The entries after the last one read.

        `again` adds those of this time span before, which may have been uncommitted.
        """
        later = Q(pk__gt=self.up_to)
        return Entry.objects.unscoped().filter(later | Q(at__gte=self.looked_at - again) if again else later)

    def reached(self, last: int, rules: str) -> None:
        """Save that everything up to this entry is included, by these definitions."""
        self.up_to, self.looked_at, self.day, self.rules = last, clock.now(), clock.today(), rules
        self.save()


def last_entry() -> int:
    """The primary key of the last entry; 0 if there is none."""
    return Entry.objects.unscoped().aggregate(last=Max("pk"))["last"] or 0
