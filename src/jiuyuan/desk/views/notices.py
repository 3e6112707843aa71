"""Today's public notices of the area, and the sheet for the notice board (二(二))."""

from itertools import groupby

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from jiuyuan import clock
from jiuyuan.agencies.roles import Right
from jiuyuan.applications import queries, sheets
from jiuyuan.applications.models import DueState, PublicNotice
from jiuyuan.desk.access import StaffRequest, staff
from jiuyuan.desk.frame import page
from jiuyuan.refusals import WrongState
from jiuyuan.regions import registry
from jiuyuan.rules import calendar
from jiuyuan.wording import say


@staff(Right.SEE_CASES)
@require_safe
def notices(request: StaffRequest) -> HttpResponseBase:
    today = clock.today()
    sheets = [
        {
            "key": ":".join(map(str, key)),
            "agency": group[0].application.agency,
            "posted_on": group[0].posted_on,
            "ends_on": group[0].ends_on,
            "state": DueState.PROVISIONAL if group[0].provisional else DueState.FIRM,
            "left": calendar.workdays_left(today, group[0].ends_on),
            "notices": group,
        }
        for key, group in _sheets(request)
    ]
    days = registry.region_of(request.user.area).limit_if_any("notice_working_days", on=today)
    return page(request, "notices.html", {"sheets": sheets, "days": days}, at="notices")


@staff(Right.SEE_CASES)
@require_safe
def board(request: StaffRequest, key: str) -> HttpResponseBase:
    """The sheet of one platform and period, masked like the public page."""
    found = next((group for name, group in _sheets(request) if ":".join(map(str, name)) == key), None)
    if found is None:
        raise Http404
    try:
        pdf = sheets.read(found)
    except WrongState as refusal:
        messages.error(request, refusal.title)
        return redirect("desk:notices")
    response = HttpResponse(pdf, content_type="application/pdf")
    response["Content-Disposition"] = content_disposition_header(False, say("公示-{key}.pdf", key=key)) or "inline"
    return response


def _sheets(request: StaffRequest) -> list[tuple[tuple[object, ...], list[PublicNotice]]]:
    def sheet(notice: PublicNotice) -> tuple[object, ...]:
        return notice.application.agency.code, notice.posted_on, notice.ends_on

    running = sorted(queries.on_notice(request.user), key=sheet)
    return [(key, list(group)) for key, group in groupby(running, key=sheet)]
