"""The page behind the code on a printed form: four facts, for anybody who holds the paper."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from jiuyuan.agencies.pace import TooOften
from jiuyuan.applications.public import confirmation
from jiuyuan.portal.notices import NO_INDEX
from jiuyuan.templatetags.plain import bare_day
from jiuyuan.wording import say


@login_not_required
def confirm(request: HttpRequest, number: str) -> HttpResponse:
    """Number, category in neutral words, day, agency. An unknown number gets the same page without them."""
    try:
        found = confirmation(number)
    except TooOften as refusal:
        page = render(request, "portal/confirm.html", {"refusal": refusal.title}, status=refusal.status)
        page["Retry-After"] = str(refusal.seconds)
        return page
    missing = say("查不到")
    rows = [
        {"key": say("编号"), "value": number},
        {"key": say("类别"), "value": found.category if found else missing},
        {"key": say("认定日期"), "value": bare_day(found.recognised_on) if found else missing},
        {"key": say("认定机构"), "value": found.agency if found else missing},
    ]
    response = render(request, "portal/confirm.html", {"found": found, "rows": rows}, status=200 if found else 404)
    response["X-Robots-Tag"] = NO_INDEX
    return response
