"""Requesting corrections of one's own data (个人信息保护法 46), and the answers."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from django.views.decorators.http import require_http_methods

from jiuyuan.agencies.models import User
from jiuyuan.people import corrections
from jiuyuan.people.facts import standing
from jiuyuan.people.models import CorrectionRequest, Person
from jiuyuan.people.models import Fact as OnFile
from jiuyuan.portal.access import applicant, for_applicants
from jiuyuan.portal.question_page import QuestionPage, ask, posted, saved
from jiuyuan.portal.questions import field_for, in_words, value_of
from jiuyuan.procedures import engine
from jiuyuan.refusals import NotFound
from jiuyuan.rules.facts import FACTS, FactDefinition
from jiuyuan.wording import say


class Which(QuestionPage):
    what = forms.ChoiceField(
        label="哪一项不对？",
        help_text="电话、住址可以在“我的账号”里直接改。姓名、身份证号码有误的，请带身份证到窗口办理。",
        widget=forms.RadioSelect,
        error_messages={"required": "请选择要更正的一项。", "invalid_choice": "没有这一项，请从列表里选。"},
    )

    def __init__(self, *args: Any, on_file: dict[str, Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        note = '{}<span class="choice-note">{}</span>'
        self.fields["what"].choices = [  # type: ignore[attr-defined]
            (name, format_html(note, say(FACTS[name].question), in_words(FACTS[name], value)))
            for name, value in on_file.items()
        ]


class PutRight(QuestionPage):
    """The input for what is wrong, and the reason."""

    reason = forms.CharField(
        label="为什么不对，有什么凭据？",
        help_text="例如：单位没有给我停保，有解除劳动合同的证明。",
        max_length=400,
        widget=forms.Textarea({"rows": 4}),
        error_messages={"required": "请写明为什么不对、有什么凭据。", "max_length": "最多400字，请写短一些。"},
    )

    def __init__(self, *args: Any, fact: FactDefinition, now: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fact = fact
        self.fields["wanted"] = field_for(fact, unsure=False, exact=True)
        self.fields["wanted"].help_text = say("现在存的是：{now}。", now=now)
        self.fields["wanted"].error_messages["required"] = say("请写明应当是什么。")
        self.fields["what"] = forms.CharField(initial=fact.name, widget=forms.HiddenInput)
        self.order_fields(["what", "wanted", "reason"])

    def said(self) -> dict[str, str]:
        """The value in words, for the clerk."""
        wanted = in_words(self.fact, value_of(self.fact, self.cleaned_data["wanted"]))
        return {"what": self.fact.name, "wanted": wanted, "reason": self.cleaned_data["reason"]}


def _on_file(user: User, person: Person) -> dict[str, Any]:
    """The person's facts on file that can be corrected, with their values, in the order of the rules."""
    known = standing(list(OnFile.objects.visible_to(user).filter(person=person)))
    may = dict(corrections.choices())
    return {name: known[name].best.value for name in FACTS if name in known and name in may and FACTS[name].known_to}


@for_applicants
@require_http_methods(["GET", "HEAD", "POST"])
def put_right(request: HttpRequest) -> HttpResponseBase:
    """Request a correction; `?what=` is the fact next to the link. A repeated request has no effect."""
    user = applicant(request)
    assert user is not None
    person = Person.objects.visible_to(user).first()
    if person is None:
        raise NotFound(say("系统里还没有您的档案。"))
    on_file, what = _on_file(user, person), request.POST.get("what") or request.GET.get("what", "")
    back = {"back_url": reverse("portal:information"), "back_label": say("返回")}
    if what not in on_file:
        which = Which({"what": what} if what else None, on_file=on_file)
        which.is_valid()
        lead = "" if on_file else say("系统里还没有记录您的情况，没有可更正的。")
        return ask(
            request, which, title=say("请求更正"), question=False, lead=lead, template="portal/which_wrong.html", **back
        )
    now = in_words(FACTS[what], on_file[what])
    form = PutRight(posted(request), fact=FACTS[what], now=now)

    def asking() -> CorrectionRequest:
        asked: CorrectionRequest = engine.act(user, corrections.CORRECTION, person.pk, "ask", form.said())
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
        question=False,
        lead=say("写明应当是什么，工作人员核实后答复您。"),
        button=say("提交更正请求"),
        **back,
    )


def asked_by(user: User) -> list[dict[str, Any]]:
    """The person's requests with their answers, latest first."""
    rows = CorrectionRequest.objects.visible_to(user)
    return [{"label": corrections.label_of(row.what), "request": row} for row in rows]
