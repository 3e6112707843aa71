"""The page behind the code on a paper, and the box in which its number is typed: nothing about the person."""

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
        assert "有这份认定，现在有效" in words
        for hidden in ("王秀兰", applicant.id_number, applicant.id_number[-4:], "大龄", "女"):
            assert hidden not in words
        assert page["X-Robots-Tag"].startswith("noindex")


@pytest.mark.parametrize("status", ["submitted", "correction", "accepted", "publishing", "endorsed", "returned"])
def test_the_code_on_a_paper_of_an_open_case_says_that_it_is_handled_and_how_to_see_more(client, status):
    applicant = an_applicant(name="王秀兰")
    page = client.get(f"/confirm/{a_case(status, applicant).number}/")
    words = seen(page)
    assert page.status_code == 200
    for said in ("这份申请正在办理", "登录", "2026年3月2日", "南岭街道公共就业服务平台"):
        assert said in words
    for hidden in ("查不到", "王秀兰", applicant.id_number[-4:], "公示", "补正"):
        assert hidden not in words


@pytest.mark.parametrize("status", ["rejected", "declined"])
def test_a_case_that_ended_without_recognition_does_not_say_how(client, status):
    words = seen(client.get(f"/confirm/{a_case(status).number}/"))
    assert "这份申请已经办完 没有有效的认定" in words
    assert not any(said in words for said in ("不予", "不符合", "撤回"))


def test_a_draft_is_not_there_yet(client):
    assert client.get(f"/confirm/{a_case('draft').number}/").status_code == 404


def test_a_notice_of_exit_can_be_checked_and_its_ground_stays_with_the_person(client):
    case = a_case("recognised", reviewer=(reviewer := staff("reviewer")))
    struck_off(case.recognition, "imprisoned", reviewer)
    for number in (case.number, case.recognition.number):
        words = seen(client.get(f"/confirm/{number}/"))
        assert "这次认定已经退出" in words and "决定日期" in words
        assert not any(said in words for said in ("刑", "有效", "三("))


def test_a_number_is_typed_in_a_box_however_a_keyboard_writes_it(client):
    case = a_case("recognised")
    number = case.recognition.number
    full_width = number.translate({ord(c): ord(c) + 0xFEE0 for c in number})
    for typed in (number.lower(), f" {number[:8]} {number[8:]} ", full_width, number.replace("-", "—")):
        page = client.get("/confirm/", {"number": typed}, follow=True)
        assert page.redirect_chain[-1][0] == f"/confirm/{number}/"
        assert "有这份认定" in seen(page)


@pytest.mark.parametrize(
    ("typed", "status"),
    [
        ("", 200), ("   ", 200), ("220102001-2026-999999", 404), ("../admin", 200), ("<script>alert(1)</script>", 200),
        ("x" * 500, 404),
    ],
)  # fmt: skip
def test_what_is_no_number_leads_back_to_the_box(client, typed, status):
    page = client.get("/confirm/", {"number": typed}, follow=True)
    html = page.content.decode()
    assert page.status_code == status
    assert 'name="number"' in html
    assert "<script>alert" not in html


def test_both_answers_have_the_same_box(client):
    case = a_case("recognised")
    for number in (case.number, "x"):
        assert 'name="number"' in client.get(f"/confirm/{number}/").content.decode()
