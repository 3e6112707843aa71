"""Entering a case at the window, on one page, for people without a phone."""

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from jiuyuan.agencies.roles import Right
from jiuyuan.applications import services
from jiuyuan.applications.case import FAMILY
from jiuyuan.applications.models import Channel
from jiuyuan.desk.access import StaffRequest, staff
from jiuyuan.desk.forms.window import WindowForm
from jiuyuan.desk.frame import page
from jiuyuan.refusals import BadInput, Conflict
from jiuyuan.wording import say


@staff(Right.SEE_CASES, Right.RECORD_FACTS, act="submit")
@require_http_methods(["GET", "HEAD", "POST"])
def window(request: StaffRequest) -> HttpResponseBase:
    """The category first, then its data. Creates a draft; its page handles papers, submission and printing."""
    form = WindowForm(request.user, (request.POST or request.GET).getlist("categories"), request.POST or None)
    existing, status = "", 200
    if request.method == "POST":
        try:
            made = services.create(request.user, channel=Channel.WINDOW, **form.filled())
        except Conflict as refusal:
            existing, status = str(refusal.details.get("number", "")), refusal.status
            form.add_error(None, refusal.title)
        except BadInput as refusal:
            cleaned = [(name, message.replace(f"（{name}）", "")) for name, message in refusal.errors]
            form.refuse(BadInput(refusal.title, cleaned))
            status = refusal.status
        else:
            messages.success(
                request, say("已建立申请{number}。请收取材料，再提交、打印认定表请申请人签字。", number=made.number)
            )
            return redirect(f"{reverse('desk:case', args=[made.number])}#documents")
    context = {
        "form": form,
        "existing": existing,
        "existing_url": _existing_url(existing),
        "asks_category": not form.chosen or "change" in request.GET,
        "family": FAMILY in form.needed,
    }
    return page(request, "window.html", context, at="window", status=status)


def _existing_url(number: str) -> str:
    """The URL of the existing case or recognition named by a refused second application."""
    return f"{reverse('desk:search')}?q={number}" if number else ""
