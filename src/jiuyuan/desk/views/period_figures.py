"""Period figures for supervisors: tables with bars and links to lists, and a workbook."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.http import Http404, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header, urlencode
from django.views.decorators.http import require_safe

from jiuyuan import clock
from jiuyuan.agencies.models import Agency
from jiuyuan.agencies.roles import Right
from jiuyuan.applications import period_figures as applications
from jiuyuan.desk import spreadsheets
from jiuyuan.desk.access import StaffRequest, staff
from jiuyuan.desk.frame import page
from jiuyuan.history import services as history
from jiuyuan.oversight.figures import period_tables
from jiuyuan.oversight.figures.definitions import BESIDE, case_columns, register_columns
from jiuyuan.oversight.figures.period_tables import BesideLine, PeriodTables
from jiuyuan.oversight.figures.registry import Span
from jiuyuan.people import segments
from jiuyuan.people.models import FamilyCertification
from jiuyuan.recognitions.models import Investigation
from jiuyuan.speed.addresses import url_of
from jiuyuan.wording import say

_LONGEST = timedelta(days=366 * 5)


@dataclass(frozen=True)
class PeriodAsked:
    """The request from the URL: period, agency, and dimension."""

    since: date
    until: date
    under: Agency
    by: str

    @property
    def period(self) -> str:
        return f"{self.since}_{self.until}"

    def query(self, **changes: str) -> str:
        said = {"since": str(self.since), "until": str(self.until), "under": self.under.code, "by": self.by}
        return urlencode(said | changes)


@dataclass(frozen=True)
class Drawn:
    """A table with bars: `cells` are (number, URL), `bar` is the first column's length in percent."""

    title: str
    heads: Sequence[str]
    rows: Sequence[dict[str, Any]]
    note: str = ""


@staff(Right.SEE_FIGURES, Right.SEE_CASES)
@require_safe
def period_figures(request: StaffRequest) -> HttpResponseBase:
    asked = asked_for(request, applications.DIMENSIONS)
    found = period_tables.tables(request.user, asked.under, asked.by, Span(asked.since, asked.until))
    context = {
        "asked": asked,
        "tables": _tables(asked, found),
        "used": found.used,
        "visits": [(label, count, _visits_at(asked, code)) for code, label, count in found.visits],
        "may_see_visits": request.user.may(Right.SEE_VISITS),
        "dimensions": [(label, asked.query(by=code), code == asked.by) for code, label in applications.DIMENSIONS.items()],
        "periods": [(label, asked.query(since=str(since), until=str(until)), (since, until) == (asked.since, asked.until))
                    for label, since, until in usual_periods(clock.today())],
        "workbook": f"{url_of('desk:period_workbook')}?{asked.query()}",
    }  # fmt: skip
    return page(request, "period_figures.html", context, at="figures")


@staff(Right.SEE_FIGURES, Right.SEE_CASES)
@require_safe
def period_workbook(request: StaffRequest) -> HttpResponseBase:
    """The same tables as a workbook, one sheet each."""
    asked = asked_for(request, applications.DIMENSIONS)
    found = period_tables.tables(request.user, asked.under, asked.by, Span(asked.since, asked.until))
    history.looked(request.user.actor, "export:figures", f"导出统计：{asked.period}", request.user.area)
    sheets = [_sheet(table) for table in _tables(asked, found)]
    sheets.append((say("用时和走访"), [say("项目"), say("数"), say("单位")], _beside_the_tables(found)))
    title = say("{name}　{since}至{until}", name=asked.under.name, since=asked.since, until=asked.until)
    response = StreamingHttpResponse(spreadsheets.xlsx_of(sheets, title), content_type=spreadsheets.XLSX)
    name = say(
        "统计-{name}-{since:%Y%m%d}-{until:%Y%m%d}.xlsx", name=asked.under.name, since=asked.since, until=asked.until
    )
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return response


def _sheet(table: Drawn) -> spreadsheets.Sheet:
    rows = [
        [row["label"], *(count for count, _ in row["cells"]), *([row["share"]] if table.note else [])]
        for row in table.rows
    ]
    return table.title, [*table.heads, *([f"{table.note}（%）"] if table.note else [])], rows


def _beside_the_tables(found: PeriodTables) -> list[tuple[str, float, str]]:
    """The days cases took, and the visits, as shown above the tables."""
    used, days = found.used, say("个工作日")
    took = [
        (say("办结（有时限的）"), used.cases, say("份")),
        (say("平均用时"), round(used.average, 1), days),
        (say("最长"), used.longest, days),
    ] if used else []  # fmt: skip
    return [*took, *((label, count, say("次")) for _, label, count in found.visits)]


def asked_for(request: StaffRequest, dimensions: Mapping[str, str]) -> PeriodAsked:
    """The request from the URL; by default this year and the first dimension."""
    user, given, today = request.user, request.GET, clock.today()
    assert user.agency is not None
    found = segments.period_of(f"{given.get('since', '')}_{given.get('until', '')}")
    since, until = found if found and found[1] - found[0] <= _LONGEST else (today.replace(month=1, day=1), today)
    code = given.get("under", "")
    under = Agency.objects.filter(code=code, path__begins=user.area).first() if code else user.agency
    if under is None:
        raise Http404
    by = given.get("by", "")
    return PeriodAsked(since, until, under, by if by in dimensions else next(iter(dimensions)))


def usual_periods(today: date) -> list[tuple[str, date, date]]:
    month = today.replace(day=1)
    before = month - timedelta(days=1)
    quarter = today.replace(month=(today.month - 1) // 3 * 3 + 1, day=1)
    return [
        (say("本月"), month, today),
        (say("上月"), before.replace(day=1), before),
        (say("本季度"), quarter, today),
        (say("今年"), today.replace(month=1, day=1), today),
    ]


def _tables(asked: PeriodAsked, found: PeriodTables) -> list[Drawn]:
    label = applications.DIMENSIONS[asked.by]
    cases, register_at = url_of("desk:inbox"), url_of("desk:register")
    heads = [one.head for one in case_columns()]
    on_time = [one.filters(asked.period).due for one in case_columns()]
    tables = [_drawn(say("申请（{label}）", label=label), heads, found.cases, cases, on_time=any(on_time))]
    if found.stays is not None:
        heads = [one.head for one in register_columns()]
        tables.append(_drawn(say("名册（{label}）", label=label), heads, found.stays, register_at))
    tables.append(_beside(asked, found))
    tables.append(_drawn(say("退回的原因"), [say("复核退回")], (None, found.reasons), cases))
    tables.append(_drawn(say("退出的情形"), [say("退出")], (None, found.exits), register_at))
    return tables


def _visits_at(asked: PeriodAsked, figure: str) -> str:
    """The URL of the visits counted by a figure."""
    met = {"met": "yes", "nobody_home": "no"}.get(figure, "")
    query = {"visited_on": asked.period, "agency": asked.under.code, "met": met}
    return f"{url_of('desk:visits_received')}?{urlencode(query)}"


def _beside(asked: PeriodAsked, found: PeriodTables) -> Drawn:
    """Investigations and families without work; each number links to a list filtered by its line."""
    title, (whole, lines) = say("调查和零就业家庭"), found.beside
    at = {Investigation: url_of("desk:investigations"), FamilyCertification: url_of("desk:families")}

    def cells(line: BesideLine) -> list[tuple[int, str]]:
        return [
            (count, f"{at[one.model]}?{urlencode({one.day: asked.period, 'agency': line.agency})}")
            for one, count in zip(BESIDE, line.counts, strict=True)
        ]

    rows = [
        {"label": line.label, "whole": line is whole, "cells": cells(line), "bar": 0, "share": None}
        for line in (whole, *lines)
        if any(line.counts)
    ]
    return Drawn(title, [title, *(say(one.label) for one in BESIDE)], rows)


def _drawn(
    title: str,
    columns: Sequence[str],
    counted: tuple[Any, Sequence[Any]],
    list_at: str,
    *,
    on_time: bool = False,
) -> Drawn:
    whole, lines = counted
    most = max((line.cells[0].count for line in lines), default=0) or 1
    rows = [
        {
            "label": line.label,
            "whole": line is whole,
            "cells": [(cell.count, f"{list_at}?{cell.filters}") for cell in line.cells],
            "bar": 0 if line is whole else round(100 * line.cells[0].count / most),
            "share": line.share_on_time if on_time else None,
        }
        for line in ([whole] if whole else []) + list(lines)
        if line is whole or any(cell.count for cell in line.cells)
    ]
    heads = [title.partition("（")[0], *columns]
    return Drawn(title, heads, rows, say("按期率") if on_time else "")
