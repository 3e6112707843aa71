"""The transitions of a placement as data, and the parsers of its needs (四(二))."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from jiuyuan.agencies.roles import Role
from jiuyuan.assistance.models import Placement, PublicPost
from jiuyuan.assistance.post_workflow import locked_post
from jiuyuan.assistance.work_facts import verify_work
from jiuyuan.labels import texts
from jiuyuan.procedures.context import Context
from jiuyuan.procedures.reading import as_day, as_key
from jiuyuan.procedures.table import NO_LETTER, Need, NeedKind, Procedure, State, Transition
from jiuyuan.refusals import NotFound
from jiuyuan.wording import say

_CLERK, _REVIEWER = frozenset({Role.CLERK}), frozenset({Role.REVIEWER})
_ENDINGS = tuple(choice for choice in texts(Placement.Ending) if choice[0] != Placement.Ending.NOT_PLACED)
_MOST_DAYS = 31

TABLE = Procedure(
    tuple(State(code, label, final=code == "ended") for code, label in texts(Placement.Status)),
    (
        Transition(
            "propose", "提出安置", frozenset(), ("proposed",), _CLERK,
            needs=(
                Need("post", "公益性岗位", "open_post", empty="请选一个已经开放、还有名额的公益性岗位。"),
                Need(
                    "no_relative", "本人声明：与用人单位负责人、经办和审批人员没有近亲属关系", "yes_no",
                    empty="请问过本人再选：有没有近亲属关系。",
                ),
                Need(
                    "severe", "残疾证为一级、二级", "yes_no", required=False, hint="再次安置残疾人员时看残疾证填写，其他人不填。",
                ),
                Need(
                    "tried_ground", "介绍岗位不够就安置的理由", required=False, longest=400,
                    hint="介绍没有成功的岗位不够时写，例如：本人只能半天干活，附近没有这样的岗位。",
                ),
                Need(
                    "order_ground", "不按顺序安置的理由", required=False, longest=400,
                    hint="还有排在前面的人时写，例如：排在前面的三个人都说不去。",
                ),
            ),
            while_in=frozenset({"active"}), guards=("recognised_today", "no_officers_relative", "placements_left", "may_be_placed_again"),
            record="placement_proposed", done="提出安置到公益性岗位", result="已提出，等县级复核。",
            lead="公益性岗位是最后的办法：先介绍市场岗位，没有成功再安置。",
        ),
        Transition(
            "agree_again", "同意再次安置", frozenset({"proposed"}), ("proposed",), _REVIEWER,
            needs=(Need("ground", "再次安置的理由", longest=400, empty="请写明理由，例如：期满后又介绍过三个岗位，都没有成功。"),),
            guards=("is_a_second", "recognised_today", "no_officers_relative", "may_be_placed_again"), before="proposed",
            record="placement_agreed_again", done="同意再次安置（第一人）", result="已同意，还要另一位复核人决定。",
        ),
        Transition(
            "publish", "同意安置并公示", frozenset({"proposed"}), ("published",), _REVIEWER,
            guards=("recognised_today", "no_officers_relative", "may_be_placed_again", "two_agree"), before="decided", emphasis="main",
            record="placement_published", done="同意安置并公示", result="已公示，期满后签合同。",
            message="准备安排您到{employer}的公益性岗位“{job}”，公示到{until:date}。没有人提出问题，就签合同。", title="准备安排您到公益性岗位",
        ),
        Transition(
            "contract", "登记劳动合同", frozenset({"published"}), ("contracted",), _CLERK,
            needs=(
                Need("signed_on", "签合同日期", "date"),
                Need("from", "哪天上岗", "term_day"),
                Need("until", "合同到", "term_day"),
            ),
            guards=("notice_over", "recognised_today", "no_officers_relative"), emphasis="main", record="placement_contracted", done="登记了公益性岗位的劳动合同",
            result="已登记，上岗那天再登记上岗。",
        ),
        Transition(
            "begin", "登记上岗", frozenset({"contracted"}), ("on_post",), _CLERK,
            guards=("day_has_come", "recognised_today", "no_officers_relative"), emphasis="main", record="placement_begun", done="上岗了", result="已登记上岗。",
            message="您在{employer}的公益性岗位“{job}”从{begins_on:date}起上岗，到{until:date}。有困难随时找{agency}。", title="您上岗了",
            letter=NO_LETTER,
        ),
        Transition(
            "attend", "登记考勤", frozenset({"on_post"}), ("on_post",), _CLERK,
            needs=(
                Need("month", "月份", "month"),
                Need("days", "出勤天数", "days"),
                Need("left_on", "离岗日期", "date", required=False, hint="已经不来上班的，填最后一天。"),
                Need("note", "情况", required=False, longest=400),
            ),
            record="post_attended", done="登记了公益性岗位考勤", result="已登记考勤。",
        ),
        Transition(
            "report", "单位报告考勤", frozenset({"on_post"}), ("on_post",), frozenset(), consequence=True, effect="attend",
            record="post_attendance_reported", done="单位报告了公益性岗位考勤",
        ),
        Transition(
            "warn", "提醒期满", frozenset({"on_post"}), ("on_post",), frozenset(), machines=frozenset({"night"}),
            record="placement_warned", done="提醒了公益性岗位期满", title="公益性岗位快到期了",
            message="您在{employer}的公益性岗位“{job}”到{until:date}期满。期满以前，请到{agency}商量以后怎么办。",
        ),
        verify_work(("on_post",), "public_employment", "social_insurance"),
        Transition(
            "end", "登记离岗", frozenset({"on_post"}), ("ended",), _CLERK,
            needs=(
                Need("ending", "离岗原因", "choice", choices=_ENDINGS),
                Need("on", "离岗日期", "date"),
                Need("reported_on", "单位哪天报告空岗的", "date", required=False),
                Need("words", "情况", required=False, longest=400),
            ),
            record="placement_ended", done="离开了公益性岗位", result="已登记离岗，名额已退回。", letter=NO_LETTER,
            message="您在{employer}的公益性岗位“{job}”到{on:date}结束（{ending}）。需要继续帮扶的，请找{agency}。", title="公益性岗位结束",
        ),
        Transition(
            "drop", "不再安置", frozenset({"proposed", "published", "contracted"}), ("ended",), _CLERK | _REVIEWER,
            needs=(Need("reason", "原因", longest=400, empty="请写明原因，例如：公示期间有人反映，经核实不符合；本人不去了。"),),
            emphasis="grave", record="placement_dropped", done="没有安置", result="已记录，名额已退回。", letter=NO_LETTER,
            message="原来准备安排您到{employer}的公益性岗位“{job}”，现在不再安排：{reason}。有疑问请找{agency}。", title="公益性岗位没有安排",
        ),
    ),
)  # fmt: skip


def _open_post(context: Any, need: Need, raw: Any) -> PublicPost:
    """Parse an open post with a free place and lock it, so that the last place is given away once."""
    try:
        post = locked_post(context.user, raw)
    except NotFound:
        raise ValueError(say("没有这个公益性岗位，请从列出的岗位中选。")) from None
    if post.status != PublicPost.Status.OPEN:
        raise ValueError(say("“{title}”现在不能安置，请选已经开放的岗位。", title=post.title))
    if post.left <= 0:
        why = say("“{title}”的{number}个名额已经占满，请选别的岗位。", title=post.title, number=post.number)
        raise ValueError(why)
    return post


def _term_day(_context: Context, need: Need, raw: Any) -> date:
    try:
        return raw if isinstance(raw, date) else date.fromisoformat(str(raw))
    except ValueError:
        raise ValueError(say("{label}请写成2026-03-02这样的日期。", label=need.label)) from None


def _days(_context: Context, need: Need, raw: Any) -> int:
    text = str(raw).strip()
    found = int(text) if text.isascii() and text.isdigit() and len(text) <= 2 else -1
    if isinstance(raw, bool) or not 0 <= found <= _MOST_DAYS:
        raise ValueError(say("{label}请填0到31的整数。", label=need.label))
    return found


def _month(context: Any, need: Need, raw: Any) -> date:
    found = next((month for month in context.months if month.strftime("%Y-%m") == str(raw).strip()[:7]), None)
    if found is None:
        raise ValueError(say("请选在岗的月份，写成2026-03这样。"))
    return found


KINDS: Mapping[str, NeedKind] = {
    "open_post": NeedKind(_open_post, "choice", as_key),
    "term_day": NeedKind(_term_day, "day", as_day),
    "month": NeedKind(_month, "choice", lambda need: {"type": "string", "pattern": r"^\d{4}-\d{2}$"}),
    "days": NeedKind(_days, "number", lambda need: {"type": "integer", "minimum": 0, "maximum": _MOST_DAYS}),
}
