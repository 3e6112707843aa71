"""督办: orders on cases, recognitions and targets, and their answers (五(三))."""

from typing import Any

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_safe

from jiuyuan import clock
from jiuyuan.agencies.models import User
from jiuyuan.agencies.roles import Right
from jiuyuan.applications.models import Application
from jiuyuan.desk import timeline
from jiuyuan.desk.access import StaffRequest, staff
from jiuyuan.desk.actions import Action
from jiuyuan.desk.frame import page
from jiuyuan.desk.views.one_act import one_act, transition_for
from jiuyuan.history.models import Entry
from jiuyuan.oversight import queries
from jiuyuan.oversight.models import SupervisionOrder, Target
from jiuyuan.oversight.supervision_workflow import ABOUT, SUPERVISION, Supervised, hold
from jiuyuan.procedures import engine
from jiuyuan.procedures.table import Transition
from jiuyuan.recognitions.models import Recognition
from jiuyuan.refusals import NotFound
from jiuyuan.rules import calendar
from jiuyuan.speed.rows import belonging
from jiuyuan.wording import say

_MINE, _PAGE = "mine", 100
_TABS = (_MINE, *SupervisionOrder.Status.values)


@staff(Right.SEE_PEOPLE)
@require_safe
def orders(request: StaffRequest) -> HttpResponseBase:
    """The orders of the area: first those waiting for the user's office, soonest due on top."""
    user, today = request.user, clock.today()
    chosen = request.GET.get("state", _MINE)
    chosen = chosen if chosen in _TABS else _MINE
    every = queries.orders(user)
    mine = every.filter(queries.waiting_for(user))
    rows = mine if chosen == _MINE else every.filter(status=chosen)
    tabs = [
        {
            "label": say("等本机构办") if one == _MINE else SupervisionOrder.Status(one).label,
            "url": f"?state={one}",
            "count": (mine if one == _MINE else every.filter(status=one)).order_by().count(),
            "current": one == chosen,
        }
        for one in _TABS
    ]
    shown = [
        (row, calendar.workdays_left(today, row.due_on) if row.status == "asked" else None) for row in rows[:_PAGE]
    ]
    return page(request, "supervision.html", {"rows": shown, "tabs": tabs}, at="supervision")


@staff(Right.SEE_PEOPLE)
@require_safe
def order(request: StaffRequest, pk: int) -> HttpResponseBase:
    found = _found(request.user, pk)
    context = hold(found, request.user)
    offers = engine.offered(SUPERVISION, context)
    shown = {
        "order": found,
        "left": calendar.workdays_left(clock.today(), found.due_on) if found.status == "asked" else None,
        "about_url": _url_of(found.about),
        "actions": [
            Action(offer, "desk:supervision_act", (found.pk, offer.transition.action))
            for offer in offers
            if offer.in_state
        ],
        "history": timeline.tell(Entry.objects.of(found.file).order_by("-seq")),
        "crumbs": _crumbs(str(found.about.number)),
    }
    return page(request, "supervision_order.html", shown, at="supervision")


@staff(Right.SEE_PEOPLE)
@require_http_methods(["GET", "HEAD", "POST"])
def supervise(request: StaffRequest, name: str, pk: int) -> HttpResponseBase:
    """The form that creates an order."""
    if name not in ABOUT:
        raise NotFound(say("没有这件要督办的事。"))
    about = ABOUT[name].objects.visible_to(request.user).select_related("agency").filter(pk=pk).first()
    if about is None:
        raise NotFound(say("没有这件要督办的事。"))
    context = hold(about, request.user)
    return _act(request, context, transition_for(request, SUPERVISION, context.region, "supervise"), f"{name}:{pk}")


@staff(Right.SEE_PEOPLE)
@require_http_methods(["GET", "HEAD", "POST"])
def act(request: StaffRequest, pk: int, action: str) -> HttpResponseBase:
    found = _found(request.user, pk)
    context = hold(found, request.user)
    transition = transition_for(request, SUPERVISION, context.region, action)
    if transition.begins:
        raise NotFound(say("没有这个办理事项。"))
    return _act(request, context, transition, found.pk)


def _act(request: StaffRequest, context: Supervised, transition: Transition, key: Any) -> HttpResponseBase:
    order = "desk:supervision_order"

    def made(done: SupervisionOrder) -> HttpResponseBase:
        messages.success(request, transition.result)
        return redirect(order, done.pk)

    return one_act(
        request, SUPERVISION, context, transition, key,
        caption=f"{_name(context)} · {context.about.number}",
        back=_url_of(context.about) if transition.begins else reverse(order, args=[context.subject.pk]),
        crumbs=_crumbs(transition.label),
        at="supervision",
        after=made,
        template="supervision_act.html",
        beside={"order": context.subject},
    )  # fmt: skip


def beside(about: Application | Recognition, user: User) -> tuple[dict[str, Any], list[Action]]:
    """For the page of an order's object: its orders, and the button for a new one."""
    context = hold(about, user)
    name = next(name for name, model in ABOUT.items() if isinstance(about, model))
    offers = engine.offered(SUPERVISION, context)
    orders = sorted(belonging(about, SupervisionOrder, "agency", "ordering_agency"), key=lambda one: one.due_on)
    shown = {"orders": orders, "open_orders": [one for one in orders if one.open]}
    return shown, [Action(offer, "desk:supervise", (name, about.pk)) for offer in offers]


def _found(user: User, pk: int) -> SupervisionOrder:
    found: SupervisionOrder | None = queries.orders(user).filter(pk=pk).first()
    if found is None:
        raise NotFound(say("没有这件督办。"))
    return found


def _name(context: Supervised) -> str:
    about = context.about
    return str(about.agency.name if isinstance(about, Target) else about.person.name)


def _url_of(about: Application | Recognition | Target) -> str:
    if isinstance(about, Target):
        return f"{reverse('desk:months')}?{urlencode({'under': about.agency.code, 'figure': about.indicator})}"
    if isinstance(about, Application):
        return reverse("desk:case", args=[about.number])
    return reverse("desk:recognition", args=[about.pk])


def _crumbs(here: str) -> list[dict[str, str]]:
    return [{"label": say("督办"), "url": reverse("desk:supervision")}, {"label": here}]
