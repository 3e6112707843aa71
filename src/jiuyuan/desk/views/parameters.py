"""参数: values in force with sources, entries, and their acts."""

from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_safe

from jiuyuan import clock
from jiuyuan.agencies.roles import Right, Role
from jiuyuan.desk.access import StaffRequest, staff
from jiuyuan.desk.frame import page
from jiuyuan.desk.views.drafted import Drafted
from jiuyuan.desk.views.one_act import one_act, transition_for
from jiuyuan.oversight import parameter_texts, parameter_words
from jiuyuan.oversight.models import Parameter
from jiuyuan.oversight.parameter_workflow import DRAFTS, PARAMETER, OfParameter
from jiuyuan.refusals import NotFound
from jiuyuan.wording import say

_AT, _PAGE = "parameters", 50
_SEEN = Right.SEE_PARAMETERS
_PARAMETERS = Drafted(PARAMETER, "parameter", _AT, "参数", "参数", "没有这项参数。", ("drafted_by", "confirmed_by"))


@staff(_SEEN)
@require_safe
def parameters(request: StaffRequest) -> HttpResponseBase:
    """Entries waiting for a second person, the kinds, and limits without a value."""
    rows = Parameter.objects.visible_to(request.user).select_related("agency")
    context = {
        "kinds": [
            {"label": kind.label, "url": reverse("desk:parameters_kind", args=[kind.value])} for kind in Parameter.Kind
        ],
        "waiting": list(rows.filter(status=Parameter.Status.DRAFT)),
        "unset": parameter_words.unset(request.user.area, clock.today()),
    }
    return page(request, "parameters.html", context, at=_AT)


@staff(_SEEN)
@require_safe
def kind(request: StaffRequest, kind: str) -> HttpResponseBase:
    """The values of a kind in force, and its entries."""
    if kind not in Parameter.Kind.values:
        raise NotFound(say("没有这一种参数。"))
    found, action = Parameter.Kind(kind), DRAFTS[Parameter.Kind(kind)]
    transition = PARAMETER.of().by_action[action]
    rows = Parameter.objects.visible_to(request.user).select_related("agency").filter(kind=kind)
    context = {
        "kind": found,
        "per_row": found not in (Parameter.Kind.WAGE, Parameter.Kind.HOLIDAYS),
        "standing": parameter_words.standing(kind, request.user.area, clock.today()),
        "rows": list(rows[:_PAGE]),
        "draft": transition if Role(request.user.role) in transition.roles else None,
        "crumbs": [{"label": say("参数"), "url": reverse("desk:parameters")}, {"label": found.label}],
    }
    return page(request, "parameters_kind.html", context, at=_AT)


@staff(_SEEN)
@require_safe
def parameter(request: StaffRequest, pk: int) -> HttpResponseBase:
    def more(found: Any) -> dict[str, Any]:
        return {"content": parameter_words.content(found), "later": parameter_words.later_than(found)}

    return _PARAMETERS.shown(request, pk, more)


@staff(_SEEN)
@require_safe
def preview(request: StaffRequest, pk: int) -> HttpResponseBase:
    """The letter with this wording, for an invented person."""
    found = (
        Parameter.objects.visible_to(request.user)
        .filter(pk=pk, kind=Parameter.Kind.LETTER)
        .select_related("agency")
        .first()
    )
    if found is None:
        raise NotFound(say("没有这项参数。"))
    response = HttpResponse(parameter_texts.preview(found, clock.today()), content_type="application/pdf")
    response["Content-Disposition"] = content_disposition_header(False, say("样张.pdf")) or "inline"
    return response


@staff(_SEEN)
@require_http_methods(["GET", "HEAD", "POST"])
def create(request: StaffRequest, action: str) -> HttpResponseBase:
    """The form of a new entry. `about`: the limit or the department's file; `word`: an unknown word from an import."""
    transition = transition_for(request, PARAMETER, "", action)
    if not transition.begins:
        raise NotFound(say("没有这个办理事项。"))
    context = OfParameter(None, request.user)
    context.about, context.word = request.GET.get("about", ""), request.GET.get("word", "")
    of_kind = next(one for one, draft in DRAFTS.items() if draft == action)
    above = reverse("desk:parameters_kind", args=[of_kind.value])
    return one_act(
        request, PARAMETER, context, transition, None,
        caption=of_kind.label, back=above, at=_AT,
        crumbs=[
            {"label": say("参数"), "url": reverse("desk:parameters")}, {"label": of_kind.label, "url": above},
            {"label": transition.label},
        ],
        after=lambda done: redirect("desk:parameter", done.pk),
    )  # fmt: skip


@staff(_SEEN)
@require_http_methods(["GET", "HEAD", "POST"])
def act(request: StaffRequest, pk: int, action: str) -> HttpResponseBase:
    return _PARAMETERS.act(request, pk, action)
