"""No page and no operation answers with 5xx, whatever is sent. `python -m bench.fuzz` goes on for longer."""

from time import monotonic

import pytest

from tests.consistency.test_every_page_by_role import VISITORS, World
from tests.fuzzing.fuzzer import Fuzzer

REQUESTS, SECONDS = 3000, 75


@pytest.mark.django_db
def test_nothing_that_can_be_sent_makes_the_site_fail() -> None:
    world = World()
    users = {role: world.visitor(role, inside=True) for role in VISITORS}
    until = monotonic() + SECONDS
    fuzzer = Fuzzer(20260302, users, world.arguments, world.queries)
    count = fuzzer.run(REQUESTS, lambda: monotonic() < until)
    print(count.report())
    assert count.requests > 1000
    assert not count.failed, count.report()
