"""The list of cases: what is due first, what is to be done with each, and the same list as a file."""

from collections.abc import Iterator
from dataclasses import asdict, replace
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.http import StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from jiuyuan import clock
from jiuyuan.agencies.models import User
from jiuyuan.agencies.roles import Right, Role
from jiuyuan.applications import queries
from jiuyuan.applications.case import Case
from jiuyuan.applications.models import Application
from jiuyuan.applications.queries import Filters
from jiuyuan.applications.workflow import APPLICATION
from jiuyuan.desk import actions, spreadsheets
from jiuyuan.desk.access import StaffRequest, may_act, staff
from jiuyuan.desk.forms.lists import CaseFilterForm
from jiuyuan.desk.frame import page
from jiuyuan.desk.place_in_list import address_of_list
from jiuyuan.history import services as history
from jiuyuan.procedures.table import Transition
from jiuyuan.regions import registry
from jiuyuan.speed.addresses import url_of


def in_bulk(user: User) -> dict[str, Transition]:
    """The acts that this user's region lets them do to many cases at once. Each starts in one state."""
    procedure = APPLICATION.of(registry.region_of(user.area).code)
    return {t.action: t for t in procedure.transitions if t.bulk and Role(user.role) in t.roles}


@staff()
@require_safe
def home(request: StaffRequest) -> HttpResponseBase:
    """Where the work lies for this role."""
    if not request.user.may(Right.SEE_CASES):
        return redirect("desk:history")
    return redirect(f"{url_of('desk:inbox')}?{Filters(state=_first_state(request.user))}")


def _first_state(user: User) -> str:
    """Where this role takes one step of the line alone, the state that waits for it; else whatever is open."""
    procedure = APPLICATION.of(registry.region_of(user.area).code)
    steps = ((state.code, procedure.by_action[state.step]) for state in procedure.states if state.step)
    waiting = [code for code, transition in steps if Role(user.role) in transition.roles]
    return waiting[0] if len(waiting) == 1 else "open"


@staff(Right.SEE_CASES)
@require_safe
def inbox(request: StaffRequest) -> HttpResponseBase:
    user, filters = request.user, Filters.read(request.GET)
    shown = queries.page(queries.listed(user, filters), request.GET.get("cursor", ""))
    counts = queries.counts(user, filters)
    starts = {action: next(iter(transition.sources)) for action, transition in in_bulk(user).items()}
    bulk = [action for action, state in starts.items() if counts[state] and filters.state in ("", "open", state)]
    from_list = urlencode({"list": str(filters)})
    may_ask = user.may(Right.RECORD_FACTS)
    context = {
        "may_ask": may_ask,
        "ticks": bool(bulk) or may_ask,
        "rows": [_row(case, from_list) for case in queries.cases(user, shown.rows)],
        "tabs": _tabs(user, filters, counts),
        "filters": partial(CaseFilterForm, user, asdict(filters)),
        "active": filters.narrowed,
        "state": filters.state,
        "previous": shown.previous,
        "next": shown.next,
        "bulk": [_bulk(action, replace(filters, state=starts[action]), counts) for action in bulk],
        "with_platform": user.role != Role.CLERK,
        "may_export": user.may(Right.EXPORT_LISTS),
        "query": str(filters),
        "may_enter": may_act(user, "submit"),
        "total": counts.get(filters.state, sum(counts[status] for status in APPLICATION.states)),
    }
    return page(request, "inbox.html", context, at="inbox")


def _tabs(user: User, filters: Filters, counts: dict[str, int]) -> list[dict[str, Any]]:
    open_states = [state for state in queries.states_of(user).values() if not state.final]
    ours, theirs = [s for s in open_states if not s.theirs], [s for s in reversed(open_states) if s.theirs]
    every = sum(counts[status] for status in APPLICATION.states)
    states = [("open", "在办"), *((state.code, state.label) for state in (*ours, *theirs)), ("closed", "已办结")]
    tabs = [(state, label, counts[state]) for state, label in states] + [("", "全部", every)]
    return [
        {
            "label": label,
            "url": address_of_list(replace(filters, state=state)),
            "count": count,
            "current": state == filters.state,
        }
        for state, label, count in tabs
    ]


def _bulk(action: str, from_list: Filters, counts: dict[str, int]) -> dict[str, Any]:
    label = {"accept": "批量受理", "report": "汇总上报"}[action]
    everything = f"{url_of('desk:batch')}?{urlencode({'action': action, 'list': str(from_list)})}"
    return {"action": action, "label": label, "count": counts[from_list.state], "everything": everything}


def _row(case: Case, from_list: str) -> dict[str, Any]:
    application = case.application
    following = actions.next_of(case)
    return {
        "case": case,
        "application": application,
        "person": case.person,
        "status": application.state.label,
        "url": f"{url_of('desk:case', application.number)}?{from_list}",
        "next": following,
        "marks": _marks(case),
        "categories": _short(application),
        "bulk": application.is_open,
    }


def _marks(case: Case) -> list[tuple[str, str]]:
    marks = [
        ("tag-error", "异议待处理", case.application.status == "publishing" and bool(case.open_objections)),
        ("tag-warning", "特殊情况待研究", case.application.is_open and case.open_special_case is not None),
        ("tag-strong", "特殊情况", case.special_case_granted),
        ("tag-warning", "事实有矛盾", case.application.is_open and bool(case.contradictions)),
        ("tag-warning", "记录有异议", case.application.is_open and bool(case.disputed)),
        ("", f"第{case.application.round}轮", case.application.round > 1),
    ]
    return [(style, words) for style, words, there in marks if there]


def _short(application: Application) -> str:
    titles = queries.categories()
    return "、".join(titles[code].removesuffix("人员").removesuffix("成员") for code in application.categories)


_HEADS = (
    "申请编号", "姓名", "性别", "身份证号码", "联系电话", "受理平台", "申请类别", "渠道", "状态", "提交日期", "受理日期",
    "办结期限", "期限状态", "办结日期", "上报批次",
)  # fmt: skip


@staff(Right.EXPORT_LISTS)
@require_safe
def export(request: StaffRequest) -> HttpResponseBase:
    """The very list on the page, all of it, masked. That it was taken is recorded."""
    user, filters = request.user, Filters.read(request.GET)
    history.looked(user.actor, "export:cases", f"导出申请清单：{filters or '全部'}"[:80], user.area)
    pieces = spreadsheets.xlsx("申请", _HEADS, _export_rows(user, filters))
    response = StreamingHttpResponse(pieces, content_type=spreadsheets.XLSX)
    disposition = content_disposition_header(True, f"申请清单-{clock.today():%Y%m%d}.xlsx")
    response["Content-Disposition"] = disposition or "attachment"
    return response


def _export_rows(user: User, filters: Filters) -> Iterator[tuple[Any, ...]]:
    titles = queries.categories()
    rows = queries.listed(user, filters).select_related("person", "agency", "batch").order_by("sort_on", "pk")
    for row in rows.iterator(chunk_size=500):
        person = row.person
        yield (
            row.number, person.name, person.get_sex_display(), person.masked_id_number, person.masked_phone or "电话待补",
            row.agency.name, "、".join(titles[code] for code in row.categories), row.get_channel_display(),
            row.get_status_display(), row.submitted_on, row.accepted_on, row.due_on, row.get_due_state_display(),
            row.finished_on, row.batch.number if row.batch else "",
        )  # fmt: skip
