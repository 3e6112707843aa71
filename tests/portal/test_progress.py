"""Following one's application: where it stands, who did what when, what comes next, what to put right."""

from datetime import timedelta

import pytest

from jiuyuan import clock
from jiuyuan.applications.workflow import APPLICATION
from jiuyuan.notifications.models import Message
from tests.factories import SAID, a_case, act, act_on, after_the_notice, again, an_account, an_applicant, staff
from tests.jobs import work
from tests.portal.walking import seen, ticked
from tests.recognitions.register import EVIDENCE, bear, end, struck_off

pytestmark = pytest.mark.django_db


def followed(log_in, status, **more):
    account = an_account()
    case = a_case(status, by=account, **more)
    return log_in(account), case


EXPECTED = {
    "draft": "还没有提交",
    "submitted": "已提交，等待受理",
    "correction": "要补正几处，改好再提交",
    "declined": "没有受理 原因：常住地不在本平台辖区，请向吉林省吉林市船营区德胜街道申请；经办说明：不在本平台辖区常住。",
    "accepted": "正在初审 南岭街道公共就业服务平台正在核实您填的情况。应在2026年3月16日 周一前办完。",
    "publishing": "正在公示 公示到3月5日 周四结束，没有异议的，最早3月6日 周五写初审意见。",
    "endorsed": "初审通过，准备上报",
    "reported": "县（市、区）正在复核 应在2026年3月16日 周一前办完。",
    "recognised": "您已被认定为就业困难人员 2026年3月6日 周五，南关区公共就业服务中心认定。",
    "returned": "复核退回，要补充或改正 原因：解除劳动关系的日期与社保记录不符。",
    "rejected": "不符合认定条件 原因：没有有效的失业登记，不符合“登记失业”的条件（一(一)）；经办说明：失业登记已注销。",
    "withdrawn": "已撤回",
}


@pytest.mark.parametrize("status", list(APPLICATION.states))
def test_each_state_is_said_in_words_with_its_reason_or_its_day(log_in, status):
    client, case = followed(log_in, status)
    assert EXPECTED[status] in seen(client.get(f"/mine/{case.number}/"))


@pytest.mark.parametrize("objected", [False, True])
def test_a_notice_that_is_over_is_said_to_be_and_leads_nowhere(log_in, objected):
    client, case = followed(log_in, "publishing")
    shown = "看看公示上写了什么"
    assert shown in seen(client.get(f"/mine/{case.number}/"))
    if objected:
        act(None, case, "object", ground="听说在上班")
    after_the_notice(case)
    words = seen(client.get(f"/mine/{case.number}/"))
    assert ("公示已结束 没有异议，等南岭街道公共就业服务平台写初审意见。" in words) is not objected
    assert shown not in words
    assert "正在公示" not in words
    assert ("异议" in words) is not objected
    for page in ("/", "/mine/", "/apply/"):
        assert "公示已结束" in seen(client.get(page))


@pytest.mark.parametrize(
    ("status", "door", "leads_to"),
    [("draft", "接着填", "form/next/"), ("correction", "看要改什么", ""), ("accepted", "看进度", "")],
)
def test_the_list_of_ones_own_says_what_there_is_to_do(log_in, status, door, leads_to):
    client, case = followed(log_in, status)
    page = client.get("/mine/").content.decode()
    assert f'<a class="button" href="/mine/{case.number}/{leads_to}">{door}' in page
    assert client.get(f"/mine/{case.number}/{leads_to}", follow=True).status_code == 200


def test_who_is_on_the_register_reads_that_first_with_the_proof_and_after_an_exit_not_that_they_are_recognised(log_in):
    client, case = followed(log_in, "recognised")
    page = client.get("/mine/")
    assert f'href="/mine/{case.number}/proof.pdf"' in page.content.decode()
    assert f"申请 {case.number} 和文书" in seen(page)
    words = seen(client.get(f"/mine/{case.number}/"))
    assert words.index("可以得到的帮扶") < words.index("提交申请")
    bear(case.recognition)
    end(case.recognition)
    page = client.get("/mine/")
    assert "已认定" not in seen(page)
    assert "新 您已被认定" not in seen(page)
    assert "认定证明" not in seen(page).split("消息")[0]
    assert f'href="/mine/{case.number}/"' in page.content.decode()
    words = seen(client.get(f"/mine/{case.number}/"))
    assert "2026年3月6日 周五起已经结束" in words
    assert "可以得到的帮扶" not in words


@pytest.mark.parametrize("after", ["a wish to leave", "an upheld objection"])
def test_who_stays_on_the_register_keeps_the_ways_to_help_and_out_of_it(log_in, after):
    client, case = followed(log_in, "recognised")
    stay = again(case).recognition
    if after == "a wish to leave":
        client.post(f"/mine/recognition/{stay.pk}/leave/", {"reason": "我找到工作了。"})
    else:
        bear(stay)
        end(stay)
        objection = act_on("object", staff("clerk"), stay.pk, "不是养老金。")
        act_on("settle", staff("reviewer"), objection.pk, upheld=True, finding="核实为遗属待遇。")
    if after == "a wish to leave":
        assert stay.proposals.get().now["status"] is True
    words = seen(client.get("/mine/"))
    assert "我的帮扶" in words
    assert ("我找到工作了 我要退出援助" in words) is (after == "an upheld objection")


def test_number_on_the_first_page_is_that_of_the_marks_on_the_page_of_messages(log_in):
    client, _case = followed(log_in, "recognised")
    first = seen(client.get("/"))
    marks = client.get("/mine/").content.decode().count('<span class="tag tag-strong">新</span>')
    assert marks and f"您有{marks}条新消息" in first


def test_the_line_names_who_and_when_and_the_day_of_the_next(log_in):
    clerk = staff("clerk", name="李敏")
    client, case = followed(log_in, "accepted", clerk=clerk)
    words = seen(client.get(f"/mine/{case.number}/"))
    assert "已完成： 提交申请 3月2日 周一 您本人" in words
    assert "南岭街道公共就业服务平台 李敏" in words
    assert "接下来： 初审 2026年3月16日 周一前" in words
    assert "还剩10个工作日" in words


def test_a_day_beyond_the_published_holidays_is_said_to_be_provisional(log_in, today):
    today("2026-12-28")
    client, case = followed(log_in, "accepted")
    assert "（暂定）" in seen(client.get(f"/mine/{case.number}/"))


def test_an_exit_is_objected_to_and_the_objection_upheld_in_the_words_that_the_person_reads(log_in):
    client, case = followed(log_in, "recognised")
    stay = again(case).recognition
    bear(stay)
    end(stay)
    words = seen(client.get("/mine/"))
    for said in (
        "2026年3月6日退出",
        "已享受基本养老保险待遇",
        "三(一)",
        EVIDENCE,
        "异议处理期间，退出暂停",
        "60日内",
        "6个月内",
    ):
        assert said in words, said
    said = {"reason": "领的是遗属补助，不是养老金。"}
    assert client.post(f"/mine/recognition/{stay.pk}/object/", said).status_code == 302
    words = seen(client.get("/mine/"))
    for said in ("在册，退出暂停", "您的异议正在处理", "领的是遗属补助，不是养老金。"):
        assert said in words, said
    act_on("settle", staff("reviewer"), stay.objections.get().pk, upheld=True, finding="核实为遗属待遇。")
    words = seen(client.get("/mine/"))
    for said in ("您的异议成立，继续在册", "核实为遗属待遇。", "我的帮扶"):
        assert said in words, said
    assert "退出暂停" not in words.split("消息")[0]


def test_a_refused_case_says_how_to_object(log_in):
    client, case = followed(log_in, "rejected")
    words = seen(client.get(f"/mine/{case.number}/"))
    assert "到此结束： 初审不符合" in words
    for said in ("带上凭据向南岭街道公共就业服务平台提出，要求复查", "60日内", "长春市南关区人民政府", "6个月内"):
        assert said in words


def test_a_refused_case_says_how_to_put_it_right_and_leads_to_a_new_application(log_in):
    client, case = followed(log_in, "rejected")
    page = client.get(f"/mine/{case.number}/")
    for said in ("还想申请的", "先办失业登记，办好再来申请", "当场就能办", "情况变了，可以重新申请。"):
        assert said in seen(page), said
    assert '<a class="button" href="/apply/">重新申请</a>' in page.content.decode()
    assert "看原因和怎么办" in seen(client.get("/mine/"))


def test_the_page_of_an_application_whose_recognition_ended_leads_to_why(log_in):
    client, case = followed(log_in, "recognised")
    struck_off(again(case).recognition, "imprisoned")
    assert "您现在不在册，没有帮扶计划。" in seen(client.get("/mine/help/", follow=True))
    page = client.get(f"/mine/{case.number}/").content.decode()
    assert '<a class="button" href="/mine/">看为什么，不同意怎么办</a>' in page


def test_all_corrections_stand_at_once_each_with_the_way_to_its_page(log_in, monkeypatch):
    asked = [
        "户口簿首页不清楚",
        "失业起始日期与登记不符",
        "联系电话打不通",
        "家庭成员没有填全",
        "残疾人证过期",
        "请到窗口说明",
    ]
    monkeypatch.setitem(SAID, "ask_correction", {"missing": asked})
    client, case = followed(log_in, "correction")
    for page in (f"/mine/{case.number}/", f"/mine/{case.number}/form/"):
        answer = client.get(page)
        for text in asked:
            assert text in seen(answer)
        for path in ("materials/hukou_book/", "form/unemployment/", "form/contact/", "form/household/"):
            link = f"/mine/{case.number}/{path}?back=form"
            assert link in answer.content.decode(), path
            assert client.get(link).status_code == 200
    assert "去改：认定表" in seen(client.get(f"/mine/{case.number}/")), (
        "no page of this application: the form as a whole"
    )


def test_corrected_it_is_handed_in_again_and_the_list_is_gone(log_in):
    account, person = an_account(), an_applicant()
    case = a_case("correction", person, by=account)
    client = log_in(account)
    client.post(f"/mine/{case.number}/sign/", {"signature": person.name} | ticked(case))
    assert again(case).status == "submitted"
    assert "户口簿首页不清楚" not in seen(client.get(f"/mine/{case.number}/"))


def test_the_receipt_has_number_day_and_office_and_none_before_handing_in(log_in):
    client, case = followed(log_in, "submitted")
    words = seen(client.get(f"/mine/{case.number}/receipt/"))
    for shown in (case.number, "提交日期：2026年3月2日 周一", "办理平台：南岭街道公共就业服务平台", "公示3个工作日"):
        assert shown in words
    client, draft = followed(log_in, "draft")
    assert client.get(f"/mine/{draft.number}/receipt/")["Location"] == f"/mine/{draft.number}/"


def test_a_form_whose_seal_is_waited_for_is_not_handed_out_without_it(log_in):
    client, case = followed(log_in, "recognised")
    answer = client.get(f"/mine/{case.number}/form.pdf", follow=True)
    assert "认定表正在盖章，请过一分钟再打开。" in answer.content.decode()
    work("seal_form")
    assert client.get(f"/mine/{case.number}/form.pdf").content.startswith(b"%PDF-")


@pytest.mark.parametrize(
    ("status", "papers"),
    [
        ("draft", {"form"}),
        ("submitted", {"form"}),
        ("correction", {"form", "correction"}),
        ("accepted", {"form", "receipt"}),
        ("recognised", {"form", "receipt", "proof", "entry"}),
        ("rejected", {"form", "receipt", "rejection"}),
    ],
)
def test_the_papers_that_there_are_can_be_had_as_pdf_and_no_others(log_in, status, papers, monkeypatch):
    client, case = followed(log_in, status)
    work("seal_form", "make_letter")
    now = clock.now() + timedelta(minutes=11)  # until then the clerk may take it back, and nobody has its letter
    monkeypatch.setattr(clock, "now", lambda: now)
    page = client.get(f"/mine/{case.number}/").content.decode()
    for kind in ("form", "receipt", "correction", "rejection", "proof", "entry", "returned"):
        url = f"/mine/{case.number}/{kind}.pdf"
        assert (url in page) == (kind in papers)
        answer = client.get(url)
        if kind in papers:
            assert answer.content.startswith(b"%PDF-"), kind
            assert answer["Cache-Control"] == "private, no-store"
        else:
            assert answer.status_code == 404, kind


def test_taking_back_asks_once_more_and_then_closes(log_in):
    client, case = followed(log_in, "accepted")
    page = client.get(f"/mine/{case.number}/withdraw/")
    assert "确定要撤回这份申请吗？" in seen(page)
    assert again(case).status == "accepted"
    page = client.post(f"/mine/{case.number}/withdraw/", follow=True)
    assert "申请已撤回" in seen(page)
    assert again(case).status == "withdrawn"
    assert "/withdraw/" not in page.content.decode()


def test_messages_are_new_until_they_were_read(log_in):
    client, case = followed(log_in, "accepted")
    assert "您有1条新消息" in seen(client.get("/"))
    client.get("/mine/", headers={"sec-purpose": "prefetch;prerender"})
    assert "您有1条新消息" in seen(client.get("/")), "a page that was only fetched ahead has shown nothing"
    words = seen(client.get("/mine/"))
    assert f"您的申请（{case.number}）已于2026年3月2日受理，应在2026年3月16日前办完。" in words
    assert not Message.objects.unscoped().filter(read_at=None).exists()
    assert "条新消息" not in seen(client.get("/"))


def test_the_second_round_goes_on_in_the_same_line(log_in):
    account, clerk = an_account(), staff("clerk")
    case = a_case("returned", by=account, clerk=clerk)
    client = log_in(account)
    assert "接下来： 按退回意见处理" in seen(client.get(f"/mine/{case.number}/"))
    act(clerk, case, "reopen")
    words = seen(client.get(f"/mine/{case.number}/"))
    assert "正在初审" in words
    assert "接下来： 初审" in words


def test_the_pages_ask_the_database_the_same_few_questions_however_much_there_is(log_in, django_assert_max_num_queries):
    client, case = followed(log_in, "recognised")
    for path, most in ((f"/mine/{case.number}/", 14), (f"/mine/{case.number}/receipt/", 14), ("/mine/", 10), ("/", 8)):
        client.get(path)
        with django_assert_max_num_queries(most):
            client.get(path)


def test_a_wish_to_leave_that_is_not_granted_is_answered_with_the_reason(log_in):
    account = an_account()
    stay = a_case("recognised", applicant=an_applicant(), by=account).recognition
    wish = act_on("propose", account, stay.pk, ground="withdrew_or_refused", reason="找到工作了。")
    client = log_in(account)
    assert "等县（市、区）的工作人员办理" in seen(client.get("/mine/"))
    act_on("dismiss", staff("reviewer"), wish.pk, reason="试用期未满，先留在册。")
    words = seen(client.get("/mine/"))
    assert "2026年3月6日没有通过，您继续在册。理由：试用期未满，先留在册。" in words
    assert "等县（市、区）的工作人员办理" not in words


def test_what_a_clerk_wrote_down_in_the_persons_name_can_be_read_by_the_person(log_in):
    account = an_account()
    stay = a_case("recognised", applicant=an_applicant(), by=account).recognition
    bear(stay)
    end(stay)
    act_on("object", staff("clerk"), stay.pk, "领的是遗属补助，不是养老金。")
    assert "领的是遗属补助，不是养老金。" in seen(log_in(account).get("/mine/"))
