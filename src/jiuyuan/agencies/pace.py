"""How often something may be done from one place. Counted in the database, so that every process counts the same.

The services count, so that a page, the API and whatever comes later share every limit. Who the visitor is, `visitors`
says; a command or a run of the system has no visitor and is not counted.
"""

import math
from datetime import datetime, timedelta

from django.core.cache import cache

from jiuyuan import clock, visitors
from jiuyuan.agencies.models import Try
from jiuyuan.encryption import keyed_mark
from jiuyuan.refusals import Refusal
from jiuyuan.wording import say

WINDOW, DAY = timedelta(hours=1), timedelta(days=1)
#: Within an hour. Many people share an address (a street's window, a telephone network), few an ID number.
FROM_AN_ADDRESS = {
    "register": 60,
    "objection": 20,
    "confirm": 120,
    "notices": 60,
    "notice": 240,
    "self_check": 1200,
    "wrong_token": 60,
    "employer_code": 30,
    "phone_code": 60,
}
OF_AN_ID_NUMBER = {"register": 10}


class TooOften(Refusal):
    """So much was tried from here that it has to wait (429). `seconds`: for how long."""

    status = 429
    code = "too_often"

    def __init__(self, title: str, seconds: float) -> None:
        super().__init__(title)
        self.seconds = max(1, math.ceil(seconds))

    @property
    def wait(self) -> str:
        """For how long, in words."""
        return (
            say("{seconds}秒", seconds=self.seconds)
            if self.seconds <= 90
            else say("{ceil}分钟", ceil=math.ceil(self.seconds / 60))
        )


def count(what: str, id_number: str = "") -> None:
    """Count one try of the present visitor, and of the ID number it is about. Raises `TooOften`; a refused try does not count."""
    if id_number:
        count_one(what, id_number, OF_AN_ID_NUMBER[what])
    if address := visitors.here():
        count_one(what, address, FROM_AN_ADDRESS[what])


def count_one(what: str, who: str, limit: int, within: timedelta = WINDOW) -> None:
    """Tries at the very same moment may pass by as many as there are processes: a guard, no ledger."""
    mark = mark_of(what, who)
    if (again := free_again(mark, limit, WINDOW)) is not None:
        raise too_often(again)
    note(mark, within=within)


def count_unstored(what: str) -> None:
    """The same for what must leave no trace in the database: each process counts its own."""
    if (address := visitors.here()) is None:
        return
    key = mark_of(what, address)
    cache.add(key, 0, WINDOW.total_seconds())
    try:
        tries = cache.incr(key)
    except ValueError:  # it ran out in between
        return
    if tries > FROM_AN_ADDRESS[what]:
        raise too_often(clock.now() + WINDOW)


def mark_of(what: str, *who: str) -> str:
    """Keyed: no address and no number is kept."""
    return keyed_mark(":".join(("try", what, *who)))


def noted(mark: str) -> bool:
    """Whether there was a try within the hour."""
    return Try.objects.filter(mark=mark, at__gt=clock.now() - WINDOW).exists()


def note(mark: str, at: datetime | None = None, within: timedelta = WINDOW) -> None:
    """Keep a try for `WINDOW`; one that counts `within` a longer time stands as much later, and is asked for by `WINDOW` as well."""
    Try.objects.filter(at__lte=clock.now() - WINDOW).delete()
    Try.objects.create(mark=mark, at=at or clock.now() + within - WINDOW)


def free_again(mark: str, limit: int, within: timedelta) -> datetime | None:
    """When one of the last `limit` tries is so long ago that another may follow; None where one may at once."""
    if limit <= 0:
        return clock.now() + within
    since = clock.now() - within
    recent = list(Try.objects.filter(mark=mark, at__gt=since).order_by("-at").values_list("at", flat=True)[:limit])
    return recent[-1] + within if len(recent) >= limit else None


def too_often(again: datetime) -> TooOften:
    seconds = (again - clock.now()).total_seconds()
    if seconds <= 90:
        return TooOften(say("试得太多了，请过{value}秒再试。", value=max(1, math.ceil(seconds))), seconds)
    at = (again + timedelta(minutes=1)).astimezone(clock.CHINA)
    if at.date() != clock.today():
        return TooOften(say("今天试得太多了，请明天再试，或到窗口办理。"), seconds)
    return TooOften(
        say("试得太多了，请在{hour}时{minute:02}分以后再试，或到窗口办理。", hour=at.hour, minute=at.minute), seconds
    )
