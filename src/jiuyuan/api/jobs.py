"""Runs the jobs of the API."""

from datetime import timedelta

from jiuyuan.api.idempotency import forget_old
from jiuyuan.worker.kinds import JobKind, Lane
from jiuyuan.worker.models import Job
from jiuyuan.worker.registry import job


@job(JobKind.FORGET_ANSWERS, Lane.TIDYING, every=timedelta(hours=1))
def forget_answers(_job: Job) -> None:
    forget_old()
