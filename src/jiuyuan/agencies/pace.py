"""Rate limits, counted in the database for all processes.

Attempts under one mark are serialized (`take`), so simultaneous ones cannot exceed a limit. Services count, so
that pages, API and anything later share the limits. `visitors` knows the visitor; commands and system runs have
none and are not counted.
"""

import math
from datetime import datetime, timedelta

from django.core.cache import cache
from django.db import connection, transaction

from jiuyuan import clock, visitors
from jiuyuan.agencies.models import Try
from jiuyuan.encryption import keyed_mark
from jiuyuan.refusals import Refusal
from jiuyuan.wording import say

WINDOW, DAY = timedelta(hours=1), timedelta(days=1)
#: Per hour. Many people share an address (a street's window, a phone network), few an ID number.
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
#: Per ID number and address: a stranger who tries a number leaves attempts to its owner.
OF_AN_ID_NUMBER = {"register": 10}


class TooOften(Refusal):
    """Too many attempts (429). `seconds`: how long to wait."""

    status = 429
    code = "too_often"

    def __init__(self, title: str, seconds: float) -> None:
        super().__init__(title)
        self.seconds = max(1, math.ceil(seconds))

    @property
    def wait(self) -> str:
        """The waiting time in words."""
        return (
            say("{seconds}秒", seconds=self.seconds)
            if self.seconds <= 90
            else say("{ceil}分钟", ceil=math.ceil(self.seconds / 60))
        )


def count(what: str, id_number: str = "") -> None:
    """Count an attempt of the visitor, and of the ID number concerned.

    Raises `TooOften`, without counting a refused one.
    """
    if id_number:
        count_one(what, f"{id_number} {visitors.here() or ''}", OF_AN_ID_NUMBER[what])
    if address := visitors.here():
        count_one(what, address, FROM_AN_ADDRESS[what])


def count_one(what: str, who: str, limit: int, within: timedelta = WINDOW) -> None:
    _forget()
    take(mark_of(what, who), limit, stands=within)


@transaction.atomic
def take(mark: str, limit: int, within: timedelta = WINDOW, *, stands: timedelta = WINDOW) -> Try:
    """Count an attempt before processing it. Raises `TooOften` without counting.

    Serialized per mark until the transaction ends. A successful attempt is given back by deleting the row.
    `stands`: as `within` of `note`.
    """
    if connection.vendor == "postgresql":  # SQLite has one writer anyway
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [mark])
    if (again := free_again(mark, limit, within)) is not None:
        raise too_often(again)
    return Try.objects.create(mark=mark, at=clock.now() + stands - WINDOW)


def once(mark: str) -> bool:
    """Whether this is the first use within the hour; of two simultaneous ones only one is.

    Call it in the transaction of the use.
    """
    try:
        take(mark, 1)
    except TooOften:
        return False
    return True


def count_unstored(what: str) -> None:
    """The same without a trace in the database: each process counts on its own."""
    if (address := visitors.here()) is None:
        return
    key = mark_of(what, address)
    cache.add(key, 0, WINDOW.total_seconds())
    try:
        tries = cache.incr(key)
    except ValueError:  # it expired in between
        return
    if tries > FROM_AN_ADDRESS[what]:
        raise too_often(clock.now() + WINDOW)


def mark_of(what: str, *who: str) -> str:
    """A keyed mark, so that no address or number is stored."""
    return keyed_mark(":".join(("try", what, *who)))


def noted(mark: str) -> bool:
    """Whether there was an attempt within the hour."""
    return Try.objects.filter(mark=mark, at__gt=clock.now() - WINDOW).exists()


def note(mark: str, at: datetime | None = None, within: timedelta = WINDOW) -> None:
    """Store an attempt for `WINDOW`.

    One that counts `within` a longer time is dated later by the difference, and queried by `WINDOW` too.
    """
    _forget()
    Try.objects.create(mark=mark, at=at or clock.now() + within - WINDOW)


def _forget() -> None:
    """Delete old attempts; not inside `take`, whose transaction may be a long one: it locks other rows."""
    Try.objects.filter(at__lte=clock.now() - WINDOW).delete()


def free_again(mark: str, limit: int, within: timedelta) -> datetime | None:
    """When another attempt is possible after `limit` in `within`; None if at once."""
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
