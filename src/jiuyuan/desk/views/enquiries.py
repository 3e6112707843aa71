"""Enquiries to departments: for a case, for ticked cases, and their results (一(三))."""

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from jiuyuan.agencies.roles import Right
from jiuyuan.applications import asking, door
from jiuyuan.desk import asked, queries
from jiuyuan.desk.access import StaffRequest, staff
from jiuyuan.desk.frame import page
from jiuyuan.desk.place_in_list import way_back
from jiuyuan.desk.selection import MOST, picked
from jiuyuan.desk.views.acts import back_to_case
from jiuyuan.people.models import Enquiry
from jiuyuan.refusals import Refusal
from jiuyuan.wording import say


@staff(Right.SEE_CASES, Right.RECORD_FACTS)
@require_POST
def ask(request: StaffRequest, number: str) -> HttpResponseBase:
    try:
        found = asking.ask_departments(request.user, number)
    except Refusal as refusal:
        if refusal.status in (403, 404):
            raise
        messages.error(request, refusal.title)
    else:
        if found:
            messages.success(request, say("正在向{count}个部门查询，回复后登记为事实。", count=len(found)))
        else:
            messages.info(request, say("几小时内都查过了，没有再查。"))
    return back_to_case(request, number, "#facts")


@staff(Right.SEE_CASES, Right.RECORD_FACTS)
@require_safe
def progress(request: StaffRequest, number: str) -> HttpResponseBase:
    """The fragment with the departments' state, polled until all have answered."""
    case = door.case(request.user, number)
    found = asked.of_case(case)
    context = {
        "asked": found,
        "asking": any(one.waiting for one in found),
        "application": case.application,
        "came": True,
    }
    return render(request, "desk/case/asked.html", context)


@staff(Right.SEE_CASES, Right.RECORD_FACTS)
@require_http_methods(["GET", "HEAD", "POST"])
def ask_many(request: StaffRequest) -> HttpResponseBase:
    """GET shows which departments would be asked about whom, POST orders the enquiries."""
    if request.method == "POST":
        return _ordered(request)
    cases = [case for case in picked(request.user, request.GET) if case.application.is_open]
    context = {
        "rows": list(zip(cases, asked.of_cases(cases), strict=True)),
        "most": MOST if len(cases) == MOST else 0,
        **way_back(request.GET),
    }
    return page(request, "ask_many.html", context, at="inbox")


def _ordered(request: StaffRequest) -> HttpResponse:
    count = 0
    for number in dict.fromkeys(request.POST.getlist("chosen")[:MOST]):
        try:
            count += len(asking.ask_departments(request.user, number))
        except Refusal as refusal:
            messages.warning(request, f"{number}：{refusal.title}")
    messages.success(
        request,
        say("已提出{count}次查询。", count=count) if count else say("没有要查的：几小时内都查过了，或没有接通接口。"),
    )
    return redirect("desk:enquiries")


@staff(Right.SEE_CASES, Right.RECORD_FACTS)
@require_safe
def enquiries(request: StaffRequest) -> HttpResponseBase:
    """The enquiries of the area with answers, newest first."""
    rows = Enquiry.objects.visible_to(request.user).select_related("person", "asked_by").order_by("-pk")
    shown, following = queries.newest_first(rows, request.GET.get("cursor", ""))
    lines = [(row, asked.AskedDepartment(row.department, True, row)) for row in shown]
    context = {"rows": lines, "asking": any(line.waiting for _, line in lines), "next": following, "previous": None}
    return page(request, "enquiries.html", context, at="enquiries")
