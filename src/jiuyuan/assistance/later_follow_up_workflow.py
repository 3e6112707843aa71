"""Following somebody up after a course or after they registered a business (四(三)): at the same steps as after an offer."""

from collections.abc import Callable
from datetime import date
from functools import cached_property
from typing import Any

from jiuyuan.agencies.models import User
from jiuyuan.agencies.roles import Role
from jiuyuan.assistance.follow_up_workflow import AHEAD, step_after
from jiuyuan.assistance.helped import Helped, Said, locked
from jiuyuan.assistance.models import Enrolment, FollowUp, Venture
from jiuyuan.labels import texts
from jiuyuan.procedures.reading import key
from jiuyuan.procedures.registry import Workflow, register
from jiuyuan.procedures.table import NO_LETTER, Guard, Need, Procedure, State, Transition, Vocabulary
from jiuyuan.refusals import NotFound
from jiuyuan.wording import say

About = Enrolment | Venture
#: What a follow-up is about, by the column in which it stands there.
_COLUMN: dict[type[About], str] = {Enrolment: "enrolment", Venture: "venture"}


_BEFORE = (
    Need("on", "回访日期", "date"),
    Need("means", "方式", "choice", choices=tuple(texts(FollowUp.How))),
)
_NOUN = "这次回访"
_NOTE = Need("note", "情况", required=False, longest=400)
_CLERK = frozenset({Role.CLERK})
_STATES = {code: State(code, label, final=True) for code, label in texts(FollowUp.Status)}

AFTER_A_COURSE = Procedure(
    (_STATES["working"], _STATES["seeking"]),
    (
        Transition(
            "follow_up", "登记跟踪回访", frozenset(), ("working", "seeking"), _CLERK,
            needs=(*_BEFORE, Need("working", "现在有工作", "yes_no"), _NOTE), while_in=frozenset({"finished"}),
            blocks=("step_has_come",), record="followed_up", done="登记了跟踪回访", result="已登记。",
            lead="问清楚学的用上没有、有没有工作、还缺什么。没有工作的，接着帮。",
        ),
    ),
)  # fmt: skip
AFTER_A_LICENCE = Procedure(
    (_STATES["working"], _STATES["lost"]),
    (
        Transition(
            "follow_up", "登记跟踪回访", frozenset(), ("working", "lost"), _CLERK,
            needs=(*_BEFORE, Need("working", "还在经营", "yes_no"), _NOTE),
            while_in=frozenset({"registered", "alive_half_year", "alive_year"}),
            blocks=("step_has_come",), record="followed_up", done="登记了跟踪回访", result="已登记。",
            told_if=(("working", False, "您的生意不做了。请到{agency}办理失业登记，可以重新申请认定，按规定继续得到帮扶。"),),
            title="可以重新申请认定", letter=NO_LETTER,
            lead="问清楚还做不做、难在哪里、政策享受了没有。不做了的，系统会告诉本人怎样重新申请。",
        ),
    ),
)  # fmt: skip


def began_on(about: About) -> date | None:
    """From which day its steps are counted: the end of the course, the day of the licence."""
    if isinstance(about, Venture):
        return about.registered_on
    return about.ended_on if about.status == Enrolment.Status.FINISHED else None


def next_step(about: About, today: date) -> tuple[int, date] | None:
    """The next step with its day; None once all were taken or the business was given up."""
    rows = FollowUp.objects.unscoped().filter(**{_COLUMN[type(about)]: about})
    return step_after(began_on(about), about.area, rows, today)


class LaterFollowUpOf(Helped):
    model = FollowUp
    twice = "这次回访刚刚由别人登记了，请重新打开看看。"

    def __init__(self, about: About, user: User | None, follow_up: FollowUp | None = None) -> None:
        super().__init__(about.recognition, user, follow_up)
        self.about = about

    @property
    def around(self) -> str:
        return str(self.about.status)

    @property
    def versioned(self) -> Any:
        return self.subject if self.subject is not None else self.about

    @cached_property
    def step(self) -> tuple[int, date] | None:
        return next_step(self.about, self.today)


def _step_has_come(context: LaterFollowUpOf) -> str | None:
    if context.step is None:
        return say("跟踪回访已经结束：各次都做了，或者已经不做了。")
    months, day = context.step
    if day - AHEAD <= context.today:
        return None
    return say("下一次是满{months}个月的回访，{day:date}前七天起可以登记。", months=months, day=day)


def _follow_up(context: LaterFollowUpOf, said: Said) -> Said:
    assert context.step is not None
    months, _ = context.step
    column = _COLUMN[type(context.about)]
    context.subject = FollowUp(
        **{column: context.about}, recognition=context.recognition, months=months, on=said["on"], means=said["means"],
        note=said.get("note", ""), by_name=context.actor.name, version=0,
    )  # fmt: skip
    context.go_to("working" if said["working"] else "lost" if column == "venture" else "seeking")
    return {"months": months}


def _workflow(name: str, model: type[About], table: Procedure, missing: str) -> Workflow:
    column = _COLUMN[model]

    def door(user: User | None, pk: Any, transition: Transition) -> LaterFollowUpOf:
        """By the key of what it is about. Recognition and that are locked."""
        rows: Any = model.objects.visible_to(user) if user else model.objects.unscoped()
        found = rows.filter(pk=key(pk)).values_list("recognition", flat=True).first()
        if found is None:
            raise NotFound(say(missing))
        recognition = locked(found)
        about: About = model.objects.unscoped().select_for_update(of=("self",)).get(pk=key(pk))
        about.recognition = recognition
        return LaterFollowUpOf(about, user)

    hold: Callable[[Any, User | None], LaterFollowUpOf] = lambda row, user: (  # noqa: E731
        LaterFollowUpOf(row, user) if isinstance(row, model) else LaterFollowUpOf(getattr(row, column), user, row)
    )
    guards = {"step_has_come": Guard("step_has_come", "state", _step_has_come)}
    workflow = register(
        Workflow(
            name, _NOUN, FollowUp, door, hold, Vocabulary({"follow_up": _follow_up}, guards),
            things="follow_ups", hangs_on=column, named_there="follow_ups",
        )
    )  # fmt: skip
    workflow.add(table)
    return workflow


COURSE_FOLLOW_UP = _workflow("course_follow_up", Enrolment, AFTER_A_COURSE, "没有这次培训报名。")
VENTURE_FOLLOW_UP = _workflow("venture_follow_up", Venture, AFTER_A_LICENCE, "没有这次创业。")
