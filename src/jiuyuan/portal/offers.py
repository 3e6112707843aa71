"""The vacancies offered to a person: answering them, and the referral letter."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from jiuyuan.agencies.queries import place_name
from jiuyuan.assistance.models import JobOffer, WhyNot
from jiuyuan.assistance.offer_workflow import OFFER, OfferOf
from jiuyuan.assistance.referral_letters import referral_pdf
from jiuyuan.assistance.vacancy_workflow import pay_of
from jiuyuan.portal.access import applicant, for_applicants
from jiuyuan.portal.question_page import QuestionPage, ask, posted, saved
from jiuyuan.procedures import engine
from jiuyuan.recognitions.models import Recognition
from jiuyuan.refusals import NotFound, WrongState
from jiuyuan.wording import say

#: The states of an offer in words for the person.
_STANDS = {
    JobOffer.Status.GIVEN: "等您答复",
    JobOffer.Status.INTERESTED: "您想试试",
    JobOffer.Status.DECLINED: "您觉得不合适",
}


class DeclineForm(QuestionPage):
    """The reasons for declining."""

    reason = forms.ChoiceField(
        label="为什么不合适？", choices=WhyNot.choices, widget=forms.RadioSelect,
        error_messages={"required": "请选一个原因。"},
    )  # fmt: skip
    words = forms.CharField(
        label="想说明的", required=False, widget=forms.Textarea({"rows": 3}), max_length=400,
        help_text="例如：要上夜班，家里老人没人照顾。",
    )  # fmt: skip


def shown(stay: Recognition, user: Any) -> list[dict[str, Any]]:
    """The offers of the present recognition, newest first, with the possible answers."""
    rows = JobOffer.objects.visible_to(user).filter(recognition=stay).select_related("plan", "vacancy__employer")
    found = []
    for offer in rows:
        offer.recognition = offer.plan.recognition = stay
        then, waits = offer.vacancy_then, offer.status == JobOffer.Status.GIVEN
        why_not = engine.why_not(OFFER, OfferOf(offer.plan, user, offer), "answer") if waits else ""
        found.append(
            {
                "offer": offer,
                "place": then.address or place_name(then.division_id),
                "pay": pay_of(then),
                "stands": say(_STANDS.get(offer.status, offer.get_status_display())),
                "asks": waits and not why_not,
                "why_not": why_not,
                "letter": offer.status in (JobOffer.Status.INTERESTED, JobOffer.Status.APPLIED),
            }
        )
    return found


@for_applicants
@require_POST
def interested(request: HttpRequest, pk: int) -> HttpResponseBase:
    """想试试; repeating it has no effect."""
    _answered(request, pk, {"answer": "interested"})
    messages.success(request, say("已告诉帮您的人，请留意电话。"))
    return redirect("portal:helping")


@for_applicants
@require_http_methods(["GET", "HEAD", "POST"])
def decline(request: HttpRequest, pk: int) -> HttpResponseBase:
    """不合适，因为…"""
    offer, form = _own(request, pk), DeclineForm(posted(request))
    if request.method == "POST" and form.is_valid():
        said = {"answer": "declined", **{name: value for name, value in form.cleaned_data.items() if value}}
        if saved(form, lambda: _answered(request, pk, said)) is not None:
            messages.success(request, say("已记下，谢谢您说明原因。"))
            return redirect("portal:helping")
    return ask(
        request,
        form,
        title=say("{job}：不合适？", job=offer.as_it_stood["title"]),
        lead=say("有正当的原因，不会对您有不好的影响。"),
        button=say("不去，告诉帮我的人"),
        back_url=reverse("portal:helping"),
        back_label=say("返回，先不答复"),
    )


@for_applicants
@never_cache
@require_safe
def letter(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The referral letter."""
    response = HttpResponse(referral_pdf(_own(request, pk)), content_type="application/pdf")
    name = content_disposition_header(False, say("推荐介绍信-{number}.pdf", number=pk))
    response["Content-Disposition"] = name or "inline"
    return response


def _answered(request: HttpRequest, pk: int, said: dict[str, Any]) -> JobOffer:
    """The offer with this answer. Raises `WrongState` if there is another one."""
    try:
        done: JobOffer = engine.act(applicant(request), OFFER, pk, "answer", said)
    except WrongState:
        done = _own(request, pk)
        if done.status != said["answer"]:
            raise
    return done


def _own(request: HttpRequest, pk: int) -> JobOffer:
    user = applicant(request)
    assert user is not None
    rows = JobOffer.objects.visible_to(user).filter(pk=pk)
    found: JobOffer | None = rows.select_related("recognition__person__agency", "offered_by").first()
    if found is None:
        raise NotFound(say("没有这次岗位介绍。"))
    return found
