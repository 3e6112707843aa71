"""`api(user)` is a program with that account's token; `api()` one without."""

from collections.abc import Callable, Iterator

import pytest
from django.core.signals import request_finished, request_started
from django.db import close_old_connections

from jiuyuan.agencies.models import User
from jiuyuan.agencies.services import issue_token
from tests.api.program import Program


@pytest.fixture
def api(db: None) -> Callable[[User | None], Program]:
    def program(user: User | None = None) -> Program:
        return Program(issue_token(user) if user else "")

    return program


@pytest.fixture
def one_connection() -> Iterator[None]:
    """A real request closes the database behind itself; here all of them share the test's transaction."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)
