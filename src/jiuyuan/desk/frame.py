"""The frame of the desk's pages: the groups of pages for the role, and the pages of the current group."""

from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from jiuyuan.agencies.models import User
from jiuyuan.agencies.roles import Right
from jiuyuan.applications.todo import my_work
from jiuyuan.applications.workflow import APPLICATION
from jiuyuan.desk import queries
from jiuyuan.desk.access import StaffRequest, may_act
from jiuyuan.regions import registry
from jiuyuan.speed.addresses import url_of
from jiuyuan.wording import say

_CASES, _PEOPLE, _FIGURES, _HISTORY = Right.SEE_CASES, Right.SEE_PEOPLE, Right.SEE_FIGURES, Right.READ_HISTORY
#: The groups in order, each with its pages: URL name, label, required right, and the act if the page is for one. Add
#: a new page to the group whose question it answers.
_GROUPS: tuple[tuple[str, tuple[tuple[str, str, Right, str], ...]], ...] = (
    (
        "申请",
        (
            ("inbox", "申请", _CASES, ""),
            ("window", "窗口申请", _CASES, "submit"),
            ("batches", "上报批次", _CASES, ""),
            ("notices", "公示", _CASES, ""),
            ("enquiries", "部门查询", Right.RECORD_FACTS, ""),
        ),
    ),
    (
        "在册",
        (
            ("register", "在册人员", _PEOPLE, ""),
            ("proposals", "退出建议", _PEOPLE, ""),
            ("investigations", "调查", _PEOPLE, ""),
            ("objections", "退出异议", _PEOPLE, ""),
            ("warnings", "预警", _PEOPLE, ""),
            ("families", "零就业家庭", _PEOPLE, ""),
            ("changes", "档案更正", _PEOPLE, ""),
        ),
    ),
    (
        "找人",
        (
            ("visits", "入户走访", Right.SEE_VISITS, ""),
            ("leads", "待联系", _PEOPLE, ""),
            ("extracts", "筛查名单", Right.SCREEN, ""),
        ),
    ),
    (
        "帮扶",
        (
            ("today", "今天要办", Right.SEE_DUTIES, ""),
            ("vacancies", "岗位", Right.SEE_VACANCIES, ""),
            ("posts", "公益性岗位", Right.SEE_VACANCIES, ""),
            ("courses", "培训班", Right.SEE_VACANCIES, ""),
            ("unclaimed", "政策找人", _PEOPLE, ""),
            ("claims", "政策申请", _PEOPLE, ""),
            ("payments", "补贴发放", Right.SEE_PAYMENTS, ""),
        ),
    ),
    (
        "数据",
        (
            ("imports", "数据导入", Right.IMPORT_RECORDS, ""),
            ("parameters", "参数", Right.SEE_PARAMETERS, ""),
            ("nightly", "夜间核查", Right.RUN_NIGHTLY, ""),
            ("jobs", "后台任务", Right.SEE_JOBS, ""),
            ("system", "系统状态", Right.SEE_SYSTEM, ""),
        ),
    ),
    (
        "机构",
        (
            ("agencies", "机构", Right.MANAGE_AGENCIES, ""),
            ("reorganisations", "机构调整", Right.MANAGE_AGENCIES, ""),
            ("staff", "账号", Right.MANAGE_STAFF, ""),
        ),
    ),
    (
        "监督",
        (
            ("figures", "统计", _FIGURES, ""),
            ("supervision", "督办", _PEOPLE, ""),
            ("inspections", "监督检查", Right.INSPECT, ""),
            ("findings", "检查发现", _PEOPLE, ""),
            ("doubts", "疑点", _PEOPLE, ""),
            ("recoveries", "追回", _PEOPLE, ""),
            ("handovers", "移送", _PEOPLE, ""),
            ("patterns", "值得看一看", Right.OVERSEE, ""),
            ("local_rules", "操作细则", Right.OVERSEE, ""),
            ("articles", "宣传", Right.OVERSEE, ""),
            ("policy_course", "业务培训", _PEOPLE, ""),
            ("history", "操作记录", _HISTORY, ""),
            ("looks", "查看记录", _HISTORY, ""),
            ("verify", "核验记录链", _HISTORY, ""),
            ("misconducts", "违规违纪", Right.SEE_MISCONDUCT, ""),
        ),
    ),
)
#: Pages for procedures that not every region has, each with the act that indicates it.
_ONLY_WHERE = {"batches": "report", "notices": "object"}
#: Pages of groups whose numbers are shown up to date.
_COUNTED = {"申请": "cases", "在册": "register"}
_COUNTED_AT = {name: _COUNTED[group] for group, pages in _GROUPS if group in _COUNTED for name, *_ in pages}


def page(
    request: StaffRequest,
    template: str,
    context: Mapping[str, Any],
    *,
    at: str = "",
    status: int = 200,
    counted: Mapping[str, int] = MappingProxyType({}),
) -> HttpResponse:
    """Render a page.

    `at`: its entry in the navigation. `counted`: numbers of its group that the page has computed already.
    """
    user = request.user
    waiting = queries.waiting(user, here=_COUNTED_AT.get(at, ""), counted=counted) if user.may(_PEOPLE) else {}
    table = APPLICATION.of(registry.region_of(user.area).code).by_action
    unknown = {name for name, action in _ONLY_WHERE.items() if action not in table}
    nav = [group for name, pages in _GROUPS if (group := _group(user, name, pages, unknown, waiting, at))]
    return render(request, f"desk/{template}", {"nav": nav, **context}, status=status)


def _url(user: User, name: str) -> str:
    """The list of cases opens with the user's own work."""
    url = url_of(f"desk:{name}")
    return f"{url}?state={my_work(user)}" if name == "inbox" else url


def _group(
    user: User,
    label: str,
    pages: Sequence[tuple[str, str, Right, str]],
    unknown: Collection[str],
    waiting: Mapping[str, int],
    at: str,
) -> dict[str, Any] | None:
    """A group for this role: it links to its first page, and with only one page it is that page."""
    own = [
        {"label": say(words), "url": _url(user, name), "current": name == at, "count": waiting.get(name)}
        for name, words, right, act in pages
        if user.may(right) and (not act or may_act(user, act)) and name not in unknown
    ]
    if len(own) < 2:
        return {**own[0], "pages": own} if own else None
    return {
        "label": say(label),
        "url": own[0]["url"],
        "current": any(page["current"] for page in own),
        "count": sum(page["count"] or 0 for page in own),
        "pages": own,
    }
