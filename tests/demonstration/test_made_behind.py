"""A demonstration whose rest is made behind its first pages is the one that is made at once, the same each time."""

import subprocess
import sys
from dataclasses import replace
from datetime import datetime, time
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from jiuyuan import clock, config, demonstration_progress
from jiuyuan.applications.models import Application
from jiuyuan.demonstration import plan, schedule
from jiuyuan.history import services as history
from jiuyuan.history.models import Entry
from jiuyuan.oversight.models.tallies import DERIVED
from jiuyuan.rules import calendar
from tests.conftest import TODAY
from tests.demonstrated import ENVIRONMENT
from tests.demonstration import fewer
from tests.demonstration.conftest import rows
from tests.killing import ROOT

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

_FEWER = """
import sys
from pathlib import Path
import django

django.setup()
from jiuyuan.demonstration import plan
from tests.demonstration import fewer

plan.everyone, plan.REACH = fewer.everyone, fewer.REACH
"""
_FIRST = """
from jiuyuan import tables
from jiuyuan.agencies import services
from jiuyuan.demonstration import accounts, first_screens

data = Path(sys.argv[1])
tables.bring_up_to_date()
services.plant()
first_screens.begin(data, accounts.hashed_password(data), lambda over, of: None)

from jiuyuan.oversight.figures import upkeep

upkeep.keep_up()  # as the worker does meanwhile
"""
_REST = """
from jiuyuan.demonstration import background

background.main()
"""


@pytest.fixture
def behind(tmp_path: Path) -> Path:
    """The data folder of one whose rest was made behind."""
    data = tmp_path / "behind its pages"
    config.create(data, "demonstration")
    _run(_FEWER + _FIRST, data, JIUYUAN_DATA=data)
    folder, database = data / demonstration_progress.FOLDER, data / "jiuyuan.sqlite3"
    (folder / config.FILE).write_bytes((data / config.FILE).read_bytes())
    own = f"sqlite:///{folder}/jiuyuan.sqlite3"
    _run(_FEWER + _REST, database, JIUYUAN_DATA=folder, JIUYUAN_DATABASE_URL=own)
    return data


@pytest.fixture
def at_once(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another one in the test database."""
    data = tmp_path / "at once"
    data.mkdir()
    settings.JIUYUAN = replace(settings.JIUYUAN, data=data, ledger_key=data / "keys/ledger.key")
    monkeypatch.setattr(plan, "everyone", fewer.everyone)
    monkeypatch.setattr(plan, "REACH", fewer.REACH)
    with clock.standing_at(datetime.combine(TODAY, time(18), clock.CHINA)):
        schedule.make(data, lambda over, of: None)


def test_same_day_makes_the_same_demonstration_and_all_of_it_behind_the_first_pages(behind, at_once):
    """The same people with the same cases, the same number of rows in every table, and none that points to no row.

    But for batches: what the first pages report in an afternoon is a batch of its own.
    """
    columns = ("person__name", "status", "round", "due_on", "person__address", "channel", "version")
    here = [tuple(map(str, row)) for row in Application.objects.unscoped().values_list(*columns)]
    there = rows(
        behind,
        "SELECT p.name, a.status, a.round, a.due_on, p.address, a.channel, a.version"
        " FROM applications_application a JOIN people_person p ON p.id = a.person_id",
    )
    assert len(here) > 50
    acts = list(Entry.objects.unscoped().order_by("id").values_list("at", flat=True))
    assert acts == sorted(acts), "at once, all acts follow each other in the order of time"
    people = [act.at.astimezone(clock.CHINA) for act in Entry.objects.unscoped().exclude(role=history.SYSTEM.role)]
    assert all(calendar.is_workday(moment.date()) and 8 <= moment.hour < 18 for moment in people)
    assert sorted(here) == sorted(tuple(map(str, row)) for row in there)
    derived = [model._meta.db_table for model in DERIVED]
    tables = set(connection.introspection.table_names()) - {"django_migrations", "applications_batch", *derived}
    with connection.cursor() as cursor:
        counted = {table: cursor.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0] for table in tables}
    assert counted == {table: rows(behind, f'SELECT count(*) FROM "{table}"')[0][0] for table in tables}
    assert {table: rows(behind, f'SELECT count(*) FROM "{table}"')[0][0] for table in derived} == dict.fromkeys(
        derived, 0
    )
    assert rows(behind, "PRAGMA foreign_key_check") == []
    assert not (behind / demonstration_progress.FOLDER).exists()


def _run(program: str, argument: Path, **environment: object) -> None:
    own = {"DJANGO_SETTINGS_MODULE": "jiuyuan.settings", "JIUYUAN_TODAY": TODAY.isoformat()}
    given = {name: str(value) for name, value in environment.items()}
    command = [sys.executable, "-c", program, argument]
    done = subprocess.run(command, env={**ENVIRONMENT, **own, **given}, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
