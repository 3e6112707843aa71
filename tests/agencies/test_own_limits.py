"""A region's own holidays and limits count for the whole installation, the web pages and the night included."""

import os
import subprocess
import sys
from pathlib import Path

from jiuyuan import config

_ASK = """
import django; django.setup()
from datetime import date
from jiuyuan.regions.registry import region_of
from jiuyuan.rules import calendar
print(calendar.add_workdays(date(2027, 6, 1), 1), region_of("22/2201/220102/220102001/").limit("notice_working_days", on=date(2026, 5, 1)))
"""


def ask(data: Path) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"JIUYUAN_DATA": str(data), "DJANGO_SETTINGS_MODULE": "jiuyuan.settings"}
    environment.pop("JIUYUAN_DATABASE_URL", None)
    return subprocess.run(
        [sys.executable, "-c", _ASK], env=environment, capture_output=True, text=True, check=False, timeout=60
    )


def test_holidays_and_limits_in_the_data_folder_are_counted_with(tmp_path: Path) -> None:
    config.create(tmp_path, "test")
    (tmp_path / "holidays.toml").write_text(
        '[2027]\nsource = "国办发明电〔2026〕1号"\nholidays = [2027-06-02]\nworkdays = []\n', "utf-8"
    )
    (tmp_path / "limits.toml").write_text(
        '[[notice_working_days]]\nvalue = 5\nregion = "220102"\neffective_on = 2026-01-01\nsource = "南关区细则"\n',
        "utf-8",
    )
    answer = ask(tmp_path).stdout
    assert "datetime.date(2027, 6, 3)" in answer
    assert answer.split()[-1] == "5"


def test_a_faulty_file_stops_the_installation_with_a_sentence(tmp_path: Path) -> None:
    config.create(tmp_path, "test")
    (tmp_path / "limits.toml").write_text("[[notice_days]]\nvalue = 5\n", "utf-8")
    answer = ask(tmp_path)
    assert answer.returncode != 0
    assert "没有名为 notice_days 的期限" in answer.stderr
