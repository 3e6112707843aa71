"""Turns failures of the machine into refusals: full disk, busy or unreachable database."""

import errno
import shutil
import sqlite3

from django.conf import settings
from django.db import Error as DatabaseError

from jiuyuan.refusals import Refusal
from jiuyuan.wording import say

RETRY_AFTER = 30
_ENOUGH = 4 * 1024 * 1024
_FULL_DISK = {errno.ENOSPC, errno.EDQUOT}
# SQLite's messages if it cannot write now; its other operational errors are bugs of ours.
_SQLITE_WRITES = ("disk i/o error", "unable to open database file")
_SQLITE_BUSY = ("is locked",)
# PostgreSQL error classes: connection, rollback, resources, intervention, system.
_POSTGRES_PASSING = ("08", "40", "53", "57", "58", "55P03")


class NoRoom(Refusal):
    """The disk is full (507). Pages are not shown either, because the look cannot be recorded."""

    status = 507
    code = "no_room"
    seconds = 10 * RETRY_AFTER

    def __init__(self) -> None:
        super().__init__(
            say(
                "服务器的磁盘满了，没有办成，什么也没有改动。查看也要留下记录，记录写不进去，所以这一页也不能显示。管理员腾出空间以后才能再办，请过一阵再试。"
            )
        )


class Busy(Refusal):
    """Another process holds the database, or it is briefly unreachable (503)."""

    status = 503
    code = "busy"
    seconds = RETRY_AFTER

    def __init__(self) -> None:
        super().__init__(say("系统正忙，没有办成，什么也没有改动。请过半分钟再试一次。"))


def foreseen(error: BaseException | None) -> Refusal | None:
    """The refusal for an error caused by the machine; None for others."""
    seen = 0
    while error is not None and seen < 8:
        if found := _of(error):
            return found
        error, seen = error.__cause__ or error.__context__, seen + 1
    return None


def _of(error: BaseException) -> Refusal | None:
    if isinstance(error, NoRoom | Busy):
        return error
    if isinstance(error, OSError):
        return NoRoom() if error.errno in _FULL_DISK else None
    if isinstance(error, sqlite3.Error):
        said = str(error).lower()
        if "disk is full" in said or (any(text in said for text in _SQLITE_WRITES) and _is_full()):
            return NoRoom()
        return Busy() if any(text in said for text in (*_SQLITE_BUSY, *_SQLITE_WRITES)) else None
    if isinstance(error, DatabaseError):
        return _of(sqlite3.OperationalError(str(error))) if error.__cause__ is None else None
    if type(error).__module__.startswith("psycopg"):
        return _of_postgres(error)
    return None


def _of_postgres(error: BaseException) -> Refusal | None:
    state = getattr(error, "sqlstate", None)
    if state is None:  # no answer at all: refused or broken off
        return Busy() if type(error).__name__ in ("OperationalError", "InterfaceError", "ConnectionTimeout") else None
    if state == "53100":
        return NoRoom()
    return Busy() if state.startswith(_POSTGRES_PASSING) else None


def _is_full() -> bool:
    try:
        return shutil.disk_usage(settings.JIUYUAN.data).free < _ENOUGH
    except OSError:
        return False
