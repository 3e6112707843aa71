"""机构调整: those of the area, one with whom it affects and its record, and the form for a new one."""

from typing import Any

from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from jiuyuan.agencies.roles import Right
from jiuyuan.desk.access import StaffRequest, staff
from jiuyuan.desk.frame import page
from jiuyuan.desk.views.drafted import Drafted
from jiuyuan.desk.views.one_act import one_act, transition_for
from jiuyuan.oversight import reorganisation_plan
from jiuyuan.oversight.models import Reorganisation
from jiuyuan.oversight.reorganisation_workflow import REORGANISATION, OfReorganisation
from jiuyuan.refusals import NotFound
from jiuyuan.wording import say
from jiuyuan.worker import queue
from jiuyuan.worker.kinds import JobKind

_AT, _PAGE = "reorganisations", 50
_SEEN = Right.MANAGE_AGENCIES
_ONE = Drafted(
    REORGANISATION, "reorganisation", _AT, "机构调整", "机构调整", "没有这项机构调整。",
    ("office__parent", "other", "drafted_by", "ordered_by", "returned_by"),
)  # fmt: skip


@staff(_SEEN)
@require_safe
def reorganisations(request: StaffRequest) -> HttpResponseBase:
    """The latest of the area."""
    rows = Reorganisation.objects.visible_to(request.user).select_related("agency", "office", "other")
    return page(request, "reorganisations.html", {"rows": list(rows[:_PAGE])}, at=_AT)


@staff(_SEEN)
@require_safe
def reorganisation(request: StaffRequest, pk: int) -> HttpResponseBase:
    """A reorganisation: the chosen part, whom it affects, and the worker's progress."""

    def more(found: Any) -> dict[str, Any]:
        moves = found.status in (Reorganisation.Status.ORDERED, Reorganisation.Status.RETURNING)
        return {
            "chosen": reorganisation_plan.chosen_lines(found),
            "job": queue.latest(JobKind.REORGANISE, found.pk) if moves else None,
        }

    return _ONE.shown(request, pk, more)


@staff(_SEEN)
@require_http_methods(["GET", "HEAD", "POST"])
def create(request: StaffRequest, action: str) -> HttpResponseBase:
    """The form of a new one. `office`: the office concerned."""
    transition = transition_for(request, REORGANISATION, "", action)
    if not transition.begins:
        raise NotFound(say("没有这个办理事项。"))
    context = OfReorganisation(None, request.user)
    context.about = request.GET.get("office", "")[:20]
    above = reverse("desk:reorganisations")
    return one_act(
        request, REORGANISATION, context, transition, None,
        caption=say("机构调整"), back=above, at=_AT,
        crumbs=[{"label": say("机构调整"), "url": above}, {"label": transition.label}],
        after=lambda done: redirect("desk:reorganisation", done.pk),
    )  # fmt: skip


@staff(_SEEN)
@require_http_methods(["GET", "HEAD", "POST"])
def act(request: StaffRequest, pk: int, action: str) -> HttpResponseBase:
    return _ONE.act(request, pk, action)
