"""SM2 signatures of papers: holders of a file see who signed it and can download the signature."""

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from jiuyuan.agencies.models import PaperSignature
from jiuyuan.agencies.pace import TooOften
from jiuyuan.people import documents, sealed_papers
from jiuyuan.portal.notices import NO_INDEX
from jiuyuan.printing import sm2
from jiuyuan.refusals import BadInput
from jiuyuan.templatetags.plain import bare_day, moment
from jiuyuan.web.fields import Form
from jiuyuan.wording import say


class PaperForm(Form):
    file = forms.FileField(
        label="文书的文件", help_text="原来的PDF文件，不超过10MB。只用来核对，不保存。",
        error_messages={"required": "请选择文件。", "empty": "这是空文件，请另选。"},
        widget=forms.FileInput({"accept": "application/pdf"}),
    )  # fmt: skip


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def signature(request: HttpRequest) -> HttpResponse:
    """Whether a file is a signed paper, by whom and when; with `of`, its digest, the signature itself.

    Uploads are only hashed.
    """
    if "of" in request.GET:
        return _file(request.GET["of"])
    posted = request.method == "POST"
    form = PaperForm(request.POST, request.FILES) if posted else PaperForm()
    context: dict[str, object] = {"form": form, "title": say("核对文书的SM2签名"), "button": say("核对")}
    status = 200
    if posted and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            documents.check_size(file.size, file.name)
            digest = documents.digest_of(file.read())
            found = sealed_papers.signature_of(digest)
            context |= {"rows": _rows(found), "sha256": digest} if found else {"missing": True}
        except BadInput as refusal:
            form.add_error("file", refusal.errors[0][1])
        except TooOften as refusal:
            form.add_error("file", refusal.title)
            status = refusal.status
    if form.errors and status == 200:
        status = 422
    page = render(request, "portal/signature.html", context, status=status)
    page["X-Robots-Tag"] = NO_INDEX
    return page


def _file(sha256: str) -> HttpResponse:
    """The detached signature (GM/T 0010) of the paper with this digest."""
    try:
        found = sealed_papers.signature_of(sha256)
    except TooOften as refusal:
        return HttpResponse(refusal.title, status=refusal.status, headers={"Retry-After": str(refusal.seconds)})
    if found is None:
        raise Http404
    headers = {"Content-Disposition": f'attachment; filename="{found.sha256[:16]}.p7s"', "X-Robots-Tag": NO_INDEX}
    return HttpResponse(bytes(found.file), content_type="application/octet-stream", headers=headers)


def _rows(found: PaperSignature) -> list[dict[str, object]]:
    certificate, _ = sm2.signed_by(bytes(found.file))
    return [
        {"key": say("签名机构"), "value": found.agency.name},
        {"key": say("签名时间"), "value": moment(found.made_at)},
        {"key": say("证书"), "value": certificate.subject},
        {"key": say("证书序列号"), "value": f"{certificate.serial:X}"},
        {"key": say("证书有效期至"), "value": bare_day(certificate.expires_at.date())},
    ]
