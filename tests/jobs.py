"""The worker as tests need it: in the thread of the test, and killed."""

from datetime import timedelta

from django.utils import timezone

from jiuyuan.worker.loop import run_waiting
from jiuyuan.worker.models import Job, lease


def work(*kinds: str) -> int:
    """Do all that waits, of these kinds or of all; returns how many jobs were done."""
    return run_waiting(*kinds).total()


def fell_silent() -> None:
    """The workers of all claimed jobs were killed, longer ago than the lease."""
    Job.objects.unscoped().exclude(claim="").update(beat_at=timezone.now() - lease() - timedelta(seconds=1))
