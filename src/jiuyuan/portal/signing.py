"""Signing and submitting an application, and withdrawing it: the two acts of an applicant."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from jiuyuan.agencies.models import User
from jiuyuan.applications import commitment
from jiuyuan.applications.case import Case
from jiuyuan.applications.models import Agent
from jiuyuan.applications.workflow import APPLICATION
from jiuyuan.portal import materials, sections
from jiuyuan.portal.access import for_applicants, is_editable, own_case
from jiuyuan.portal.corrections import Correction, corrections
from jiuyuan.portal.question_page import QuestionPage, ask, posted, saved
from jiuyuan.procedures import engine
from jiuyuan.wording import say


class Signature(QuestionPage):
    """The name of the person, or of their agent (`agent`)."""

    signature = forms.CharField(
        label="签名",
        help_text="在这里写上您自己的姓名，和手写签名一样有效。",
        error_messages={"required": "请写上您的姓名，就是签名。"},
        widget=forms.TextInput({"class": "medium", "autocomplete": "off"}),
    )
    consent = forms.BooleanField(
        error_messages={"required": "请打勾。没有您的同意，我们不能向别的部门核实；不同意网上核实的，可以到窗口办理。"},
    )
    field_order = ("consent", "signature")

    def __init__(self, *args: Any, agent: Agent | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if agent:
            box = self.fields["signature"]
            box.help_text = say("本人签的，写本人的姓名；{name}代签的，写{name}，表上会写明是代签。", name=agent.name)
            box.error_messages["required"] = say("请写上签名的人的姓名。")


_DONE, _OPEN = "done", "open"


class Corrected(Signature):
    """The requested corrections, each done or not yet, so that open ones are not submitted by mistake."""

    def __init__(self, *args: Any, corrections: list[Correction], touched: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.touched = touched
        self.items = [f"item_{place}" for place in range(len(corrections))]
        for name, correction in zip(self.items, corrections, strict=True):
            self.fields[name] = forms.ChoiceField(
                label=correction.text,
                choices=[(_DONE, say("改好了")), (_OPEN, say("还没改"))],
                widget=forms.RadioSelect({"class": "choices-inline"}),
                error_messages={"required": say("请选“改好了”或“还没改”。")},
            )
        self.fields["anyway"] = forms.BooleanField(label=say("就这样提交，没改的由工作人员再看"), required=False)
        self.order_fields([*self.items, *self.field_order, "anyway"])

    def clean(self) -> None:
        open_still = [name for name in self.items if self.cleaned_data.get(name) == _OPEN]
        if self.errors or self.cleaned_data.get("anyway"):
            return
        if open_still:
            left = say("还有{count}处没有改。请先去改；改不了的，勾上这一项再提交。", count=len(open_still))
            self.add_error("anyway", left)
        elif not self.touched:
            self.add_error(
                "anyway", say("要您改的，这份表和材料里还什么都没有动。请先去改；不用改的，勾上这一项再提交。")
            )


def _touched(case: Case) -> bool:
    """Whether anything in the case changed since the clerk asked for corrections."""
    actions = [entry.action for entry in case.acts]
    asked = max((place for place, action in enumerate(actions) if action == "ask_correction"), default=-1)
    return len(actions) > asked + 1


@for_applicants
def sign(request: HttpRequest, number: str) -> HttpResponseBase:
    """Sign the commitment (一(三)) with a typed name, and submit. Repeating this has no effect."""
    case = own_case(request, number)
    if not is_editable(case):
        return redirect("portal:receipt", number)
    unmet = engine.offer(APPLICATION, case, "submit").reasons
    if unmet:
        messages.warning(request, say("还不能提交：") + "".join(unmet))
        return redirect("portal:form", number)
    asked = corrections(case)
    if asked:
        form: Signature = Corrected(posted(request), agent=case.agent, corrections=asked, touched=_touched(case))
    else:
        form = Signature(posted(request), agent=case.agent)
    *promised, form.fields["consent"].label = commitment.words(case)
    user = request.user
    assert isinstance(user, User)

    def handed_in() -> bool:
        said = {name: form.cleaned_data[name] for name in ("signature", "consent")}
        return bool(engine.act(user, APPLICATION, number, "submit", said))

    if form.is_valid() and saved(form, handed_in):
        return redirect("portal:receipt", number)
    return ask(
        request,
        form,
        title=say("承诺、签名、提交"),
        question=False,
        template="portal/sign.html",
        button=say("签名并提交"),
        promised=promised,
        missing=materials.missing(case),
        agency=case.application.agency,
        **sections.part(6),
        back_url=reverse("portal:form", args=[number]),
        back_label=say("返回修改"),
    )


@for_applicants
def withdraw(request: HttpRequest, number: str) -> HttpResponseBase:
    """Ask once more, then withdraw the application. Repeating this has no effect."""
    case = own_case(request, number)
    application = case.application
    if not application.is_open:
        return redirect("portal:progress", number)
    if request.method == "POST":
        user = request.user
        assert isinstance(user, User)
        engine.act(user, APPLICATION, number, "withdraw")
        messages.success(request, say("申请已撤回。以后需要时可以重新申请。"))
        return redirect("portal:progress", number)
    context = {
        "base": "portal_base.html",
        "title": say("确定要撤回这份申请吗？"),
        "caption": say("申请编号 {number}", number=number),
        "warning": say("撤回后不能恢复，要办只能重新申请。已经公示的，公示随即撤下。"),
        "button": say("撤回申请"),
        "danger": True,
        "cancel_url": reverse("portal:progress", args=[number]),
    }
    return render(request, "confirm.html", context)
