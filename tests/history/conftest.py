"""Somebody who got past the guard of the database: what they change must still be found."""

from importlib import import_module
from types import SimpleNamespace

import pytest
from django.db import connection, transaction

from jiuyuan.history import services
from jiuyuan.history.models import Entry
from jiuyuan.history.services import Actor

CLERK = Actor("clerk", "孙建国", "clerk", "南岭街道公共就业服务平台", "22/2201/220102/220102001/")


@pytest.fixture
def unguarded(db):
    """Takes the triggers off for the rest of the test, as an administrator of the database could."""
    guard = import_module("jiuyuan.history.migrations.0002_append_only")
    with connection.cursor() as cursor:
        guard.drop(None, SimpleNamespace(connection=connection, execute=lambda sql, params=None: cursor.execute(sql)))


@pytest.fixture
def write(db):
    """`write("case:1", "accept", reason="…")` adds an act to a file's chain."""

    def append(file: str, action: str = "accept", **payload):
        with transaction.atomic():
            services.append(file, CLERK, action, payload, CLERK.area)
            return Entry.objects.of(file).order_by("-seq").first()

    return append
