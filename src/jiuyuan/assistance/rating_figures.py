"""Aggregates ratings over the user's whole area and whole months, so that nobody can be identified (五(四))."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count

from jiuyuan.agencies.models import User
from jiuyuan.assistance.models import ServiceRating
from jiuyuan.rules.calendar import add_months

#: The minimum number of raters before anything is shown.
LEAST = 5
_MONTHS = 12
_MOST_WORDS = 200


@dataclass(frozen=True)
class RatingFigures:
    """Ratings from `since` to `until`, by mark, and each person's latest answer on what they know.

    Empty, with `enough` False, if fewer than `LEAST` people rated.
    """

    since: date
    until: date
    enough: bool
    count: int
    marks: Mapping[str, int]
    knows: Mapping[str, int]

    @property
    def people(self) -> int:
        return sum(self.knows.values())

    @property
    def marks_in_words(self) -> list[tuple[str, int]]:
        return [(one.label, self.marks.get(one, 0)) for one in ServiceRating.Mark]

    @property
    def knows_in_words(self) -> list[tuple[str, int]]:
        return [(one.label, self.knows.get(one, 0)) for one in ServiceRating.Knows]

    @property
    def per_cent(self) -> int | None:
        """知晓度: the percentage of people asked who know; None if too few answered."""
        return round(100 * self.knows[ServiceRating.Knows.YES] / self.people) if self.enough else None


def rating_figures(user: User, today: date) -> RatingFigures:
    """The twelve months before this one, so that figures change monthly and not with each rating."""
    since, until = _period(today)
    rows = _rows(user, today)
    knows = Counter(dict(rows.order_by("rated_on", "pk").values_list("recognition__person", "knows")).values())
    if sum(knows.values()) < LEAST:
        return RatingFigures(since, until, False, 0, {}, Counter())
    marks = dict(rows.order_by().values("mark").annotate(count=Count("pk")).values_list("mark", "count"))
    return RatingFigures(since, until, True, sum(marks.values()), marks, knows)


def words(user: User, today: date) -> Sequence[str]:
    """Comments without authors and in no order of time; empty if fewer than `LEAST` people rated."""
    if not rating_figures(user, today).enough:
        return []
    written = _rows(user, today).order_by("-pk").values_list("words", flat=True)
    return sorted(filter(None, written[:_MOST_WORDS]))


def _rows(user: User, today: date) -> Any:
    return ServiceRating.objects.visible_to(user).filter(rated_on__range=_period(today))


def _period(today: date) -> tuple[date, date]:
    month = today.replace(day=1)
    return add_months(month, -_MONTHS), month - timedelta(days=1)
