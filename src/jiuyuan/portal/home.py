"""The first page: what this is, and three doors. Staff go to their desk."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from jiuyuan.agencies.models import User
from jiuyuan.applications.models import Application
from jiuyuan.portal.access import applicant
from jiuyuan.portal.letters import letters_to


@login_not_required
@require_safe
def home(request: HttpRequest) -> HttpResponseBase:
    if isinstance(request.user, User) and request.user.is_staff_member:
        return redirect("/desk/")
    user = applicant(request)
    context: dict[str, Any] = {"application": None, "unread": 0}
    if user:
        cases = list(Application.objects.visible_to(user).select_related("agency"))
        context["application"] = next((case for case in cases if case.finished_on is None), None)
        context["unread"] = letters_to(user, cases).filter(read_at=None).count()
    return render(request, "portal/home.html", context)
