"""What every test stands on: an installation of its own, a fixed day, SQLite or PostgreSQL, strict pages.

Everything before `django.setup()` must happen before Django reads its settings, so it stands at the top of this file.
xdist's workers inherit the day and the cluster of the process that started them; their data folders lie in its own.
"""

import atexit
import gc
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from datetime import date
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection

from jiuyuan import clock, config
from tests import examples, postgres

gc.disable()  # until the tests are there: reading them in makes much and lets little go

TODAY = date(2026, 3, 2)  # a Monday
ON_POSTGRES = os.environ.get("JIUYUAN_TEST_DATABASE", "sqlite") == "postgres"

if worker := os.environ.get("PYTEST_XDIST_WORKER"):
    _data = Path(os.environ["JIUYUAN_DATA"]) / worker
    config.create(_data, "test")
    os.environ["JIUYUAN_DATA"] = str(_data)
    SHARED = _data.parent
else:
    _data = SHARED = Path(tempfile.mkdtemp(prefix="jiuyuan-tests-"))
    atexit.register(shutil.rmtree, _data, ignore_errors=True)
    config.create(_data, "test")
    os.environ |= {"JIUYUAN_DATA": str(_data), clock.VARIABLE: TODAY.isoformat()}
    os.environ.pop("JIUYUAN_DATABASE_URL", None)
    if ON_POSTGRES:
        try:
            _cluster = postgres.Cluster()
            _cluster.start()
        except postgres.Missing as missing:
            pytest.exit(str(missing), returncode=3)
        atexit.register(_cluster.stop)
        os.environ["JIUYUAN_DATABASE_URL"] = _cluster.url

examples.load_profile()
os.environ["DJANGO_SETTINGS_MODULE"] = "jiuyuan.settings"
# Playwright keeps an event loop in the thread of the test; Django would refuse its database there.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"

import django  # noqa: E402
from django.conf import settings  # noqa: E402

django.setup()

from jiuyuan.oversight.figures import tallies  # noqa: E402
from jiuyuan.regions import registry  # noqa: E402
from jiuyuan.regions.entered import Entered  # noqa: E402
from jiuyuan.speed import counts  # noqa: E402
from tests import factories  # noqa: E402

registry.know_published((), TODAY)
# A worker that inherits it has read the settings, and the data folder in them, before this file names its own.
del os.environ["DJANGO_SETTINGS_MODULE"]
# A file, so that two threads of a test meet as two clerks do; xdist adds the worker's name.
if not ON_POSTGRES:
    settings.DATABASES["default"].setdefault("TEST", {})["NAME"] = str(Path(os.environ["JIUYUAN_DATA"]) / "test")
settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

pytest_plugins = ["tests.long", "tests.strict", "tests.demonstrated", "tests.browser"]
# What asks for one of these waits for a browser or for a whole demonstration.
_SLOW_FIXTURES = {"browser", "demonstration_made"}
# Run once, on SQLite: what asks for no database, and what asks it only through the ORM what others ask PostgreSQL too. On both
# run statements of our own, JSON, locks, races and kills, the record and its guards, imports, lists and figures, the upgrade,
# and tests/consistency, which opens every page and operation in several roles and sends them what nobody means to send.
_ONE_DATABASE = {
    "tests": ("test_refusing",),
    "tests/agencies": ("test_logins", "test_passwords"),
    "tests/api": ("test_[!il]*",),  # idempotency and lists are asked of both
    "tests/applications": (
        "test_a_file_stays_*", "test_applying*", "test_family", "test_letters_*", "test_limits_and_notice", "test_order_of_questions",
        "test_refusals*", "test_review", "test_saving_a_page", "test_the_table", "test_what_is_kept", "test_who_is_told",
    ),
    "tests/assistance": (
        "test_*_pages", "test_appointments", "test_attendance_links", "test_follow_ups", "test_handing_over", "test_offer*",
        "test_personal_file", "test_plans", "test_ratings", "test_refusals", "test_vacanc*", "test_ventures",
    ),
    "tests/consistency": ("test_own_matter_everywhere",),  # refused before anything is written
    "tests/demonstration": ("*",),
    "tests/desk": (
        "test_accounts", "test_acts", "test_agencies", "test_batch", "test_case_page", "test_documents", "test_edit_form",
        "test_enquiries", "test_facts", "test_frame", "test_leads", "test_numbers_in_*", "test_person_file", "test_plans",
        "test_register_acts", "test_visit_help", "test_visits", "test_window",
    ),
    "tests/journeys": ("*",),
    "tests/look": ("*",),
    "tests/notifications": ("test_texts",),
    "tests/portal": ("*",),
    "tests/printing": ("*",),
    "tests/procedures": ("test_every_procedure",),
    "tests/recognitions": (
        "test_after_an_exit", "test_exits", "test_family_warnings", "test_investigations", "test_registers_*", "test_who_is_told",
    ),
    "tests/regions": ("*",),
    "tests/rules": ("*",),
    "tests/spreadsheets": ("*",),
}  # fmt: skip
_ROOT = Path(__file__).parents[1]
_DATABASE_FIXTURES = {"db", "transactional_db", "django_db_reset_sequences"}


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """On PostgreSQL they are not even read in, unless named on the command line."""
    folder = next((key for key in _ONE_DATABASE if collection_path.parent == _ROOT / key), "")
    once = any(fnmatch(collection_path.stem, name) for name in _ONE_DATABASE.get(folder, ()))
    return True if ON_POSTGRES and once and collection_path.name.startswith("test_") else None


def pytest_report_header() -> str:
    return f"database: {'PostgreSQL ' + postgres.programs().parent.name if ON_POSTGRES else 'SQLite'}; day: {TODAY}"


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> Iterator[None]:
    """One worker for all journeys, one for the demonstration and one for Spark; PostgreSQL runs only what asks for a database.

    What takes longest begins first, so that no worker waits for the other at the end: the demonstration is made, and Spark
    started meanwhile, before the journeys need it. The groups are named before xdist reads them; the order is the last word,
    after pytest has put together what shares a browser.
    """
    for item in items:
        asked = set(getattr(item, "fixturenames", ()))
        if "demo_server" in asked:
            item.add_marker(pytest.mark.xdist_group("journeys"))
        elif "spark" in item.nodeid:
            item.add_marker(pytest.mark.xdist_group("spark"))
        if _SLOW_FIXTURES & asked or "spark" in item.nodeid:
            item.add_marker(pytest.mark.slow)
    yield
    items.sort(key=_turn)
    if ON_POSTGRES:
        chosen = [item for item in items if _asks_for_a_database(item)]
        config.hook.pytest_deselected(items=[item for item in items if item not in set(chosen)])
        items[:] = chosen


def _turn(item: pytest.Item) -> int:
    groups = {mark.args[0] for mark in item.iter_markers("xdist_group")}
    if not item.get_closest_marker("slow"):
        return 3
    return 0 if "demonstration" in groups else 2 if "journeys" in groups else 1


def pytest_collection_finish() -> None:
    """What is loaded by now stays: the collector need not look at it again and again."""
    gc.freeze()
    gc.enable()
    gc.set_threshold(200_000, 20, 20)  # most of what a test makes is let go when it ends


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """A made file is named by its parameter: its bytes hold the time, and xdist's workers must collect the same names."""
    return argname if isinstance(val, bytes) and len(val) > 40 else None


def _asks_for_a_database(item: pytest.Item) -> bool:
    if item.get_closest_marker("both_databases"):
        return True
    if item.get_closest_marker("slow"):  # what waits for a browser or a whole demonstration runs once, on SQLite
        return False
    return bool(item.get_closest_marker("django_db") or _DATABASE_FIXTURES & set(getattr(item, "fixturenames", ())))


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None, django_db_modify_db_settings: None, django_db_blocker: Any
) -> Iterator[None]:
    """A database for each worker, with the divisions and agencies of 吉林. It goes with the folder or the cluster."""
    from tests import template

    with django_db_blocker.unblock():
        template.set_up(SHARED)
    yield
    with django_db_blocker.unblock():
        connection.close()


@pytest.fixture(autouse=True)
def today(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], date]]:
    """Every test stands on 2026-03-02; `today("2026-03-05")` moves it on."""

    def stand_on(day: str) -> date:
        monkeypatch.setenv(clock.VARIABLE, day)
        return clock.today()

    stand_on(TODAY.isoformat())
    yield stand_on
    for left in ("today", "digests.jsonl", "keys/ledger.last", "entered.json"):
        (_data / left).unlink(missing_ok=True)
    cache.clear()
    counts.COMPOSED.clear()  # another test may stand another table in
    tallies.forget()
    registry.know_published((), TODAY)  # what a test published or entered went with its database
    registry.know_entered(Entered())


@pytest.fixture
def clerk(db: None) -> Any:
    return factories.staff("clerk")


@pytest.fixture
def reviewer(db: None) -> Any:
    return factories.staff("reviewer")
