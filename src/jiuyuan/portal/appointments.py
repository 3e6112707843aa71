"""A person's appointments, and declining one."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from jiuyuan.assistance.appointment_workflow import APPOINTMENT
from jiuyuan.assistance.models import Appointment
from jiuyuan.portal.access import applicant, for_applicants
from jiuyuan.portal.question_page import QuestionPage, ask, posted, saved
from jiuyuan.procedures import engine
from jiuyuan.recognitions.models import Recognition
from jiuyuan.refusals import NotFound
from jiuyuan.wording import say


class ExcuseForm(QuestionPage):
    words = forms.CharField(
        label="为什么来不了？", widget=forms.Textarea({"rows": 3}), max_length=400, help_text="例如：要带孩子看病。",
        error_messages={"required": "请写下为什么来不了。"},
    )  # fmt: skip


def shown(stay: Recognition, user: Any) -> list[Appointment]:
    """The appointments of the present recognition, newest first."""
    return list(Appointment.objects.visible_to(user).filter(recognition=stay))


@for_applicants
@require_http_methods(["GET", "HEAD", "POST"])
def excuse_me(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Excuse oneself from an appointment; this counts against nobody."""
    user = applicant(request)
    assert user is not None
    appointment = Appointment.objects.visible_to(user).filter(pk=pk).first()
    if appointment is None:
        raise NotFound(say("没有这次约见。"))
    form = ExcuseForm(posted(request))
    if request.method == "POST" and form.is_valid():
        said = {"words": form.cleaned_data["words"]}
        if saved(form, lambda: engine.act(user, APPOINTMENT, pk, "excuse_me", said)) is not None:
            messages.success(request, say("已记下。来不了没有关系，会另约时间。"))
            return redirect("portal:helping")
    return ask(
        request,
        form,
        title=say("{day:date}来不了？", day=appointment.on),
        lead=say("说一声就行，不会对您有不好的影响。"),
        button=say("请假"),
        back_url=reverse("portal:helping"),
        back_label=say("返回，能来"),
        question=False,
    )
