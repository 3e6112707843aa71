"""The first page of a link with a code: sends the code to the confirmed phone and opens the link in this browser."""

from typing import Any, Protocol

from django import forms
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render

from jiuyuan.agencies.models import Agency
from jiuyuan.agencies.pace import TooOften
from jiuyuan.notifications import gateways
from jiuyuan.portal.question_page import put_on
from jiuyuan.refusals import BadInput, Refusal
from jiuyuan.web.fields import Form
from jiuyuan.wording import say


class CodeForm(Form):
    """The code sent to the phone."""

    use_required_attribute = False
    decides = ("code",)
    code = forms.CharField(
        label="验证码",
        required=False,
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )


class LinkWithCode(Protocol):
    """The interface of a kind of link with a code."""

    def send_code(self, secret: str) -> bool: ...
    def open_with(self, secret: str, typed: str) -> str: ...


def code_step(
    request: HttpRequest, secret: str, links: LinkWithCode, *, cookie: str, phone: str, agency: Agency, **words: Any
) -> HttpResponseBase:
    """Send the code, or open the link with it. `words`: title and introduction of the page."""
    form, status, sent = CodeForm(request.POST if request.POST.get("step") == "code" else None), 200, False
    if request.method == "POST":
        try:
            if request.POST.get("step") == "send":
                sent = links.send_code(secret)
            elif opened := links.open_with(secret, request.POST.get("code", "")):
                answer = redirect(request.path)
                answer.set_cookie(
                    cookie, opened, path=request.path, httponly=True, samesite="Lax", secure=request.is_secure()
                )
                return answer
            else:
                why = say("验证码不对，或者已经过期。一天输错五次的，明天再试，或者请发给您的平台给一个新链接。")
                raise BadInput(say("有内容需要改正。"), [("code", why)])
        except TooOften:
            raise
        except Refusal as refusal:
            form = form if form.is_bound else CodeForm(request.POST)
            put_on(form, refusal)
            status = 422
    context = {
        "form": form,
        "sent": sent,
        "sends": gateways.configured() is not None,
        "phone_ends": phone[-4:],
        "agency": agency,
        **words,
    }
    return render(request, "portal/link_code.html", context, status=status)
