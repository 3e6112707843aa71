"""How the desk shows each kind of oversight object.

**To add one**: entries in `THINGS`, `urls`, the frame, and `tests/consistency/pages_of_the_desk.py`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.urls import reverse

from jiuyuan import clock
from jiuyuan.agencies.models import User
from jiuyuan.applications.models import Application
from jiuyuan.desk.doubt_words import months_of, record
from jiuyuan.oversight import queries
from jiuyuan.oversight.doubt_checks import BY_NUMBER
from jiuyuan.oversight.doubt_workflow import DOUBT
from jiuyuan.oversight.finding_workflow import FINDING, INSPECTED_CASE
from jiuyuan.oversight.handover_workflow import HANDOVER
from jiuyuan.oversight.inspection_workflow import INSPECTION
from jiuyuan.oversight.misconduct_workflow import MISCONDUCT
from jiuyuan.oversight.models import (
    Doubt,
    Handover,
    InspectedCase,
    Inspection,
    InspectionFinding,
    Misconduct,
    Recovery,
    RecoveryMonth,
)
from jiuyuan.oversight.populations import CHECKLISTS, model_of
from jiuyuan.oversight.recovery_workflow import RECOVERY
from jiuyuan.oversight.sums import yuan
from jiuyuan.people.models import Person
from jiuyuan.people.queries import looked_at_list
from jiuyuan.procedures.registry import Workflow
from jiuyuan.recognitions.models import Recognition
from jiuyuan.rules.calendar import month_in_words
from jiuyuan.templatetags.plain import bare_day
from jiuyuan.wording import for_record, say, spoken

Rows = list[dict[str, Any]]
_PAGE = 50


@spoken("title", "lead", "empty")
@dataclass(frozen=True)
class OverseenThing:
    """How to show a kind of object.

    `at`: URL name of its list; `waiting`: those waiting for an office; `rows`: contents of one; `beside`: its related rows;
    `names_people`: looks at the list are recorded; `asked_by_row`: created from a row of `beside`, not by a button.
    """

    workflow: Workflow
    at: str
    title: str
    lead: str
    empty: str
    heads: tuple[str, ...]
    listed: Callable[[User], Any]
    cells: Callable[[Any], Sequence[str]]
    name: Callable[[Any], str]
    rows: Callable[[Any], Rows]
    waiting: Callable[[User], Q] | None = None
    beside: Callable[[Any, Any], dict[str, Any]] | None = None
    names_people: bool = False
    asked_by_row: bool = False
    above: Callable[[User, int], Any] | None = None  # the parent, if it is not an oversight object


def day(value: Any) -> str:
    return str(bare_day(value)) if value else ""


def _row(key: str, value: Any, note: str = "") -> dict[str, Any]:
    return {"key": key, "value": value, "note": note}


def about_url(about: Application | Recognition) -> str:
    if isinstance(about, Application):
        return reverse("desk:case", args=[about.number])
    return reverse("desk:recognition", args=[about.pk])


def _inspections(user: User) -> Any:
    return Inspection.objects.visible_to(user).select_related("agency", "within", "opened_by", "population")


def _name_of_inspection(one: Inspection) -> str:
    return f"{one.within.name} {one.get_kind_display()} {one.period}"


def _rows_of_inspection(one: Inspection) -> Rows:
    rate = say("{rate}%", rate=one.rate) if one.rate else ""
    return [
        _row(say("检查机构"), one.agency.name, one.opened_by_name),
        _row(say("检查范围"), one.within.name, say("{since}至{until}", since=day(one.since), until=day(one.until))),
        _row(
            say("总体"),
            say("{count}件", count=one.count),
            say("{day}封存，校验值{hash}", day=day(one.opened_on), hash=one.sha256),
        ),
        _row(
            say("抽查"), say("{size}件", size=one.size), " ".join(filter(None, (rate, str(one.get_strata_display()))))
        ),
        _row(
            say("抽取"),
            day(one.drawn_on),
            say("用{day}的封存值{hash}", day=day(one.sealed_on), hash=one.seal) if one.seal else "",
        ),
        _row(say("结论"), one.conclusion, day(one.ended_on)),
    ]


def _drawn(request: Any, one: Inspection) -> dict[str, Any]:
    """A page of the drawn cases, with the finding or the act for inspecting each; the look is recorded."""
    drawn = one.population.drawn
    if not drawn:
        return {}
    first = min(max(int(request.GET.get("from", "1")) if request.GET.get("from", "").isdigit() else 1, 1), len(drawn))
    some = drawn[first - 1 : first - 1 + _PAGE]
    of = model_of(one.kind).objects.unscoped().select_related("person", "agency")
    cases = of.in_bulk([pk for _, _, pk in some])
    checked = {case.place: case for case in one.cases.prefetch_related("findings")}
    looked_at_list(request.user, for_record("抽查的案件"))
    shown = []
    for place, (opaque, _, pk) in enumerate(some, first):
        about, case = cases[pk], checked.get(place)
        url = reverse("desk:oversight_begin", args=["inspected_cases", one.pk, "check"]) + f"?place={place}"
        shown.append({
            "cells": [str(place), about.person.name, about.number, about.agency.name, opaque],
            "url": reverse("desk:oversight_thing", args=["inspected_cases", case.pk]) if case else url,
            "label": _in_words(case) if case else say("核查"),
            "about_url": about_url(about),
        })  # fmt: skip
    after = first + _PAGE
    return {
        "drawn": shown,
        "drawn_heads": [say("第几件"), say("姓名"), say("编号"), say("经办机构"), say("代号")],
        "checked": say("已核查{done}件，共{size}件", done=len(checked), size=one.size),
        "certificate": reverse("desk:inspection_certificate", args=[one.pk]),
        "more": f"?from={after}" if after <= len(drawn) else "",
        "back": f"?from={max(first - _PAGE, 1)}" if first > 1 else "",
    }


def _in_words(case: InspectedCase) -> str:
    findings = list(case.findings.all())
    if findings:
        return say("{count}个问题", count=len(findings))
    points = len(CHECKLISTS[case.inspection.kind])
    return say("没有问题") if len(case.in_order) == points else say("已核查")


def _cases(user: User) -> Any:
    rows = InspectedCase.objects.visible_to(user)
    return rows.select_related(
        "inspection__within", "application__person", "application__agency", "recognition__person",
        "recognition__agency", "checked_by",
    )  # fmt: skip


def _rows_of_case(case: InspectedCase) -> Rows:
    points = [
        _row(say(label), say("没有问题") if code in case.in_order else say("有问题"))
        for code, label in CHECKLISTS[case.inspection.kind]
    ]
    return [
        _row(say("检查"), _name_of_inspection(case.inspection), say("第{place}件", place=case.place)),
        _row(say("编号"), case.about.number, case.about.agency.name),
        *points,
        _row(say("核查情况"), case.words, f"{case.checked_by_name} {day(case.checked_on)}"),
    ]


def _findings_of(_request: Any, case: InspectedCase) -> dict[str, Any]:
    found = case.findings.select_related("agency")
    links = [
        (
            reverse("desk:oversight_thing", args=["findings", one.pk]),
            f"{one.problem[:60]}（{one.get_status_display()}）",
        )
        for one in found
    ]
    return {"links": [(about_url(case.about), case.about.number), *links], "links_title": say("有关的")}


def _rows_of_finding(one: InspectionFinding) -> Rows:
    answered = say("{office}负责人{name}，{by}录入，{day}", office=one.agency.name, name=one.answered_for, by=one.answered_by_name, day=day(one.answered_on)) if one.answered_by else ""  # fmt: skip
    return [
        _row(say("谁的事"), one.person.name, one.inspected.about.number),
        _row(say("问题"), one.problem, f"{one.raised_by_name} {day(one.raised_on)}"),
        _row(say("由谁答复"), one.agency.name, one.agency.responsible or say("没有登记负责人")),
        _row(say("答复期限"), day(one.due_on)),
        _row(say("答复"), one.answer, answered),
        _row(say("已经改正"), None if one.put_right is None else say("是") if one.put_right else say("否")),
        _row(say("检查机构看答复的期限"), day(one.review_by), say("过期没有意见，答复视为认可")),
        _row(
            say("检查机构意见"),
            one.opinion or (say("到期没有意见，视为认可") if one.in_silence else ""),
            day(one.decided_on),
        ),
        _row(say("了结"), day(one.closed_on)),
    ]


def _recoveries(user: User) -> Any:
    return Recovery.objects.visible_to(user).select_related("person", "agency", "found_by", "decided_by")


def _month_in_words(month: RecoveryMonth) -> str:
    name, amount = month_in_words(month.month), yuan(month.amount)
    if month.corrected is None:
        return say("{month} {amount}元", month=name, amount=amount)
    return say("{month} {amount}元，更正为{corrected}元", month=name, amount=amount, corrected=yuan(month.corrected))


def _rows_of_recovery(one: Recovery) -> Rows:
    unknown = say("没有依据，由省级设定")
    months = [_month_in_words(month) for month in one.months.all()]
    paid = [
        say("{day} {amount}元（{proof}）", day=day(part.on), amount=yuan(part.amount), proof=part.proof)
        for part in one.payments.all()
    ]
    decided = f"{one.decided_by_name} {day(one.decided_on)} {one.number}" if one.decided_by else ""
    return [
        _row(say("起因"), str(one.get_why_display()), f"{one.found_by_name} {day(one.found_on)}"),
        _row(say("事实"), one.facts),
        _row(say("依据"), one.law),
        _row(say("每月多领"), "；".join(months), one.paid_by),
        _row(say("认定多领"), say("{sum}元", sum=yuan(one.claimed))),
        _row(
            say("更正以后"), None if one.corrected is None else say("{sum}元", sum=yuan(one.corrected)), one.ended_words
        ),
        _row(say("已退回"), say("{sum}元", sum=yuan(one.paid)), "；".join(paid)),
        _row(say("还差"), say("{sum}元", sum=yuan(one.outstanding))),
        _row(say("陈述申辩期限"), day(one.speak_by), say("{day}告知", day=day(one.intended_on))),
        _row(say("本人的陈述和申辩"), one.words, day(one.heard_on)),
        _row(say("决定的理由"), one.reason, decided),
        _row(say("退回期限"), day(one.pay_by), one.account),
        _row(say("救济途径"), " ".join(one.remedies)),
        _row(
            say("送达"),
            f"{one.get_served_how_display()} {day(one.served_on)}" if one.served_on else "",
            one.served_proof,
        ),
        _row(say("催告"), day(one.urged_on)),
        _row(say("申请法院"), one.court, day(one.to_court_on)),
        _row(say("分期退回"), unknown, say("没有地方规定允许分期；先退一部分的，随时可以登记。")),
        _row(say("减免"), unknown, say("没有查到依据。听取以后有错的，更正金额或者撤销。")),
    ]


def _doubts_waiting(user: User) -> Q:
    return Q(status=Doubt.Status.RAISED) if user.role in DOUBT.of().by_action["confirm"].roles else Q(pk=None)


def _doubts(user: User) -> Any:
    return Doubt.objects.visible_to(user).select_related("person", "decided_by")


def _rows_of_doubt(one: Doubt) -> Rows:
    check = BY_NUMBER[one.check_number]
    settled = f"{one.decided_by_name} {day(one.decided_on)}" if one.decided_by else ""
    return [
        _row(say("谁的事"), one.person.name),
        _row(
            say("核对项"),
            say("{number} {label}", number=check.number, label=check.label),
            check.lacks and say("还没有的数据：{lacks}", lacks=check.lacks),
        ),
        _row(say("月份"), months_of(one)),
        _row(say("两条记录"), f"{record(one, one.drawn)}；{record(one, one.witness)}"),
        _row(say("发现日期"), day(one.raised_on)),
        _row(say("核实情况"), one.words, settled),
    ]


def _beside_doubt(request: Any, one: Doubt) -> dict[str, Any]:
    links = [(reverse("desk:person", args=[one.person_id]), one.person.name)]
    links += [
        (reverse("desk:oversight_thing", args=["recoveries", row.pk]), f"{say('追回')} {row.get_status_display()}")
        for row in one.recoveries.all()
    ]
    if one.status == Doubt.Status.CONFIRMED and request.user.role in RECOVERY.of().by_action["find"].roles:
        start = reverse("desk:oversight_begin", args=["recoveries", one.person_id, "find"])
        links.append((f"{start}?why=doubt&doubt={one.pk}", say("追回多领的补贴")))
    return {"links": links, "links_title": say("有关的")}


def _beside_recovery(_request: Any, one: Recovery) -> dict[str, Any]:
    links = [(reverse("desk:person", args=[one.person_id]), one.person.name)]
    links += [
        (
            reverse("desk:recovery_letter", args=[row.pk]),
            say("{title}（{day}，PDF）", title=row.get_kind_display(), day=day(row.ordered_on)),
        )
        for row in one.letters.all()
    ]
    return {"links": links, "links_title": say("有关的")}


def _handovers(user: User) -> Any:
    return Handover.objects.visible_to(user).select_related(
        "recovery__person", "agency", "reported_by", "second", "decided_by"
    )


_STEPS = {"decide": "负责人决定", "send": "移送公安机关", "police": "公安机关决定", "contest": "提出异议"}


def _rows_of_handover(one: Handover) -> Rows:
    late = [say("{step}（{due}到期）", step=say(_STEPS[step]), due=day(due)) for step, due in one.late(clock.today())]
    papers = [f"{paper['name']} {paper['sha256']}" for paper in one.papers]
    return [
        _row(say("超过期限的环节"), "；".join(late)),
        _row(say("涉嫌犯罪的事实"), one.facts),
        _row(say("涉嫌的罪名和依据"), one.law),
        _row(say("承办人"), f"{one.reported_by_name}、{one.second_name}", day(one.reported_on)),
        _row(say("负责人决定"), one.reason, f"{one.decided_by_name} {day(one.decided_on)}" if one.decided_by else ""),
        _row(say("移送公安机关"), one.police, day(one.sent_on)),
        _row(say("移送的材料和校验值"), "；".join(papers)),
        _row(say("回执"), one.receipt, day(one.received_on)),
        _row(say("公安机关的决定"), one.answer, day(one.answered_on)),
        _row(say("异议"), one.contested_with, day(one.contested_on)),
    ]


def _misconducts(user: User) -> Any:
    return Misconduct.objects.visible_to(user).select_related(
        "concerned", "agency", "opened_by", "passed_by", "ended_by"
    )


def _rows_of_misconduct(one: Misconduct) -> Rows:
    passed = f"{one.passed_by_name} {day(one.passed_on)}" if one.passed_by else ""
    ended = f"{one.ended_by_name} {day(one.ended_on)}" if one.ended_by else ""
    return [
        _row(say("涉及的工作人员"), f"{one.concerned.name}（{one.concerned.username}）", one.agency.name),
        _row(say("事实"), one.facts, f"{one.opened_by_name} {day(one.opened_on)}"),
        _row(say("移交"), one.get_passed_to_display(), passed),
        _row(say("结果"), one.result, ended),
        _row(say("撤销的理由"), one.reason, ended),
    ]


def _person(user: User, pk: int) -> Any:
    return Person.objects.visible_to(user).filter(pk=pk).first()


_EVERY: tuple[OverseenThing, ...] = (
    OverseenThing(
        INSPECTION, "inspections", "监督检查", "先封存总体，再用当晚的封存值抽取，谁都可以按证书重新抽一遍。",
        "开展检查以后会出现在这里。", ("检查什么", "状态", "抽查件数", "封存日期"), _inspections,
        lambda one: (_name_of_inspection(one), one.get_status_display(), say("{size}件，共{count}件", size=one.size, count=one.count), day(one.opened_on)),
        _name_of_inspection, _rows_of_inspection, beside=_drawn,
    ),
    OverseenThing(
        INSPECTED_CASE, "inspections", "抽查的案件", "已经核查的案件。", "核查以后会出现在这里。", ("谁的事", "检查", "核查日期"), _cases,
        lambda one: (one.person.name, _name_of_inspection(one.inspection), day(one.checked_on)),
        lambda one: str(one.person.name), _rows_of_case, beside=_findings_of, names_people=True, asked_by_row=True,
    ),
    OverseenThing(
        FINDING, "findings", "检查发现的问题", "上级检查发现的问题，由机构负责人按期答复。", "检查提出问题以后会出现在这里。",
        ("谁的事", "状态", "答复期限", "问题", "答复机构"), queries.findings,
        lambda one: (one.person.name, one.get_status_display(), day(one.due_on), one.problem[:80], one.agency.name),
        lambda one: str(one.person.name), _rows_of_finding, waiting=queries.findings_waiting_for, names_people=True,
    ),
    OverseenThing(
        DOUBT, "doubts", "疑点", "每天夜里按十八项核对每一个享受的月份，对不上的列在这里，由人核实。符合条件没有享受的也是疑点。",
        "夜间核查以后会出现在这里。", ("谁的事", "状态", "月份", "核对项", "发现日期"), _doubts,
        lambda one: (one.person.name, one.get_status_display(), months_of(one), BY_NUMBER[one.check_number].label, day(one.raised_on)),
        lambda one: str(one.person.name), _rows_of_doubt, waiting=_doubts_waiting,
        beside=_beside_doubt, names_people=True,
    ),
    OverseenThing(
        RECOVERY, "recoveries", "追回", "先告知、听取，再决定、送达；退回的逐笔登记。", "疑点、检查发现的问题核实成立以后，从人员档案开始追回。",
        ("谁的事", "状态", "还差", "起因", "决定机构"), _recoveries,
        lambda one: (one.person.name, one.get_status_display(), say("{sum}元", sum=yuan(one.outstanding)), one.get_why_display(), one.agency.name),
        lambda one: str(one.person.name), _rows_of_recovery, beside=_beside_recovery, names_people=True, above=_person,
    ),
    OverseenThing(
        HANDOVER, "handovers", "移送", "涉嫌犯罪的移送公安机关：两人报告，负责人三日内决定，24小时内移送。", "在追回的页面报告以后会出现在这里。",
        ("谁的事", "状态", "报告日期", "移送机构"), _handovers,
        lambda one: (one.person.name, one.get_status_display(), day(one.reported_on), one.agency.name),
        lambda one: str(one.person.name), _rows_of_handover, names_people=True,
    ),
    OverseenThing(
        MISCONDUCT, "misconducts", "违规违纪", "工作人员的违规违纪：登记、移交、结果。只有登记人和审计能看到，涉及的人和他所在的机构看不到。",
        "登记以后会出现在这里。", ("涉及的工作人员", "状态", "登记日期", "当时所在机构"), _misconducts,
        lambda one: (one.concerned.name, one.get_status_display(), day(one.opened_on), one.agency.name),
        lambda one: str(one.concerned.name), _rows_of_misconduct,
    ),
)  # fmt: skip
#: By their plural in API and URLs.
THINGS: Mapping[str, OverseenThing] = {thing.workflow.things: thing for thing in _EVERY}
