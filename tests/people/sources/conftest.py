import pytest

from tests.factories import staff


@pytest.fixture
def reviewer(db):
    return staff("reviewer")
