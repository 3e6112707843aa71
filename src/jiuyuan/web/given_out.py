"""Files that people handed in are given out so that nothing in them can run."""

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

#: Tried with Chromium 150: its PDF viewer shows a document so, alone and in the page of a case. Whatever a file pretends to be, it has
#: no origin, no script, no form and nothing to load.
SANDBOX = "sandbox; default-src 'none'; frame-ancestors 'self'; base-uri 'none'; form-action 'none'"
_FILES = ("application/pdf", "application/octet-stream", "image/")


class SandboxMiddleware:
    """Stands within that of the pages' own policy, which leaves alone what has one already."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if response.get("Content-Type", "").startswith(_FILES):
            response["Content-Security-Policy"] = SANDBOX
        return response
