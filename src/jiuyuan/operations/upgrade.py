"""Migrates an installation's tables to this version: what is pending, whether it is possible,
and doing it under a lock.
"""

import fcntl
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

import jiuyuan
from jiuyuan import clock, read_only, tables
from jiuyuan.config import Config
from jiuyuan.operations import runs
from jiuyuan.refusals import Conflict, WrongState
from jiuyuan.wording import say

#: How many minor versions may be skipped at once: old migrations are not kept for ever.
FURTHEST = 2
_BACKUP_WITHIN = timedelta(hours=24)
_LOCK, _LOCK_FILE = 0x6A797570, "upgrade.lock"


def is_later(one: str, other: str) -> bool:
    return _numbers(one) > _numbers(other)


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdigit())


def first_stop(before: str, after: str) -> str:
    """The version to install first if the gap is too large; empty if it is not."""
    (major, minor), (wanted_major, wanted_minor) = _numbers(before)[:2], _numbers(after)[:2]
    if wanted_major == major:
        return f"{major}.{minor + FURTHEST}" if wanted_minor - minor > FURTHEST else ""
    return f"{major + 1}.0" if (wanted_major, wanted_minor) > (major + 1, 0) else ""


def waiting() -> list[str]:
    """The pending migrations, in order."""
    executor = MigrationExecutor(connection)
    return [f"{step.app_label}.{step.name}" for step, _ in executor.migration_plan(executor.loader.graph.leaf_nodes())]


def unknown_migrations(applied: Iterable[str]) -> list[str]:
    """Applied migrations unknown to this version: a newer one was installed."""
    there = MigrationLoader(None).disk_migrations or {}
    known = {f"{app}.{name}" for app, name in there}
    known |= {f"{app}.{name}" for step in there.values() for app, name in step.replaces}
    of_apps = {app for app, _ in there}
    return sorted(name for name in applied if name.split(".")[0] in of_apps and name not in known)


def refuse_impossible() -> None:
    """Raise `WrongState` if the database is of a later version, or of one too old."""
    before, after = runs.version_on_file(), jiuyuan.__version__
    executor = MigrationExecutor(connection)
    applied = [f"{app}.{name}" for app, name in executor.loader.applied_migrations]
    if (before and is_later(before, after)) or unknown_migrations(applied):
        raise WrongState(
            say(
                "数据库已由更新的版本（{before}）升级过，本机装的是 {after} 版。请安装那个版本，不能退回。",
                before=before or say("未记下"),
                after=after,
            )
        )
    if before and (stop := first_stop(before, after)):
        raise WrongState(
            say(
                "从 {before} 版不能一次升到 {after} 版。请先安装 {stop} 版，运行 jiuyuan upgrade，再装 {after} 版。",
                before=before,
                after=after,
                stop=stop,
            )
        )


def refuse_without_backup() -> None:
    """Raise `WrongState` if there is no backup from the last day."""
    at = runs.last_at(runs.Kind.BACKUP)
    if at is None or at < clock.now() - _BACKUP_WITHIN:
        raise WrongState(say("一天之内没有做过备份。请先运行 jiuyuan backup；已用别的办法备份的，加 --no-backup。"))


def apply(installation: Config) -> list[str]:
    """Apply the pending migrations, with the site read-only meanwhile, and return them.

    Raises `Conflict`, `WrongState`.
    """
    with _alone(installation.data):
        refuse_impossible()
        steps = waiting()
        with read_only.read_only(installation.data):
            tables.bring_up_to_date()
        if steps or version_is_new():
            write_down(len(steps))
    return steps


def version_is_new() -> bool:
    return runs.version_on_file() != jiuyuan.__version__


def write_down(steps: int) -> None:
    """Record the version of the tables."""
    with runs.recorded(runs.Kind.UPGRADE) as figures:
        figures |= {"version": jiuyuan.__version__, "steps": steps}


@contextmanager
def _alone(data: Path) -> Iterator[None]:
    """Lock against other upgrades, from this machine or, on PostgreSQL, from others."""
    with (data / _LOCK_FILE).open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise _being_upgraded() from None
        if connection.vendor != "postgresql":
            yield
            return
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [_LOCK])
            if not cursor.fetchone()[0]:
                raise _being_upgraded()
        try:
            yield
        finally:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])


def _being_upgraded() -> Conflict:
    return Conflict(say("另一个程序正在升级这个安装，请等它做完。"))
