"""Middleware that rejects malformed requests, and handles errors not caught by a view.

Requests with characters that no text column can store reach no view. Uncaught refusals and machine failures
become error pages, below /api/ problem documents.
"""

import logging
import sys
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render

from jiuyuan import clock
from jiuyuan.api import bodies, problems
from jiuyuan.characters import impossible, whole_number, without_impossible
from jiuyuan.read_only import ReadOnly, is_read_only
from jiuyuan.refusals import NotForRole, NotFound, Refusal
from jiuyuan.regions import registry
from jiuyuan.troubles import Busy, NoRoom, foreseen
from jiuyuan.web.return_addresses import is_ours
from jiuyuan.wording import say

_LONGEST_QUERY = 4000
_PASSING = frozenset({429, 503, 507})
_SAFE = ("GET", "HEAD", "OPTIONS")
_METHODS = "GET, HEAD, POST, OPTIONS"
_CHARACTERS = "有不能使用的字符（看不见的控制字符或不完整的字符，多半是粘贴来的），请删去或重新输入。"
_log = logging.getLogger("django.request")


class RefusingMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.method == "TRACE":  # TRACE would return a page under another name, and echo the request
            refused = _refused(request, 405, say("这个地址不接受这种请求方法，可用的是{methods}。", methods=_METHODS))
            refused["Allow"] = _METHODS
            return refused
        if impossible(request.path):
            return _refused(request, 404, say("没有这个地址。"))
        if request.content_params and request.content_params.get("charset", "utf-8").lower() not in ("utf-8", "utf8"):
            return _refused(request, 415, say("请求内容的文字编码应为 UTF-8。"))
        if len(request.META.get("QUERY_STRING", "")) > _LONGEST_QUERY:
            return _refused(request, 414, say("地址太长了。请把查找的内容写短一些。"))
        declared = request.META.get("CONTENT_LENGTH") or "0"
        if whole_number(declared) is None:
            return _refused(request, 400, say("请求头里的 Content-Length 应为数字。"))
        if any(
            impossible(text)
            for name, text in request.META.items()
            if name.startswith("HTTP_") and name != "HTTP_COOKIE"
        ):
            return _refused(request, 400, say("请求头里") + say(_CHARACTERS))
        if request.method not in _SAFE and is_read_only(settings.JIUYUAN.data):
            return answer(request, ReadOnly())
        # A cookie set by another site must not lock anybody out.
        for name in [name for name, value in request.COOKIES.items() if impossible(name) or impossible(value)]:
            del request.COOKIES[name]
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponseBase | None:
        """Before authentication, and before anything is written."""
        registry.keep_up(clock.today())
        if request.method == "OPTIONS" and not _is_api(request):
            return HttpResponse(status=204, headers={"Allow": _METHODS})
        if _is_api(request) and bodies.length(request) > bodies.LARGEST_UPLOAD:
            return problems.too_large()
        asked: list[tuple[str, list[str]]] | None = None
        sent: list[tuple[str, list[str]]] = []
        try:
            asked = list(request.GET.lists())
            sent = list(_sent(request))
        except Exception as error:
            if not _is_api(request):
                if trouble := foreseen(error):
                    return answer(request, trouble)
                raise
            if asked is None or not isinstance(error, bodies.UNREADABLE):
                return problems.answer_to(request, error)
            bodies.keep_for_its_turn(request, error)
        for fields, status in ((asked, 422 if _is_api(request) else 400), (sent, 400)):
            wrong = next((name for name, texts in fields if any(map(impossible, (name, *texts)))), None)
            if wrong is None:
                continue
            errors = [(without_impossible(wrong)[:80] or "body", say(_CHARACTERS))]
            if fields is asked or not _is_api(request):
                return _refused(request, status, say(_CHARACTERS), errors)
            bodies.keep_for_its_turn(request, problems.Problem(status, say(_CHARACTERS), errors))
        return None

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponseBase | None:
        if isinstance(error, NotFound):
            raise Http404(error.title) from error
        if isinstance(error, NotForRole):
            raise PermissionDenied(error.title) from error
        refusal = error if isinstance(error, Refusal) else foreseen(error)
        if refusal is None:
            return None
        if isinstance(refusal, NoRoom | Busy):
            _log.error("%s %s: %s", request.method, request.path, refusal.title, exc_info=error)
        return answer(request, refusal)


def answer(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """The page or problem document for a refusal."""
    if _is_api(request):
        return problems.answer_to(request, refusal)
    page = _refused(request, refusal.status, refusal.title)
    if seconds := getattr(refusal, "seconds", None):
        page["Retry-After"] = str(seconds)
    return page


def server_error(request: HttpRequest) -> HttpResponse:
    """Handles errors outside views, for example when a session cannot be read or saved."""
    error = sys.exc_info()[1]
    if refusal := foreseen(error):
        return answer(request, refusal)
    if _is_api(request):
        return problems.respond(500, problems.NOBODY_FORESAW)
    return render(None, "500.html", status=500)


def _refused(request: HttpRequest, status: int, title: str, errors: Iterable[tuple[str, str]] = ()) -> HttpResponse:
    if _is_api(request):
        return problems.respond(status, title, errors)
    # Without the request: the page's frame would query the database, which may be the problem.
    return render(None, "refused.html", {"title": title, "back": _back(request, status)}, status=status)


def _back(request: HttpRequest, status: int) -> str:
    """The page to retry from, if waiting helps: this one, or the one with the button pressed."""
    if status not in _PASSING:
        return ""
    if request.method in ("GET", "HEAD"):
        return request.get_full_path()
    pressed_on = urlsplit(request.headers.get("Referer", ""))
    there = urlunsplit(("", "", pressed_on.path, pressed_on.query, ""))
    return there if pressed_on.netloc == request.get_host() and is_ours(request, there) else ""


def _sent(request: HttpRequest) -> Iterable[tuple[str, list[str]]]:
    """Yield each field and its values, and the files."""
    yield from request.POST.lists()
    for name, files in request.FILES.lists():
        yield name, [file.name or "" for file in files]


def _is_api(request: HttpRequest) -> bool:
    return request.path.startswith("/api/")
