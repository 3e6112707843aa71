"""Request ids: in responses, log lines and the acts recorded by the request."""

import re
import secrets
from collections.abc import Callable
from contextvars import ContextVar

from django.http import HttpRequest
from django.http.response import HttpResponseBase

HEADER = "X-Request-ID"
_GIVEN = re.compile(r"[0-9A-Za-z-]{8,32}")
_here: ContextVar[str] = ContextVar("jiuyuan_request", default="")


def here() -> str:
    """The current request's id; empty for commands and system runs."""
    return _here.get()


class RequestIdMiddleware:
    """Accepts the proxy's id if it looks valid."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        given = request.headers.get(HEADER, "")
        number = given if _GIVEN.fullmatch(given) else secrets.token_hex(8)
        token = _here.set(number)
        try:
            response = self.get_response(request)
        finally:
            _here.reset(token)
        response[HEADER] = number
        return response
