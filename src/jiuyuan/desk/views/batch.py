"""One act on many cases: preview with the data needed to decide, then a result for each."""

from dataclasses import dataclass, field
from typing import Any

from django.http import Http404, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_http_methods

from jiuyuan.agencies.roles import Right
from jiuyuan.applications import door
from jiuyuan.applications.case import Case
from jiuyuan.applications.models import Application
from jiuyuan.applications.queries import categories
from jiuyuan.applications.workflow import APPLICATION, report_batch
from jiuyuan.characters import whole_number
from jiuyuan.desk.access import StaffRequest, staff
from jiuyuan.desk.differences import changed_since_first_review
from jiuyuan.desk.forms.acts import ActForm
from jiuyuan.desk.frame import page
from jiuyuan.desk.place_in_list import way_back
from jiuyuan.desk.selection import MOST, picked
from jiuyuan.desk.views.inbox import in_bulk
from jiuyuan.procedures import engine
from jiuyuan.procedures.table import Transition
from jiuyuan.refusals import BadInput, GuardNotMet, NotForRole, NotFound, Refusal
from jiuyuan.regions import registry
from jiuyuan.wording import say

_OUTCOMES = {"eligible": (True, "符合"), "ineligible": (False, "不符合"), "undetermined": (None, "还不能判断")}


@dataclass(frozen=True)
class BatchLine:
    """A selected case: the data to decide, whether the act is possible or why not, and its fields."""

    case: Case
    form: ActForm
    reasons: tuple[str, ...] = ()

    @property
    def application(self) -> Application:
        return self.case.application

    @property
    def categories(self) -> str:
        return "、".join(categories()[code] for code in self.application.categories)

    @property
    def papers(self) -> list[str]:
        return list(
            dict.fromkeys(registry.materials().get(material.kind, material.kind) for material in self.case.materials)
        )

    @property
    def rules(self) -> tuple[bool | None, str]:
        if self.case.special_case_granted:
            return True, say("按特殊情况")
        return _OUTCOMES[self.case.decision.outcome]

    @property
    def changed(self) -> list[str]:
        """For cases waiting for the county, what another source stated since the check."""
        return changed_since_first_review(self.case) if self.case.status == "reported" else []


@dataclass
class BatchResults:
    """The result of each case (number, name, words, whether done); `again`: those that can be corrected here."""

    lines: list[tuple[str, str, str, bool]] = field(default_factory=list)
    again: list[BatchLine] = field(default_factory=list)

    @property
    def good(self) -> int:
        return sum(done for *_, done in self.lines)

    @property
    def bad(self) -> int:
        return len(self.lines) - self.good


@staff(Right.SEE_CASES)
@require_http_methods(["GET", "HEAD", "POST"])
def batch(request: StaffRequest) -> HttpResponseBase:
    """GET shows a preview, POST performs the act. The selection is in the URL, so that it is not lost."""
    given = request.POST if request.method == "POST" else request.GET
    action = given.get("action", "")
    if not any(known.bulk for known in APPLICATION.transitions(action)):
        raise Http404
    transition = in_bulk(request.user).get(action)
    if transition is None:
        raise NotForRole(say("“{label}”不属于您的职责。", label=APPLICATION.transitions(action)[0].label))
    if request.method == "POST":
        return _done(request, transition, given)
    lines = [_line(case, transition) for case in picked(request.user, given)]
    context = {
        "transition": transition,
        "able": [line for line in lines if not line.reasons],
        "unable": [line for line in lines if line.reasons],
        "most": MOST if len(lines) == MOST else 0,
        **way_back(given),
    }
    return page(request, "batch_preview.html", context, at="inbox")


def _line(case: Case, transition: Transition) -> BatchLine:
    application = case.application
    if application.status not in transition.sources:
        reasons: tuple[str, ...] = (
            say(
                "现在是“{label}”，不能{transition_label}。",
                label=application.state.label,
                transition_label=transition.label,
            ),
        )
    else:
        reasons = engine.offer(APPLICATION, case, transition.action).reasons
    return BatchLine(case, ActForm(APPLICATION, case, transition, prefix=application.number), reasons)


def _done(request: StaffRequest, transition: Transition, given: QueryDict) -> HttpResponse:
    """Reports are all or none; other acts are performed one by one, so that a failure does not block others."""
    chosen = [entry.rpartition(":") for entry in given.getlist("chosen")[:MOST]]
    versions = {number: seen for number, _, version in chosen if (seen := whole_number(version)) is not None}
    made = ""
    if transition.action == "report":
        results, made = _reported(request, versions)
    else:
        results = BatchResults()
        for number, version in versions.items():
            _one(request, transition, number, version, given, results)
    context = {
        "transition": transition,
        "results": results,
        "able": results.again,
        "number": made,
        "letters": [number for number, *_, good in results.lines if good] if transition.action == "accept" else [],
        **way_back(given),
    }
    status = 200 if results.lines and not results.bad else 422
    return page(request, "batch_result.html", context, at="inbox", status=status)


def _reported(request: StaffRequest, versions: dict[str, int]) -> tuple[BatchResults, str]:
    numbers = list(versions)
    rows = Application.objects.visible_to(request.user).filter(number__in=numbers)
    names = dict(rows.values_list("number", "person__name"))
    try:
        made = report_batch(request.user, numbers, versions).number
        said = say("已上报，批次{made}", made=made)
    except Refusal as refusal:
        made, said = "", say("没有上报：{title}", title=refusal.title)
    return BatchResults([(number, names.get(number, ""), said, bool(made)) for number in numbers]), made


def _one(
    request: StaffRequest, transition: Transition, number: str, version: int, given: QueryDict, results: BatchResults
) -> None:
    name = ""
    try:
        case = door.case(request.user, number)
        name = case.person.name
        form = ActForm(APPLICATION, case, transition, given, prefix=number)
        engine.act(request.user, APPLICATION, number, transition.action, form.said(), version=version)
    except NotFound as refusal:
        results.lines.append((number, name, refusal.title, False))
    except (BadInput, GuardNotMet) as refusal:
        form.refuse(refusal)
        results.lines.append((number, name, say("没有办理：{refusal}", refusal=_why(refusal)), False))
        results.again.append(BatchLine(case, form))
    except Refusal as refusal:
        results.lines.append((number, name, say("没有办理：{title}", title=refusal.title), False))
    else:
        results.lines.append((number, name, say("已{label}", label=transition.label), True))


def _why(refusal: Refusal) -> str:
    errors: Any = refusal.errors
    return "；".join(message for _, message in errors) if errors else refusal.title
