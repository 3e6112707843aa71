"""Middleware that requires a new password if others know the current one,
and the second factor required by the role.
"""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from jiuyuan.agencies import second_factor
from jiuyuan.agencies.models import LoginWay, User

PAGE, FACTOR = "desk:own_password", "desk:second_factor"
#: Session key: the second factor was shown.
SHOWN = "second_factor_shown"
#: Session key: how the user logged in (`LoginWay`).
WAY = "way"
_ALWAYS = frozenset({"logout", "larger_type"})
_PAGES = {PAGE: frozenset({PAGE}), FACTOR: frozenset({FACTOR, "desk:second_factor_app", "desk:second_factor_key"})}
_WITHOUT_SESSION = "api"


class FirstPasswordMiddleware:
    """Redirects all other requests of such an account to the page concerned."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponseBase | None:
        match = request.resolver_match
        if match is None or match.namespace == _WITHOUT_SESSION or match.view_name in _ALWAYS:
            return None
        there = _first(request)
        if there is None or match.view_name in _PAGES[there]:
            return None
        if "HX-Request" in request.headers:
            return HttpResponse(headers={"HX-Redirect": reverse(there)})
        return redirect(there)


def _first(request: HttpRequest) -> str | None:
    user = request.user
    if not isinstance(user, User):
        return None
    # Users of an identity provider never had it.
    if user.first_password and request.session.get(WAY) != LoginWay.SIGN_ON:
        return PAGE
    # Accounts with a second factor were asked for it at login.
    asked = user.is_staff_member and not request.session.get(SHOWN)
    return FACTOR if asked and second_factor.must_have(user) else None
