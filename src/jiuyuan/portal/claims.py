"""Claiming a scheme on the phone: months are filled in, one button submits; 我能享受什么 shows the state."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from jiuyuan import clock
from jiuyuan.money import claims as money
from jiuyuan.money.claim_letters import claim_letter_pdf
from jiuyuan.money.claim_workflow import CLAIM
from jiuyuan.money.models import Claim, SchemeNotice
from jiuyuan.money.notice_workflow import SCHEME_NOTICE
from jiuyuan.people.models import Person
from jiuyuan.portal.access import applicant, for_applicants
from jiuyuan.portal.question_page import QuestionPage, ask, posted, saved
from jiuyuan.procedures import engine
from jiuyuan.refusals import NotFound
from jiuyuan.regions import registry
from jiuyuan.rules.calendar import month_text
from jiuyuan.rules.scheme import Scheme
from jiuyuan.web.fields import MonthField
from jiuyuan.wording import say

_MAY_TAKE_BACK = frozenset(CLAIM.of().by_action["withdraw"].sources)


class MonthsForm(QuestionPage):
    """The first and last month; initially those not known to be claimed."""

    vars()["from"] = MonthField(label="从哪个月？", error_messages={"required": "请填从哪年哪月。"})
    to = MonthField(label="到哪个月？", error_messages={"required": "请填到哪年哪月。"})


class NothingToSay(QuestionPage):
    """A form with a button only."""


def shown(person: Person) -> list[dict[str, Any]]:
    """The applicant's claims, latest first, with their states in plain words."""
    found = []
    for claim in money.of_person(person):
        state = CLAIM.of(claim.region).by_state[claim.status]
        words = {"agency": claim.agency.name, "until": claim.notice_ends_on, "reason": claim.reason.rstrip("。")}
        found.append(
            {
                "pk": claim.pk,
                "title": claim.title,
                "months": claim.months,
                "state": state.title,
                "text": say(state.__dict__["text"], **words),
                "refused": claim.status == Claim.Status.REFUSED,
                "may_take_back": claim.status in _MAY_TAKE_BACK,
            }
        )
    return found


@for_applicants
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def create(request: HttpRequest, scheme: str) -> HttpResponseBase:
    """Create and submit a claim in one transaction."""
    person = _person(request)
    asked = _scheme(person, scheme)
    months = money.filled_in(person, asked, clock.today())
    beforehand = {name: month_text(month) for name, month in months.items()} if months else {}
    by_month = asked.counted == "months"
    form = MonthsForm(posted(request), initial=beforehand) if by_month else NothingToSay(posted(request))
    if request.method == "POST" and form.is_valid():
        said = {"scheme": asked.code, **(form.cleaned_data if by_month else {})}
        if saved(form, lambda: _hand_in(request, person, said)) is not None:
            messages.success(request, say("已提交。办到哪一步，就在这一页看。"))
            return redirect("portal:entitlements")
    return ask(
        request,
        form,
        title=say("申请{title}", title=asked.title),
        lead=say("月份已经按档案填好，对的话直接提交。") if months and by_month else asked.plain,
        button=say("提交申请"),
        back_url=reverse("portal:entitlements"),
        back_label=say("返回，先不申请"),
        question=False,
    )


@for_applicants
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def take_back(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Withdraw a claim that is not paid yet."""
    user, claim = applicant(request), _own(request, pk)
    form = NothingToSay(posted(request))
    sent = request.method == "POST" and form.is_valid()
    if sent and saved(form, lambda: engine.act(user, CLAIM, pk, "withdraw", {})) is not None:
        messages.success(request, say("已撤回，以后还可以再申请。"))
        return redirect("portal:entitlements")
    return ask(
        request,
        form,
        title=say("撤回“{title}”？", title=claim.title),
        lead=say("{months}的申请撤回以后，这几个月还可以再申请。", months=claim.months),
        button=say("撤回申请"),
        back_url=reverse("portal:entitlements"),
        back_label=say("返回，不撤回"),
        question=False,
    )


@for_applicants
@require_POST
def silence(request: HttpRequest) -> HttpResponseBase:
    """Stop notices about schemes; repeating this has no effect."""
    notice = told(_person(request))
    if notice is not None:
        engine.act(applicant(request), SCHEME_NOTICE, notice.pk, "silence", {})
    messages.success(request, say("记下了，以后不再发这样的消息。"))
    return redirect("portal:entitlements")


def told(person: Person) -> SchemeNotice | None:
    """The last notice that can be silenced; None if there is none or notices are silenced already."""
    rows = SchemeNotice.objects.unscoped().filter(person=person)
    if rows.filter(status=SchemeNotice.Status.SILENCED).exists():
        return None
    found: SchemeNotice | None = rows.first()
    return found


@transaction.atomic
def _hand_in(request: HttpRequest, person: Person, said: dict[str, Any]) -> Claim:
    user = applicant(request)
    made = engine.act(user, CLAIM, person.pk, "claim", said)
    done: Claim = engine.act(user, CLAIM, made.pk, "submit", {})
    return done


def _person(request: HttpRequest) -> Person:
    user = applicant(request)
    assert user is not None
    person: Person | None = Person.objects.visible_to(user).select_related("agency").first()
    if person is None:
        raise NotFound(say("还没有您的档案。"))
    return person


def _scheme(person: Person, code: str) -> Scheme:
    """A scheme that people claim themselves. Raises `NotFound`."""
    known = registry.schemes_of(person.area, clock.today())
    found = next((one for one in known if one.code == code and one.paid_to != "employer"), None)
    if found is None:
        raise NotFound(say("没有这项可以自己申请的政策。"))
    return found


@for_applicants
@never_cache
@require_safe
def letter(request: HttpRequest, pk: int) -> HttpResponseBase:
    """不予支持决定书 of one's own claim; 404 if there is none."""
    claim = _own(request, pk)
    response = HttpResponse(claim_letter_pdf(claim), content_type="application/pdf")
    name = content_disposition_header(False, say("不予支持决定书-{number}.pdf", number=claim.pk))
    response["Content-Disposition"] = name or "inline"
    response["Cache-Control"] = "private, no-store"
    return response


def _own(request: HttpRequest, pk: int) -> Claim:
    user = applicant(request)
    assert user is not None
    found: Claim | None = Claim.objects.visible_to(user).filter(pk=pk).first()
    if found is None:
        raise NotFound(say("没有这份申请。"))
    return found
