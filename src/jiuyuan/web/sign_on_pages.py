"""统一身份认证: redirects to the identity provider and back, for staff and applicants."""

import logging
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from jiuyuan.agencies import single_sign_on
from jiuyuan.agencies.models import LoginWay
from jiuyuan.config import SignOn
from jiuyuan.web.entering import CONFIRMED, begun, enter, enter_or_ask
from jiuyuan.web.first_password import SHOWN
from jiuyuan.web.return_addresses import onward
from jiuyuan.web.sessions import KEPT

_WAITING = "sign_on"
_log = logging.getLogger("django.request")


def _provider(who: str) -> SignOn:
    found = single_sign_on.provider(who)
    if found is None:
        raise Http404
    return found


@never_cache
@login_not_required
@require_POST
def sign_on(request: HttpRequest, who: str) -> HttpResponseBase:
    """Redirect to the provider by a self-submitting page.

    Input kept from an expired session is posted here and stored in the session.
    """
    asked = _provider(who)
    back = settings.JIUYUAN.base_url.rstrip("/") + reverse("sign_on_back", args=[who])
    try:
        there, waiting = single_sign_on.begin(asked, back, anew=request.user.is_authenticated)
    except single_sign_on.SignOnFailed as failed:
        return _not_done(request, failed, request.POST.get(KEPT, ""))
    request.session[_WAITING] = {
        "waiting": waiting.kept(), "next": onward(request, ""), KEPT: request.POST.get(KEPT, ""),
    }  # fmt: skip
    response = render(request, "registration/sign_on.html", {"provider": asked, "there": there})
    response["Refresh"] = f"0; url={there}"
    return response


@never_cache
@login_not_required
@require_safe
def sign_on_back(request: HttpRequest, who: str) -> HttpResponseBase:
    asked = _provider(who)
    kept: dict[str, Any] = request.session.pop(_WAITING, {})
    waiting = single_sign_on.Waiting.of(kept.get("waiting"))
    if waiting is None:
        messages.info(request, single_sign_on.too_late())
        return redirect("login")
    sealed, there = kept[KEPT], kept["next"]
    try:
        claims = single_sign_on.finish(asked, waiting, request.GET.dict())
        user = single_sign_on.account_of(asked, claims)
    except (single_sign_on.SignOnFailed, single_sign_on.NoAccount) as refusal:
        return _not_done(request, refusal, sealed)
    go_in = enter if asked.second_factor else enter_or_ask
    response = go_in(request, user, LoginWay.SIGN_ON, there, sealed)
    if begun(request) is None:  # otherwise the page of the second factor says so
        # Only the provider's own time of authentication counts as a recent proof (`agencies.again`).
        request.session[CONFIRMED] = single_sign_on.shown_at(claims)
        request.session[SHOWN] = asked.second_factor
    return response


def _not_done(request: HttpRequest, refusal: Any, sealed: str) -> HttpResponseBase:
    if notes := getattr(refusal, "__notes__", None):
        _log.warning("single sign-on: %s", ", ".join(notes))
    context = {"refusal": refusal, KEPT: sealed, "no_account": isinstance(refusal, single_sign_on.NoAccount)}
    return render(request, "registration/sign_on_failed.html", context, status=refusal.status)
