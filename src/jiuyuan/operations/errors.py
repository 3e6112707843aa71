"""Counts internal errors by kind and place, so that administrators see them without reading logs."""

import hashlib
import traceback
from pathlib import Path
from types import TracebackType

from django.db import models

from jiuyuan import clock, request_ids
from jiuyuan.operations.models import ErrorSeen

_PACKAGE = Path(__file__).parents[1]


def note(error: BaseException, where: str) -> None:
    """Count an error. Its message is not stored, because it may name people."""
    kind, place = type(error).__qualname__, _place(error.__traceback__)
    mark = hashlib.sha256(f"{kind}\0{place}\0{where}".encode()).hexdigest()
    now, request = clock.now(), request_ids.here()
    _, new = ErrorSeen.objects.get_or_create(
        mark=mark,
        defaults={
            "error": kind[:120], "place": place[:200], "where": where[:120], "first_at": now, "last_at": now,
            "last_request": request,
        },
    )  # fmt: skip
    if not new:
        seen = ErrorSeen.objects.filter(mark=mark)
        seen.update(count=models.F("count") + 1, last_at=now, last_request=request)


def _place(trace: TracebackType | None) -> str:
    """The last line of our own code in the traceback."""
    ours = [frame for frame in traceback.extract_tb(trace) if Path(frame.filename).is_relative_to(_PACKAGE)]
    return f"{Path(ours[-1].filename).relative_to(_PACKAGE).as_posix()}:{ours[-1].lineno}" if ours else ""
