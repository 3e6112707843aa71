"""What each act on a recognition, exit proposal or exit objection writes, with its consequences.

Only the engine calls effects. An effect returns what the record states beside the changed columns.
"""

from datetime import date
from typing import Any

from jiuyuan.agencies.roles import Role
from jiuyuan.people.heard import ways
from jiuyuan.people.models import Source
from jiuyuan.procedures import engine
from jiuyuan.procedures.registry import WORKFLOWS
from jiuyuan.procedures.who_acted import by, sign
from jiuyuan.recognitions.act_facts import record
from jiuyuan.recognitions.answers import compared
from jiuyuan.recognitions.grounds import (
    DISQUALIFIED,
    bearing,
    grounds_of,
    held,
    held_of,
    in_words,
    needs_investigation,
    own_wish,
    source_in_words,
)
from jiuyuan.recognitions.inputs import kept
from jiuyuan.recognitions.letters import order_exit_notice, order_outcome
from jiuyuan.recognitions.models import ExitObjection, ExitProposal, Investigation, Recognition, Warning
from jiuyuan.recognitions.stay import Contest, OnRegister, Proposal, Stay, day
from jiuyuan.refusals import BadInput, Conflict
from jiuyuan.regions import registry
from jiuyuan.rules.facts import fact_label
from jiuyuan.wording import for_record, say

Said = dict[str, Any]

#: The columns of the exit that an objection keeps while the exit is suspended.
_OF_THE_EXIT = ("ground", "case", "annulled", "ended_on", "evidence", "basis")
_NO_EXIT = {"ground": "", "case": "", "annulled": False, "ended_on": None, "evidence": "", "basis": None}


def _open(stay: OnRegister, said: Said) -> Said:
    """Enter a person in the register, with a link to the previous recognition (四(三))."""
    former = stay.person.recognitions.order_by("-recognised_on", "-id").first()
    agency = said["agency"]
    recognition = Recognition.objects.create(
        person=stay.person,
        number=f"pending-{stay.person.pk}",
        agency=agency,
        area=said["area"],
        category=said["category"],
        recognised_on=stay.today,
        recognised_by=stay.user,
        recognised_by_name=stay.actor.name,
        region=registry.region_of(said["area"]).code,
        scheme=said["rules"].scheme,
        policy=said["rules"].code,
        former=former,
    )
    recognition.number = f"R{agency.code}-{stay.today.year}-{recognition.pk:06d}"
    stay.subject = recognition
    return {"category": recognition.category, "former": former.number if former else None}


def must_be_borne(stay: Stay, ground: str, on: date) -> Said:
    """The case of the ground that the file supports on that day, and its facts, without any that this user recorded
    by hand.

    Raises `GuardNotMet`: `needs_investigation`, `ground_not_borne`.
    """
    if ground == DISQUALIFIED:
        raise needs_investigation(stay.stay)
    found = bearing(stay.stay, ground, on, stay.user)
    if not found.borne:
        raise found.refusal()
    return {"case": found.case, "basis": found.basis}


def _end_is_borne(stay: OnRegister, said: Said) -> None:
    said |= must_be_borne(stay, said["ground"], said["on"])


def _close(stay: OnRegister, said: Said) -> Said:
    """End the recognition and state the ground, the facts and their sources.

    An annulled recognition ends on its first day.
    """
    recognition, user = stay.stay, stay.user
    assert user is not None
    recognition.ground, recognition.case, recognition.annulled = (
        said["ground"],
        said["case"],
        said["case"] == "annulled",
    )
    recognition.ended_on, recognition.evidence, recognition.basis = said["on"], said["evidence"], said["basis"]
    recognition.ended_by, recognition.ended_by_name, recognition.decided_on = user, user.name, stay.today
    words = held_of(recognition)
    assert words is not None
    what = say("您的就业困难人员身份自{on:date}起退出。", on=said["on"])
    if recognition.annulled:
        what = say(
            "您{on:date}的就业困难人员认定已取消，自认定之日起不作数，已享受的补贴等款项依法追回。", on=said["on"]
        )
    facts = [
        say(
            "依据的事实：{label}：{value}（{source}，{day:date}）。",
            label=say(fact_label(one["name"])),
            value=in_words(one["name"], one["value"]),
            source=source_in_words(one),
            day=date.fromisoformat(one["observed_on"]),
        )
        for one in recognition.basis or ()
    ]
    stay.words = {
        "what": what, "held": say(words.title), "clause": words.clause, "document": words.document, "facts": facts,
        "because": recognition.evidence.rstrip("。"),
    }  # fmt: skip
    return {name: said[name] for name in ("ground", "case", "on", "evidence", "basis")}


def _order_notice(stay: OnRegister) -> None:
    order_exit_notice(stay.stay)


def _order_outcome(objection: Contest) -> None:
    """Order the letter on the outcome, and if the exit stands, its notice anew:
    it is the notice of the end as it stands now.
    """
    order_outcome(objection.subject)
    if not objection.subject.upheld:
        order_exit_notice(objection.stay)


def _follow_up(stay: OnRegister, _said: Said) -> None:
    """Open proposals need no decision any more."""
    for proposal in stay.stay.proposals.filter(status=ExitProposal.Status.OPEN):
        proposal.recognition = stay.stay
        engine.follow(stay, WORKFLOWS["exit_proposal"], proposal, "lapse")


def _suspend(stay: OnRegister, _said: Said) -> Said:
    for name, value in _NO_EXIT.items():
        setattr(stay.stay, name, value)
    return {}


def _reinstate(stay: OnRegister, said: Said) -> Said:
    """Restore the exit unchanged."""
    for name in _OF_THE_EXIT:
        setattr(stay.stay, name, getattr(said["objection"], name))
    return {}


def _restore(stay: OnRegister, said: Said) -> Said:
    """Undo the end after a review, because the facts behind it were withdrawn."""
    recognition = stay.stay
    more = _looked_again(stay, said)
    for name, value in (_NO_EXIT | {"ended_by": None, "ended_by_name": "", "decided_on": None}).items():
        setattr(recognition, name, value)
    return more


def _looked_again(stay: OnRegister, said: Said) -> Said:
    """Remove the warning. The person is not told, because nothing changes for them."""
    Warning.objects.unscoped().filter(recognition=stay.stay, kind=Warning.Kind.BASIS).delete()
    stay.tells_nothing = stay.active
    words = held_of(stay.stay)
    stay.words = {
        "day": stay.stay.ended_on, "because": said["reason"].rstrip("。"), "clause": words.clause if words else "",
    }  # fmt: skip
    return {"reason": said["reason"]}


def _is_their_own_ground(proposal: Proposal, said: Said) -> None:
    ground, own = said["ground"], proposal.user is not None and proposal.user.role == Role.APPLICANT
    wished = own_wish(proposal.stay)
    if own and ground != wished:
        message = say("您可以申请退出援助；其他情形由公共就业服务机构核实。")
        raise BadInput(say("有内容需要改正。"), [("ground", message)])
    if said.get("request") and ground != wished:
        message = say("本人签字的书面申请只用于本人申请退出援助，并须先存入这个人的档案。")
        raise BadInput(say("有内容需要改正。"), [("request", message)])
    if ground == DISQUALIFIED:
        raise needs_investigation(proposal.stay)
    if any(one.ground == ground for one in proposal.open_proposals):
        raise Conflict(say("这一情形已有待决定的退出建议。"))


def _propose(proposal: Proposal, said: Said) -> Said:
    """Propose an exit. `on`: its day, by default that of the decision.

    `request`: the paper in which the person asked to leave.
    """
    user, stay = proposal.user, proposal.stay
    assert user is not None
    if user.role == Role.APPLICANT:
        evidence = for_record("{today}本人登录系统申请退出援助", today=day(proposal.today))
        record(user, stay.person, {"withdrew": True}, source=Source.COMMITMENT, evidence=evidence)
    if request := said.get("request"):
        evidence, paper = (
            for_record("本人签字的书面申请：{reason}", reason=said["reason"]),
            kept(request, proposal),
        )
        record(user, stay.person, {"withdrew": True}, source=Source.DOCUMENT, evidence=evidence, document=paper)
    # Including the facts just given.
    before, now, changed = compared(stay, said["ground"], said.get("on") or proposal.today)
    proposal.subject = ExitProposal(
        recognition=stay,
        ground=said["ground"],
        on=said.get("on"),
        found_on=proposal.today,
        proposed_by=user,
        proposed_by_name=user.name,
        reason=said["reason"],
        before=before,
        now=now,
        changed=changed,
    )
    return {"reason": said["reason"], "on": said.get("on")}


def _is_borne(proposal: Proposal, said: Said) -> None:
    """Require that the file supports the ground on the day given, else the proposed day, else today."""
    subject: ExitProposal = proposal.subject
    said["on"] = said.get("on") or subject.on or proposal.today
    if said["on"] < proposal.stay.recognised_on:
        raise BadInput(say("有内容需要改正。"), [("on", say("退出日期不能早于认定日期，也不能晚于今天。"))])
    said |= must_be_borne(proposal, subject.ground, said["on"])


def _decide_proposal(proposal: Proposal, said: Said) -> Said:
    proposal.subject.decision = said["reason"]
    sign(proposal, proposal.subject, "decided")
    return {"decision": said["reason"]}


def _dismiss(proposal: Proposal, said: Said) -> Said:
    """Keep the person on the register.

    If they had asked to leave, tell them; their request supports no exit any more.
    """
    proposer = proposal.subject.proposed_by
    own_wish = proposer is not None and proposer.role == Role.APPLICANT
    proposal.tells_nothing = not own_wish
    if own_wish:
        assert proposal.user is not None
        evidence = for_record("{today}退出申请没有同意：{reason}", today=day(proposal.today), reason=said["reason"])
        record(proposal.user, proposal.person, {"withdrew": False}, source=Source.DOCUMENT, evidence=evidence)
    ground = grounds_of(proposal.stay).get(proposal.subject.ground)
    proposal.words = {
        "day": proposal.subject.found_on, "because": said["reason"].rstrip("。"), "clause": ground.clause if ground else "",
    }  # fmt: skip
    return _decide_proposal(proposal, said)


def _end_as_proposed(proposal: Proposal, said: Said) -> None:
    reason, proposed = said["reason"], proposal.subject.reason.strip()
    ended = {name: said[name] for name in ("on", "case", "basis")}
    ended |= {"ground": proposal.subject.ground, "evidence": reason if proposed in reason else f"{proposed} {reason}"}
    engine.follow(proposal, WORKFLOWS["recognition"], proposal.stay, "close", ended)


def _take_back(proposal: Proposal, said: Said) -> Said:
    """Keep a person who had asked to leave, as if they had not."""
    user = proposal.user
    assert user is not None
    if user.role == Role.APPLICANT:  # facts that a clerk took from a signed paper stay until another paper changes them
        evidence = for_record("{today}本人撤回退出申请：{reason}", today=day(proposal.today), reason=said["reason"])
        record(user, proposal.person, {"withdrew": False}, source=Source.COMMITMENT, evidence=evidence)
    return _decide_proposal(proposal, said)


def _lapse(proposal: Proposal, _said: Said) -> Said:
    proposal.subject.decided_on = proposal.today
    return {}


def _object(objection: Contest, said: Said) -> Said:
    """Object to an exit, as the person or as a clerk on a signed request;
    it is suspended until another person decides.
    """
    stay = objection.stay
    kept_of_it = {name: getattr(stay, name) for name in (*_OF_THE_EXIT, "ended_by", "ended_by_name")}
    objection.subject = ExitObjection(
        recognition=stay, reason=said["reason"], **by(objection, ExitObjection, "made"), **kept_of_it
    )
    engine.follow(objection, WORKFLOWS["recognition"], stay, "suspend")
    user = objection.user
    objection.tells_nothing = user is None or not user.is_staff_member
    writer = user.agency.name if user and user.agency else objection.actor.name
    objection.words = {"day": objection.subject.ended_on, "writer": writer, "words": said["reason"].rstrip("。")}
    return {"reason": said["reason"], "suspended": objection.subject.ground}


def _settle(objection: Contest, said: Said) -> Said:
    """Decide as somebody who had no part in the exit. If upheld, the person stays; otherwise the exit is restored."""
    subject, upheld, finding = objection.subject, said["upheld"], said["finding"]
    subject.upheld, subject.finding = upheld, finding
    sign(objection, subject, "decided")
    if upheld:
        _overturn(objection)
    else:
        engine.follow(objection, WORKFLOWS["recognition"], objection.stay, "reinstate", {"objection": subject})
    words = held(objection.stay, subject.ground, subject.case)
    objection.words = {
        "day": subject.ended_on,
        "what": say("{title}，{document} {clause}", title=words.title, document=words.document, clause=words.clause)
        if words
        else subject.ground,
        "result": say("成立，您继续在册") if upheld else say("不成立，退出决定不变"),
        "because": finding.rstrip("。"),
        "how": [] if upheld else ways(objection.stay.area, "objection_outcome", objection.stay.agency),
    }
    return {"upheld": upheld, "finding": finding}


def _overturn(objection: Contest) -> None:
    """Withdraw the finding that an investigation had confirmed."""
    subject, user = objection.subject, objection.user
    if subject.ground != DISQUALIFIED:
        return
    assert user is not None
    fact = "fraud_found" if subject.case in ("annulled", "fraud_found") else "disqualification_confirmed"
    evidence = for_record("{today}对退出的异议成立：{finding}", today=day(objection.today), finding=subject.finding)
    record(user, objection.person, {fact: False}, source=Source.SITE_VISIT, evidence=evidence)


def _call_recovery_off(objection: Contest, said: Said) -> None:
    """Cancel the recovery of money that was based on it."""
    if not (said["upheld"] and objection.subject.ground == DISQUALIFIED):
        return
    for one in objection.investigations:
        if one.recovery and one.outcome in (Investigation.Outcome.EXIT, Investigation.Outcome.ANNUL):
            engine.follow(objection, WORKFLOWS["investigation"], one, "call_off")


ON_REGISTER = {
    "open": _open, "end": _close, "close": _close, "suspend": _suspend, "reinstate": _reinstate, "restore": _restore,
    "stand_by": _looked_again,
}  # fmt: skip
ON_REGISTER_CHECKS = {"end": _end_is_borne}
ON_REGISTER_AFTER = {"end": _follow_up, "close": _follow_up}
ON_REGISTER_LETTERS = dict.fromkeys(("exit", "annulment"), _order_notice)
OBJECTION_LETTERS = {"objection_outcome": _order_outcome}
PROPOSALS = {
    "propose": _propose, "confirm": _decide_proposal, "dismiss": _dismiss, "take_back": _take_back, "lapse": _lapse,
}  # fmt: skip
PROPOSAL_CHECKS = {"propose": _is_their_own_ground, "confirm": _is_borne}
PROPOSAL_AFTER = {"confirm": _end_as_proposed}
OBJECTIONS = {"object": _object, "settle": _settle}
OBJECTION_AFTER = {"settle": _call_recovery_off}
