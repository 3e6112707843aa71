"""Objections to an exit (三): it is suspended until somebody decides who had no part in it."""

from django.db import transaction

from jiuyuan import clock
from jiuyuan.agencies.models import User
from jiuyuan.history import services as history
from jiuyuan.history.state import set_by
from jiuyuan.people.correspondence import tell
from jiuyuan.people.models import Source
from jiuyuan.recognitions.act_facts import record
from jiuyuan.recognitions.acts import Sheet
from jiuyuan.recognitions.door import enter
from jiuyuan.recognitions.grounds import DISQUALIFIED, held
from jiuyuan.recognitions.letters import order_exit_notice
from jiuyuan.recognitions.models import ExitObjection, Investigation, Recognition
from jiuyuan.recognitions.services import REMEDIES, too_long
from jiuyuan.refusals import BadInput

_LONGEST = 2000


@transaction.atomic
def object_to_exit(user: User, recognition_id: int, reason: str, *, version: int | None = None) -> ExitObjection:
    """The person, or a clerk on a signed request, objects: the exit is suspended until another person decides."""
    sheet, _ = enter(user, "object", recognition_id, version)
    recognition = sheet.recognition
    if errors := too_long("reason", reason, "请写明为什么不应退出，有什么凭据。", "理由", _LONGEST):
        raise BadInput("请写明理由。", errors)
    assert recognition.ended_on is not None
    objection = ExitObjection.objects.create(
        recognition=recognition,
        reason=reason.strip(),
        made_on=clock.today(),
        made_by=user,
        ground=recognition.ground,
        case=recognition.case,
        annulled=recognition.annulled,
        ended_on=recognition.ended_on,
        evidence=recognition.evidence,
        basis=recognition.basis,
        ended_by=recognition.ended_by,
        ended_by_name=recognition.ended_by_name,
    )
    recognition.status, recognition.ground, recognition.ended_on = Recognition.Status.ACTIVE, "", None
    recognition.case, recognition.annulled, recognition.basis = "", False, None
    recognition.evidence, recognition.version = "", recognition.version + 1
    recognition.save()
    _record(user, recognition, objection, "exit_objected", {"reason": reason.strip(), "suspended": objection.ground})
    return objection


@transaction.atomic
def settle(user: User, objection_id: int, *, upheld: bool, finding: str, version: int | None = None) -> ExitObjection:
    """Somebody who had no part in the exit decides: upheld, the person stays; else the exit stands as it was."""
    sheet, objection = enter(user, "settle", objection_id, version)
    if errors := too_long("finding", finding, "请写明怎样核查、查到什么、为什么这样处理。", "处理意见", _LONGEST):
        raise BadInput("请写明处理意见。", errors)
    objection.upheld, objection.finding = upheld, finding.strip()
    objection.decided_on, objection.decided_by, objection.decided_by_name = clock.today(), user, user.name
    objection.save()
    recognition = sheet.recognition
    if upheld:
        _overturn(user, sheet, objection)
    else:
        recognition.status, recognition.ground, recognition.case = (
            Recognition.Status.ENDED,
            objection.ground,
            objection.case,
        )
        recognition.ended_on, recognition.evidence = objection.ended_on, objection.evidence
        recognition.annulled, recognition.basis = objection.annulled, objection.basis
    recognition.version += 1
    recognition.save()
    if not upheld:
        order_exit_notice(recognition)
    _record(user, recognition, objection, "exit_objection_decided", {"upheld": upheld, "finding": finding.strip()})
    said = held(objection.ground, objection.case)
    what = f"{said.title}，吉人社发〔2022〕10号 {said.clause}" if said else objection.ground
    result = "成立，您继续在册" if upheld else "不成立，退出决定不变"
    tell(
        recognition.person,
        "对退出的异议的处理结果",
        f"{recognition.person.name}：您对{objection.ended_on:%Y年%-m月%-d日}就业困难人员身份退出（{what}）的异议{result}。"
        f"理由：{finding.strip().rstrip('。')}。" + ("" if upheld else REMEDIES),
    )
    return objection


def _overturn(user: User, sheet: Sheet, objection: ExitObjection) -> None:
    """What an investigation had confirmed is not so: the fact no longer counts, and no money is recovered for it."""
    if objection.ground != DISQUALIFIED:
        return
    recognition = sheet.recognition
    fact = "fraud_found" if objection.case in ("annulled", "fraud_found") else "disqualification_confirmed"
    evidence = f"{clock.today():%Y年%-m月%-d日}对退出的异议成立：{objection.finding}"
    record(user, recognition.person, {fact: False}, source=Source.SITE_VISIT, evidence=evidence)
    for one in sheet.investigations:
        if one.recovery and one.outcome in (Investigation.Outcome.EXIT, Investigation.Outcome.ANNUL):
            one.recovery = ""
            one.save(update_fields=["recovery"])
            said = {"recognition": recognition.number, "investigation": one.pk, "state": set_by([one])}
            history.append(recognition.file, user.actor, "recovery_called_off", said, recognition.area)


def _record(
    user: User, recognition: Recognition, objection: ExitObjection, action: str, payload: dict[str, object]
) -> None:
    said = {"recognition": recognition.number, "objection": objection.pk, **payload}
    said |= {"status": recognition.status, "version": recognition.version, "state": set_by([objection, recognition])}
    history.append(recognition.file, user.actor, action, said, recognition.area)
