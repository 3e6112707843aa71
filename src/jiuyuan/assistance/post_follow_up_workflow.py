"""Following somebody up on a public-interest post (四(三)): at the same steps as after work that came of an offer."""

from datetime import date
from functools import cached_property
from typing import Any

from jiuyuan.agencies.models import User
from jiuyuan.agencies.roles import Role
from jiuyuan.assistance.follow_up_workflow import AHEAD, step_after
from jiuyuan.assistance.helped import Helped, Said, locked
from jiuyuan.assistance.models import FollowUp, Placement
from jiuyuan.labels import texts
from jiuyuan.procedures.reading import key
from jiuyuan.procedures.registry import Workflow, register
from jiuyuan.procedures.table import Guard, Need, Procedure, State, Transition, Vocabulary
from jiuyuan.refusals import NotFound
from jiuyuan.wording import say

TABLE = Procedure(
    tuple(State(code, label, final=True) for code, label in texts(FollowUp.Status) if code != "seeking"),
    (
        Transition(
            "follow_up", "登记跟踪回访", frozenset(), ("working", "lost"), frozenset({Role.CLERK}),
            needs=(
                Need("on", "回访日期", "date"),
                Need("means", "方式", "choice", choices=tuple(texts(FollowUp.How))),
                Need("working", "还在岗", "yes_no"),
                Need("wage_paid", "工资按时发", "yes_no", required=False),
                Need("insured", "单位缴了社会保险", "yes_no", required=False),
                Need("note", "情况", required=False, longest=400),
            ),
            while_in=frozenset({"on_post"}), blocks=("step_has_come",), record="followed_up", done="登记了跟踪回访",
            lead="问清楚是不是本人在岗、工资发没发、社会保险缴没缴。已经不在岗的，再登记离岗。", result="已登记。",
        ),
    ),
)  # fmt: skip


class PostFollowUpOf(Helped):
    model = FollowUp
    twice = "这次回访刚刚由别人登记了，请重新打开看看。"

    def __init__(self, placement: Placement, user: User | None, follow_up: FollowUp | None = None) -> None:
        super().__init__(placement.recognition, user, follow_up)
        self.placement = placement

    @property
    def around(self) -> str:
        return str(self.placement.status)

    @property
    def versioned(self) -> Any:
        return self.subject if self.subject is not None else self.placement

    @cached_property
    def step(self) -> tuple[int, date] | None:
        return next_step(self.placement, self.today)


def next_step(placement: Placement, today: date) -> tuple[int, date] | None:
    """The next step with its day: the last that has come, else the one that comes; None once all were taken or work was lost."""
    rows = FollowUp.objects.unscoped().filter(placement=placement)
    return step_after(placement.begins_on, placement.area, rows, today)


def _step_has_come(context: PostFollowUpOf) -> str | None:
    if context.step is None:
        return say("跟踪回访已经结束：各次都做了，或者本人已经离岗。")
    months, day = context.step
    if day - AHEAD <= context.today:
        return None
    return say("下一次是上岗满{months}个月的回访，{day:date}前七天起可以登记。", months=months, day=day)


def _follow_up(context: PostFollowUpOf, said: Said) -> Said:
    assert context.step is not None
    months, _ = context.step
    context.subject = FollowUp(
        recognition=context.recognition, placement=context.placement, months=months, on=said["on"], means=said["means"],
        wage_paid=said.get("wage_paid"), insured=said.get("insured"), note=said.get("note", ""),
        by_name=context.actor.name, version=0,
    )  # fmt: skip
    context.go_to("working" if said["working"] else "lost")
    return {"months": months}


def _door(user: User | None, pk: Any, transition: Transition) -> PostFollowUpOf:
    """By the key of the placement. Recognition and placement are locked."""
    rows = Placement.objects.visible_to(user) if user else Placement.objects.unscoped()
    found = rows.filter(pk=key(pk)).values_list("recognition", flat=True).first()
    if found is None:
        raise NotFound(say("没有这次安置。"))
    recognition = locked(found)
    placement = Placement.objects.unscoped().select_for_update(of=("self",)).get(pk=key(pk))
    placement.recognition = recognition
    return PostFollowUpOf(placement, user)


def _hold(row: Any, user: User | None) -> PostFollowUpOf:
    return PostFollowUpOf(row, user) if isinstance(row, Placement) else PostFollowUpOf(row.placement, user, row)


POST_FOLLOW_UP = register(
    Workflow(
        "post_follow_up", "这次回访", FollowUp, _door, _hold,
        Vocabulary({"follow_up": _follow_up}, {"step_has_come": Guard("step_has_come", "state", _step_has_come)}),
        things="follow_ups", hangs_on="placement", named_there="follow_ups",
    )
)  # fmt: skip
POST_FOLLOW_UP.add(TABLE)
