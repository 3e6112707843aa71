"""Proposals of an exit (三): by the person, the office or the night; decided by another reviewer, or taken back."""

from datetime import date

from django.db import IntegrityError, transaction

from jiuyuan import clock
from jiuyuan.agencies.models import User
from jiuyuan.agencies.roles import Role
from jiuyuan.history import services as history
from jiuyuan.history.state import set_by
from jiuyuan.people.correspondence import tell
from jiuyuan.people.models import Source
from jiuyuan.recognitions.act_facts import record
from jiuyuan.recognitions.acts import Sheet
from jiuyuan.recognitions.answers import compared
from jiuyuan.recognitions.door import enter
from jiuyuan.recognitions.grounds import DISQUALIFIED
from jiuyuan.recognitions.models import ExitProposal, Recognition
from jiuyuan.recognitions.services import (
    REMEDIES,
    end_where_borne,
    needs_investigation,
    too_long,
    touch,
    wrong_day,
    wrong_ground,
)
from jiuyuan.refusals import BadInput, Conflict

OWN_WISH = "withdrew_or_refused"


@transaction.atomic
def propose(
    user: User,
    recognition_id: int,
    *,
    ground: str,
    reason: str,
    on: date | None = None,
    request: int | None = None,
    version: int | None = None,
) -> ExitProposal:
    """A clerk or reviewer proposes an exit, or the person asks to leave (三(五)); another reviewer decides it.

    `on`: from which day, that of the decision where not given. `request`: the document (`signed_request`) in which the
    person asked to leave. Raises `BadInput`, `Conflict` where the same waits already, and
    `GuardNotMet` (`needs_investigation`) for 三(六).
    """
    sheet, _ = enter(user, "propose", recognition_id, version)
    recognition = sheet.recognition
    errors = wrong_ground(ground)
    if not errors and user.role == Role.APPLICANT and ground != OWN_WISH:
        errors = [("ground", "您可以申请退出援助；其他情形由公共就业服务机构核实。")]
    if on is not None:
        errors += wrong_day(recognition, on)
    errors += too_long("reason", reason, "请写明依据：哪项事实、来自哪里、哪一天。", "依据")
    signed = recognition.person.documents.filter(pk=request, kind="signed_request").first() if request else None
    if request is not None and (signed is None or ground != OWN_WISH):
        errors.append(("request", "本人签字的书面申请只用于本人申请退出援助，并须先存入这个人的档案。"))
    if errors:
        raise BadInput("有内容需要改正。", errors)
    if ground == DISQUALIFIED:
        raise needs_investigation()
    before, now, changed = compared(recognition, ground, on or clock.today())
    try:
        with transaction.atomic():
            proposal = ExitProposal.objects.create(
                recognition=recognition,
                ground=ground,
                on=on,
                found_on=clock.today(),
                proposer=user,
                proposed_by=user.name,
                reason=reason.strip(),
                before=before,
                now=now,
                changed=changed,
            )
    except IntegrityError:
        raise Conflict("这一情形已有待决定的退出建议。") from None
    if user.role == Role.APPLICANT:
        evidence = f"{clock.today():%Y年%-m月%-d日}本人登录系统申请退出援助"
        record(user, recognition.person, {"withdrew": True}, source=Source.COMMITMENT, evidence=evidence)
    if signed is not None:
        evidence = f"本人签字的书面申请：{reason.strip()}"
        record(user, recognition.person, {"withdrew": True}, source=Source.DOCUMENT, evidence=evidence, document=signed)
    _record(user, recognition, proposal, "exit_proposed", {"reason": reason.strip(), "on": on})
    return proposal


@transaction.atomic
def confirm(
    user: User, proposal_id: int, *, reason: str, on: date | None = None, version: int | None = None
) -> ExitProposal:
    """Another reviewer ends the recognition on the proposed ground, which the file must bear by now.

    `on`: the day of the exit; where not given the proposed one, else today. Raises `GuardNotMet` (`ground_not_borne`).
    """
    sheet, proposal = enter(user, "confirm", proposal_id, version)
    recognition = sheet.recognition
    day = on or proposal.on or clock.today()
    errors = too_long("reason", reason, "请写明决定的理由。", "理由") + wrong_day(recognition, day)
    if errors:
        raise BadInput("有内容需要改正。", errors)
    # Before the end, which lets every other proposal lapse.
    _decide(user, sheet, proposal, ExitProposal.Status.CONFIRMED, reason)
    evidence = reason.strip() if proposal.reason.strip() in reason else f"{proposal.reason.strip()} {reason.strip()}"
    end_where_borne(user, recognition, ground=proposal.ground, on=day, evidence=evidence)
    return proposal


@transaction.atomic
def dismiss(user: User, proposal_id: int, *, reason: str, version: int | None = None) -> ExitProposal:
    """Another reviewer keeps the person on the register, and says why: to the person, where it was their wish to leave."""
    sheet, proposal = enter(user, "dismiss", proposal_id, version)
    _must_say_why(reason)
    _decide(user, sheet, proposal, ExitProposal.Status.DISMISSED, reason)
    if proposal.proposer and proposal.proposer.role == Role.APPLICANT:
        stay = sheet.recognition
        tell(
            stay.person,
            "退出申请的处理结果",
            f"{stay.person.name}：您{proposal.found_on:%Y年%-m月%-d日}退出就业援助的申请（吉人社发〔2022〕10号 三(五)）没有同意，"
            f"您继续在册。理由：{reason.strip().rstrip('。')}。决定机构：{stay.agency.name}。可以再次申请退出；{REMEDIES}",
        )
    return proposal


@transaction.atomic
def take_back(user: User, proposal_id: int, *, reason: str, version: int | None = None) -> ExitProposal:
    """Who proposed takes it back. A person who asked to leave stays, as if they had never asked."""
    sheet, proposal = enter(user, "take_back", proposal_id, version)
    _must_say_why(reason)
    _decide(user, sheet, proposal, ExitProposal.Status.TAKEN_BACK, reason)
    if user.role == Role.APPLICANT:  # what a clerk wrote down from a signed paper stays until a paper says otherwise
        evidence = f"{clock.today():%Y年%-m月%-d日}本人撤回退出申请：{reason.strip()}"[:400]
        record(user, sheet.recognition.person, {"withdrew": False}, source=Source.COMMITMENT, evidence=evidence)
    return proposal


def _must_say_why(reason: str) -> None:
    if errors := too_long("reason", reason, "请写明理由。", "理由"):
        raise BadInput("请写明理由。", errors)


def _decide(user: User, sheet: Sheet, proposal: ExitProposal, status: ExitProposal.Status, reason: str) -> None:
    proposal.status, proposal.decision = status, reason.strip()
    proposal.decided_on, proposal.decided_by, proposal.decided_by_name = clock.today(), user, user.name
    proposal.save()
    _record(user, sheet.recognition, proposal, f"exit_proposal_{status}", {"decision": reason.strip()})


def _record(
    user: User, recognition: Recognition, proposal: ExitProposal, action: str, payload: dict[str, object]
) -> None:
    said = {"recognition": recognition.number, "proposal": proposal.pk, "ground": proposal.ground, **payload}
    said |= {"version": touch(recognition), "state": set_by([proposal, recognition])}
    history.append(recognition.file, user.actor, action, said, recognition.area)
