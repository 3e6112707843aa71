"""Earlier registers as offices wrote them: streets, telephones and days, over which nobody loses the status (六)."""

from datetime import date

import pytest
from django.test import Client

from jiuyuan.people.sources.cells import UnreadableCell
from jiuyuan.recognitions.register_platforms import Platforms
from tests.factories import an_applicant
from tests.people.sources.files import a_csv, outcomes
from tests.recognitions.test_import_register import HEADING, imported, line, the_only

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "written",
    [
        "南岭街道", "南岭街道办事处", "南岭街道办", "南岭", "南岭街道公共就业服务平台", "南关区南岭街道", "长春市南关区南岭街道", "南关区南岭",
        "吉林省长春市南关区南岭街道办事处", "220102001", " 南岭\u3000街道 ", "220102001.0",
    ],
)  # fmt: skip
def test_platform_is_known_by_the_names_that_lists_have(written):
    assert Platforms("22/2201/220102/").meant([written]).code == "220102001"


def test_community_beside_its_street_makes_it_more_exact_or_is_left():
    assert Platforms("22/2201/220102/").meant(["南岭街道", "火星社区"]).code == "220102001"
    with pytest.raises(UnreadableCell):
        Platforms("22/2201/220102/").meant(["火星街道"])


@pytest.mark.parametrize(
    ("phone", "kept", "told"),
    [
        ("", "", "电话待补。"), ("无", "", "电话待补。"), ("NULL", "", "电话待补。"), ("1.39E+10", "", "原表写的不能用"), ("12345", "", "原表写的不能用"),
        ("13900001111/13900002222", "13900001111", "写了2个电话"), ("0431-88880000、13900001111", "13900001111", "写了2个电话"),
        ("13900001111 13900002222", "13900001111", "写了2个电话"), ("0431-88880000-801", "043188880000-801", ""),
        ("\u202d13900001111\u202c", "13900001111", ""), ("+86 139 0000 1111", "13900001111", ""), ("8613900001111", "13900001111", ""),
        ("13900001111.0", "13900001111", ""),
    ],
)  # fmt: skip
def test_nobody_loses_the_status_over_a_telephone(reviewer, phone, kept, told):
    card = an_applicant("1966-05-06")
    batch = imported(reviewer, line(card, 联系电话=phone))
    recognition = the_only(card)
    assert (recognition.status, recognition.person.phone) == ("active", kept)
    [(_, outcome, message)] = outcomes(batch)
    assert (outcome, told in message, "待补" in message) == ("changed", True, not kept)
    page = Client()
    page.force_login(reviewer)
    assert ("电话待补" in page.get(f"/desk/people/{recognition.person.pk}/").content.decode()) is (not kept)


def test_month_of_recognition_is_carried_over_and_told(reviewer):
    card = an_applicant("1966-05-06")
    batch = imported(reviewer, line(card, 认定日期="2021.3"))
    assert the_only(card).recognised_on == date(2021, 3, 31)
    assert "按当月最后一天登记" in outcomes(batch)[0][2]


def test_mobile_and_landline_of_two_columns_are_one_number_that_can_be_called(reviewer):
    card = an_applicant("1966-05-06")
    heads = [head if head != "联系电话" else "固定电话" for head in HEADING]
    imported(reviewer, content=a_csv([[*heads, "手机"], [*line(card, 联系电话="0431-88880000"), "13900001111"]]))
    assert the_only(card).person.phone == "13900001111"


def test_two_days_of_recognition_that_differ_are_reported_and_neither_is_believed(reviewer):
    same, other, alone = an_applicant("1966-05-06"), an_applicant("1967-05-06"), an_applicant("1968-05-06")
    lines = [
        [*line(same, 认定日期="2019-05-06"), "2019年5月6日"],
        [*line(other, 认定日期="2019-05-06"), "2019-06-06"],
        [*line(alone, 认定日期=""), "2018-01-02"],
    ]
    batch = imported(reviewer, content=a_csv([[*HEADING, "批准日期"], *lines]))
    assert [outcome for _, outcome, _ in outcomes(batch)] == ["changed", "rejected", "changed"]
    assert "认定日期是2019-05-06，批准日期是2019-06-06" in outcomes(batch)[1][2]
    assert the_only(alone).recognised_on == date(2018, 1, 2)
