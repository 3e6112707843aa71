"""The one day on which everything stands."""

import dataclasses
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from jiuyuan import clock


def test_day_is_what_the_environment_says(today):
    assert today("2026-03-05") == date(2026, 3, 5) == clock.today()


def test_stamp_carries_the_day_on_which_the_system_stands(today):
    today("2026-03-05")
    assert clock.now().date() == date(2026, 3, 5)
    assert clock.now().tzinfo == clock.CHINA


def test_day_is_that_of_china_where_nothing_fixes_it(monkeypatch):
    class LateInLondon(datetime):
        @classmethod
        def now(cls, tz=None):
            return datetime(2026, 3, 1, 16, 30, tzinfo=ZoneInfo("UTC")).astimezone(tz)

    monkeypatch.delenv(clock.VARIABLE)
    monkeypatch.setattr(clock, "datetime", LateInLondon)
    assert clock.today() == date(2026, 3, 2)


def test_demonstration_moved_on_stays_there_for_every_process(monkeypatch, settings):
    clock.move_to(date(2026, 4, 1))
    assert clock.today() == date(2026, 4, 1)
    monkeypatch.delenv(clock.VARIABLE)
    assert clock.today() == date(2026, 4, 1)
    assert (settings.JIUYUAN.data / "today").read_text() == "2026-04-01"


def test_production_cannot_be_moved(settings):
    settings.JIUYUAN = dataclasses.replace(settings.JIUYUAN, mode="production")
    with pytest.raises(PermissionError, match="正式系统"):
        clock.move_to(date(2026, 4, 1))


def test_production_pays_no_heed_to_a_day_left_by_a_demonstration(monkeypatch, settings):
    (settings.JIUYUAN.data / "today").write_text("2001-01-01")
    settings.JIUYUAN = dataclasses.replace(settings.JIUYUAN, mode="production")
    monkeypatch.delenv(clock.VARIABLE)
    assert clock.today().year > 2001


def test_a_day_in_an_address_stays_where_limits_can_be_counted_from_it():
    assert [clock.asked_day(text) for text in ("0001-01-01", "2026-03-02", "9999-12-31")] == [
        clock.EARLIEST,
        date(2026, 3, 2),
        clock.LATEST,
    ]
    assert [clock.asked_day(text) for text in ("", "heute", "2026-02-30", "²")] == [None] * 4
