"""/api/v1. Whatever happens below it is answered as the contract says, an unknown address included."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.urls import URLPattern, re_path
from django.views.decorators.csrf import csrf_exempt

from jiuyuan.api import idempotency, problems
from jiuyuan.api.api import api

View = Callable[..., HttpResponse]
app_name = "api"


def _in_the_words_of_the_contract(view: View) -> View:
    """Faults become problems, repeated calls act once, and nothing is kept by caches or search engines.

    The token is the only login: no session is read, so a foreign page can do nothing in somebody's name.
    """

    def answered(request: HttpRequest, **address: Any) -> HttpResponse:
        asked = request.method
        if asked == "HEAD":
            request.method = "GET"  # RFC 9110: what GET would say; the server leaves the body out
        try:
            response = view(request, **address)
        except Exception as error:
            return problems.answer_to(request, error)
        finally:
            request.method = asked
        return problems.not_allowed(response) if isinstance(response, HttpResponseNotAllowed) else response

    @csrf_exempt
    @login_not_required
    @wraps(view, assigned=())
    def entered(request: HttpRequest, **address: Any) -> HttpResponse:
        try:
            response = idempotency.once(request, lambda: answered(request, **address))
        except Exception as error:
            response = problems.answer_to(request, error)
        response["Cache-Control"] = "no-store"
        response["X-Robots-Tag"] = "noindex"
        return response

    return entered


def _unknown(request: HttpRequest) -> HttpResponse:
    return problems.not_found()


urlpatterns = [
    URLPattern(pattern.pattern, _in_the_words_of_the_contract(pattern.callback), pattern.default_args, pattern.name)
    for pattern in api.urls[0]
    if isinstance(pattern, URLPattern)
] + [re_path("", _in_the_words_of_the_contract(_unknown))]
