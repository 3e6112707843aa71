"""A full disk and a busy database are a sentence and a status, for pages, programs and commands; nothing half is left."""

import errno
import io
from collections.abc import Iterator
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError, connection, connections
from psycopg import errors as postgres_errors

from jiuyuan import cli, whole_files
from jiuyuan.agencies.services import issue_token
from jiuyuan.applications.models import Material
from jiuyuan.history.models import Look
from jiuyuan.people import documents
from jiuyuan.people.sources import storing
from jiuyuan.troubles import Busy, NoRoom, foreseen
from tests.conftest import ON_POSTGRES
from tests.factories import a_case, a_photograph, again, an_applicant, staff
from tests.portal.walking import a_draft_of, boxes, seen


def files_below(folder: Path) -> set[Path]:
    return {path for path in folder.rglob("*") if path.is_file()}


class _FullDisk(io.FileIO):
    """A file on a disk with room for a few bytes."""

    def write(self, content: Any) -> int:
        super().write(bytes(content)[:10])
        raise OSError(errno.ENOSPC, "No space left on device")


@pytest.fixture
def full_disk(monkeypatch: pytest.MonkeyPatch) -> set[Path]:
    """Files can be begun and not be finished. Gives those that were there before."""
    before = files_below(settings.JIUYUAN.data)
    real_open = Path.open

    def opened(path: Path, mode: str = "r", *more: Any, **options: Any) -> Any:
        return _FullDisk(path, "x") if mode == "xb" else real_open(path, mode, *more, **options)

    monkeypatch.setattr(Path, "open", opened)
    return before


@pytest.fixture
def full_database(transactional_db: None) -> Iterator[None]:
    """No room in the database from now on: SQLite's own limit; PostgreSQL's error for every statement that writes."""
    if ON_POSTGRES:
        with connection.execute_wrapper(_no_room):
            yield
        return
    with connection.cursor() as cursor:
        [(pages,)] = cursor.execute("PRAGMA page_count").fetchall()
        cursor.execute(f"PRAGMA max_page_count = {pages}")
        yield
        cursor.execute("PRAGMA max_page_count = 1000000000")


def _no_room(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
    if sql.startswith(("INSERT", "UPDATE")):
        raise OperationalError("could not extend file") from postgres_errors.DiskFull("could not extend file")
    return execute(sql, params, many, context)


def test_a_file_that_cannot_be_finished_leaves_nothing(full_disk):
    with pytest.raises(OSError, match="No space"):
        documents.store(b"x" * 1000)
    with pytest.raises(OSError, match="No space"):
        storing.store([b"x" * 3_000_000])
    assert files_below(settings.JIUYUAN.data) == full_disk


def test_a_file_that_cannot_be_replaced_stays_as_it_was(tmp_path):
    path = tmp_path / "there"
    path.write_bytes(b"before")
    with pytest.raises(TypeError), whole_files.written_whole(path) as file:
        file.writelines([b"half", None])
    assert [one.read_bytes() for one in tmp_path.iterdir()] == [b"before"]


@pytest.mark.django_db
def test_a_photograph_that_finds_no_room_is_refused_in_words_on_the_page_it_was_sent_from(log_in, full_disk):
    account, case = a_draft_of()
    sent = {"front": SimpleUploadedFile("身份证.jpg", a_photograph())}
    page = log_in(account).post(f"/mine/{case.number}/materials/id_card/", sent)
    assert page.status_code == 507
    assert page["Retry-After"]
    assert "磁盘满了" in seen(page)
    assert not Material.objects.unscoped().filter(application=case).exists()
    assert files_below(settings.JIUYUAN.data) == full_disk


@pytest.mark.django_db
def test_a_program_is_told_that_there_is_no_room(client, full_disk):
    clerk = staff("clerk")
    answer = client.post(
        f"/api/v1/applications/{a_case('draft', clerk=clerk).number}/materials",
        {"kind": "id_card", "file": SimpleUploadedFile("a.jpg", a_photograph())},
        headers={"Authorization": f"Bearer {issue_token(clerk)}"},
    )
    assert (answer.status_code, answer.json()["code"]) == (507, "no_room")
    assert answer["Content-Type"] == "application/problem+json"
    assert answer["Retry-After"]
    assert "磁盘满了" in answer.json()["title"]
    assert files_below(settings.JIUYUAN.data) == full_disk


MOST_THAT_FIT_INTO_A_PAGE = 400


def test_a_look_that_cannot_be_recorded_is_not_shown(transactional_db, log_in, request):
    clerk, applicant = staff("clerk"), an_applicant()
    case = a_case("accepted", applicant, clerk=clerk)
    page, token = log_in(clerk), issue_token(clerk)
    page.get(f"/desk/cases/{case.number}/")
    before = Look.objects.unscoped().count()
    request.getfixturevalue("full_database")
    shown = 0
    while (refused := page.get(f"/desk/cases/{case.number}/")).status_code == 200:
        shown += 1
        assert shown < MOST_THAT_FIT_INTO_A_PAGE
    assert refused.status_code == 507
    assert refused["Retry-After"]
    assert "查看也要留下记录" in seen(refused)
    assert applicant.name not in refused.content.decode()
    answer = page.get(f"/api/v1/applications/{case.number}", headers={"Authorization": f"Bearer {token}"})
    assert (answer.status_code, answer.json()["code"]) == (507, "no_room")
    assert Look.objects.unscoped().count() == before + shown
    assert page.get("/self-check/").status_code == 200, "what needs no record is still there"


def test_a_form_that_finds_no_room_keeps_what_was_typed(transactional_db, log_in, request):
    account, case = a_draft_of()
    browser = log_in(account)
    request.getfixturevalue("full_database")
    long = "保洁" * 90
    for n in range(MOST_THAT_FIT_INTO_A_PAGE):
        page = browser.post(f"/mine/{case.number}/form/wishes/", {"job_intention": f"{long}{n}"})
        if page.status_code != 302:
            break
    assert page.status_code == 507
    assert "没有存上：服务器的磁盘满了" in seen(page)
    assert boxes(page)["job_intention"] == [f"{long}{n}"]


@pytest.fixture
def locked_database(transactional_db: None) -> Iterator[None]:
    """Somebody else writes, and does not come to an end."""
    other = connections["default"].copy("default")
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '300ms'" if ON_POSTGRES else "PRAGMA busy_timeout = 300")
    other.ensure_connection()
    with other.cursor() as cursor:
        cursor.execute("BEGIN" if ON_POSTGRES else "BEGIN IMMEDIATE")
        if ON_POSTGRES:
            cursor.execute("LOCK TABLE history_look, history_entry IN EXCLUSIVE MODE")
        yield
        cursor.execute("ROLLBACK")
    other.close()
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '20s'" if ON_POSTGRES else "PRAGMA busy_timeout = 20000")


def test_a_database_that_somebody_else_holds_is_said_in_a_bounded_time_and_nothing_is_done(
    transactional_db, log_in, request
):
    clerk = staff("clerk")
    case = a_case("submitted", clerk=clerk)
    page, token = log_in(clerk), issue_token(clerk)
    page.get("/desk/cases/")
    request.getfixturevalue("locked_database")
    began = monotonic()
    refused = page.get(f"/desk/cases/{case.number}/")
    assert monotonic() - began < 15
    assert (refused.status_code, refused["Retry-After"]) == (503, "30")
    assert "系统正忙" in seen(refused)
    assert f'href="/desk/cases/{case.number}/"' in refused.content.decode(), "the page to try again"
    answer = page.post(
        f"/api/v1/applications/{case.number}/accept",
        {"version": case.version},
        content_type="application/json",
        headers={"Authorization": f"Bearer {token}"},
    )
    assert (answer.status_code, answer.json()["code"], answer["Retry-After"]) == (503, "busy", "30")
    assert again(case).status == "submitted"


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), NoRoom),
        (OSError(errno.EDQUOT, "Disk quota exceeded"), NoRoom),
        (OSError(errno.EACCES, "Permission denied"), None),
        (postgres_errors.DiskFull(), NoRoom),
        (postgres_errors.AdminShutdown(), Busy),
        (postgres_errors.LockNotAvailable(), Busy),
        (postgres_errors.DeadlockDetected(), Busy),
        (postgres_errors.TooManyConnections(), Busy),
        (postgres_errors.OperationalError("connection refused"), Busy),
        (postgres_errors.UndefinedTable(), None),
        (OperationalError("database is locked"), Busy),
        (OperationalError("database or disk is full"), NoRoom),
        (OperationalError("no such table: x"), None),
        (ValueError("database is locked"), None),
    ],
)
def test_the_machines_troubles_are_told_from_our_own_mistakes(error, kind):
    wrapped = RuntimeError("around it")
    wrapped.__cause__ = error
    for one in (error, wrapped):
        found = foreseen(one)
        assert type(found) is (kind or type(None))


@pytest.mark.parametrize("trouble", [OSError(errno.ENOSPC, "full"), OperationalError("database is locked")])
def test_a_command_says_it_in_a_sentence(trouble, monkeypatch, capsys):
    def broken(_options: Any) -> int:
        raise trouble

    monkeypatch.setattr("jiuyuan.commands.rules._workdays", broken)
    assert cli.main(["workdays", "2026-03-02", "3"]) == cli.EXIT_CANNOT_START
    assert "什么也没有改动" in capsys.readouterr().err
