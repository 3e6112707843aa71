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
#: Beyond them limits and ages run out of the calendar.
EARLIEST, LATEST = date(1900, 1, 1), date(2100, 12, 31)
_stood: datetime | None = None


def today() -> date:
    """`JIUYUAN_TODAY`, or the day to which a demonstration was moved, or the day in China."""
    if _stood is not None:
        return _stood.date()
    if fixed := os.environ.get(VARIABLE):
        return date.fromisoformat(fixed)
    moved = _moved_file()
    if moved is not None and moved.exists():
        return date.fromisoformat(moved.read_text("ascii").strip())
    return datetime.now(CHINA).date()


def in_reach(day: date) -> date:
    """The day that a list or a figure is asked about, the first or last one from which limits can be counted where it lies beyond."""
    return min(max(day, EARLIEST), LATEST)


def asked_day(text: str) -> date | None:
    """The same as an address says it; None for what is no day."""
    try:
        return in_reach(date.fromisoformat(text))
    except ValueError:
        return None


def now() -> datetime:
    """The moment for stamps: the real time of day, on the day on which the system stands."""
    if _stood is not None:
        return _stood
    real = datetime.now(CHINA)
    return datetime.combine(today(), real.timetz())


@contextmanager
def standing_at(moment: datetime) -> Iterator[None]:
    """Stand at one moment of the past, in this process alone: how a demonstration gets its history.

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
    """Move a demonstration to another day, for every process of it. Refused in production."""
    moved = _moved_file()
    if moved is None:
        raise PermissionError(say("正式系统的日期不能改动。"))
    if os.environ.get(VARIABLE):
        os.environ[VARIABLE] = day.isoformat()
    # Put in place whole: other processes read it at any moment.
    new = moved.with_suffix(f".{os.getpid()}")
    new.write_text(day.isoformat(), "ascii")
    new.replace(moved)


def _moved_file() -> Path | None:
    installation = _installation()
    return installation.data / _MOVED if installation.time_can_move else None


def _installation() -> config.Config:
    from django.conf import settings

    return settings.JIUYUAN
