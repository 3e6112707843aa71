"""Figures by place and day, each with its source; limits with a city's own before its province's."""

from datetime import date

import pytest

from jiuyuan.regions import registry
from jiuyuan.regions.registry import region_of

SOUTH, MEIHEKOU, CHANGBAI = "22/2201/220102/220102001/", "22/MHK/220581/220581001/", "22/CBS/CBS01/222426120/"
TONGHUA = "22/2205/220502/220502001/"
DAY = date(2026, 3, 2)


def minimum_wage(division, day):
    return registry.policy("jilin-2022-10").wages.at(division, day)


@pytest.fixture
def own(tmp_path):
    """What an administrator's file adds, until the test is over."""
    file = tmp_path / "limits.toml"

    def added(text):
        file.write_text(text, "utf-8")
        registry.extend(file)

    yield added
    registry._own.clear()
    region_of.cache_clear()


@pytest.mark.parametrize(
    ("division", "day", "value", "place"),
    [
        ("220102", date(2024, 9, 30), 1880, "长春市南关区"),
        ("220102", date(2024, 10, 1), 2120, "长春市南关区"),
        ("220102001003", date(2026, 11, 25), 2120, "长春市南关区"),
        ("220602", date(2021, 12, 1), 1640, "白山市浑江区"),
        ("220602", date(2024, 10, 1), 1920, "白山市浑江区"),
        ("220721", date(2024, 10, 1), 1780, "松原市前郭尔罗斯蒙古族自治县"),
        ("220621", date(2021, 12, 1), 1640, "白山市抚松县"),
        ("220621120", date(2021, 12, 1), 1540, "长白山保护开发区池西区"),  # the zone, not the county that it lies in
        ("222426120001", date(2024, 10, 1), 1780, "长白山保护开发区池北区"),
        ("220184", date(2024, 10, 1), 1780, "长春市公主岭市"),
        ("220381", date(2024, 10, 1), 1780, "公主岭市"),
        ("220581", date(2024, 10, 1), 1780, "梅河口市"),
    ],
)
def test_the_minimum_wage_is_that_of_the_longest_known_place_on_the_day(division, day, value, place):
    figure = minimum_wage(division, day)
    assert (figure.value, figure.place) == (value, place)
    assert figure.source
    assert figure.effective_on <= day


@pytest.mark.parametrize(
    ("division", "day"), [("220100", date(2026, 1, 1)), ("110105", date(2026, 1, 1)), ("220102", date(2015, 11, 30))]
)
def test_where_no_figure_is_known_there_is_none(division, day):
    assert minimum_wage(division, day) is None


def test_the_source_of_2024_is_the_provincial_text():
    figure = minimum_wage("220102", date(2026, 1, 1))
    assert (figure.source, figure.effective_on, figure.certainty) == ("吉政函〔2024〕66号", date(2024, 10, 1), "H")


def test_the_limits_of_the_notice():
    here = region_of(SOUTH)
    assert here.limit("recognition_working_days", on=DAY) == 10
    assert here.limit("notice_working_days", on=DAY) == 3
    assert (here.limit("refusals", on=DAY), here.limit("refusal_months", on=DAY)) == (3, 6)
    assert "二(四)" in here.limit_figure("recognition_working_days", on=DAY).source
    assert here.limit("supplement_days", on=DAY) == 15  # of no region: a default
    with pytest.raises(KeyError):
        here.limit("days_of_grace", on=DAY)


def test_a_city_s_own_limit_counts_below_its_agency_from_its_day_to_its_last(own):
    own(
        '[[notice_working_days]]\nvalue = 5\nregion = "2205"\neffective_on = 2026-01-01\nuntil = 2026-12-31\nsource = "通化市细则"\n'
    )
    there = region_of(TONGHUA)
    assert there.limit("notice_working_days", on=DAY) == 5
    assert there.limit_figure("notice_working_days", on=DAY).source == "通化市细则"
    assert there.limit_figure("notice_working_days", on=DAY).label == "公示期（工作日）"
    assert there.limit("notice_working_days", on=date(2025, 12, 31)) == 3
    assert there.limit("notice_working_days", on=date(2026, 12, 31)) == 5
    assert there.limit("notice_working_days", on=date(2027, 1, 1)) == 3
    assert region_of(SOUTH).limit("notice_working_days", on=DAY) == 3


def test_a_city_s_own_limit_does_not_reach_those_who_stand_beside_it_whatever_their_codes_say(own):
    text = '[[notice_working_days]]\nvalue = 5\nregion = "{}"\neffective_on = 2026-01-01\nsource = "细则"\n'
    own(text.format("2205") + text.format("222426") + text.format("2224"))
    assert region_of(MEIHEKOU).limit("notice_working_days", on=DAY) == 3
    assert region_of(CHANGBAI).limit("notice_working_days", on=DAY) == 3
    assert region_of("22/2224/222426/222426001/").limit("notice_working_days", on=DAY) == 5


def test_the_deepest_place_decides_and_one_without_a_place_is_for_all(own):
    own(
        "[[notice_working_days]]\nvalue = 4\neffective_on = 2026-01-01\nsource = '全省'\n"
        "[[notice_working_days]]\nvalue = 6\nregion = '220102'\neffective_on = 2024-01-01\nsource = '南关区'\n"
        "[[notice_working_days]]\nvalue = 5\nregion = '2201'\neffective_on = 2026-02-01\nsource = '长春市'\n"
    )
    assert region_of(SOUTH).limit("notice_working_days", on=DAY) == 6
    assert region_of("22/2201/220103/").limit("notice_working_days", on=DAY) == 5
    assert region_of(TONGHUA).limit("notice_working_days", on=DAY) == 4


@pytest.mark.parametrize(
    "text", ["[[holidays]]\nvalue = 1", "[[refusals]]\nvalue = 3", "[[refusals",
             "[[refusals]]\nvalue = 3\nsource = 'x'\neffective_on = 2026-01-01\nuntil = 3"]
)  # fmt: skip
def test_a_faulty_file_of_limits_is_refused_in_words(own, text):
    with pytest.raises(ValueError, match="参数文件"):
        own(text)


def test_a_place_outside_every_region_has_none():
    with pytest.raises(KeyError):
        region_of("99/9901/")
