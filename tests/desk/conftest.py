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


@pytest.fixture
def stay(clerk, reviewer):
    """Somebody on the register."""
    case = factories.a_case("recognised", factories.an_applicant(name="单秀英"), clerk=clerk, reviewer=reviewer)
    return case.recognition


@pytest.fixture
def review(log_in, reviewer):
    """The reviewer's browser."""
    return log_in(reviewer)


@pytest.fixture
def second(log_in):
    """Another reviewer of the same county."""
    return log_in(factories.staff("reviewer", name="钱进"))
