"""Applications, from the form to the decision (二)."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema
from ninja.decorators import decorate_view
from ninja.responses import Status

from jiuyuan.agencies.models import User
from jiuyuan.api import paging, papers, shapes, uploads
from jiuyuan.api.inputs import (
    Act,
    CaseStatus,
    NewApplication,
    NewBatch,
    NewDispute,
    NewFacts,
    NewHousehold,
)
from jiuyuan.api.shapes import CaseInList, CaseObjectedTo, CaseShape
from jiuyuan.api.tokens import Bearer, BearerOrPublic, user_of, user_or_public
from jiuyuan.applications import door, lookups, printed_form, services, workflow
from jiuyuan.applications.case import Case
from jiuyuan.applications.models import Application
from jiuyuan.applications.workflow import APPLICATION
from jiuyuan.people.queries import looked_at_list
from jiuyuan.procedures import engine
from jiuyuan.procedures.reading import as_kept
from jiuyuan.wording import for_record

router = Router(auth=Bearer(), tags=["applications"])


class CasesPage(Schema):
    items: list[CaseInList]
    next: str | None


class BatchShape(Schema):
    batch: str
    numbers: list[str]


@router.post("/applications", response={201: CaseShape}, summary="Begin an application")
def create_application(request: HttpRequest, given: NewApplication) -> Status[CaseShape]:
    user = user_of(request)
    empty: dict[str, Any] = {"name": "", "id_number": "", "phone": "", "platform": "", "categories": ()}
    said = given.said(lambda _: services.create(user, **empty))
    return Status(201, _shown(user, services.create(user, **said)))


@router.get("/applications", response=CasesPage, summary="Cases, soonest due first")
def list_applications(request: HttpRequest, status: CaseStatus = "", q: str = "", cursor: str = "") -> dict[str, Any]:
    """`q`: a number, a whole ID number, a whole telephone number, or the beginning of a name. `cursor`: `next` of the page before."""
    user = user_of(request)
    rows = lookups.listed(user, status=status, typed=q)
    looked_at_list(user, for_record("申请列表（接口）"))
    return paging.page(rows, lookups.SOONEST_DUE, cursor, shapes.case_in_list)


@router.get("/applications/{number}", response=CaseShape, summary="One case")
def see_application(request: HttpRequest, number: str, unmask: bool = False) -> CaseShape:
    """`actions` are what the state allows for your role, `blocked` says what is not there yet. `unmask=1`: whole numbers."""
    case = door.case(user_of(request), number, look=for_record("申请（接口）"), unmask=unmask)
    return shapes.case_in_full(case, unmask=unmask)


@router.get("/applications/{number}/form.pdf", summary="The form as it stands", openapi_extra=papers.ANSWER)
def print_form(request: HttpRequest, number: str) -> HttpResponse:
    case = door.case(user_of(request), number)
    door.looked(case, for_record("认定表（接口）"), paper=True)
    return papers.answer(request, printed_form.form_pdf(case), case.application.number)


@router.post(
    "/applications/{number}/materials",
    response={201: uploads.NewMaterial},
    summary="Hand in a document",
    openapi_extra=uploads.REQUIRED,
)
@decorate_view(uploads.multipart_only(lambda user, number: services.open_for_change(user, number, None)))
def add_material(
    request: HttpRequest,
    number: str,
    kind: uploads.Kind,
    part: uploads.Part,
    file: uploads.Sent,
) -> Status[uploads.NewMaterial]:
    """JPEG, PNG, HEIC, WebP or PDF, at most 10 MiB, checked by content. `part`: which side or page it shows."""
    added = services.add_material(user_of(request), number, **uploads.paper(kind, file, part))
    return Status(201, uploads.taken(added.pk, added.document))


@router.post("/applications/{number}/facts", response=CaseShape, summary="Record facts from a source")
def record_facts(request: HttpRequest, number: str, given: NewFacts) -> CaseShape:
    user = user_of(request)
    said = given.said(_open_for_change(user, number))
    return _shown(user, services.save(user, number, **said))


@router.post("/applications/{number}/household", response=CaseShape, summary="Say who lives in the household")
def write_household(request: HttpRequest, number: str, given: NewHousehold) -> CaseShape:
    user = user_of(request)
    said = given.said(_open_for_change(user, number))
    return _shown(user, services.save(user, number, household=said["members"], version=said["version"]))


@router.post("/applications/{number}/disputes", response=CaseShape, summary="Dispute a record, with evidence")
def dispute_fact(request: HttpRequest, number: str, given: NewDispute) -> CaseShape:
    user = user_of(request)
    said = given.said(_open_for_change(user, number, applicant_anytime=True))
    return _shown(user, services.dispute_fact(user, number, **said))


@router.post(
    "/applications/{number}/{action}",
    response={200: CaseShape | CaseObjectedTo},
    auth=BearerOrPublic(),
    summary="Do one action of the table",
)
def act(request: HttpRequest, number: str, action: str, given: Act) -> CaseShape | CaseObjectedTo:
    """`object` needs no login and no version, and answers with the notice to those who may not see the case."""
    user = user_or_public(request)
    public = any(transition.public for transition in APPLICATION.transitions(action))

    def do(said: dict[str, Any], version: Any) -> Application:
        seen = engine.UNSEEN if public and version is None else version
        acted: Application = engine.act(user, APPLICATION, number, action, said, version=seen)
        return acted

    application = given.done(do)
    if user is None or not lookups.sees(user, application):
        notice = Case(application, None).notice
        assert notice is not None
        ground = as_kept(str((given.model_extra or {}).get("ground", "")))
        made = notice.objections.filter(ground=ground).order_by("-pk").first()
        on_notice = shapes.case_on_notice(notice).model_dump()
        return CaseObjectedTo(**on_notice, objection=made.number if made else "")
    return _shown(user, application)


@router.post("/batches", response={201: BatchShape}, summary="Report several cases as one batch")
def report_batch(request: HttpRequest, given: NewBatch) -> Status[BatchShape]:
    user = user_of(request)
    numbers = given.said(lambda _: workflow.report_batch(user, []))["numbers"]
    batch = workflow.report_batch(user, numbers)
    return Status(201, BatchShape(batch=batch.number, numbers=list(dict.fromkeys(numbers))))


def _open_for_change(user: User, number: str, **when: Any) -> Callable[[int | None], object]:
    return lambda version: services.open_for_change(user, number, version, **when)


def _shown(user: User, application: Application) -> CaseShape:
    return shapes.case_in_full(Case(application, user))
