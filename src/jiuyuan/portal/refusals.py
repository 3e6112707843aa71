"""Refusals held against a person, in plain words, and their explanation (三(五))."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from jiuyuan.assistance.models import ServiceRefusal
from jiuyuan.assistance.refusal_letters import refusal_notice_pdf
from jiuyuan.assistance.refusal_workflow import REFUSAL
from jiuyuan.portal.access import applicant, for_applicants
from jiuyuan.portal.question_page import QuestionPage, ask, posted, saved
from jiuyuan.procedures import engine
from jiuyuan.recognitions.models import Recognition
from jiuyuan.refusals import NotFound
from jiuyuan.wording import say


class ResponseForm(QuestionPage):
    words = forms.CharField(
        label="为什么没有接受？", widget=forms.Textarea({"rows": 5}), max_length=1000,
        help_text="例如：来回要三个小时；要上夜班，家里老人没人照顾。",
        error_messages={"required": "请写下为什么没有接受。"},
    )  # fmt: skip

    def __init__(self, *args: Any, refusal: ServiceRefusal, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if refusal.offer is None:
            self.fields["words"].label = say("为什么没有来？")
            self.fields["words"].error_messages["required"] = say("请写下为什么没有来。")


def shown(stay: Recognition, user: Any) -> list[ServiceRefusal]:
    """The refusals the person was told of, or that were decided."""
    rows = ServiceRefusal.objects.visible_to(user).filter(recognition=stay).select_related("offer", "appointment")
    return list(rows.exclude(status=ServiceRefusal.Status.NOTED))


@for_applicants
@never_cache
@require_safe
def notice(request: HttpRequest, pk: int) -> HttpResponseBase:
    """拒绝公共就业服务告知书 of one's own counted refusal; 404 if there is none."""
    user = applicant(request)
    assert user is not None
    refusal = ServiceRefusal.objects.visible_to(user).filter(pk=pk).select_related("recognition__person").first()
    if refusal is None:
        raise NotFound(say("没有这份告知书。"))
    response = HttpResponse(refusal_notice_pdf(refusal), content_type="application/pdf")
    name = content_disposition_header(False, say("拒绝公共就业服务告知书-{number}.pdf", number=refusal.pk))
    response["Content-Disposition"] = name or "inline"
    response["Cache-Control"] = "private, no-store"
    return response


@for_applicants
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Explain a refusal; a reviewer reads it before deciding."""
    user = applicant(request)
    assert user is not None
    refusal = ServiceRefusal.objects.visible_to(user).filter(pk=pk).select_related("offer", "appointment").first()
    if refusal is None:
        raise NotFound(say("没有这条记录。"))
    form = ResponseForm(posted(request), refusal=refusal)
    if request.method == "POST" and form.is_valid():
        said = {"words": form.cleaned_data["words"]}
        if saved(form, lambda: engine.act(user, REFUSAL, pk, "respond", said)) is not None:
            messages.success(request, say("已记下。另一名工作人员看过再决定。"))
            return redirect("portal:helping")
    return ask(
        request,
        form,
        title=say("{what}：{why}", what=refusal.called, why=form.fields["words"].label),
        lead=say("有正当的原因，就不计。"),
        button=say("提交说明"),
        back_url=reverse("portal:helping"),
        back_label=say("返回，先不说明"),
        question=False,
    )
