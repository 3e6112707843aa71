"""The duties of supervision: to answer, to review an answer, and other dated tasks (五(一) 明确责任主体, 五(三)).

So they appear on 今天要办 before they are late.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from jiuyuan.assistance import duties
from jiuyuan.assistance.duty import AsOf, DueOn, Duty, DutySubject
from jiuyuan.oversight import queries
from jiuyuan.oversight.models import Handover, InspectionFinding, Recovery, SupervisionOrder
from jiuyuan.oversight.models.handovers import CONTEST_DAYS, DECIDE_DAYS, POLICE_DAYS, SEND_DAYS

Rows = Callable[[AsOf], "QuerySet[Any]"]


def _orders(status: str, office: str) -> Rows:
    """Orders that the user's office has to answer, or whose answer it has to review."""
    return lambda asked: queries.orders(asked.user).filter(status=status, **{office: asked.user.agency_id})


def _findings(*statuses: str, office: str) -> Rows:
    return lambda asked: queries.findings(asked.user).filter(status__in=statuses, **{office: asked.user.agency_id})


def _recoveries(status: str) -> Rows:
    def rows(asked: AsOf) -> "QuerySet[Any]":
        return Recovery.objects.visible_to(asked.user).filter(status=status)

    return rows


def _handovers(which: Q) -> Rows:
    def rows(asked: AsOf) -> "QuerySet[Any]":
        return Handover.objects.visible_to(asked.user).filter(which)

    return rows


@dataclass(frozen=True)
class _DaysAfter(DueOn):
    """Due a fixed number of days later, which no region may change."""

    days: int = 0

    def day(self, since: date | None, number: int | None, asked: AsOf, area: str) -> date:
        return (since or asked.day) + timedelta(days=self.days)


_INSPECTING = "inspected__inspection__agency"

duties.also(
    SupervisionOrder,
    DutySubject("recognition"),
    Duty(
        "answer_supervision", "答复督办", "等本机构答复的督办", "督办定的日期", "supervision", ("answer_supervision",),
        _orders("asked", "agency"), DueOn("due_on"), "due_on", lambda order: str(order.question), at_once=True, past=False, of_office=True,
    ),
    Duty(
        "close_supervision", "看督办的答复", "已经答复的督办", "答复当天", "supervision", ("close_supervision",),
        _orders("answered", "ordering_agency"), DueOn("answered_on"), "answered_on", lambda order: str(order.answer), at_once=True, past=False, of_office=True,
    ),
)  # fmt: skip
duties.also(
    InspectionFinding,
    DutySubject(),
    Duty(
        "answer_finding", "答复检查发现的问题", "等本机构负责人答复的问题", "检查定的日期", "finding", ("answer",),
        _findings("raised", office="agency"), DueOn("due_on"), "due_on", lambda finding: str(finding.problem), at_once=True, past=False, of_office=True,
    ),
    Duty(
        "review_finding", "看检查问题的答复", "已经答复的问题", "看答复的期限，过了视为认可", "finding", ("correct", "confirm"),
        _findings("answered", office=_INSPECTING), DueOn("review_by"), "review_by", lambda finding: str(finding.answer), at_once=True, past=False, of_office=True,
    ),
    Duty(
        "close_finding", "了结检查发现的问题", "改正了或者成立的问题", "认定当天", "finding", ("close",),
        _findings("corrected", "confirmed", office=_INSPECTING), DueOn("decided_on"), "decided_on",
        lambda finding: str(finding.problem), at_once=True, past=False, of_office=True,
    ),
)  # fmt: skip
duties.also(
    Recovery,
    DutySubject(shown=("person",)),
    Duty(
        "hear_recovery", "登记陈述申辩", "已告知拟追回的人", "陈述和申辩的期限", "recovery", ("hear",), _recoveries("intended"),
        DueOn("speak_by"), "speak_by", past=False,
    ),
    Duty(
        "urge_recovery", "催告没有退回的", "决定已送达、没有退清的人", "退回期限", "recovery", ("urge", "pay"), _recoveries("served"),
        DueOn("pay_by"), "pay_by", past=False,
    ),
)  # fmt: skip
duties.also(
    Handover,
    DutySubject(shown=("recovery__person",)),
    Duty(
        "decide_handover", "决定要不要移送", "报告了涉嫌犯罪的", "报告后3天", "handover", ("agree", "keep"),
        _handovers(Q(status="reported")), _DaysAfter("reported_on", days=DECIDE_DAYS), "reported_on", past=False,
    ),
    Duty(
        "send_handover", "移送公安机关", "批准了移送的", "批准后24小时", "handover", ("send",),
        _handovers(Q(status="agreed")), _DaysAfter("decided_on", days=SEND_DAYS), "decided_on", past=False,
    ),
    Duty(
        "ask_the_police", "问公安机关的决定", "公安机关签收了的移送", "签收后3天", "handover", ("answered",),
        _handovers(Q(status="received")), _DaysAfter("received_on", days=POLICE_DAYS), "received_on", past=False,
    ),
    Duty(
        "contest_handover", "要不要提出异议", "公安机关不予立案的移送，还在期限以内", "公安机关决定后3天", "handover", ("contest",),
        lambda asked: _handovers(Q(status="not_filed", answered_on__gte=asked.day - timedelta(days=CONTEST_DAYS)))(asked),
        _DaysAfter("answered_on", days=CONTEST_DAYS), "answered_on", past=False,
    ),
)  # fmt: skip
