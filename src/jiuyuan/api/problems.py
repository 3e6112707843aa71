"""Every API error as `application/problem+json` (RFC 9457), with a title in plain language."""

import json
import logging
from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.core.serializers.json import DjangoJSONEncoder
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from ninja.errors import AuthenticationError, HttpError, ValidationError

from jiuyuan.refusals import Refusal
from jiuyuan.rules.facts import Invalid
from jiuyuan.troubles import foreseen
from jiuyuan.wording import say

CONTENT_TYPE = "application/problem+json"
NOBODY_FORESAW = "系统出错，没有办成，什么也没有改动。请稍后再试。"
#: What Django raises for unparsable bodies.
UNREADABLE = (MultiPartParserError, SuspiciousOperation, UnreadablePostError)
_log = logging.getLogger("django.request")

_WORDS: dict[str, str] = {
    "missing": "缺少这一项，请填写。",
    "string_type": "应为文字，写在引号里。",
    "string_too_long": "太长，最多{max_length}个字。",
    "string_too_short": "太短，至少{min_length}个字。",
    "string_pattern_mismatch": "格式不对，请对照接口说明改正。",
    "int_type": "应为整数，例如 1，不加引号。",
    "int_parsing": "应为整数，例如 1。",
    "int_from_float": "应为整数，例如 1。",
    "bool_type": "应为 true 或 false。",
    "bool_parsing": "应为 true 或 false。",
    "list_type": '应为清单，例如 ["id_card"]。',
    "dict_type": '应为 JSON 对象，例如 {{"hukou_kind": "urban"}}。',
    "model_type": '应为 JSON 对象，例如 {{"version": 1}}。',
    "model_attributes_type": '应为 JSON 对象，例如 {{"version": 1}}。',
    "extra_forbidden": "没有这一项，请核对名称。",
    "too_long": "最多{max_length}项。",
    "too_short": "至少{min_length}项。",
    "greater_than_equal": "不能小于{ge}。",
    "less_than_equal": "不能大于{le}。",
    "value_error": "{error}",
}


class Problem(Exception):
    """An error found by the API itself, before any service is called."""

    def __init__(self, status: int, title: str, errors: Iterable[tuple[str, str]] = ()) -> None:
        super().__init__(title)
        self.status, self.title, self.errors = status, title, list(errors)


_CODES = {
    400: "unreadable",
    401: "login",
    404: "not_found",
    405: "method",
    413: "too_large",
    415: "media_type",
    422: "field",
}


def respond(
    status: int, title: str, errors: Iterable[tuple[str, str]] = (), *, code: str | None = None, **more: Any
) -> HttpResponse:
    """A problem response with its `code`, by default that of the status."""
    code = code or _CODES.get(status, "server" if status >= 500 else "refused")
    content = {"type": "about:blank", "title": title, "status": status, "code": code}
    if listed := [{"field": field, "message": message} for field, message in errors]:
        content["errors"] = listed
    text = json.dumps({**more, **content}, ensure_ascii=False, cls=DjangoJSONEncoder)
    response = HttpResponse(text.encode("utf-8", "replace"), status=status, content_type=CONTENT_TYPE)
    if status == 401:
        response["WWW-Authenticate"] = 'Bearer realm="jiuyuan"'
    return response


def not_found() -> HttpResponse:
    return respond(404, say("没有这个地址。接口说明在 /api/v1/openapi.json。"))


def answer_to(request: HttpRequest, error: Exception) -> HttpResponse:
    """The response for an exception. Unexpected ones are logged and answered with 500."""
    if isinstance(error, HttpError) and isinstance(
        error.__cause__, Problem | UnreadablePostError | SuspiciousOperation
    ):
        error = error.__cause__
    match error:
        case Problem():
            return respond(error.status, error.title, error.errors)
        case Refusal():
            return _refused(error)
        case Invalid():
            return respond(422, say("有内容需要改正。"), error.errors)
        case AuthenticationError():
            return respond(401, say("请先登录：在 Authorization 中写上“Bearer 令牌”。令牌由 jiuyuan token 账号 取得。"))
        case ValidationError():
            errors = [_translated(item) for item in error.errors]
            return respond(422, say("有内容需要填写或改正。"), errors)
        case RequestDataTooBig():
            return too_large()
        case MultiPartParserError() | SuspiciousOperation() | UnreadablePostError():
            return respond(400, say("请求读不出来，请检查格式后重发。"))
        case Http404():
            return not_found()
        case HttpError():
            return respond(error.status_code, say("请求读不出来，请检查格式后重发。"))
    _log.error("%s %s", request.method, request.path, exc_info=error)
    if trouble := foreseen(error):
        return _refused(trouble)
    return respond(500, say(NOBODY_FORESAW))


def _refused(refusal: Refusal) -> HttpResponse:
    details = _details(refusal.details)
    response = respond(refusal.status, refusal.title, refusal.errors, code=refusal.code, **details)
    if seconds := getattr(refusal, "seconds", None):
        response["Retry-After"] = str(seconds)
    return response


def too_large() -> HttpResponse:
    return respond(413, say("请求太大。材料每份最多10MB，请缩小后再传。"))


def not_allowed(refused: HttpResponseNotAllowed) -> HttpResponse:
    response = respond(405, say("这个地址不接受这种请求方法，可用的是{Allow}。", Allow=refused["Allow"]))
    response["Allow"] = refused["Allow"]
    return response


def _details(details: Mapping[str, object]) -> dict[str, object]:
    """Rename `status` to `state`: in a problem, `status` is the HTTP status."""
    return {"state" if name == "status" else name: value for name, value in details.items()}


def _translated(item: Mapping[str, Any]) -> tuple[str, str]:
    """A pydantic error as (field, sentence)."""
    source, *place = item["loc"]
    if source == "body":
        place = place[1:]  # drop the name of the view's parameter
    field = ".".join(map(str, place)) or "body"
    example = '{"hukou_kind": "urban"}' if item["type"] == "dict_type" else '{"version": 1}'
    words = _WORDS.get(item["type"], say("内容有误，请对照接口说明改正。"))
    return field, say(words, **{"example": example, **item.get("ctx", {})})
