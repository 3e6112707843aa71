"""One's own place on the register: how it stands, why it ended, the notice of that, and the objection to it."""

from dataclasses import dataclass

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from jiuyuan.agencies.models import User
from jiuyuan.applications.queries import categories
from jiuyuan.portal.access import applicant, for_applicants
from jiuyuan.portal.asking import Page, ask, posted
from jiuyuan.portal.saving import saved
from jiuyuan.recognitions import exits, queries
from jiuyuan.recognitions.letters import exit_notice_pdf
from jiuyuan.recognitions.models import ExitObjection, Recognition
from jiuyuan.recognitions.services import exit_grounds
from jiuyuan.rules import policy


@dataclass(frozen=True)
class Card:
    """A recognition as the person reads it. `clause` is None while it is active."""

    recognition: Recognition
    category: str
    clause: policy.Clause | None
    objection: ExitObjection | None
    may_object: bool


def cards(user: User) -> list[Card]:
    """The person's stays on the register, the latest first."""
    rows = Recognition.objects.visible_to(user).select_related("agency").prefetch_related("objections")
    stays = list(rows)
    active = any(stay.status == Recognition.Status.ACTIVE for stay in stays)
    titles, grounds = categories(), exit_grounds()
    return [
        Card(
            stay,
            titles.get(stay.category, stay.category),
            grounds.get(stay.ground),
            objection := next(iter(stay.objections.all()), None),
            may_object=stay.ended_on is not None and not active and objection is None,
        )
        for stay in stays
    ]


@for_applicants
@never_cache
@require_safe
def exit_notice(request: HttpRequest, pk: int) -> HttpResponseBase:
    """退出告知书 of one's own exit. What is not there is not found."""
    found = queries.seen(_user(request), pk, "退出告知书")
    response = HttpResponse(exit_notice_pdf(found), content_type="application/pdf")
    name = content_disposition_header(False, f"退出告知书-{found.number}.pdf")
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
    found = queries.seen(user, pk, "对退出提出异议")
    [card] = [card for card in cards(user) if card.recognition.pk == found.pk]
    if not card.may_object:
        messages.warning(request, "现在没有可以提出异议的退出。")
        return redirect("portal:mine")
    form = Objection(posted(request))

    def objecting() -> ExitObjection:
        return exits.object_to_exit(user, pk, form.cleaned_data["reason"])

    if form.is_valid() and saved(form, objecting) is not None:
        messages.success(request, "已收到您的异议。处理期间退出暂停，您仍然在册；结果会在这里告诉您。")
        return redirect("portal:mine")
    assert card.clause is not None
    return ask(
        request,
        form,
        title="为什么您不应退出？",
        caption=f"对退出提出异议 · {card.clause.title}",
        button="提出异议",
        back_url=reverse("portal:mine"),
        back_label="返回",
    )


def _user(request: HttpRequest) -> User:
    user = applicant(request)
    assert user is not None
    return user
