"""Uploads of programs that were killed between a file and its row."""

import os
import time
from datetime import date, timedelta

import pytest

from jiuyuan.applications import lost_uploads, outreach
from jiuyuan.people.sources import services, storing
from tests.factories import staff

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_files_of_other_tests(monkeypatch, tmp_path):
    """What they left lying would be counted with one's own."""
    monkeypatch.setattr(storing, "_path", lambda name: tmp_path / "imports" / name)


def hours_pass(hours):
    for name in storing.lying_since(timedelta(days=-1)):
        os.utime(storing._path(name), times=(time.time() - hours * 3600,) * 2)


def test_upload_that_nothing_names_is_removed_after_a_day_and_not_before():
    name, _ = storing.store([b"x"])
    hours_pass(23)
    assert lost_uploads.remove_lost() == 0
    hours_pass(25)
    assert lost_uploads.remove_lost() == 1
    with pytest.raises(FileNotFoundError):
        storing.opened(name)


def test_files_that_wait_for_their_import_or_their_screening_stay():
    reviewer = staff("reviewer")
    imported = services.upload(reviewer, "social_insurance", "社保.csv", [b"x"], date(2026, 3, 1))
    listed = outreach.upload(
        reviewer,
        provider="失业登记系统",
        file_name="名单.csv",
        pieces=["姓名,身份证号码,常住地区划\n".encode()],
    )
    hours_pass(25)
    assert lost_uploads.remove_lost() == 0
    assert {imported.stored_as, listed.stored_as} == set(storing.lying_since(timedelta(days=1)))
