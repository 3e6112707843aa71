"""A case as a line of steps for the person themselves: who did what and when, what comes next and by when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from jiuyuan import clock
from jiuyuan.applications.case import Case
from jiuyuan.applications.models import Status
from jiuyuan.applications.refused import why
from jiuyuan.history.models import Entry
from jiuyuan.templatetags.plain import day, recent

_WAY = ("submit", "accept", "first_review_pass", "endorse", "report", "recognise")
_LABELS = {
    "submit": "提交申请",
    "accept": "受理",
    "first_review_pass": "初审",
    "endorse": "公示3个工作日，签署初审意见",
    "report": "上报县（市、区）",
    "recognise": "县（市、区）复核认定",
}
#: The step that is being worked on in each state: the first that is not done.
_NEXT = {
    Status.DRAFT: "submit",
    Status.CORRECTION: "submit",
    Status.SUBMITTED: "accept",
    Status.ACCEPTED: "first_review_pass",
    Status.PUBLISHING: "endorse",
    Status.ENDORSED: "report",
    Status.REPORTED: "recognise",
    Status.RETURNED: "first_review_pass",
}
_ENDINGS = {
    Status.DECLINED: ("decline", "不予受理"),
    Status.WITHDRAWN: ("withdraw", "已撤回"),
}


@dataclass(frozen=True)
class Standing:
    """Where a case stands, in the largest words on the page, and what the person can expect or do."""

    title: str
    text: str


def standing(case: Case) -> Standing:
    application, agency = case.application, case.application.agency.name
    due = f"应在{day(application.due_on)}前办结。" if application.due_on else ""
    texts = {
        Status.DRAFT: ("还没有提交", "填好并签名提交后，工作人员才能看到。"),
        Status.SUBMITTED: ("已提交，等待受理", f"{agency}看过材料后受理，受理后10个工作日内办结。"),
        Status.CORRECTION: ("要补正几处，改好再提交", _correction_text(case)),
        Status.ACCEPTED: ("正在初审", f"{agency}正在核实您填的情况。{due}"),
        Status.PUBLISHING: ("正在公示", _notice_text(case)),
        Status.ENDORSED: ("初审通过，准备上报", f"{agency}将上报县（市、区）复核。{due}"),
        Status.REPORTED: ("县（市、区）正在复核", due),
        Status.RETURNED: _returned(case, due),
        Status.RECOGNISED: ("您已被认定为就业困难人员", _recognised_text(case)),
        Status.DECLINED: ("没有受理", _reason(case)),
        Status.REJECTED: ("不符合认定条件", _reason(case)),
        Status.WITHDRAWN: ("已撤回", _withdrawn_text(case)),
    }
    return Standing(*texts[Status(application.status)])


def _notice_text(case: Case) -> str:
    if case.notice is None:
        return ""
    later = f"最早{recent(case.next_on)}签署初审意见。" if case.next_on else ""
    return f"公示到{recent(case.notice.ends_on)}结束，没有异议的，{later}"


def _recognised_text(case: Case) -> str:
    recognition = case.application.recognition
    return f"{day(recognition.recognised_on)}，{recognition.agency.name}认定。" if recognition else ""


def _reason(case: Case) -> str:
    opinion = case.opinions[-1] if case.opinions else None
    return f"原因：{why(opinion.decision, opinion.text)}。" if opinion else ""


def _returned(case: Case, due: str) -> tuple[str, str]:
    agency = case.application.agency.name
    if case.returned_with:
        return (
            "复核没有通过",
            f"{_reason(case)}{agency}会把正式结果告诉您；您认为不对的，现在就可以向{agency}说明。{due}",
        )
    return "复核退回，要补充或改正", f"{_reason(case)}{agency}核实后会重新办理，不用您重新申请。{due}"


def _correction_text(case: Case) -> str:
    until = case.application.correct_by
    return f"只改下面这几处，其他内容不用再填。{f'请在{day(until)}前提交。' if until else ''}"


def _withdrawn_text(case: Case) -> str:
    act = next((entry for entry in reversed(case.acts) if entry.action == "withdraw"), None)
    later = "以后需要时可以重新申请。"
    if act is None or act.role != "clerk":
        return later
    said = f"原因：{reason}。" if (reason := str(act.payload.get("reason", "")).rstrip("。")) else ""
    agency = case.application.agency.name
    return f"由{agency}按您签字的书面请求撤回。{said}如果不是您提出的，请马上联系{agency}。{later}"


def steps(case: Case, entries: Sequence[Entry]) -> list[dict[str, Any]]:
    """For `components/steps.html`. What was done before a second round began is shown as it was last done."""
    status = Status(case.application.status)
    last = {entry.action: entry for entry in entries}
    following = _NEXT.get(status)
    reached = _WAY.index(following) if following else len(_WAY)
    line: list[dict[str, Any]] = []
    for place, action in enumerate(_WAY):
        entry = last.get(action)
        step: dict[str, Any] = {"label": _LABELS[action]}
        if place < reached and entry and (following or status == Status.RECOGNISED):
            step |= {"state": "done", "who": _who(entry), "when": _day(entry.at)}
        elif action == following:
            step |= {"state": "next", **_expected(case, action)}
        elif following:
            step |= {"state": "later"}
        elif entry:
            step |= {"state": "done", "who": _who(entry), "when": _day(entry.at)}
        else:
            continue
        line.append(step)
    if not following and status != Status.RECOGNISED:
        line.append(_ending(case, status, last))
    return line


def _expected(case: Case, action: str) -> dict[str, Any]:
    application = case.application
    if application.status == Status.RETURNED:
        return {"label": "按退回意见处理", "note": f"{day(application.due_on)}前"}
    if application.status == Status.CORRECTION:
        return {"label": "补正后重新提交", "note": "等您来办"}
    if action == "submit":
        return {"note": "等您来办"}
    if action == "endorse" and case.notice:
        return {"note": f"公示到{recent(case.notice.ends_on)}，最早{recent(case.next_on)}签署"}
    return {"note": f"{day(application.due_on)}前"} if application.due_on else {"who": application.agency.name}


def _ending(case: Case, status: Status, last: dict[str, Entry]) -> dict[str, Any]:
    action, label = _ENDINGS.get(status, ("", "初审不符合"))
    entry = last.get(action)
    for refused in ("reject", "settle_objection", "first_review_fail"):
        if status == Status.REJECTED and refused in last:
            entry = last[refused]
            label = {"reject": "复核未通过", "settle_objection": "异议成立，不予认定"}.get(refused, label)
            break
    when: date | None = _day(entry.at) if entry else case.application.finished_on
    return {"label": label, "state": "stopped", "who": _who(entry) if entry else "", "when": when}


def _who(entry: Entry) -> str:
    return "您本人" if entry.role == "applicant" else f"{entry.agency} {entry.actor_name}".strip()


def _day(at: datetime) -> date:
    return at.astimezone(clock.CHINA).date()
