"""Resident ID numbers as people type them, and what they are told when one is wrong."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn.ric import calc_check_digit

from jiuyuan.people import id_numbers
from jiuyuan.refusals import BadInput

TODAY = date(2026, 3, 2)


def a_number(seventeen: str) -> str:
    return seventeen + calc_check_digit(seventeen + "0")


GOOD = a_number("22010219850302002")


def refusal(text: str) -> str:
    with pytest.raises(BadInput) as refused:
        id_numbers.parse(text, TODAY)
    [(field, message)] = refused.value.errors
    assert field == "id_number"
    return message


def test_number_says_when_somebody_was_born_and_of_which_sex():
    number = id_numbers.parse(GOOD, TODAY)
    assert (number.number, number.birth_date, number.sex) == (GOOD, date(1985, 3, 2), "female")
    assert id_numbers.parse(a_number("22010219850302001"), TODAY).sex == "male"


def ending_in_x() -> str:
    return next(n for order in range(500) if (n := a_number(f"22010219850302{order:03d}")).endswith("X"))


@pytest.mark.parametrize("x", ["x", "X", "ｘ", "Ｘ", "×", "Х", "х", "Χ", "Ⅹ", "ⅹ", "✕"])
def test_small_x_is_taken_for_the_large_one(x):
    number = ending_in_x()
    assert id_numbers.parse(number[:-1] + x, TODAY).number == number


def test_full_width_digits_are_taken_for_digits():
    wide = GOOD.translate({ord(str(n)): chr(0xFF10 + n) for n in range(10)})
    assert wide != GOOD
    assert id_numbers.parse(wide, TODAY).number == GOOD


@pytest.mark.parametrize(
    "typed",
    [f" {GOOD} ", f"{GOOD[:6]} {GOOD[6:14]} {GOOD[14:]}", f"{GOOD[:6]}-{GOOD[6:]}\u3000",
     f"\u202d{GOOD}\u202c", f"{GOOD[:6]}\u200b{GOOD[6:]}\ufeff", f"{GOOD[:6]}–{GOOD[6:14]}—{GOOD[14:]}", f"{GOOD}_x000D_", f"'{GOOD}", f"{GOOD[:6]}·{GOOD[6:]}", f"{GOOD[:6]}－{GOOD[6:]}"],
)  # fmt: skip
def test_spaces_and_strokes_between_the_digits_do_not_matter(typed):
    assert id_numbers.parse(typed, TODAY).number == GOOD


def test_number_of_15_digits_from_an_old_card_gets_its_century_and_check_digit():
    old = GOOD[:6] + GOOD[8:17]
    assert len(old) == 15
    assert id_numbers.parse(old, TODAY) == id_numbers.parse(GOOD, TODAY)


@pytest.mark.parametrize("division", ["220381", "220323", "222405", "110103", "990000"])
def test_division_code_that_no_longer_exists_is_right(division):
    """公主岭 was 220381, 宣武 was 110103: a number keeps the code of the day it was given."""
    number = a_number(f"{division}19600101001")
    assert id_numbers.parse(number, TODAY).number == number


def test_wrong_check_digit_is_said_so():
    wrong = GOOD[:17] + ("1" if GOOD[17] != "1" else "2")
    assert "可能有一位输错了" in refusal(wrong)


@pytest.mark.parametrize("day", ["19850230", "19851301", "19850100", "20230229", "19000229", "00000101"])
def test_day_of_birth_that_does_not_exist_is_said_so(day):
    message = refusal(a_number(f"220102{day}002"))
    assert day in message
    assert "不存在" in message


def test_day_of_birth_on_29_february_of_a_leap_year_is_right():
    assert id_numbers.parse(a_number("22010219840229002"), TODAY).birth_date == date(1984, 2, 29)


@pytest.mark.parametrize("day", ["20260303", "20990101", "18500101"])
def test_day_of_birth_that_cannot_be_is_said_so(day):
    assert "不可能" in refusal(a_number(f"220102{day}002"))


def test_somebody_born_today_has_a_number():
    assert id_numbers.parse(a_number("22010220260302002"), TODAY).birth_date == TODAY


@pytest.mark.parametrize(
    "text",
    [GOOD[:-1], GOOD + "1", "2201021985030200", "22010219850302002Y", "X" * 18, "👵" * 18, "٢" * 18, "二二〇一〇二"],
)
def test_what_has_not_the_form_of_a_number_is_told_the_form(text):
    assert "应为18位" in refusal(text)


@pytest.mark.parametrize("text", ["", "  ", None])
def test_nothing_typed_asks_for_the_number(text):
    assert refusal(text) == "请填写身份证号码。"


def test_no_refusal_repeats_a_whole_number():
    for wrong in (GOOD[:17] + "1", a_number("22010219850230002"), a_number("22010220990101002")):
        assert wrong not in refusal(wrong)


@given(st.text(max_size=30))
def test_whatever_is_typed_is_read_or_refused_in_words(text):
    try:
        number = id_numbers.parse(text, TODAY)
    except BadInput as refused:
        assert refused.errors[0][0] == "id_number"  # noqa: PT017
    else:
        assert len(number.number) == 18


@given(st.dates(date(1910, 1, 1), TODAY), st.integers(0, 999))
def test_every_right_number_is_read_back(born, order):
    number = a_number(f"220102{born:%Y%m%d}{order:03d}")
    read = id_numbers.parse(number, TODAY)
    assert (read.number, read.birth_date, read.sex) == (number, born, "male" if order % 2 else "female")


def test_number_is_shown_in_groups_that_can_be_read_aloud():
    assert id_numbers.grouped("22010219850302002X") == "220102 19850302 002X"
