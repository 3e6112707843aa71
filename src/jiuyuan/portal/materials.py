"""Photographs of documents, one page per document: what it must show, the camera, and existing pictures."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.forms.boundfield import BoundField
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from jiuyuan.agencies.models import User
from jiuyuan.applications import door, services
from jiuyuan.applications.case import Case
from jiuyuan.applications.models import Material
from jiuyuan.characters import whole_number
from jiuyuan.people import documents
from jiuyuan.people.models import Document
from jiuyuan.portal import sections
from jiuyuan.portal.access import for_applicants, is_editable, own_case
from jiuyuan.portal.outlook import outlook
from jiuyuan.portal.question_page import QuestionPage, ask, posted, saved, show, shown
from jiuyuan.refusals import BadInput
from jiuyuan.regions import registry
from jiuyuan.rules.policy import PARTS, PARTS_OF
from jiuyuan.web.fields import Pictures
from jiuyuan.wording import say


class Photograph(QuestionPage):
    """An input for each side or page of the paper and one for others, with the kind of paper if several are
    possible.

    Phones offer camera and album for each; several pictures at once go into the last one.
    """

    kind = forms.ChoiceField(label="您交哪一种？", widget=forms.RadioSelect, error_messages={"required": "请选一种。"})
    file = Pictures(label="拍照，或从手机里选", help_text="可以一次选几张。照片或PDF都行，每个不超过10MB。")

    def __init__(self, *args: Any, kinds: tuple[str, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kinds = kinds
        if len(kinds) > 1:
            self.fields["kind"].choices = [(kind, registry.materials()[kind]) for kind in kinds]  # type: ignore[attr-defined]
            self.fields["kind"].initial = kinds[0]
        else:
            del self.fields["kind"]
        self.parts = PARTS_OF.get(kinds[0], ())
        for part in self.parts:
            self.fields[part] = Pictures(label=say(PARTS[part]))
        if self.parts:
            self.fields["file"].label = say("其他页，或者一次选几张")
        self.order_fields(["kind", *self.parts, "file"])

    def slots(self) -> list[BoundField]:
        return [self[part] for part in self.parts]

    def clean(self) -> None:
        if not self.errors and not self.pictures():
            self.add_error("file", say("还没有选照片。请拍一张，或从手机里选一张。"))

    def pictures(self) -> list[tuple[str, str, UploadedFile]]:
        """The uploaded pictures with input and kind of paper. Sides belong to the first kind."""
        kind = self.cleaned_data.get("kind") or self.kinds[0]
        boxes = [(part, self.kinds[0]) for part in self.parts] + [("file", kind)]
        return [(box, of, upload) for box, of in boxes for upload in self.cleaned_data.get(box) or ()]


@for_applicants
def material(request: HttpRequest, number: str, code: str) -> HttpResponseBase:
    """A document. Uploaded pictures are shown on the same page, to check, remove or add to."""
    case = own_case(request, number)
    if not services.takes_papers(case.application):
        return redirect("portal:progress", number)
    requirement = next((r for r in case.required_materials if r.any_of[0] == code), None)
    if requirement is None and code != "other":
        raise Http404
    show(request, number, code)
    kinds = requirement.any_of if requirement else (code,)
    if request.method == "POST" and "again" in request.POST:
        return _again(request, number)
    form = Photograph(posted(request), request.FILES or None, kinds=kinds)
    if request.method == "POST" and form.is_valid() and (handed_in := _hand_in(request, number, form)):
        unclear = [documents.WARNINGS[code] for one in handed_in for code in one.document.warnings]
        if form.errors:
            messages.info(request, say("传好了{count}张。还有没传上的，下面写了为什么。", count=len(handed_in)))
        elif unclear:
            messages.warning(request, say("传上来了，可是{warning}", warning=say(unclear[0])))
        else:
            messages.success(request, say("传好了。请看看下面的照片清不清楚。"))
        if not form.errors:
            return redirect(request.get_full_path())
        case = own_case(request, number)
    there = [m for m in case.materials if m.kind in kinds]
    lacking = sections.lacking_parts(case, kinds[0])
    return ask(
        request,
        form,
        title=requirement.everyday if requirement else say("还有别的材料吗？"),
        question=False,
        template="portal/material.html",
        shows=requirement.shows if requirement else say("能说明情况的其他材料，没有可以不交。"),
        pictures=[_picture(number, m) for m in there],
        slots=[{"part": slot.name, "field": slot, "missing": slot.name in lacking} for slot in form.slots()],
        lacking="、".join(say(PARTS[part]) for part in lacking) if there else "",
        unclear=any(m.document.warnings for m in there),
        before=[] if there else _before(request, case, kinds),
        outlook=outlook(case),
        next_url=_next(request, case, code),
        required=requirement is not None,
        removable=is_editable(case),
        code=code,
        back="form" if request.GET.get("back") == "form" else "",
        **sections.place_of_step(case, code),
    )


def _before(request: HttpRequest, case: Case, kinds: tuple[str, ...]) -> list[int]:
    """The latest documents of these kinds in the person's file that this application never had,
    one for each side or page.
    """
    assert isinstance(request.user, User)
    mine = Document.objects.visible_to(request.user).filter(person=case.person, kind__in=kinds)
    rows = mine.exclude(materials__application=case.application).order_by("pk")
    return sorted({(row.kind, row.part, "" if row.part else row.sha256): row.pk for row in rows}.values())


def missing(case: Case) -> list[dict[str, str]]:
    """The missing papers, with the page on which each can be added now, if possible."""
    number, taken = case.application.number, services.takes_papers(case.application)
    return [
        {
            "label": requirement.everyday,
            "url": reverse("portal:material", args=[number, requirement.any_of[0]]) if taken else "",
        }
        for requirement in (case.missing_materials if case.application.is_open else [])
    ]


def _again(request: HttpRequest, number: str) -> HttpResponseBase:
    """Add the photographs of the previous application to this one."""
    assert isinstance(request.user, User)
    for key in request.POST.getlist("again"):
        if (pk := whole_number(key)) is not None:
            services.use_again(request.user, number, pk)
    messages.success(request, say("已用上次的照片。请看看还清不清楚、过没过期。"))
    return redirect(request.get_full_path())


def _hand_in(request: HttpRequest, number: str, form: Photograph) -> list[Material]:
    """Add the uploads. A refused picture is reported at its input and does not affect the others."""
    user = request.user
    assert isinstance(user, User)
    done: list[Material] = []

    def keep(box: str, kind: str, upload: UploadedFile) -> Material:
        name = upload.name or say("照片")
        documents.check_size(upload.size or 0, name)
        return services.add_material(user, number, kind, upload.read(), name, box if box in PARTS else "")

    for box, kind, upload in form.pictures():
        handed_in = saved(form, lambda given=(box, kind, upload): keep(*given))  # type: ignore[misc]
        if handed_in is None:
            _move_errors(form, box)
            if not isinstance(form.refused, BadInput):  # type: ignore[attr-defined]
                break
        else:
            done.append(handed_in)
    return done


def _move_errors(form: Photograph, box: str) -> None:
    """Move errors of the field `file` to the input used."""
    if box != "file" and "file" in form.errors:
        for error in form.errors.pop("file").as_data():
            form.add_error(box, error)


def _next(request: HttpRequest, case: Case, code: str) -> str:
    if not is_editable(case):
        return reverse("portal:progress", args=[case.application.number])
    if request.GET.get("back") == "form":
        return reverse("portal:form", args=[case.application.number])
    return sections.following(case, code, shown(request, case.application.number))


def _picture(number: str, handed_in: Any) -> dict[str, Any]:
    document = handed_in.document
    return {
        "pk": handed_in.pk,
        "label": say(registry.materials()[handed_in.kind]) + say(PARTS.get(document.part, "")),
        "is_pdf": document.content_type == "application/pdf",
        "pages": document.pages,
        "name": document.file_name,
        "url": reverse("portal:picture", args=[number, handed_in.pk]),
        "warnings": [say(documents.WARNINGS[code]) for code in document.warnings],
    }


@require_POST
@for_applicants
def remove(request: HttpRequest, number: str, pk: int) -> HttpResponseBase:
    """Remove a picture; repeating this has no effect."""
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
    """One's own document, in full or as a thumbnail (`?small`)."""
    assert isinstance(request.user, User)
    document = door.document_of(request.user, number, pk)
    content, kind = documents.read(document.stored_as), document.content_type
    if "small" in request.GET and kind != "application/pdf":
        content, kind = documents.thumbnail(content), "image/jpeg"
    else:
        content, kind = documents.viewable(content, kind)
    return HttpResponse(content, content_type=kind)
