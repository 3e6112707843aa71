"""What those who run an installation see of it: health, figures, the page, the log, the number of a request, errors without names."""

import json
import logging
import shutil
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection
from django.urls import reverse

from jiuyuan import clock, config, read_only, request_ids
from jiuyuan.agencies import pace
from jiuyuan.agencies.models import Try
from jiuyuan.agencies.services import issue_token
from jiuyuan.history.models import Entry, Look
from jiuyuan.history.verifying import verify
from jiuyuan.masking import LogFilter
from jiuyuan.operations import checks, runs, state
from jiuyuan.operations.logs import ErrorTable, JsonLines
from jiuyuan.operations.models import ErrorSeen
from tests.factories import a_case, an_applicant, staff
from tests.jobs import work

pytestmark = pytest.mark.django_db
NUMBER = "abcdef0123456789"


def graded(check: Any) -> tuple[checks.Level, str]:
    found = check()
    assert bool(found.todo) is (found.level is not checks.Level.WELL)
    return found.level, found.said


def failing(logger: str = "django.request") -> logging.LogRecord:
    try:
        raise KeyError("王秀兰 220102198503020029")
    except KeyError as error:
        try:
            clock.asked_day(None)  # type: ignore[arg-type]  # a line of our own package
        except TypeError as ours:
            ours.__context__ = error
            return logging.LogRecord(
                logger, logging.ERROR, "", 0, "%s", ("电话13900000000",), (TypeError, ours, ours.__traceback__)
            )
    raise AssertionError


def test_machines_are_told_how_the_installation_is_and_nobody_else_is(
    client: Any, settings: Any, tmp_path: Any
) -> None:
    settings.JIUYUAN = replace(settings.JIUYUAN, data=tmp_path)
    assert [client.get(f"/health/{name}").status_code for name in ("live", "ready")] == [200, 200]
    clerk = staff("clerk")
    client.force_login(clerk, backend="jiuyuan.agencies.backends.WithAgency")
    with read_only.read_only(settings.JIUYUAN.data):
        assert client.get("/health/ready").json() == {"database": True, "data_folder": True, "writable": False}
        refused = client.post("/larger-type/", {"larger": "1"})
        assert (refused.status_code, "系统正在升级" in refused.content.decode()) == (503, True)
        assert client.post("/api/v1/applications", {}, "application/json").json()["code"] == "read_only"
        assert client.get(reverse("desk:inbox")).status_code == 200
    assert client.get("/health/ready").status_code == 200
    with runs.recorded(runs.Kind.BACKUP) as figures:
        figures |= {"rows": 3}
    text = client.get("/metrics").content.decode()
    assert 'jiuyuan_age_seconds{of="backup"} 0\n' in text
    assert 'jiuyuan_jobs{state="failed"} 0\n' in text
    assert client.get("/metrics", headers={"X-Forwarded-For": "127.0.0.1"}).status_code == 404
    assert client.get("/metrics", REMOTE_ADDR="10.0.0.7").status_code == 404


def test_token_opens_the_figures_from_elsewhere(client: Any, settings: Any) -> None:
    settings.JIUYUAN = replace(settings.JIUYUAN, metrics_token="t" * 32)
    for given, status in (("t" * 32, 200), ("t" * 31, 404), ("", 404)):
        asked = client.get("/metrics", REMOTE_ADDR="10.0.0.7", headers={"Authorization": f"Bearer {given}"})
        assert asked.status_code == status


def test_number_of_a_request_stands_in_its_answer_its_acts_its_looks_and_its_log(client: Any) -> None:
    headers = {"X-Request-ID": NUMBER, "Authorization": f"Bearer {issue_token(staff('clerk'))}"}
    said = json.dumps(an_applicant().form(channel="window"))
    answer = client.post("/api/v1/applications", said, "application/json", headers=headers)
    assert (answer.status_code, answer["X-Request-ID"]) == (201, NUMBER), answer.content
    assert {entry.payload["request"] for entry in Entry.objects.of(f"application:{answer.json()['number']}")} == {
        NUMBER
    }
    client.get(f"/api/v1/applications/{answer.json()['number']}", headers=headers)
    assert set(Look.objects.unscoped().values_list("request", flat=True)) == {NUMBER}
    assert list(verify()) == []
    drawn = client.get("/health/live", headers={"X-Request-ID": "a b"})["X-Request-ID"]
    assert len(drawn) == 16
    a_case("draft", an_applicant(name="李秀兰"))
    assert "request" not in Entry.objects.unscoped().order_by("-id").first().payload
    token = request_ids._here.set(NUMBER)
    record = failing()
    assert LogFilter().filter(record)
    line = json.loads(JsonLines().format(record))
    request_ids._here.reset(token)
    assert (line["request"], line["message"]) == (NUMBER, "电话139****0000")
    assert "220102*********" not in line["message"]
    assert "0302" not in line["error"]


def test_errors_are_counted_by_kind_and_place_without_what_they_say(client: Any) -> None:
    for _ in range(2):
        ErrorTable().emit(failing())
    ErrorTable().emit(failing("jiuyuan.worker"))
    ErrorTable().emit(logging.LogRecord("x", logging.ERROR, "", 0, "no error", (), None))
    twice, once = ErrorSeen.objects.order_by("-count")
    assert (twice.error, twice.count, twice.where, twice.place.split(":")[0]) == (
        "TypeError",
        2,
        "django.request",
        "clock.py",
    )
    assert (once.count, once.where) == (1, "jiuyuan.worker")
    assert "秀兰" not in str(list(ErrorSeen.objects.values()))

    guessed = staff("clerk")
    for _ in range(6):
        pace.note(pace.mark_of("login-account", guessed.username, ""))
    assert state.guessed_at() == [(guessed, 6)]
    client.force_login(staff("province"), backend="jiuyuan.agencies.backends.WithAgency")
    page = client.get("/desk/system/").content.decode()
    for said in ("clock.py:", guessed.username, "恢复演练", "怎么办"):
        assert said in page
    Try.objects.all().delete()
    assert state.guessed_at() == []


def test_each_check_says_when_it_is_not_well(monkeypatch: Any, settings: Any, tmp_path: Any, today: Any) -> None:
    well, soon, bad = checks.Level.WELL, checks.Level.SOON, checks.Level.BAD
    found = list(checks.findings())
    assert len(found) == len(checks._CHECKS)
    assert not [one for one in found if "查不出来" in one.said]
    config.create(tmp_path / "data", "test")
    here = settings.JIUYUAN = replace(settings.JIUYUAN, data=tmp_path / "data", ledger_key=tmp_path / "ledger.key")

    assert graded(checks.keys)[0] is well
    (here.data / config.FILE).chmod(0o640)
    assert graded(checks.keys) == (bad, "别人也能读：jiuyuan.toml")

    assert graded(checks.ledger)[0] is soon
    settings.JIUYUAN = replace(here, ledger_outside=tmp_path / "outside")
    here.ledger.write_text('{"day": "2026-03-01", "entries": 1, "files": 1, "hash": "' + "a" * 64 + '"}\n')
    assert graded(checks.ledger)[0] is bad
    shutil.copy(here.ledger, tmp_path / "outside")
    assert graded(checks.ledger)[0] is well

    assert graded(checks.backup) == (bad, "没有过")
    assert graded(checks.drill)[0] is soon
    for kind in (runs.Kind.BACKUP, runs.Kind.DRILL):
        with runs.recorded(kind):
            pass
    assert [graded(check)[0] for check in (checks.backup, checks.drill)] == [well, well]
    today("2026-04-01")
    assert [graded(check)[0] for check in (checks.backup, checks.drill)] == [soon, soon]

    last = date(state.holidays_known_until(), 12, 31)
    for day, level in ((last - timedelta(days=200), well), (last - timedelta(days=60), soon), (last, bad)):
        today(day.isoformat())
        assert graded(checks.holidays)[0] is level
    today("2026-03-02")

    (here.data / "certificates").mkdir()
    (here.data / "certificates/220102.p12").write_bytes(b"broken")
    assert graded(checks.certificates) == (bad, "打不开：220102.p12")
    for days, level in ((-1, bad), (30, soon), (31, well)):
        monkeypatch.setattr(state, "certificates", lambda days=days: [state.CertificateDays("220102.p12", days)])
        assert graded(checks.certificates)[0] is level
    for free, level in ((1, bad), (5 * checks.GIGABYTE, soon), (50 * checks.GIGABYTE, well)):
        monkeypatch.setattr(state, "room", lambda free=free: state.Room(free, 100 * checks.GIGABYTE))
        assert graded(checks.disk)[0] is level

    monkeypatch.setattr(state, "errors_of_days", lambda _days: 1 / 0)
    assert [one.said for one in checks.findings() if one.what == "程序错误"] == ["查不出来（ZeroDivisionError）"]


@pytest.mark.skipif(connection.vendor == "postgresql", reason="the day of the tests is not that of the server")
def test_machine_clock_nights_jobs_and_address_are_looked_at_too(monkeypatch: Any, settings: Any, today: Any) -> None:
    well, soon, bad = checks.Level.WELL, checks.Level.SOON, checks.Level.BAD
    pages = {"SC_PAGE_SIZE": 4096, "SC_PHYS_PAGES": 2 * 1024**3 // 4096}
    with monkeypatch.context() as small:
        small.setattr(checks.os, "sysconf", pages.__getitem__)
        assert graded(checks.memory) == (soon, "2.0GB")
        pages["SC_PHYS_PAGES"] *= 2
        assert graded(checks.memory) == (well, "4.0GB")
    assert graded(checks.fonts)[0] is well
    with monkeypatch.context() as bare:
        bare.setattr(checks.importlib.util, "find_spec", lambda _name: None)
        assert graded(checks.fonts)[0] is bad

    a_case("draft")
    here = settings.JIUYUAN
    in_production = settings.JIUYUAN = replace(here, mode="production")
    assert graded(checks.clocks)[0] is well
    monkeypatch.setattr(state, "last_act_at", lambda: clock.now() + timedelta(minutes=1))
    assert graded(checks.clocks)[0] is bad
    assert graded(checks.address)[0] is soon
    settings.JIUYUAN = replace(in_production, base_url="https://jiuyuan.example.gov.cn")
    assert graded(checks.address)[0] is well
    settings.JIUYUAN = here

    for last, level in ((None, soon), (clock.now() - timedelta(hours=27), soon), (clock.now(), well)):
        monkeypatch.setattr(state, "last_night", lambda last=last: last)
        assert graded(checks.night)[0] is level
    for day, level in ((None, soon), (clock.today() - timedelta(days=2), soon), (clock.today(), well)):
        monkeypatch.setattr(state, "last_seal_day", lambda day=day: day)
        assert graded(checks.seal)[0] is level
    for neglected, level in ((3, bad), (0, well)):
        monkeypatch.setattr(state, "neglected", lambda neglected=neglected: neglected)
        monkeypatch.setattr(state, "jobs", Counter)
        assert graded(checks.jobs)[0] is level
    ErrorTable().emit(failing())
    assert graded(checks.errors) == (soon, "7天内1种")


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no server")
def test_database_is_looked_at_for_its_locale_and_an_order_that_changed_below_its_indexes() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT datcollate FROM pg_database WHERE datname = current_database()")
        [locale] = cursor.fetchone()
        level, said = graded(checks.database)
        assert (level is checks.Level.BAD, locale in said) == (False, True)
        cursor.execute("UPDATE pg_database SET datcollversion = '0' WHERE datname = current_database()")
        level, said = graded(checks.database)
    assert (level, "排序规则已经换了" in said) == (checks.Level.BAD, True)


def test_figures_state_and_page_name_nobody_on_file(client: Any) -> None:
    case = a_case("publishing", an_applicant(name="李秀兰"))
    with runs.recorded(runs.Kind.BACKUP):
        pass
    ErrorTable().emit(failing())
    client.force_login(staff("province"), backend="jiuyuan.agencies.backends.WithAgency")
    for address in ("/metrics", "/health/live", "/health/ready", "/desk/system/"):
        said = client.get(address).content.decode()
        personal = (case.person.name, case.person.id_number, case.person.phone, case.number, "王秀兰")
        assert not [one for one in personal if one in said], address


def test_worker_removes_sessions_that_ran_out_and_no_others() -> None:
    stay, gone = SessionStore(), SessionStore()
    for session, seconds in ((stay, 60), (gone, -60)):
        session["typed"] = "王秀兰"
        session.set_expiry(seconds)
        session.save()
    work("forget_sessions")
    assert (SessionStore().exists(stay.session_key), SessionStore().exists(gone.session_key)) == (True, False)
