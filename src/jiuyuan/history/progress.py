"""How far something that is kept up to date by the record has read it."""

from datetime import timedelta

from django.db import models
from django.db.models import Max, Q, QuerySet

from jiuyuan import clock
from jiuyuan.history.models import Entry


class RecordProgress(models.Model):
    """One row, locked by who brings what is derived up to date.

    `up_to`: the last entry that is in it; `day`: as of which day it counts; `rules`: a digest of what it is derived by.
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
        """Whether there is something to bring up to date: a new day, other rules, later entries."""
        state = cls._default_manager.first()
        return state is None or not state.is_current(rules) or state.entries_since().exists()

    def is_current(self, rules: str) -> bool:
        """Whether it is of today and by these rules."""
        return self.day == clock.today() and self.rules == rules

    def entries_since(self, again: timedelta | None = None) -> "QuerySet[Entry]":
        """The entries after the last one read; with `again` those of so long before too, whose acts may still have been under way."""
        later = Q(pk__gt=self.up_to)
        return Entry.objects.unscoped().filter(later | Q(at__gte=self.looked_at - again) if again else later)

    def reached(self, last: int, rules: str) -> None:
        """Save that everything up to an entry is in it, by these rules."""
        self.up_to, self.looked_at, self.day, self.rules = last, clock.now(), clock.today(), rules
        self.save()


def last_entry() -> int:
    """The key of the last entry of the record; 0 where it is empty."""
    return Entry.objects.unscoped().aggregate(last=Max("pk"))["last"] or 0
