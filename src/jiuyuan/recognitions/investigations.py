"""Finding out what is so before anybody loses anything (三(六) 经查实): opened, gathered, found in words, decided by another."""

from django.db import transaction

from jiuyuan import clock
from jiuyuan.agencies.models import User
from jiuyuan.agencies.roles import Right
from jiuyuan.history import services as history
from jiuyuan.people import services as people
from jiuyuan.people.models import Source
from jiuyuan.recognitions.models import Investigation, InvestigationEvidence, Recognition
from jiuyuan.recognitions.services import end, visible_recognition
from jiuyuan.refusals import BadInput, Conflict, GuardNotMet, NotForRole, NotFound, WrongState
from jiuyuan.rules import calendar, parameters

Status, Outcome = Investigation.Status, Investigation.Outcome


@transaction.atomic
def open_investigation(user: User, recognition_id: int, *, cause: str) -> Investigation:
    """Open an investigation by hand; the nightly run opens those that follow from a signal."""
    recognition = visible_recognition(user, recognition_id)
    if not user.may(Right.PROPOSE_EXITS):
        raise NotForRole("调查由基层经办人或县级复核人提出。")
    if recognition.status != Recognition.Status.ACTIVE:
        raise WrongState("这条认定已经退出，不用再调查。", status=recognition.status, actions=[])
    if not cause.strip():
        raise BadInput("请写明起因。", [("cause", "请写明为什么需要调查：谁反映的、哪条记录。")])
    if recognition.investigations.exclude(status=Status.DECIDED).exists():
        raise Conflict("这个人已有正在进行的调查。")
    investigation = prepared(recognition, user.name, cause=cause.strip())
    investigation.save(force_insert=True)
    _record(investigation, user, "investigation_opened", {"cause": cause})
    return investigation


def prepared(recognition: Recognition, opened_by: str, *, cause: str) -> Investigation:
    """An investigation that is about to be opened, with its limit; not saved."""
    days = parameters.limit("investigation_working_days", on=clock.today())
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
    user: User, pk: int, *, note: str, place: str = "", content: bytes | None = None, file_name: str = ""
) -> InvestigationEvidence:
    """Write down what bears on the question, with a photograph or paper where there is one."""
    investigation = _visible(user, pk)
    if investigation.status == Status.DECIDED:
        raise WrongState("调查已经决定，不能再加证据。", status=investigation.status, actions=[])
    if not note.strip():
        raise BadInput("请写明说明。", [("note", "请写明看到什么、谁说的、哪一天。")])
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
    _record(investigation, user, "investigation_evidence", {"note": note, "place": place})
    return evidence


@transaction.atomic
def find(user: User, pk: int, *, finding: str, fraud: bool) -> Investigation:
    """Whoever investigated says what was found, in words; somebody else then decides."""
    investigation = _visible(user, pk)
    if investigation.status == Status.DECIDED:
        raise WrongState("调查已经决定。", status=investigation.status, actions=[])
    if not finding.strip():
        raise BadInput("请写明结论。", [("finding", "请写明怎样核查、查到什么。")])
    investigation.status, investigation.finding, investigation.fraud = Status.FOUND, finding.strip(), fraud
    investigation.found_on, investigation.found_by = clock.today(), user
    investigation.version += 1
    investigation.save()
    _record(investigation, user, "investigation_found", {"finding": finding, "fraud": fraud})
    return investigation


@transaction.atomic
def decide(user: User, pk: int, *, outcome: str, decision: str) -> Investigation:
    """A second person decides: exit, correction of the record, or nothing.

    An exit records the finding as a fact (`fraud_found` or `disqualification_confirmed`) and ends the recognition on
    三(六). Fraud also means money to recover (五(三)): the investigation is then handed over for that (`recovery`).
    """
    investigation = _visible(user, pk)
    if not user.may(Right.DECIDE_EXITS):
        raise NotForRole("调查结论由县（市、区）复核人决定。")
    if investigation.status != Status.FOUND:
        raise WrongState("要先写明调查结论，再由另一人决定。", status=investigation.status, actions=[])
    if investigation.found_by_id == user.pk:
        raise GuardNotMet("调查结论是您写的，须由另一人决定。")
    errors = []
    if outcome not in Outcome.values:
        errors.append(("outcome", f"请选择{'、'.join(Outcome.labels)}之一。"))
    if not decision.strip():
        errors.append(("decision", "请写明决定的理由。"))
    if errors:
        raise BadInput("有内容需要改正。", errors)
    investigation.status, investigation.outcome = Status.DECIDED, outcome
    investigation.decided_on, investigation.decided_by = clock.today(), user
    investigation.decision, investigation.version = decision.strip(), investigation.version + 1
    if investigation.fraud and outcome == Outcome.EXIT:
        investigation.recovery = Investigation.Recovery.PENDING
    investigation.save()
    _record(investigation, user, "investigation_decided", {"outcome": outcome, "decision": decision})
    if investigation.recovery:
        _record(investigation, user, "recovery_handed_over", {"recovery": investigation.recovery})
    if outcome == Outcome.EXIT:
        recognition = investigation.recognition
        evidence = f"经查实（{investigation.opened_on}立案）：{investigation.finding}"[:400]
        fact = "fraud_found" if investigation.fraud else "disqualification_confirmed"
        people.record_facts(
            user.actor,
            recognition.person,
            {fact: True},
            source=Source.SITE_VISIT,
            evidence=evidence,
            settlement=evidence,
            by_act=True,
        )
        end(
            user,
            recognition.pk,
            version=recognition.version,
            ground="disqualified",
            on=clock.today(),
            evidence=evidence,
        )
    return investigation


def _visible(user: User, pk: int) -> Investigation:
    rows = Investigation.objects.visible_to(user).select_related("recognition__person__account", "recognition__agency")
    investigation = rows.select_for_update(of=("self",)).filter(pk=pk).first()
    if investigation is None:
        raise NotFound("没有这项调查。")
    if not user.may(Right.PROPOSE_EXITS):
        raise NotForRole("调查由基层经办人和县级复核人办理。")
    return investigation


def _record(investigation: Investigation, user: User, action: str, payload: dict[str, object]) -> None:
    recognition = investigation.recognition
    said = {"recognition": recognition.number, "investigation": investigation.pk, **payload}
    history.append(recognition.file, user.actor, action, said, recognition.area)
