"""Figures by place and day, each with its source; limits with a region's own before the general one."""

from datetime import date

import pytest

from jiuyuan.rules import parameters
from jiuyuan.rules.parameters import limit, limit_figure, minimum_wage


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
    day = date(2026, 3, 2)
    assert limit("recognition_working_days", on=day) == 10
    assert limit("notice_working_days", on=day, region="220102001") == 3
    assert (limit("refusals", on=day), limit("refusal_months", on=day)) == (3, 6)
    assert "二(四)" in limit_figure("recognition_working_days", day).source
    assert all(limit_figure(name, day).source for name in parameters.LIMITS)


def test_a_region_s_own_limit_goes_before_the_general_one_from_its_day(tmp_path):
    before = {name: list(entries) for name, entries in parameters._limits.items()}
    file = tmp_path / "limits.toml"
    file.write_text(
        '[[notice_working_days]]\nvalue = 5\nregion = "2202"\neffective_on = 2026-01-01\nsource = "吉林市细则"\n',
        "utf-8",
    )
    try:
        parameters.extend(file)
        assert limit("notice_working_days", on=date(2026, 3, 2), region="220204001") == 5
        assert limit("notice_working_days", on=date(2025, 12, 31), region="220204001") == 3
        assert limit("notice_working_days", on=date(2026, 3, 2), region="220102001") == 3
        assert limit_figure("notice_working_days", date(2026, 3, 2), "220204").source == "吉林市细则"
    finally:
        parameters._limits.update(before)
        limit_figure.cache_clear()


@pytest.mark.parametrize("text", ["[[holidays]]\nvalue = 1", "[[refusals]]\nvalue = 3", "[[refusals"])
def test_a_faulty_file_of_limits_is_refused_in_words(tmp_path, text):
    file = tmp_path / "limits.toml"
    file.write_text(text, "utf-8")
    with pytest.raises(ValueError, match="参数文件"):
        parameters.extend(file)
