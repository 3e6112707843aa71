"""Finding out what is so before anybody loses anything (三(六) 经查实): opened, gathered, found in words, told to the
person, who is heard, and decided by another."""

from datetime import timedelta

from django.db import transaction

from jiuyuan import clock
from jiuyuan.agencies.models import User
from jiuyuan.history import services as history
from jiuyuan.history.state import Recorded, set_by
from jiuyuan.people import services as people
from jiuyuan.people.correspondence import tell as write_to
from jiuyuan.people.models import Source
from jiuyuan.recognitions import acts
from jiuyuan.recognitions.act_facts import record
from jiuyuan.recognitions.acts import Sheet
from jiuyuan.recognitions.door import enter
from jiuyuan.recognitions.grounds import DISQUALIFIED
from jiuyuan.recognitions.models import Investigation, InvestigationEvidence, Recognition
from jiuyuan.recognitions.services import close, too_long, touch
from jiuyuan.refusals import BadInput, GuardNotMet
from jiuyuan.regions import registry
from jiuyuan.rules import calendar

Status, Outcome = Investigation.Status, Investigation.Outcome
LONGEST_FINDING, LONGEST_DECISION, LONGEST_WORDS = 2000, 1000, 2000
# Which outcome fits a finding: (holds, fraud).
_FITS: dict[tuple[bool, bool], tuple[str, ...]] = {
    (True, True): (Outcome.EXIT, Outcome.ANNUL),
    (True, False): (Outcome.EXIT,),
    (False, False): (Outcome.NOTHING, Outcome.CORRECTION),
}


@transaction.atomic
def open_investigation(user: User, recognition_id: int, *, cause: str, version: int | None = None) -> Investigation:
    """Open an investigation by hand; the nightly run opens those that follow from a signal."""
    sheet, _ = enter(user, "investigate", recognition_id, version)
    recognition = sheet.recognition
    if errors := too_long("cause", cause, "请写明为什么需要调查：谁反映的、哪条记录。", "起因", LONGEST_WORDS):
        raise BadInput("请写明起因。", errors)
    investigation = prepared(recognition, user.name, cause=cause.strip())
    investigation.save(force_insert=True)
    _record(investigation, user, "investigation_opened", {"cause": cause.strip()})
    return investigation


def prepared(recognition: Recognition, opened_by: str, *, cause: str) -> Investigation:
    """An investigation that is about to be opened, with its limit; not saved."""
    days = registry.region_of(recognition.area).limit("investigation_working_days", on=clock.today())
    return Investigation(
        recognition=recognition,
        cause=cause,
        opened_on=clock.today(),
        opened_by_name=opened_by,
        agency=recognition.person.agency,
        due_on=calendar.add_workdays(clock.today(), days).day,
    )


@transaction.atomic
def add_evidence(
    user: User,
    pk: int,
    *,
    note: str,
    place: str = "",
    content: bytes | None = None,
    file_name: str = "",
    version: int | None = None,
) -> InvestigationEvidence:
    """Write down what bears on the question, with a photograph or paper where there is one."""
    _, investigation = enter(user, "evidence", pk, version)
    if errors := too_long("note", note, "请写明看到什么、谁说的、哪一天。", "说明", LONGEST_WORDS):
        raise BadInput("请写明说明。", errors)
    document = None
    if content is not None:
        document = people.add_document(user.actor, investigation.recognition.person, "other", content, file_name)
    evidence = InvestigationEvidence.objects.create(
        investigation=investigation,
        note=note.strip(),
        place=place.strip()[:200],
        document=document,
        gathered_on=clock.today(),
        gathered_by_name=user.name,
    )
    _record(investigation, user, "investigation_evidence", {"note": note, "place": place}, evidence)
    return evidence


@transaction.atomic
def find(user: User, pk: int, *, finding: str, fraud: bool, holds: bool, version: int | None = None) -> Investigation:
    """Whoever investigated says what was found, in words: whether 三(六) holds, and whether there was fraud."""
    _, investigation = enter(user, "find", pk, version)
    errors = too_long("finding", finding, "请写明怎样核查、查到什么。", "结论", LONGEST_FINDING)
    if fraud and not holds:
        errors.append(("fraud", "情况不属实的，不能写明弄虚作假；查实弄虚作假的，请选“属实”。"))
    if errors:
        raise BadInput("有内容需要改正。", errors)
    investigation.status, investigation.finding = Status.FOUND, finding.strip()
    investigation.holds, investigation.fraud = holds, fraud
    investigation.found_on, investigation.found_by = clock.today(), user
    investigation.save()
    _record(investigation, user, "investigation_found", {"finding": finding.strip(), "holds": holds, "fraud": fraud})
    return investigation


@transaction.atomic
def tell(user: User, pk: int, *, how: str, proof: str, version: int | None = None) -> Investigation:
    """The person is told what was found, and may answer for `answer_days` days before anybody decides."""
    _, investigation = enter(user, "tell", pk, version)
    errors = too_long("how", how, "请写明怎样告知本人，例如：当面送达、邮寄、电话。", "告知方式", 200)
    errors += too_long("proof", proof, "请写明告知的凭据，例如：本人签收的回执、邮寄单号、录音编号。", "告知凭据", 200)
    if errors:
        raise BadInput("有内容需要改正。", errors)
    today = clock.today()
    days = registry.region_of(investigation.recognition.area).limit("answer_days", on=today)
    investigation.status, investigation.told_on, investigation.told_by = Status.TOLD, today, user
    investigation.told_how, investigation.told_proof = how.strip(), proof.strip()
    investigation.answer_by = today + timedelta(days=days)
    investigation.save()
    said = {"how": how.strip(), "proof": proof.strip(), "answer_by": investigation.answer_by}
    _record(investigation, user, "investigation_told", said)
    recognition = investigation.recognition
    result = "属实" if investigation.holds else "不属实"
    write_to(
        recognition.person,
        "调查结论告知",
        f"{recognition.person.name}：{investigation.opened_on:%Y年%-m月%-d日}对您的就业困难人员身份开始调查。"
        f"起因：{investigation.cause.rstrip('。')}。调查结论（{investigation.found_on:%Y年%-m月%-d日}）：{result}，"
        f"{investigation.finding.rstrip('。')}。调查机构：{investigation.agency.name}。依据吉人社发〔2022〕10号 三(六)，"
        f"结论由另一名工作人员决定。您可以在{investigation.answer_by:%Y年%-m月%-d日}以前登录系统，"
        "或到原办理平台陈述意见、提交凭据；决定以前您仍然在册。",
    )
    return investigation


@transaction.atomic
def respond(user: User, pk: int, *, words: str, version: int | None = None) -> Investigation:
    """The person answers, or a clerk writes down what the person signed."""
    _, investigation = enter(user, "respond", pk, version)
    if errors := too_long("words", words, "请写明您的意见和凭据。", "陈述", LONGEST_WORDS):
        raise BadInput("请写明陈述。", errors)
    investigation.responded_on, investigation.response = clock.today(), words.strip()
    investigation.save()
    _record(investigation, user, "investigation_responded", {"words": words.strip()})
    return investigation


@transaction.atomic
def send_back(user: User, pk: int, *, reason: str, version: int | None = None) -> Investigation:
    """A reviewer sends a finding back: it is to be found, and told, again. What the person answered stays."""
    _, investigation = enter(user, "send_back", pk, version)
    if errors := too_long("reason", reason, "请写明还要查清什么。", "理由"):
        raise BadInput("请写明理由。", errors)
    investigation.status, investigation.sent_back = Status.OPEN, reason.strip()
    investigation.told_on = investigation.told_by = investigation.answer_by = None
    investigation.told_how = investigation.told_proof = ""
    investigation.responded_on = None
    investigation.save()
    _record(investigation, user, "investigation_sent_back", {"reason": reason.strip()})
    return investigation


@transaction.atomic
def decide(user: User, pk: int, *, outcome: str, reason: str, version: int | None = None) -> Investigation:
    """A second person decides, once the person was told and heard: exit, annulment, correction of the record, or nothing.

    Exit and annulment record the finding as a fact and end the recognition on 三(六); what is annulled (五(三): the person
    never qualified) ends on the day it began. Fraud also means money to recover (`recovery`).
    Raises `GuardNotMet`: `not_told`, and `finding_differs` for an outcome that does not fit the finding.
    """
    _, investigation = enter(user, "decide", pk, version)
    errors = []
    if outcome not in Outcome.values:
        errors.append(("outcome", f"处理应为{'、'.join(Outcome.values)}之一（{'、'.join(Outcome.labels)}）。"))
    errors += too_long("reason", reason, "请写明决定的理由。", "理由", LONGEST_DECISION)
    if errors:
        raise BadInput("有内容需要改正。", errors)
    _must_fit(investigation, outcome)
    acts.guard(user, Sheet(investigation.recognition), "decide", investigation)
    investigation.status, investigation.outcome = Status.DECIDED, outcome
    investigation.decided_on, investigation.decided_by = clock.today(), user
    investigation.decision = reason.strip()
    ends = outcome in (Outcome.EXIT, Outcome.ANNUL)
    if investigation.fraud and ends:
        investigation.recovery = Investigation.Recovery.PENDING
    investigation.save()
    _record(investigation, user, "investigation_decided", {"outcome": outcome, "decision": reason.strip()})
    if investigation.recovery:
        _record(investigation, user, "recovery_handed_over", {"recovery": investigation.recovery})
    if ends:
        _end(user, investigation, annul=outcome == Outcome.ANNUL)
    else:
        _tell(investigation, "您继续在册。" if _still_there(investigation) else "")
    return investigation


def fitting(investigation: Investigation) -> tuple[str, ...]:
    """The outcomes that fit the finding."""
    return _FITS.get((bool(investigation.holds), investigation.fraud), ()) if investigation.holds is not None else ()


def _must_fit(investigation: Investigation, outcome: str) -> None:
    if outcome in fitting(investigation):
        return
    found = "属实" if investigation.holds else "不属实"
    if investigation.holds is None:
        found = "没有写明是否属实"
    elif investigation.fraud:
        found += "，有弄虚作假"
    can = "、".join(str(Outcome(code).label) for code in fitting(investigation))
    title = f"调查结论是“{found}”，处理“{Outcome(outcome).label}”与结论不一致。"
    title += f"按这一结论可以：{can}；结论不对的，请退回重查。" if can else "请退回重查。"
    raise GuardNotMet(title, [("outcome", title)], code="finding_differs", fitting=list(fitting(investigation)))


def _end(user: User, investigation: Investigation, *, annul: bool) -> None:
    recognition = investigation.recognition
    finding = f"{investigation.found_on:%Y年%-m月%-d日}调查结论：{investigation.finding}"
    fact = "fraud_found" if investigation.fraud else "disqualification_confirmed"
    evidence = f"经查实（{investigation.opened_on:%Y年%-m月%-d日}立案）：{investigation.finding}"
    record(user, recognition.person, {fact: True}, source=Source.SITE_VISIT, evidence=evidence)
    if recognition.status != Recognition.Status.ACTIVE and not annul:
        _tell(investigation, "您的就业困难人员身份此前已经退出，不再另行退出。")
        return
    close(
        user,
        recognition,
        ground=DISQUALIFIED,
        case="annulled" if annul else fact,
        on=recognition.recognised_on if annul else clock.today(),
        evidence=f"{investigation.decision.rstrip('。')}。{finding}",
        basis=[],
        annulled=annul,
    )


def _still_there(investigation: Investigation) -> bool:
    return bool(investigation.recognition.status == Recognition.Status.ACTIVE)


def _tell(investigation: Investigation, result: str) -> None:
    person = investigation.recognition.person
    title = str(Outcome(investigation.outcome).label)
    write_to(
        person,
        "调查处理结果",
        f"{person.name}：{investigation.opened_on:%Y年%-m月%-d日}开始的调查（吉人社发〔2022〕10号 三(六)）已经结束。{result}"
        f"调查结论：{investigation.finding.rstrip('。')}。处理：{title}。理由：{investigation.decision.rstrip('。')}。有意见的，可以向{investigation.agency.name}反映。",
    )


def _record(investigation: Investigation, user: User, action: str, payload: dict[str, object], *rows: Recorded) -> None:
    recognition = investigation.recognition
    said = {"recognition": recognition.number, "investigation": investigation.pk, **payload}
    said["status"], said["version"] = investigation.status, touch(recognition)
    said["state"] = set_by([investigation, recognition, *rows])
    history.append(recognition.file, user.actor, action, said, recognition.area)
