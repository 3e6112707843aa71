"""A mixin for models about one scheme of a region, and months in words."""

from functools import cached_property

from django.db import models

from jiuyuan.procedures.subjects import Subject
from jiuyuan.regions import registry
from jiuyuan.rules.calendar import month_in_words
from jiuyuan.rules.scheme import Scheme
from jiuyuan.wording import say


class OfScheme(Subject):
    """A row about a scheme of a region."""

    region = models.CharField("地区", max_length=20)
    scheme = models.CharField("政策", max_length=40)

    class Meta:
        abstract = True

    @cached_property
    def rules(self) -> Scheme:
        """The scheme as the region defines it, in force or not. Raises `KeyError` if it no longer exists."""
        return registry.scheme(self.region, self.scheme)

    @property
    def title(self) -> str:
        return self.rules.title


def months_in_words(first: int, last: int) -> str:
    """For example 2026年3月, or 2026年3月至2026年8月."""
    since, until = month_in_words(first), month_in_words(last)
    return since if first == last else say("{first}至{last}", first=since, last=until)
