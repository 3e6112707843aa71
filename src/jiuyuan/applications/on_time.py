"""Computes the last day on which a notice can begin for a case to be closed within its limit (二(二), 二(四))."""

from datetime import date, timedelta
from functools import lru_cache

from jiuyuan.rules import calendar


@lru_cache(maxsize=2_000)  # a list repeats the same few days
def post_by(due_on: date, notice_days: int) -> date:
    """The last working day on which a notice of `notice_days` working days can begin and still be endorsed by
    `due_on`.
    """
    day = due_on
    while not calendar.is_workday(day) or first_endorsed(day, notice_days) > due_on:
        day -= timedelta(days=1)
    return day


@lru_cache(maxsize=2_000)
def first_endorsed(posted_on: date, notice_days: int) -> date:
    """The first day on which a case can be endorsed if its notice begins on `posted_on`."""
    return calendar.add_workdays(posted_on, notice_days).day + timedelta(days=1)


def last_chance(today: date, notice_days: int) -> tuple[date, date]:
    """Two thresholds of the due day: before the first the limit is lost;
    before the second the notice must be posted today.
    """
    tomorrow = calendar.add_workdays(today, 1).day
    return first_endorsed(today, notice_days), first_endorsed(tomorrow, notice_days)
