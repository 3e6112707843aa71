"""A name is found by its pinyin, typed with spaces or without, however far it is typed."""

import random
from itertools import islice
from time import process_time

import pytest
from faker import Faker

from jiuyuan.agencies.services import issue_token
from jiuyuan.desk import queries as desk_queries
from jiuyuan.people import queries
from jiuyuan.people.models import Person
from jiuyuan.people.pinyin import beginnings, pinyin
from tests.factories import a_case, an_applicant, staff
from tests.people.sources.files import on_file

_RARE = ("欧阳淑琴", "单桂芝", "吕绿萍", "阿依古丽·买买提", "上官䶮", "艾安安", "谢恩爱", "闫二娥", "仇玉梅")


def test_every_beginning_of_a_name_leads_to_it():
    faker = Faker("zh_CN")
    faker.seed_instance(2022)
    for name in (*_RARE, *(faker.name() for _ in range(800))):
        column = pinyin(name)
        letters = column.replace(" ", "")
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


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("李爱华", ["爱华", "aihua", "ai hua", "AiH", "ah"]), ("欧阳淑琴", ["淑琴", "shuqin", "sq", "阳淑"]),
        ("吕绿萍", ["绿萍", "lvping", "luping", "lyuping", "lp"]), ("单秀英", ["秀英", "xiuying", "xiuy", "xy"]),
        ("王平", ["wangp", "wp"]), ("上官婉儿", ["婉儿", "waner", "we"]),
    ],
)  # fmt: skip
def test_people_are_found_by_their_given_name_alone(name, typed):
    person = on_file(an_applicant(name=name))
    on_file(an_applicant(name="齐大明"))
    case = a_case("draft", an_applicant(name=name))
    for one in typed:
        assert person in queries.listed(staff("clerk"), one), one
        assert not queries.listed(staff("clerk"), one).filter(name="齐大明").exists(), one
        assert case in desk_queries.search(staff("clerk"), one).applications, one


@pytest.mark.django_db
@pytest.mark.parametrize("typed", ["华", "爱", "hua", "ai", "h", "a"])
def test_one_character_or_syllable_is_that_of_a_surname(typed):
    """Of given names it would begin so many that whoever is called so by surname is not among the fifty shown."""
    on_file(an_applicant(name="李爱华"))
    assert not queries.listed(staff("clerk"), typed).exists()


_NEVER_ENDING = ("ai" * 40 + "qq", "a" * 500, "an" * 200, "xianggang" * 60 + "v", "uang" * 90, "e" * 119 + "q")


@pytest.mark.parametrize("letters", _NEVER_ENDING)
def test_letters_are_split_in_a_bounded_time_however_many_ways_there_are(letters):
    began = process_time()
    assert len(list(islice(beginnings(letters[: queries._MOST_LETTERS]), 64))) <= 64
    assert process_time() - began < 0.1


def test_any_letters_are_split_in_a_bounded_time():
    letters = random.Random(10)
    typed = ["".join(letters.choices("aeiouvngqxyz", k=letters.randint(1, 500))) for _ in range(300)]
    began = process_time()
    for one in typed:
        queries.matching(one)
    assert process_time() - began < 3


@pytest.mark.parametrize("letters", ["", "q" * 3, "aiqq", "wangq'"])
def test_letters_with_no_way_to_the_end_have_no_beginning(letters):
    assert list(beginnings(letters)) == []


@pytest.mark.django_db
@pytest.mark.parametrize("typed", _NEVER_ENDING)
def test_every_search_answers_letters_without_end_at_once(typed, log_in):
    clerk = staff("clerk")
    token = issue_token(clerk)
    pages = log_in(clerk)
    for address in ("/api/v1/people", "/api/v1/applications", "/desk/search", "/desk/register/", "/desk/cases/"):
        began = process_time()
        answer = pages.get(address, {"q": typed}, headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == 200, address
        assert process_time() - began < 3, address


@pytest.mark.django_db
def test_a_name_longer_than_the_letters_that_are_split_is_still_found():
    person = on_file(an_applicant(name="阿卜杜热合曼江·买买提明阿卜杜热西提"))
    letters = person.name_pinyin.replace(" ", "")
    assert person in queries.listed(staff("clerk"), person.name)
    assert person in queries.listed(staff("clerk"), letters)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("薄熙妹", ["bo", "boximei", "baoxi"]), ("阚凤英", ["kanfengying", "hanfeng"]), ("单于春", ["chanyu", "chan yu chun", "danyu"]),
        ("牟桂芝", ["mouguizhi", "mugui"]), ("佴小兰", ["naixiao", "erxiao"]), ("粘玉华", ["nianyu", "zhanyu"]), ("贠大伟", ["yunda", "yuanda"]),
        ("句艳", ["gouyan", "juyan"]), ("扎西", ["zaxi", "zhaxi"]), ("藏天朔", ["zangtian", "cangtian"]), ("单秀英", ["shanxiu", "danxiu"]),
        ("吕小娜", ["lü xiao", "lvxiao", "lyuxiao", "luxiao", "LÜXIAONA"]), ("聂绿萍", ["nielv", "nielu"]), ("陈秀荣", ["cxr", "CXR", "cx"]), ("李爱华", ["lah", "la"]),
        ("张海亮", ["zhl", "zhanghailiang"]),
        ("古丽米热·艾比布力", ["gulimireaibibuli", "guli", "古丽米热·艾", "古丽米热艾比布力", "古丽米热.艾比布力", "古丽米热艾比"]),
        ("李〇梅", ["李○梅", "liling"]),
    ],
)  # fmt: skip
def test_people_are_found_however_their_name_is_read_or_typed(name, typed):
    person = on_file(an_applicant(name=name))
    on_file(an_applicant(name="欧阳娜娜"))
    for one in typed:
        assert list(queries.listed(staff("clerk"), one)) == [person], one


@pytest.mark.django_db
def test_numbers_are_found_however_they_are_pasted():
    card = an_applicant(name="王秀英")
    person = on_file(card)
    number, phone = card.id_number, card.phone
    for typed in (
        f"\u202d{number}\u202c",
        f"{number[:6]}–{number[6:]}",
        f"0086-{phone}",
        f"86{phone}",
        f"{phone[:3]}—{phone[3:7]} {phone[7:]}",
    ):
        assert list(queries.listed(staff("clerk"), typed)) == [person], typed
