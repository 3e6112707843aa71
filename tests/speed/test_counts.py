"""What is asked by a statement that was composed once is what the ORM answers, whatever changed meanwhile."""

from dataclasses import replace

import pytest
from django.utils import translation

from jiuyuan.agencies.models import Agency
from jiuyuan.speed.counts import COMPOSED, how_many, rows_after, rows_of
from jiuyuan.speed.words import said

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True, params=[True, False], ids=["composed", "by-django"])
def _speed(request, settings):
    settings.JIUYUAN = replace(settings.JIUYUAN, speed=request.param)
    COMPOSED.clear()


def counties():
    return Agency.objects.filter(level="county")


def test_rows_and_their_number_are_those_of_this_moment():
    for _ in range(2):
        assert how_many("counties", counties) == counties().count()
        assert rows_of("first", lambda: counties().order_by("code").values_list("code")[:3]) == [
            (county.code,) for county in counties().order_by("code")[:3]
        ]
        counties().filter(code="220102").update(level="region")


def test_rows_after_a_number_are_those_of_the_number_of_this_look():
    keys = sorted(counties().values_list("pk", flat=True))
    for after in (keys[0], keys[-2], keys[-1], 0):
        found = rows_after(
            "later", lambda number: counties().filter(pk__gt=number).order_by("pk").values_list("pk"), after
        )
        assert [key for (key,) in found] == [key for key in keys if key > after]


def test_nothing_is_asked_where_nothing_can_be_found(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert how_many("nobody", lambda: Agency.objects.filter(pk__in=[])) == 0
        assert rows_of("nobody", lambda: Agency.objects.filter(pk__in=[]).values_list("pk")) == []


def test_words_are_those_of_the_language_in_use_where_there_are_two(settings):
    assert said("January") == "一月"
    settings.LANGUAGES = [*settings.LANGUAGES, ("en", "English")]
    with translation.override("en"):
        assert said("January") == "January"
    assert said("January") == "一月"
