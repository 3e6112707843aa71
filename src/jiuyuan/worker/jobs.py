"""How the jobs about jobs are done."""

from datetime import timedelta

from django.contrib.sessions.backends.db import SessionStore

from jiuyuan import clock
from jiuyuan.worker import queue
from jiuyuan.worker.kinds import JobKind, Lane
from jiuyuan.worker.models import Job
from jiuyuan.worker.registry import job

#: For how long one sees what was done; what failed for good stays until it is tried again.
_KEPT = timedelta(days=30)


@job(JobKind.CLEAR_JOBS, Lane.TIDYING, every=timedelta(hours=1))
def clear_jobs(_job: Job) -> None:
    Job.objects.unscoped().filter(queue.DONE, finished_at__lt=clock.now() - _KEPT).delete()


@job(JobKind.FORGET_SESSIONS, Lane.TIDYING, every=timedelta(hours=1))
def forget_sessions(_job: Job) -> None:
    """A session that ran out holds what was typed in it, encrypted; nobody comes back to it."""
    SessionStore.clear_expired()
