"""A list with nothing in it says so, and in a demonstration that is still being made that something may yet come."""

import pytest

from jiuyuan import demonstration_progress
from tests.factories import an_account
from tests.portal.walking import seen

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("unfinished", [True, False])
def test_what_a_demonstration_may_yet_fill_is_not_called_empty(log_in, monkeypatch, unfinished):
    made = demonstration_progress.Progress(1, 2) if unfinished else None
    monkeypatch.setattr(demonstration_progress, "progress", lambda installation: made)
    words = seen(log_in(an_account()).get("/mine/information/"))
    assert ("演示数据还在准备，准备好了这里可能就有了。" in words) is unfinished
