"""Whoever is refused, returned, ended or asked for more is told why, by message and on the page, whatever the act is called."""

import pytest

from jiuyuan.applications.workflow import APPLICATION
from jiuyuan.notifications.models import Message
from tests.factories import a_case, act, an_account, found_out, returned_as_failing, seen_by, staff
from tests.portal.walking import seen

pytestmark = pytest.mark.django_db

#: The states that take something from a person, or ask something of them.
ADVERSE = {"declined", "rejected", "withdrawn", "returned", "correction"}
CLAUSE = "没有有效的失业登记"
# By act and variant: where it starts, what is said, and what the person must read both in the message and on the page.
ACTS = {
    "ask_correction": ("submitted", {}, ["户口簿首页不清楚", "2026年3月17日"]),
    "decline": ("submitted", {}, ["常住地不在本平台辖区", "德胜街道", "不在本平台辖区常住"]),
    "decline, a clause": (
        "submitted",
        {"ground": "clause", "clauses": ["registered_unemployed"], "reason": "请先办理失业登记"},
        [CLAUSE, "请先办理失业登记"],
    ),
    "first_review_fail": ("accepted", {"reason": "失业登记已注销。"}, [CLAUSE, "失业登记已注销"]),
    "settle_objection, upheld": (
        "publishing",
        {"upheld": True, "clauses": ["registered_unemployed"], "finding": "经查已在超市上班。"},
        [CLAUSE, "经查已在超市上班"],
    ),
    "return": ("reported", {"reason": "解除劳动关系的日期与社保记录不符。"}, ["解除劳动关系的日期与社保记录不符"]),
    "return, not passed": (
        "reported",
        {"clauses": ["registered_unemployed"], "reason": "失业登记已注销。"},
        [CLAUSE, "失业登记已注销"],
    ),
    "reject": ("returned as failing", {}, [CLAUSE, "解除劳动关系的日期与社保记录不符"]),
    "withdraw": ("submitted", {}, ["书面请求", "撤回"]),
}


def test_every_act_that_takes_something_from_a_person_is_tried_here():
    adverse = {t.action for t in APPLICATION.of().transitions if ADVERSE & set(t.targets)}
    assert adverse == {name.split(",")[0] for name in ACTS}
    for transition in APPLICATION.of().transitions:
        if transition.action in adverse and transition.action != "settle_objection":
            assert transition.message, transition.action


@pytest.mark.parametrize("name", ACTS)
def test_the_person_is_told_why_by_message_and_on_the_page(log_in, name):
    action = name.split(",")[0]
    status, said, expected = ACTS[name]
    clerk, reviewer, account = staff("clerk"), staff("reviewer"), an_account()
    if status == "returned as failing":
        case = returned_as_failing(clerk, reviewer, by=account)
    else:
        case = a_case(status, by=account, clerk=clerk, reviewer=reviewer)
        if said.get("clauses") or action == "first_review_fail":
            found_out(clerk, case)
    if action == "settle_objection":
        act(None, case, "object")
    before = Message.objects.unscoped().filter(file=case.file).count()
    act(reviewer if action == "return" else clerk, case, action, **said)
    messages = Message.objects.unscoped().filter(file=case.file).order_by("pk")
    assert messages.count() == before + 1
    told = messages.last()
    assert (told.recipient, told.phone) == (account.username, case.person.phone)
    page = seen(log_in(account).get(f"/mine/{case.number}/"))
    for words in expected:
        assert words in told.body, told.body
        assert words in page, page
    for text in (told.body, page):
        assert "。。" not in text
        assert "；。" not in text
    assert seen_by(account, case).application.status in ADVERSE


def test_an_objection_that_is_dismissed_tells_the_person_nothing():
    clerk = staff("clerk")
    case = a_case("publishing", clerk=clerk)
    act(None, case, "object")
    before = Message.objects.unscoped().count()
    act(clerk, case, "settle_objection", upheld=False)
    assert Message.objects.unscoped().count() == before
