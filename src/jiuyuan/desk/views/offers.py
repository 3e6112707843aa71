"""The vacancies that suit a person, for making an offer, and the referral letter."""

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from jiuyuan.agencies.roles import Right
from jiuyuan.assistance import matching, offer_terms
from jiuyuan.assistance.models import JobOffer, Plan, ServiceRefusal
from jiuyuan.assistance.offer_workflow import OFFER
from jiuyuan.assistance.plan_workflow import PLAN
from jiuyuan.assistance.referral_letters import referral_pdf
from jiuyuan.assistance.refusal_letters import refusal_notice_pdf
from jiuyuan.desk.access import StaffRequest, staff
from jiuyuan.desk.frame import page
from jiuyuan.procedures import engine
from jiuyuan.recognitions import queries
from jiuyuan.recognitions.models import Recognition
from jiuyuan.refusals import NotFound, WrongState
from jiuyuan.wording import for_record, say

MOST_MATCHES = 10


@staff(Right.SEE_PEOPLE)
@require_safe
def matches(request: StaffRequest, pk: int) -> HttpResponseBase:
    """The ten best vacancies with reasons and open questions."""
    stay = queries.opened(request.user, pk, for_record("匹配岗位"))
    plan = Plan.objects.visible_to(request.user).filter(recognition=stay, status=Plan.Status.ACTIVE).first()
    reason, agree = without_plan(request, stay) if plan is None else ("", "")
    if plan is not None:
        plan.recognition = stay
        reason = engine.why_not(OFFER, OFFER.hold(plan, request.user), "offer")
    before = offer_terms.offered_before(stay)
    context = {
        "recognition": stay,
        "found": [(one, before.get(one.vacancy.pk, "")) for one in matching.best(stay, MOST_MATCHES, before)],
        "reason": reason,
        "agree": agree,
        "at_work": _at_work(stay),
        "crumbs": [
            {"label": say("在册人员"), "url": reverse("desk:register")},
            {"label": stay.person.name, "url": reverse("desk:helping", args=[pk])},
            {"label": say("介绍岗位")},
        ],
    }
    return page(request, "matches.html", context, at="today")


def _at_work(stay: Recognition) -> str:
    """The work that resulted from an offer, so that nobody is offered another job unawares."""
    taken = JobOffer.objects.unscoped().filter(recognition=stay, status=JobOffer.Status.TAKEN_ON)
    last = taken.select_related("vacancy__employer").order_by("-pk").first()
    if last is None:
        return ""
    return say(
        "{employer}的{title}已经录用了本人。先回访；做不下去、要换工作的，再介绍别的。",
        employer=last.vacancy.employer.name, title=last.vacancy.title,
    )  # fmt: skip


def without_plan(request: StaffRequest, stay: Recognition) -> tuple[str, str]:
    """The message for people without an active plan, and the link for agreeing to a draft, if the user may."""
    draft = Plan.objects.visible_to(request.user).filter(recognition=stay, status=Plan.Status.DRAFT).first()
    if draft is None:
        return say("还没有进行中的帮扶计划，请先定计划。"), ""
    draft.recognition = stay
    may = any(one.transition.action == "agree" for one in engine.offered(PLAN, PLAN.hold(draft, request.user)))
    agree = reverse("desk:help_act", args=[stay.pk, "plan", "agree", draft.pk]) if may else ""
    return say("帮扶计划写好了，还没有开始：先请本人同意。"), agree


@staff(Right.SEE_PEOPLE)
@never_cache
@require_safe
def letter(request: StaffRequest, pk: int, item: int) -> HttpResponseBase:
    """推荐介绍信 with its counterfoil, for the vacancy as offered."""
    stay = queries.opened(request.user, pk, for_record("推荐介绍信"))
    rows = JobOffer.objects.visible_to(request.user).filter(recognition=stay, pk=item).select_related("offered_by")
    offer = rows.first()
    if offer is None:
        raise NotFound(say("没有这次岗位介绍。"))
    offer.recognition = stay
    return _pdf(referral_pdf(offer), say("推荐介绍信-{number}.pdf", number=offer.pk))


@staff(Right.SEE_PEOPLE)
@never_cache
@require_safe
def refusal_notice(request: StaffRequest, pk: int, item: int) -> HttpResponseBase:
    """The sealed 拒绝公共就业服务告知书; redirects until it is made."""
    stay = queries.opened(request.user, pk, for_record("拒绝公共就业服务告知书"))
    refusal = ServiceRefusal.objects.visible_to(request.user).filter(recognition=stay, pk=item).first()
    if refusal is None:
        raise NotFound(say("没有这份告知书。"))
    refusal.recognition = stay
    try:
        return _pdf(refusal_notice_pdf(refusal), say("拒绝公共就业服务告知书-{number}.pdf", number=refusal.pk))
    except WrongState as not_yet:
        messages.error(request, not_yet.title)
        return redirect("desk:helping", pk)


def _pdf(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = content_disposition_header(False, name) or "inline"
    return response
