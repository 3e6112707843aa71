"""`Idempotency-Key`: repeating a POST returns the same answer and acts once.

The answer is stored in the transaction of the act. A repetition waits while the first call is still running.
"""

import re
from collections.abc import Callable
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse

from jiuyuan import clock
from jiuyuan.api import bodies
from jiuyuan.api.models import IdempotentCall
from jiuyuan.api.problems import CONTENT_TYPE, Problem
from jiuyuan.api.tokens import account_of
from jiuyuan.visitors import address_of
from jiuyuan.wording import say

HEADER = "Idempotency-Key"
# By contract nothing of a self-check is stored, not even its key.
STORES_NOTHING = frozenset({"self_check"})
#: Programs repeat calls within hours or days; after this many days a key may be reused.
KEPT_DAYS = 30
_KEY = re.compile(r"[\x20-\x7e]{1,200}")


def once(request: HttpRequest, act: Callable[[], HttpResponse]) -> HttpResponse:
    """Act, or return the stored answer. Raises `Problem` 409 for the same key with another body or URL."""
    key = request.headers.get(HEADER)
    name = request.resolver_match.url_name if request.resolver_match else None
    if key is None or request.method != "POST" or name in STORES_NOTHING:
        return act()
    if not _KEY.fullmatch(key):
        raise Problem(422, say("有内容需要改正。"), [(HEADER, say("应为1到200个英文字符，每次办理用一个新的。"))])
    user = account_of(request)
    # Callers without an account are distinguished by address, so that their keys do not collide.
    caller = user.username if user else f"@{address_of(request) or ''}"
    if bodies.fault_of(request) is not None:
        return act()  # it stores nothing; an unreadable body is refused in its turn
    path, body = request.path[:300], bodies.digest(request)
    with transaction.atomic():
        try:
            with transaction.atomic():
                call = IdempotentCall.objects.create(
                    caller=caller, key=key, path=path, body=body, status=0, answer="", answered_at=clock.now()
                )
        except IntegrityError:
            return _kept(caller, key, path, body)
        response = act()
        # Temporary errors are not stored.
        if response.status_code >= 500 or response.status_code in (401, 429):
            transaction.set_rollback(True)
            return response
        call.status, call.answer = response.status_code, response.content.decode()
        call.save(update_fields=["status", "answer"])
    return response


def _kept(caller: str, key: str, path: str, body: str) -> HttpResponse:
    call = IdempotentCall.objects.get(caller=caller, key=key)
    if (call.path, call.body) != (path, body):
        raise Problem(
            409,
            say("这个 Idempotency-Key 已用于另一次内容不同的请求，请换一个新的。"),
            [(HEADER, say("已经用过，请换一个。"))],
        )
    content_type = CONTENT_TYPE if call.status >= 400 else "application/json; charset=utf-8"
    return HttpResponse(call.answer, status=call.status, content_type=content_type)


def forget_old() -> int:
    """Delete answers older than `KEPT_DAYS`, which contain personal data. Returns how many."""
    deleted, _ = IdempotentCall.objects.filter(answered_at__lt=clock.now() - timedelta(days=KEPT_DAYS)).delete()
    return deleted
