"""The guards, ownership rules and other-eyes rules of acts on the register."""

from collections.abc import Callable, Iterable

from jiuyuan.agencies.models import User
from jiuyuan.history.models import Entry
from jiuyuan.procedures.own_matter import same_person
from jiuyuan.procedures.table import Guard, OtherEyes
from jiuyuan.recognitions.grounds import held
from jiuyuan.recognitions.models import ExitProposal, Investigation
from jiuyuan.recognitions.stay import Contest, Inquiry, Proposal, Stay, day
from jiuyuan.refusals import GuardNotMet, WrongState
from jiuyuan.wording import say

_Status, _Outcome = Investigation.Status, Investigation.Outcome


def _proposal_waits(stay: Stay) -> WrongState | None:
    if not stay.open_proposals:
        return None
    waiting = stay.open_proposals[0]
    said = held(stay.stay, waiting.ground, "")
    ground = f"{said.clause} {said.title}" if said else waiting.ground
    title = say(
        "已有待决定的退出建议：{ground}（{found_on}由{proposed_by}提出），请先对它作出决定。",
        ground=ground,
        found_on=day(waiting.found_on),
        proposed_by=waiting.proposed_by_name,
    )
    return WrongState(title, proposal=waiting.pk)


def _not_heard(inquiry: Inquiry) -> GuardNotMet | None:
    investigation: Investigation = inquiry.subject
    if investigation.status == _Status.FOUND:
        return GuardNotMet(say("还没有告知本人：要先把结论告知本人，听取陈述，再由另一人决定。"), code="not_told")
    if investigation.heard:
        return None
    until = investigation.answer_by
    assert until is not None
    title = say("本人可以陈述到{until}，还没有陈述；之后或收到陈述后才能决定。", until=day(until))
    return GuardNotMet(title, code="not_told", until=until)


def _found_already(inquiry: Inquiry) -> str | None:
    found = inquiry.status == _Status.FOUND and inquiry.subject.holds is not None
    return say("结论已经写明；要改结论，先由复核人退回。") if found else None


def _says_nothing(inquiry: Inquiry) -> str | None:
    return say("以前的结论没有写明是否属实，请先补写结论。") if inquiry.subject.holds is None else None


def _where(holds: Callable[[Stay], object], otherwise: str) -> Callable[[Stay], str | None]:
    return lambda stay: None if holds(stay) else otherwise


GUARDS: dict[str, Guard] = {
    name: Guard(name, "state", unmet)
    for name, unmet in (
        ("on_the_register", _where(lambda stay: stay.active, "这条认定已经退出。")),
        ("no_objection", _where(lambda stay: not stay.objection, "对上一次退出的异议还没有处理，要先处理异议。")),
        ("no_proposal", _proposal_waits),
        ("not_objected_to", _where(lambda stay: not stay.objected, "对这次退出已提出过异议，处理结果见案卷。")),
        (
            "not_recognised_again",
            _where(lambda stay: not stay.recognised_again, "此后已重新认定，不用再对上一次退出提出异议。"),
        ),
        ("basis_withdrawn", _where(lambda stay: stay.basis_withdrawn, "所据的数据没有撤回，不用重新核对。")),
        ("no_investigation", _where(lambda stay: not stay.investigation, "这个人已有正在进行的调查。")),
        ("no_finding", _found_already),
        ("finding_holds_or_not", _says_nothing),
        ("no_response", _where(lambda stay: not stay.subject.responded_on, "已经收到本人的陈述。")),
    )
} | {"told_and_heard": Guard("told_and_heard", "not_told", _not_heard)}


def _who_proposed(proposal: Proposal) -> list[User | None]:
    """Older proposals have only a name, no account."""
    subject: ExitProposal = proposal.subject
    of_that_name = subject.proposed_by is None and proposal.user and subject.proposed_by_name == proposal.user.name
    return [proposal.user if of_that_name else subject.proposed_by]


def _not_mine(proposal: Proposal) -> str:
    proposer = proposal.subject.proposed_by
    mine = proposer is not None and proposal.user is not None and same_person(proposal.user, proposer)
    return "" if mine else say("退出建议只能由提出的人撤回。")


def _who_brought_the_exit_about(objection: Contest) -> Iterable[User | None]:
    """Everybody who proposed, found, decided or carried out the exit, and who recorded the objection."""
    who: list[User | None] = [
        objection.subject.ended_by,
        objection.subject.made_by,
    ]
    for proposal in objection.proposals:
        if proposal.status in (ExitProposal.Status.CONFIRMED, ExitProposal.Status.LAPSED):
            who += [proposal.proposed_by, proposal.decided_by]
    for investigation in objection.investigations:
        if investigation.outcome in (_Outcome.EXIT, _Outcome.ANNUL):
            who += [investigation.found_by, investigation.decided_by]
    return who


def _who_had_part(stay: Stay) -> Iterable[User | None]:
    """Everybody who granted the recognition, or proposed, found, decided or carried out its end,
    on the withdrawn facts.
    """
    acts = Entry.objects.of(stay.stay.file).filter(action="recognised", payload__recognition=stay.stay.number)
    who: list[User | None] = [stay.stay.ended_by, *User.objects.filter(username__in=acts.values("actor"))]
    for proposal in stay.proposals:
        who += [proposal.proposed_by, proposal.decided_by]
    for investigation in stay.investigations:
        who += [investigation.found_by, investigation.decided_by]
    return who


WHOSE = {"who_proposed": _not_mine}
BEFORE = {
    "another_decides": OtherEyes(_who_proposed, "是您提出的，须由另一人决定。"),
    "another_than_before": OtherEyes(_who_had_part, "认定或者退出是您办理、提出或调查过的，须由另一人重新核对。"),
    "another_than_found": OtherEyes(lambda inquiry: [inquiry.subject.found_by], "调查结论是您写的，须由另一人决定。"),
    "no_part_in_it": OtherEyes(_who_brought_the_exit_about, "这次退出您提出、调查、决定或办理过，异议须由另一人处理。"),
}
