"""Oversight: one list, one page and one act page for all kinds of objects (`oversight_things`)."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from jiuyuan.agencies.roles import Right, Role
from jiuyuan.characters import whole_number
from jiuyuan.desk import queries as lists
from jiuyuan.desk import timeline
from jiuyuan.desk.access import StaffRequest, staff
from jiuyuan.desk.actions import Action
from jiuyuan.desk.doubt_words import lacking
from jiuyuan.desk.frame import page
from jiuyuan.desk.oversight_things import THINGS, OverseenThing
from jiuyuan.desk.views.one_act import buttons, one_act, transition_for
from jiuyuan.history import services as history
from jiuyuan.history.models import Entry
from jiuyuan.oversight.inspection_workflow import certificate as certificate_of
from jiuyuan.oversight.models import Inspection, RecoveryLetter
from jiuyuan.oversight.recovery_letters import recovery_letter_pdf
from jiuyuan.people.queries import looked_at_list
from jiuyuan.procedures import engine
from jiuyuan.procedures.context import Context
from jiuyuan.refusals import NotForRole, NotFound, WrongState
from jiuyuan.wording import for_record, say

_MINE, _MOST_ACTS = "mine", 100


@staff(Right.SEE_OVERSIGHT)
@require_safe
def listed(request: StaffRequest, things: str) -> HttpResponseBase:
    """The objects of the area, one tab per state; first those waiting for the user's office, if the kind can."""
    user, thing = request.user, _thing(request, things)
    every = thing.listed(user)
    mine = every.filter(thing.waiting(user)) if thing.waiting else None
    states = {"": every} if mine is None else {_MINE: mine, "": every}
    states |= {code: every.filter(status=code) for code in thing.workflow.states}
    asked = request.GET.get("state", next(iter(states)))
    chosen = asked if asked in states else next(iter(states))
    names = {_MINE: say("等本机构办"), "": say("全部")} | {c: s.label for c, s in thing.workflow.states.items()}
    rows, following = lists.newest_first(states[chosen], request.GET.get("cursor", ""))
    if thing.names_people and rows:
        looked_at_list(user, for_record(thing.title))
    begins = [one for one in thing.workflow.of().transitions if one.begins and not thing.workflow.hangs_on]
    context = {
        "thing": thing,
        "heads": [say(head) for head in thing.heads],
        "tabs": [
            {"label": names[code], "url": f"?state={code}", "count": some.order_by().count(), "current": code == chosen}
            for code, some in states.items()
        ],
        "rows": [(reverse("desk:oversight_thing", args=[things, row.pk]), thing.cells(row)) for row in rows],
        "lacking": lacking() if things == "doubts" else (),
        "begins": [
            (one.label, reverse("desk:oversight_begin", args=[things, 0, one.action]))
            for one in begins
            if Role(user.role) in one.roles
        ],
        "next": following,
        "previous": None,
    }
    return page(request, "oversight_list.html", context, at=thing.at)


@staff(Right.SEE_OVERSIGHT)
@require_safe
def one(request: StaffRequest, things: str, pk: int) -> HttpResponseBase:
    """An object: contents, possible acts, related rows, and its record."""
    thing = _thing(request, things)
    row = _found(request, thing, pk)
    context = thing.workflow.hold(row, request.user)
    actions = buttons(thing.workflow, context, "desk:oversight_act", things, row.pk)
    for below in THINGS.values():
        if below.workflow.hangs_on == thing.workflow.name and not below.asked_by_row:
            offers = engine.offered(below.workflow, below.workflow.hold(row, request.user))
            actions += [
                Action(offer, "desk:oversight_begin", (below.workflow.things, row.pk, offer.transition.action))
                for offer in offers
                if offer.transition.begins
            ]
    beside = thing.beside(request, row) if thing.beside else {}
    shown = {
        "thing": thing,
        "caption": f"{thing.title} · {row.get_status_display()}",
        "name": thing.name(row),
        "rows": [one for one in thing.rows(row) if one["value"] not in ("", None)],
        "actions": actions,
        "history": timeline.tell(Entry.objects.of(row.file).order_by("-seq")[:_MOST_ACTS]),
        "crumbs": _crumbs(thing, thing.name(row)),
        **beside,
    }
    return page(request, "oversight_thing.html", shown, at=thing.at)


@staff(Right.SEE_OVERSIGHT)
@require_http_methods(["GET", "HEAD", "POST"])
def act(request: StaffRequest, things: str, pk: int, action: str) -> HttpResponseBase:
    thing = _thing(request, things)
    row = _found(request, thing, pk)
    return _act(request, thing, thing.workflow.hold(row, request.user), row, action)


@staff(Right.SEE_OVERSIGHT)
@require_http_methods(["GET", "HEAD", "POST"])
def begin(request: StaffRequest, things: str, pk: int, action: str) -> HttpResponseBase:
    """The form that creates an object below its parent."""
    thing = _thing(request, things)
    above = next((one for one in THINGS.values() if one.workflow.name == thing.workflow.hangs_on), None)
    row = _found(request, above, pk) if above else _outside(request, thing, pk)
    context = thing.workflow.hold(row, request.user)
    if hasattr(context, "asked"):
        context.asked = request.GET.dict()
    if hasattr(context, "place"):
        context.place = whole_number(request.GET.get("place", ""))
    return _act(request, thing, context, row, action, begins=True)


@staff(Right.SEE_OVERSIGHT)
@require_safe
def certificate(request: StaffRequest, pk: int) -> HttpResponseBase:
    """The certificate of a draw, for `jiuyuan draw`."""
    row: Inspection = _found(request, _thing(request, "inspections"), pk)
    if not row.seal:
        raise NotFound(say("还没有抽取。"))
    response = HttpResponse(certificate_of(row), content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="inspection-{row.pk}.json"'
    return response


@staff(Right.SEE_OVERSIGHT)
@never_cache
@require_safe
def recovery_letter(request: StaffRequest, pk: int) -> HttpResponseBase:
    """A sealed letter of a recovery; redirects until it is made."""
    _thing(request, "recoveries")
    rows = RecoveryLetter.objects.visible_to(request.user).select_related("recovery__person")
    row = rows.filter(pk=pk).first()
    if row is None:
        raise NotFound(say("没有这份文书。"))
    person = row.recovery.person
    history.looked(request.user.actor, person.file, for_record("追回的文书"), person.area)
    try:
        response = HttpResponse(recovery_letter_pdf(row), content_type="application/pdf")
    except WrongState as not_yet:
        messages.error(request, not_yet.title)
        return redirect("desk:oversight_thing", "recoveries", row.recovery_id)
    name = content_disposition_header(False, f"{row.get_kind_display()}-{row.recovery_id}.pdf")
    response["Content-Disposition"] = name or "inline"
    return response


def _act(
    request: StaffRequest, thing: OverseenThing, context: Context, row: Any, action: str, *, begins: bool = False
) -> HttpResponseBase:
    transition = transition_for(request, thing.workflow, context.region, action)
    if transition.begins != begins:
        raise NotFound(say("没有这个办理事项。"))
    above = next((one for one in THINGS.values() if row is not None and one.workflow.model is type(row)), None)

    def made(done: Any) -> HttpResponseBase:
        messages.success(request, transition.result)
        return redirect("desk:oversight_thing", thing.workflow.things, done.pk)

    return one_act(
        request, thing.workflow, context, transition, row.pk if row is not None else None,
        caption=f"{above.name(row)} · {row.get_status_display()}" if above else getattr(row, "name", ""),
        back=reverse("desk:oversight_thing", args=[above.workflow.things, row.pk]) if above else reverse(f"desk:{thing.at}"),
        crumbs=_crumbs(thing, transition.label),
        at=thing.at,
        after=made,
        beside={"rows": [one for one in above.rows(row) if one["value"] not in ("", None)]} if above else None,
    )  # fmt: skip


def _thing(request: StaffRequest, things: str) -> OverseenThing:
    thing = THINGS.get(things)
    if thing is None:
        raise NotFound(say("没有这一页。"))
    if Role(request.user.role) not in thing.workflow.model.scope.roles:  # type: ignore[attr-defined]
        raise NotForRole(say("您的角色不能查看。"))
    return thing


def _found(request: StaffRequest, thing: OverseenThing, pk: int) -> Any:
    row = thing.listed(request.user).filter(pk=pk).first()
    if row is None:
        raise NotFound(say("没有这一件。"))
    return row


def _outside(request: StaffRequest, thing: OverseenThing, pk: int) -> Any:
    """The parent that is not an oversight object; None if there is no parent."""
    if thing.above is None:
        return None
    row = thing.above(request.user, pk)
    if row is None:
        raise NotFound(say("没有这一件。"))
    return row


def _crumbs(thing: OverseenThing, here: str) -> list[dict[str, str]]:
    return [{"label": thing.title, "url": reverse(f"desk:{thing.at}")}, {"label": here}]
