"""What becomes of an application and of a place on the register, as the person reads it at each step on a telephone (二, 三)."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Page

from jiuyuan import clock
from jiuyuan.agencies.models import User
from jiuyuan.applications.models import Application
from jiuyuan.assistance.offer_workflow import OFFER
from jiuyuan.people.services import set_household
from jiuyuan.procedures import engine
from jiuyuan.recognitions import family_warnings
from tests.assistance.offers import a_plan_with_vacancies, an_offer
from tests.factories import (
    a_case,
    act,
    act_on,
    after_the_notice,
    again,
    an_account,
    an_applicant,
    certify_family,
    move_to,
    returned_as_failing,
    staff,
    verify_facts,
)
from tests.jobs import work
from tests.journeys.on_a_page import follow, press
from tests.journeys.on_the_phone import Phone, says
from tests.recognitions.register import EVIDENCE, bear, end

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"]),
]
REMEDIES = ("60日内，可以向长春市南关区人民政府申请行政复议", "6个月内，可以直接向有管辖权的人民法院提起行政诉讼")


@pytest.fixture
def owner(transactional_db: None) -> User:
    return an_account()


@pytest.fixture
def page(phone: Phone, owner: User, scripts: bool) -> Iterator[Page]:
    return phone(owner, scripts=scripts)


@pytest.fixture
def reads(page: Page, sound: Callable[[Page], None]) -> Callable[..., None]:
    """`reads("正在初审", …)`: the page, opened anew, says so in these words."""

    def check(*words: str) -> None:
        page.reload()
        text = says(page)
        for one in words:
            assert re.sub(r"\s+", "", one) in text, one
        sound(page)

    return check


def opened(page: Page, case: Application) -> None:
    """Its page, by the way that a person takes to it."""
    page.goto("/")
    follow(page, re.compile("^(查看申请|看原因和怎么办|看我的认定)"))
    if "/mine/220" not in page.url:
        page.goto(f"/mine/{case.number}/")


def test_a_return_by_the_county_and_what_follows_until_the_recognition(
    page: Page, reads: Callable[..., None], owner: User
) -> None:
    clerk, reviewer = staff("clerk"), staff("reviewer")
    case = a_case("reported", clerk=clerk, by=owner)
    opened(page, case)
    reads("县（市、区）正在复核", "应在2026年3月16日 周一前办完")
    act(reviewer, case, "return")
    work("make_letter")
    reads(
        "复核退回，要补充或改正",
        "原因：解除劳动关系的日期与社保记录不符。",
        "南岭街道公共就业服务平台核实后会重新办理，不用您重新申请。",
        "接下来：按退回意见处理",
        "复核退回告知书（PDF）",
    )
    act(clerk, case, "reopen")
    reads("正在初审", "还剩6个工作日")
    act(clerk, case, "first_review_pass")
    reads("正在公示", "公示到3月11日 周三结束，没有异议的，最早3月12日 周四写初审意见。")
    after_the_notice(case)
    reads("公示已结束", "没有异议，等南岭街道公共就业服务平台写初审意见。")
    act(clerk, case, "endorse")
    act(clerk, case, "report")
    reads("县（市、区）正在复核", "还剩2个工作日")
    act(reviewer, case, "recognise")
    work("make_letter", "seal_form")
    reads("您已被认定为就业困难人员", "2026年3月12日 周四，南关区公共就业服务中心认定。", "就业困难人员认定证明（PDF）")


def test_a_refusal_by_the_county_in_its_words_and_the_ways_to_be_heard(
    page: Page, reads: Callable[..., None], owner: User
) -> None:
    clerk = staff("clerk")
    case = returned_as_failing(clerk, staff("reviewer"), by=owner)
    opened(page, case)
    reads("复核没有通过", "没有有效的失业登记", "会把正式结果告诉您", "现在就可以向南岭街道公共就业服务平台说明")
    act(clerk, case, "reject")
    work("make_letter")
    because = "原因：没有有效的失业登记，不符合“登记失业”的条件（一(一)）"
    reads("不符合认定条件", because, "到此结束：复核未通过", "不同意怎么办", "要求复查", *REMEDIES)
    reads("情况变了，可以重新申请。", "复核未通过不予认定告知书（PDF）")
    page.goto("/mine/")
    reads("不符合认定条件", "复核没有通过", "不予认定")
    page.get_by_text("看全文").first.click()
    assert all(words in says(page) for words in REMEDIES)
    page.goto("/")
    reads("您的申请", "不符合认定条件", because, "我要申请")


def test_an_application_that_is_not_taken_says_where_to_go_and_who_hears_an_objection(
    page: Page, reads: Callable[..., None], owner: User
) -> None:
    case = a_case("submitted", by=owner)
    opened(page, case)
    reads("已提交，等待受理", "受理后10个工作日内办完")
    act(staff("clerk"), case, "decline")
    work("make_letter")
    reads(
        "没有受理",
        "常住地不在本平台辖区，请向吉林省吉林市船营区德胜街道申请",
        "认为应当受理的，可以向南岭街道公共就业服务平台提出，也可以向南关区公共就业服务中心反映。",
        *REMEDIES,
        "不予受理告知书（PDF）",
    )
    assert "不予认定" not in says(page)


def test_an_exit_is_objected_to_on_the_telephone_and_the_objection_upheld(
    page: Page, reads: Callable[..., None], owner: User, sound: Callable[[Page], None]
) -> None:
    case = a_case("recognised", by=owner)
    stay = again(case).recognition
    assert stay is not None
    page.goto("/")
    reads("您的认定", "您已被认定为就业困难人员", "2026年3月6日，南关区公共就业服务中心认定。")
    bear(stay)
    end(stay)
    work("make_exit_notice")
    page.goto("/mine/")
    reads("2026年3月6日退出", "已享受基本养老保险待遇", EVIDENCE, "异议处理期间，退出暂停", "60日内", "6个月内")
    follow(page, re.compile("异议"))
    sound(page)
    page.get_by_label("为什么您不应退出？").fill("领的是遗属补助，不是养老金。")
    press(page, "提出异议")
    reads("在册，退出暂停", "您的异议正在处理", "领的是遗属补助，不是养老金。")
    objection = stay.objections.get()
    act_on("settle", staff("reviewer"), objection.pk, upheld=True, finding="核实为遗属待遇。")
    reads("您的异议成立，继续在册", "核实为遗属待遇。", "我的帮扶")
    page.goto("/")
    reads("您已被认定为就业困难人员")


def test_a_family_with_nobody_in_work_from_the_application_until_one_of_them_works(
    page: Page, reads: Callable[..., None], owner: User
) -> None:
    clerk, reviewer, husband = staff("clerk"), staff("reviewer"), an_applicant(sex="male", name="王建国")
    his = a_case("submitted", husband, clerk=clerk)
    verify_facts(clerk, his)
    said = {"zero_employment_family": True}
    case = a_case("accepted", an_applicant(name="李秀英", categories=("zero_employment_family",), facts=said), by=owner)
    opened(page, case)
    reads("正在初审", "零就业家庭成员", "应在2026年3月16日 周一前办完")
    row = {"name": husband.name, "id_number": husband.id_number, "relation": "配偶", "state": "失业"}
    set_household(clerk.actor, case.person, [row])
    verify_facts(clerk, case)
    family = certify_family(reviewer, case.person_id, ground="入户核实，两口人都没有工作。")
    for action in ("first_review_pass", "endorse", "report"):
        if action == "endorse":
            reads("正在公示", "公示到3月5日 周四结束")
            after_the_notice(case)
        act(clerk, case, action)
    act(reviewer, case, "recognise", entry={"category": "zero_employment_family"})
    page.goto("/mine/")
    reads("在册", "零就业家庭成员", "我的帮扶", "我能享受什么")
    stay = again(case).recognition
    assert stay is not None
    offer = an_offer(clerk, a_plan_with_vacancies(clerk, stay))
    follow(page, "我的帮扶")
    reads("帮扶计划", "给您介绍的岗位", "想不想去？请在2026年3月13日 周五前答复。")
    press(page, "想试试 护理员")
    move_to(family.due_on - timedelta(days=3))
    engine.act(clerk, OFFER, offer.pk, "taken_on", {"from": clock.today()})
    reads("已录用", "2026年3月19日 周四上班", "推荐岗位：介绍离家近的岗位", "已完成")
    family_warnings.clear(reviewer, family.pk, {"because": "本人被录用，已经上班。"})
    page.goto("/mine/information/")
    page.get_by_text("不对的可以更正").click()
    assert "2026年3月19日零就业家庭清零：本人被录用，已经上班。" in says(page)
    page.goto("/mine/")
    reads("您被录用了", "祝您工作顺利；有困难随时找南岭街道公共就业服务平台。")
