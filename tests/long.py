"""Which tests take long: `make quick` leaves them out. `JIUYUAN_TEST_LONG=yes make test` measures anew.

Nearly half of all the time goes to a tenth of the tests; the answer to a change need not wait for these.
"""

import os
from collections import defaultdict
from pathlib import Path

import pytest

LIST = Path(__file__).with_name("long.txt")
_SECONDS = 0.5
_took: dict[str, float] = defaultdict(float)


def _function(nodeid: str) -> str:
    """One with many parameters is one."""
    return nodeid.partition("[")[0].partition("@")[0]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    listed = set(LIST.read_text("utf-8").split())
    for item in items:
        if _function(item.nodeid) in listed:
            item.add_marker(pytest.mark.long)


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    _took[report.nodeid.partition("@")[0]] += report.duration


def pytest_sessionfinish(session: pytest.Session) -> None:
    everything = os.environ.get("JIUYUAN_TEST_DATABASE", "sqlite") == "sqlite"
    if everything and "JIUYUAN_TEST_LONG" in os.environ and not hasattr(session.config, "workerinput"):
        long = {_function(nodeid) for nodeid, seconds in _took.items() if seconds >= _SECONDS}
        LIST.write_text("".join(f"{name}\n" for name in sorted(long)), "utf-8")
