"""A backup of an installation of its own, brought back into another; what must not come back is refused with a sentence."""

import json
import shutil
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path

import pytest

from jiuyuan import config
from jiuyuan.operations.upgrade import first_stop, is_later
from tests import killing
from tests.conftest import TODAY

pytestmark = pytest.mark.slow
COMMAND = "import sys\nfrom jiuyuan import cli\nsys.exit(cli.main())"
FILL = """
from jiuyuan.history import sealing
from django.conf import settings
from tests.factories import a_case
from jiuyuan import clock
a_case()
print(sealing.seal(clock.today(), settings.JIUYUAN.ledger))
"""


@pytest.fixture
def office(tmp_path: Path) -> Iterator[killing.Programs]:
    installation = config.create(tmp_path / "data", "test")
    (installation.data / "limits.toml").write_text("")
    with killing.programs(installation.data, tmp_path, TODAY) as programs:
        programs.run("from jiuyuan import tables; from jiuyuan.agencies import services\n"
                     "tables.bring_up_to_date(); services.plant()")  # fmt: skip
        assert "2026-03-02" in programs.run(FILL)
        yield programs


def said(programs: killing.Programs, *arguments: object) -> tuple[int, str]:
    status, printed, errors = programs._status(COMMAND, *arguments)
    return status, printed + errors


def test_what_was_backed_up_comes_back_whole_and_nothing_else_does(office: killing.Programs, tmp_path: Path) -> None:
    data, kept = tmp_path / "data", tmp_path / "kept"
    status, text = said(office, "backup", data / "inside")
    assert (status, "不能放在数据文件夹里面" in text) == (2, True)
    assert said(office, "backup", kept)[0] == 0
    [first] = kept.glob("jiuyuan-*")
    made = json.loads((first / "manifest.json").read_text())
    assert (made["documents"], made["counts"]["applications_application"]) == (2, 1)
    assert "jiuyuan.toml" in made["left_out"]
    held = config.load(data)
    secrets = [held.index_key, *held.field_keys.values(), held.secret_key.encode()]
    everything = b"".join(path.read_bytes() for path in first.rglob("*") if path.is_file())
    assert not [one for one in secrets if one in everything or b64encode(one) in everything]

    # A second one shares the documents with the first, and only so many stay.
    shutil.move(first, first.with_name("jiuyuan-20260101-000000"))
    assert said(office, "backup", kept, "--keep", "2")[0] == 0
    second = max(kept.glob("jiuyuan-*"))
    assert {path.stat().st_nlink for path in second.glob("documents/*/*")} == {2}
    status, text = said(office, "restore", second, "--drill", "--scratch", tmp_path)
    assert (status, "演练通过" in text) == (0, True), text
    assert not list(tmp_path.glob("jiuyuan-drill-*"))
    status, text = said(office, "restore", second)
    assert (status, "数据库里已有数据" in text) == (2, True)

    # Another machine: the keys come from elsewhere, the rest from the backup.
    other = config.create(tmp_path / "other", "test").data
    with killing.programs(other, tmp_path, TODAY) as elsewhere:
        status, text = said(elsewhere, "restore", second)
        assert (status, "密钥不对" in text, "field_keys.1" in text) == (2, True, True)
    shutil.copy(data / "jiuyuan.toml", other)
    shutil.copytree(data / "keys", other / "keys", ignore=shutil.ignore_patterns("*.last"))
    with killing.programs(other, tmp_path, TODAY) as elsewhere:
        newer = tmp_path / "newer"
        shutil.copytree(second, newer)
        (newer / "manifest.json").write_text(json.dumps(made | {"version": "9.4.1"}))
        status, text = said(elsewhere, "restore", newer)
        assert (status, "请先安装 9.4.1 版" in text) == (2, True)
        damaged = tmp_path / "damaged"
        shutil.copytree(second, damaged)
        hurt = next(damaged.glob("documents/*/*"))
        hurt.write_bytes(hurt.read_bytes()[:-1])
        status, text = said(elsewhere, "restore", damaged)
        assert (status, hurt.name in text) == (2, True)
        assert not (other / "documents").exists()
        status, text = said(elsewhere, "restore", second)
        assert (status, "办事记录没有发现问题" in text) == (0, True), text
        assert (other / "digests.jsonl").read_bytes() == (data / "digests.jsonl").read_bytes()
        assert said(elsewhere, "upgrade", "--dry-run") == (0, "已装 0.1.0 版，数据库是 未记下 版，要做 0 步。\n")
        assert said(elsewhere, "upgrade")[0] == 0
        assert "数据库是 0.1.0 版" in said(elsewhere, "upgrade", "--dry-run")[1]


def test_a_way_that_is_too_long_names_the_version_to_stop_at() -> None:
    assert [first_stop("1.2.0", after) for after in ("1.2.9", "1.4.0", "1.5.0", "2.0.3", "2.1.0", "3.0.0")] == [
        "", "", "1.4", "", "2.0", "2.0",
    ]  # fmt: skip
    assert is_later("0.10.0", "0.9.12")
    assert not is_later("0.1.0", "0.1.0")
