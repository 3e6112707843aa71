"""The days of a demonstration, counted back from its present day, and times within office hours."""

import random
from bisect import bisect_right
from copy import copy
from datetime import date, datetime, time, timedelta

from jiuyuan.clock import CHINA
from jiuyuan.rules import calendar

_OPENS, _CLOSES = 8.5 * 60, 17.5 * 60


class Days:
    """Working days before a day: 0 is the day itself, or the last working day before it."""

    def __init__(self, now: datetime, reach: int, seed: int) -> None:
        self.now = now
        self._seed, self._random = seed, random.Random(seed)
        days: list[date] = []
        day = now.date()
        while len(days) <= reach:
            if calendar.is_workday(day):
                days.append(day)
            day -= timedelta(1)
        self._days = days

    def of(self, story: int) -> "Days":
        """The same days, with times of day of a story's own."""
        own = copy(self)
        own._random = random.Random(self._seed + story)
        return own

    def ago(self, count: int) -> date:
        return self._days[count]

    def since(self, day: date) -> int:
        """How many working days ago the first working day on or after `day` was."""
        ascending = self._days[::-1]
        return len(ascending) - 1 - bisect_right(ascending, day - timedelta(1))

    def in_time(self, count: int, since: int, limit: int) -> int:
        """That many working days ago, but at most `limit` days after `since`, even if holidays lie between."""
        return count if self._days[count] - self._days[since] <= timedelta(limit) else since

    def at(self, count: int, first: float = 8.6, last: float = 16.5) -> datetime:
        """A time on that day between two hours; on the present day early enough to be in the past."""
        day, minutes = self._days[count], self._random.uniform(first, last) * 60
        midnight = datetime.combine(day, time(), CHINA)
        moment = midnight + timedelta(minutes=minutes)
        if day == self.now.date() and self.now < midnight + timedelta(minutes=_CLOSES):
            return midnight + (self.now - midnight) * (max(0.0, minutes - _OPENS) / (_CLOSES - _OPENS))
        return moment
