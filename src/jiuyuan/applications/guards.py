"""The guards of case transitions. Pages evaluate them in advance to explain why a button is disabled."""

from collections.abc import Collection, Iterable
from datetime import timedelta
from typing import TYPE_CHECKING

from jiuyuan.applications import failing, taking_back
from jiuyuan.procedures.table import Guard, OtherEyes
from jiuyuan.refusals import GuardNotMet
from jiuyuan.rules import facts as rule_facts
from jiuyuan.rules.policy import SIGNED_FORM
from jiuyuan.wording import say

if TYPE_CHECKING:
    from jiuyuan.applications.case import Case


def _labels(names: Iterable[str]) -> str:
    return "、".join(f"“{say(rule_facts.FACTS[name].label)}”" for name in names)


def _form_incomplete(case: "Case") -> str | None:
    empty = [
        label
        for label, value in (
            (say("姓名"), case.person.name),
            (say("联系电话"), case.phone),
            (say("常住地址"), case.address),
            (say("申请类别"), case.application.categories),
            (say("家庭成员（申请{values}的）", values=case.family_categories.values()), not case.household_lacking),
        )
        if not value
    ]
    return say("认定表还没有填完：{empty}。", empty=empty) if empty else None


def _materials_missing(case: "Case") -> str | None:
    missing = [requirement.label for requirement in case.missing_materials]
    return say("还缺材料：{missing}。", missing=missing) if missing else None


def _unsigned(case: "Case") -> str | None:
    if not case.unsigned or SIGNED_FORM not in case.missing_materials:  # lists evaluate this for each row
        return None
    return say(
        "提交时没有本人签名的承诺，也没有同意核实，不能受理。请收本人签字的承诺，或要求补正、由本人在网上签名后再提交。"
    )


def _contradicted(case: "Case") -> str | None:
    names = [item.name for item in case.contradictions]
    return say("{names}有互相矛盾的来源，请先核实并写明以哪个为准。", names=_labels(names)) if names else None


def _family_at_work(case: "Case") -> str | None:
    if not case.family_contradiction:
        return None
    who = "；".join(case.family_contradiction)
    return say("与“零就业家庭”矛盾：{who}。请核实：改正家庭成员，或写明以哪个为准。", who=who)


def _disputed(case: "Case") -> str | None:
    names = [item.name for item in case.disputed if item.name in case.decision.missing]
    if not names or case.special_case_granted:
        return None
    return say("{names}本人有异议，按“尚不清楚”处理；{case}", names=_labels(names), case=failing.wait_or_go_up(case))


def _not_eligible(case: "Case") -> GuardNotMet | None:
    if case.special_case_granted or case.decision.outcome == "eligible":
        return None
    return GuardNotMet(_why_not_eligible(case), code="rules_say_otherwise", **failing.otherwise(case))


def _why_not_eligible(case: "Case") -> str:
    if case.decision.outcome == "undetermined":
        return say("按规则还不能判断，需要先查清{missing}。", missing=_labels(case.decision.missing))
    answer = case.decision
    failed = [c for c in answer.clauses if c.status is False and c.code in {b.code for b in case.policy.base}]
    failed += [c for c in answer.clauses if c.code in answer.exclusions]
    reasons = "；".join(f"{c.clause} {c.title}：{c.reason.rstrip('。')}" for c in failed) or _none_of(
        case.policy.titles
    )
    return say("按规则不符合认定条件：{reasons}。", reasons=reasons)


def _none_of(categories: Collection[str]) -> str:
    many = len(categories)
    return say("{many}类情形都不符合", many=say("一二三四五六七八九十")[many - 1] if many <= 10 else many)


def _unverified(case: "Case") -> str | None:
    if not case.unverified:
        return None
    stale = [name for name in case.unverified if name in case.stale]
    declared = [name for name in case.unverified if name not in case.stale]
    said = []
    if declared:
        said.append(
            say(
                "{declared}只有本人填报，请先核实：部门共享数据、实地核查、证明材料或书面承诺",
                declared=_labels(declared),
            )
        )
    if stale:
        said.append(say("{stale}是以前的记录，可能有变化，请重新核实", stale=_labels(stale)))
    return "；".join(said) + "。"


def _special_case_open(case: "Case") -> str | None:
    return say("特殊情况正由县级研究，两名复核人意见一致后再办。") if case.open_special_case else None


def _special_case_not_open(case: "Case") -> str | None:
    return None if case.open_special_case else say("没有待研究的特殊情况。")


def _special_case_against(case: "Case") -> str | None:
    if not case.special_case_refused:
        return None
    return say("县级已按特殊情况研究，不同意按符合条件办理；不能通过，请按研究结果办理，或就新的情况再次上报。")


def _nothing_fails(case: "Case") -> GuardNotMet | None:
    return None if case.failing else failing.refusal(case)


def _not_returned_as_failing(case: "Case") -> GuardNotMet | None:
    returned = [clause["code"] for clause in case.returned_with]
    if not returned:
        said = say("复核退回时没有写明不符合的条款，是要改正后再报，不能不予认定；请改正后重新办理。")
        return GuardNotMet(said, code="clause_not_failing", failing=case.failing, **failing.otherwise(case))
    now = {clause["code"] for clause in case.failing}
    if changed := [code for code in returned if code not in now]:
        return failing.refusal(case, changed)
    return None


def _correction_running(case: "Case") -> str | None:
    until = case.application.correct_by
    if case.application.status != "correction" or (until and case.today > until):
        return None
    return (
        say("补正期限到{until:date}，期满没有补正的，才能不予受理。", until=until)
        if until
        else say("没有补正期限，不能不予受理。")
    )


def _notice_not_running(case: "Case") -> str | None:
    notice = case.notice
    running = notice and notice.taken_down_on is None and case.today <= notice.ends_on
    return None if running else say("公示期已结束，不能再提出异议；可以直接向办理平台反映情况。")


def _notice_not_over(case: "Case") -> str | None:
    if case.notice and case.today > case.notice.ends_on:
        return None
    ends_on = case.notice.ends_on if case.notice else case.today
    first = ends_on + timedelta(days=1)
    days = case.place.limit("notice_working_days", on=case.notice.posted_on if case.notice else case.today)
    return say(
        "公示到{ends_on:date}结束，满{days}个工作日，最早{first:date}可以签署。",
        ends_on=ends_on,
        days=days,
        first=first,
    )


def _objection_open(case: "Case") -> str | None:
    count = len(case.open_objections)
    return say("还有{count}条异议没有处理，请先核查并写明结果。", count=count) if count else None


def _objection_not_open(case: "Case") -> str | None:
    return None if case.open_objections else say("没有待处理的异议。")


def _batch_opened(case: "Case") -> str | None:
    opened = case.batch_opened_by
    return say("{opened}已经打开这一批，不能撤回；要改的，请复核人退回。", opened=opened) if opened else None


GUARDS: dict[str, Guard] = {
    guard.name: guard
    for guard in (
        Guard("form_complete", "form_incomplete", _form_incomplete, "补填认定表", "form"),
        Guard("materials_complete", "materials_missing", _materials_missing, "补齐材料", "documents"),
        Guard("signed", "unsigned", _unsigned, "收本人签字的承诺", "documents"),
        Guard("no_contradiction", "contradiction", _contradicted, "查清互相矛盾的来源", "facts"),
        Guard("no_family_at_work", "contradiction", _family_at_work, "核实家庭就业情况", "facts"),
        Guard("no_dispute", "disputed", _disputed, "查清有异议的记录"),
        Guard("eligible", "rules_say_otherwise", _not_eligible),
        Guard("verified", "unverified", _unverified, "核实本人填报的事项", "facts"),
        Guard("no_open_special_case", "special_case_open", _special_case_open, "等县级研究特殊情况", waits=True),
        Guard("open_special_case", "no_special_case", _special_case_not_open, answers=True),
        Guard("not_settled_against", "special_case_refused", _special_case_against, "按县级研究的结果办理"),
        Guard("a_clause_fails", "clause_not_failing", _nothing_fails),
        Guard("returned_as_failing", "clause_not_failing", _not_returned_as_failing),
        Guard("correction_over", "correction_running", _correction_running),
        Guard("batch_unopened", "batch_opened", _batch_opened),
        Guard("nothing_followed", "something_followed", taking_back.followed),
        Guard("notice_running", "notice_over", _notice_not_running, answers=True),
        Guard("notice_over", "notice_running", _notice_not_over, "等公示期满", waits=True),
        Guard("no_open_objection", "objection_open", _objection_open, "处理异议"),
        Guard("open_objection", "no_objection", _objection_not_open, answers=True),
    )
}
WHOSE = {"did_it_just_now": taking_back.not_mine}
BEFORE: dict[str, OtherEyes] = {
    "another_recognises": OtherEyes(
        lambda case: [case.application.endorsed_by], "初审意见是您签署的，认定须由另一人办理。"
    ),
    "another_voice": OtherEyes(
        lambda case: [o.reviewer for o in case.open_special_case.opinions.all()] if case.open_special_case else [],
        "您已提出研究意见，须由另一名复核人再提。",
    ),
}
