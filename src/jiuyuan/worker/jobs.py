"""Runs the jobs about jobs."""

from datetime import timedelta

from django.contrib.sessions.backends.db import SessionStore

from jiuyuan import clock
from jiuyuan.worker import queue
from jiuyuan.worker.kinds import JobKind, Lane
from jiuyuan.worker.models import Job
from jiuyuan.worker.registry import job

#: How long finished jobs stay visible. Failed ones stay until they are retried.
_KEPT = timedelta(days=30)


@job(JobKind.CLEAR_JOBS, Lane.TIDYING, every=timedelta(hours=1))
def clear_jobs(_job: Job) -> None:
    Job.objects.unscoped().filter(queue.DONE, finished_at__lt=clock.now() - _KEPT).delete()


@job(JobKind.FORGET_SESSIONS, Lane.TIDYING, every=timedelta(hours=1))
def forget_sessions(_job: Job) -> None:
    """Delete expired sessions: they have encrypted input to which nobody returns."""
    SessionStore.clear_expired()
