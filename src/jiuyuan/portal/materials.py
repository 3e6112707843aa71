"""Photographs of the documents, one page a document: what it must show, the camera, what is there already."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from jiuyuan.agencies.models import User
from jiuyuan.applications import door, services
from jiuyuan.applications.case import Case
from jiuyuan.fields import DocumentInput
from jiuyuan.people import documents
from jiuyuan.portal import sections
from jiuyuan.portal.access import for_applicants, is_editable, own_case
from jiuyuan.portal.outlook import outlook
from jiuyuan.portal.question_page import Page, ask, posted, saved
from jiuyuan.portal.shown_pages import show, shown
from jiuyuan.regions import registry
from jiuyuan.wording import say


class Photograph(Page):
    """Two ways to hand in a picture; which of several papers it is, where one of them is enough."""

    kind = forms.ChoiceField(label="您交哪一种？", widget=forms.RadioSelect, error_messages={"required": "请选一种。"})
    camera = forms.FileField(label="用相机拍", required=False, widget=DocumentInput(camera=True), allow_empty_file=True)
    file = forms.FileField(
        label="或者选手机里的照片、文件",
        required=False,
        help_text="JPEG、PNG、HEIC、WebP照片或PDF，每个不超过10MB。",
        widget=DocumentInput,
        allow_empty_file=True,
    )

    def __init__(self, *args: Any, kinds: tuple[str, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if len(kinds) > 1:
            self.fields["kind"].choices = [(kind, registry.materials()[kind]) for kind in kinds]  # type: ignore[attr-defined]
        else:
            del self.fields["kind"]
        self.only_kind = kinds[0]
        for name in ("camera", "file"):
            self.fields[name].template_name = "portal/plain_field.html"  # type: ignore[attr-defined]

    def clean(self) -> None:
        if not self.errors and not self.pictures():
            self.add_error("camera", say("还没有选照片。请拍一张，或从手机里选一张。"))

    def pictures(self) -> list[tuple[str, UploadedFile]]:
        """What was chosen, with the box it was chosen in."""
        chosen = [(name, self.cleaned_data.get(name)) for name in ("camera", "file")]
        return [(name, upload) for name, upload in chosen if upload]


@for_applicants
def material(request: HttpRequest, number: str, code: str) -> HttpResponseBase:
    """One document. Sent, its picture stands on the same page, to be looked at, taken off or added to."""
    case = own_case(request, number)
    if not is_editable(case):
        return redirect("portal:progress", number)
    requirement = next((r for r in sections.requirements(case) if r.any_of[0] == code), None)
    if requirement is None and code != "other":
        raise Http404
    show(request, number, code)
    kinds = requirement.any_of if requirement else ("other",)
    form = Photograph(posted(request), request.FILES or None, kinds=kinds)
    if request.method == "POST" and form.is_valid() and _hand_in(request, number, form):
        messages.success(request, say("传好了。请看看下面的照片清不清楚。"))
        return redirect(request.get_full_path())
    there = [m for m in case.materials if m.kind in kinds]
    title = requirement.label if requirement else say("还有别的材料吗？")
    return ask(
        request,
        form,
        title=title,
        template="portal/material.html",
        shows=requirement.shows if requirement else say("能说明情况的其他材料，没有可以不交。"),
        clause=requirement.clause if requirement else "",
        pictures=[_picture(number, m) for m in there],
        outlook=outlook(case),
        next_url=_next(request, case, code),
        required=requirement is not None,
        code=code,
        back="form" if request.GET.get("back") == "form" else "",
        **sections.place_of_step(case, code),
    )


def _hand_in(request: HttpRequest, number: str, form: Photograph) -> bool:
    user, kind = request.user, form.cleaned_data.get("kind") or form.only_kind
    assert isinstance(user, User)

    def keep(upload: UploadedFile) -> Any:
        name = upload.name or say("照片")
        documents.check_size(upload.size or 0, name)
        return services.add_material(user, number, kind, upload.read(), name)

    for box, upload in form.pictures():
        if saved(form, lambda upload=upload: keep(upload)) is None:  # type: ignore[misc]
            _move_errors(form, box)
            return False
    return True


def _move_errors(form: Photograph, box: str) -> None:
    """A refusal names the field `file`; on this page it may have been the camera's."""
    if box != "file" and "file" in form.errors:
        for error in form.errors.pop("file").as_data():
            form.add_error(box, error)


def _next(request: HttpRequest, case: Case, code: str) -> str:
    if request.GET.get("back") == "form":
        return reverse("portal:form", args=[case.application.number])
    return sections.following(case, code, shown(request, case.application.number))


def _picture(number: str, handed_in: Any) -> dict[str, Any]:
    document = handed_in.document
    return {
        "pk": handed_in.pk,
        "label": registry.materials()[handed_in.kind],
        "is_pdf": document.content_type == "application/pdf",
        "pages": document.pages,
        "name": document.file_name,
        "url": reverse("portal:picture", args=[number, handed_in.pk]),
        "warnings": [say(documents.WARNINGS[code]) for code in document.warnings],
    }


@require_POST
@for_applicants
def remove(request: HttpRequest, number: str, pk: int) -> HttpResponseBase:
    """Take a picture off. Pressed twice, it is off."""
    case = own_case(request, number)
    handed_in = next((m for m in case.materials if m.pk == pk), None)
    code = request.POST.get("code", "")
    if handed_in is not None:
        assert isinstance(request.user, User)
        services.remove_material(request.user, number, pk)
    back = "?back=form" if request.POST.get("back") == "form" else ""
    known = {step.code for step in sections.material_steps(case)}
    if code not in known:
        return redirect("portal:form", number)
    return redirect(reverse("portal:material", args=[number, code]) + back)


@for_applicants
def picture(request: HttpRequest, number: str, pk: int) -> HttpResponseBase:
    """One's own document as it is, or small (`?small`) beside others."""
    assert isinstance(request.user, User)
    document = door.document_of(request.user, number, pk)
    content, kind = documents.read(document.stored_as), document.content_type
    if "small" in request.GET and kind != "application/pdf":
        content, kind = documents.thumbnail(content), "image/jpeg"
    else:
        content, kind = documents.viewable(content, kind)
    return HttpResponse(content, content_type=kind)
