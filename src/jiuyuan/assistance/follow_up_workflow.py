"""Following somebody up after they were taken on (四(三)): at each step once; who lost the work is told how to be recognised again."""

from datetime import date, timedelta
from functools import cached_property
from typing import Any

from django.db.models import QuerySet

from jiuyuan.agencies.models import User
from jiuyuan.agencies.roles import Role
from jiuyuan.assistance.helped import Helped, Said, locked
from jiuyuan.assistance.models import FollowUp, JobOffer
from jiuyuan.labels import texts
from jiuyuan.procedures.reading import key
from jiuyuan.procedures.registry import Workflow, register
from jiuyuan.procedures.table import NO_LETTER, Guard, Need, Procedure, State, Transition, Vocabulary
from jiuyuan.refusals import NotFound
from jiuyuan.regions import registry
from jiuyuan.rules.calendar import add_months
from jiuyuan.wording import say

_CLERK = frozenset({Role.CLERK})
_STEPS = ("follow_up_first_months", "follow_up_second_months", "follow_up_last_months")
AHEAD = timedelta(days=7)  # so long before its day a step may be taken

TABLE = Procedure(
    tuple(State(code, label, final=True) for code, label in texts(FollowUp.Status) if code != "seeking"),
    (
        Transition(
            "follow_up", "登记跟踪回访", frozenset(), ("working", "lost"), _CLERK,
            needs=(
                Need("on", "回访日期", "date"),
                Need("means", "方式", "choice", choices=tuple(texts(FollowUp.How))),
                Need("working", "还在岗", "yes_no"),
                Need("wage_paid", "工资按时发", "yes_no", required=False),
                Need("insured", "单位缴了社会保险", "yes_no", required=False),
                Need("note", "情况", required=False, longest=400),
            ),
            while_in=frozenset({"taken_on"}), blocks=("step_has_come",), record="followed_up", done="登记了跟踪回访",
            told_if=(
                (
                    "working", False,
                    "您现在又没有工作了。请到{agency}办理失业登记，可以重新申请认定，按规定继续得到帮扶。",
                ),
            ),
            title="可以重新申请认定", lead="问清楚是不是还在岗、工资发没发、社会保险缴没缴。又失业的，系统会告诉本人怎样重新申请。",
            result="已登记。", letter=NO_LETTER,
        ),
    ),
)  # fmt: skip


def steps(area: str, today: date) -> list[int]:
    """After how many months somebody is followed up, by the figures of their region."""
    region = registry.region_of(area)
    return [region.limit(name, on=today) for name in _STEPS]


def next_step(offer: JobOffer, today: date) -> tuple[int, date] | None:
    """The next step with its day, as it stood at the end of a day: the last that has come, else the one that comes; None once
    all were taken or work was lost."""
    return step_after(offer.begins_on, offer.area, FollowUp.objects.unscoped().filter(offer=offer), today)


def step_after(begins_on: date | None, area: str, rows: "QuerySet[Any]", today: date) -> tuple[int, date] | None:
    """The next step after a day, with the follow-ups that there are."""
    done = list(rows.filter(on__lte=today).values_list("months", "status"))
    if begins_on is None or any(status == FollowUp.Status.LOST for _, status in done):
        return None
    last = max((months for months, _ in done), default=0)
    left = [(one, add_months(begins_on, one)) for one in steps(area, today) if one > last]
    come = [one for one in left if one[1] - AHEAD <= today]
    return come[-1] if come else left[0] if left else None


class FollowUpOf(Helped):
    model = FollowUp
    twice = "这次回访刚刚由别人登记了，请重新打开看看。"

    def __init__(self, offer: JobOffer, user: User | None, follow_up: FollowUp | None = None) -> None:
        super().__init__(offer.recognition, user, follow_up)
        self.offer = offer

    @property
    def around(self) -> str:
        return str(self.offer.status)

    @property
    def versioned(self) -> Any:
        return self.subject if self.subject is not None else self.offer

    @cached_property
    def step(self) -> tuple[int, date] | None:
        return next_step(self.offer, self.today)


def _step_has_come(context: FollowUpOf) -> str | None:
    if context.step is None:
        return say("跟踪回访已经结束：各次都做了，或者本人已经离岗。")
    months, day = context.step
    if day - AHEAD <= context.today:
        return None
    return say("下一次是上岗满{months}个月的回访，{day:date}前七天起可以登记。", months=months, day=day)


def _follow_up(context: FollowUpOf, said: Said) -> Said:
    assert context.step is not None
    months, _ = context.step
    context.subject = FollowUp(
        recognition=context.recognition, offer=context.offer, months=months, on=said["on"], means=said["means"],
        wage_paid=said.get("wage_paid"), insured=said.get("insured"), note=said.get("note", ""), by_name=context.actor.name,
        version=0,
    )  # fmt: skip
    context.go_to("working" if said["working"] else "lost")
    return {"months": months}


def _door(user: User | None, pk: Any, transition: Transition) -> FollowUpOf:
    """By the key of the offer from which the work came. Recognition and offer are locked."""
    rows = JobOffer.objects.visible_to(user) if user else JobOffer.objects.unscoped()
    found = rows.filter(pk=key(pk)).values_list("recognition", flat=True).first()
    if found is None:
        raise NotFound(say("没有这次岗位介绍。"))
    recognition = locked(found)
    offer = JobOffer.objects.unscoped().select_for_update(of=("self",)).get(pk=key(pk))
    offer.recognition = recognition
    return FollowUpOf(offer, user)


def _hold(row: Any, user: User | None) -> FollowUpOf:
    return FollowUpOf(row, user) if isinstance(row, JobOffer) else FollowUpOf(row.offer, user, row)


FOLLOW_UP = register(
    Workflow(
        "follow_up", "这次回访", FollowUp, _door, _hold,
        Vocabulary({"follow_up": _follow_up}, {"step_has_come": Guard("step_has_come", "state", _step_has_come)}),
        things="follow_ups", hangs_on="offer", named_there="follow_ups",
    )
)  # fmt: skip
FOLLOW_UP.add(TABLE)
