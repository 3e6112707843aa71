"""The workflow of follow-ups (四(三)) on work, public-interest posts, courses and businesses, once at each step.

People who lost their work are told how to be recognised again.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from jiuyuan.agencies.models import User
from jiuyuan.agencies.roles import Role
from jiuyuan.applications import services as applications
from jiuyuan.applications.models import Application, Channel
from jiuyuan.assistance.helped import Helped, Said, recognition_of
from jiuyuan.assistance.models import Enrolment, FollowUp, JobOffer, Placement, Venture
from jiuyuan.labels import texts
from jiuyuan.notifications import notices
from jiuyuan.people.models import Source
from jiuyuan.people.sources import enquiries
from jiuyuan.procedures.reading import key
from jiuyuan.procedures.registry import Workflow, register
from jiuyuan.procedures.table import NO_LETTER, Guard, Need, Procedure, State, Transition, Vocabulary
from jiuyuan.recognitions.models import Recognition
from jiuyuan.refusals import BadInput
from jiuyuan.regions import registry
from jiuyuan.rules.calendar import add_months
from jiuyuan.wording import for_record, say

Followed = JobOffer | Placement | Enrolment | Venture
#: What a follow-up may belong to, by its foreign key and workflow.
FOLLOWED: Mapping[str, type[Followed]] = {
    "offer": JobOffer, "placement": Placement, "enrolment": Enrolment, "venture": Venture,
}  # fmt: skip
_COLUMN = {model: name for name, model in FOLLOWED.items()}
#: The day from which the steps are counted, by foreign key.
BEGINS: Mapping[str, str] = {
    "offer": "begins_on", "placement": "begins_on", "enrolment": "ended_on", "venture": "registered_on",
}  # fmt: skip
_STEPS = ("follow_up_first_months", "follow_up_second_months", "follow_up_last_months")
AHEAD = timedelta(days=7)  # a step may be taken this long before its day
_TITLE = "可以重新申请认定"
_GAVE_UP = "您的生意不做了。请到{agency}办理失业登记，可以重新申请认定，按规定继续得到帮扶。"
# Notices from when businesses had a table of their own.
notices.declare("venture_follow_up.follow_up.working.False", _TITLE, _GAVE_UP)

TABLE = Procedure(
    tuple(State(code, label, final=code != "lost") for code, label in texts(FollowUp.Status)),
    (
        Transition(
            "follow_up", "登记跟踪回访", frozenset(), ("working", "lost", "seeking"), frozenset({Role.CLERK}),
            needs=(
                Need("on", "回访日期", "date"),
                Need("means", "方式", "choice", choices=tuple(texts(FollowUp.How))),
                Need("working", "现在有工作（在岗、在经营）", "yes_no"),
                Need("wage_paid", "工资按时发", "yes_no", required=False, hint="受雇的才填。"),
                Need("insured", "单位缴了社会保险", "yes_no", required=False, hint="受雇的才填。"),
                Need("note", "情况", required=False, longest=400),
            ),
            while_in=frozenset({"taken_on", "on_post", "finished", "registered", "alive_half_year", "alive_year"}),
            blocks=("step_has_come",), record="followed_up", done="登记了跟踪回访",
            told_if=(
                ("gave_up", None, _GAVE_UP),
                (
                    "working", False,
                    "您现在又没有工作了。请到{agency}办理失业登记，可以重新申请认定，按规定继续得到帮扶。",
                ),
            ),
            title=_TITLE, result="已登记。", letter=NO_LETTER,
            lead="问清楚是不是还在做，工资发没发、社会保险缴没缴，学的用上没有，难在哪里。录用以后、开业以后又失业的，"
            "系统会告诉本人怎样重新申请；公益性岗位上已经不在岗的，再登记离岗。",
        ),
        Transition(
            "apply_again", "再次失业，重新申请", frozenset({"lost"}), ("lost",), frozenset({Role.CLERK}),
            needs=(
                Need("since", "从哪天起没有工作", "date"),
                Need(
                    "registered_on", "失业登记日期", "date", required=False,
                    hint="已经办好失业登记的填；不填，就随这次申请一起向失业登记系统申请登记。",
                ),
                Need("registration", "失业登记编号", required=False, longest=60, hint="和失业登记日期一起填，或者都不填。"),
            ),
            guards=("left_the_register",), blocks=("has_not_applied",), emphasis="main", record="applied_again",
            done="再次失业，重新申请认定", result="申请已经填好，请本人核对签名后提交。",
            lead="失业登记和重新认定一次办：档案里仍然有效的都填好；失业登记还没有办的，一起申请登记，答复回来记在申请里。"
            "本人核对、签名以后再提交。",
        ),
    ),
)  # fmt: skip


def steps(area: str, today: date) -> list[int]:
    """The months after which people are followed up, by the region's figures."""
    region = registry.region_of(area)
    return [region.limit(name, on=today) for name in _STEPS]


def column_of(followed: Followed) -> str:
    """The foreign key of a follow-up on this object."""
    return _COLUMN[type(followed)]


def key_of(followed: Followed) -> tuple[str, int]:
    """The key for the workflow's door: an offer and a post may have the same primary key."""
    return column_of(followed), followed.pk


def next_step(followed: Followed, today: date) -> tuple[int, date] | None:
    """The next step and its day, at the end of a day: the last one that has come, else the coming one.

    None before the beginning, after the last step, or if the work was lost.
    """
    column = column_of(followed)
    begun: date | None = getattr(followed, BEGINS[column])
    if begun is None:
        return None
    rows = FollowUp.objects.unscoped().filter(**{column: followed}, on__lte=today)
    done = list(rows.values_list("months", "status"))
    if any(status == FollowUp.Status.LOST for _, status in done):
        return None
    return step_after(begun, max((months for months, _ in done), default=0), followed.area, today)


def step_after(begun: date, last: int, area: str, today: date) -> tuple[int, date] | None:
    """The same, from the first day and the last step taken."""
    left = [(one, add_months(begun, one)) for one in steps(area, today) if one > last]
    come = [one for one in left if one[1] - AHEAD <= today]
    return come[-1] if come else left[0] if left else None


class FollowUpOf(Helped):
    """The context of a follow-up; `followed` is the object it belongs to."""

    model = FollowUp
    twice = "这次回访刚刚由别人登记了，请重新打开看看。"

    def __init__(self, followed: Followed, user: User | None, follow_up: FollowUp | None = None) -> None:
        super().__init__(followed.recognition, user, follow_up)
        self.followed = followed

    @property
    def around(self) -> str:
        return str(self.followed.status)

    @property
    def versioned(self) -> Any:
        return self.subject if self.subject is not None else self.followed

    @cached_property
    def step(self) -> tuple[int, date] | None:
        return next_step(self.followed, self.today)


def _step_has_come(context: FollowUpOf) -> str | None:
    if context.step is None:
        return say("跟踪回访已经结束：各次都做了，或者本人已经不在岗、不做了。")
    months, day = context.step
    if day - AHEAD <= context.today:
        return None
    return say("下一次是满{months}个月的回访，{day:date}前七天起可以登记。", months=months, day=day)


def _follow_up(context: FollowUpOf, said: Said) -> Said:
    assert context.step is not None
    months, _ = context.step
    column = column_of(context.followed)
    context.subject = FollowUp(
        **{column: context.followed}, recognition=context.recognition, months=months, on=said["on"], means=said["means"],
        wage_paid=said.get("wage_paid"), insured=said.get("insured"), note=said.get("note", ""), by=context.user, by_name=context.actor.name,
        version=0,
    )  # fmt: skip
    context.go_to("working" if said["working"] else "seeking" if column == "enrolment" else "lost")
    # Without work none was lost; people who leave a post are told by the end of the placement.
    context.tells_nothing = column in ("enrolment", "placement")
    if column == "venture" and not said["working"]:
        context.words = {"gave_up": True}
    return {"months": months}


def _left_the_register(context: FollowUpOf) -> str | None:
    if context.recognition.status != Recognition.Status.ACTIVE:
        return None
    return say("这个人还在册，不用重新认定。请登记没有工作的事实，接着按原来的计划帮扶。")


def _has_not_applied(context: FollowUpOf) -> str | None:
    return say("已经重新申请过了。") if context.subject.application_id else None


def _days_follow(context: FollowUpOf, said: Said) -> None:
    registered_on, registration = said.get("registered_on"), said.get("registration")
    if not registered_on and not registration:
        if enquiries.UNEMPLOYMENT not in enquiries.connected():
            why = say("失业登记系统还没有接通接口：请先在那里办好失业登记，再把日期和编号填在这里。")
            raise BadInput(say("有内容需要改正。"), [("registered_on", why), ("registration", why)])
        return
    if not registered_on or not registration:
        missing = "registration" if registered_on else "registered_on"
        raise BadInput(say("有内容需要改正。"), [(missing, say("失业登记的日期和编号请一起填，或者都不填。"))])
    if registered_on < said["since"]:
        why = say("失业登记不能早于没有工作的那天，请核对。")
        raise BadInput(say("有内容需要改正。"), [("registered_on", why)])


def _apply_again(context: FollowUpOf, said: Said) -> Said:
    """Create an application from the data on file,
    and register the unemployment (四(三) 协同办理) as a fact or by an enquiry.
    """
    assert context.user is not None
    person, former = context.person, Application.objects.unscoped().filter(recognition=context.recognition).first()
    since, registered_on = said["since"], said.get("registered_on")
    told = for_record("回访时本人所述")
    work: dict[str, Any] = {"in_labour_relationship": False}
    listed: list[dict[str, Any]] = []
    if registered_on:
        number = said["registration"]
        listed.append({
            "values": {"registered_unemployed": True, "unemployed_since": since.isoformat()},
            "source": Source.SHARED_DATA, "department": enquiries.UNEMPLOYMENT, "observed_on": registered_on,
            "evidence": for_record("失业登记{registration}，{day:date}登记", registration=number, day=registered_on),
        })  # fmt: skip
    else:
        work["unemployed_since"] = since.isoformat()
    listed.append({"values": work, "source": Source.DECLARED, "evidence": told})
    application = applications.create(
        context.user, name=person.name, id_number=person.id_number, phone=person.phone, address=person.address,
        platform=person.agency.code, categories=[context.recognition.category], details=former.details if former else None,
        channel=Channel.WINDOW, listed=listed,
    )  # fmt: skip
    if not registered_on:
        enquiries.register_unemployed(context.user, person, since, application.number)
    context.subject.application = application
    return {"application": application.number}


def _door(user: User | None, at: Any, transition: Transition) -> FollowUpOf:
    """Find a follow-up by its key; for a new one the followed object (`key_of`). Locks it and the recognition."""
    if not transition.begins:
        recognition = recognition_of(FollowUp, user, at, "没有这次回访。")
        row: FollowUp = FollowUp.objects.unscoped().select_for_update(of=("self",)).get(pk=key(at))
        row.recognition = row.followed.recognition = recognition
        return FollowUpOf(row.followed, user, row)
    column, pk = at if isinstance(at, tuple) else ("", 0)
    model: Any = FOLLOWED.get(column, JobOffer)
    recognition = recognition_of(model, user, pk, "没有可以回访的这次帮扶。")
    followed: Followed = model.objects.unscoped().select_for_update(of=("self",)).get(pk=key(pk))
    followed.recognition = recognition
    return FollowUpOf(followed, user)


def _hold(row: Any, user: User | None) -> FollowUpOf:
    return FollowUpOf(row.followed, user, row) if isinstance(row, FollowUp) else FollowUpOf(row, user)


FOLLOW_UP = register(
    Workflow(
        "follow_up", "这次回访", FollowUp, _door, _hold,
        Vocabulary(
            {"follow_up": _follow_up, "apply_again": _apply_again},
            {
                guard.name: guard
                for guard in (
                    Guard("step_has_come", "state", _step_has_come),
                    Guard("left_the_register", "on_the_register", _left_the_register),
                    Guard("has_not_applied", "state", _has_not_applied),
                )
            },
            checks={"apply_again": _days_follow},
        ),
        things="follow_ups", hangs_on="offer", or_on=("placement", "enrolment", "venture"), named_there="follow_ups",
    )
)  # fmt: skip
FOLLOW_UP.add(TABLE)
