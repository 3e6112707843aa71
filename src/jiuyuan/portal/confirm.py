"""The page behind the code on a paper: what anybody may know who holds it, and a box to type its number."""

from collections.abc import Iterator

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from jiuyuan.agencies.pace import TooOften
from jiuyuan.applications.public import NEUTRAL, Confirmation, Found, as_printed, confirmation
from jiuyuan.portal.notices import NO_INDEX
from jiuyuan.templatetags.plain import bare_day
from jiuyuan.wording import say

_LONGEST = 40
#: For each: the title, and what it means for whoever holds the paper.
_SAID = {
    Found.RECOGNISED: ("有这份认定，现在有效", "系统里查到的如下，请和纸上的对一对。"),
    Found.ENDED: ("这次认定已经退出", "现在不再是在册的就业困难人员。系统里查到的如下，请和纸上的对一对。"),
    Found.ANNULLED: ("这次认定已经取消", "认定自始不作数。系统里查到的如下，请和纸上的对一对。"),
    Found.OPEN: (
        "这份申请正在办理",
        "还没有办完。办到哪一步，本人登录后在“我的申请”里看，也可以打电话或到窗口问。",
    ),
    Found.CLOSED: ("这份申请已经办完", "没有有效的认定。结果已经告知本人，本人登录后可以看到告知书。"),
}


@login_not_required
@require_safe
def enter(request: HttpRequest) -> HttpResponse:
    """The box; a number that was typed leads to its page."""
    typed = as_printed(request.GET.get("number", ""))[:_LONGEST]
    if typed and "/" not in typed:
        return redirect("portal:confirm", typed)
    return _answer(render(request, "portal/confirm.html", {"typed": typed}))


@login_not_required
@require_safe
def confirm(request: HttpRequest, number: str) -> HttpResponse:
    """What a number stands for, in a few words; an unknown one gets the box again."""
    try:
        found = confirmation(number)
    except TooOften as refusal:
        page = render(request, "portal/confirm.html", {"refusal": refusal.title}, status=refusal.status)
        page["Retry-After"] = str(refusal.seconds)
        return page
    if found is None:
        return _answer(render(request, "portal/confirm.html", {"missing": True, "typed": number}, status=404))
    title, lead = map(say, _SAID[found.found])
    context = {"title": title, "lead": lead, "rows": list(_rows(found)), "open": found.found == Found.OPEN}
    return _answer(render(request, "portal/confirm.html", context))


def _rows(found: Confirmation) -> Iterator[dict[str, object]]:
    yield {"key": say("编号"), "value": found.number}
    if found.recognised_on:
        yield {"key": say("类别"), "value": say(NEUTRAL)}
        yield {"key": say("认定日期"), "value": bare_day(found.recognised_on)}
    if found.found in (Found.ENDED, Found.ANNULLED):
        yield {"key": say("决定日期"), "value": bare_day(found.on)}
    if found.found in (Found.OPEN, Found.CLOSED):
        yield {"key": say("提交日期"), "value": bare_day(found.on)}
        yield {"key": say("办理机构"), "value": found.agency}
    else:
        yield {"key": say("认定机构"), "value": found.agency}


def _answer(page: HttpResponse) -> HttpResponse:
    page["X-Robots-Tag"] = NO_INDEX
    return page
