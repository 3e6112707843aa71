"""The possible acts on a case, why others are not possible, and what comes next; from the table and its guards."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from jiuyuan.agencies.models import User
from jiuyuan.agencies.roles import Role
from jiuyuan.applications.case import Case
from jiuyuan.applications.workflow import APPLICATION
from jiuyuan.procedures import engine
from jiuyuan.procedures.engine import Offer
from jiuyuan.procedures.table import Transition
from jiuyuan.recognitions.models import ExitProposal, Recognition
from jiuyuan.recognitions.stay import Stay
from jiuyuan.recognitions.workflow import offered, offered_below
from jiuyuan.rules.facts import FACTS
from jiuyuan.speed.addresses import url_of
from jiuyuan.templatetags.plain import short_day
from jiuyuan.wording import say

_GUARDS = APPLICATION.words.guards
# What to do about refusals that no guard makes: own matter, unknown holder.
_HANDS = {"own_matter": "须由其他人员办理", "holder_unknown": "先登记账号的持有人"}
_ANOTHER = {"settle_special_case": "等另一名复核人的意见", "recognise": "须由另一人认定"}


@dataclass(frozen=True)
class Action:
    """An act as a button; `reasons` say why it is disabled, empty if it is not."""

    offer: Offer
    page: str
    at: tuple[object, ...]
    main: bool = False

    @property
    def transition(self) -> Transition:
        return self.offer.transition

    @property
    def reasons(self) -> tuple[str, ...]:
        return self.offer.reasons

    @property
    def url(self) -> str:
        return url_of(self.page, *self.at)

    @property
    def label(self) -> str:
        return self.transition.label

    @property
    def danger(self) -> bool:
        return self.transition.emphasis == "grave"


@dataclass(frozen=True)
class Next:
    """The next step: the most prominent item of the page, and the last column of lists."""

    title: str
    text: str = ""
    action: Action | None = None
    mine: bool = True
    anchor: str = ""
    on: date | None = None


def actions_of(case: Case, *, only_main: bool = False) -> list[Action]:
    """Every act that the table gives this role in this state, in table order."""
    offers, number = engine.offered(APPLICATION, case, only_main=only_main), case.application.number
    return [Action(offer, "desk:act", (number, offer.transition.action)) for offer in offers]


def actions_of_stay(stay: Stay) -> list[Action]:
    """Every act of the tables for this role on a recognition and its rows, except proposals."""
    recognition, user = stay.stay, stay.user
    assert user is not None
    under_way = [row for row in (stay.investigation, stay.objection) if row is not None]
    offers = [*offered_below(recognition, user), *offered(recognition, user)]
    found = [(offer, 0) for offer in offers] + [(offer, row.pk) for row in under_way for offer in offered(row, user)]
    return [_action(recognition, offer, key) for offer, key in found]


def actions_of_proposal(proposal: ExitProposal, user: User) -> list[Action]:
    """The user's acts on a proposal: the one who made it may withdraw it, another decides."""
    return [_action(proposal.recognition, offer, proposal.pk) for offer in offered(proposal, user) if offer.in_state]


def _action(recognition: Recognition, offer: Offer, key: int) -> Action:
    return Action(offer, "desk:recognition_act", (recognition.pk, offer.transition.action, key))


def next_of(case: Case, actions: list[Action] | None = None) -> Next:
    application = case.application
    if not application.is_open:
        return Next(application.state.label, mine=False, on=application.finished_on)
    if application.corrections:
        return Next(say("等申请人补正"), "；".join(application.corrections), mine=False)
    wanted = [
        action
        for action in (actions_of(case, only_main=True) if actions is None else actions)
        if action.transition.emphasis == "main" and not _nothing_to_answer(action.offer.unmet)
    ]
    if ready := next((action for action in wanted if not action.reasons), None):
        return Next(ready.label, _by_when(case), action=ready)
    if wanted:
        return _unmet(case, wanted[0])
    return _others_turn(case)


_FEW = 3  # of what is shown below anyway, at most this many are named


def _by_when(case: Case) -> str:
    if case.post_by is None:
        return ""
    if case.today > case.post_by:
        return say("已来不及在办结期限内公示完，会超期办结；请尽快公示。")
    return say("最迟{post_by}须公示，否则必然超期。", post_by=short_day(case.post_by))


def _nothing_to_answer(names: Iterable[str]) -> bool:
    return any(name in _GUARDS and _GUARDS[name].answers for name in names)


def _unmet(case: Case, action: Action) -> Next:
    unmet = action.offer.unmet
    first = next((name for name in ("no_open_special_case", "no_open_objection") if name in unmet), unmet[0])
    text = action.reasons[unmet.index(first)]
    if first == "eligible":
        if case.decision.outcome == "ineligible":
            return Next(say("按规则不符合认定条件"), text, anchor="answer")
        claimed = case.needed
        wanted = [say(FACTS[name].label) for name in case.decision.missing if name in claimed]
        return Next(
            say("查清还不知道的事项"), say("还要查清：{wanted}。", wanted=wanted) if wanted else text, anchor="facts"
        )
    if first == "same_eyes":
        act = action.transition.action
        return Next(_ANOTHER[act], text, mine=act != "settle_special_case")
    guard = _GUARDS.get(first)
    if guard is None:
        return Next(_HANDS[first], text)
    if first == "verified" and len(case.unverified) > _FEW:
        text = say("还有{count}项，在下面按来源核实。", count=len(case.unverified))
    on = case.next_on if first == "notice_over" else None
    return Next(guard.to_do, text, mine=not guard.waits, anchor=guard.anchor, on=on)


def _others_turn(case: Case) -> Next:
    """Say whose turn it is and for what, if this role has nothing to do."""
    given = APPLICATION.of(case.region).from_state(case.status)
    main = [transition for transition in given if transition.emphasis == "main"]
    turn = next((t for t in main if not _nothing_to_answer(n for n in t.guards if _GUARDS[n].unmet(case))), None)
    if turn is None:
        return Next(case.application.state.label, mine=False)
    who = "、".join(role.label for role in Role if role in turn.roles and role != Role.CHANNEL)
    return Next(say("等{who}：{label}", who=who, label=turn.label), mine=False)
