"""No page and no operation answers with 5xx, whatever is sent. `python -m bench.fuzz` goes on for longer."""

import pytest

from tests.conftest import ON_POSTGRES
from tests.consistency.test_every_page_by_role import VISITORS, World
from tests.examples import examples
from tests.fuzzing.fuzzer import Fuzzer

REQUESTS = examples(300 if ON_POSTGRES else 900)


@pytest.mark.slow
@pytest.mark.both_databases
@pytest.mark.django_db
def test_nothing_that_can_be_sent_makes_the_site_fail() -> None:
    world = World()
    users = {role: world.visitor(role, inside=True) for role in VISITORS}
    fuzzer = Fuzzer(20260302, users, world.arguments, world.queries)
    count = fuzzer.run(REQUESTS)
    print(count.report())
    assert count.requests > REQUESTS * 0.9
    assert not count.failed, count.report()
