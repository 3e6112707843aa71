"""The second step of a login, and 登录的设备: where an account is logged in, for staff and applicants."""

import json

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from jiuyuan.agencies import pace, second_factor, sign_ins
from jiuyuan.agencies.models import User
from jiuyuan.web import entering
from jiuyuan.web.fields import Form
from jiuyuan.wording import say

_KEY = "key_asked"


def account_page(user: User) -> str:
    """The URL name of the user's page 我的账号."""
    return "desk:account" if user.is_staff_member else "portal:account"


class SecondStep(Form):
    code = forms.CharField(
        label="验证码",
        max_length=40,
        help_text="手机应用里现在显示的6位数字。手机不在身边的，填一个备用码。",
        error_messages={"required": "请填验证码。"},
        widget=forms.TextInput(
            {"inputmode": "text", "autocomplete": "one-time-code", "class": "medium", "autofocus": True}
        ),
    )


@sensitive_post_parameters("code")
@never_cache
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def second_step(request: HttpRequest) -> HttpResponseBase:
    """The page after the password that asks for the second factor. Nobody is logged in yet."""
    begun = entering.begun(request)
    if begun is None:
        messages.info(request, say("请先用密码登录。"))
        return redirect("login")
    if request.method == "POST" and "key" in request.POST:
        if second_factor.shown_key(begun.user, request.session.pop(_KEY, None), request.POST["key"]):
            return begun.go_on(request)
        messages.error(request, say("安全密钥不对，请再试一次，或者填验证码。"))
        return redirect("second_step")
    form = SecondStep(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            used = second_factor.check(begun.user, form.cleaned_data["code"], begun.known)
        except pace.TooOften as refusal:
            page = render(request, "registration/second_locked.html", {"refusal": refusal}, status=refusal.status)
            page["Retry-After"] = str(refusal.seconds)
            return page
        if used is not None:
            if used.kind == second_factor.Kind.CODES:
                left = second_factor.codes_left(begun.user)
                messages.warning(
                    request, say("用掉了一个备用码，还剩{left}个。手机丢了的，请尽快换成新手机。", left=left)
                )
            return begun.go_on(request)
        form.add_error("code", say("验证码不对，请看手机上现在显示的数字。一个验证码只能用一次。"))
    options = ""
    if second_factor.has_key(begun.user):
        asked, request.session[_KEY] = second_factor.begin_showing(begun.user)
        options = json.dumps(asked)
    return render(request, "registration/second_step.html", {"form": form, "begun": begun, "options": options})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_ins_open(request: HttpRequest) -> HttpResponseBase:
    user, here = request.user, request.session.session_key or ""
    assert isinstance(user, User)
    if request.method == "POST":
        if ended := sign_ins.end_others(user, here):
            messages.success(request, say("已退出其他{ended}处登录。不是您本人登录的，请马上改密码。", ended=ended))
        else:
            messages.info(request, say("没有别处的登录。"))
        return redirect("sign_ins")
    rows = sign_ins.open_of(user)
    context = {
        "rows": rows,
        "here_key": here,
        "others": [row for row in rows if row.session_key != here],
        "account_page": account_page(user),
    }
    return render(request, "registration/sign_ins.html", context)
