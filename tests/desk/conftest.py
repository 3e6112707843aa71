"""Staff of one chain of agencies with a desk each, and one who sits elsewhere."""

import pytest

from tests import factories


@pytest.fixture
def clerk(db):
    return factories.staff("clerk", name="李明")


@pytest.fixture
def reviewer(db):
    return factories.staff("reviewer", name="赵国栋")


@pytest.fixture
def elsewhere(db):
    return factories.staff("clerk", at=factories.OTHER_PLATFORM, name="周红")


@pytest.fixture
def desk(log_in, clerk):
    """The clerk's browser."""
    return log_in(clerk)
