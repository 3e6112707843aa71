"""The frame of every page of the desk: the row of pages that this role has."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from jiuyuan.agencies.roles import Right
from jiuyuan.desk import queries
from jiuyuan.desk.access import StaffRequest, may_act

_CASES, _PEOPLE, _FIGURES, _HISTORY = Right.SEE_CASES, Right.SEE_PEOPLE, Right.SEE_FIGURES, Right.READ_HISTORY
#: Address name, words, the right it takes, and the act where the page is for one.
_PAGES: tuple[tuple[str, str, Right, str], ...] = (
    ("inbox", "申请", _CASES, ""),
    ("window", "窗口申请", _CASES, "submit"),
    ("batches", "上报批次", _CASES, ""),
    ("notices", "公示", _CASES, ""),
    ("register", "在册人员", _PEOPLE, ""),
    ("proposals", "退出建议", _PEOPLE, ""),
    ("investigations", "调查", _PEOPLE, ""),
    ("objections", "退出异议", _PEOPLE, ""),
    ("warnings", "预警", _PEOPLE, ""),
    ("visits", "入户走访", Right.SEE_VISITS, ""),
    ("families", "零就业家庭", _PEOPLE, ""),
    ("changes", "档案更正", _PEOPLE, ""),
    ("leads", "待联系", _PEOPLE, ""),
    ("extracts", "筛查名单", Right.SCREEN, ""),
    ("imports", "数据导入", Right.IMPORT_RECORDS, ""),
    ("nightly", "夜间核查", Right.RUN_NIGHTLY, ""),
    ("figures", "统计", _FIGURES, ""),
    ("history", "操作记录", _HISTORY, ""),
    ("looks", "查看记录", _HISTORY, ""),
    ("verify", "核验记录链", _HISTORY, ""),
)


def page(
    request: StaffRequest, template: str, context: Mapping[str, Any], *, at: str = "", status: int = 200
) -> HttpResponse:
    """Render a page. `at` names the entry of the navigation on which it stands."""
    waiting = queries.waiting(request.user) if request.user.may(_PEOPLE) else {}
    nav = [
        {"label": label, "url": reverse(f"desk:{name}"), "current": name == at, "count": waiting.get(name)}
        for name, label, right, act in _PAGES
        if request.user.may(right) and (not act or may_act(request.user, act))
    ]
    return render(request, f"desk/{template}", {"nav": nav, **context}, status=status)
