"""The batches reported in the area, with their sheets; they can be recalled until the county has opened them."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST, require_safe

from jiuyuan import clock
from jiuyuan.agencies.models import User
from jiuyuan.agencies.roles import Right
from jiuyuan.applications import queries
from jiuyuan.applications.models import Application, Batch, Opinion, PublicNotice
from jiuyuan.applications.workflow import APPLICATION, recall_batch
from jiuyuan.desk import queries as desk_queries
from jiuyuan.desk import spreadsheets
from jiuyuan.desk.access import StaffRequest, may_act, staff
from jiuyuan.desk.frame import page
from jiuyuan.history import services as history
from jiuyuan.printing.tables import TableData, table_pdf
from jiuyuan.procedures import engine
from jiuyuan.refusals import NotForRole, NotFound, Refusal
from jiuyuan.regions import registry
from jiuyuan.wording import say

_HEADS = ("序号", "姓名", "性别", "身份证号码", "申请类别", "申请编号", "受理日期", "办结期限", "公示", "初审意见日期")


@staff(Right.SEE_CASES)
@require_safe
def batches(request: StaffRequest) -> HttpResponseBase:
    """The reported batches, and how many cases of each still wait."""
    rows, following = desk_queries.newest_first(desk_queries.batches(request.user), request.GET.get("cursor", ""))
    why_not = _why_not_recalled(request.user, rows)
    context = {
        "rows": [(row, row.pk in why_not, why_not.get(row.pk, "")) for row in rows], "next": following, "previous": None,
        "may_report": may_act(request.user, "report"), "may_recall": may_act(request.user, "recall"),
    }  # fmt: skip
    return page(request, "batches.html", context, at="batches")


def _why_not_recalled(user: User, rows: Sequence[Batch]) -> dict[int, str]:
    """For batches whose cases all wait for the county, why the user cannot recall them; empty if they can."""
    if not may_act(user, "recall"):
        return {}
    firsts = [row.first for row in rows if row.size and row.waiting == row.size]  # type: ignore[attr-defined]
    found = Application.objects.visible_to(user).filter(pk__in=firsts).select_related("person", "agency", "batch")
    cases = queries.cases(user, list(found))
    offers = {case.application.batch_id: engine.offer(APPLICATION, case, "recall") for case in cases}
    return {pk: "".join(offer.reasons) for pk, offer in offers.items() if pk is not None}


@staff(Right.SEE_CASES)
@require_POST
def recall(request: StaffRequest, number: str) -> HttpResponseBase:
    try:
        count = recall_batch(request.user, number)
    except (NotFound, NotForRole):
        raise
    except Refusal as refusal:
        messages.error(request, refusal.title)
    else:
        messages.success(request, say("已撤回批次{number}的{count}份，回到“初审通过”。", number=number, count=count))
    return redirect("desk:batches")


@staff(Right.SEE_CASES)
@require_safe
def sheet(request: StaffRequest, number: str) -> HttpResponseBase:
    """The list of a batch as a PDF."""
    batch, rows = _opened(request, number)
    pdf = table_pdf(
        TableData(
            title=say("就业困难人员认定汇总表"), note=say("批次 {number}　共{count}人", number=batch.number, count=len(rows)), agency=batch.agency.name,
            day=clock.today(), heads=_HEADS, rows=rows, foot=say("上报人：{name}　　复核人：　　　　　　　　", name=batch.created_by_name),
        )
    )  # fmt: skip
    response = HttpResponse(pdf, content_type="application/pdf")
    response["Content-Disposition"] = (
        content_disposition_header(False, say("汇总表-{number}.pdf", number=number)) or "inline"
    )
    response["Cache-Control"] = "private, no-store"
    return response


@staff(Right.SEE_CASES)
@require_safe
def workbook(request: StaffRequest, number: str) -> HttpResponseBase:
    batch, rows = _opened(request, number)
    about = say("{name}　共{count}人　{today:date}", name=batch.agency.name, count=len(rows), today=clock.today())
    response = StreamingHttpResponse(
        spreadsheets.xlsx(say("汇总表 {number}", number=number), _HEADS, rows, about), content_type=spreadsheets.XLSX
    )
    response["Content-Disposition"] = (
        content_disposition_header(True, say("汇总表-{number}.xlsx", number=number)) or "attachment"
    )
    return response


def _opened(request: StaffRequest, number: str) -> tuple[Batch, Sequence[tuple[Any, ...]]]:
    """The batch with its masked list; the look is recorded."""
    user = request.user
    batch = Batch.objects.visible_to(user).select_related("agency", "created_by").filter(number=number).first()
    if batch is None:
        raise NotFound(say("没有这一批。"))
    history.looked(user.actor, "batch", f"汇总表：{number}", user.area)
    mine = Application.objects.visible_to(user).filter(batch=batch).select_related("person")
    return batch, [
        (
            place, row.person.name, row.person.get_sex_display(), row.person.masked_id_number,
            "、".join(registry.policy(row.policy).titles[code] for code in row.categories), row.number, row.accepted_on, row.due_on,
            _last(row.notices.all()), _signed(row.opinions.all()),
        )
        for place, row in enumerate(mine.prefetch_related("notices", "opinions").order_by("pk"), 1)
    ]  # fmt: skip


def _last(notices: Sequence[PublicNotice]) -> str:
    last = max(notices, key=lambda notice: notice.pk, default=None)
    return (
        say("{posted_on:month_day}至{ends_on:month_day}", posted_on=last.posted_on, ends_on=last.ends_on)
        if last
        else ""
    )


def _signed(opinions: Sequence[Opinion]) -> date | None:
    found = [one for one in opinions if one.action == "endorse"]
    return max(found, key=lambda one: one.pk).given_on if found else None
