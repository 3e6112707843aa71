"""第二重验证: adding and removing second factors, and printing codes."""

import json

from django.contrib import messages
from django.core import signing
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from jiuyuan.agencies import second_factor
from jiuyuan.desk.access import StaffRequest, staff
from jiuyuan.desk.confirmation import asked
from jiuyuan.desk.forms import staff as forms
from jiuyuan.desk.forms.spoken import SpokenForm
from jiuyuan.desk.frame import page
from jiuyuan.encryption import decrypt, encrypt
from jiuyuan.printing.drawings import qr_for_screens
from jiuyuan.refusals import NotFound, Refusal
from jiuyuan.web.first_password import SHOWN
from jiuyuan.wording import say

_PAGE = "desk:second_factor"
_KEY = "new_key"
_SECRET, _CONTEXT = "new_app", "jiuyuan.second_factor.new_app"


@never_cache
@staff()
@require_safe
def second_factor_list(request: StaffRequest) -> HttpResponseBase:
    user = request.user
    rows = second_factor.of(user)
    context = {
        "rows": [row for row in rows if row.kind != second_factor.Kind.CODES],
        "has_app": any(row.kind == second_factor.Kind.APP for row in rows),
        "codes_left": second_factor.codes_left(user),
        "must": second_factor.must_have(user),
        "first": _comes_first(request),
    }
    return page(request, "second_factor.html", context)


def _comes_first(request: StaffRequest) -> bool:
    return second_factor.must_have(request.user) and not request.session.get(SHOWN)


@never_cache
@staff()
@require_http_methods(["GET", "HEAD", "POST"])
def second_factor_app(request: StaffRequest) -> HttpResponseBase:
    """A QR code for an app, and the field for its first code. The key is in the session, encrypted."""
    form, status = forms.AppCodeForm(request.POST or None), 200
    secret = _waiting(request)
    if request.method == "POST":
        try:
            codes = second_factor.add_app(request.user, secret, form.said()["code"] or "")
        except Refusal as refusal:
            form.refuse(refusal)
            status = refusal.status
        else:
            del request.session[_SECRET]
            request.session[SHOWN] = True
            if codes:
                return _codes(request, codes, say("动态验证码添加好了"))
            messages.success(request, say("动态验证码添加好了，下次登录时会问。"))
            return redirect(_PAGE)
    grouped = " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
    context = {
        "form": form,
        "qr": qr_for_screens(second_factor.address(request.user, secret)),
        "secret": grouped,
        "first": _comes_first(request),
    }
    return page(request, "second_factor_app.html", context, status=status)


@never_cache
@staff()
@require_http_methods(["GET", "HEAD", "POST"])
def second_factor_key(request: StaffRequest) -> HttpResponseBase:
    """A security key, by script through the browser; without scripts users choose the app."""
    form, status = forms.KeyForm(request.POST or None), 200
    if request.method == "POST":
        try:
            state, said = request.session.pop(_KEY, None), request.POST
            codes = second_factor.add_key(request.user, state, said.get("key", ""), said.get("label", ""))
        except Refusal as refusal:
            form.refuse(refusal)
            status = refusal.status
        else:
            request.session[SHOWN] = True
            if codes:
                return _codes(request, codes, say("安全密钥添加好了"))
            messages.success(request, say("安全密钥添加好了，下次登录时会问。"))
            return redirect(_PAGE)
    options, request.session[_KEY] = second_factor.begin_key(request.user)
    context = {"form": form, "options": json.dumps(options), "first": _comes_first(request)}
    return page(request, "second_factor_key.html", context, status=status)


def _waiting(request: StaffRequest) -> str:
    if kept := request.session.get(_SECRET):
        return decrypt(signing.b64_decode(kept.encode()), _CONTEXT).decode()
    secret = second_factor.new_secret()
    request.session[_SECRET] = signing.b64_encode(encrypt(secret.encode(), _CONTEXT)).decode()
    return secret


def _codes(request: StaffRequest, codes: list[str], title: str) -> HttpResponseBase:
    return page(request, "second_factor_codes.html", {"codes": codes, "heading": title})


@never_cache
@staff()
@require_http_methods(["GET", "HEAD", "POST"])
def second_factor_codes(request: StaffRequest) -> HttpResponseBase:
    """Ten new codes for printing, shown once."""
    if request.method == "POST":
        return _codes(request, second_factor.new_codes(request.user), say("新的备用码"))
    return asked(
        request, SpokenForm(), lambda: None, "", reverse(_PAGE), title=say("换一组备用码？"), button=say("换一组"),
        text=say("原来的备用码马上作废。"),
    )  # fmt: skip


@staff()
@require_http_methods(["GET", "HEAD", "POST"])
def second_factor_remove(request: StaffRequest, pk: int) -> HttpResponseBase:
    row = request.user.second_factors.exclude(kind=second_factor.Kind.CODES).filter(pk=pk).first()
    if row is None:
        raise NotFound(say("没有这一项。"))
    return asked(
        request, SpokenForm(request.POST or None), lambda: second_factor.remove(request.user, pk), say("已去掉。"),
        reverse(_PAGE), title=say("去掉这一项？"), caption=row.label or row.get_kind_display(), button=say("去掉"), danger=True,
        text=say("以后登录不再问它。"),
    )  # fmt: skip
