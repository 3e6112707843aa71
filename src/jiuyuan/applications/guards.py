"""What must hold before a transition. A guard is named and speaks: the page asks it in advance why a button is off."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from jiuyuan.agencies.roles import STAFF
from jiuyuan.rules import facts as rule_facts

if TYPE_CHECKING:
    from jiuyuan.applications.case import Case


@dataclass(frozen=True)
class Guard:
    """`unmet` returns the sentence that says what is not there yet and what to do, or None."""

    name: str
    unmet: Callable[["Case"], str | None]


def _labels(names: list[str]) -> str:
    return "、".join(f"“{rule_facts.FACTS[name].label}”" for name in names)


def _ones_own(case: "Case") -> str | None:
    user, person = case.user, case.person
    if user is None or user.role not in STAFF:
        return None
    same = person.account_id == user.pk or (user.id_index and user.id_index == person.id_index)
    return "这是您本人的申请，须由其他人员办理。" if same else None


def _form_incomplete(case: "Case") -> str | None:
    empty = [
        label
        for label, value in (
            ("姓名", case.person.name),
            ("联系电话", case.person.phone),
            ("常住地址", case.person.address),
            ("申请类别", case.application.categories),
        )
        if not value
    ]
    return f"认定表还没有填完：{'、'.join(empty)}。" if empty else None


def _materials_missing(case: "Case") -> str | None:
    missing = [requirement.label for requirement in case.missing_materials]
    return f"还缺材料：{'、'.join(missing)}。" if missing else None


def _contradicted(case: "Case") -> str | None:
    names = [item.name for item in case.contradictions]
    return f"{_labels(names)}有互相矛盾的来源，请先核实并写明以哪个为准。" if names else None


def _not_eligible(case: "Case") -> str | None:
    if case.special_case_granted or case.decision.outcome == "eligible":
        return None
    if case.decision.outcome == "undetermined":
        return f"按规则还不能判断，需要先查清{_labels(list(case.decision.missing))}。"
    answer = case.decision
    failed = [c for c in answer.clauses if c.status is False and c.code in {b.code for b in case.policy.base}]
    failed += [c for c in answer.clauses if c.code in answer.exclusions]
    reasons = "；".join(f"{c.clause} {c.title}：{c.reason}" for c in failed) or "七类情形都不符合"
    return f"按规则不符合认定条件：{reasons}"


def _unverified(case: "Case") -> str | None:
    if not case.unverified:
        return None
    stale = [name for name in case.unverified if name in case.stale]
    declared = [name for name in case.unverified if name not in case.stale]
    said = []
    if declared:
        said.append(f"{_labels(declared)}只有本人填报，请先核实：部门共享数据、实地核查、证明材料或书面承诺")
    if stale:
        said.append(f"{_labels(stale)}是以前的记录，可能有变化，请重新核实")
    return "；".join(said) + "。"


def _special_case_open(case: "Case") -> str | None:
    return "特殊情况正由县级研究，两名复核人意见一致后再办。" if case.open_special_case else None


def _special_case_not_open(case: "Case") -> str | None:
    return None if case.open_special_case else "没有待研究的特殊情况。"


def _spoken_already(case: "Case") -> str | None:
    special = case.open_special_case
    if special and case.user and any(opinion.reviewer_id == case.user.pk for opinion in special.opinions.all()):
        return "您已提出研究意见，须由另一名复核人再提。"
    return None


def _rests_on_dispute(case: "Case") -> str | None:
    if not case.disputed or case.decision.outcome == "ineligible":
        return None
    names = [item.name for item in case.disputed]
    return f"{_labels(names)}本人有异议，不能只凭有异议的记录拒绝；请等查清，或按特殊情况上报。"


def _notice_not_running(case: "Case") -> str | None:
    notice = case.notice
    running = notice and notice.taken_down_on is None and case.today <= notice.ends_on
    return None if running else "公示期已结束，不能再提出异议；可以直接向办理平台反映情况。"


def _notice_not_over(case: "Case") -> str | None:
    if case.notice and case.today > case.notice.ends_on:
        return None
    ends_on = case.notice.ends_on if case.notice else case.today
    first = ends_on + timedelta(days=1)
    return f"公示到{ends_on:%Y年%-m月%-d日}结束，满3个工作日，最早{first:%Y年%-m月%-d日}可以签署。"


def _objection_open(case: "Case") -> str | None:
    count = len(case.open_objections)
    return f"还有{count}条异议没有处理，请先核查并写明结果。" if count else None


def _objection_not_open(case: "Case") -> str | None:
    return None if case.open_objections else "没有待处理的异议。"


def _endorsed_by_same(case: "Case") -> str | None:
    endorser, user = case.application.endorsed_by, case.user
    if endorser is None or user is None:
        return None
    same = endorser.pk == user.pk or (endorser.id_index and endorser.id_index == user.id_index)
    return "初审意见是您签署的，认定须由另一人办理。" if same else None


NOT_ONES_OWN = Guard("not_ones_own", _ones_own)
FORM_COMPLETE = Guard("form_complete", _form_incomplete)
MATERIALS_COMPLETE = Guard("materials_complete", _materials_missing)
NO_CONTRADICTION = Guard("no_contradiction", _contradicted)
ELIGIBLE = Guard("eligible", _not_eligible)
VERIFIED = Guard("verified", _unverified)
NO_OPEN_SPECIAL_CASE = Guard("no_open_special_case", _special_case_open)
OPEN_SPECIAL_CASE = Guard("open_special_case", _special_case_not_open)
NOT_TWICE_ON_A_SPECIAL_CASE = Guard("not_twice_on_a_special_case", _spoken_already)
NOT_ON_A_DISPUTED_FACT_ALONE = Guard("not_on_a_disputed_fact_alone", _rests_on_dispute)
NOTICE_RUNNING = Guard("notice_running", _notice_not_running)
NOTICE_OVER = Guard("notice_over", _notice_not_over)
NO_OPEN_OBJECTION = Guard("no_open_objection", _objection_open)
OPEN_OBJECTION = Guard("open_objection", _objection_not_open)
NOT_BOTH_ENDORSED_AND_RECOGNISED = Guard("not_both_endorsed_and_recognised", _endorsed_by_same)
