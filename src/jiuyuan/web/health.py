"""Endpoints for machines: liveness, readiness, metrics."""

import os
import secrets

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import Error as DatabaseError
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from jiuyuan import visitors
from jiuyuan.operations import metrics as installation
from jiuyuan.read_only import is_read_only


@login_not_required
@never_cache
@require_safe
def live(_request: HttpRequest) -> HttpResponse:
    """200 if the process answers; checks nothing else."""
    return HttpResponse("ok\n", content_type="text/plain")


@login_not_required
@never_cache
@require_safe
def ready(_request: HttpRequest) -> JsonResponse:
    """503 if the database does not answer, nothing can be written, or an upgrade is running."""
    data = settings.JIUYUAN.data
    said = {"database": _database(), "data_folder": os.access(data, os.W_OK), "writable": not is_read_only(data)}
    return JsonResponse(said, status=200 if all(said.values()) else 503)


@login_not_required
@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Metrics for local requests and holders of `metrics_token`; 404 for everybody else."""
    token = settings.JIUYUAN.metrics_token
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not visitors.is_this_machine(request) and not (token and secrets.compare_digest(given.encode(), token.encode())):
        raise Http404
    return HttpResponse(installation.text(), content_type=installation.CONTENT_TYPE)


def _database() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True
