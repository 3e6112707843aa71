"""云中市 in a real browser: somebody applies on a phone, the street recognises, a letter is read. Nothing of Jilin shows anywhere."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import DESK, PHONE
from tests.factories import Applicant
from tests.jobs import work
from tests.journeys.on_a_page import follow, heading, press
from tests.journeys.test_applicant import hand_in
from tests.portal.walking import PASSWORD
from tests.printing.paper import text_of
from tests.regions.test_somewhere import ANSWERS as SAID
from tests.regions.test_somewhere import DISTRICT, STREET, a_clerk, a_fisher

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("somewhere")]
ANSWERS = {
    **SAID, "registered_unemployed": "yes", "hukou_division": DISTRICT, "unemployed_since_year": "2025",
    "unemployed_since_month": "12", "unemployed_since_day": "1",
}  # fmt: skip
_JILIN = ("吉林", "吉人社", "长春", "大龄失业", "公示", "复核")


@pytest.fixture
def opened(browser: Browser, live_server: Any) -> Iterator[Callable[[dict[str, int]], Page]]:
    """`opened(PHONE)`: a page with cookies of its own. From the street on, no page says anything of another region."""
    contexts = []

    def enter(viewport: dict[str, int]) -> Page:
        context = browser.new_context(viewport=viewport, base_url=live_server.url, locale="zh-CN")  # type: ignore[arg-type]
        context.set_default_timeout(30_000)
        contexts.append(context)
        page = context.new_page()
        page.on("domcontentloaded", lambda shown: seen.append((shown.url, shown.locator("main").inner_text())))
        return page

    seen: list[tuple[str, str]] = []
    yield enter
    for context in contexts:
        context.close()
    places = next(at for at, (url, _) in enumerate(seen) if url.endswith("/apply/category/"))
    assert [(url, word) for url, words in seen[places:] for word in _JILIN if word in words] == []


def test_somebody_applies_is_recognised_and_reads_the_letter(opened: Callable[[dict[str, int]], Page]) -> None:
    person, clerk = a_fisher(), a_clerk()
    clerk.set_password(PASSWORD)
    clerk.save()
    phone = opened(PHONE)
    number = applied(phone, person)
    expect(heading(phone)).to_contain_text("已提交，等街道受理")

    desk = opened(DESK)
    desk.goto("/login/")
    desk.get_by_label("身份证号码，或账号").fill(clerk.username)
    desk.get_by_label("密码", exact=True).fill(PASSWORD)
    press(desk, "登录")
    desk.goto(f"/desk/cases/{number}/")
    press(desk, "受理")
    expect(desk.locator(".messages")).to_contain_text("还剩5个工作日")
    verify(desk)
    desk.get_by_label("审查意见").fill("符合条件")
    press(desk, "审查认定")
    expect(desk.locator(".messages")).to_contain_text("已认定")

    work("make_letter", "seal_form")
    phone.goto(f"/mine/{number}/")
    expect(heading(phone)).to_contain_text("您已被认定")
    letter = phone.request.get(f"/mine/{number}/receipt.pdf")
    assert letter.ok
    words = text_of(letter.body())
    assert "鼓巷街道" in words and "5个工作日内审查完" in words
    assert [word for word in _JILIN if word in words] == []


def applied(page: Page, person: Applicant) -> str:
    """The number of the application, handed in: an account, the street, the category, the form, the papers, the signature."""
    page.goto("/register/")
    typed = {"姓名": person.name, "身份证号码": person.id_number, "联系电话": person.phone}
    for label, text in {**typed, "给自己定一个密码": PASSWORD, "再输一次密码": PASSWORD}.items():
        page.get_by_label(label, exact=True).fill(text)
    page.get_by_label("同意这样用我的信息").check()
    press(page, "开通账号")
    page.goto("/apply/where/")
    page.get_by_label("您平时住在哪个县").select_option(DISTRICT)
    press(page, "保存，下一步")
    page.get_by_label("街道（乡镇）").select_option(STREET)
    page.get_by_label("详细地址").fill("鼓巷1号")
    press(page, "保存，下一步")
    page.get_by_label("退捕渔民").check()
    press(page, "保存，下一步")
    number = page.url.split("/")[4]
    while heading(page).inner_text() != "居民身份证":
        answer(page)
    hand_in(page, "拍正面")
    hand_in(page, "拍反面", there=1)
    follow(page, "清楚，下一步")
    expect(heading(page)).to_have_text("渔船注销证明")
    hand_in(page, "拍照，或从手机里选")
    follow(page, "清楚，下一步")
    follow(page, "没有别的材料，下一步")
    expect(page.locator("summary").filter(has_text="云渔1号")).to_be_visible()
    follow(page, "都对，去签名提交")
    page.get_by_role("checkbox").check()
    page.get_by_label("签名").fill(person.name)
    press(page, "签名并提交")
    follow(page, "查看进度")
    return number


def answer(page: Page) -> None:
    for name, said in ANSWERS.items():
        box = page.locator(f'[name="{name}"]')
        if box.count() == 0:
            continue
        if box.first.get_attribute("type") == "radio":
            page.locator(f'[name="{name}"][value="{said}"]').check()
        elif box.first.evaluate("one => one.localName") == "select":
            box.select_option(said)
        else:
            box.fill(said)
    onward = page.get_by_role("button", name="保存，下一步", exact=True)
    with page.expect_navigation():
        (onward if onward.count() else page.get_by_role("link", name="下一步", exact=True)).click()


def verify(page: Page) -> None:
    """Every group of facts, against the source that its button names."""
    while (group := page.locator("[data-group]")).count():
        for tick in group.first.locator("input[name=fact]").all():
            tick.check()
        if (evidence := group.first.locator("[name=evidence]")).count():
            evidence.fill("渔业部门的名册")
        with page.expect_navigation():
            group.first.get_by_role("button").first.click()
