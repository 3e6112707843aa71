"""A name is found by its pinyin, typed with spaces or without, however far it is typed."""

import pytest
from faker import Faker

from jiuyuan.people import queries
from jiuyuan.people.models import Person
from jiuyuan.people.pinyin import beginnings, pinyin
from tests.factories import an_applicant, staff
from tests.people.sources.files import on_file

_RARE = ("欧阳淑琴", "单桂芝", "吕绿萍", "阿依古丽·买买提", "上官䶮", "艾安安", "谢恩爱", "闫二娥", "仇玉梅")


def test_every_beginning_of_a_name_leads_to_it():
    faker = Faker("zh_CN")
    faker.seed_instance(2022)
    for name in (*_RARE, *(faker.name() for _ in range(800))):
        column = pinyin(name)
        letters = column.partition(" ·")[0].replace(" ", "")
        for length in range(1, len(letters) + 1):
            found = list(beginnings(letters[:length]))
            assert len(found) <= queries._MOST_BEGINNINGS
            assert any(column.startswith(begin) for begin in found), (name, letters[:length])


@pytest.mark.django_db
@pytest.mark.parametrize("typed", ["wangxiu", "wang xiu", "WangXiuY", "wang xiu ying", "w"])
def test_people_are_found_by_the_beginning_of_their_pinyin(typed):
    person = on_file(an_applicant(name="王秀英"))
    on_file(an_applicant(name="万修"))
    found = queries.listed(staff("clerk"), typed)
    assert person in found
    assert (found.count() == 1) is (typed != "w")


@pytest.mark.django_db
def test_letters_that_begin_no_name_find_nobody():
    on_file(an_applicant(name="王秀英"))
    assert not queries.listed(staff("clerk"), "xyz").exists()
    assert Person.objects.unscoped().exists()
