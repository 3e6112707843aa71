"""Pages held to more than production asks: a GET may only read, and a page names only what it was given.

pytest-django's FAIL_INVALID_TEMPLATE_VARS does the second; this module the first.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.signals import setting_changed
from django.db import connection
from django.test import Client, TransactionTestCase
from django.test.client import ClientHandler

# What a look at a page may leave behind: the record of the look, the visitor's own session and where it was last seen, the
# count that holds the public page of a form's code to a pace, and that a message was read.
MAY_BE_WRITTEN = {
    "history_look", "history_head", "django_session", "agencies_signin", "agencies_try", "notifications_message",
}  # fmt: skip
_READS = re.compile(r"\s*(SELECT|WITH|EXPLAIN|PRAGMA|SHOW|SET|SAVEPOINT|RELEASE|ROLLBACK|BEGIN|COMMIT)\b", re.I)
_WRITES = re.compile(r'\s*(?:INSERT\s+(?:OR\s+\w+\s+)?INTO|UPDATE|DELETE\s+FROM)\s+"?(\w+)"?', re.I)


class Wrote(AssertionError):
    """A page that was only looked at changed something."""


def only_reads(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
    """For `connection.execute_wrapper`: raises `Wrote` for a statement that a GET has no business with."""
    if not _READS.match(sql) or "FOR UPDATE" in sql:
        written = _WRITES.match(sql)
        if not (written and written.group(1) in MAY_BE_WRITTEN):
            raise Wrote(f"a GET may only SELECT: {sql[:300]}")
    return execute(sql, params, many, context)


class _Chain:
    """Middleware is read in once a run, not once a client: WhiteNoise looks up every file, which takes longer than most pages."""

    def __init__(self) -> None:
        self._kept: ClientHandler | None = None
        self._load = ClientHandler.load_middleware
        setting_changed.connect(self._changed)

    def load(self, handler: ClientHandler, is_async: bool = False) -> None:
        if self._kept is None:
            self._load(handler, is_async)
            self._kept = handler
        handler._middleware_chain = self._kept._middleware_chain

    def _changed(self, setting: str, **_: Any) -> None:
        if setting == "MIDDLEWARE":
            self._kept = None


_chain = _Chain()
ClientHandler.load_middleware = lambda handler, is_async=False: _chain.load(handler, is_async)  # type: ignore[method-assign]


class StrictClient(Client):
    """Django's test client, in which GET and HEAD may only read."""

    def request(self, **request: Any) -> Any:
        if request.get("REQUEST_METHOD", "GET") not in ("GET", "HEAD"):
            return super().request(**request)
        with connection.execute_wrapper(only_reads):
            return super().request(**request)


@pytest.fixture
def client() -> StrictClient:
    return StrictClient()


@pytest.fixture
def log_in() -> Callable[..., StrictClient]:
    """`log_in(user)` gives a strict client of its own with that user's session, as often as asked."""

    def logged_in(user: Any, **options: Any) -> StrictClient:
        client = StrictClient(**options)
        client.force_login(user, backend="jiuyuan.agencies.backends.WithAgency")
        return client

    return logged_in


@pytest.fixture
def committed(django_capture_on_commit_callbacks: Any) -> Iterator[Any]:
    """Runs what waits for a commit, as a request that commits would."""
    with django_capture_on_commit_callbacks(execute=True) as callbacks:
        yield callbacks


def pytest_configure() -> None:
    from tests import template
    from tests.conftest import SHARED

    TransactionTestCase._fixture_teardown = lambda self: template.restore(SHARED)  # type: ignore[attr-defined]
