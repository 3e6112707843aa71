"""Serves uploaded files so that nothing in them can run."""

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

#: Tested with Chromium 150: its PDF viewer works with it, alone and inside a page. Whatever a file pretends to be, it
#: has no origin, no scripts, no forms and cannot load anything.
SANDBOX = "sandbox; default-src 'none'; frame-ancestors 'self'; base-uri 'none'; form-action 'none'"
_FILES = ("application/pdf", "application/octet-stream", "image/")


class SandboxMiddleware:
    """Sets the sandbox policy; runs inside the middleware of the general policy, which keeps an existing one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if response.get("Content-Type", "").startswith(_FILES):
            response["Content-Security-Policy"] = SANDBOX
        return response
