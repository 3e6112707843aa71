"""Maintenance runs: recording them, and the last successful one of a kind."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import connection

from jiuyuan import clock
from jiuyuan.operations.models import MaintenanceRun

Kind = MaintenanceRun.Kind


@contextmanager
def recorded(kind: MaintenanceRun.Kind) -> Iterator[dict[str, Any]]:
    """Record a run at its end, with the figures added to the yielded dict.

    Before the upgrade that creates the table nothing is recorded.
    """
    began, figures = clock.now(), dict[str, Any]()
    yield figures
    if _has_table():
        MaintenanceRun.objects.create(kind=kind, began_at=began, ended_at=clock.now(), figures=figures)


def last(kind: MaintenanceRun.Kind) -> MaintenanceRun | None:
    if not _has_table():
        return None
    return MaintenanceRun.objects.filter(kind=kind, ended_at__isnull=False).order_by("-ended_at").first()


def last_at(kind: MaintenanceRun.Kind) -> datetime | None:
    run = last(kind)
    return run.ended_at if run else None


def version_on_file() -> str:
    """The version that last migrated the tables; empty if not recorded."""
    run = last(Kind.UPGRADE)
    return str(run.figures.get("version", "")) if run else ""


def _has_table() -> bool:
    return MaintenanceRun._meta.db_table in connection.introspection.table_names()
