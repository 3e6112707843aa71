"""What begins with a path or a name is a range: the same rows that `startswith` finds, in both databases."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jiuyuan.agencies.models import User
from tests.examples import examples

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

NAMES = ["王", "王秀", "王秀兰", "王秀英", "玉", "玊", "𠮷田", "𠮷", "阿卜杜拉·买买提", "Wang", "wang", "22/2201/", "22/2201/220102/", "22/22010/", "%", "_", "a%b", "\ud7ff", "\ud7ffa"]  # fmt: skip


@pytest.fixture
def users():
    User.objects.bulk_create(
        User(username=f"u{place}", name=name, role="applicant", password="!") for place, name in enumerate(NAMES)
    )


@settings(max_examples=examples(60), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(beginning=st.sampled_from(NAMES).flatmap(lambda name: st.integers(0, len(name)).map(lambda end: name[:end])))
def test_finds_what_begins_so_and_nothing_else(users, beginning):
    found = User.objects.filter(name__begins=beginning, username__startswith="u").values_list("name", flat=True)
    assert sorted(found) == sorted(name for name in NAMES if name.startswith(beginning))
