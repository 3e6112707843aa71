"""The URLs of /api/v1. Every response follows the contract, including those to unknown URLs."""

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
    """Decorator: errors become problems, repeated calls act once, caches and search engines are kept out (except for
    the description).

    The token is the only authentication: sessions are not read, so other sites cannot act for a user.
    """

    def answered(request: HttpRequest, **address: Any) -> HttpResponse:
        asked = request.method
        if asked == "HEAD":
            request.method = "GET"  # RFC 9110: the response of GET; the server drops the body
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
    """The document, cached for each set of facts and tables: regions can add their own."""
    return json.dumps(api.get_openapi_schema(), ensure_ascii=False, cls=DjangoJSONEncoder).encode()


@cache_control(public=True, max_age=300)
@require_safe
@condition(etag_func=lambda request: f'"{sha256(_described()).hexdigest()}"')
def _description(request: HttpRequest) -> HttpResponse:
    """The OpenAPI document; the same for everybody, so that caches may keep it, with an ETag."""
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
