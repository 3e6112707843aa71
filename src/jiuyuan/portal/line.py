"""A case as progress steps for the applicant: what was done by whom and when, and what comes next."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from jiuyuan import clock
from jiuyuan.agencies.models import User
from jiuyuan.applications.case import Case
from jiuyuan.applications.models import Application
from jiuyuan.applications.refusal_texts import why
from jiuyuan.applications.workflow import APPLICATION
from jiuyuan.history.models import Entry
from jiuyuan.templatetags.plain import day, recent
from jiuyuan.wording import say


@dataclass(frozen=True)
class CaseHeadline:
    """The state of a case as the main heading, with what the person can expect or do."""

    title: str
    text: str


def standing(case: Case) -> CaseHeadline:
    """The procedure's description of the state, with the case's dates and names."""
    state = case.application.state
    if case.returned_with and not state.final and state.code == "returned":
        return CaseHeadline(say("复核没有通过"), _returned(case))
    if case.notice_is_over:
        return CaseHeadline(say("公示已结束"), _after_the_notice(case))
    stay = case.application.recognition
    ended = stay is not None and stay.ended_on is not None
    title = say("认定已经结束") if ended else state.title or state.label
    return CaseHeadline(title, state.text.format_map(TextWords(case)))


def title(application: Application, user: User) -> str:
    """The heading only; an open case is loaded fully, a closed one is shown as it ended."""
    state = application.state
    return standing(Case(application, user)).title if application.is_open else state.title or state.label


class TextWords(dict[str, str]):
    """The fields available to a procedure's texts, computed on use; other names are limits of the region."""

    def __init__(self, case: Case) -> None:
        super().__init__()
        self.case = case

    def __missing__(self, name: str) -> str:
        if make := _WORDS.get(name):
            return make(self.case)
        return str(self.case.place.limit(name, on=self.case.application.accepted_on or self.case.today))


def _due(case: Case) -> str:
    return say("应在{due_on}前办完。", due_on=day(case.application.due_on)) if case.application.due_on else ""


def _notice_text(case: Case) -> str:
    if case.notice is None:
        return ""
    later = say("最早{next_on}写初审意见。", next_on=recent(case.next_on)) if case.next_on else ""
    return say("公示到{ends_on}结束，没有异议的，{later}", ends_on=recent(case.notice.ends_on), later=later)


def _after_the_notice(case: Case) -> str:
    agency = case.application.agency.name
    if case.objections:  # what is merely claimed is not disclosed
        return say("等{agency}核实清楚，写初审意见。{due}", agency=agency, due=_due(case))
    return say("没有异议，等{agency}写初审意见。{due}", agency=agency, due=_due(case))


def _recognised_text(case: Case) -> str:
    recognition = case.application.recognition
    if recognition is None:
        return ""
    said = say(
        "{recognised_on}，{name}认定。", recognised_on=day(recognition.recognised_on), name=recognition.agency.name
    )
    if recognition.ended_on:
        said += say("{ended_on}起已经结束。", ended_on=day(recognition.ended_on))
    return said


def _reason(case: Case) -> str:
    opinion = case.opinions[-1] if case.opinions else None
    return say("原因：{why}。", why=why(opinion.decision, opinion.text)) if opinion else ""


def _returned(case: Case) -> str:
    agency = case.application.agency.name
    return say(
        "{case}{agency}会把正式结果告诉您；您认为不对的，现在就可以向{agency}说明。{case_2}",
        case=_reason(case),
        agency=agency,
        case_2=_due(case),
    )


def _until(case: Case) -> str:
    until = case.application.correct_by
    if until and until < case.today:
        return say("{until:date}已过，现在还可以提交。", until=until)
    return say("请在{until}前提交。", until=day(until)) if until else ""


def _withdrawn_text(case: Case) -> str:
    act = next((entry for entry in reversed(case.acts) if entry.action == "withdraw"), None)
    later = say("以后需要时可以重新申请。")
    if act is None or act.role != "clerk":
        return later
    said = say("原因：{reason}。", reason=reason) if (reason := str(act.payload.get("reason", "")).rstrip("。")) else ""
    agency = case.application.agency.name
    return say(
        "由{agency}按您签字的书面请求撤回。{said}如果不是您提出的，请马上联系{agency}。{later}",
        agency=agency,
        said=said,
        later=later,
    )


_WORDS: dict[str, Callable[[Case], str]] = {
    "agency": lambda case: case.application.agency.name,
    "due": _due,
    "until": _until,
    "notice": _notice_text,
    "recognised": _recognised_text,
    "reason": _reason,
    "withdrawn": _withdrawn_text,
}


def steps(case: Case, entries: Sequence[Entry]) -> list[dict[str, Any]]:
    """The steps for `components/steps.html`. In a second round, earlier acts are shown as last performed."""
    state, way = case.application.state, APPLICATION.of(case.region).steps
    last = {entry.action: entry for entry in entries}
    actions = [step.action for step in way]
    reached = actions.index(state.step) if state.step else len(way)
    recognised = case.application.recognition_id is not None
    line: list[dict[str, Any]] = []
    for place, there in enumerate(way):
        entry = last.get(there.action)
        step: dict[str, Any] = {"label": there.said.format_map(TextWords(case))}
        if place < reached and entry and (state.step or recognised):
            step |= {"state": "done", "who": _who(entry), "when": _day(entry.at)}
        elif there.action == state.step:
            step |= {"state": "next", **_expected(case, there.action)}
        elif state.step:
            step |= {"state": "later"}
        elif entry:
            step |= {"state": "done", "who": _who(entry), "when": _day(entry.at)}
        else:
            continue
        line.append(step)
    if state.final and not recognised:
        line.append(_ending(case, last))
    return line


def _expected(case: Case, action: str) -> dict[str, Any]:
    application, state = case.application, case.application.state
    if state.code == "returned":
        return {"label": say("按退回意见处理"), "note": say("{due_on}前", due_on=day(application.due_on))}
    if application.corrections:
        return {"label": say("补正后重新提交"), "note": say("等您来办")}
    if state.theirs:
        return {"note": say("等您来办")}
    if posted := case.posted:
        return {
            "note": say(
                "公示到{ends_on}，最早{next_on}写初审意见", ends_on=recent(posted.ends_on), next_on=recent(case.next_on)
            )
        }
    return (
        {"note": say("{due_on}前", due_on=day(application.due_on))}
        if application.due_on
        else {"who": application.agency.name}
    )


def _ending(case: Case, last: dict[str, Entry]) -> dict[str, Any]:
    """How the case ended, in the words of the act."""
    state = case.application.state
    ending = [t for t in APPLICATION.of(case.region).transitions if state.code in t.targets and t.action in last]
    act = max(ending, key=lambda transition: last[transition.action].seq, default=None)
    entry = last[act.action] if act else None
    when: date | None = _day(entry.at) if entry else case.application.finished_on
    label = (act.ending if act else "") or state.label
    return {"label": label, "state": "stopped", "who": _who(entry) if entry else "", "when": when}


def _who(entry: Entry) -> str:
    return say("您本人") if entry.role == "applicant" else f"{entry.agency} {entry.actor_name}".strip()


def _day(at: datetime) -> date:
    return at.astimezone(clock.CHINA).date()
