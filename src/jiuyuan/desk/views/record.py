"""For auditors: the acts and looks of their area, and verification of the record."""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from django.conf import settings
from django.http import StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from jiuyuan import clock
from jiuyuan.agencies.roles import Right
from jiuyuan.desk import queries, spreadsheets, timeline
from jiuyuan.desk.access import StaffRequest, staff
from jiuyuan.desk.file_names import names_of
from jiuyuan.desk.forms.lists import LookFilterForm, RecordFilterForm
from jiuyuan.desk.frame import page
from jiuyuan.history import sealing
from jiuyuan.history import services as history
from jiuyuan.history.models import Digest
from jiuyuan.wording import for_record, say

# With more entries, verification takes too long for a page.
MOST_IN_A_PAGE = 20_000
_MOST_FAULTS = 200


@staff(Right.READ_HISTORY)
@require_safe
def entries(request: StaffRequest) -> HttpResponseBase:
    rows = queries.entries(request.user, request.GET.dict())
    shown, following = queries.newest_first(rows, request.GET.get("cursor", ""))
    names = names_of(entry.file for entry in shown)
    context = {
        "rows": [(entry, told, names[entry.file]) for entry, told in zip(shown, timeline.tell(shown), strict=True)],
        "filters": RecordFilterForm(request.GET),
        **_around(request, following),
    }
    return page(request, "history.html", context, at="history")


@staff(Right.READ_HISTORY)
@require_safe
def looks(request: StaffRequest) -> HttpResponseBase:
    rows = queries.looks(request.user, request.GET.dict())
    shown, following = queries.newest_first(rows, request.GET.get("cursor", ""))
    names = names_of(look.file for look in shown)
    context = {
        "rows": [(timeline.ROLES.get(look.role, look.role), look, names[look.file]) for look in shown],
        "filters": LookFilterForm(request.GET),
        **_around(request, following),
    }
    return page(request, "looks.html", context, at="looks")


def _around(request: StaffRequest, following: str | None) -> dict[str, Any]:
    query = request.GET.copy()
    query.pop("cursor", None)
    return {"next": following, "previous": None, "query": query.urlencode(), "active": any(query.values())}


@staff(Right.READ_HISTORY)
@require_safe
def export_entries(request: StaffRequest) -> HttpResponseBase:
    heads = (
        say("时间"),
        say("案卷"),
        say("序号"),
        say("经办人"),
        say("账号"),
        say("角色"),
        say("机构"),
        say("动作"),
        say("内容"),
        say("校验值"),
    )
    _export_recorded(request, say("操作记录"))
    rows = queries.entries(request.user, request.GET.dict()).order_by("pk").iterator(chunk_size=1000)
    lines = (
        (e.at, e.file, e.seq, e.actor_name, e.actor, timeline.ROLES.get(e.role, e.role), e.agency,
         timeline.act_in_words(e.action, e.area), timeline.tell([e])[0].said, e.hash)
        for e in rows
    )  # fmt: skip
    return _csv(heads, lines, say("操作记录"))


@staff(Right.READ_HISTORY)
@require_safe
def export_looks(request: StaffRequest) -> HttpResponseBase:
    heads = (say("时间"), say("查看人"), say("账号"), say("角色"), say("案卷"), say("所看内容"), say("显示完整号码"))
    _export_recorded(request, say("查看记录"))
    rows = queries.looks(request.user, request.GET.dict()).order_by("pk").iterator(chunk_size=1000)
    lines = (
        (
            k.at,
            k.actor_name,
            k.actor,
            timeline.ROLES.get(k.role, k.role),
            k.file,
            k.what,
            say("是") if k.unmasked else say("否"),
        )
        for k in rows
    )
    return _csv(heads, lines, say("查看记录"))


def _export_recorded(request: StaffRequest, what: str) -> None:
    history.looked(request.user.actor, "export:record", for_record("导出{what}", what=what)[:80], request.user.area)


def _csv(heads: Sequence[str], lines: Iterator[Sequence[Any]], name: str) -> StreamingHttpResponse:
    response = StreamingHttpResponse(spreadsheets.csv_lines(heads, lines), content_type="text/csv; charset=utf-8")
    disposition = content_disposition_header(True, f"{name}-{clock.today():%Y%m%d}.csv")
    response["Content-Disposition"] = disposition or "attachment"
    return response


@staff(Right.READ_HISTORY)
@require_safe
def verify(request: StaffRequest) -> HttpResponseBase:
    """Verify the record if it is short enough; otherwise say which command to run."""
    count = sealing.acts()
    run = "run" in request.GET and count <= MOST_IN_A_PAGE
    faults = list(islice(sealing.verify(settings.JIUYUAN.ledger), _MOST_FAULTS)) if run else []
    context = {
        "count": count,
        "short": count <= MOST_IN_A_PAGE,
        "run": run,
        "faults": faults,
        "warnings": list(sealing.warnings(settings.JIUYUAN.ledger, None)) if run else [],
        "digests": list(Digest.objects.order_by("-day", "-part")[:14]),
    }
    return page(request, "verify.html", context, at="verify")
