"""The table of what is done on the register (三): who may, in which state, and who did the part that another must check.

Services, pages and API read it: a page asks it in advance why a button is off.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import cached_property

from jiuyuan.agencies.models import User
from jiuyuan.agencies.roles import RIGHTS, Right, Role
from jiuyuan.procedures import own_matter
from jiuyuan.recognitions.grounds import held
from jiuyuan.recognitions.models import ExitObjection, ExitProposal, Investigation, Recognition
from jiuyuan.refusals import GuardNotMet, NotForRole, OlderVersion, Refusal, SameEyes, WrongState

#: As whom the night proposes.
NIGHT = "系统夜间核查"
_Proposal, _Inquiry = ExitProposal.Status, Investigation.Status
_ENDED = "这条认定已经退出。"

Item = ExitProposal | Investigation | ExitObjection | None


@dataclass(frozen=True)
class Sheet:
    """A recognition with what is going on about it."""

    recognition: Recognition

    @property
    def active(self) -> bool:
        return self.recognition.status == Recognition.Status.ACTIVE

    @cached_property
    def proposals(self) -> list[ExitProposal]:
        return self._rows("proposals", "proposer", "decided_by")

    @cached_property
    def investigations(self) -> list[Investigation]:
        return self._rows("investigations", "agency", "found_by", "told_by", "decided_by")

    @cached_property
    def objections(self) -> list[ExitObjection]:
        return self._rows("objections", "decided_by", "made_by")

    def _rows(self, name: str, *related: str) -> list[Any]:
        """What hangs on the recognition, the latest first; as it is in hand where somebody asked for many at once."""
        in_hand = getattr(self.recognition, "_prefetched_objects_cache", {})
        if name in in_hand:
            return sorted(in_hand[name], key=lambda row: -row.pk)
        return list(getattr(self.recognition, name).select_related(*related).order_by("-pk"))

    @cached_property
    def recognised_again(self) -> bool:
        others = self.recognition.person.recognitions.filter(status=Recognition.Status.ACTIVE)
        return bool(others.exclude(pk=self.recognition.pk).exists())

    @property
    def open_proposals(self) -> list[ExitProposal]:
        return [one for one in self.proposals if one.status == _Proposal.OPEN]

    @property
    def investigation(self) -> Investigation | None:
        """The one that is not decided."""
        return next((one for one in self.investigations if one.status != _Inquiry.DECIDED), None)

    @property
    def objection(self) -> ExitObjection | None:
        """The one that is not decided."""
        return next((one for one in self.objections if one.upheld is None), None)

    @property
    def objected(self) -> bool:
        """Whether somebody objected to this very end; one that was overturned is none, and a later one is another."""
        now = (self.recognition.ground, self.recognition.case, self.recognition.ended_on)
        made = [one for one in self.objections if one.upheld is not True]
        return any(one.upheld is None or (one.ground, one.case, one.ended_on) == now for one in made)

    def proposal(self, pk: int) -> ExitProposal | None:
        return next((one for one in self.proposals if one.pk == pk), None)

    def item(self, action: str, pk: int = 0) -> Item:
        """What an action is about: the proposal with this key, the investigation or objection that is not decided."""
        about = ACTS[action].about
        if about is ExitProposal:
            return self.proposal(pk)
        if about is Investigation:
            return self.investigation
        return self.objection if about is ExitObjection else None


@dataclass(frozen=True)
class Act:
    """One act. `not_now` says why the state does not allow it, `before` who did what another must check, `guard` what
    it still needs; each may stay silent."""

    action: str
    label: str
    clause: str
    roles: frozenset[Role]
    whose: str
    about: type[Any] | None = None
    not_now: Callable[[Sheet, Any], str] = lambda sheet, item: ""
    before: Callable[[Sheet, Any], Iterable[User | None]] = lambda sheet, item: ()
    same_eyes: str = ""
    guard: Callable[[User, Sheet, Any], Refusal | None] = lambda user, sheet, item: None
    only: Callable[[User, Sheet, Any], str] = field(default=lambda user, sheet, item: "")


def check(user: User, sheet: Sheet, action: str, item: Item = None, *, version: int | None = None) -> None:
    """Raise what forbids an act: role, state, whose matter and whose eyes, version, in the order of the contract."""
    act = ACTS[action]
    if Role(user.role) not in act.roles:
        raise NotForRole(act.whose)
    if mine := act.only(user, sheet, item):
        raise NotForRole(mine)
    if why := act.not_now(sheet, item):
        status = getattr(item, "status", sheet.recognition.status)
        waits = sheet.open_proposals[0].pk if action == "end" and sheet.open_proposals else None
        details: dict[str, Any] = {"proposal": waits} if waits else {}
        raise WrongState(why, status=status, actions=allowed(user, sheet), **details)
    own_matter.refuse(user, sheet.recognition.person, acted_before=act.before(sheet, item), same_eyes=act.same_eyes)
    _refuse_same_name(user, act, item)
    if version is not None and version != sheet.recognition.version:
        raise OlderVersion("这条认定刚刚有变动，请重新打开后再办。", version=sheet.recognition.version)


def guard(user: User, sheet: Sheet, action: str, item: Item = None) -> None:
    """Raise what an act still needs; asked after the fields."""
    if unmet := ACTS[action].guard(user, sheet, item):
        raise unmet


def why_not(user: User, sheet: Sheet, action: str, item: Item = None) -> str:
    """Why an act cannot be done now, as the page says it beforehand; empty where it can."""
    try:
        check(user, sheet, action, item)
        guard(user, sheet, action, item)
    except Refusal as refusal:
        return refusal.title
    return ""


def allowed(user: User, sheet: Sheet, items: Iterable[tuple[str, Item]] | None = None) -> list[str]:
    """The actions that the state allows this role, of the recognition itself or of the `items` named."""
    pairs = [(action, None) for action, act in ACTS.items() if act.about is None] if items is None else list(items)
    return [
        action
        for action, item in pairs
        if Role(user.role) in ACTS[action].roles
        and not ACTS[action].not_now(sheet, item)
        and not ACTS[action].only(user, sheet, item)
    ]


def _refuse_same_name(user: User, act: Act, item: Item) -> None:
    """Of a proposal of before accounts were kept, all that is known is the name."""
    checked = isinstance(item, ExitProposal) and act.action in ("confirm", "dismiss")
    if checked and isinstance(item, ExitProposal) and item.proposer is None and item.proposed_by == user.name:
        raise SameEyes(act.same_eyes)


def _must_be_active(sheet: Sheet, _item: Item) -> str:
    return "" if sheet.active else _ENDED


def _not_suspended(sheet: Sheet, item: Item) -> str:
    if not sheet.active:
        return _ENDED
    return "对上一次退出的异议还没有处理，要先处理异议。" if sheet.objection else ""


def _may_end(sheet: Sheet, item: Item) -> str:
    if why := _not_suspended(sheet, item):
        return why
    if not sheet.open_proposals:
        return ""
    waiting = sheet.open_proposals[0]
    said = held(waiting.ground, "")
    ground = f"{said.clause} {said.title}" if said else waiting.ground
    day = f"{waiting.found_on:%Y年%-m月%-d日}"
    return f"已有待决定的退出建议：{ground}（{day}由{waiting.proposed_by}提出），请先对它作出决定。"


def _may_decide_proposal(sheet: Sheet, item: ExitProposal) -> str:
    if item.status != _Proposal.OPEN:
        return "这条退出建议已经处理过了。"
    return _not_suspended(sheet, item)


def _proposal_open(_sheet: Sheet, item: ExitProposal) -> str:
    return "" if item.status == _Proposal.OPEN else "这条退出建议已经处理过了。"


def _only_the_proposer(user: User, _sheet: Sheet, item: ExitProposal) -> str:
    mine = item.proposer is not None and own_matter.same_person(user, item.proposer)
    return "" if mine else "退出建议只能由提出的人撤回。"


def _may_open(sheet: Sheet, _item: Item) -> str:
    if not sheet.active:
        return "这条认定已经退出，不用再调查。"
    return "这个人已有正在进行的调查。" if sheet.investigation else ""


def _in_state(*states: str, otherwise: str) -> Callable[[Sheet, Any], str]:
    def not_now(_sheet: Sheet, item: Investigation | None) -> str:
        if item is None or item.status == _Inquiry.DECIDED:
            return "没有正在进行的调查。" if item is None else "调查已经决定。"
        return "" if item.status in states else otherwise

    return not_now


def _may_find(sheet: Sheet, item: Investigation | None) -> str:
    if item is not None and item.status == _Inquiry.FOUND and item.holds is None:
        return ""  # found before it was asked whether it holds
    return _in_state(_Inquiry.OPEN, otherwise="结论已经写明；要改结论，先由复核人退回。")(sheet, item)


def _may_tell(sheet: Sheet, item: Investigation | None) -> str:
    if why := _in_state(_Inquiry.FOUND, otherwise="要先写明调查结论，告知只做一次。")(sheet, item):
        return why
    return "以前的结论没有写明是否属实，请先补写结论。" if item and item.holds is None else ""


def _not_told(_user: User, _sheet: Sheet, item: Investigation) -> Refusal | None:
    if item.status == _Inquiry.FOUND:
        return GuardNotMet("还没有告知本人：要先把结论告知本人，听取陈述，再由另一人决定。", code="not_told")
    if item.heard:
        return None
    day = f"{item.answer_by:%Y年%-m月%-d日}"
    return GuardNotMet(
        f"本人可以陈述到{day}，还没有陈述；之后或收到陈述后才能决定。", code="not_told", until=item.answer_by
    )


def _may_respond(sheet: Sheet, item: Investigation | None) -> str:
    if why := _in_state(_Inquiry.TOLD, otherwise="还没有告知本人，告知以后再陈述。")(sheet, item):
        return why
    return "已经收到本人的陈述。" if item and item.responded_on else ""


def _may_object(sheet: Sheet, _item: Item) -> str:
    if sheet.objected:
        return "对这次退出已提出过异议，处理结果见案卷。"
    if sheet.active:
        return "这条认定还在册，没有可以提出异议的退出。"
    return "此后已重新认定，不用再对上一次退出提出异议。" if sheet.recognised_again else ""


def _may_settle(_sheet: Sheet, item: ExitObjection | None) -> str:
    return "" if item is not None and item.upheld is None else "这条异议已经处理过了。"


def _who_brought_the_exit_about(sheet: Sheet, item: ExitObjection) -> list[User | None]:
    """Everybody who proposed, found, decided or ended what is objected to, and who wrote the objection down."""
    who: list[User | None] = [User.objects.filter(username=item.ended_by).first(), item.made_by]
    for proposal in sheet.proposals:
        if proposal.status in (_Proposal.CONFIRMED, _Proposal.LAPSED):
            who += [proposal.proposer, proposal.decided_by]
    for investigation in sheet.investigations:
        if investigation.outcome in (Investigation.Outcome.EXIT, Investigation.Outcome.ANNUL):
            who += [investigation.found_by, investigation.decided_by]
    return who


_KEEP, _DECIDE = RIGHTS[Right.PROPOSE_EXITS], RIGHTS[Right.DECIDE_EXITS]
_PERSON = frozenset({Role.APPLICANT})
_CLERK = frozenset({Role.CLERK})
_COUNTY_DECIDES = "退出由县（市、区）复核人决定，您的角色不能办理。"
_OFFICES = "由基层经办人或县级复核人办理，您的角色不能办理。"
_OTHER_PROPOSED = "是您提出的，须由另一人决定。"

ACTS: dict[str, Act] = {
    act.action: act
    for act in (
        Act("propose", "提出退出", "三", _KEEP | _PERSON, f"退出建议{_OFFICES}", not_now=_must_be_active),
        Act("end", "直接退出", "三", _DECIDE, _COUNTY_DECIDES, not_now=_may_end),
        Act("confirm", "确认退出", "三", _DECIDE, _COUNTY_DECIDES, ExitProposal, _may_decide_proposal,
            before=lambda sheet, item: [item.proposer], same_eyes=_OTHER_PROPOSED),
        Act("dismiss", "不退出", "三", _DECIDE, _COUNTY_DECIDES, ExitProposal, _proposal_open,
            before=lambda sheet, item: [item.proposer], same_eyes=_OTHER_PROPOSED),
        Act("take_back", "撤回退出建议", "三", _KEEP | _PERSON, "退出建议由提出的人撤回。", ExitProposal,
            _proposal_open, only=_only_the_proposer),
        Act("investigate", "开始调查", "三(六)", _KEEP, f"调查{_OFFICES}", not_now=_may_open),
        Act("evidence", "登记证据", "三(六)", _KEEP, f"调查{_OFFICES}", Investigation,
            _in_state(_Inquiry.OPEN, _Inquiry.FOUND, _Inquiry.TOLD, otherwise="")),
        Act("find", "写调查结论", "三(六)", _KEEP, f"调查{_OFFICES}", Investigation, _may_find),
        Act("tell", "告知本人", "三(六)", _KEEP, f"告知{_OFFICES}", Investigation, _may_tell),
        Act("respond", "本人陈述", "三(六)", _CLERK | _PERSON, "陈述由本人提出，或由基层经办人按本人签字的书面陈述登记。",
            Investigation, _may_respond),
        Act("send_back", "退回重查", "三(六)", _DECIDE, "退回由县（市、区）复核人办理。", Investigation,
            _in_state(_Inquiry.FOUND, _Inquiry.TOLD, otherwise="还没有写明结论，没有可以退回的。")),
        Act("decide", "对调查作决定", "三(六)", _DECIDE, "调查结论由县（市、区）复核人决定。", Investigation,
            _in_state(_Inquiry.FOUND, _Inquiry.TOLD, otherwise="要先写明调查结论，再由另一人决定。"),
            before=lambda sheet, item: [item.found_by], same_eyes="调查结论是您写的，须由另一人决定。", guard=_not_told),
        Act("object", "登记本人的异议", "三", _CLERK | _PERSON, "异议由本人提出，或由基层经办人按本人签字的请求登记。",
            not_now=_may_object),
        Act("settle", "处理异议", "三", _DECIDE, "对退出的异议由县（市、区）复核人处理。", ExitObjection, _may_settle,
            before=_who_brought_the_exit_about,
            same_eyes="这次退出您提出、调查、决定或办理过，异议须由另一人处理。"),
    )
}  # fmt: skip
