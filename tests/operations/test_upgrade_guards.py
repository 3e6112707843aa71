"""What `jiuyuan upgrade` refuses before it touches anything, and that it runs alone on a site that can be read meanwhile."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from jiuyuan import clock, read_only
from jiuyuan.operations import runs, upgrade
from jiuyuan.operations.models import MaintenanceRun
from jiuyuan.refusals import Conflict, WrongState

pytestmark = pytest.mark.django_db


@pytest.fixture
def here(settings: Any, tmp_path: Path) -> Any:
    settings.JIUYUAN = replace(settings.JIUYUAN, data=tmp_path)
    return settings.JIUYUAN


@contextmanager
def another_upgrade(data: Path) -> Iterator[None]:
    with (data / upgrade._LOCK_FILE).open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def test_of_two_upgrades_at_once_the_second_is_told_and_changes_nothing(here: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(upgrade.tables, "bring_up_to_date", lambda: pytest.fail("it must not begin"))
    with another_upgrade(here.data), pytest.raises(Conflict, match="正在升级"):
        upgrade.apply(here)
    assert not MaintenanceRun.objects.exists()


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite lies on one machine")
def test_an_upgrade_from_another_machine_is_told_too(here: Any) -> None:
    elsewhere = connection.copy()
    try:
        with elsewhere.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [upgrade._LOCK])
        with pytest.raises(Conflict, match="正在升级"):
            upgrade.apply(here)
    finally:
        elsewhere.close()


def test_the_site_can_only_be_read_while_tables_change_and_acts_again_afterwards(here: Any, monkeypatch: Any) -> None:
    meanwhile = []
    monkeypatch.setattr(upgrade.tables, "bring_up_to_date", lambda: meanwhile.append(read_only.is_read_only(here.data)))
    upgrade.apply(here)
    assert (meanwhile, read_only.is_read_only(here.data)) == ([True], False)
    assert upgrade.version_is_new() is False


def test_a_later_database_and_a_way_that_is_too_long_are_refused_by_the_version_to_install(monkeypatch: Any) -> None:
    for on_file, installed, told in (("0.9.0", "0.8.3", "请安装那个版本"), ("1.2.0", "1.5.0", "请先安装 1.4 版")):
        monkeypatch.setattr(upgrade.runs, "version_on_file", lambda on_file=on_file: on_file)
        monkeypatch.setattr(upgrade.jiuyuan, "__version__", installed)
        with pytest.raises(WrongState, match=told):
            upgrade.refuse_impossible()


def test_no_upgrade_without_a_backup_of_the_last_day(monkeypatch: Any) -> None:
    with pytest.raises(WrongState, match="jiuyuan backup"):
        upgrade.refuse_without_backup()
    for ago, refused in ((timedelta(hours=23), False), (timedelta(hours=25), True)):
        monkeypatch.setattr(runs, "last_at", lambda _kind, ago=ago: clock.now() - ago)
        if refused:
            with pytest.raises(WrongState, match="jiuyuan backup"):
                upgrade.refuse_without_backup()
        else:
            upgrade.refuse_without_backup()
