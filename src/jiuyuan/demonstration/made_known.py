"""What the city publishes in a demonstration: two rules, an article, and staff training."""

from collections.abc import Sequence
from datetime import timedelta

from jiuyuan import clock
from jiuyuan.agencies.models import User
from jiuyuan.agencies.roles import CASE_STAFF
from jiuyuan.demonstration.days import Days
from jiuyuan.demonstration.stories import Story
from jiuyuan.oversight.article_workflow import ARTICLE
from jiuyuan.oversight.local_rule_workflow import LOCAL_RULE, expire
from jiuyuan.oversight.models import LocalRule
from jiuyuan.oversight.staff_training_workflow import STAFF_TRAINING, OfTraining, questions
from jiuyuan.procedures import engine

#: When it is published, from when, and until when, in working days ago (None: for a year), with what it changes.
_RULES = (
    (39, 36, 20, 4, "长春市公益性岗位管理操作细则（试行）", "长人社规〔2026〕1号"),
    (18, 15, None, 3, "长春市公益性岗位管理操作细则", "长人社规〔2026〕4号"),
)
_TEXT = "人员离岗的，用人单位应当在{days}日内向街道（乡镇）报告空出的岗位。不报告的，按套取补贴处理。"
_ARTICLE = {
    "title": "南岭街道把招聘会开到了小区门口",
    "body": "以前开招聘会，要坐车去人才市场。今年，街道把招聘会开到了小区门口。\n\n来了十二家单位，都在三站地以内，有保洁、收银、护理的活。当天有二十三个人谈成。\n\n下一场什么时候开，社区的公告栏上有。",
}


def rules_and_an_article(supervisor: User, province: User, days: Days) -> Story:
    """One rule after the other; the first has ended."""
    for drafted, since, until, value, title, document in _RULES:
        yield days.at(drafted)
        ends = days.ago(until) if until else days.ago(since) + timedelta(days=365)
        words = {
            "title": title, "document": document, "text": _TEXT.format(days=value), "since": days.ago(since), "until": ends,
        }  # fmt: skip
        rule = engine.act(supervisor, LOCAL_RULE, None, "draft_rule", words)
        engine.act(supervisor, LOCAL_RULE, rule.pk, "set_limit", {"limit": "post_vacancy_report_days", "value": value})
        engine.act(supervisor, LOCAL_RULE, rule.pk, "try_rule")
        engine.act(province, LOCAL_RULE, rule.pk, "publish_rule")
    yield days.at(6)
    if LocalRule.objects.unscoped().filter(status=LocalRule.Status.PUBLISHED, until__lt=clock.today()).exists():
        expire(clock.today())
    article = engine.act(supervisor, ARTICLE, None, "draft_article", _ARTICLE)
    engine.act(supervisor, ARTICLE, article.pk, "publish_article")


def half_of_the_staff_learn(users: Sequence[User], days: Days) -> Story:
    """Every second account of an area passes the course; the first of them at the second attempt."""
    learning = [user for user in users if user.role in CASE_STAFF][::2]
    yield days.at(8)
    for order, user in enumerate(learning):
        for wrong in (4, 0) if order == 0 else (order % 3,):
            engine.act(user, STAFF_TRAINING, None, "take_course", {"answers": _answers(user, wrong)})


def _answers(user: User, wrong: int) -> list[str]:
    """The right answers to the questions drawn, with so many wrong ones."""
    context = OfTraining(None, user)
    right = [str(one.answer) for one in questions(context.policy, context.drawn())]
    return [("no" if answer == "yes" else "yes") if place < wrong else answer for place, answer in enumerate(right)]
