"""`api(user)` is a program with that account's token; `api()` one without."""

from collections.abc import Callable

import pytest

from jiuyuan.agencies.models import User
from jiuyuan.agencies.services import issue_token
from tests.api.program import Program


@pytest.fixture
def api(db: None) -> Callable[[User | None], Program]:
    def program(user: User | None = None) -> Program:
        return Program(issue_token(user) if user else "")

    return program
