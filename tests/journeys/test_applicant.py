"""The applicant's whole way in a real browser on a phone, with scripts and without; every page passes axe."""

import re
from collections.abc import Callable, Iterator
from itertools import count

import pytest
from playwright.sync_api import Page, expect

from tests.browser import DESK, PHONE, Demonstration
from tests.factories import a_clear_photograph, an_id_number
from tests.journeys.on_a_page import choose, fill_day, follow, heading, press

PASSWORD = "长春的春天2026"
PHOTOGRAPH = {"name": "照片.jpg", "mimeType": "image/jpeg", "buffer": a_clear_photograph()}
_people = count(400)

Said = str | re.Pattern[str]
#: What everybody is asked, whichever kind they are.
OF_ALL: dict[str, Said] = {
    "户籍在哪里": "吉林省",
    "出生日期": "1984-5-6",
    "失业登记": "是",
    "能干活": "能干活，也愿意",
    "哪一条是您": "都没有",
}
ANSWERS: dict[str, Said] = OF_ALL | {
    "哪一种像您": re.compile("^女满40岁"),
    "性别": "女",
    "城镇的还是农村": "城镇户籍",
    "哪一天开始没有工作": "2025-6-1",
}


@pytest.fixture(params=[True, False], ids=["with scripts", "without scripts"])
def phone(request: pytest.FixtureRequest, open_page: Callable[..., Page]) -> Page:
    return open_page(PHONE, scripts=request.param)


def answer_the_self_check(page: Page, answers: dict[str, Said] = ANSWERS) -> Iterator[str]:
    """Answer question by question until the result; yields each heading before it is answered.

    `answers`: some words of a question, and the label to choose or the day to fill in.
    """
    page.goto("/")
    follow(page, "看看自己符不符合")
    press(page, "开始")
    while True:
        question = heading(page).inner_text()
        if "条件" in question:
            return
        yield question
        said = next((answer for words, answer in answers.items() if words in question), None)
        assert said, f"no answer to {question}"
        if "户籍在哪里" in question:
            page.get_by_label(question).select_option(label=str(said))
        elif "哪一天" in question:
            fill_day(page, question, str(said))
        else:
            page.get_by_label(said, exact=isinstance(said, str)).check()
        press(page, "下一题")


def open_an_account(page: Page, name: str = "王秀兰") -> str:
    place = next(_people)
    number = an_id_number("1984-05-06", number=place, division="220402")
    for label, typed in {
        "姓名": name,
        "身份证号码": number,
        "联系电话": f"139{place:08d}",  # so many codes go to one telephone a day
        "给自己定一个密码": PASSWORD,
        "再输一次密码": PASSWORD,
    }.items():
        page.get_by_label(label, exact=True).fill(typed)
    page.get_by_label("同意这样用我的信息").check()
    page.get_by_role("button", name=re.compile("^(开通账号|下一步)$")).click()
    box = page.get_by_label("请填短信里的验证码")  # a demonstration has a gateway that shows what it sends
    expect(box.or_(page.get_by_label("您平时住在哪个县"))).to_be_visible()
    if box.count():
        code = re.search(r"验证码是(\d{6})", page.locator("main").inner_text())
        assert code
        box.fill(code.group(1))
        press(page, "开通账号")
    return number


def say_where_one_lives(page: Page) -> None:
    page.get_by_label("您平时住在哪个县").select_option(label="南关区")
    press(page, "保存，下一步")
    page.get_by_label("街道（乡镇）").select_option(label="南岭街道")
    page.get_by_label("详细地址").fill("民康路1号3栋501")
    press(page, "保存，下一步")


def hand_in(page: Page, *boxes: str, there: int = 0) -> None:
    """Each box with its photograph: sent by the script as it is chosen, else by the button."""
    for place, box in enumerate(boxes):
        with page.expect_response(lambda answer: answer.request.method == "POST"):
            # Each its own: the same picture twice is the same paper.
            picture = a_clear_photograph(("navy", "maroon", "olive")[there + place])
            page.get_by_label(box).set_input_files({**PHOTOGRAPH, "buffer": picture})
            if (button := page.get_by_role("button", name="上传", exact=True)).is_visible():
                button.click()
        expect(page.get_by_text("传好了")).to_be_visible()
        expect(page.locator(".pictures img")).to_have_count(there + place + 1)


def log_in(page: Page, demo: Demonstration, username: str) -> None:
    page.goto("/login/")
    page.get_by_label("身份证号码，或账号").fill(username)
    page.get_by_label("密码", exact=True).fill(demo.password)
    press(page, "登录")


def test_from_the_self_check_to_the_receipt(phone: Page, sound: Callable[[Page], None]) -> None:
    page = phone
    for _ in answer_the_self_check(page):
        sound(page)
    expect(heading(page)).to_have_text("自查结果 按您说的情况，符合申请条件")
    expect(page.locator(".case-next-title")).to_have_text("大龄失业人员")
    sound(page)

    press(page, "我要申请，答案不用再填")
    expect(page.get_by_text("自查时的回答会直接填进申请")).to_be_visible()
    sound(page)
    follow(page, "第一次来，开通账号")
    sound(page)
    open_an_account(page)
    sound(page)
    say_where_one_lives(page)
    sound(page)
    expect(page.get_by_label("大龄失业人员")).to_be_checked()
    press(page, "保存，下一步")

    expect(page.get_by_text("申请草稿已存好")).to_be_visible()
    for title, answered in (("您的户籍", "城镇户籍"), ("您的失业情况", "是"), ("您的身体和找工作的打算", "是")):
        expect(heading(page)).to_have_text(title)  # columns of the printed form; what the self-check knows is filled in
        expect(page.get_by_label(answered, exact=True).first).to_be_checked()
        if title == "您的户籍":  # the self-check asks for the province alone
            page.get_by_label("您的户籍在哪里").select_option(label="农安县")
        press(page, "保存，下一步")
    expect(heading(page)).to_have_text("家里还有谁？")
    sound(page)
    follow(page, "下一步")
    press(page, "保存，下一步")
    expect(heading(page)).to_have_text("居民身份证")
    sound(page)
    hand_in(page, "拍正面")
    expect(page.get_by_text("还差反面，请接着拍。")).to_be_visible()
    sound(page)
    hand_in(page, "拍反面", there=1)
    follow(page, "清楚，下一步")
    hand_in(page, "拍首页", "拍本人页")
    follow(page, "清楚，下一步")
    follow(page, "没有别的材料，下一步")

    expect(heading(page)).to_contain_text("看一遍，都对吗？")
    sound(page)
    page.locator("summary", has_text="您是谁").click()
    follow(page, re.compile("^修改.*常住地址"))
    page.get_by_label("详细地址").fill("民康路1号3栋502")
    press(page, "保存，下一步")
    expect(page.locator("summary", has_text="民康路1号3栋502")).to_be_visible()
    follow(page, "都对，去签名提交")
    sound(page)
    page.get_by_role("checkbox").check(), page.get_by_label("签名").fill("王秀英")
    press(page, "签名并提交")
    expect(page.get_by_role("alert")).to_contain_text("请写上您的姓名“王秀兰”")
    sound(page)
    page.get_by_label("签名").fill("王秀兰")
    press(page, "签名并提交")

    expect(heading(page)).to_have_text("申请已提交")
    sound(page)
    follow(page, "查看进度")
    expect(heading(page)).to_contain_text("已提交，等待受理")
    sound(page)
    for address in ("/", "/apply/", "/mine/", "/mine/information/"):
        page.goto(address)
        sound(page)
    ask_for_a_correction(page, sound)


def ask_for_a_correction(page: Page, sound: Callable[[Page], None]) -> None:
    page.get_by_text("不对的可以更正").click()
    follow(page, re.compile("^更正.*本次失业起始日期"))
    expect(page.get_by_text("现在存的是：2025年6月1日")).to_be_visible()
    sound(page)
    question = "您这次是从哪一天开始没有工作的？"
    fill_day(page, question, "2025-5-1")
    press(page, "提交更正请求")
    expect(page.get_by_role("alert")).to_contain_text("请写明为什么不对")
    expect(page.get_by_role("group", name=question).get_by_label("月", exact=True)).to_have_value("5")
    sound(page)
    page.get_by_label("为什么不对").fill("有解除劳动合同的证明。")
    press(page, "提交更正请求")
    expect(page.locator("#corrections")).to_contain_text("等待答复")
    sound(page)


def test_every_page_of_the_form_by_hand(phone: Page, sound: Callable[[Page], None]) -> None:
    """Without a self-check: every question is asked in the form, each page saved, each leading to the next."""
    page = phone
    page.goto("/apply/")
    follow(page, "第一次来，开通账号")
    open_an_account(page, "阿依努尔·买买提")
    say_where_one_lives(page)
    page.get_by_label("大龄失业人员").check()
    page.get_by_label("残疾失业人员").check()
    press(page, "保存，下一步")

    expect(heading(page)).to_have_text("您的户籍")
    sound(page)
    page.get_by_label("您的户籍在哪里").select_option(label="农安县")
    choose(page, "您的户口是城镇的还是农村的？", "城镇户籍")
    press(page, "保存，下一步")
    expect(page.get_by_role("alert")).to_contain_text("请选一项")
    expect(page.get_by_label("城镇户籍", exact=True)).to_be_checked()
    sound(page)
    choose(page, "您常年住在城镇吗？", "不清楚")
    press(page, "保存，下一步")

    expect(heading(page)).to_have_text("您的失业情况")
    sound(page)
    choose(page, "您办过失业登记，现在还有效吗？", "是")
    fill_day(page, "您这次是从哪一天开始没有工作的？", "2025-6-1")
    press(page, "保存，下一步")
    expect(heading(page)).to_have_text("您的残疾人证")
    choose(page, "您有残疾人证吗？", "是")
    press(page, "保存，下一步")
    for title, questions in {
        "您的身体和找工作的打算": {"您现在能干活吗？": "是", "您愿意找工作": "是"},
        "您现在的工作": {"您现在有单位吗？": "否", "现在有单位在给您交社保吗？": "否"},
        "做生意、办企业、任职": {"您名下有营业执照吗？": "否", "您在公司里当": "否"},
        "您现在的收入": {"您现在每个月都有固定的收入吗？": "否"},
    }.items():
        expect(heading(page)).to_have_text(title)
        sound(page)
        for question, answer in questions.items():
            choose(page, question, answer)
        press(page, "保存，下一步")

    expect(heading(page)).to_have_text("家里还有谁？")
    sound(page)
    follow(page, "加一位家人")
    sound(page)
    page.get_by_label("是您的什么人").select_option("配偶")
    page.get_by_label("姓名", exact=True).fill("王军")
    page.get_by_label("现在做什么").select_option("失业")
    press(page, "加上这位")
    expect(page.locator("main strong", has_text="王军")).to_be_visible()
    follow(page, "下一步")
    expect(heading(page)).to_have_text("想做什么工作？")
    page.get_by_label("求职意愿").fill("超市理货")
    sound(page)
    press(page, "保存，下一步")
    expect(heading(page)).to_have_text("居民身份证")

    page.goto("/mine/")
    follow(page, re.compile("^看进度"))
    sound(page)
    follow(page, "接着填")
    expect(heading(page)).to_have_text("居民身份证")  # a draft goes on where it was left
    page.goto(page.url.replace("materials/id_card/", ""))
    follow(page, "不想办了，撤回申请")
    sound(page)
    press(page, "撤回申请")
    expect(heading(page)).to_contain_text("已撤回")
    sound(page)


def test_a_photograph_that_cannot_be_used_is_said_beside_the_camera(phone: Page, sound: Callable[[Page], None]) -> None:
    page = phone
    page.goto("/apply/")
    follow(page, "第一次来，开通账号")
    open_an_account(page)
    say_where_one_lives(page)
    page.get_by_label("大龄失业人员").check()
    press(page, "保存，下一步")
    number = re.search(r"/mine/([^/]+)/", page.url)
    assert number
    page.goto(f"/mine/{number.group(1)}/materials/id_card/")
    front = page.get_by_label("拍正面")
    assert front.get_attribute("accept") == "image/*,application/pdf", "WeChat then offers its camera and its album"
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        front.set_input_files({"name": "身份证.jpg", "mimeType": "image/jpeg", "buffer": b"MZ no picture"})
        if (button := page.get_by_role("button", name="上传", exact=True)).is_visible():
            button.click()
    expect(page.get_by_role("alert")).to_contain_text("“身份证.jpg”不能用：要照片（JPEG、PNG、HEIC、WebP）或者PDF文件")
    sound(page)


def test_the_browsers_own_way_back_leads_to_the_question_before(phone_page: Page) -> None:
    page = phone_page
    asked = []
    for question in answer_the_self_check(page):
        asked.append(question)
        if len(asked) == 4:
            break
    page.go_back()
    expect(heading(page)).to_have_text(asked[2])
    page.go_back()
    expect(heading(page)).to_have_text(asked[1])
    press(page, "下一题")
    expect(heading(page)).to_have_text(asked[2])


def test_the_self_check_goes_by_keyboard_alone(open_page: Callable[..., Page]) -> None:
    page = open_page(DESK)
    page.goto("/self-check/")
    page.get_by_role("button", name="开始").focus()
    page.keyboard.press("Enter")
    expect(heading(page)).to_have_text("下面哪一种像您？")
    page.get_by_role("radio").first.focus()
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(heading(page)).to_have_text("您的户籍在哪里？")
    page.get_by_label("您的户籍在哪里？").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(heading(page)).to_have_text("您的出生日期是哪一天？")
    page.get_by_label("年", exact=True).focus()
    for part in ("1984", "5", "6"):
        page.keyboard.type(part)
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(heading(page)).to_have_text("您的性别是？")


def test_what_to_put_right_is_there_at_once_with_its_way(
    phone: Page, demo_server: Demonstration, sound: Callable[[Page], None]
) -> None:
    page = phone
    log_in(page, demo_server, "applicant")
    page.goto("/mine/")
    sound(page)
    follow(page, re.compile("^看要改什么"))
    expect(heading(page)).to_contain_text("要补正几处")
    sound(page)
    follow(page, re.compile("^去改："))
    sound(page)
    page.go_back()
    follow(page, "改好了，看整份表再提交")
    expect(page.get_by_text("请把这几处改好，再提交一次")).to_be_visible()
    sound(page)


def test_the_public_reads_a_notice_and_objects(phone: Page, sound: Callable[[Page], None]) -> None:
    page = phone
    page.goto("/")
    follow(page, "看公示")
    sound(page)
    page.get_by_label("看哪里的公示").select_option(label="南关区")
    press(page, "下一步")
    sound(page)
    page.get_by_label("哪个街道").select_option(label="南岭街道")
    press(page, "看公示")
    expect(heading(page)).to_have_text("南岭街道的公示")
    sound(page)
    page.locator("main .panel a").first.click()
    expect(page.get_by_text(re.compile(r"^\d{6}\*{10}\d[\dX]$"))).to_be_visible()
    sound(page)
    follow(page, "提出异议")
    sound(page)
    press(page, "提交异议")
    expect(page.get_by_role("alert")).to_contain_text("请写明您知道的情况")
    page.get_by_label("您知道什么情况？").fill("他在大经路开着店，已经两年")
    press(page, "提交异议")
    expect(heading(page)).to_have_text("异议已收到")
    sound(page)
    page.goto("/confirm/220102001-2026-999999/")
    expect(heading(page)).to_have_text("查不到这个编号")
    sound(page)


def test_larger_type_stays_and_fits(phone_page: Page, sound: Callable[[Page], None]) -> None:
    page = phone_page
    page.goto("/")
    small = page.locator("h1").evaluate("e => parseFloat(getComputedStyle(e).fontSize)")
    page.goto("/register/")
    page.locator("input[name=name]").fill("王秀兰")
    page.get_by_role("button", name="大字", exact=True).click()
    assert page.locator("html.larger").count() == 1
    assert page.locator("input[name=name]").input_value() == "王秀兰"
    assert page.get_by_role("button", name="标准字", exact=True).count() == 1
    for address in ("/", "/self-check/", "/apply/", "/register/", "/login/", "/notices/?platform=220102001"):
        page.goto(address)
        assert page.locator("h1").evaluate("e => parseFloat(getComputedStyle(e).fontSize)") > small * 1.15
        sound(page)
