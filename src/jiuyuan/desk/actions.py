"""What may be done to a case now, why the rest may not, and what comes next: read from the table and its guards."""

from dataclasses import dataclass
from datetime import date

from jiuyuan.addresses import url_of
from jiuyuan.agencies.roles import Role
from jiuyuan.applications import guards, transitions
from jiuyuan.applications.case import Case
from jiuyuan.applications.models import Status
from jiuyuan.applications.transitions import Transition
from jiuyuan.rules.facts import FACTS

# What to do about a guard that is not met yet, said as the next step of the case.
_TO_DO = {
    "own_matter": "须由其他人员办理",
    "holder_unknown": "先登记账号的持有人",
    "form_complete": "补填认定表",
    "materials_complete": "补齐材料",
    "no_contradiction": "认定互相矛盾的事项",
    "no_open_special_case": "等县级研究特殊情况",
    "verified": "核实本人填报的事项",
    "notice_over": "等公示期满",
    "no_open_objection": "处理异议",
    "no_dispute": "查清有异议的记录",
    "no_family_at_work": "核实家庭就业情况",
    "not_settled_against": "按县级研究的结果办理",
}
_ANOTHER = {"settle_special_case": "等另一名复核人的意见", "recognise": "须由另一人认定"}
# Guards of acts that only answer something: without it there is nothing to wait for.
_NOTHING_TO_ANSWER = {"open_objection", "open_special_case", "notice_running"}
_WAITING = {"notice_over", "no_open_special_case"}


@dataclass(frozen=True)
class Action:
    """One line of the table as a button: `reasons` say why it is off, and are empty when it may be done."""

    transition: Transition
    number: str
    reasons: tuple[str, ...]
    unmet: tuple[str, ...]

    @property
    def url(self) -> str:
        return url_of("desk:act", self.number, self.transition.action)

    @property
    def label(self) -> str:
        return self.transition.label

    @property
    def main(self) -> bool:
        return False

    @property
    def danger(self) -> bool:
        return self.transition.emphasis == "grave"


@dataclass(frozen=True)
class Next:
    """What comes next: the largest thing on the page, the last column of the list."""

    title: str
    text: str = ""
    action: Action | None = None
    mine: bool = True
    anchor: str = ""
    on: date | None = None


def actions_of(case: Case, *, only_main: bool = False) -> list[Action]:
    """Every act that the table gives this role in this state, in the order of the table."""
    assert case.user is not None
    given = transitions.from_state(case.application.status, Role(case.user.role))
    return [_action(case, transition) for transition in given if not only_main or transition.emphasis == "main"]


def _action(case: Case, transition: Transition) -> Action:
    unmet = guards.unmet(case, transition)
    return Action(
        transition,
        case.application.number,
        tuple(refusal.title for _, refusal in unmet),
        tuple(name for name, _ in unmet),
    )


def next_of(case: Case, actions: list[Action] | None = None) -> Next:
    application = case.application
    status = Status(application.status)
    if not application.is_open:
        return Next(status.label, mine=False, on=application.finished_on)
    if status == Status.CORRECTION:
        return Next("等申请人补正", "；".join(application.corrections), mine=False)
    wanted = [
        action
        for action in (actions_of(case, only_main=True) if actions is None else actions)
        if action.transition.emphasis == "main" and not _NOTHING_TO_ANSWER & set(action.unmet)
    ]
    if ready := next((action for action in wanted if not action.reasons), None):
        return Next(ready.label, action=ready)
    if wanted:
        return _unmet(case, wanted[0])
    return _others_turn(case, status)


def _unmet(case: Case, action: Action) -> Next:
    names = set(action.unmet)
    first = next((name for name in ("no_open_special_case", "no_open_objection") if name in names), action.unmet[0])
    text = action.reasons[action.unmet.index(first)]
    if first == "eligible":
        if case.decision.outcome == "ineligible":
            return Next("按规则不符合认定条件", text, anchor="answer")
        claimed = case.needed
        wanted = [FACTS[name].label for name in case.decision.missing if name in claimed]
        return Next("查清还不知道的事项", f"还要查清：{'、'.join(wanted)}。" if wanted else text, anchor="facts")
    anchor = "facts" if first in ("verified", "no_contradiction", "no_family_at_work") else ""
    anchor = "form" if first == "form_complete" else anchor
    anchor = "documents" if first == "materials_complete" else anchor
    on = case.next_on if first == "notice_over" else None
    if first == "same_eyes":
        act = action.transition.action
        return Next(_ANOTHER[act], text, mine=act != "settle_special_case")
    return Next(_TO_DO[first], text, mine=first not in _WAITING, anchor=anchor, on=on)


def _others_turn(case: Case, status: Status) -> Next:
    """Nothing for this role: say whose turn it is, and for what."""
    main = [transition for transition in transitions.from_state(status) if transition.emphasis == "main"]
    turn = next((t for t in main if not any(g.name in _NOTHING_TO_ANSWER and g.refusal(case) for g in t.guards)), None)
    if turn is None:
        return Next(status.label, mine=False)
    who = "、".join(role.label for role in Role if role in turn.roles and role != Role.CHANNEL)
    return Next(f"等{who}：{turn.label}", mine=False)
