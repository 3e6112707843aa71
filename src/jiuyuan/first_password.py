"""A password that somebody else knows opens one page: the one on which it is changed."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from jiuyuan.agencies.models import User

PAGE = "desk:own_password"
_ALSO = frozenset({PAGE, "logout", "larger_type"})
_WITHOUT_SESSION = "api"


class FirstPasswordMiddleware:
    """Leads everything that an account with a first password asks for to the page that changes it; nothing else is shown."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponseBase | None:
        match = request.resolver_match
        if match is None or match.namespace == _WITHOUT_SESSION or match.view_name in _ALSO:
            return None
        if not isinstance(request.user, User) or not request.user.first_password:
            return None
        if "HX-Request" in request.headers:
            return HttpResponse(headers={"HX-Redirect": reverse(PAGE)})
        return redirect(PAGE)
