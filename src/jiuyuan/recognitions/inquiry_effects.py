"""What each act of an investigation writes, and the consequences of its decision (三(六), 五(三))."""

from datetime import date, timedelta
from typing import Any

from jiuyuan.agencies.models import User
from jiuyuan.people.models import Source
from jiuyuan.procedures import engine
from jiuyuan.procedures.registry import WORKFLOWS
from jiuyuan.procedures.who_acted import by, sign
from jiuyuan.recognitions.act_facts import record
from jiuyuan.recognitions.grounds import DISQUALIFIED, grounds_of
from jiuyuan.recognitions.models import Investigation, InvestigationEvidence, Recognition
from jiuyuan.recognitions.stay import Inquiry, day, fitting
from jiuyuan.refusals import BadInput, GuardNotMet
from jiuyuan.regions import registry
from jiuyuan.rules import calendar
from jiuyuan.wording import for_record, say

Said = dict[str, Any]
Outcome = Investigation.Outcome
_ENDS = (Outcome.EXIT, Outcome.ANNUL)


def prepared(recognition: Recognition, opened_by: User | None, name: str, today: date, *, cause: str) -> Investigation:
    """Prepare an investigation with its limit, without saving it."""
    days = registry.region_of(recognition.area).limit("investigation_working_days", on=today)
    return Investigation(
        recognition=recognition,
        cause=cause,
        opened_on=today,
        opened_by=opened_by,
        opened_by_name=name,
        agency=recognition.person.agency,
        due_on=calendar.add_workdays(today, days).day,
    )


def _investigate(inquiry: Inquiry, said: Said) -> Said:
    inquiry.subject = prepared(inquiry.stay, inquiry.user, inquiry.actor.name, inquiry.today, cause=said["cause"])
    return {"cause": said["cause"]}


def _evidence(inquiry: Inquiry, said: Said) -> Said:
    """Record evidence, with its photograph or paper if there is one."""
    paper = said.get("file")
    evidence = InvestigationEvidence.objects.create(
        investigation=inquiry.subject,
        note=said["note"],
        place=said.get("place", ""),
        document=paper.keep(inquiry) if paper else None,
        **by(inquiry, InvestigationEvidence, "gathered"),
    )
    inquiry.wrote(evidence)
    return {"note": said["note"], "place": said.get("place", "")}


def _no_fraud_where_nothing_holds(_inquiry: Inquiry, said: Said) -> None:
    if said["fraud"] and not said["holds"]:
        message = say("情况不属实的，不能写明弄虚作假；查实弄虚作假的，请选“属实”。")
        raise BadInput(say("有内容需要改正。"), [("fraud", message)])


def _find(inquiry: Inquiry, said: Said) -> Said:
    investigation = inquiry.subject
    investigation.finding, investigation.holds, investigation.fraud = said["finding"], said["holds"], said["fraud"]
    sign(inquiry, investigation, "found")
    return dict(said)


def _tell(inquiry: Inquiry, said: Said) -> Said:
    """Tell the person, who can answer for `answer_days` days before anybody decides."""
    investigation = inquiry.subject
    days = registry.region_of(inquiry.stay.area).limit("answer_days", on=inquiry.today)
    sign(inquiry, investigation, "told")
    investigation.told_how, investigation.told_proof = said["how"], said["proof"]
    investigation.answer_by = inquiry.today + timedelta(days=days)
    inquiry.words = _words(investigation) | {
        "cause": investigation.cause.rstrip("。"),
        "found": investigation.found_on,
        "result": say("属实") if investigation.holds else say("不属实"),
        "until": investigation.answer_by,
    }
    return {**said, "answer_by": investigation.answer_by}


def _respond(inquiry: Inquiry, said: Said) -> Said:
    """Record the answer. If a clerk recorded it, show the person what was written in their name."""
    inquiry.subject.responded_on, inquiry.subject.response = inquiry.today, said["words"]
    inquiry.tells_nothing = inquiry.user is None or not inquiry.user.is_staff_member
    inquiry.words = _words(inquiry.subject) | {"words": said["words"].rstrip("。")}
    return dict(said)


def _send_back(inquiry: Inquiry, said: Said) -> Said:
    """Return it for a new finding and hearing. The person's answer is kept."""
    investigation = inquiry.subject
    investigation.sent_back = said["reason"]
    investigation.told_on = investigation.told_by = investigation.answer_by = None
    investigation.told_how = investigation.told_proof = ""
    investigation.responded_on = None
    return dict(said)


def _must_fit(inquiry: Inquiry, said: Said) -> None:
    """Raise `GuardNotMet` (`finding_differs`) if the outcome does not fit the finding."""
    investigation, outcome = inquiry.subject, said["outcome"]
    if outcome in fitting(investigation):
        return
    found = say("属实") if investigation.holds else say("不属实")
    if investigation.holds is None:
        found = say("没有写明是否属实")
    elif investigation.fraud:
        found += say("，有弄虚作假")
    can = "、".join(str(Outcome(code).label) for code in fitting(investigation))
    title = say("调查结论是“{found}”，处理“{label}”与结论不一致。", found=found, label=Outcome(outcome).label)
    title += say("按这一结论可以：{can}；结论不对的，请退回重查。", can=can) if can else say("请退回重查。")
    raise GuardNotMet(title, [("outcome", title)], code="finding_differs", fitting=list(fitting(investigation)))


def _decide(inquiry: Inquiry, said: Said) -> Said:
    """Decide as a second person: exit, annulment, correction of the record, or nothing.

    Fraud also requires recovery of money.
    """
    investigation, outcome = inquiry.subject, said["outcome"]
    investigation.outcome, investigation.decision = outcome, said["reason"]
    sign(inquiry, investigation, "decided")
    inquiry.tells_nothing = _ends(inquiry)
    result = say("您继续在册。") if inquiry.active else ""
    if outcome in _ENDS:
        result = say("您的就业困难人员身份此前已经退出，不再另行退出。")
    inquiry.words = _words(investigation) | {
        "result": result, "what": say(str(Outcome(outcome).label)), "because": said["reason"].rstrip("。"),
    }  # fmt: skip
    return {"outcome": outcome, "decision": said["reason"]}


def _ends(inquiry: Inquiry) -> bool:
    """Whether the decision ends the recognition, which then has a letter of its own."""
    outcome = inquiry.subject.outcome
    return outcome == Outcome.ANNUL or (outcome == Outcome.EXIT and inquiry.active)


def _end_as_decided(inquiry: Inquiry, _said: Said) -> None:
    """End the recognition on 三(六) and record the finding as a fact.

    An annulled recognition (五(三): the person never qualified) ends on its first day.
    """
    investigation, user = inquiry.subject, inquiry.user
    if investigation.outcome not in _ENDS:
        return
    assert user is not None
    if investigation.fraud:
        engine.follow(inquiry, WORKFLOWS["investigation"], investigation, "hand_over")
    annul = investigation.outcome == Outcome.ANNUL
    fact = "fraud_found" if investigation.fraud else "disqualification_confirmed"
    evidence = for_record(
        "经查实（{opened_on}立案）：{finding}",
        opened_on=day(investigation.opened_on),
        finding=investigation.finding,
    )
    record(user, inquiry.person, {fact: True}, source=Source.SITE_VISIT, evidence=evidence)
    if not _ends(inquiry):
        return
    finding = say("{found_on}调查结论：{finding}", found_on=day(investigation.found_on), finding=investigation.finding)
    ended = {
        "ground": DISQUALIFIED,
        "case": "annulled" if annul else fact,
        "on": inquiry.stay.recognised_on if annul else inquiry.today,
        "evidence": f"{investigation.decision.rstrip('。')}。{finding}",
        "basis": [],
    }
    engine.follow(inquiry, WORKFLOWS["recognition"], inquiry.stay, "annul" if annul else "close", ended)


def _hand_over(inquiry: Inquiry, _said: Said) -> Said:
    inquiry.subject.recovery = Investigation.Recovery.PENDING
    return {"recovery": inquiry.subject.recovery}


def _call_off(inquiry: Inquiry, _said: Said) -> Said:
    inquiry.subject.recovery = ""
    return {}


def _words(investigation: Investigation) -> Said:
    return {
        "opened": investigation.opened_on,
        "finding": investigation.finding.rstrip("。"),
        "inquirer": investigation.agency.name,
        "clause": grounds_of(investigation.recognition)[DISQUALIFIED].clause,
    }


EFFECTS = {
    "investigate": _investigate, "evidence": _evidence, "find": _find, "tell": _tell, "respond": _respond,
    "send_back": _send_back, "decide": _decide, "hand_over": _hand_over, "call_off": _call_off,
}  # fmt: skip
CHECKS = {"find": _no_fraud_where_nothing_holds, "decide": _must_fit}
AFTER = {"decide": _end_as_decided}
