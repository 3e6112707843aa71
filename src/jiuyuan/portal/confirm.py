"""The verification page behind the code on a paper, and the form to type its number."""

from collections.abc import Iterator

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from jiuyuan.agencies import signing_server
from jiuyuan.agencies.pace import TooOften
from jiuyuan.applications.public import (
    NEUTRAL,
    Confirmation,
    Found,
    ObjectionState,
    as_printed,
    confirmation,
    objection_state,
)
from jiuyuan.portal.notices import NO_INDEX
from jiuyuan.templatetags.plain import bare_day
from jiuyuan.wording import say

_LONGEST = 40
#: For each kind of paper the title, and what it means.
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
    """The form; a typed number leads to its page."""
    typed = as_printed(request.GET.get("number", ""))[:_LONGEST]
    if typed and "/" not in typed:
        return redirect("portal:confirm", typed)
    return _answer(render(request, "portal/confirm.html", {"typed": typed, "signs": signing_server.is_named()}))


@login_not_required
@require_safe
def confirm(request: HttpRequest, number: str) -> HttpResponse:
    """What a number belongs to; for an unknown one the form again."""
    try:
        objection = objection_state(number)
        found = None if objection else confirmation(number)
    except TooOften as refusal:
        page = render(request, "portal/confirm.html", {"refusal": refusal.title}, status=refusal.status)
        page["Retry-After"] = str(refusal.seconds)
        return page
    if objection is not None:
        return _answer(render(request, "portal/confirm.html", _of_an_objection(objection)))
    if found is None:
        return _answer(render(request, "portal/confirm.html", {"missing": True, "typed": number}, status=404))
    title, lead = map(say, _SAID[found.found])
    context = {"title": title, "lead": lead, "rows": list(_rows(found)), "open": found.found == Found.OPEN}
    context["signs"] = signing_server.is_named()
    return _answer(render(request, "portal/confirm.html", context))


def _of_an_objection(objection: ObjectionState) -> dict[str, object]:
    """Whether an objection was decided and how, without data on the person on notice."""
    office = objection.platform.name
    title, lead = {
        None: (say("这条异议正在核查"), say("{office}核查清楚以前，这份申请不会往下办。", office=office)),
        True: (say("异议成立"), say("{office}核查后，认为异议成立，这份申请不予认定。", office=office)),
        False: (say("异议不成立"), say("{office}核查后，没有查到异议所说的情况，这份申请继续办理。", office=office)),
    }[objection.upheld]
    rows = [
        {"key": say("异议编号"), "value": objection.number},
        {"key": say("提出日期"), "value": bare_day(objection.made_on)},
        {"key": say("核查机构"), "value": office},
    ]
    if objection.settled_on:
        rows.append({"key": say("处理日期"), "value": bare_day(objection.settled_on)})
    if objection.platform.phone:
        rows.append({"key": say("电话"), "value": objection.platform.phone})
    return {"title": title, "lead": lead, "rows": rows}


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
