"""Closed months of figures: an office's values as charts and tables, the people counted, and later changes."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.http import content_disposition_header, urlencode
from django.views.decorators.http import require_http_methods, require_safe

from jiuyuan import clock
from jiuyuan.agencies.models import Agency
from jiuyuan.agencies.roles import Right
from jiuyuan.applications import queries as cases
from jiuyuan.characters import whole_number
from jiuyuan.desk import spreadsheets, timeline
from jiuyuan.desk.access import StaffRequest, staff
from jiuyuan.desk.actions import Action
from jiuyuan.desk.frame import page
from jiuyuan.desk.views import targets
from jiuyuan.desk.views.one_act import buttons, one_act, transition_for
from jiuyuan.history import services as history
from jiuyuan.history.models import Entry
from jiuyuan.oversight.figures import corrections, proving, reading, registry
from jiuyuan.oversight.figures.reading import FigureReading, OfficeValue
from jiuyuan.oversight.models import FigurePeriod
from jiuyuan.oversight.period_workflow import PERIOD, hold
from jiuyuan.people import segments
from jiuyuan.people.queries import looked_at_list
from jiuyuan.printing.tables import TableData, table_pdf
from jiuyuan.refusals import NotFound
from jiuyuan.speed.addresses import url_of
from jiuyuan.speed.counts import how_many, rows_of
from jiuyuan.wording import for_record, in_words, say

_PAGE = 100
_CHANGES, _ACTS_SHOWN, _EARLIER = 30, 5, 50


@staff(Right.SEE_FIGURES, Right.SEE_PEOPLE)
@require_safe
def months(request: StaffRequest) -> HttpResponseBase:
    """An office's month: all figures, and the parts of the chosen one."""
    under, month = _asked(request)
    found = reading.period(request.user, under, month)
    context: dict[str, Any] = {
        "under": under,
        "month": month,
        "period": found,
        "above": _above(request, under),
        "year": month.year,
    }
    context |= targets.shown(request.user, under, month.year)
    if found is None:
        context["span"] = registry.month_of(under.path, month)
        return page(request, "months.html", context, at="figures")
    every = reading.readings(found)
    wanted = _key(request.GET.get("figure", "on_register"), request.GET.get("version", ""))
    chosen = next((one for one in every if one.figure.key == wanted), every[0])
    earlier = corrections.of_earlier_months(found, chosen.figure.key)
    corrected = how_many(("earlier", found.pk, chosen.figure.key), lambda: earlier)
    below = FigurePeriod.objects.visible_to(request.user).filter(month=month, agency__parent=under)
    context |= {
        "readings": [(one, *_links(one)) for one in every],
        "chosen": chosen,
        "tables": _tables(found, chosen),
        "earlier": list(earlier[:_EARLIER]) if corrected else [],
        "earlier_left_out": max(corrected - _EARLIER, 0),
        "actions": _actions(request, found),
        "below": list(below.select_related("agency", "approved_by").order_by("area")),
        "neighbours": _neighbours(under, month),
        "query": urlencode({"under": under.code, "month": f"{month:%Y-%m}"}),
        "history": timeline.tell(history_of(found)),
    }
    return page(request, "months.html", context, at="figures")


@staff(Right.SEE_FIGURES, Right.SEE_PEOPLE)
@require_safe
def listed(request: StaffRequest) -> HttpResponseBase:
    """The people counted by a figure, or by whom it differs today, with their record entries."""
    one = _reading(request)
    looked_at_list(request.user, for_record("月报数字的名单"))
    start = whole_number(request.GET.get("from", "")) or 0
    context: dict[str, Any] = {"one": one, "back": _address(one)}
    if request.GET.get("change") == "later" and one.period is not None:
        rows = reading.changes(request.user, one, start, _CHANGES)
        acts = corrections.acts_of([row.person for row in rows], one.period.closed_at)
        more = one.added + one.removed > start + _CHANGES
        context["changes"] = [(row, timeline.tell(acts.get(row.person_id, [])[:_ACTS_SHOWN])) for row in rows]
        context["next"] = f"{_address(one, to='list', change='later')}&from={start + _CHANGES}" if more else ""
        return page(request, "month_changes.html", context, at="figures")
    found = reading.listed(request.user, one, start, _PAGE)
    context |= {"listed": found, "next": f"{_address(one, to='list')}&from={start + _PAGE}" if found.more else ""}
    context["faults"] = proving.faults_for_page(one.period, one.figure.key) if one.period and not start else []
    return page(request, "month_list.html", context, at="figures")


@staff(Right.SEE_FIGURES, Right.SEE_PEOPLE)
@require_safe
def workbook(request: StaffRequest) -> HttpResponseBase:
    """The month as a workbook: all figures, then the parts of each."""
    found = _closed(request)
    history.looked(request.user.actor, "export:figures", for_record("导出月报"), request.user.area)
    sheets: list[spreadsheets.Sheet] = [(say("月报"), _heads(), _rows(found))]
    for one in reading.readings(found):
        if one.value:
            parts = [
                [table["title"], row["label"], row["value"]] for table in _tables(found, one) for row in table["rows"]
            ]
            name = one.figure.label if one.figure.version == 1 else f"{one.figure.label}{one.figure.version}"
            sheets.append((name, [say("分组"), say("项目"), say("人数")], parts))
    response = StreamingHttpResponse(spreadsheets.xlsx_of(sheets, _title(found)), content_type=spreadsheets.XLSX)
    response["Content-Disposition"] = content_disposition_header(True, f"{_title(found)}.xlsx") or "attachment"
    return response


@staff(Right.SEE_FIGURES, Right.SEE_PEOPLE)
@require_safe
def printed(request: StaffRequest) -> HttpResponseBase:
    """月报 as a PDF."""
    found = _closed(request)
    note = say(
        "{since:date}至{until:date}，{closed_on:date}结账，{status}。校验值 {digest}",
        since=found.since, until=found.until, closed_on=found.closed_on, status=found.get_status_display(),
        digest=found.digest[:16],
    )  # fmt: skip
    data = TableData(
        title=_title(found), note=note, agency=found.agency.name, day=clock.today(), heads=_heads(), rows=_rows(found),
        foot=say("填报人：　　　　　　审核人：　　　　　　负责人："),
    )  # fmt: skip
    response = HttpResponse(table_pdf(data), content_type="application/pdf")
    response["Content-Disposition"] = content_disposition_header(False, f"{_title(found)}.pdf") or "inline"
    return response


@staff(Right.SEE_FIGURES, Right.SEE_PEOPLE)
@require_http_methods(["GET", "HEAD", "POST"])
def act(request: StaffRequest, pk: int, action: str) -> HttpResponseBase:
    """Approve a month, or send back one of a lower office."""
    rows = FigurePeriod.objects.visible_to(request.user).select_related("agency__parent")
    found = rows.filter(pk=pk).first()
    if found is None:
        raise NotFound(say("没有这个统计月。"))
    context = hold(found, request.user)
    transition = transition_for(request, PERIOD, context.region, action)
    assert request.user.agency is not None
    back = _page(request.user.agency, found.month)

    def done(_period: FigurePeriod) -> HttpResponseBase:
        messages.success(request, transition.result)
        return redirect(back)

    crumbs = [{"label": _title(found), "url": _page(found.agency, found.month)}, {"label": transition.label}]
    return one_act(
        request, PERIOD, context, transition, found.pk,
        caption=_title(found), back=back, crumbs=crumbs, at="figures", after=done,
    )  # fmt: skip


def _asked(request: StaffRequest) -> tuple[Agency, date]:
    under = reading.office(request.user, request.GET.get("under", ""))
    asked = clock.asked_day(f"{request.GET.get('month', '')}-01")
    today = clock.today()
    return under, asked or reading.last_month(under) or registry.month_at(under.path, today)


def _reading(request: StaffRequest) -> FigureReading:
    under, month = _asked(request)
    code, version = _key(request.GET.get("figure", ""), request.GET.get("version", ""))
    return reading.read(request.user, registry.definition(code, version), under, month)


def _key(code: str, version: str) -> tuple[str, int]:
    return code, whole_number(version) or registry.definition(code).version


def _closed(request: StaffRequest) -> FigurePeriod:
    found = reading.period(request.user, *_asked(request))
    if found is None:
        raise NotFound(say("这个月还没有结账。"))
    return found


def _address(one: FigureReading, *, to: str = "", change: str = "") -> str:
    at, change = url_of("desk:month_list" if to else "desk:months"), f"&change={change}" if change else ""
    return f"{at}?{_query(one)}{change}"


def _query(one: FigureReading) -> str:
    said: dict[str, str | int] = {
        "under": one.under.code, "month": f"{one.month:%Y-%m}", "figure": one.figure.code, "version": one.figure.version,
    }  # fmt: skip
    return urlencode(said)


def _links(one: FigureReading) -> tuple[str, str, str]:
    """The URLs of the figure's page, its list, and its later changes."""
    query, at = _query(one), url_of("desk:month_list")
    return f"{url_of('desk:months')}?{query}", f"{at}?{query}", f"{at}?{query}&change=later"


def _page(under: Agency | OfficeValue, month: date) -> str:
    return f"{url_of('desk:months')}?{urlencode({'under': under.code, 'month': f'{month:%Y-%m}'})}"


def _above(request: StaffRequest, under: Agency) -> Agency | None:
    above = under.parent
    return above if above is not None and above.path.startswith(request.user.area) else None


def _neighbours(under: Agency, month: date) -> list[tuple[str, str]]:
    near = (registry.before(month), registry.following(month))
    there = FigurePeriod.objects.unscoped().filter(agency=under, month__in=near).order_by("month")
    months = rows_of(("neighbours", under.pk, month), lambda: there.values_list("month"))
    return [(in_words(one, "month"), _page(under, one)) for (one,) in months]


def _actions(request: StaffRequest, found: FigurePeriod) -> list[Action]:
    return [one for one in buttons(PERIOD, hold(found, request.user), "desk:month_act", found.pk) if one.offer.in_state]


def history_of(found: FigurePeriod) -> Any:
    """The acts on a closed month, newest first."""
    return Entry.objects.of(found.file).order_by("-seq")


def _tables(found: FigurePeriod, one: FigureReading) -> list[dict[str, Any]]:
    """The chosen figure by office, month, sex, age and category; rows with bar lengths in percent."""
    titles = cases.categories(found.area)
    version = one.figure.version
    named: list[tuple[str, list[tuple[str, int, str]]]] = [
        (say("按机构"), [(at.name, at.value, _page(at, found.month)) for at in reading.by_office(found, one.figure)]),
        (say("按月"), [(in_words(month, "month"), values.get(version, 0), _page(found.agency, month)) for month, values in reading.by_month(found, one.figure)]),
        (say("按性别"), _of(one.parts.get("sex", {}), {code: say(label) for code, label in segments.SEXES.items()})),
        (say("按年龄"), _of(one.parts.get("age", {}), {code: say(label) for code, (label, *_) in segments.AGES.items()})),
        (say("按类别"), _of(one.parts.get("category", {}), titles)),
    ]  # fmt: skip
    tables = []
    for title, rows in named:
        most = max((value for _, value, _ in rows), default=0) or 1
        drawn = [
            {"label": label, "value": value, "url": url, "bar": round(100 * value / most)} for label, value, url in rows
        ]
        if drawn:
            tables.append({"title": title, "rows": drawn})
    return tables


def _of(counts: Mapping[str, int], labels: Mapping[str, str]) -> list[tuple[str, int, str]]:
    order = [*labels, *(code for code in counts if code not in labels)]
    return [(labels.get(code, code), counts[code], "") for code in order if code in counts]


def _title(found: FigurePeriod) -> str:
    return say("{office}{month:%Y}年{month:%m}月就业援助月报", office=found.agency.name, month=found.month)


def _heads() -> list[str]:
    return [say("统计数"), say("本月"), say("本年累计"), say("结账后增加"), say("结账后减少"), say("口径")]


def _rows(found: FigurePeriod) -> list[list[Any]]:
    return [
        [one.figure.label, one.value, one.in_year, one.added, one.removed, say("第{version}版：{decides}", version=one.figure.version, decides=one.figure.decides)]
        for one in reading.readings(found)
    ]  # fmt: skip
