"""Reads lists, searches, figures and exports from a PostgreSQL replica, if `replica_url` is set.

Everything else uses the primary: acts, single cases, logins, transactions, and lists for a browser that has just
posted something, so that users see their own changes. A page also uses the primary if the replica does not answer
or lags behind; one that fails half-way is repeated on the primary.
"""

import logging
import time
from collections import deque
from collections.abc import Callable
from contextvars import ContextVar
from itertools import chain
from typing import Any

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections
from django.http import HttpRequest
from django.http.response import HttpResponseBase

ALIAS = "replica"
#: Read-only lists, by URL name.
LISTS = frozenset({
    "desk:inbox", "desk:export", "desk:batches", "desk:register", "desk:register_export", "desk:proposals", "desk:investigations",
    "desk:objections", "desk:warnings", "desk:claims", "desk:unclaimed", "desk:vacancies", "desk:posts", "desk:placements",
    "desk:courses", "desk:doubts", "desk:patterns", "desk:search", "desk:figures", "desk:period_figures", "desk:period_workbook",
    "desk:help_figures", "desk:help_workbook", "desk:help_figure_list", "desk:months", "desk:month_list", "desk:month_workbook",
    "desk:month_pdf", "desk:history", "desk:export_history", "desk:looks", "desk:export_looks",
})  # fmt: skip
ACTED_COOKIE = "jiuyuan_acted"
_ASKED_EVERY, _TRIED_AGAIN_AFTER = 1.0, 10.0  # seconds
_POSITION = "SELECT ({} - '0/0'::pg_lsn)::bigint"
_reading: ContextVar[bool] = ContextVar("reading", default=False)
_log = logging.getLogger(__name__)


class Replica:
    """The replica's lag, as last measured by this process; needs neither synchronised clocks nor special rights."""

    def __init__(self) -> None:
        self._asked = float("-inf")
        self._behind: float | None = None
        self._marks: deque[tuple[float, int]] = deque(maxlen=300)

    def behind(self) -> float | None:
        """The lag in seconds, at most one too low; None if the replica does not answer, infinite if unknown."""
        now = time.monotonic()
        if now - self._asked >= (_TRIED_AGAIN_AFTER if self._behind is None else _ASKED_EVERY):
            self._asked, self._behind = now, self._ask(now)
        return self._behind

    def usable(self) -> bool:
        behind = self.behind()
        return behind is not None and behind <= settings.JIUYUAN.replica_seconds

    def lost(self) -> None:
        connections[ALIAS].close()
        self._asked, self._behind = time.monotonic(), None

    def _ask(self, now: float) -> float | None:
        written = _position(DEFAULT_DB_ALIAS, "pg_current_wal_lsn()")
        try:
            replayed = _position(ALIAS, "pg_last_wal_replay_lsn()")
        except DatabaseError:
            connections[ALIAS].close()
            return None
        if written is None or replayed is None:  # one of them was replaced: both may have been written to
            return None
        self._marks.append((now, written))
        if replayed >= written:
            return 0.0
        return next((now - at for at, mark in reversed(self._marks) if mark <= replayed), float("inf"))


def _position(alias: str, function: str) -> int | None:
    with connections[alias].cursor() as cursor:
        cursor.execute(_POSITION.format(function))
        found: int | None = cursor.fetchone()[0]
        return found


replica = Replica()


def is_named() -> bool:
    return ALIAS in settings.DATABASES


class Router:
    """Django's database router: inside a list and outside transactions, reads use the replica."""

    def db_for_read(self, _model: Any, **_hints: Any) -> str:
        return ALIAS if _reading.get() and not connections[DEFAULT_DB_ALIAS].in_atomic_block else DEFAULT_DB_ALIAS

    def db_for_write(self, _model: Any, **_hints: Any) -> str:
        return DEFAULT_DB_ALIAS

    def allow_relation(self, *_rows: Any, **_hints: Any) -> bool:
        return True

    def allow_migrate(self, alias: str, *_app: Any, **_hints: Any) -> bool:
        return alias == DEFAULT_DB_ALIAS


class ReplicaMiddleware:
    """Runs last before the view, so that the user is loaded from the primary."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        try:
            response = self.get_response(request)
            if _reading.get() and response.streaming:
                _begin(response)
        except DatabaseError as error:  # an export that failed before its first piece
            if not _reading.get():
                raise
            response = _from_the_first(request, error)
        finally:
            _reading.set(False)
        if request.method not in ("GET", "HEAD", "OPTIONS") and settings.SESSION_COOKIE_NAME in request.COOKIES:
            # Older writes than the allowed lag and the interval of measuring have arrived.
            seconds = settings.JIUYUAN.replica_seconds + 2
            secure = bool(settings.SESSION_COOKIE_SECURE)
            response.set_cookie(ACTED_COOKIE, "1", max_age=seconds, httponly=True, samesite="Lax", secure=secure)
        return response

    def process_view(self, request: HttpRequest, _view: Any, _args: Any, _kwargs: Any) -> None:
        match = request.resolver_match
        listed = match is not None and match.view_name in LISTS and request.method in ("GET", "HEAD")
        _reading.set(listed and ACTED_COOKIE not in request.COOKIES and replica.usable())

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponseBase | None:
        if _reading.get() and isinstance(error, DatabaseError):
            return _from_the_first(request, error)
        return None


def _begin(response: Any) -> None:
    """Render a streamed file up to its first piece; for a workbook this is all of it."""
    pieces = iter(response.streaming_content)
    response.streaming_content = chain([next(pieces, b"")], pieces)


def _from_the_first(request: HttpRequest, error: Exception) -> HttpResponseBase:
    _log.warning("%s: made again from the first database", request.path, exc_info=error)
    replica.lost()
    _reading.set(False)
    match = request.resolver_match
    assert match is not None
    response: HttpResponseBase = match.func(request, *match.args, **match.kwargs)
    return response
