"""Copies of the demonstration that `jiuyuan demo` made: one as the test database, one for commands."""

import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from django.conf import settings

from jiuyuan import config
from tests import template
from tests.demonstrated import COMMAND, ENVIRONMENT


@pytest.fixture(scope="module")
def made(
    django_db_setup: None, django_db_blocker: Any, demonstration_made: Path, tmp_path_factory: Any
) -> Iterator[Path]:
    """A copy of it, whose database is that of the tests of a module; returns its data folder."""
    data = tmp_path_factory.mktemp("demonstration") / "data"
    shutil.copytree(demonstration_made, data)
    with (
        django_db_blocker.unblock(),
        patch.object(settings, "JIUYUAN", replace(config.load(data), mode="test")),
        template.working_on(data / "jiuyuan.sqlite3"),
    ):
        yield data


def command(*arguments: object, data: Path, **environment: str) -> "subprocess.CompletedProcess[str]":
    """One command on an installation, in a process of its own."""
    return subprocess.run(
        [COMMAND, *map(str, arguments)],
        env={**ENVIRONMENT, "JIUYUAN_DATA": str(data), **environment},
        capture_output=True,
        text=True,
        timeout=1200,
    )


@pytest.fixture(scope="session")
def killed_and_made(demonstration_made: Path, tmp_path_factory: Any) -> Path:
    """A copy that the commands of these tests work on."""
    data: Path = tmp_path_factory.mktemp("demo") / "some" / "where"
    shutil.copytree(demonstration_made, data)
    return data


def rows(data: Path, sql: str) -> list[tuple[Any, ...]]:
    """What stands in the SQLite file of an installation."""
    with closing(sqlite3.connect(f"file:{data}/jiuyuan.sqlite3?mode=ro", uri=True)) as database:
        return database.execute(sql).fetchall()
