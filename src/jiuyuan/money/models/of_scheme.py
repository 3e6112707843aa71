"""What is about one scheme of a region: which, by which rules, and for which months in words."""

from functools import cached_property

from django.db import models

from jiuyuan.procedures.subjects import Subject
from jiuyuan.regions import registry
from jiuyuan.rules.calendar import month_in_words
from jiuyuan.rules.scheme import Scheme
from jiuyuan.wording import say


class OfScheme(Subject):
    """Its region and scheme."""

    region = models.CharField("地区", max_length=20)
    scheme = models.CharField("政策", max_length=40)

    class Meta:
        abstract = True

    @cached_property
    def rules(self) -> Scheme:
        """The scheme as its region states it, in force or not. Raises `KeyError` for one that it has no more."""
        return registry.scheme(self.region, self.scheme)

    @property
    def title(self) -> str:
        return self.rules.title


def months_in_words(first: int, last: int) -> str:
    """As 2026年3月, or 2026年3月至2026年8月."""
    since, until = month_in_words(first), month_in_words(last)
    return since if first == last else say("{first}至{last}", first=since, last=until)
