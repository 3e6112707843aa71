"""The workflow of a supervision order on a case, a recognition or a target, and its answer (五(三) 督导检查)."""

from typing import Any

from jiuyuan.agencies.models import Agency, User
from jiuyuan.agencies.roles import Role
from jiuyuan.applications.models import Application
from jiuyuan.labels import texts
from jiuyuan.oversight.models import SupervisionOrder, Target
from jiuyuan.people.models import Person
from jiuyuan.procedures.context import Context
from jiuyuan.procedures.doors import in_sight, locked
from jiuyuan.procedures.reading import key
from jiuyuan.procedures.registry import Workflow, register
from jiuyuan.procedures.table import Choices, Guard, Need, NeedKind, Procedure, State, Transition, Vocabulary
from jiuyuan.procedures.who_acted import by, sign
from jiuyuan.recognitions.models import Recognition
from jiuyuan.refusals import NotFound
from jiuyuan.wording import say

Said = dict[str, Any]
_ABOVE, _BELOW = frozenset({Role.SUPERVISOR, Role.PROVINCE}), frozenset({Role.CLERK, Role.REVIEWER})
_ASKED = (
    Need("question", "督办内容", empty="请写明督办什么，例如“受理已满15日仍未公示，请说明原因”。"),
    Need("due_on", "答复期限", "date", ahead=True, workday=True),
)
#: What an order may be about, by the prefix used by `ask`: "application:12".
ABOUT: dict[str, Any] = {"application": Application, "recognition": Recognition, "target": Target}

TABLE = Procedure(
    tuple(
        State(code, label, final=code in (SupervisionOrder.Status.CLOSED, SupervisionOrder.Status.WITHDRAWN))
        for code, label in texts(SupervisionOrder.Status)
    ),
    (
        Transition(
            "supervise", "督办", frozenset(), ("asked",), _ABOVE, effect="ask", blocks=("none_open",),
            needs=(
                Need("kind", "督办事项", "choice", choices=tuple(texts(SupervisionOrder.Kind))),
                Need("to", "由谁答复", "office"),
                *_ASKED,
            ),
            record="supervision_asked", done="发出了督办", result="已发出督办。",
            lead="答复机构会在“督办”里看到，按期答复。申请人看不到督办。",
        ),
        Transition(
            "answer_supervision", "答复督办", frozenset({"asked"}), ("answered",), _BELOW | {Role.SUPERVISOR}, clause="就业促进法六十", effect="answer",
            needs=(Need("answer", "答复", empty="请写明查了什么、办了什么、什么时候办完。"),), whose="asked_office",
            record="supervision_answered", done="答复了督办", result="已答复。", emphasis="main",
        ),
        Transition(
            "close_supervision", "办结督办", frozenset({"answered"}), ("closed",), _ABOVE, clause="就业促进法六十", effect="close",
            needs=(Need("opinion", "督办意见", required=False, longest=400),), whose="ordering_office",
            record="supervision_closed", done="办结了督办", result="已办结。", emphasis="main",
        ),
        Transition(
            "ask_again", "退回重新答复", frozenset({"answered"}), ("asked",), _ABOVE, effect="ask_again",
            needs=_ASKED, whose="ordering_office", record="supervision_asked_again", done="退回了督办的答复",
            result="已退回，等重新答复。",
        ),
        Transition(
            "withdraw_supervision", "撤销督办", frozenset({"asked"}), ("withdrawn",), _ABOVE, effect="close",
            needs=(Need("opinion", "撤销的理由", longest=400),), whose="ordering_office",
            record="supervision_withdrawn", done="撤销了督办", result="已撤销。",
        ),
    ),
)  # fmt: skip


class Supervised(Context):
    """The context of an order; `subject` is None until it is written."""

    twice = "刚刚有人发出了督办，请先看那一件。"

    def __init__(
        self, about: Application | Recognition | Target, user: User | None, subject: SupervisionOrder | None = None
    ) -> None:
        super().__init__(subject, user)
        self.about = about

    @property
    def region(self) -> str:
        return self.about.region

    @property
    def concerned(self) -> list[Person]:
        return [] if isinstance(self.about, Target) else [self.about.person]

    @property
    def around(self) -> str:
        return str(self.about.status)

    @property
    def versioned(self) -> Any:
        """Before that, the version is that of the object in question."""
        return self.subject if self.subject is not None else self.about

    @property
    def offices(self) -> dict[str, Agency]:
        """The offices that may be asked: the handling one and the county above it; for a target the one that has it."""
        own = self.about.agency
        if isinstance(self.about, Target):
            return {own.code: own}
        county = own.ancestor(Agency.Level.COUNTY)
        return {one.code: one for one in (own, county) if one is not None}

    def choices(self, need: Need) -> Choices:
        if need.kind == "office":
            return tuple((code, one.name) for code, one in self.offices.items())
        return need.choices

    def payload(self, transition: Transition, said: Said, more: Said, moved: bool) -> Said:
        # The columns already state codes and days.
        words: Said = {name: said[name] for name in ("question", "answer", "opinion") if name in said}
        return super().payload(transition, words, more, moved)


def _office(context: Supervised, need: Need, raw: Any) -> str:
    if str(raw) not in context.offices:
        raise ValueError(say("请选择由谁答复。"))
    return str(raw)


def _ask(context: Supervised, said: Said) -> Said:
    user, about = context.user, context.about
    assert user is not None
    assert user.agency is not None
    column = next(name for name, model in ABOUT.items() if isinstance(about, model))
    context.subject = SupervisionOrder(
        **{column: about}, area=about.area, kind=said["kind"], agency=context.offices[said["to"]], ordering_agency=user.agency,
        **by(context, SupervisionOrder, "ordered"), question=said["question"], due_on=said["due_on"],
    )  # fmt: skip
    return {"about": about.number}


def _answer(context: Supervised, said: Said) -> None:
    order = context.subject
    order.answer = said["answer"]
    sign(context, order, "answered")


def _ask_again(context: Supervised, said: Said) -> None:
    context.subject.question, context.subject.due_on = said["question"], said["due_on"]


def _close(context: Supervised, said: Said) -> None:
    context.subject.opinion, context.subject.closed_on = said.get("opinion", ""), context.today


def _none_open(context: Supervised) -> str | None:
    there = SupervisionOrder.objects.unscoped().filter(status__in=("asked", "answered"), area=context.about.area)
    column = next(name for name, model in ABOUT.items() if isinstance(context.about, model))
    open_one = there.filter(**{column: context.about}).first()
    return (
        say("已经有一件督办没有办结（{day:date}发出），请先办结或者撤销。", day=open_one.ordered_on)
        if open_one
        else None
    )


def _of(context: Supervised, agency: Agency, sentence: str) -> str:
    user = context.user
    return "" if user is not None and user.agency_id == agency.pk else sentence


def _asked_office(context: Supervised) -> str:
    agency = context.subject.agency
    return _of(context, agency, say("由{office}答复。", office=agency.name))


def _ordering_office(context: Supervised) -> str:
    agency = context.subject.ordering_agency
    return _of(context, agency, say("由发出督办的{office}办理。", office=agency.name))


def _door(user: User | None, given: Any, transition: Transition) -> Supervised:
    if transition.begins:
        name, _, pk = str(given).partition(":")
        model = ABOUT.get(name)
        rows = model.objects.visible_to(user) if model is not None and user is not None else None
        found = rows.select_related("agency").filter(pk=key(pk)).first() if rows is not None else None
        if found is None:
            raise NotFound(say("没有这件要督办的事。"))
        return Supervised(found, user)
    order = locked(in_sight(SupervisionOrder, user), given, "没有这件督办。")
    return hold(order, user)


def hold(row: Any, user: User | None) -> Supervised:
    """The context of a loaded order, or of the object of a new one."""
    return Supervised(row.about, user, row) if isinstance(row, SupervisionOrder) else Supervised(row, user)


SUPERVISION = register(
    Workflow(
        "supervision", "这件督办", SupervisionOrder, _door, hold,
        Vocabulary(
            {"ask": _ask, "answer": _answer, "ask_again": _ask_again, "close": _close},
            guards={"none_open": Guard("none_open", "open_order", _none_open)},
            whose={"asked_office": _asked_office, "ordering_office": _ordering_office},
            kinds={"office": NeedKind(_office, "choice")},
        ),
        things="supervision_orders",
    )
)  # fmt: skip
SUPERVISION.add(TABLE)
