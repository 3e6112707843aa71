"""The list of cases, soonest due first, with what to do for each, and its export."""

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
from jiuyuan.applications import paging, queries
from jiuyuan.applications.case import Case
from jiuyuan.applications.models import Application, DueState
from jiuyuan.applications.queries import CaseFilters
from jiuyuan.applications.todo import my_work
from jiuyuan.applications.workflow import APPLICATION
from jiuyuan.desk import actions, filter_words, spreadsheets
from jiuyuan.desk.access import StaffRequest, may_act, staff
from jiuyuan.desk.forms.lists import CaseFilterForm
from jiuyuan.desk.frame import page
from jiuyuan.desk.place_in_list import address_of_list
from jiuyuan.desk.views import saved
from jiuyuan.history import services as history
from jiuyuan.procedures.table import Transition
from jiuyuan.regions import registry
from jiuyuan.rules import calendar
from jiuyuan.speed.addresses import url_of
from jiuyuan.templatetags.plain import short_day
from jiuyuan.wording import for_record, say

#: Acts with suggested texts.
_SUGGESTED = frozenset({"endorse", "recognise"})
#: For acts not possible for every case in the state, the group where they are.
_START = {"endorse": queries.NOTICE_OVER}


def in_bulk(user: User) -> dict[str, Transition]:
    """The acts that the region allows on many cases at once. Each starts from one state."""
    procedure = APPLICATION.of(registry.region_of(user.area).code)
    return {t.action: t for t in procedure.transitions if t.bulk and Role(user.role) in t.roles}


@staff()
@require_safe
def home(request: StaffRequest) -> HttpResponseBase:
    """Redirect to the role's main page."""
    if not request.user.may(Right.SEE_CASES):
        return redirect("desk:history" if request.user.may(Right.READ_HISTORY) else "desk:payments")
    return redirect(f"{url_of('desk:inbox')}?{CaseFilters(state=my_work(request.user))}")


@staff(Right.SEE_CASES)
@require_safe
def inbox(request: StaffRequest) -> HttpResponseBase:
    user, filters = request.user, CaseFilters.read(request.GET)
    shown = paging.first_or_later(user, filters, request.GET.get("cursor", ""))
    counts = queries.counts(user, filters)
    starts = {t.action: _START.get(t.action, next(iter(t.sources))) for t in in_bulk(user).values()}
    bulk = [
        transition
        for action, transition in in_bulk(user).items()
        if counts[starts[action]] and filters.state in ("", "open", queries.TODO, starts[action], *transition.sources)
    ]
    from_list = urlencode({"list": str(filters)})
    may_ask = user.may(Right.RECORD_FACTS)
    context = {
        "may_ask": may_ask,
        "may_accept": may_act(user, "accept"),
        "ticks": bool(bulk) or may_ask,
        "rows": [_row(case, from_list) for case in queries.cases(user, shown.rows)],
        "tabs": _tabs(user, filters, counts),
        "filters": partial(CaseFilterForm, user, asdict(filters)),
        "active": filters.narrowed,
        "beside": filter_words.beside_the_form(CaseFilterForm(user, asdict(filters)), filters)
        if filters.narrowed
        else [],
        "state": filters.state,
        "previous": shown.previous,
        "next": shown.next,
        "bulk": [_bulk(t, filters, replace(filters, state=starts[t.action]), counts) for t in bulk],
        "with_platform": user.role != Role.CLERK,
        "may_export": user.may(Right.EXPORT_LISTS),
        "may_save": user.may(Right.SEE_PEOPLE),
        **saved.context(user, "cases", str(filters)),
        "may_enter": may_act(user, "submit"),
        "total": counts.get(filters.state, sum(counts[status] for status in APPLICATION.states)),
    }
    mine = {"inbox": counts[queries.TODO]} if my_work(user) == queries.TODO and not filters.narrowed else {}
    return page(request, "inbox.html", context, at="inbox", counted=mine)


def _tabs(user: User, filters: CaseFilters, counts: dict[str, int]) -> list[dict[str, Any]]:
    open_states = [state for state in queries.states_of(user).values() if not state.final]
    ours, theirs = [s for s in open_states if not s.theirs], [s for s in reversed(open_states) if s.theirs]
    every = sum(counts[status] for status in APPLICATION.states)
    after = [("notice_over", say("公示已满，待签署"))]
    of_state = [(state.code, state.label) for state in (*ours, *theirs)]
    place = next((i + 1 for i, (code, _) in enumerate(of_state) if code == "publishing"), 0)
    of_state[place:place] = after if place else []
    states = [("todo", say("待我办")), ("open", say("在办")), *of_state, ("closed", say("已办结"))]
    tabs = [(state, label, counts[state]) for state, label in states] + [("", say("全部"), every)]
    return [
        {
            "label": label,
            "url": address_of_list(replace(filters, state=state)),
            "count": count,
            "current": state == filters.state,
        }
        for state, label, count in tabs
    ]


def _bulk(transition: Transition, shown: CaseFilters, from_list: CaseFilters, counts: dict[str, int]) -> dict[str, Any]:
    asked = {"action": transition.action, "list": str(from_list), "back": str(shown)}
    everything = f"{url_of('desk:batch')}?{urlencode(asked)}"
    if any(need.required for need in transition.needs) and not _SUGGESTED & {transition.action}:
        everything = ""  # individual reasons: only for ticked cases
    label = say("批量受理") if transition.action == "accept" else transition.label
    return {"action": transition.action, "label": label, "count": counts[from_list.state], "everything": everything}


def _row(case: Case, from_list: str) -> dict[str, Any]:
    application = case.application
    following = actions.next_of(case)
    return {
        "case": case,
        "application": application,
        "person": case.person,
        "status": case.state_words,
        "since": _since(case),
        "url": f"{url_of('desk:case', application.number)}?{from_list}",
        "next": following,
        "marks": _marks(case),
        "categories": _short(application),
        "bulk": application.is_open,
    }


def _marks(case: Case) -> list[tuple[str, str]]:
    marks = [
        *_late(case),
        ("tag-error", say("异议待处理"), case.application.status == "publishing" and bool(case.open_objections)),
        ("tag-warning", say("特殊情况待研究"), case.application.is_open and case.open_special_case is not None),
        ("tag-strong", say("特殊情况"), case.special_case_granted),
        ("tag-warning", say("事实有矛盾"), case.application.is_open and bool(case.contradictions)),
        ("tag-warning", say("记录有异议"), case.application.is_open and bool(case.disputed)),
        ("", say("第{round}轮", round=case.application.round), case.application.round > 1),
    ]
    return [(style, words) for style, words, there in marks if there]


def _late(case: Case) -> Iterator[tuple[str, str, bool]]:
    """The last day for beginning the notice, from three working days before."""
    if case.post_by is None or case.overdue:
        return
    left = calendar.workdays_left(case.today, case.post_by)
    yield "tag-error", say("来不及公示完，必然超期"), case.today > case.post_by
    yield "tag-warning", say("今天须公示，否则必然超期"), case.today == case.post_by
    yield (
        "",
        say("最迟{post_by}须公示", post_by=short_day(case.post_by)),
        case.today < case.post_by and left <= queries.SOON,
    )


def _since(case: Case) -> str:
    """The day by which the list is sorted while no limit runs."""
    application = case.application
    if application.submitted_on is None:
        return say("未提交")
    if application.status != "submitted" or application.sort_on == application.submitted_on:
        return say("{submitted_on} 提交", submitted_on=short_day(application.submitted_on))
    return say("补正后{sort_on}重新提交", sort_on=short_day(application.sort_on))


def _short(application: Application) -> str:
    titles = registry.policy(application.policy).titles
    return "、".join(titles[code].removesuffix("人员").removesuffix("成员") for code in application.categories)


_HEADS = (
    "申请编号", "姓名", "性别", "身份证号码", "联系电话", "受理平台", "申请类别", "渠道", "状态", "提交日期", "受理日期",
    "办结期限", "期限是否暂定", "办结日期", "上报批次",
)  # fmt: skip


@staff(Right.EXPORT_LISTS)
@require_safe
def export(request: StaffRequest) -> HttpResponseBase:
    """Export the whole list, masked; this is recorded."""
    user, filters = request.user, CaseFilters.read(request.GET)
    history.looked(
        user.actor,
        "export:cases",
        for_record("导出申请清单：{filters}", filters=filters or for_record("全部"))[:80],
        user.area,
    )
    about = filter_words.about(CaseFilterForm(user, asdict(filters)), filters, _states(user))
    pieces = spreadsheets.xlsx(say("申请"), _HEADS, _export_rows(user, filters), about)
    response = StreamingHttpResponse(pieces, content_type=spreadsheets.XLSX)
    disposition = content_disposition_header(True, say("申请清单-{today:%Y%m%d}.xlsx", today=clock.today()))
    response["Content-Disposition"] = disposition or "attachment"
    return response


def _states(user: User) -> dict[str, str]:
    """The tabs of the list, by their values in URLs."""
    groups = {
        "open": say("在办"),
        "closed": say("已办结"),
        queries.TODO: say("待我办"),
        queries.NOTICE_OVER: say("公示已满，待签署"),
    }
    return groups | {code: state.label for code, state in queries.states_of(user).items()}


def _export_rows(user: User, filters: CaseFilters) -> Iterator[tuple[Any, ...]]:
    rows = queries.listed(user, filters).select_related("person", "agency", "batch").order_by("sort_on", "pk")
    for row in rows.iterator(chunk_size=500):
        person = row.person
        yield (
            row.number, person.name, person.get_sex_display(), person.masked_id_number, Case(row, user).masked_phone or say("电话待补"),
            row.agency.name, "、".join(registry.policy(row.policy).titles[code] for code in row.categories), row.get_channel_display(),
            row.get_status_display(), row.submitted_on, row.accepted_on, row.due_on,
            say("暂定") if row.due_state == DueState.PROVISIONAL else "",
            row.finished_on, row.batch.number if row.batch else "",
        )  # fmt: skip
