"""A recognition: its basis, related rows, possible acts, and papers."""

from collections.abc import Callable, Sequence
from typing import Any

from django.contrib import messages
from django.db import transaction as database
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from jiuyuan.agencies.models import User
from jiuyuan.agencies.roles import Right
from jiuyuan.applications.models import Application
from jiuyuan.desk import fact_rows, proposal_rows, timeline
from jiuyuan.desk.access import StaffRequest, staff
from jiuyuan.desk.actions import actions_of_proposal, actions_of_stay
from jiuyuan.desk.forms.acts import ActForm
from jiuyuan.desk.frame import page
from jiuyuan.desk.views import supervision
from jiuyuan.desk.views.one_act import one_act, transition_for
from jiuyuan.history.models import Entry
from jiuyuan.people import correspondence, documents
from jiuyuan.procedures import engine
from jiuyuan.procedures.registry import Workflow
from jiuyuan.procedures.table import Transition
from jiuyuan.recognitions import queries
from jiuyuan.recognitions.grounds import held, read_by_grounds
from jiuyuan.recognitions.letters import exit_notice_pdf, outcome_pdf
from jiuyuan.recognitions.models import ExitObjection, ExitProposal, Investigation, InvestigationEvidence, Recognition
from jiuyuan.recognitions.stay import Stay
from jiuyuan.recognitions.workflow import INVESTIGATION, OBJECTION, OF, PROPOSAL, RECOGNITION, sheet
from jiuyuan.refusals import NotFound, Refusal, WrongState
from jiuyuan.wording import for_record, say

_MOST_ACTS = 100


@staff(Right.SEE_PEOPLE)
@require_safe
def recognition(request: StaffRequest, pk: int) -> HttpResponseBase:
    user = request.user
    found = queries.opened(user, pk, for_record("认定"))
    stay = sheet(found, user)
    orders, supervise = supervision.beside(found, user)
    acts = actions_of_stay(stay) + supervise
    grounds = set(read_by_grounds(found))
    context = {
        "recognition": found,
        "person": found.person,
        "category": queries.category_of(found),
        "ground": proposal_rows.end_in_words(found),
        "dead": correspondence.is_dead(found.person),
        "application": Application.objects.visible_to(user).filter(recognition=found).first(),
        "stays": _stays(request, found),
        "proposals": [(proposal_rows.shown(one), actions_of_proposal(one, user)) for one in stay.proposals],
        "investigations": [(item, _evidence(item)) for item in stay.investigations],
        "objections": [(_objected_to(item), item) for item in stay.objections],
        "suspended": stay.objection is not None,
        "warnings": [one for one in found.warnings.order_by("due_on") if stay.active or one.kind == one.Kind.BASIS],
        "facts": [row for row in fact_rows.rows_of_person(found.person) if row.name in grounds],
        "may_investigate": any(act.transition.action == "investigate" and not act.reasons for act in acts),
        "ready": [act for act in acts if not act.reasons],
        "off": [act for act in acts if act.reasons],
        **orders,
        "history": timeline.tell(
            Entry.objects.of(found.file).filter(payload__recognition=found.number).order_by("-seq")[:_MOST_ACTS]
        ),
    }
    return page(request, "recognition.html", context, at="register")


def _stays(request: StaffRequest, found: Recognition) -> list[tuple[str, str, Recognition]]:
    """The person's other recognitions, earlier and later (四(三))."""
    others = Recognition.objects.visible_to(request.user).filter(person=found.person_id).exclude(pk=found.pk)
    return [(queries.category_of(stay), proposal_rows.end_in_words(stay), stay) for stay in others]


def _objected_to(item: ExitObjection) -> str:
    said = held(item.recognition, item.ground, item.case)
    return f"{said.clause} {said.title}" if said else item.ground


def _evidence(item: Investigation) -> list[InvestigationEvidence]:
    return list(item.evidence.select_related("document"))


@staff(Right.SEE_PEOPLE)
@require_http_methods(["GET", "HEAD", "POST"])
def act(request: StaffRequest, pk: int, action: str, item: int) -> HttpResponseBase:
    """The form of an act. `item`: the proposal; needless for rows of which there is only one."""
    user = request.user
    stay = sheet(queries.opened(user, pk, for_record("认定")), user)
    workflow = next((one for one in OF.values() if action in one.of(stay.region).by_action), None)
    transition = transition_for(request, workflow, stay.region, action)
    assert workflow is not None
    about = stay.stay if transition.begins or workflow is RECOGNITION else _about(stay, workflow, item)

    def look_again(form: ActForm) -> dict[str, Any] | None:
        if not transition.looked_at_again or not (shown := _asked_again(user, workflow, about, transition, form)):
            return None
        form.ask_again()
        return {"shown": shown, "asked_again": True}

    looked_into = stay.investigation if workflow is INVESTIGATION else None
    objection = about if isinstance(about, ExitObjection) else None
    recognition, here = stay.stay, reverse("desk:recognition", args=[pk])
    return one_act(
        request, workflow, workflow.hold(about, user), transition, about.pk,
        caption=f"{recognition.person.name} · {recognition.get_status_display()}",
        back=here,
        crumbs=[
            {"label": say("在册人员"), "url": reverse("desk:register")},
            {"label": f"{recognition.person.name} {recognition.number}", "url": here},
            {"label": transition.label},
        ],
        at="register",
        look_again=look_again,
        template="recognition_act.html",
        beside={
            "shown": proposal_rows.shown(about) if isinstance(about, ExitProposal) else None,
            "investigation": looked_into,
            "evidence": _evidence(looked_into) if looked_into else [],
            "objection": objection,
            "objection_ground": _objected_to(objection) if objection else "",
        },
    )  # fmt: skip


def _about(stay: Stay, workflow: Workflow, item: int) -> Any:
    """The row that the act is about. Raises `NotFound`."""
    rows: dict[str, Sequence[Any]] = {
        PROPOSAL.name: stay.proposals,
        INVESTIGATION.name: stay.investigations,
        OBJECTION.name: stay.objections,
    }
    under_way = {INVESTIGATION.name: stay.investigation, OBJECTION.name: stay.objection}
    about = next((one for one in rows[workflow.name] if one.pk == item), None) if item else under_way.get(workflow.name)
    if about is None:
        raise NotFound(say("没有{noun}。", noun=workflow.noun))
    return about


def _asked_again(
    user: User, workflow: Workflow, about: Any, transition: Transition, form: ActForm
) -> proposal_rows.ShownProposal | None:
    """What to confirm before an exit that would go through; None once it was shown."""
    if form.seen_already:
        return None
    try:
        with database.atomic():
            tried = engine.act(user, workflow, about.pk, transition.action, form.said(), version=form.seen)
            database.set_rollback(True)
    except Refusal:
        return None  # the act reports it
    return proposal_rows.before_and_after(_fresh(about), tried.ground, tried.ended_on)


def _fresh(recognition: Recognition) -> Recognition:
    found: Recognition = Recognition.objects.unscoped().select_related("person").get(pk=recognition.pk)
    return found


@staff(Right.SEE_PEOPLE)
@never_cache
@require_safe
def exit_notice(request: StaffRequest, pk: int) -> HttpResponseBase:
    """The sealed 退出告知书; redirects until it is made."""
    found = queries.opened(request.user, pk, for_record("退出告知书"))
    return _letter(request, found, exit_notice_pdf, say("退出告知书-{number}.pdf", number=found.number))


@staff(Right.SEE_PEOPLE)
@never_cache
@require_safe
def objection_outcome(request: StaffRequest, pk: int) -> HttpResponseBase:
    """The sealed outcome of the last objection; redirects until it is made."""
    found = queries.opened(request.user, pk, for_record("退出异议处理结果告知书"))
    return _letter(request, found, outcome_pdf, say("退出异议处理结果告知书-{number}.pdf", number=found.number))


def _letter(
    request: StaffRequest, found: Recognition, sealed: Callable[[Recognition], bytes], name: str
) -> HttpResponseBase:
    try:
        return _file(sealed(found), "application/pdf", name)
    except WrongState as refusal:
        messages.error(request, refusal.title)
        return redirect("desk:recognition", found.pk)


@staff(Right.SEE_PEOPLE)
@never_cache
@require_safe
def evidence(request: StaffRequest, pk: int, item: int) -> HttpResponseBase:
    """A photograph or paper of an investigation."""
    found = queries.opened(request.user, pk, for_record("调查材料"))
    rows = InvestigationEvidence.objects.visible_to(request.user).select_related("document")
    kept = rows.filter(investigation__recognition=found, pk=item).exclude(document=None).first()
    document = kept.document if kept else None
    if document is None:
        raise NotFound(say("没有这份材料。"))
    content, content_type = documents.viewable(documents.read(document.stored_as), document.content_type)
    name = document.file_name if content_type == document.content_type else f"{document.file_name}.jpg"
    return _file(content, content_type, name)


def _file(content: bytes, content_type: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = content_disposition_header(False, name) or "inline"
    response["Cache-Control"] = "private, no-store"
    return response
