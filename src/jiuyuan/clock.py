"""The system's clock. A day is a date in China, never a timestamp."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from jiuyuan import config
from jiuyuan.wording import say

CHINA = ZoneInfo("Asia/Shanghai")
VARIABLE = "JIUYUAN_TODAY"
_MOVED = "today"
#: Beyond these, limits and ages leave the calendar.
EARLIEST, LATEST = date(1900, 1, 1), date(2100, 12, 31)
_stood: datetime | None = None


def today() -> date:
    """`JIUYUAN_TODAY`, else the day of a demonstration, else the present day in China."""
    if _stood is not None:
        return _stood.date()
    if fixed := os.environ.get(VARIABLE):
        return date.fromisoformat(fixed)
    moved = _moved_file()
    if moved is not None and moved.exists():
        return date.fromisoformat(moved.read_text("ascii").strip())
    return datetime.now(CHINA).date()


def in_reach(day: date) -> date:
    """Clamp a requested day to the range in which limits can be computed."""
    return min(max(day, EARLIEST), LATEST)


def asked_day(text: str) -> date | None:
    """Parse a day from a URL, clamped; None if invalid."""
    try:
        return in_reach(date.fromisoformat(text))
    except ValueError:
        return None


def now() -> datetime:
    """The current time for timestamps: the real time of day, on the system's day."""
    if _stood is not None:
        return _stood
    real = datetime.now(CHINA)
    return datetime.combine(today(), real.timetz())


@contextmanager
def standing_at(moment: datetime) -> Iterator[None]:
    """Set a past time in this process, with which demonstrations get their history.

    Raises `PermissionError` in production.
    """
    global _stood
    if not _installation().time_can_move:
        raise PermissionError(say("正式系统的日期不能改动。"))
    before, _stood = _stood, moment
    try:
        yield
    finally:
        _stood = before


def move_to(day: date) -> None:
    """Move a demonstration to another day, for all its processes. Refused in production."""
    moved = _moved_file()
    if moved is None:
        raise PermissionError(say("正式系统的日期不能改动。"))
    if os.environ.get(VARIABLE):
        os.environ[VARIABLE] = day.isoformat()
    # Replace atomically: other processes read it at any moment.
    new = moved.with_suffix(f".{os.getpid()}")
    new.write_text(day.isoformat(), "ascii")
    new.replace(moved)


def _moved_file() -> Path | None:
    installation = _installation()
    return installation.data / _MOVED if installation.time_can_move else None


def _installation() -> config.Config:
    from django.conf import settings

    return settings.JIUYUAN
