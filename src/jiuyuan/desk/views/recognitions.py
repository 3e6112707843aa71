"""One recognition: what it rests on, what is going on about it, what may be done, and its papers."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.http import content_disposition_header
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from jiuyuan.agencies.roles import Right
from jiuyuan.applications.models import Application
from jiuyuan.applications.queries import categories
from jiuyuan.desk import fact_rows, proposal_rows, register_acts, timeline
from jiuyuan.desk.access import StaffRequest, staff
from jiuyuan.desk.forms.register import EndForm
from jiuyuan.desk.frame import page
from jiuyuan.desk.register_acts import ACTS, Act, Sheet
from jiuyuan.history.models import Entry
from jiuyuan.people import correspondence, documents
from jiuyuan.recognitions import queries
from jiuyuan.recognitions.grounds import held, read_by_grounds
from jiuyuan.recognitions.letters import exit_notice_pdf
from jiuyuan.recognitions.models import ExitObjection, Investigation, InvestigationEvidence, Recognition
from jiuyuan.refusals import BadInput, GuardNotMet, NotForRole, NotFound, Refusal, WrongState

_MOST_ACTS = 100


@staff(Right.SEE_PEOPLE)
@require_safe
def recognition(request: StaffRequest, pk: int) -> HttpResponseBase:
    user = request.user
    found = queries.opened(user, pk, "认定")
    sheet = Sheet(found)
    acts = register_acts.offered(user, sheet)
    grounds = set(read_by_grounds())
    context = {
        "recognition": found,
        "person": found.person,
        "category": categories().get(found.category, found.category),
        "ground": proposal_rows.end_in_words(found),
        "dead": correspondence.is_dead(found.person),
        "application": Application.objects.visible_to(user).filter(recognition=found).first(),
        "stays": _stays(request, found),
        "proposals": [
            (proposal_rows.shown(item), register_acts.offered_on(user, sheet, item)) for item in sheet.proposals
        ],
        "investigations": [(item, _evidence(item)) for item in sheet.investigations],
        "objections": [(_objected_to(item), item) for item in sheet.objections],
        "suspended": sheet.objection is not None,
        "warnings": list(found.warnings.order_by("due_on")) if sheet.active else [],
        "facts": [row for row in fact_rows.rows_of_person(found.person) if row.name in grounds],
        "ready": [act for act in acts if not act.reasons],
        "off": [act for act in acts if act.reasons],
        "history": timeline.tell(
            Entry.objects.filter(file=found.file, payload__recognition=found.number).order_by("-seq")[:_MOST_ACTS]
        ),
    }
    return page(request, "recognition.html", context, at="register")


def _stays(request: StaffRequest, found: Recognition) -> list[tuple[str, str, Recognition]]:
    """The person's other stays on the register, the former and the later ones (四(三))."""
    others = Recognition.objects.visible_to(request.user).filter(person=found.person_id).exclude(pk=found.pk)
    titles = categories()
    return [(titles.get(stay.category, stay.category), proposal_rows.end_in_words(stay), stay) for stay in others]


def _objected_to(item: ExitObjection) -> str:
    said = held(item.ground, item.case)
    return f"{said.clause} {said.title}" if said else item.ground


def _evidence(item: Investigation) -> list[InvestigationEvidence]:
    return list(item.evidence.select_related("document"))


@staff(Right.SEE_PEOPLE)
@require_http_methods(["GET", "HEAD", "POST"])
def act(request: StaffRequest, pk: int, action: str, item: int) -> HttpResponseBase:
    """The form of one act."""
    found = queries.opened(request.user, pk, "认定")
    wanted = ACTS.get(action)
    if wanted is None:
        raise NotFound("没有这个办理事项。")
    if not wanted.for_role(request.user):
        raise NotForRole("您的角色不能办理这一事项。")
    sheet = Sheet(found)
    proposal = sheet.proposal(item) if wanted.of_a_proposal else None
    if wanted.of_a_proposal and proposal is None:
        raise NotFound("没有这条退出建议。")
    about = sheet.item(wanted.code, item)
    form = register_acts.form_for(wanted, sheet, about, request.POST or None, request.FILES or None)
    compared, status = proposal_rows.shown(proposal) if proposal else None, 200
    if request.method == "POST":
        if isinstance(form, EndForm) and (compared := _asked_again(request, wanted, sheet, form)):
            form.ask_again()
        else:
            done = _done(request, wanted, sheet, item, form)
            if done is not None:
                return done
            status = 422
    looked_into = sheet.investigation if wanted.clause == "三(六)" else None
    objection = sheet.objection if wanted.code == "settle" else None
    context = {
        "recognition": found,
        "act": wanted,
        "reason": "" if form.is_bound else wanted.why_not(request.user, sheet, item),
        "form": form,
        "shown": compared,
        "asked_again": isinstance(form, EndForm) and compared is not None,
        "investigation": looked_into,
        "evidence": _evidence(looked_into) if looked_into else [],
        "objection": objection,
        "objection_ground": _objected_to(objection) if objection else "",
        "multipart": form.is_multipart(),
    }
    return page(request, "recognition_act.html", context, at="register", status=status)


def _asked_again(request: StaffRequest, wanted: Act, sheet: Sheet, form: EndForm) -> proposal_rows.Shown | None:
    """What there is to see before an end that would go through, unless this very one was seen already."""
    if form.seen_already:
        return None
    said = form.said()
    try:
        with transaction.atomic():
            wanted.do(request.user, sheet, 0, said)
            transaction.set_rollback(True)
    except Refusal:
        return None  # the act itself says it
    return proposal_rows.before_and_after(_fresh(sheet), said["ground"], date.fromisoformat(said["on"]))


def _fresh(sheet: Sheet) -> Recognition:
    found: Recognition = Recognition.objects.unscoped().select_related("person").get(pk=sheet.recognition.pk)
    return found


def _done(request: StaffRequest, wanted: Act, sheet: Sheet, item: int, form: Any) -> HttpResponseBase | None:
    """None where the form has to say what is wrong. Somebody who was faster is said on the page, which shows what they did."""
    try:
        wanted.do(request.user, sheet, item, form.said())
    except (NotFound, NotForRole):
        raise
    except (BadInput, GuardNotMet) as refusal:
        form.refuse(refusal)
        return None
    except Refusal as refusal:
        messages.error(request, refusal.title)
    else:
        messages.success(request, wanted.done)
    return redirect("desk:recognition", sheet.recognition.pk)


@staff(Right.SEE_PEOPLE)
@never_cache
@require_safe
def exit_notice(request: StaffRequest, pk: int) -> HttpResponseBase:
    """退出告知书 as it was sealed; back to the recognition while it is being made."""
    found = queries.opened(request.user, pk, "退出告知书")
    try:
        pdf = exit_notice_pdf(found)
    except WrongState as refusal:
        messages.error(request, refusal.title)
        return redirect("desk:recognition", pk)
    return _file(pdf, "application/pdf", f"退出告知书-{found.number}.pdf")


@staff(Right.SEE_PEOPLE)
@never_cache
@require_safe
def evidence(request: StaffRequest, pk: int, item: int) -> HttpResponseBase:
    """A photograph or paper of an investigation."""
    found = queries.opened(request.user, pk, "调查材料")
    rows = InvestigationEvidence.objects.visible_to(request.user).select_related("document")
    kept = rows.filter(investigation__recognition=found, pk=item).exclude(document=None).first()
    document = kept.document if kept else None
    if document is None:
        raise NotFound("没有这份材料。")
    content, content_type = documents.viewable(documents.read(document.stored_as), document.content_type)
    name = document.file_name if content_type == document.content_type else f"{document.file_name}.jpg"
    return _file(content, content_type, name)


def _file(content: bytes, content_type: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = content_disposition_header(False, name) or "inline"
    response["Cache-Control"] = "private, no-store"
    return response
