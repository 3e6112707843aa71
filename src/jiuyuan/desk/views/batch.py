"""One act on many cases: looked at beforehand, then done, with a result for each."""

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_http_methods, require_safe

from jiuyuan.agencies.roles import Right
from jiuyuan.applications.case import Case
from jiuyuan.applications.models import Application
from jiuyuan.applications.workflow import APPLICATION, report_batch
from jiuyuan.characters import whole_number
from jiuyuan.desk import queries as desk_queries
from jiuyuan.desk.access import StaffRequest, may_act, staff
from jiuyuan.desk.frame import page
from jiuyuan.desk.selection import MOST, picked
from jiuyuan.desk.views.inbox import in_bulk
from jiuyuan.procedures import engine
from jiuyuan.procedures.table import Transition
from jiuyuan.refusals import NotForRole, NotFound, Refusal


@dataclass(frozen=True)
class Line:
    """One case of the selection: whether the act is possible, or why not; afterwards, what became of it."""

    application: Application
    reasons: tuple[str, ...]

    @property
    def person(self) -> Any:
        return self.application.person


@staff(Right.SEE_CASES)
@require_http_methods(["GET", "HEAD", "POST"])
def batch(request: StaffRequest) -> HttpResponseBase:
    """GET shows what would be done, POST does it. The selection stands in the address, so nothing of it is lost."""
    given = request.POST if request.method == "POST" else request.GET
    action = given.get("action", "")
    if not any(known.bulk for known in APPLICATION.transitions(action)):
        raise Http404
    transition = in_bulk(request.user).get(action)
    if transition is None:
        raise NotForRole(f"“{APPLICATION.transitions(action)[0].label}”不属于您的职责。")
    if request.method == "POST":
        return _done(request, transition, given)
    lines = _lines(request, transition, given)
    able = [line for line in lines if not line.reasons]
    context = {
        "transition": transition,
        "able": able,
        "unable": [line for line in lines if line.reasons],
        "most": MOST if len(lines) == MOST else 0,
    }
    return page(request, "batch_preview.html", context, at="inbox")


def _lines(request: StaffRequest, transition: Transition, given: QueryDict) -> list[Line]:
    return [Line(case.application, _reasons(case, transition)) for case in picked(request.user, given)]


def _reasons(case: Case, transition: Transition) -> tuple[str, ...]:
    if case.application.status not in transition.sources:
        return (f"现在是“{case.application.state.label}”，不能{transition.label}。",)
    return engine.offer(APPLICATION, case, transition.action).reasons


def _done(request: StaffRequest, transition: Transition, given: QueryDict) -> HttpResponse:
    """Reported together or not at all; accepted one by one, for one that fails holds up no other."""
    chosen = [entry.rpartition(":") for entry in given.getlist("chosen")[:MOST]]
    versions = {number: seen for number, _, version in chosen if (seen := whole_number(version)) is not None}
    results: list[tuple[str, str, bool]] = []
    number = ""
    if transition.action == "report":
        try:
            made = report_batch(request.user, list(versions))
            number = made.number
            results = [(one, f"已上报，批次{made.number}", True) for one in versions]
        except Refusal as refusal:
            results = [(one, f"没有上报：{refusal.title}", False) for one in versions]
    else:
        results = [_one(request, transition, one, version) for one, version in versions.items()]
    names = dict(
        Application.objects.visible_to(request.user).filter(number__in=versions).values_list("number", "person__name")
    )
    context = {
        "transition": transition,
        "results": [(one, names.get(one, ""), words, good) for one, words, good in results],
        "good": sum(good for *_, good in results),
        "bad": sum(not good for *_, good in results),
        "number": number,
    }
    status = 200 if results and all(good for *_, good in results) else 422
    return page(request, "batch_result.html", context, at="inbox", status=status)


def _one(request: StaffRequest, transition: Transition, number: str, version: int) -> tuple[str, str, bool]:
    try:
        engine.act(request.user, APPLICATION, number, transition.action, version=version)
    except NotFound as refusal:
        return number, refusal.title, False
    except Refusal as refusal:
        return number, f"没有办理：{refusal.title}", False
    return number, f"已{transition.label}", True


@staff(Right.SEE_CASES)
@require_safe
def batches(request: StaffRequest) -> HttpResponseBase:
    """The batches of the area: what the platforms have reported, and how much of each still waits."""
    rows, following = desk_queries.newest_first(desk_queries.batches(request.user), request.GET.get("cursor", ""))
    context = {"rows": rows, "next": following, "previous": None, "may_report": may_act(request.user, "report")}
    return page(request, "batches.html", context, at="batches")
