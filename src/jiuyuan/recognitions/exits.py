"""Exits that are fair: proposed with their answer, decided by a person, objected to, decided again by another (三)."""

from datetime import date

from django.db import IntegrityError, transaction

from jiuyuan import clock
from jiuyuan.agencies.models import User
from jiuyuan.agencies.roles import Right, Role
from jiuyuan.history import services as history
from jiuyuan.notifications import services as notifications
from jiuyuan.recognitions.models import ExitObjection, ExitProposal, Recognition
from jiuyuan.recognitions.services import end, exit_grounds, visible_recognition
from jiuyuan.refusals import BadInput, Conflict, GuardNotMet, NotForRole, NotFound, WrongState


@transaction.atomic
def propose(user: User, recognition_id: int, *, ground: str, reason: str) -> ExitProposal:
    """A clerk proposes an exit; a reviewer of the county decides it."""
    recognition = visible_recognition(user, recognition_id)
    if not user.may(Right.PROPOSE_EXITS):
        raise NotForRole("退出由基层经办人或县级复核人提出。")
    _must_be_active(recognition)
    errors = []
    if ground not in exit_grounds():
        errors.append(("ground", "请选择通知第三条所列的一种退出情形。"))
    if not reason.strip():
        errors.append(("reason", "请写明依据：哪项事实、来自哪里、哪一天。"))
    if errors:
        raise BadInput("有内容需要改正。", errors)
    try:
        with transaction.atomic():
            proposal = ExitProposal.objects.create(
                recognition=recognition,
                ground=ground,
                found_on=clock.today(),
                proposed_by=user.name,
                reason=reason.strip(),
            )
    except IntegrityError:
        raise Conflict("这一情形已有待决定的退出建议。") from None
    payload = {"recognition": recognition.number, "ground": ground, "reason": reason}
    history.append(recognition.file, user.actor, "exit_proposed", payload, recognition.area)
    return proposal


@transaction.atomic
def decide_proposal(
    user: User, proposal_id: int, *, confirm: bool, decision: str, on: date | None = None
) -> ExitProposal:
    """A reviewer confirms a proposal, which ends the recognition, or dismisses it, in words either way."""
    rows = ExitProposal.objects.visible_to(user).select_related("recognition__person__account")
    proposal = rows.select_for_update(of=("self",)).filter(pk=proposal_id).first()
    if proposal is None:
        raise NotFound("没有这条退出建议。")
    if not user.may(Right.DECIDE_EXITS):
        raise NotForRole("退出由县（市、区）复核人决定。")
    if proposal.status != ExitProposal.Status.OPEN:
        raise WrongState("这条退出建议已经处理过了。", status=proposal.status, actions=[])
    if not decision.strip():
        raise BadInput("请写明理由。", [("decision", "请写明决定的理由。")])
    recognition = proposal.recognition
    if confirm:
        evidence = f"{proposal.reason}{decision.strip()}"[:400]
        day = on or clock.today()
        end(user, recognition.pk, version=recognition.version, ground=proposal.ground, on=day, evidence=evidence)
    proposal.status = ExitProposal.Status.CONFIRMED if confirm else ExitProposal.Status.DISMISSED
    proposal.decided_on, proposal.decided_by_name = clock.today(), user.name
    proposal.decision = decision.strip()[:400]
    proposal.save()
    if not confirm:
        payload = {"recognition": recognition.number, "ground": proposal.ground, "decision": decision}
        history.append(recognition.file, user.actor, "exit_proposal_dismissed", payload, recognition.area)
    return proposal


@transaction.atomic
def object_to_exit(user: User, recognition_id: int, reason: str) -> ExitObjection:
    """The person, or a clerk on a signed request, objects: the exit is suspended until another person decides."""
    recognition = visible_recognition(user, recognition_id)
    if user.role not in (Role.APPLICANT, Role.CLERK):
        raise NotForRole("异议由本人提出，或由基层经办人按本人签字的请求登记。")
    if recognition.ended_on is None:
        raise WrongState("这条认定还在册，没有可以提出异议的退出。", status=recognition.status, actions=[])
    if recognition.person.recognitions.filter(status=Recognition.Status.ACTIVE).exists():
        raise GuardNotMet("此后已重新认定，不用再对上一次退出提出异议。")
    if recognition.objections.exists():
        raise GuardNotMet("对这次退出已提出过异议，处理结果见案卷。")
    if not reason.strip():
        raise BadInput("请写明理由。", [("reason", "请写明为什么不应退出，有什么凭据。")])
    objection = ExitObjection.objects.create(
        recognition=recognition,
        reason=reason.strip(),
        made_on=clock.today(),
        ground=recognition.ground,
        ended_on=recognition.ended_on,
        evidence=recognition.evidence,
        ended_by=recognition.ended_by,
        ended_by_name=recognition.ended_by_name,
    )
    recognition.status, recognition.ground, recognition.ended_on = Recognition.Status.ACTIVE, "", None
    recognition.evidence, recognition.version = "", recognition.version + 1
    recognition.save()
    payload = {"recognition": recognition.number, "reason": reason, "suspended": objection.ground}
    history.append(recognition.file, user.actor, "exit_objected", payload, recognition.area)
    return objection


@transaction.atomic
def decide_objection(user: User, objection_id: int, *, upheld: bool, finding: str) -> ExitObjection:
    """Another reviewer decides: upheld, the person stays on the register; not upheld, the exit stands as it was."""
    rows = ExitObjection.objects.visible_to(user).select_related("recognition__person__account", "recognition__agency")
    objection = rows.select_for_update(of=("self",)).filter(pk=objection_id).first()
    if objection is None:
        raise NotFound("没有这条异议。")
    if not user.may(Right.DECIDE_EXITS):
        raise NotForRole("对退出的异议由县（市、区）复核人处理。")
    if objection.upheld is not None:
        raise WrongState("这条异议已经处理过了。", status="decided", actions=[])
    if objection.ended_by == user.username:
        raise GuardNotMet("这次退出是您决定的，异议须由另一人处理。")
    if not finding.strip():
        raise BadInput("请写明处理意见。", [("finding", "请写明怎样核查、查到什么、为什么这样处理。")])
    objection.upheld, objection.finding = upheld, finding.strip()
    objection.decided_on, objection.decided_by_name = clock.today(), user.name
    objection.save()
    recognition = objection.recognition
    if not upheld:
        recognition.status, recognition.ground = Recognition.Status.ENDED, objection.ground
        recognition.ended_on, recognition.evidence = objection.ended_on, objection.evidence
        recognition.version += 1
        recognition.save()
    payload = {"recognition": recognition.number, "upheld": upheld, "finding": finding}
    history.append(recognition.file, user.actor, "exit_objection_decided", payload, recognition.area)
    person = recognition.person
    result = "成立，您继续在册" if upheld else "不成立，退出决定不变"
    notifications.write(
        recognition.file,
        "对退出的异议的处理结果",
        f"{person.name}：您对就业困难人员身份退出的异议{result}。{finding.strip()}",
        recipient=person.account.username if person.account else "",
        phone=person.phone,
    )
    return objection


def _must_be_active(recognition: Recognition) -> None:
    if recognition.status != Recognition.Status.ACTIVE:
        raise WrongState("这条认定已经退出。", status=recognition.status, actions=[])
