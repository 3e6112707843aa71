"""The frame of the desk: few groups in the first row, the pages of the current group in the second."""

import re

import pytest

from tests.factories import a_case, act_on, staff

pytestmark = pytest.mark.django_db


def rows(html: str) -> list[str]:
    """The navigations of the frame, in order, as HTML."""
    return re.findall(r'<nav class="desk-nav.*?</nav>', html, flags=re.S)


def entries(nav: str) -> list[str]:
    texts = re.findall(r"<a [^>]*>(.*?)</a>", nav, flags=re.S)
    return [" ".join(re.sub(r"<[^>]+>", " ", text).split()) for text in texts]


def test_the_first_row_holds_groups_and_the_second_the_pages_of_the_current_one(log_in):
    first, second = rows(log_in(staff("clerk")).get("/desk/register/warnings/").content.decode())
    assert entries(first) == ["申请", "在册", "找人", "帮扶", "监督"]
    assert entries(second) == ["在册人员", "退出建议", "调查", "退出异议", "预警", "零就业家庭", "档案更正"]
    assert re.findall(r'aria-current="(\w+)"', first) == ["true"]
    assert re.findall(r'aria-current="(\w+)"', second) == ["page"]
    assert 'aria-label="主要页面"' in first
    assert 'aria-label="在册的页面"' in second


def test_a_group_sums_what_waits_for_this_role_on_its_pages(log_in):
    clerk = staff("clerk")
    stay = a_case("recognised", clerk=clerk).recognition
    act_on("propose", clerk, stay.pk, ground="left_scope", reason="公安数据")
    act_on("investigate", clerk, stay.pk, cause="有人反映")
    first, second = rows(log_in(clerk).get("/desk/register/proposals/").content.decode())
    assert "在册 1" in entries(first)  # who proposed decides nothing
    assert {"退出建议", "调查 1"} <= set(entries(second))
    first, second = rows(log_in(staff("reviewer")).get("/desk/register/proposals/").content.decode())
    assert "在册 2" in entries(first)
    assert {"退出建议 1", "调查 1"} <= set(entries(second))


def test_a_group_of_one_page_is_that_page(log_in):
    [only] = rows(log_in(staff("province")).get("/desk/leads/").content.decode())
    assert "待联系" in entries(only)
    assert re.findall(r'aria-current="(\w+)"', only) == ["page"]


def test_an_auditor_has_one_group_with_its_pages(log_in):
    first, second = rows(log_in(staff("auditor")).get("/desk/history/").content.decode())
    assert entries(first) == ["监督"]
    assert entries(second) == ["操作记录", "查看记录", "核验记录链", "违规违纪"]


def test_what_is_not_found_or_not_theirs_keeps_staff_in_their_own_frame(log_in, client):
    missing = log_in(staff("clerk")).get("/desk/cases/220102001-2026-999999/")
    refused = log_in(staff("supervisor")).get("/desk/window/")
    assert (missing.status_code, refused.status_code) == (404, 403)
    for page in (missing, refused):
        assert '<html lang="zh-hans" class="desk' in page.content.decode()
    assert 'class="portal' in client.get("/nowhere/").content.decode()
