"""Clerk's and reviewer's whole way in a real browser, with scripts and without; every page passes axe.

Each story has a person of its own, entered at the window, so that none depends on what the demonstration invented.
"""

import re
from collections.abc import Callable
from datetime import date, timedelta
from itertools import count

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser import DESK, PHONE, Demonstration
from tests.factories import a_photograph, an_id_number

PHOTOGRAPH = {"name": "扫描件.jpg", "mimeType": "image/jpeg", "buffer": a_photograph()}
SCREEN_AND_A_HALF = 1200  # px: an office's screen shows 800; what was just said does not count
LENGTH = "document.documentElement.scrollHeight - (document.querySelector('.messages')?.offsetHeight ?? 0)"
_people = count(700)
_BOTH = pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])

Check = Callable[[Page], None]
Enter = Callable[[str], Page]


@pytest.fixture
def sound(axe: Check, scripts: bool) -> Check:
    """Nothing for axe to say (it is a script itself, so not without scripts), and nothing wider than the screen."""

    def check(page: Page) -> None:
        page.wait_for_load_state()  # a click returns before the next page is read
        if scripts:
            axe(page)
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= page.viewport_size["width"], f"{page.url} is {width} px wide"

    return check


@pytest.fixture
def at_the_desk(open_page: Callable[..., Page], demo_server: Demonstration, scripts: bool) -> Enter:
    """`at_the_desk("clerk")`: a browser in which that account is logged in."""

    def enter(username: str, viewport: dict[str, int] = DESK) -> Page:
        page = open_page(viewport, scripts=scripts)
        page.goto("/login/")
        page.get_by_label("身份证号码，或账号").fill(username)
        page.get_by_label("密码", exact=True).fill(demo_server.password)
        press(page, "登录")
        return page

    return enter


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).first.click()


def follow(page: Page, name: str) -> None:
    page.get_by_role("link", name=name, exact=True).first.click()


def the_next(page: Page) -> Locator:
    return page.locator("#next-title")


def said(page: Page) -> Locator:
    return page.locator(".messages")


def today_of(page: Page) -> date:
    return date.fromisoformat(page.locator("#demo-day").get_attribute("min") or "")


def move_on(page: Page, days: int) -> None:
    """Move the demonstration on, as its banner offers."""
    to = today_of(page) + timedelta(days=days)
    page.get_by_text("换一天").click()
    page.locator("#demo-day").fill(to.isoformat())
    press(page, "换到这天")


def enter_at_the_window(page: Page, name: str, sound: Check | None = None) -> str:
    """Enter, take the papers, hand in. Returns the number of the application; the case page is open."""
    follow(page, "窗口申请")
    page.get_by_label("大龄失业人员").check()
    press(page, "下一步")
    fields = {
        "姓名": name,
        "身份证号码": an_id_number("1980-03-02", number=next(_people), division="220402"),
        "联系电话": "13900002222",
        "常住地址": "民康路1号",
        "户籍所在地": "长春市南关区",
        "本次失业起始日期": (today_of(page) - timedelta(days=300)).isoformat(),
    }
    for label, value in fields.items():
        page.get_by_label(label, exact=True).fill(value)
    page.get_by_label("户籍性质").select_option(label="城镇户籍")
    answers = {
        "是否有劳动能力": "是", "是否有就业意愿": "是", "是否已办理失业登记": "是", "是否与用人单位有劳动关系": "否",
        "是否在用人单位参保": "否", "是否有营业执照或经营登记": "否", "是否在其他单位任职": "否", "是否有稳定收入": "否",
    }  # fmt: skip
    for label, answer in answers.items():
        page.get_by_label(label).select_option(label=answer)
    if sound:
        sound(page)
    press(page, "建立申请，下一步收材料")
    expect(said(page)).to_contain_text("已建立申请")
    number = page.url.split("/cases/")[1].split("/")[0]
    expect(the_next(page)).to_contain_text("补齐材料")
    for kind in ("居民身份证", "户口簿"):
        if page.get_by_label("材料种类").count() == 0:
            follow(page, "添加材料")
        page.get_by_label("材料种类").select_option(label=kind)
        page.get_by_label("文件").set_input_files(PHOTOGRAPH)
        press(page, "添加")
        expect(said(page)).to_contain_text(f"已收到{kind}1份")
    press(page, "提交申请")
    expect(said(page)).to_contain_text("现在是“待受理”")
    return number


def accept_and_verify(page: Page, sound: Check | None = None) -> None:
    press(page, "受理")
    expect(said(page)).to_contain_text("还剩10个工作日")
    verify(page, sound)


def verify(page: Page, sound: Check | None = None) -> None:
    expect(the_next(page)).to_contain_text("核实本人填报的事项")
    assert page.evaluate(LENGTH) <= SCREEN_AND_A_HALF, "every fact open, the document beside them"
    for _ in range(8):
        group = page.locator("[data-group]").first
        if group.count() == 0:
            break
        for tick in group.locator("input[name=fact]").all():
            tick.check()
        if sound:
            sound(page)
        if (evidence := group.locator("[name=evidence]")).count():
            evidence.fill("省级数据接口")
        group.get_by_role("button").first.click()
        expect(said(page)).to_contain_text("已核实")
    expect(the_next(page)).to_contain_text("初审通过并公示")
    assert page.evaluate(LENGTH) <= SCREEN_AND_A_HALF, "what is verified is folded"


def publish(page: Page) -> None:
    press(page, "初审通过并公示")
    expect(said(page)).to_contain_text("公示到")
    expect(the_next(page)).to_contain_text("等公示期满")


def endorse_and_report(page: Page, number: str) -> None:
    move_on(page, 8)
    page.goto(f"/desk/cases/{number}/")
    expect(page.get_by_role("textbox", name="初审意见")).not_to_be_empty()
    press(page, "签署初审意见并盖章")
    expect(said(page)).to_contain_text("现在是“初审通过”")
    press(page, "汇总上报")
    expect(said(page)).to_contain_text("批次B220102001-")


@_BOTH
def test_from_the_window_to_the_register(at_the_desk: Enter, sound: Check, scripts: bool) -> None:
    clerk, name = at_the_desk("clerk"), "纪晓岚" if scripts else "纪晓云"
    expect(clerk.get_by_role("heading", level=1)).to_have_text("申请")
    sound(clerk)
    number = enter_at_the_window(clerk, name, sound)
    sound(clerk)
    accept_and_verify(clerk, sound)
    publish(clerk)
    sound(clerk)

    move_on(clerk, 8)
    clerk.goto(f"/desk/cases/{number}/")
    press(clerk, "签署初审意见并盖章")
    sound(clerk)
    clerk.goto("/desk/cases/?state=endorsed")
    clerk.get_by_label(f"选择{name}").check()
    press(clerk, "汇总上报（勾选的）")
    expect(clerk.get_by_role("heading", level=1)).to_have_text("汇总上报1份申请")
    sound(clerk)
    press(clerk, "汇总上报（勾选的）")
    expect(clerk.get_by_role("heading", level=1)).to_contain_text("办成1份")
    sound(clerk)
    batch = clerk.locator(".heading-caption").inner_text().removeprefix("批次 ")

    reviewer = at_the_desk("reviewer")
    expect(reviewer.get_by_role("link", name=re.compile("^待我办"))).to_have_attribute("aria-current", "page")
    follow(reviewer, "上报批次")
    sound(reviewer)
    reviewer.get_by_role("link", name=re.compile(f"^1份 ?{batch}")).click()
    sound(reviewer)
    follow(reviewer, name)
    expect(reviewer.get_by_text("初审之后没有变化")).to_be_visible()
    sound(reviewer)
    expect(reviewer.get_by_label("大龄失业人员")).to_be_checked()
    press(reviewer, "认定")
    expect(said(reviewer)).to_contain_text("认定编号R220102-")
    sound(reviewer)
    reviewer.get_by_role("navigation", name="主要页面").get_by_role("link", name=re.compile("^在册")).click()
    expect(reviewer.get_by_role("link", name=name)).to_be_visible()
    sound(reviewer)


@_BOTH
def test_an_objection_that_is_upheld(
    at_the_desk: Enter, open_page: Callable[..., Page], sound: Check, scripts: bool
) -> None:
    clerk, name = at_the_desk("clerk"), "万俟春" if scripts else "万俟秋"
    number = enter_at_the_window(clerk, name)
    accept_and_verify(clerk)
    publish(clerk)

    neighbour = open_page(PHONE, scripts=scripts)
    neighbour.goto("/notices/?platform=220102001")
    for _ in range(10):
        if neighbour.get_by_text(name).count():
            break
        neighbour.get_by_role("link", name=re.compile("下一页|更多|后面")).click()
    neighbour.get_by_role("link", name=re.compile(name)).first.click()
    neighbour.get_by_role("link", name=re.compile("提出异议|我有异议|我要提")).first.click()
    neighbour.locator("textarea").first.fill("她在重庆路开着一家饭店")
    neighbour.get_by_role("button", name=re.compile("提交|提出")).last.click()

    clerk.goto(f"/desk/cases/{number}/")
    expect(the_next(clerk)).to_contain_text("处理异议")
    expect(clerk.get_by_text("她在重庆路开着一家饭店").first).to_be_visible()
    sound(clerk)
    press(clerk, "处理异议")
    expect(clerk.get_by_role("alert")).to_contain_text("请选择异议是否成立")
    sound(clerk)
    clerk.goto(f"/desk/cases/{number}/facts/record/")
    clerk.get_by_label("是否有营业执照或经营登记").select_option(label="是")
    clerk.get_by_label("来源", exact=True).select_option(label="部门共享数据")
    clerk.get_by_label("提供部门").select_option(label="市场监督管理部门")
    clerk.get_by_label("依据").fill("3月5日重新查询")
    press(clerk, "登记")
    clerk.goto(f"/desk/cases/{number}/")
    clerk.get_by_label("是", exact=True).check()
    clerk.get_by_label("从事经营或在其他单位任职").check()
    clerk.get_by_label("核查结果").fill("3月5日实地查看，确在经营饭店，营业执照在其名下")
    press(clerk, "处理异议")
    expect(said(clerk)).to_contain_text("现在是“初审不符合”")
    sound(clerk)


@_BOTH
def test_a_return_and_a_second_round(at_the_desk: Enter, sound: Check, scripts: bool) -> None:
    clerk = at_the_desk("clerk")
    number = enter_at_the_window(clerk, "尉迟敏")
    accept_and_verify(clerk)
    publish(clerk)
    endorse_and_report(clerk, number)

    reviewer = at_the_desk("reviewer")
    reviewer.goto(f"/desk/cases/{number}/")
    follow(reviewer, "复核退回")
    sound(reviewer)
    reviewer.get_by_label("退回的原因").fill("失业起始日期与社保停缴月份不符，请核对")
    press(reviewer, "复核退回")
    expect(said(reviewer)).to_contain_text("已办理“复核退回”")

    clerk.goto(f"/desk/cases/{number}/")
    expect(the_next(clerk)).to_contain_text("重新办理")
    expect(clerk.get_by_text("失业起始日期与社保停缴月份不符，请核对").first).to_be_visible()
    sound(clerk)
    clerk.get_by_label("改正了什么").fill("到社保核对，日期无误，补停缴证明")
    press(clerk, "重新办理")
    expect(clerk.get_by_text("第2轮")).to_be_visible()
    publish(clerk)
    endorse_and_report(clerk, number)
    reviewer.goto(f"/desk/cases/{number}/")
    press(reviewer, "认定")
    expect(said(reviewer)).to_contain_text("认定编号")
    sound(reviewer)


@_BOTH
def test_what_supervisors_and_auditors_open(at_the_desk: Enter, sound: Check, scripts: bool) -> None:
    supervisor = at_the_desk("supervisor")
    supervisor.get_by_role("link", name=re.compile("^监督")).click()
    sound(supervisor)
    figure = supervisor.locator(".figures tbody tr").first.locator("a").first
    counted = int(figure.inner_text())
    figure.click()
    expect(supervisor.get_by_role("link", name=re.compile(f"^全部 ?{counted}$"))).to_have_attribute(
        "aria-current", "page"
    )
    sound(supervisor)
    province = at_the_desk("province")
    for url in ("/desk/figures/", "/desk/register/", "/desk/notices/"):
        province.goto(url)
        sound(province)
    auditor = at_the_desk("auditor")
    for url in ("/desk/history/", "/desk/looks/", "/desk/verify/?run=1"):
        auditor.goto(url)
        sound(auditor)


@pytest.mark.parametrize("scripts", [True])
def test_a_list_is_worked_through_with_the_keyboard(at_the_desk: Enter, scripts: bool) -> None:
    page = at_the_desk("clerk")
    expect(page.get_by_text("下一行、上一行")).to_be_visible()
    first, second = (page.locator("tbody tr").nth(place).locator("a").first for place in (0, 1))
    page.keyboard.press("j")
    expect(first).to_be_focused()
    page.keyboard.press("j")
    expect(second).to_be_focused()
    page.keyboard.press("k")
    expect(first).to_be_focused()
    name = first.inner_text()
    page.keyboard.press("Enter")
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_contain_text(name)
    page.wait_for_load_state()
    page.keyboard.press("j")
    expect(heading).not_to_contain_text(name)
    page.wait_for_load_state()
    page.keyboard.press("k")
    expect(heading).to_contain_text(name)
    follow(page, "申请")
    expect(page.get_by_text("下一行、上一行")).to_be_visible()
    page.keyboard.press("/")
    expect(page.get_by_placeholder("姓名、身份证号码、编号或电话")).to_be_focused()
    page.keyboard.type("li")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/desk/search\?q=li"))


@pytest.mark.parametrize("scripts", [True])
def test_a_paper_can_be_zoomed_turned_and_changed_without_leaving_the_page(at_the_desk: Enter, scripts: bool) -> None:
    page = at_the_desk("clerk")
    number = enter_at_the_window(page, "逄丽")
    page.goto(f"/desk/cases/{number}/")
    image = page.locator(".viewer img")
    page.get_by_role("button", name="放大").click()
    page.get_by_role("button", name="转90度").click()
    expect(image).to_have_attribute("style", re.compile(r"rotate\(90deg\)"))
    page.get_by_role("navigation", name="材料").get_by_role("link", name="户口簿").click()
    expect(page.locator(".viewer-head strong")).to_have_text("户口簿")
    page.get_by_role("button", name="放大").click()


@pytest.mark.parametrize("scripts", [True], ids=["with scripts"])
def test_the_key_e_does_the_next_step_and_goes_on_to_the_next_case(at_the_desk: Enter, scripts: bool) -> None:
    page = at_the_desk("clerk")
    page.goto("/desk/cases/?state=submitted")
    page.locator("tbody tr th a").first.click()
    expect(the_next(page)).to_contain_text("受理")
    first = page.url
    page.keyboard.press("e")
    expect(said(page)).to_contain_text("已办理“受理”")
    page.goto(first)
    expect(page.locator(".case-head")).to_contain_text("已受理")
    page.keyboard.press("e")
    page.keyboard.press("Space")  # nothing to be done at once, so the facts to verify have the focus
    expect(page.locator("[data-group]").first.locator("[name=fact]:not(:checked)")).to_have_count(0)
    follow(page, "收回刚才的办理")
    page.get_by_label("为什么收回").fill("按错了键")
    press(page, "收回刚才的办理")
    expect(page.locator(".case-head")).to_contain_text("待受理")


@_BOTH
def test_the_desk_can_be_used_on_a_telephone(at_the_desk: Enter, sound: Check, scripts: bool) -> None:
    page = at_the_desk("clerk", PHONE)  # type: ignore[call-arg]
    sound(page)
    page.locator("tbody tr").first.locator("a").first.click()
    expect(the_next(page)).to_be_visible()
    sound(page)
    for url in ("/desk/window/", "/desk/search?q=wang", "/desk/figures/", "/desk/register/", "/desk/batches/"):
        page.goto(url)
        sound(page)


@pytest.mark.parametrize("scripts", [True], ids=["with scripts"])
def test_on_a_telephone_a_reviewer_sees_which_tab_is_open_and_nothing_about_keys(
    at_the_desk: Enter, scripts: bool
) -> None:
    reviewer = at_the_desk("reviewer", PHONE)
    tab = reviewer.locator(".tabs [aria-current]")
    expect(tab).to_contain_text("待我办")
    expect(tab).to_be_in_viewport(ratio=1)
    expect(reviewer.locator(".keys-hint")).to_be_hidden()


@pytest.mark.parametrize("scripts", [False], ids=["without scripts"])
def test_a_persons_file_fits_a_telephone_however_long_its_words(
    at_the_desk: Enter, sound: Check, scripts: bool
) -> None:
    clerk = at_the_desk("clerk", PHONE)
    clerk.goto("/desk/register/")
    addresses = [link.get_attribute("href") for link in clerk.locator("main table a[href^='/desk/register/']").all()]
    for address in addresses[:12]:
        clerk.goto(address or "")
        follow(clerk, "人员档案")
        sound(clerk)
