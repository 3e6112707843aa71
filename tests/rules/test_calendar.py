"""Anniversaries, working days, and the statutory retirement age with each of its steps."""

import tomllib
from datetime import date, timedelta
from importlib.resources import files

import chinese_calendar
import pytest
from chinese_calendar import constants
from hypothesis import given, settings
from hypothesis import strategies as st

from jiuyuan.rules import calendar
from jiuyuan.rules.calendar import (
    TRACKS,
    add_months,
    add_workdays,
    latest_birth,
    latest_start,
    retirement,
    workdays_left,
)
from tests.examples import examples

# What the library lacks, with the document that says so. A Saturday worked for 2006-01-03: 国办发明电〔2005〕35号.
WORKED_AND_NOT_IN_THE_LIBRARY = {date(2005, 12, 31)}


def is_worked(day):
    """By the library, and by what is known to be missing in it."""
    return day in WORKED_AND_NOT_IN_THE_LIBRARY or chinese_calendar.is_workday(day)


DAYS = st.dates(date(1930, 1, 1), date(2045, 12, 31))


@pytest.fixture
def published():
    """Years that a test adds are forgotten again."""
    before = dict(calendar._published())
    yield
    calendar._published().clear()
    calendar._published().update(before)
    calendar._working_days.cache_clear()


@pytest.mark.parametrize(
    ("day", "months", "anniversary"),
    [
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2024, 2, 29), 48, date(2028, 2, 29)),
        (date(2025, 8, 31), 6, date(2026, 2, 28)),
        (date(2023, 8, 31), 6, date(2024, 2, 29)),
        (date(2025, 10, 31), 1, date(2025, 11, 30)),
        (date(2025, 12, 1), 1, date(2026, 1, 1)),
    ],
)
def test_an_anniversary_that_does_not_exist_falls_on_the_last_day_of_its_month(day, months, anniversary):
    assert add_months(day, months) == anniversary


@settings(max_examples=examples(500))
@given(DAYS, st.sampled_from([1, 6, 12, 24, 192, 480, 600]), st.integers(-3, 3))
def test_a_span_has_passed_for_all_who_started_on_or_before_its_threshold(by, months, beside):
    threshold = latest_start(by, months)
    assert add_months(threshold, months) <= by < add_months(threshold + timedelta(days=1), months)
    start = threshold + timedelta(days=beside)
    assert (add_months(start, months) <= by) == (start <= threshold)


@settings(max_examples=examples(500))
@given(st.dates(date(1930, 1, 1), date(2020, 12, 31)), st.dates(date(2020, 12, 31), date(2045, 12, 31)))
def test_full_years_are_reached_on_the_birthday_itself(born, on):
    years = calendar.age(born, on)
    assert add_months(born, 12 * years) <= on < add_months(born, 12 * (years + 1))


@pytest.mark.parametrize(
    ("track", "born", "says"),
    [
        ("male_60", date(1964, 12, 31), "60 years, 2024-12-31"),
        ("male_60", date(1965, 1, 1), "60 years 1 month, 2025-02-01"),
        ("male_60", date(1965, 1, 31), "60 years 1 month, 2025-02-28"),
        ("male_60", date(1965, 4, 30), "60 years 1 month, 2025-05-30"),
        ("male_60", date(1965, 5, 1), "60 years 2 months, 2025-07-01"),
        ("male_60", date(1966, 6, 1), "60 years 5 months, 2026-11-01"),
        ("male_60", date(1976, 8, 31), "62 years 11 months, 2039-07-31"),
        ("male_60", date(1976, 9, 1), "63 years, 2039-09-01"),
        ("male_60", date(1999, 1, 1), "63 years, 2062-01-01"),
        ("female_55", date(1969, 12, 31), "55 years, 2024-12-31"),
        ("female_55", date(1970, 1, 1), "55 years 1 month, 2025-02-01"),
        ("female_55", date(1981, 9, 1), "58 years, 2039-09-01"),
        ("female_50", date(1974, 12, 31), "50 years, 2024-12-31"),
        ("female_50", date(1975, 1, 1), "50 years 1 month, 2025-02-01"),
        ("female_50", date(1975, 3, 1), "50 years 2 months, 2025-05-01"),
        ("female_50", date(1976, 3, 1), "50 years 8 months, 2026-11-01"),
        ("female_50", date(1984, 10, 31), "54 years 11 months, 2039-09-30"),
        ("female_50", date(1984, 11, 1), "55 years, 2039-11-01"),
    ],
)
def test_retirement_is_delayed_by_the_steps_of_the_decision(track, born, says):
    assert str(retirement(born, track)) == says


@pytest.mark.parametrize(("track", "step", "most"), [("male_60", 4, 36), ("female_55", 4, 36), ("female_50", 2, 60)])
def test_every_step_begun_adds_a_month_and_a_calculator_that_waits_for_it_to_end_is_off_by_one(track, step, most):
    first = add_months(date(2025, 1, 15), -12 * TRACKS[track].years)
    for k in range(-24, step * most + 48):
        months = retirement(add_months(first, k), track).years * 12 + retirement(add_months(first, k), track).months
        assert months - 12 * TRACKS[track].years == (0 if k < 0 else min(most, k // step + 1))


@settings(max_examples=examples(300))
@given(st.dates(date(1985, 1, 1), date(2070, 12, 31)), st.sampled_from(list(TRACKS)), st.integers(-40, 40))
def test_the_retirement_age_is_reached_by_all_born_on_or_before_its_threshold(by, track, beside):
    threshold = latest_birth(by, track)
    born = threshold + timedelta(days=beside)
    assert (retirement(born, track).day <= by) == (born <= threshold)


def test_the_table_of_holidays_equals_the_library_for_every_year_that_it_knows():
    days = [date(2004, 1, 1) + timedelta(days=n) for n in range((date(2026, 12, 31) - date(2004, 1, 1)).days + 1)]
    differing = {day for day in days if calendar.is_workday(day) != chinese_calendar.is_workday(day)}
    assert differing == WORKED_AND_NOT_IN_THE_LIBRARY
    table = tomllib.loads(files("jiuyuan.rules").joinpath("holidays.toml").read_text("utf-8"))
    listed = {day for year, plan in table.items() if year != "fixed" for day in plan["holidays"]}
    worked = {day for year, plan in table.items() if year != "fixed" for day in plan["workdays"]}
    assert listed == set(constants.holidays)
    assert worked == set(constants.workdays) | WORKED_AND_NOT_IN_THE_LIBRARY
    assert all("节假日安排的通知" in source for source in calendar.published_years().values())


@pytest.mark.parametrize(
    ("start", "count", "end"),
    [
        (date(2026, 9, 25), 10, date(2026, 10, 15)),  # 中秋 and 国庆 between, days worked in exchange counted
        (date(2026, 2, 13), 3, date(2026, 2, 25)),  # 春节, with a Saturday worked before it
        (date(2026, 11, 27), 1, date(2026, 11, 30)),
        (date(2026, 11, 28), 1, date(2026, 11, 30)),
        (date(2026, 3, 2), 0, date(2026, 3, 2)),
    ],
)
def test_a_limit_ends_after_its_working_days_and_the_day_it_starts_on_does_not_count(start, count, end):
    assert add_workdays(start, count) == (end, False)


@settings(max_examples=examples(200))
@given(st.dates(date(2004, 1, 1), date(2026, 11, 1)), st.integers(1, 25))
def test_a_limit_equals_counting_the_days_one_by_one_and_so_do_the_days_left(start, count):
    due = add_workdays(start, count).day
    days = [start + timedelta(days=n) for n in range(1, (due - start).days + 1)]
    assert sum(map(is_worked, days)) == count
    assert is_worked(due)
    assert workdays_left(start, due) == count
    assert [workdays_left(day, due) for day in days] == [
        sum(is_worked(later) for later in days if later > day) for day in days
    ]


def test_every_year_has_as_many_days_off_as_its_weekends_and_the_holidays_of_the_law():
    """An exchange moves days off and makes none: so a day that a table lacks is found without another table.

    More or fewer: days exchanged with the year before or after, 2015-09-03, and the spring festival of 2020 made longer.
    """
    moved = {2005: 1, 2006: 1, 2007: -2, 2011: 1, 2012: -1, 2015: -1, 2020: -2}
    for year in calendar.published_years():
        days = [date(year, 1, 1) + timedelta(days=n) for n in range(366)]
        days = [day for day in days if day.year == year]
        by_law = 10 if year < 2008 else 11 if year < 2025 else 13
        ordinary = sum(day.weekday() < 5 for day in days) - by_law
        assert sum(map(calendar.is_workday, days)) == ordinary + moved.get(year, 0), year


def test_the_last_day_of_2005_was_worked():
    assert add_workdays(date(2005, 12, 30), 1) == (date(2005, 12, 31), False)
    assert add_workdays(date(2005, 12, 30), 2) == (date(2006, 1, 4), False)


def test_a_limit_that_has_passed_has_less_than_no_days_left_even_on_a_sunday():
    friday = date(2026, 11, 20)
    assert [workdays_left(friday + timedelta(days=n), friday) for n in range(5)] == [0, -1, -1, -1, -2]


def test_a_limit_that_reaches_into_a_year_without_a_plan_is_provisional():
    assert add_workdays(date(2026, 12, 30), 1) == (date(2026, 12, 31), False)
    assert add_workdays(date(2026, 12, 30), 2) == (date(2027, 1, 4), True)
    assert add_workdays(date(2027, 4, 30), 1) == (date(2027, 5, 3), True)  # 1 and 2 May are fixed
    assert add_workdays(date(2027, 9, 30), 1) == (date(2027, 10, 4), True)


def test_an_administrator_adds_the_plan_of_a_year_and_the_answer_is_firm(tmp_path, published):
    file = tmp_path / "holidays.toml"
    file.write_text(
        '[2027]\nsource = "国务院办公厅通知"\nholidays = [2027-01-01, 2027-01-04]\nworkdays = [2027-01-02]\n', "utf-8"
    )
    assert calendar.extend(file) == [2027]
    assert add_workdays(date(2026, 12, 31), 1) == (date(2027, 1, 2), False)
    assert add_workdays(date(2026, 12, 31), 2) == (date(2027, 1, 5), False)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[2027", "不是有效的 TOML"),
        ("[next]\nx = 1", "应为年份"),
        ('[2027]\nsource = "x"\nholidays = ["2027-01-01"]\nworkdays = []', "日期清单"),
        ('[2027]\nsource = "x"\nholidays = [2026-01-01]\nworkdays = []', "日期清单"),
        ("[2027]\nholidays = []\nworkdays = []", "缺少 source"),
        ('[2027]\nsource = "x"\nholidays = [2027-01-01]\nworkdays = [2027-01-01]', "既是假日又是"),
    ],
)
def test_a_faulty_file_of_holidays_is_refused_in_words_and_changes_nothing(tmp_path, text, says):
    file = tmp_path / "holidays.toml"
    file.write_text(text, "utf-8")
    with pytest.raises(calendar.HolidayFileError, match=says):
        calendar.extend(file)
    assert 2027 not in calendar.published_years()


def test_a_limit_is_never_negative_and_never_beyond_the_calendar():
    with pytest.raises(ValueError, match="负数"):
        add_workdays(date(2026, 1, 1), -1)
    with pytest.raises(ValueError, match="9999"):
        add_workdays(date(9999, 12, 30), 10)
