"""The papers of a case: viewing, adding, removing, printing."""

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.http import content_disposition_header
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from jiuyuan import clock
from jiuyuan.agencies.roles import Right
from jiuyuan.applications import door, papers, services
from jiuyuan.applications import printed_form as application_forms
from jiuyuan.desk.access import StaffRequest, staff
from jiuyuan.desk.forms.window import UploadForm
from jiuyuan.desk.frame import page
from jiuyuan.desk.place_in_list import kept
from jiuyuan.desk.selection import picked
from jiuyuan.desk.views.acts import back_to_case
from jiuyuan.people import documents
from jiuyuan.refusals import BadInput, GuardNotMet, Refusal, WrongState
from jiuyuan.regions import registry
from jiuyuan.wording import say


@staff(Right.SEE_CASES)
@never_cache
@require_safe
def document(request: StaffRequest, number: str, material: int) -> HttpResponseBase:
    """A document in a format for browsers; the look is recorded."""
    found = door.document_of(request.user, number, material)
    content, content_type = documents.viewable(documents.read(found.stored_as), found.content_type)
    name = found.file_name if content_type == found.content_type else f"{found.file_name}.jpg"
    return _file(content, content_type, name)


@staff(Right.SEE_CASES)
@never_cache
@require_safe
def form_pdf(request: StaffRequest, number: str) -> HttpResponseBase:
    """The current form as a PDF; redirects to the case while a seal is pending."""
    case = door.case(request.user, number)
    try:
        pdf = application_forms.form_pdf(case)
    except WrongState as refusal:
        messages.error(request, refusal.title)
        return back_to_case(request, number)
    door.looked(case, "认定表", paper=True)
    return _file(pdf, "application/pdf", say("认定表-{number}.pdf", number=number))


@staff(Right.SEE_CASES)
@never_cache
@require_safe
def letter(request: StaffRequest, number: str, kind: str) -> HttpResponseBase:
    """A sealed letter; redirects to the case until it is made."""
    case = door.case(request.user, number)
    title = papers.title(case, kind)
    try:
        pdf = papers.read(case, kind)
    except WrongState as refusal:
        messages.error(request, refusal.title)
        return back_to_case(request, number)
    door.looked(case, title, paper=True)
    return _file(pdf, "application/pdf", f"{say(title)}-{number}.pdf")


@staff(Right.SEE_CASES)
@require_safe
def receipts(request: StaffRequest) -> HttpResponseBase:
    """The receipts of several cases as one PDF; each is a recorded look."""
    cases = [case for case in picked(request.user, request.GET) if case.application.accepted_on]
    if not cases:
        messages.info(request, say("没有可以打印的受理通知书：还没有受理。"))
        return redirect("desk:home")
    try:
        pdf = papers.together(cases, "receipt")
    except WrongState as refusal:
        messages.warning(request, refusal.title)
        return redirect("desk:home")
    for case in cases:
        door.looked(case, "受理通知书", paper=True)
    return _file(
        pdf, "application/pdf", say("受理通知书-{today:%Y%m%d}-{count}份.pdf", today=clock.today(), count=len(cases))
    )


def _file(content: bytes, content_type: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = content_disposition_header(False, name) or "inline"
    response["Cache-Control"] = "private, no-store"
    return response


@staff(Right.SEE_CASES, Right.RECORD_FACTS)
@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: StaffRequest, number: str) -> HttpResponseBase:
    """Add papers of one kind, several files at once. Unusable files are reported; others are kept."""
    case = door.case(request.user, number)
    form = UploadForm(request.POST or None, request.FILES or None)
    status = 200
    if request.method == "POST":
        kind, files = request.POST.get("kind", ""), request.FILES.getlist("file")
        refused = _add(request, number, kind, files)
        added = len(files) - len(refused)
        if added:
            messages.success(request, say("已收到{kind}{added}份。", kind=registry.materials()[kind], added=added))
        if files and not refused:
            return back_to_case(request, number, "#documents")
        for refusal in refused or [
            BadInput(say("没有文件。"), [("file", say("请选择文件，或用扫描仪、手机拍照后选择。"))])
        ]:
            form.refuse(refusal)
        status = 422
    context = {"case": case, "application": case.application, "form": form, "kept": kept(request)}
    return page(request, "upload.html", context, at="inbox", status=status)


def _add(request: StaffRequest, number: str, kind: str, files: list[UploadedFile]) -> list[Refusal]:
    refused: list[Refusal] = []
    for file in files:
        # Reading one byte over the limit is enough to report the size.
        content = file.read(documents.LARGEST + 1)
        try:
            services.add_material(request.user, number, kind, content, file.name or say("未命名"))
        except (BadInput, GuardNotMet, WrongState) as refusal:
            refused.append(refusal)
    return refused


@staff(Right.SEE_CASES, Right.RECORD_FACTS)
@require_POST
def remove(request: StaffRequest, number: str, material: int) -> HttpResponseBase:
    try:
        services.remove_material(request.user, number, material)
        messages.success(request, say("已从这份申请撤下；文件仍留在个人档案里。"))
    except (GuardNotMet, WrongState) as refusal:
        messages.error(request, refusal.title)
    return back_to_case(request, number, "#documents")
