"""The other four kinds of people (一(一)3, 4, 6, 7) from the self-check to the receipt on a telephone: what each of them reads."""

import re
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect

from jiuyuan.applications import services
from jiuyuan.applications.models import Application
from tests.factories import a_clear_photograph, seen_by
from tests.journeys.on_a_page import follow, heading, press
from tests.journeys.on_the_phone import Phone, says
from tests.journeys.test_applicant import (
    OF_ALL,
    Said,
    answer_the_self_check,
    hand_in,
    open_an_account,
    say_where_one_lives,
)

pytestmark = pytest.mark.django_db(transaction=True)
_ON = re.compile("^(清楚，下一步|没有别的材料，下一步|下一步)$")


@dataclass(frozen=True)
class Kind:
    called: str
    chosen: str
    answers: dict[str, Said]
    because: str
    paper: str = ""
    own_page: str = ""

    @property
    def pages(self) -> list[str]:
        """What the pages of the form are called, from the first after the category to the last before the review."""
        own = ["您的户籍", "您的失业情况", self.own_page, "您的身体和找工作的打算", "家里还有谁？", "想做什么工作？"]
        return [title for title in (*own, self.paper, "还有别的材料吗？") if title]


KINDS = {
    "disabled": Kind(
        "残疾失业人员",
        "有残疾人证",
        {"城镇的还是农村": "城镇户籍", "残疾人证": "是"},
        "城镇户籍，持有《中华人民共和国残疾人证》，属于残疾失业人员。",
        "残疾人证",
        "您的残疾人证",
    ),
    "zero_employment_family": Kind(
        "零就业家庭成员",
        "全家没有人就业",
        {"零就业家庭": "是"},
        "属于经公共就业服务机构认定的零就业家庭",
    ),
    "landless_farmer": Kind(
        "失地农民",
        "承包的地被",
        {"您家的地被征过": "征过", "哪一级政府": "县级政府征地", "一点都不剩": "是"},
        "县级政府征地，已完全失去原承包耕地，属于失地农民。",
        "征地协议书，或者别的征地证明",
        "您的承包地",
    ),
    "graduate": Kind(
        "就业困难高校毕业生",
        "大专以上全日制",
        {"以前上过班": "从没上过班，也没交过", "什么学历": "本科学历", "全日制": "是", "离校": "2023-6-30"},
        "2023年6月30日离校，至2026年3月2日已满2年，从未有过就业经历",
        "毕业证",
        "您的毕业情况",
    ),
}
PAPERS = {kind.paper for kind in KINDS.values()} - {""}


# Without scripts test_applicant fills in every page of the form; here the kind with the most questions of its own does.
@pytest.mark.parametrize(
    ("code", "scripts"),
    [*((code, True) for code in KINDS), ("graduate", False)],
    ids=[*KINDS, "graduate without scripts"],
)
def test_each_kind_reads_its_own_words_from_the_self_check_to_the_receipt(
    phone: Phone, sound: Callable[[Page], None], code: str, scripts: bool
) -> None:
    kind, page = KINDS[code], phone(scripts=scripts)
    for _ in answer_the_self_check(page, kind.answers | OF_ALL | {"哪一种像您": re.compile(f"^{kind.chosen}")}):
        pass
    expect(heading(page)).to_have_text("自查结果 按您说的情况，符合申请条件")
    expect(page.locator(".case-next-title")).to_have_text(kind.called)
    page.locator("summary", has_text="申请时要交的材料").click()
    for words in (kind.because, kind.paper):
        assert words in says(page), words
    press(page, "我要申请，答案不用再填")
    follow(page, "第一次来，开通账号")
    open_an_account(page)
    say_where_one_lives(page)
    expect(page.get_by_label(kind.called)).to_be_checked()
    press(page, "保存，下一步")
    case = Application.objects.unscoped().get()
    account = case.person.account
    assert account is not None
    for paper in ("id_card", "hukou_book"):  # test_applicant photographs these
        services.add_material(account, case.number, paper, a_clear_photograph(), f"{paper}.jpg")
    assert fill_in(page, sound) == kind.pages
    words = says(page)
    assert kind.called in words
    assert "还缺这些" not in words
    follow(page, "都对，去签名提交")
    assert "我是王秀兰，现申请认定就业困难人员" in says(page)
    sound(page)
    page.get_by_role("checkbox").check()
    page.get_by_label("签名").fill("王秀兰")
    press(page, "签名并提交")
    for words in ("申请已提交", case.number, "南岭街道公共就业服务平台", "公示3个工作日"):
        assert words in says(page), words
    assert code in seen_by(None, case).decision.categories


def fill_in(page: Page, sound: Callable[[Page], None]) -> list[str]:
    """Go through the form to the review; returns what its pages are called."""
    read: list[str] = []
    while "看一遍" not in (title := heading(page).inner_text()):
        assert title not in read, "a page leads to itself"
        read.append(title)
        sound(page)
        if title == "您的户籍":  # the self-check asks for the province alone
            page.get_by_label("您的户籍在哪里").select_option(label="农安县")
        if title == "家里还有谁？" and "零就业家庭" in says(page):
            follow(page, "加一位家人")
            page.get_by_label("是您的什么人").select_option("配偶")
            page.get_by_label("姓名", exact=True).fill("王军")
            page.get_by_label("现在做什么").select_option("失业")
            press(page, "加上这位")
        if title in PAPERS:
            hand_in(page, "拍照")
            sound(page)
        if (button := page.get_by_role("button", name="保存，下一步")).count():
            with page.expect_navigation():
                button.click()
        else:
            follow(page, _ON)
    return read
