"""The page of an act on a case: the form, its result, and conflicts with other users."""

from django.contrib import messages
from django.forms import BoundField
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from jiuyuan import clock
from jiuyuan.agencies.roles import Right, Role
from jiuyuan.applications import door, failing
from jiuyuan.applications.case import Case
from jiuyuan.applications.models import Application
from jiuyuan.applications.workflow import APPLICATION
from jiuyuan.desk import timeline
from jiuyuan.desk.access import StaffRequest, staff
from jiuyuan.desk.forms.acts import ActForm
from jiuyuan.desk.forms.spoken import VersionedForm
from jiuyuan.desk.frame import page
from jiuyuan.desk.place_in_list import address_of_case, beside, go, kept
from jiuyuan.history.models import Entry
from jiuyuan.procedures import engine
from jiuyuan.procedures.table import Transition
from jiuyuan.refusals import BadInput, Conflict, GuardNotMet, NotForRole, Refusal, WrongState
from jiuyuan.rules import calendar
from jiuyuan.templatetags.plain import due, short_day
from jiuyuan.wording import say


@staff(Right.SEE_CASES)
@require_http_methods(["GET", "HEAD", "POST"])
def act(request: StaffRequest, number: str, action: str) -> HttpResponseBase:
    """The form of an act; the case page contains the form of the next act."""
    case = door.case(request.user, number)
    transition = APPLICATION.of(case.region).by_action.get(action)
    if transition is None:
        raise Http404
    if Role(request.user.role) not in transition.roles:
        raise NotForRole(say("“{label}”不属于您的职责。", label=transition.label))
    if request.method != "POST":
        if case.application.status not in transition.sources:
            return conflict(request, case, ActForm(APPLICATION, case, transition), _wrong_state(case, transition))
        return _form(request, case, transition, ActForm(APPLICATION, case, transition))
    form = ActForm(APPLICATION, case, transition, request.POST)
    onwards = request.POST.get("then") == "next"
    following = beside(request.user, kept(request), case.application) if onwards else None
    try:
        done = engine.act(request.user, APPLICATION, number, action, form.said(), version=form.seen)
    except (BadInput, GuardNotMet) as refusal:
        form.refuse(refusal)
        return _form(request, case, transition, form, status=refusal.status)
    except (Conflict, WrongState) as refusal:
        return conflict(request, door.case(request.user, number), form, refusal)
    said = done_in_words(done, transition)
    if onwards:
        messages.success(request, f"{case.person.name}：{said}")
        return go(request, following)
    messages.success(request, said)
    return back_to_case(request, number)


def _form(request: StaffRequest, case: Case, transition: Transition, form: ActForm, status: int = 200) -> HttpResponse:
    context = {
        "case": case,
        "application": case.application,
        "transition": transition,
        "form": form,
        "unmet": engine.offer(APPLICATION, case, transition.action).reasons,
        "instead": _instead(case, transition),
        "kept": kept(request),
        "objections": case.open_objections if transition.action == "settle_objection" else [],
        "special": case.open_special_case if transition.action == "settle_special_case" else None,
        "targets": [APPLICATION.of(case.region).label(target) for target in transition.targets],
    }
    return page(request, "act.html", context, at="inbox", status=status)


def _instead(case: Case, transition: Transition) -> str:
    """The URL for a refusal that no clause supports: a special case, if possible now."""
    refuses = any(need.kind == "clauses" for need in transition.needs) and transition.action != "raise_special_case"
    going_up = APPLICATION.of(case.region).by_action.get("raise_special_case")
    possible = going_up and case.status in going_up.sources and not case.open_special_case
    if not refuses or not possible or case.failing:
        return ""
    return reverse("desk:act", args=[case.application.number, "raise_special_case"])


def _wrong_state(case: Case, transition: Transition) -> WrongState:
    state = case.application.state
    return WrongState(
        say("这份申请现在是“{label}”，不能{transition_label}。", label=state.label, transition_label=transition.label),
        status=state.code,
    )


def conflict(request: StaffRequest, case: Case, form: VersionedForm, refusal: Refusal) -> HttpResponse:
    """The page for a conflict: what the other user did, what was typed here, and how to continue.

    Nothing was changed.
    """
    entries = Entry.objects.of(case.application.file).order_by("seq")
    since = list(entries.filter(seq__gt=form.seen)) if form.is_bound and form.seen else []
    typed = [
        (field.label, words) for field in form if form.is_bound and not field.is_hidden and (words := _typed(field))
    ]
    context = {
        "case": case,
        "application": case.application,
        "refusal": refusal,
        "since": timeline.tell(since),
        "typed": typed,
        "kept": kept(request),
    }
    return page(request, "conflict.html", context, at="inbox", status=refusal.status)


def _typed(field: BoundField) -> str:
    """The input as the page showed it: labels of choices instead of codes."""
    given = field.value()
    titles = dict(failing.codes()) | {failing.SPECIAL_CASE: say("特殊情况研究")}
    titles |= {code: label for code, label in getattr(field.field, "choices", ()) if code not in titles}
    values = given if isinstance(given, list) else [given]
    values = [value["text"] if isinstance(value, dict) else value for value in values]
    return "；".join(str(titles.get(value, value)) for value in values if isinstance(value, str) and value)


def done_in_words(application: Application, transition: Transition) -> str:
    """The result of an act in words, with the next important date."""
    state = application.state.label
    said = say("已办理“{label}”", label=transition.label) + (
        "。" if state == transition.label else say("，现在是“{state}”。", state=state)
    )
    if transition.action == "accept" and application.due_on:
        left = calendar.workdays_left(clock.today(), application.due_on)
        return say("{said}办结期限{due_on}，{left}。", said=said, due_on=short_day(application.due_on), left=due(left))
    if transition.action == "first_review_pass":
        notice = application.notices.last()
        return say("{said}公示到{ends_on}。", said=said, ends_on=short_day(notice.ends_on)) if notice else said
    if transition.action == "report" and application.batch:
        return say("{said}批次{number}。", said=said, number=application.batch.number)
    if transition.action == "recognise" and application.recognition:
        return say("{said}认定编号{number}。", said=said, number=application.recognition.number)
    return said


def back_to_case(request: StaffRequest, number: str, anchor: str = "") -> HttpResponse:
    return redirect(address_of_case(number, kept(request), anchor))
