"""The URL where a gateway reports deliveries: a signed POST {"id", "state": "delivered" | "failed", "reason"}."""

import time

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from jiuyuan import json_once
from jiuyuan.characters import impossible, whole_number
from jiuyuan.notifications import gateways, services
from jiuyuan.request_signing import holds
from jiuyuan.wording import for_record

_LARGEST = 4096


@csrf_exempt
@login_not_required
@require_POST
def receipt(request: HttpRequest) -> HttpResponse:
    """204 if recorded; 404 without a gateway or such a message, 401 for a wrong signature,
    400 for an invalid report.
    """
    account = gateways.account_of(settings.JIUYUAN.data / gateways.FILE)
    if account is None:
        return _no(404)
    if int(request.headers.get("Content-Length") or 0) > _LARGEST:
        return _no(413)
    if request.content_type != "application/json":
        return _no(400)
    body, headers = request.body, request.headers
    signature, stamp = headers.get("X-Signature", ""), headers.get("X-Timestamp", "")
    if not holds(account.key, signature, "POST", request.path, stamp, body, now=time.time()):
        return _no(401)
    try:
        said = json_once.loads(body)
        key, state, reason = said["id"], said["state"], said.get("reason", "")
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return _no(400)
    key = whole_number(key) if isinstance(key, str) else key
    if type(key) is not int or not isinstance(reason, str) or impossible(reason):
        return _no(400)
    if state not in ("delivered", "failed") or not 0 < key < 2**63:
        return _no(400)
    return (
        HttpResponse(status=204)
        if services.delivered(key, "" if state == "delivered" else reason or for_record("未送达"))
        else _no(404)
    )


def _no(status: int) -> HttpResponse:
    return JsonResponse({"status": status}, status=status)
