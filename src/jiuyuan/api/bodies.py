"""Parses request bodies, JSON and multipart, and rejects what would harm the code behind."""

import hashlib
import json
from collections.abc import Iterator
from typing import Any, NoReturn

from django.http import HttpRequest
from ninja.parser import Parser

from jiuyuan import json_once
from jiuyuan.api.problems import UNREADABLE, Problem
from jiuyuan.characters import impossible, without_impossible
from jiuyuan.wording import say

LARGEST_JSON = 1024 * 1024
LARGEST_UPLOAD = 64 * 1024 * 1024
_DEEPEST = 16
LARGEST_NUMBER = 2**53
#: Replaces an empty body.
_NOTHING = b" "


class JsonParser(Parser):
    """Parses JSON with error messages in Chinese instead of ninja's English ones."""

    def parse_body(self, request: HttpRequest) -> Any:
        try:
            if fault := fault_of(request):
                raise fault
            return read_json(request)
        except (Problem, *UNREADABLE) as fault:
            if not hasattr(request, "auth"):
                raise  # a public operation: no authentication check comes first
            return Unread(fault)


def let_it_be_parsed(request: HttpRequest) -> None:
    """Make ninja call `JsonParser` for every body: it calls no parser for an empty one,
    and fails early on a body that is too large or a form.
    """
    if request.method != "POST":
        return
    try:
        form = request.content_type == "multipart/form-data"  # already parsed
        if form or not request.body:
            request._body = _NOTHING
    except UNREADABLE as fault:
        request._body = _NOTHING
        keep_for_its_turn(request, fault)


def keep_for_its_turn(request: HttpRequest, fault: Exception) -> None:
    """Store an error in a body that was parsed before authentication, to be raised in its turn."""
    request.fault = fault  # type: ignore[attr-defined]


def fault_of(request: HttpRequest) -> Exception | None:
    return getattr(request, "fault", None)


class Unread:
    """A body that could not be parsed.

    It is refused in its turn, after authentication, 404, 403 and 409 (contract of the API).
    """

    def __init__(self, fault: Exception) -> None:
        self.fault = fault


def read_json(request: HttpRequest) -> Any:
    """Parse the JSON of a request. Raises `Problem` 400, 413, 415, or 422 for an empty body or impossible values."""
    kind = request.content_type or ""
    if request.body == _NOTHING and kind != "multipart/form-data":
        raise Problem(422, say("有内容需要填写或改正。"), [("body", say("请求没有内容，请发送 JSON。"))])
    if not (kind == "application/json" or kind.endswith("+json")):
        raise Problem(415, say("请求内容应为 JSON，并写明 Content-Type: application/json。"))
    if length(request) > LARGEST_JSON:
        raise Problem(413, say("请求太大，JSON 最多1MB。"))
    try:
        value = json_once.loads(request.body, parse_constant=_no_number)
    except json_once.Twice as twice:
        field = twice.name[:80].encode("utf-8", "replace").decode().replace("\0", "")
        raise Problem(
            422, say("有内容需要改正。"), [(field, say("同一个名字写了两次，不知道以哪个为准，请只留一个。"))]
        ) from None
    except (ValueError, RecursionError):
        raise Problem(400, say("请求内容不是完好的 JSON，请检查括号、引号和逗号。")) from None
    if errors := list(_faults(value, (), _DEEPEST)):
        raise Problem(422, say("有内容需要改正。"), errors)
    return value


def digest(request: HttpRequest) -> str:
    """SHA-256 of the content, independent of the order of JSON keys and of the multipart boundary."""
    running = hashlib.sha256((request.content_type or "").encode())
    if request.content_type == "multipart/form-data":
        for name, values in sorted(request.POST.lists()):
            running.update(json.dumps([name, values]).encode())
        for name, files in sorted(request.FILES.lists()):
            for file in files:
                running.update(json.dumps([name, file.name, file.size]).encode())
                for chunk in file.chunks():
                    running.update(chunk)
                file.seek(0)
        return running.hexdigest()
    try:
        canonical = json.dumps(json.loads(request.body), sort_keys=True).encode()
    except (ValueError, RecursionError):
        canonical = request.body
    running.update(canonical)
    return running.hexdigest()


def length(request: HttpRequest) -> int:
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0


def _no_number(text: str) -> NoReturn:
    raise ValueError(f"{text} is no JSON")


def _faults(value: Any, place: tuple[str, ...], deeper: int) -> Iterator[tuple[str, str]]:
    """Yield what no database column or calculation accepts: control characters, lone surrogates,
    infinite numbers, deep nesting.
    """
    field = without_impossible(".".join(place))[:80] or "body"
    if deeper < 0:
        yield field, say("嵌套太深，请对照接口说明改正。")
    elif isinstance(value, str):
        if impossible(value):
            yield field, say("含有不能使用的字符（看不见的控制字符或不完整的字符），请删去或重新输入。")
    elif isinstance(value, int | float) and not isinstance(value, bool) and not abs(value) <= LARGEST_NUMBER:
        yield field, say("数字太大，请核对。")
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _faults(key, (*place, key), 0)
            yield from _faults(item, (*place, key), deeper - 1)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _faults(item, (*place, str(index)), deeper - 1)
