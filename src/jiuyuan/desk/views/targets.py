"""Yearly targets (就业促进法 58): set, changed, published, withdrawn. The page of months shows progress."""

from typing import Any

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods

from jiuyuan.agencies.models import Agency, User
from jiuyuan.agencies.roles import Right
from jiuyuan.desk.access import StaffRequest, staff
from jiuyuan.desk.actions import Action
from jiuyuan.desk.views.one_act import buttons, one_act, transition_for
from jiuyuan.oversight.figures import reading
from jiuyuan.oversight.figures.progress import BrokenDown, TargetProgress, of_office
from jiuyuan.oversight.models import Target
from jiuyuan.oversight.supervision_workflow import SUPERVISION
from jiuyuan.oversight.supervision_workflow import hold as hold_order
from jiuyuan.oversight.target_workflow import TARGET, OfTarget, difference, hold
from jiuyuan.procedures import engine
from jiuyuan.procedures.table import Transition
from jiuyuan.refusals import NotFound
from jiuyuan.speed.addresses import url_of
from jiuyuan.wording import say


def shown(user: User, under: Agency, year: int) -> dict[str, Any]:
    """For the page of a month: an office's targets with parts and buttons, and the button for a new one."""
    new = [Action(offer, "desk:target_new", ()) for offer in engine.offered(TARGET, hold(None, user))]
    return {"targets": [_broken_down(user, one) for one in of_office(user, under, year)], "target_actions": new}


def _broken_down(user: User, one: BrokenDown) -> dict[str, Any]:
    return {
        "whole": _line(user, one.whole),
        "parts": [_line(user, part) for part in one.parts],
        "sum": one.sum,
        "differs": one.differs,
        "short": -one.differs,
    }


def _line(user: User, one: TargetProgress) -> dict[str, Any]:
    target = one.target
    acts = buttons(TARGET, hold(target, user), "desk:target_act", target.pk)
    if one.red and target.agency_id != user.agency_id:
        acts += [
            Action(offer, "desk:supervise", ("target", target.pk))
            for offer in engine.offered(SUPERVISION, hold_order(target, user))
        ]
    said = urlencode({"under": target.agency.code, "figure": target.indicator})
    return {"progress": one, "target": target, "url": f"{url_of('desk:months')}?{said}", "actions": acts}


@staff(Right.SEE_FIGURES, Right.SEE_PEOPLE)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: StaffRequest) -> HttpResponseBase:
    """Set a target for an office below."""
    context = hold(None, request.user)
    return _act(request, context, transition_for(request, TARGET, context.region, "set"), None)


@staff(Right.SEE_FIGURES, Right.SEE_PEOPLE)
@require_http_methods(["GET", "HEAD", "POST"])
def act(request: StaffRequest, pk: int, action: str) -> HttpResponseBase:
    rows = Target.objects.visible_to(request.user).select_related("agency", "setting_agency")
    target = rows.filter(pk=pk).first()
    if target is None:
        raise NotFound(say("没有这项目标。"))
    context = hold(target, request.user)
    transition = transition_for(request, TARGET, context.region, action)
    if transition.begins:
        raise NotFound(say("没有这个办理事项。"))
    return _act(request, context, transition, target.pk)


def _act(request: StaffRequest, context: OfTarget, transition: Transition, key: int | None) -> HttpResponseBase:
    target: Target | None = context.subject
    back = _page(request, target)

    def done(made: Target) -> HttpResponseBase:
        messages.success(request, transition.result)
        return redirect(back)

    return one_act(
        request, TARGET, context, transition, key,
        caption=f"{target.agency.name} · {target.title}" if target else say("年度目标"),
        back=back, crumbs=[{"label": say("月报"), "url": back}, {"label": transition.label}], at="figures", after=done,
        beside={"rows": _beside(target)} if target is not None and transition.action == "publish" else None,
    )  # fmt: skip


def _beside(target: Target) -> list[dict[str, str]]:
    differs = difference(target)
    said = (
        say("{value}人；下级合计多{more}人", value=target.value, more=differs)
        if differs > 0
        else say("{value}人；下级合计少{less}人", value=target.value, less=-differs)
        if differs
        else say("{value}人；下级合计相等", value=target.value)
    )
    return [{"key": target.title, "value": said}]


def _page(request: StaffRequest, target: Target | None) -> str:
    """The URL of the page of the office to whose breakdown it belongs, within the user's area."""
    user = request.user
    under = target.agency if target else user.agency
    above = under.parent if under is not None else None
    shown_at = above if target and above and above.path.startswith(user.area) else under
    assert shown_at is not None
    last = reading.last_month(shown_at)
    said = {"under": shown_at.code, **({"month": f"{last:%Y-%m}"} if last else {})}
    return f"{url_of('desk:months')}?{urlencode(said)}"
