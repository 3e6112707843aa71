"""What days, money and answers are called."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from jiuyuan.templatetags import plain

MONDAY = date(2026, 3, 2)


def test_days_are_said_as_people_say_them():
    assert plain.day(MONDAY) == "2026年3月2日 周一"
    assert plain.short_day(MONDAY) == "3月2日 周一"
    assert plain.bare_day(date(1985, 12, 31)) == "1985年12月31日"
    assert plain.day(date(2026, 3, 8)) == "2026年3月8日 周日"
    assert plain.day(None) == plain.short_day(None) == plain.bare_day(None) == ""


def test_the_year_is_said_only_where_it_is_another():
    assert plain.recent(MONDAY) == "3月2日 周一"
    assert plain.recent(date(2025, 12, 31)) == "2025年12月31日 周三"
    assert plain.recent("3月4日前张贴") == "3月4日前张贴"


def test_a_moment_late_in_the_evening_in_greenwich_is_the_next_day_in_china():
    late = datetime(2026, 3, 1, 20, 5, tzinfo=UTC)
    assert plain.moment(late) == "2026年3月2日 周一 04:05"
    assert plain.day(late) == "2026年3月2日 周一"


@pytest.mark.parametrize(
    ("left", "words", "level"),
    [
        (9, "还剩9个工作日", "plenty"),
        (6, "还剩6个工作日", "plenty"),
        (5, "还剩5个工作日", "half"),
        (4, "还剩4个工作日", "half"),
        (3, "还剩3个工作日", "soon"),
        (1, "还剩1个工作日", "soon"),
        (0, "今天是最后一天", "last"),
        (-1, "已超期1个工作日", "over"),
    ],
)
def test_a_limit_of_ten_days_is_marked_at_half_at_three_days_on_the_last_and_past_it(left, words, level):
    assert (plain.due(left), plain.urgency(left)) == (words, level)


def test_half_is_half_of_the_limit_that_runs():
    assert plain.urgency(15, 20) == "plenty"
    assert plain.urgency(10, 20) == "half"


def test_money_has_its_unit():
    assert plain.yuan(2120, "月") == "2,120元/月"
    assert plain.yuan(Decimal("1234.50")) == "1,234.50元"
    assert plain.yuan(0) == "0元"
    assert plain.yuan(None) == ""


def test_numbers_are_grouped_or_masked():
    assert plain.grouped("22010219850302002X") == "220102 19850302 002X"
    assert plain.masked("证件22010219850302002X，电话13900001234") == "证件220102**********2X，电话139****1234"


def test_an_answer_has_three_values():
    assert [plain.yesno3(value) for value in (True, False, None)] == ["是", "否", "尚不清楚"]


def test_a_source_has_its_name():
    assert plain.source_name("shared_data") == "部门共享数据"


@pytest.mark.parametrize(
    ("heading", "short"),
    [
        ("这一种不符合，看看是不是别的一种", True),
        ("您平时住在哪个县（市、区）？", False),
        ("公益性岗位补贴和社会保险补贴", False),
        ("按您说的情况，现在还不清楚能不能认定成就业困难人员", False),
    ],
)
def test_a_heading_of_short_phrases_is_not_broken_within_one(heading, short):
    assert plain.of_short_phrases(heading) is short
