"""Asking for a correction of what is kept about oneself, and reading the answer (个人信息保护法 46)."""

import pytest

from jiuyuan.notifications.models import Message
from jiuyuan.people.models import CorrectionRequest
from tests.factories import a_case, an_account, answer_correction, staff, verify_facts
from tests.portal.walking import boxes, day, seen

pytestmark = pytest.mark.django_db

ADDRESS = "/mine/information/correction/"
ASKED = {"what": "unemployed_since", **day("wanted", "2025-5-1"), "reason": "单位晚停保一个月，有解除劳动合同证明。"}


@pytest.fixture
def account():
    return an_account()


@pytest.fixture
def clerk(account):
    clerk = staff("clerk", name="李敏")
    verify_facts(clerk, a_case("accepted", by=account, clerk=clerk), unemployed_since="2025-06-01")
    return clerk


def test_beside_each_fact_that_can_be_corrected_stands_a_link_that_names_it(log_in, account, clerk):
    html = log_in(account).get("/mine/information/").content.decode()
    assert f"{ADDRESS}?what=unemployed_since" in html
    assert "what=birth_date" not in html
    form = log_in(account).get(f"{ADDRESS}?what=unemployed_since")
    assert boxes(form)["what"] == ["unemployed_since"]


def test_what_was_asked_waits_with_its_day_and_is_answered_by_name(log_in, account, clerk):
    client = log_in(account)
    words = seen(client.post(ADDRESS, ASKED, follow=True))
    asked = CorrectionRequest.objects.unscoped().get()
    due = f"{asked.due_on.year}年{asked.due_on.month}月{asked.due_on.day}日"
    for shown in (
        "已收到您的更正请求",
        "等待答复",
        "您说应当是：2025年5月1日",
        "理由：单位晚停保一个月",
        f"{due}前答复",
    ):
        assert shown in words, shown
    answer_correction(clerk, asked.pk, granted=True, answer="看了证明，属实。", value="2025-05-01")
    words = seen(client.get("/mine/information/"))
    assert "已更正" in words
    assert "答复：看了证明，属实。" in words
    assert "由李敏答复" in words
    assert "本次失业起始日期 2025年5月1日" in words
    assert Message.objects.unscoped().filter(recipient=account.username, code="correction.answer.granted").exists()


def test_nothing_typed_is_lost_when_something_is_missing(log_in, account, clerk):
    answer = log_in(account).post(ADDRESS, ASKED | day("wanted", "--"))
    assert "请写明应当是什么" in seen(answer)
    kept = boxes(answer)
    assert kept["what"] == [ASKED["what"]]
    assert kept["reason"] == [ASKED["reason"]]
    assert not CorrectionRequest.objects.unscoped().exists()


def test_what_follows_from_the_id_number_cannot_be_asked_for(log_in, account, clerk):
    assert "没有这一项" in seen(log_in(account).post(ADDRESS, ASKED | {"what": "birth_date"}))


def test_nobody_sees_what_another_asked(log_in, account, clerk):
    log_in(account).post(ADDRESS, ASKED)
    another = an_account()
    a_case("submitted", by=another)
    assert "解除劳动合同证明" not in seen(log_in(another).get("/mine/information/"))


def test_sent_twice_it_is_asked_once(log_in, account, clerk):
    client = log_in(account)
    for _ in range(2):
        assert client.post(ADDRESS, ASKED).status_code == 302
    assert CorrectionRequest.objects.unscoped().count() == 1


def test_only_what_is_on_file_is_offered_in_everyday_words_with_the_right_box(log_in, account, clerk):
    client = log_in(account)
    words = seen(client.get(ADDRESS))
    assert "您这次是从哪一天开始没有工作的？ 2025年6月1日" in words
    for internal in ("是否死亡", "是否被判刑收监执行", "当地最低工资标准", "您毕业时是什么学历"):
        assert internal not in words
    page = client.get(f"{ADDRESS}?what=business_registered")
    assert 'type="radio" name="wanted" value="yes"' in page.content.decode()
    assert "现在存的是：否。" in seen(page)
    assert "wanted_year" in boxes(client.get(f"{ADDRESS}?what=unemployed_since"))
