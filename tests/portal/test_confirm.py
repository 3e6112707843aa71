"""The page behind the code on a form: four facts for anybody, and nothing that a guess could find out."""

import re

import pytest

from tests.factories import a_case, an_applicant, staff
from tests.portal.walking import seen
from tests.recognitions.register import struck_off

pytestmark = pytest.mark.django_db


def test_it_confirms_number_category_day_and_agency_and_nothing_more(client):
    applicant = an_applicant(name="王秀兰")
    case = a_case("recognised", applicant)
    for number in (case.number, case.recognition.number):
        page = client.get(f"/confirm/{number}/")
        words = seen(page)
        expected = f"编号 {number} 类别 就业困难人员 认定日期 2026年3月6日 认定机构 南关区公共就业服务中心"
        assert expected in words
        for hidden in ("王秀兰", applicant.id_number, applicant.id_number[-4:], "大龄", "女"):
            assert hidden not in words
        assert page["X-Robots-Tag"].startswith("noindex")


@pytest.mark.parametrize("status", ["draft", "submitted", "publishing", "rejected"])
def test_a_case_that_is_not_recognised_looks_like_a_number_that_does_not_exist(client, status):
    known = client.get(f"/confirm/{a_case(status).number}/")
    unknown = client.get("/confirm/220102001-2026-999999/")
    assert (known.status_code, unknown.status_code) == (404, 404)
    without_number = [re.sub(r"编号 \S+ 类别", "编号 类别", seen(page)) for page in (known, unknown)]
    assert without_number[0] == without_number[1]
    assert "查不到这个编号" in seen(unknown)


def test_both_answers_have_the_same_shape(client):
    case = a_case("recognised")
    shapes = [
        re.findall(r"<(?:dt|dl|h1)[^>]*>", client.get(f"/confirm/{number}/").content.decode())
        for number in (case.number, "x")
    ]
    assert shapes[0] == shapes[1]


def test_who_has_left_the_register_is_not_confirmed(client, today):
    reviewer = staff("reviewer")
    case = a_case("recognised", reviewer=reviewer)
    recognition = case.recognition
    struck_off(recognition, "imprisoned", reviewer)
    assert client.get(f"/confirm/{case.number}/").status_code == 404
