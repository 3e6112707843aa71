"""The nightly run as ordered on the page: one job per day, done by the worker, resumed after a kill."""

from django.db import transaction

from jiuyuan import clock
from jiuyuan.agencies.models import User
from jiuyuan.agencies.roles import Right
from jiuyuan.history import services as history
from jiuyuan.refusals import Conflict, NotForRole
from jiuyuan.wording import say
from jiuyuan.worker import queue
from jiuyuan.worker.kinds import JobKind
from jiuyuan.worker.models import Job

FILE = "nightly"


@transaction.atomic
def order(user: User) -> None:
    """Order today's run. Raises `NotForRole`, or `Conflict` if one is waiting or running."""
    if not user.may(Right.RUN_NIGHTLY):
        raise NotForRole(say("夜间核查由省级管理人员运行。"))
    day = clock.today().isoformat()
    last = queue.latest(JobKind.NIGHTLY, day)
    if under_way(last):
        raise Conflict(say("今天的夜间核查正在进行，不用再开始。"))
    history.append(FILE, user.actor, "nightly_ordered", {"day": day}, user.area)
    if last is not None and last.state in (Job.State.AGAIN, Job.State.FAILED):
        queue.retry_as(user.actor, last.pk)
    else:
        queue.order(JobKind.NIGHTLY, day, about=day, area=user.area, by=user)


def todays() -> Job | None:
    """The job of today's run, or None."""
    return queue.latest(JobKind.NIGHTLY, clock.today().isoformat())


def under_way(job: Job | None) -> bool:
    """Whether it is waiting or running."""
    return job is not None and job.state in (Job.State.WAITING, Job.State.RUNNING)


def interrupted(job: Job | None) -> bool:
    """Whether it was started and then killed or failed; it is retried automatically."""
    return job is not None and job.state in (Job.State.SILENT, Job.State.AGAIN, Job.State.FAILED)
