"""Which runs on the whole installation there were, and when the last one of a kind ended well."""

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
    """A run that is written down at its end; give its figures to what is yielded.

    Before the upgrade that brings its table there is nowhere to write it.
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
    """The version that last brought the tables up to date; empty where none was written down."""
    run = last(Kind.UPGRADE)
    return str(run.figures.get("version", "")) if run else ""


def _has_table() -> bool:
    return MaintenanceRun._meta.db_table in connection.introspection.table_names()
