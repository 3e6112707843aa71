"""Asking that what is kept about oneself be put right (个人信息保护法 46), and what became of it."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from jiuyuan.agencies.models import User
from jiuyuan.people import corrections
from jiuyuan.people.models import CorrectionRequest, Person
from jiuyuan.portal.access import applicant, for_applicants
from jiuyuan.portal.question_page import Page, ask, posted, saved
from jiuyuan.procedures import engine
from jiuyuan.refusals import NotFound
from jiuyuan.wording import say


class PutRight(Page):
    what = forms.ChoiceField(
        label="哪一项不对？",
        help_text="姓名、身份证号码有误的，请带身份证到窗口办理。",
        choices=lambda: [("", say("请选择")), *corrections.choices()],
        error_messages={"required": "请选择要更正的一项。", "invalid_choice": "没有这一项，请从列表里选。"},
    )
    wanted = forms.CharField(
        label="应当是什么？",
        help_text="例如：2025年6月1日；或者：是；或者：否。",
        max_length=200,
        error_messages={"required": "请写明应当是什么。", "max_length": "最多200字，请写短一些。"},
    )
    reason = forms.CharField(
        label="为什么不对，有什么凭据？",
        help_text="例如：单位没有给我停保，有解除劳动合同的证明。",
        max_length=400,
        widget=forms.Textarea({"rows": 4}),
        error_messages={"required": "请写明为什么不对、有什么凭据。", "max_length": "最多400字，请写短一些。"},
    )


@for_applicants
@require_http_methods(["GET", "HEAD", "POST"])
def put_right(request: HttpRequest) -> HttpResponseBase:
    """`?what=` is the fact beside which the link stood. The same words sent twice are asked once."""
    user = applicant(request)
    assert user is not None
    person = Person.objects.visible_to(user).first()
    if person is None:
        raise NotFound(say("系统里还没有您的档案。"))
    form = PutRight(posted(request), initial={"what": request.GET.get("what", "")})

    def asking() -> CorrectionRequest:
        asked: CorrectionRequest = engine.act(user, corrections.CORRECTION, person.pk, "ask", form.cleaned_data)
        return asked

    if form.is_valid() and (asked := saved(form, asking)) is not None:
        messages.success(
            request, say("已收到您的更正请求，{due_on:date}前答复您，答复会显示在这里。", due_on=asked.due_on)
        )
        return redirect(reverse("portal:information") + "#corrections")
    return ask(
        request,
        form,
        title=say("请求更正"),
        lead=say("写明哪里不对，工作人员核实后答复您。"),
        button=say("提交更正请求"),
        back_url=reverse("portal:information"),
        back_label=say("返回"),
    )


def asked_by(user: User) -> list[dict[str, Any]]:
    """The person's own requests with their answers, the latest first."""
    rows = CorrectionRequest.objects.visible_to(user)
    return [{"label": corrections.label_of(row.what), "request": row} for row in rows]
