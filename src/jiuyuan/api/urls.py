"""/api/v1. Whatever happens below it is answered as the contract says, an unknown address included."""

import json
from collections.abc import Callable
from functools import lru_cache, wraps
from hashlib import sha256
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.urls import URLPattern, re_path
from django.views.decorators.cache import cache_control
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import condition, require_safe

from jiuyuan.api import bodies, idempotency, problems
from jiuyuan.api.api import api
from jiuyuan.applications.workflow import APPLICATION
from jiuyuan.rules.facts import FACTS

View = Callable[..., HttpResponse]
app_name = "api"


def _in_the_words_of_the_contract(view: View) -> View:
    """Faults become problems, repeated calls act once, and nothing is found by search engines or, but for the
    description, kept by caches.

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
        if not isinstance(response, HttpResponseNotAllowed):
            return response
        if asked != "OPTIONS":
            return problems.not_allowed(response)
        methods = {*response["Allow"].split(", "), "OPTIONS"}
        allowed = sorted(methods | {"HEAD"} if "GET" in methods else methods)
        return HttpResponse(status=204, headers={"Allow": ", ".join(allowed)})

    @csrf_exempt
    @login_not_required
    @wraps(view, assigned=())
    def entered(request: HttpRequest, **address: Any) -> HttpResponse:
        bodies.let_it_be_parsed(request)
        try:
            response = idempotency.once(request, lambda: answered(request, **address))
        except Exception as error:
            response = problems.answer_to(request, error)
        if not response.has_header("Cache-Control"):
            response["Cache-Control"] = "no-store"
        response["X-Robots-Tag"] = "noindex"
        return response

    return entered


def _described() -> bytes:
    return _of_regions(tuple(FACTS), tuple(APPLICATION.procedures))


@lru_cache(maxsize=4)
def _of_regions(_facts: tuple[str, ...], _tables: tuple[str, ...]) -> bytes:
    """The document once for each set of facts and tables: a region's own come and go with it."""
    return json.dumps(api.get_openapi_schema(), ensure_ascii=False, cls=DjangoJSONEncoder).encode()


@cache_control(public=True, max_age=300)
@require_safe
@condition(etag_func=lambda request: f'"{sha256(_described()).hexdigest()}"')
def _description(request: HttpRequest) -> HttpResponse:
    """What the API can do, the same for everybody: it may be kept by caches, and asked after by its ETag."""
    return HttpResponse(_described(), "application/json; charset=utf-8")


def _unknown(request: HttpRequest) -> HttpResponse:
    return problems.not_found()


_VIEWS: dict[str | None, View] = {"openapi-json": _description}
urlpatterns = [
    URLPattern(
        pattern.pattern,
        _in_the_words_of_the_contract(_VIEWS.get(pattern.name, pattern.callback)),
        pattern.default_args,
        pattern.name,
    )
    for pattern in api.urls[0]
    if isinstance(pattern, URLPattern)
] + [re_path("", _in_the_words_of_the_contract(_unknown))]
