"""Figures: each leads to exactly the list that it counted."""

import pytest

from jiuyuan.oversight.figures import upkeep
from tests import factories
from tests.desk.reading import rows, words

FIGURES = "/desk/figures/"


@pytest.fixture
def province_of_cases(clerk, elsewhere, reviewer, today):
    """Cases in two counties, one overdue, one finished late, one in time."""
    today("2026-02-02")
    factories.a_case("accepted", clerk=clerk)
    late = factories.a_case("accepted", clerk=clerk)
    today("2026-03-02")
    factories.act(clerk, late, "withdraw")
    factories.a_case("rejected", clerk=clerk)
    for status in ("submitted", "publishing", "correction"):
        factories.a_case(status, clerk=clerk)
    factories.a_case("submitted", factories.an_applicant(platform=factories.OTHER_PLATFORM), clerk=elsewhere)


def figures_on(page):
    return [cell for row in [page.context["total"], *page.context["rows"]] for cell in row["cells"]]


@pytest.mark.parametrize("role", ["clerk", "reviewer", "supervisor", "province"])
def test_every_figure_equals_the_list_behind_it(log_in, province_of_cases, role):
    client = log_in(factories.staff(role))
    for kept in (False, True):
        if kept:  # and one case more than the last upkeep knew
            upkeep.keep_up()
            factories.a_case("accepted", clerk=factories.staff("clerk"))
        counted = figures_on(client.get(FIGURES))
        assert counted[0][0] > 0
        for count, url in counted:
            assert rows(client.get(url)) == count, url


def test_overdue_late_and_on_time_are_counted_apart(log_in, province_of_cases):
    page = log_in(factories.staff("reviewer")).get(FIGURES)
    total = dict(zip(page.context["heads"], [count for count, _ in page.context["total"]["cells"]], strict=True))
    assert (total["全部"], total["超期未办"], total["超期办结"], total["按期办结"]) == (6, 1, 1, 1)


def test_a_province_goes_down_to_the_county_and_up_again(log_in, province_of_cases):
    client = log_in(factories.staff("province"))
    region = client.get(FIGURES, {"under": "2201"})
    assert "回到吉林省人力资源和社会保障厅" in words(region)
    assert [row["agency"].code for row in region.context["rows"]] == ["220102"]
    counted = figures_on(region)
    for count, url in counted:
        assert rows(client.get(url)) == count, url


def test_figures_of_another_area_are_not_there(log_in, reviewer):
    client = log_in(reviewer)
    assert client.get(FIGURES, {"under": "2202"}).status_code == 404
    assert client.get(FIGURES, {"under": "22"}).status_code == 404
    assert client.get(FIGURES, {"under": "nonsense"}).status_code == 404


def test_a_region_of_its_own_is_not_counted_by_the_prefix_of_its_code(log_in, db):
    """梅河口's code lies under 通化, but it reports to the province."""
    tonghua = log_in(factories.staff("supervisor", at="2205"))
    codes = {row["agency"].code for row in tonghua.get(FIGURES).context["rows"]}
    assert "220581" not in codes
