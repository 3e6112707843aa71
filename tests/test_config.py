"""An installation is its folder: written once, read by its owner alone."""

import os
import stat

import pytest
from django.conf import settings

from jiuyuan import config


def test_new_installation_has_keys_of_its_own(tmp_path):
    first, second = config.create(tmp_path / "a", "test"), config.create(tmp_path / "b", "test")
    assert first.secret_key != second.secret_key
    assert first.index_key != second.index_key
    assert first.field_keys[1] != second.field_keys[1]
    assert len(first.index_key) == len(first.field_keys[1]) == 32


def test_creating_again_leaves_an_installation_as_it_is(tmp_path):
    first = config.create(tmp_path, "test")
    assert config.create(tmp_path, "demonstration") == first


def test_file_with_the_keys_is_readable_by_its_owner_alone(tmp_path):
    config.create(tmp_path, "demonstration")
    assert stat.S_IMODE((tmp_path / config.FILE).stat().st_mode) == 0o600


def test_folder_without_an_installation_says_what_to_run(tmp_path):
    with pytest.raises(config.NotInstalled, match="jiuyuan demo"):
        config.load(tmp_path)


def test_database_lies_in_the_data_folder_unless_the_environment_names_another(tmp_path, monkeypatch):
    monkeypatch.delenv("JIUYUAN_DATABASE_URL", raising=False)
    config.create(tmp_path, "test")
    assert config.load(tmp_path).database_url == f"sqlite:///{tmp_path}/jiuyuan.sqlite3"
    monkeypatch.setenv("JIUYUAN_DATABASE_URL", "postgres://elsewhere/jiuyuan")
    assert config.load(tmp_path).database_url == "postgres://elsewhere/jiuyuan"


def test_data_folder_is_the_one_that_the_environment_names(tmp_path, monkeypatch):
    monkeypatch.setenv("JIUYUAN_DATA", str(tmp_path))
    assert config.data_folder() == tmp_path


def test_data_folder_of_a_checkout_is_its_var(monkeypatch):
    monkeypatch.delenv("JIUYUAN_DATA")
    folder = config.data_folder()
    assert folder.name == "var"
    assert (folder.parent / "pyproject.toml").exists()


def test_production_refuses_a_fixed_day_at_start(tmp_path, monkeypatch):
    monkeypatch.delenv("JIUYUAN_TODAY")
    config.create(tmp_path, "production")
    monkeypatch.setenv("JIUYUAN_TODAY", "2026-03-02")
    with pytest.raises(config.UnusableConfig, match="JIUYUAN_TODAY"):
        config.load(tmp_path)


def test_only_production_holds_its_day(tmp_path, monkeypatch):
    monkeypatch.delenv("JIUYUAN_TODAY")
    movable = {mode: config.create(tmp_path / mode, mode).time_can_move for mode in ("production", "demonstration")}
    assert movable == {"production": False, "demonstration": True}


def test_a_process_of_tests_has_a_data_folder_of_its_own():
    worker = os.environ.get("PYTEST_XDIST_WORKER", settings.JIUYUAN.data.name)
    assert str(settings.JIUYUAN.data) == os.environ["JIUYUAN_DATA"]
    assert settings.JIUYUAN.data.name == worker


def test_nobody_else_reads_what_is_in_the_folder_nor_what_is_written_from_now_on(tmp_path, monkeypatch):
    monkeypatch.delenv("JIUYUAN_TODAY", raising=False)
    data = tmp_path / "data"
    config.create(data, "production")
    for name in ("jiuyuan.sqlite3", "digests.jsonl"):
        (data / name).touch()
        (data / name).chmod(0o644)
    (data / "documents").mkdir()
    (data / "documents").chmod(0o755)
    data.chmod(0o755)
    before = os.umask(0o022)
    try:
        config.keep_private(data)
        (data / "new").touch()
        (data / "documents" / "ab").mkdir()
    finally:
        os.umask(before)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (data, *data.rglob("*"))}
    assert modes.pop("data") == modes.pop("documents") == modes.pop("ab") == 0o700
    assert set(modes.values()) == {0o600}


def test_a_running_installation_is_private(settings):
    assert stat.S_IMODE(settings.JIUYUAN.data.stat().st_mode) == 0o700
    umask = os.umask(0o077)
    os.umask(umask)
    assert umask == 0o077


def test_a_production_system_expects_its_proxy_to_name_the_visitor(tmp_path, monkeypatch):
    monkeypatch.delenv("JIUYUAN_TODAY", raising=False)
    assert config.create(tmp_path / "production", "production").address_header == "X-Forwarded-For"
    assert config.create(tmp_path / "demonstration", "demonstration").address_header == ""
