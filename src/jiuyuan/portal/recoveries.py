"""Money to be repaid, in plain words: facts, months, hearing and remedies (五(三))."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from jiuyuan.agencies.models import User
from jiuyuan.oversight.models import Recovery, RecoveryLetter
from jiuyuan.oversight.recovery_letters import recovery_letter_pdf
from jiuyuan.oversight.recovery_workflow import RECOVERY
from jiuyuan.oversight.sums import yuan
from jiuyuan.portal.access import applicant, for_applicants
from jiuyuan.portal.question_page import QuestionPage, ask, posted, saved
from jiuyuan.procedures import engine
from jiuyuan.refusals import NotFound
from jiuyuan.rules.calendar import month_in_words
from jiuyuan.templatetags.plain import bare_day
from jiuyuan.wording import say


class WordsForm(QuestionPage):
    words = forms.CharField(
        label="您要说明什么？", widget=forms.Textarea({"rows": 6}), max_length=2000,
        help_text="例如：那个月没有上班，工资单可以拿来看；那笔钱没有收到。",
        error_messages={"required": "请写下您要说明的。"},
    )  # fmt: skip


@dataclass(frozen=True)
class ShownRecovery:
    """A recovery as the person may see it; the decision's contents only after service."""

    pk: int
    standing: str
    next: str
    facts: str
    law: str
    agency: str
    months: Sequence[tuple[str, str]]
    sum: str
    may_speak: bool
    words: str
    served: bool
    paid: str
    outstanding: str
    pay_by: date | None
    account: str
    number: str
    reason: str
    remedies: Sequence[str]
    payments: Sequence[tuple[date, str]]
    letters: Sequence[tuple[int, str]]


def shown(user: User) -> list[ShownRecovery]:
    """The person's recoveries they have been told of, latest first."""
    rows = Recovery.objects.visible_to(user).exclude(intended_on=None).select_related("agency").order_by("-pk")
    return [_shown(row) for row in rows.prefetch_related("months", "payments", "letters")]


def _shown(row: Recovery) -> ShownRecovery:
    served = row.served_on is not None
    corrected = served or row.status == Recovery.Status.QUASHED
    standing, following = _standing(row, served=served)
    months = [
        (month_in_words(one.month), yuan(one.amount if one.corrected is None or not corrected else one.corrected))
        for one in row.months.all()
    ]
    return ShownRecovery(
        row.pk, standing, following, row.facts, row.law, row.agency.name, months,
        yuan(row.due if corrected else row.claimed), row.status == Recovery.Status.INTENDED, row.words, served,
        yuan(row.paid), yuan(row.outstanding), row.pay_by if served else None, row.account if served else "",
        row.number if served else "", row.reason if served else "", row.remedies if served else [],
        [(one.on, yuan(one.amount)) for one in row.payments.all()] if served else [],
        [(one.pk, one.get_kind_display()) for one in row.letters.all() if told_of(one, row)],
    )  # fmt: skip


def _standing(row: Recovery, *, served: bool) -> tuple[str, str]:
    """Its state, and what comes next."""
    if row.status == Recovery.Status.QUASHED:
        return say("不再追回"), say("已经退回的钱会还给您。")
    if row.status == Recovery.Status.SETTLED:
        return say("已经退清"), say("不用再做什么。")
    if served:
        return (
            say("要退回{sum}元", sum=yuan(row.outstanding)),
            say("请在{day}以前退回。不同意的，可以申请行政复议，或者到法院起诉。", day=bare_day(row.pay_by)),
        )
    if row.status == Recovery.Status.INTENDED and not row.spoken_on:
        return (
            say("还没有决定：可能多领{sum}元", sum=yuan(row.claimed)),
            say("{day}以前您可以说明。说明不会加重处理。", day=bare_day(row.speak_by)),
        )
    return say("还没有决定：可能多领{sum}元", sum=yuan(row.claimed)), say("工作人员正在看您的说明，决定以后告诉您。")


@for_applicants
@never_cache
@require_safe
def mine(request: HttpRequest) -> HttpResponseBase:
    """All recoveries from the person."""
    user = applicant(request)
    assert user is not None
    return render(request, "portal/recoveries.html", {"recoveries": shown(user)})


def told_of(letter: RecoveryLetter, row: Recovery) -> bool:
    """Whether the person has received a letter; a decision only after service, in its last version."""
    if letter.kind != RecoveryLetter.Kind.DECIDED:
        return True
    return row.served_on is not None and letter == row.letters.filter(kind=letter.kind).last()


@for_applicants
@never_cache
@require_safe
def letter(request: HttpRequest, pk: int) -> HttpResponseBase:
    """One's own sealed letter; 404 if it was not served."""
    user = applicant(request)
    assert user is not None
    rows = RecoveryLetter.objects.visible_to(user).select_related("recovery")
    row = rows.filter(pk=pk).first()
    if row is None or not told_of(row, row.recovery):
        raise NotFound(say("没有这份文书。"))
    response = HttpResponse(recovery_letter_pdf(row), content_type="application/pdf")
    name = content_disposition_header(False, f"{row.get_kind_display()}-{row.recovery_id}.pdf")
    response["Content-Disposition"] = name or "inline"
    response["Cache-Control"] = "private, no-store"
    return response


@for_applicants
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def speak(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Make a statement before the decision; a later one replaces it."""
    user = applicant(request)
    assert user is not None
    rows = Recovery.objects.visible_to(user).exclude(intended_on=None)
    row = rows.filter(pk=pk).first()
    if row is None:
        raise NotFound(say("没有这件追回。"))
    form = WordsForm(posted(request), initial={"words": row.words})
    if request.method == "POST" and form.is_valid():
        said = {"words": form.cleaned_data["words"]}
        if saved(form, lambda: engine.act(user, RECOVERY, pk, "speak", said)) is not None:
            messages.success(request, say("已记下。工作人员看过再决定，说明不会加重处理。"))
            return redirect("portal:recoveries")
    return ask(
        request,
        form,
        title=say("补贴的追回：您要说明什么？"),
        lead=say("可以说事实不对、金额不对，也可以说有什么情况。有材料的，拿到{agency}。", agency=row.agency.name),
        button=say("提交说明"),
        back_url=reverse("portal:recoveries"),
        back_label=say("返回，先不说明"),
        question=False,
    )
