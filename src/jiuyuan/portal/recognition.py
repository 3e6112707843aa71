"""One's own place on the register: how it stands, why it ended, the notice of that, and the objection to it."""

from dataclasses import dataclass
from datetime import date

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from jiuyuan.agencies.models import User
from jiuyuan.people.correspondence import is_dead
from jiuyuan.portal.access import applicant, for_applicants
from jiuyuan.portal.question_page import Page, ask, posted, saved
from jiuyuan.procedures import engine
from jiuyuan.procedures.registry import Workflow
from jiuyuan.recognitions import queries
from jiuyuan.recognitions.grounds import Held, held_of, in_words, own_wish, source_in_words
from jiuyuan.recognitions.letters import exit_notice_pdf
from jiuyuan.recognitions.models import ExitObjection, ExitProposal, Investigation, Recognition
from jiuyuan.recognitions.stay import Stay
from jiuyuan.recognitions.workflow import INVESTIGATION, OBJECTION, PROPOSAL, sheet
from jiuyuan.rules.facts import fact_label
from jiuyuan.wording import for_record, say


@dataclass(frozen=True)
class Card:
    """A recognition as the person reads it. `clause` is None while it is active; `facts` are those that the end rests on.

    `inquiry`: what an investigation found, from the day on which the person was told until it is decided.
    `wish`: to leave, not decided yet; `kept`: the last one, where a reviewer decided that the person stays.
    """

    recognition: Recognition
    category: str
    clause: Held | None
    facts: list[tuple[str, str, str, date]]
    objection: ExitObjection | None
    inquiry: Investigation | None
    wish: ExitProposal | None
    kept: ExitProposal | None
    may_object: bool
    notice: bool


def cards(user: User) -> list[Card]:
    """The person's stays on the register, the latest first."""
    rows = Recognition.objects.visible_to(user).select_related("agency", "person")
    stays = rows.prefetch_related("objections", "proposals", "investigations")
    return [_card(user, sheet(stay, user)) for stay in stays]


def _card(user: User, about: Stay) -> Card:
    stay = about.stay
    inquiry = about.investigation
    own = [one for one in about.proposals if one.proposer_id == user.pk] if about.active else []
    last = own[0] if own else None
    return Card(
        stay,
        queries.category_of(stay),
        held_of(stay),
        [
            (
                say(fact_label(one["name"])),
                in_words(one["name"], one["value"]),
                source_in_words(one),
                date.fromisoformat(one["observed_on"]),
            )
            for one in stay.basis or ()
        ],
        about.objections[0] if about.objections else None,
        inquiry if inquiry and inquiry.told_on else None,
        last if last and last.status == ExitProposal.Status.OPEN else None,
        last if last and last.status == ExitProposal.Status.DISMISSED else None,
        may_object=_may(user, OBJECTION, stay, "object"),
        notice=stay.ended_on is not None and not is_dead(stay.person),
    )


@for_applicants
@never_cache
@require_safe
def exit_notice(request: HttpRequest, pk: int) -> HttpResponseBase:
    """退出告知书 of one's own exit. What is not there is not found."""
    found = queries.seen(_user(request), pk, for_record("退出告知书"))
    response = HttpResponse(exit_notice_pdf(found), content_type="application/pdf")
    title = say("取消认定告知书") if found.annulled else say("退出告知书")
    name = content_disposition_header(False, f"{title}-{found.number}.pdf")
    response["Content-Disposition"] = name or "inline"
    response["Cache-Control"] = "private, no-store"
    return response


class Objection(Page):
    reason = forms.CharField(
        label="为什么您不应退出？",
        help_text="写清实际情况和凭据，例如：领的是遗属补助，有社保局的通知书。",
        widget=forms.Textarea({"rows": 6}),
        error_messages={"required": "请写明为什么不应退出，有什么凭据。"},
    )


@for_applicants
@require_http_methods(["GET", "HEAD", "POST"])
def object_to_exit(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The exit is suspended until another officer decides (三). Sent twice, it is made once."""
    user = _user(request)
    found = queries.seen(user, pk, for_record("对退出提出异议"))
    [card] = [card for card in cards(user) if card.recognition.pk == found.pk]
    if not card.may_object:
        messages.warning(request, say("现在没有可以提出异议的退出。"))
        return redirect("portal:mine")
    form = Objection(posted(request))

    def objecting() -> ExitObjection:
        objection: ExitObjection = engine.act(user, OBJECTION, pk, "object", {"reason": form.cleaned_data["reason"]})
        return objection

    if form.is_valid() and saved(form, objecting) is not None:
        messages.success(request, say("已收到您的异议。处理期间退出暂停，您仍然在册；结果会在这里告诉您。"))
        return redirect("portal:mine")
    assert card.clause is not None
    return ask(
        request,
        form,
        title=say("为什么您不应退出？"),
        caption=say("对退出提出异议 · {title}", title=card.clause.title),
        button=say("提出异议"),
        back_url=reverse("portal:mine"),
        back_label=say("返回"),
    )


class Answer(Page):
    words = forms.CharField(
        label="您对调查结论有什么意见？",
        help_text="写清实际情况和凭据；凭据可以带到原办理平台提交。",
        widget=forms.Textarea({"rows": 6}),
        error_messages={"required": "请写明您的意见和凭据。"},
    )


@for_applicants
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The person answers what an investigation found, before anybody decides (三(六))."""
    user = _user(request)
    found = queries.seen(user, pk, for_record("对调查结论陈述意见"))
    inquiry = sheet(found, user).investigation
    if inquiry is None or not _may(user, INVESTIGATION, inquiry, "respond"):
        messages.warning(request, say("现在没有等您陈述意见的调查。"))
        return redirect("portal:mine")
    form = Answer(posted(request))

    def answering() -> Investigation:
        said = {"words": form.cleaned_data["words"]}
        answered: Investigation = engine.act(user, INVESTIGATION, inquiry.pk, "respond", said)
        return answered

    if form.is_valid() and saved(form, answering) is not None:
        messages.success(request, say("已收到您的意见。决定由另一名工作人员作出，结果会在这里告诉您。"))
        return redirect("portal:mine")
    return ask(
        request,
        form,
        title=say("您对调查结论有什么意见？"),
        caption=say(
            "调查结论：{value} · {finding}",
            value=say("属实") if inquiry.holds else say("不属实"),
            finding=inquiry.finding,
        ),
        button=say("提交意见"),
        back_url=reverse("portal:mine"),
        back_label=say("返回"),
    )


class Leaving(Page):
    reason = forms.CharField(
        label="为什么要退出？",
        help_text="例如：已经找到工作；以后失业了可以重新申请。",
        widget=forms.Textarea({"rows": 4}),
        error_messages={"required": "请写一句为什么退出。"},
    )


@for_applicants
@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The person asks to leave (三(五)); a reviewer confirms. Until then it can be taken back."""
    user = _user(request)
    found = queries.seen(user, pk, for_record("申请退出援助"))
    if not _may(user, PROPOSAL, found, "propose"):
        messages.warning(request, say("现在不能申请退出。"))
        return redirect("portal:mine")
    at_work = "found_work" in request.GET
    form = Leaving(posted(request), initial={"reason": say("我找到工作了。") if at_work else ""})

    def leaving() -> ExitProposal:
        said = {"ground": own_wish(found), "reason": form.cleaned_data["reason"]}
        proposal: ExitProposal = engine.act(user, PROPOSAL, pk, "propose", said)
        return proposal

    if form.is_valid() and saved(form, leaving) is not None:
        messages.success(request, say("已收到您的退出申请，由县（市、区）复核人办理；办理以前您仍然在册，可以撤回。"))
        return redirect("portal:mine")
    return ask(
        request,
        form,
        title=say("恭喜您找到工作！在哪里、从哪天起？") if at_work else say("为什么要退出？"),
        question=not at_work,
        lead=say("写一句就行。以后又失业了，可以重新申请。") if at_work else "",
        caption=say("申请退出就业援助 · 三(五)"),
        button=say("告诉工作人员") if at_work else say("申请退出"),
        back_url=reverse("portal:mine"),
        back_label=say("返回"),
    )


@for_applicants
@require_POST
def stay(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The person takes their wish to leave back."""
    user = _user(request)
    found = queries.seen(user, pk, for_record("撤回退出申请"))
    wish = next((one for one in sheet(found, user).open_proposals if one.proposer_id == user.pk), None)
    if wish is None:
        messages.warning(request, say("没有可以撤回的退出申请。"))
    else:
        engine.act(user, PROPOSAL, wish.pk, "take_back", {"reason": say("本人登录系统撤回")})
        messages.success(request, say("已撤回退出申请，您继续在册。"))
    return redirect("portal:mine")


def _may(user: User, workflow: Workflow, row: Recognition | Investigation, action: str) -> bool:
    return not engine.why_not(workflow, workflow.hold(row, user), action)


def _user(request: HttpRequest) -> User:
    user = applicant(request)
    assert user is not None
    return user
