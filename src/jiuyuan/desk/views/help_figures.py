"""Period figures of assistance: tables with bars and links to lists, a workbook, and the effect of other limits."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.http import StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header, urlencode
from django.views.decorators.http import require_safe

from jiuyuan import clock
from jiuyuan.agencies.models import User
from jiuyuan.agencies.roles import Right
from jiuyuan.assistance import duties, rating_figures
from jiuyuan.characters import whole_number
from jiuyuan.desk import spreadsheets
from jiuyuan.desk.access import StaffRequest, staff
from jiuyuan.desk.frame import page
from jiuyuan.desk.views.period_figures import Drawn, PeriodAsked, asked_for, usual_periods
from jiuyuan.history import services as history
from jiuyuan.oversight.figures import help_tables
from jiuyuan.oversight.figures.help_tables import IDLE, HelpAsked, HelpColumn, HelpTable
from jiuyuan.oversight.figures.registry import Span
from jiuyuan.oversight.figures.shares import DUE, IN_TIME, LATE
from jiuyuan.people.queries import looked_at_list
from jiuyuan.recognitions.models import Recognition
from jiuyuan.refusals import NotFound
from jiuyuan.speed.addresses import url_of
from jiuyuan.wording import for_record, say

_PAGE = 100


@staff(Right.SEE_FIGURES, Right.SEE_PEOPLE)
@require_safe
def figures(request: StaffRequest) -> HttpResponseBase:
    """Due items, offers and results by agency, category or helper; and inactive helpers."""
    asked, dimensions = _asked(request)
    trials = [(duty.code, duty.label) for duty in duties.DUTIES]
    context = {
        "asked": asked,
        "tables": _tables(request.user, asked),
        "used": None,
        "visits": [],
        "dimensions": [(label, asked.query(by=code), code == asked.by) for code, label in dimensions.items()],
        "periods": [(label, asked.query(since=str(since), until=str(until)), (since, until) == (asked.since, asked.until))
                    for label, since, until in usual_periods(clock.today())],
        "workbook": f"{url_of('desk:help_workbook')}?{asked.query()}",
        "ratings": rating_figures.rating_figures(request.user, clock.today()),
        "rating_words": rating_figures.words(request.user, clock.today()),
        "least": rating_figures.LEAST,
        "trials": trials,
        "tried_code": request.GET.get("try", ""),
        "tried_days": request.GET.get("days", ""),
        "tried": _tried(request),
    }  # fmt: skip
    return page(request, "help_figures.html", context, at="figures")


@staff(Right.SEE_FIGURES, Right.SEE_PEOPLE)
@require_safe
def workbook(request: StaffRequest) -> HttpResponseBase:
    """The same tables as a workbook, one sheet each."""
    asked, _ = _asked(request)
    history.looked(
        request.user.actor,
        "export:figures",
        for_record("导出帮扶统计：{period}", period=asked.period),
        request.user.area,
    )
    sheets = [
        (table.title, [*table.heads], [[row["label"], *(count for count, _ in row["cells"])] for row in table.rows])
        for table in _tables(request.user, asked)
    ]
    title = say("{name}　{since}至{until}", name=asked.under.name, since=asked.since, until=asked.until)
    response = StreamingHttpResponse(spreadsheets.xlsx_of(sheets, title), content_type=spreadsheets.XLSX)
    name = say(
        "帮扶统计-{name}-{since:%Y%m%d}-{until:%Y%m%d}.xlsx",
        name=asked.under.name,
        since=asked.since,
        until=asked.until,
    )
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return response


@staff(Right.SEE_FIGURES, Right.SEE_PEOPLE)
@require_safe
def listed(request: StaffRequest) -> HttpResponseBase:
    """The people counted by a figure, each as often as counted."""
    (asked, _), given = _asked(request), request.GET
    code, duty, part = given.get("figure", DUE), given.get("duty", ""), given.get("part", "")
    columns = {one.key: one for one in _columns(asked)} | {IDLE: HelpColumn(IDLE, say("没有办理的帮扶人"))}
    if code not in columns or (duty and duty not in duties.BY_CODE) or (code == IDLE and not whole_number(part)):
        raise NotFound(say("没有这个统计数。"))
    start = whole_number(given.get("from", "")) or 0
    if code == IDLE:
        keys = help_tables.helped_by(_of(request.user, asked), int(part))
        count, here = len(keys), keys[start : start + _PAGE]
    else:
        found = help_tables.listed(_of(request.user, asked), columns[code], part, duty, start, _PAGE)
        count, here = found.count, found.stays
    rows = Recognition.objects.visible_to(request.user).filter(pk__in=set(here)).order_by()
    stays = {row["pk"]: row for row in rows.values("pk", "number", "person__name", "person__agency__name")}
    looked_at_list(request.user, for_record("帮扶统计的名单"))
    said = {"figure": code, "duty": duty, "part": part}
    more = f"{asked.query()}&{urlencode(said | {'from': start + _PAGE})}" if count > start + _PAGE else ""
    context = {
        "asked": asked,
        "title": f"{duties.BY_CODE[duty].label}　{columns[code].head}" if duty else columns[code].head,
        "count": count,
        "stays": [stays[key] for key in here if key in stays],
        "next": more,
        "back": f"{url_of('desk:help_figures')}?{asked.query()}",
    }
    return page(request, "help_figure_list.html", context, at="figures")


def _asked(request: StaffRequest) -> tuple[PeriodAsked, dict[str, str]]:
    """The request from the URL, and the possible dimensions."""
    asked = asked_for(request, {"agency": "", "category": "", "helper": ""})
    dimensions = help_tables.dimensions(asked.under)
    return (asked if asked.by in dimensions else replace(asked, by="agency")), dimensions


def _of(user: User, asked: PeriodAsked) -> HelpAsked:
    return HelpAsked(user, asked.under, Span(asked.since, asked.until), asked.by)


def _columns(asked: PeriodAsked) -> list[HelpColumn]:
    return help_tables.columns(asked.under.path, clock.today())


def _tables(user: User, asked: PeriodAsked) -> list[Drawn]:
    found = help_tables.table(_of(user, asked))
    columns = _columns(asked)
    tables = [_of_duties(found, asked, columns), _of_parts(found, asked, columns)]
    if found.idle:
        tables.append(_of_idle(found, asked))
    return tables


def _of_duties(found: HelpTable, asked: PeriodAsked, columns: Sequence[HelpColumn]) -> Drawn:
    rows = []
    for duty, label in help_tables.duty_heads().items():
        cells = [(found.duties.get((duty, one), 0), _list(asked, one, duty=duty)) for one in (DUE, IN_TIME, LATE)]
        rows.append(_line(label, cells, found.counts.get(("", DUE), 0)))
    shown = [row for row in rows if row["cells"][0][0]]
    return Drawn(say("要办的事"), [say("要办的事"), *(one.head for one in columns[:3])], shown, say("按期率"))


def _of_parts(found: HelpTable, asked: PeriodAsked, columns: Sequence[HelpColumn]) -> Drawn:
    label = help_tables.dimensions(asked.under)[asked.by]
    most = max((found.counts.get((part, DUE), 0) for part in found.lines), default=0)
    rows = []
    for part, name in {"": say("合计"), **found.lines}.items():
        cells = [(found.counts.get((part, one.key), 0), _list(asked, one.key, part=part)) for one in columns]
        if not part or any(count for count, _ in cells):
            rows.append({**_line(name, cells, most if part else 0), "whole": not part})
    heads = [say("帮扶"), *(one.head for one in columns)]
    return Drawn(say("帮扶（{label}）", label=label), heads, rows, say("按期率"))


def _of_idle(found: HelpTable, asked: PeriodAsked) -> Drawn:
    accounts = User.objects.filter(pk__in=found.idle).order_by("name", "pk").values_list("pk", "name")
    most = max(found.idle.values())
    rows = [
        {**_line(name, [(found.idle[pk], _list(asked, IDLE, part=str(pk)))], most), "share": None}
        for pk, name in accounts
    ]
    title = say("没有办理的帮扶人")
    return Drawn(title, [title, say("在帮扶的人")], rows)


def _line(label: str, cells: list[tuple[int, str]], most: int) -> dict[str, Any]:
    """`cells` begin with due, in time, late."""
    of_time = sum(count for count, _ in cells[1:3])
    share = round(100 * cells[1][0] / of_time) if len(cells) > 2 and of_time else None
    return {
        "label": label,
        "whole": False,
        "cells": cells,
        "bar": round(100 * cells[0][0] / most) if most else 0,
        "share": share,
    }


def _list(asked: PeriodAsked, code: str, *, part: str = "", duty: str = "") -> str:
    said = {name: value for name, value in (("figure", code), ("part", part), ("duty", duty)) if value}
    return f"{url_of('desk:help_figure_list')}?{asked.query()}&{urlencode(said)}"


def _tried(request: StaffRequest) -> str:
    """The effect of a duty, optionally with another limit, in words; empty if not requested."""
    duty, said = duties.BY_CODE.get(request.GET.get("try", "")), request.GET.get("days", "").strip()
    if duty is None:
        return ""
    if not said:
        found = duties.tried(request.user, duty, clock.today())
        return say("{duty}：{found}", duty=duty.label, found=found.in_words)
    days = whole_number(said)
    if not duty.limit:
        return say("“{duty}”的日子写在各人的记录里，没有期限可改；天数请留空。", duty=duty.label)
    if days is None or days > duties.LONGEST_TRIED:
        return say("天数应为0至{most}的整数。", most=duties.LONGEST_TRIED)
    found = duties.tried(request.user, duty, clock.today(), {duty.limit: days})
    return say("{duty}，改成{days}天：{found}", duty=duty.label, days=days, found=found.in_words)
