"""Home visits (四(一)): whom to visit, recording a visit at the desk, and confirming findings."""

from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from jiuyuan.agencies.models import User
from jiuyuan.agencies.roles import Right
from jiuyuan.assistance import visit_help
from jiuyuan.characters import whole_number
from jiuyuan.desk import queries as desk_queries
from jiuyuan.desk.access import StaffRequest, staff
from jiuyuan.desk.fact_rows import in_words
from jiuyuan.desk.forms.visits import STATES, ConfirmForm, DiscardForm, VisitFilterForm, VisitForm
from jiuyuan.desk.frame import page
from jiuyuan.desk.views.worklists import of_period
from jiuyuan.people import documents
from jiuyuan.people import queries as people
from jiuyuan.procedures import engine
from jiuyuan.recognitions import visiting, visits_due
from jiuyuan.recognitions.models import Visit
from jiuyuan.recognitions.queries import category_of
from jiuyuan.recognitions.visit_workflow import VISIT
from jiuyuan.refusals import BadInput, Conflict, Refusal, WrongState
from jiuyuan.rules.facts import FACTS, in_order
from jiuyuan.wording import for_record, say

_FORM = ["GET", "HEAD", "POST"]


@staff(Right.SEE_VISITS)
@require_safe
def visits(request: StaffRequest) -> HttpResponseBase:
    """The people to visit in the user's area, most urgent first, to be ticked for taking along."""
    user, given = request.user, request.GET
    filters = {name: given.get(name, "").strip() for name in ("agency", "address")}
    rows, following = visits_due.page_of(visits_due.to_visit(user, **filters), given.get("cursor", ""))
    if rows:
        people.looked_at_list(user, for_record("走访名单"))
    context = {
        "rows": [(row, category_of(row), visits_due.days_since(row.last)) for row in rows],
        "tabs": _tabs(user, "visits"),
        "filters": VisitFilterForm(user, given or None),
        "active": any(filters.values()),
        "may_visit": user.may(Right.VISIT),
        "most": visiting.MOST_TAKEN_ALONG,
        "next": following,
        "previous": None,
    }
    return page(request, "visits.html", context, at="visits")


@staff(Right.SEE_VISITS)
@require_safe
def received(request: StaffRequest) -> HttpResponseBase:
    """Visits waiting for confirmation, and confirmed ones; for a period, those of its figures."""
    status = request.GET.get("status", Visit.Status.DRAFT)
    status = status if status in STATES else Visit.Status.DRAFT
    days, where, narrowed = of_period(request, ("visited_on",), "person__area")
    if days is None:
        rows = visits_due.brought_back(request.user, status)
    else:
        rows = visits_due.brought_back(request.user).filter(days, where).exclude(status=Visit.Status.DISCARDED)
        if met := request.GET.get("met", ""):
            rows = rows.filter(nobody_home=met == "no")
            narrowed.append(say("家中无人") if met == "no" else say("见到本人"))
        status = ""
    shown, following = desk_queries.newest_first(rows, request.GET.get("cursor", ""))
    if shown:
        people.looked_at_list(request.user, for_record("走访记录"))
    context = {
        "rows": shown,
        "tabs": _tabs(request.user, status),
        "narrowed": narrowed,
        "next": following,
        "previous": None,
    }
    return page(request, "visits_received.html", context, at="visits")


def _tabs(user: User, current: str) -> list[dict[str, Any]]:
    there = reverse("desk:visits_received")
    waiting = visits_due.brought_back(user, Visit.Status.DRAFT).count()
    first = {"label": say("要走访的人"), "url": reverse("desk:visits"), "current": current == "visits"}
    return [first] + [
        {
            "label": label,
            "url": f"{there}?status={code}",
            "current": code == current,
            "count": waiting if code == Visit.Status.DRAFT else None,
        }
        for code, label in STATES.items()
    ]


@staff(Right.VISIT)
@never_cache
@require_safe
def on_paper(request: StaffRequest) -> HttpResponseBase:
    """The list as a paper form. The looks are recorded."""
    try:
        people_and_answers = visiting.taken_along(request.user, keys(request.GET.getlist("person")))
    except BadInput as refusal:
        messages.error(request, refusal.errors[0][1])
        return redirect("desk:visits")
    questions = [(FACTS[name], FACTS[name].kind == "boolean") for name in in_order("findable")]
    context = {
        "people": [
            (person, [(fact, yes_no, _words(fact.name, answers)) for fact, yes_no in questions])
            for person, answers in people_and_answers
        ],
        "crumbs": [{"label": say("入户走访"), "url": reverse("desk:visits")}, {"label": say("打印走访表")}],
    }
    return page(request, "visits_on_paper.html", context, at="visits")


def keys(given: list[str]) -> list[int]:
    """Parse primary keys from a URL, ignoring invalid ones."""
    return [key for text in given if (key := whole_number(text)) is not None]


def _words(name: str, answers: dict[str, Any]) -> str:
    return in_words(name, answers[name]) if name in answers else ""


@staff(Right.VISIT)
@require_http_methods(_FORM)
def enter(request: StaffRequest, pk: int) -> HttpResponseBase:
    """Record a visit at the desk, without scripts."""
    person = people.opened(request.user, pk, for_record("登记走访"))
    form = VisitForm(request.POST or None, request.FILES or None, person=person)
    if request.method == "POST":
        try:
            visit = visiting.receive(request.user, form.brought(person.pk), read(request.FILES.getlist("photos")))
            messages.success(request, say("已收下走访记录。核对后确认，才记为事实。"))
            return redirect("desk:visit", visit.pk)
        except (BadInput, Conflict) as refusal:
            form.refuse(refusal)
    crumbs = [
        {"label": person.name, "url": reverse("desk:person", args=[person.pk])},
        {"label": say("登记入户走访")},
    ]
    context = {"person": person, "form": form, "crumbs": crumbs}
    return page(request, "visit_enter.html", context, at="visits", status=422 if form.is_bound else 200)


def read(files: list[UploadedFile]) -> list[tuple[str, bytes]]:
    """Read the photographs. Of a file over the limit, one byte more is enough to report the size."""
    return [(file.name or say("照片"), file.read(documents.LARGEST + 1)) for file in files[: visiting.MOST_PHOTOS + 1]]


@staff(Right.SEE_VISITS)
@require_http_methods(_FORM)
def visit(request: StaffRequest, pk: int) -> HttpResponseBase:
    """A visit beside today's facts, to be confirmed fact by fact."""
    found = visits_due.opened(request.user, pk)
    if request.method == "POST":
        form = _confirm_form(found, request.POST)
        try:
            done = engine.act(request.user, VISIT, pk, "confirm", form.decisions(), version=form.seen)
            messages.success(request, say("已确认走访，{count}项记为事实。", count=len(done.taken)))
            return redirect("desk:person", found.person_id)
        except (WrongState, Conflict) as refusal:
            messages.error(request, refusal.title)
            return redirect("desk:visit", pk)
        except BadInput as refusal:
            form.refuse(refusal)
            return _shown(request, found, form, DiscardForm(), status=422)
    return _shown(request, found, _confirm_form(found), DiscardForm())


def _confirm_form(found: Visit, data: Any = None) -> ConfirmForm:
    investigated = visiting.open_investigation_of(found.person) is not None
    return ConfirmForm(
        visiting.findings(found),
        visiting.stand(found),
        data,
        investigated=investigated,
        helped=[(name, f"{label}：{words}") for name, label, words in visit_help.rows(found)],
    )


def _shown(
    request: StaffRequest, found: Visit, form: ConfirmForm, discard_form: DiscardForm, status: int = 200
) -> HttpResponseBase:
    context = {
        "visit": found,
        "form": form,
        "discard_form": discard_form,
        "rows": [
            {
                "field": form[f"fact-{item.name}"],
                "label": say(FACTS[item.name].label),
                "found": in_words(item.name, item.found),
                "now": [
                    (in_words(item.name, fact.value), fact) for fact in (item.standing.current if item.standing else ())
                ],
                "conflicts": item.conflicts,
                "taken": item.name in found.taken,
            }
            for item in form.found
        ],
        "help": [(label, words, name in found.helped) for name, label, words in visit_help.rows(found)],
        "photos": list(found.photos.select_related("document")),
        "may_decide": request.user.may(Right.VISIT) and found.status == Visit.Status.DRAFT,
        "crumbs": [
            {"label": say("入户走访"), "url": reverse("desk:visits_received")},
            {"label": found.person.name, "url": reverse("desk:person", args=[found.person_id])},
            {"label": say("走访记录")},
        ],
    }
    return page(request, "visit.html", context, at="visits", status=status)


@staff(Right.SEE_VISITS)
@require_POST
def discard(request: StaffRequest, pk: int) -> HttpResponseBase:
    form = DiscardForm(request.POST)
    found = visits_due.opened(request.user, pk)
    try:
        engine.act(request.user, VISIT, pk, "discard", form.said())
    except BadInput as refusal:
        form.refuse(refusal)
        return _shown(request, found, _confirm_form(found), form, status=422)
    except Refusal as refusal:
        if refusal.status in (403, 404):
            raise
        messages.error(request, refusal.title)
        return redirect("desk:visit", pk)
    messages.success(request, say("这次走访没有采用，记录仍保留。"))
    return redirect("desk:visits_received")


@staff(Right.SEE_VISITS)
@never_cache
@require_safe
def photo(request: StaffRequest, pk: int, item: int) -> HttpResponseBase:
    """A photograph of a visit for browsers; covered by the recorded look at the visit."""
    found = visits_due.opened(request.user, pk).photos.select_related("document").filter(pk=item).first()
    if found is None:
        raise Http404
    document = found.document
    content, content_type = documents.viewable(documents.read(document.stored_as), document.content_type)
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = "inline"
    response["Cache-Control"] = "private, no-store"
    return response
