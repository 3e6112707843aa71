"""The workflow of a closed month, approved from street to province (五(三))."""

from typing import Any

from jiuyuan.agencies.models import Agency, User
from jiuyuan.agencies.roles import Role
from jiuyuan.labels import texts
from jiuyuan.oversight.models import FigurePeriod
from jiuyuan.procedures.context import Concerned, Context
from jiuyuan.procedures.doors import in_sight, locked
from jiuyuan.procedures.registry import Workflow, register
from jiuyuan.procedures.table import Guard, Need, Procedure, State, Transition, Vocabulary
from jiuyuan.procedures.who_acted import sign
from jiuyuan.refusals import NotFound
from jiuyuan.wording import say

Said = dict[str, Any]
_ABOVE = frozenset({Role.REVIEWER, Role.SUPERVISOR, Role.PROVINCE})

TABLE = Procedure(
    tuple(State(code, label) for code, label in texts(FigurePeriod.Status)),
    (
        Transition(
            "close", "结账", frozenset(), ("closed",), frozenset(), machines=frozenset({"night"}),
            record="period_closed", done="结了这个月的账",
        ),
        Transition(
            "approve", "审核", frozenset({"closed"}), ("approved",), _ABOVE | {Role.CLERK}, guards=("below_approved",),
            needs=(Need("opinion", "审核意见", required=False, longest=400),), whose="own_office",
            record="period_approved", done="审核了这个月的数", result="已审核，上级可以审核了。", emphasis="main",
            lead="审核的是结账时的数，以后的更正另列，不改这个月的数。",
        ),
        Transition(
            "send_back", "退回重审", frozenset({"approved"}), ("closed",), _ABOVE, guards=("not_approved_above",),
            needs=(Need("reason", "退回的理由", longest=400, empty="请写明哪个数不对、为什么。"),), whose="office_above",
            record="period_sent_back", done="退回了这个月的数", result="已退回下级。",
        ),
    ),
)  # fmt: skip


class ClosedMonth(Context):
    """The context of a closed month; `agency` is the office of a new one."""

    def __init__(self, period: FigurePeriod | None, user: User | None, agency: Agency) -> None:
        super().__init__(period, user)
        self.agency = agency

    @property
    def area(self) -> str:
        return self.agency.path

    @property
    def concerned(self) -> list[Concerned]:
        return []

    def heard(self, transition: Transition) -> tuple[str, ...]:
        return ()


def _close(context: ClosedMonth, said: Said) -> None:
    context.subject = context.carried["period"]


def _approve(context: ClosedMonth, said: Said) -> None:
    context.subject.opinion = said.get("opinion", "")
    sign(context, context.subject, "approved")


def _send_back(context: ClosedMonth, said: Said) -> None:
    context.subject.approved_on = context.subject.approved_by = None


def _below_approved(context: ClosedMonth) -> str | None:
    below = FigurePeriod.objects.unscoped().filter(month=context.subject.month, agency__parent=context.agency)
    waiting = below.filter(status=FigurePeriod.Status.CLOSED)
    names = list(waiting.values_list("agency__name", flat=True)[:5])
    return say("下级还没有审核：{names}。请先催下级审核。", names=names) if names else None


def _not_approved_above(context: ClosedMonth) -> str | None:
    above = FigurePeriod.objects.unscoped().filter(month=context.subject.month, agency=context.agency.parent_id)
    found = above.filter(status=FigurePeriod.Status.APPROVED).select_related("agency").first()
    return say("{office}已经审核，要先由它的上级退回。", office=found.agency.name) if found else None


def _office(context: ClosedMonth, wanted: int | None, sentence: str) -> str:
    user = context.user
    return "" if user is not None and user.agency_id == wanted else sentence


def _own_office(context: ClosedMonth) -> str:
    """The office itself; if it was closed since, the lowest open one above."""
    office = context.agency
    while office.closed_on is not None and office.parent is not None:
        office = office.parent
    return _office(context, office.pk, say("由{office}审核。", office=office.name))


def _office_above(context: ClosedMonth) -> str:
    return _office(context, context.agency.parent_id, say("由直接的上级机构退回。"))


def _door(user: User | None, given: Any, transition: Transition) -> ClosedMonth:
    if transition.begins:
        office = Agency.objects.filter(code=str(given)).first()
        if office is None:
            raise NotFound(say("没有这个机构。"))
        return ClosedMonth(None, user, office)
    period = locked(in_sight(FigurePeriod, user).select_related("agency"), given, "没有这个统计月。")
    return hold(period, user)


def hold(period: FigurePeriod, user: User | None) -> ClosedMonth:
    """The context of a loaded period."""
    return ClosedMonth(period, user, period.agency)


PERIOD = register(
    Workflow(
        "period", "这个统计月", FigurePeriod, _door, hold,
        Vocabulary(
            {"close": _close, "approve": _approve, "send_back": _send_back},
            guards={
                "below_approved": Guard("below_approved", "below_not_approved", _below_approved),
                "not_approved_above": Guard("not_approved_above", "approved_above", _not_approved_above),
            },
            whose={"own_office": _own_office, "office_above": _office_above},
        ),
        things="periods",
    )
)  # fmt: skip
PERIOD.add(TABLE)
