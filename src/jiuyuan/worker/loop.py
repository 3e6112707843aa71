"""The worker's loop: claim a job, run it, finish or retry it.

Each lane is a thread, so that long jobs do not delay seals.
"""

import logging
import os
import socket
import threading
import time
from collections import Counter
from collections.abc import Collection
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import close_old_connections
from django.utils import timezone

from jiuyuan import clock
from jiuyuan.read_only import is_read_only
from jiuyuan.refusals import Refusal
from jiuyuan.regions import registry
from jiuyuan.troubles import foreseen
from jiuyuan.wording import say
from jiuyuan.worker import leases, queue
from jiuyuan.worker.kinds import JobKind, Lane
from jiuyuan.worker.leases import Lost
from jiuyuan.worker.models import Job, lease
from jiuyuan.worker.registry import handlers

_PAUSE = 2.0
_doing: set[int] = set()  # the jobs that this process is running
_log = logging.getLogger("jiuyuan.worker")


class NotYet(Exception):
    """The job needs something else first; it waits without having failed."""

    def __init__(self, wait: timedelta = timedelta(seconds=10)) -> None:
        super().__init__()
        self.wait = wait


def run_waiting(*kinds: str, worker: str = "") -> Counter[str]:
    """Run all waiting jobs, of these kinds or all, in this thread. Returns how many of each were done."""
    wanted = kinds or tuple(handlers())
    _order_what_comes_by_itself(wanted)
    done: Counter[str] = Counter()
    for lane in Lane:
        of_lane = [kind for kind in wanted if handlers()[kind].lane == lane]
        while job := leases.claim(of_lane, worker or name_of_worker(), newest_first=lane == Lane.QUICK):
            done[job.kind] += run(job)
    return done


def take_here(kind: JobKind, key: object, **of_the_job: Any) -> Job:
    """Claim a job, ordering it if needed, for the calling process, which runs it and calls `leases.finish`."""
    queue.order(kind, key, **of_the_job)
    job = Job.objects.unscoped().get(kind=kind, key=str(key), finished_at=None)
    return leases.take_over(job, name_of_worker())


def run(job: Job) -> bool:
    """Run a claimed job. False if it failed; the failure is stored with the job and logged."""
    _doing.add(job.pk)
    try:
        return _run(job)
    finally:
        _doing.discard(job.pk)


def _run(job: Job) -> bool:
    try:
        registry.keep_up(clock.today())
        handlers()[job.kind].do(job)
    except Lost:
        return False
    except NotYet as later:
        leases.give_back(job, later.wait)
        return False
    except Exception as error:
        _log.exception("%s %s %s", job.kind, job.key, job.about)
        leases.fail(job, _in_words(error))
        return False
    leases.finish(job)
    return True


def _in_words(error: Exception) -> str:
    """The error for the page, if it is one of ours. Other messages may contain personal data and are only logged."""
    if isinstance(error, Refusal):
        return error.title
    trouble = foreseen(error)
    return trouble.title if trouble else say("程序出错（{name}），详情在后台程序的日志里。", name=type(error).__name__)


def _order_what_comes_by_itself(kinds: Collection[str]) -> None:
    for kind in kinds:
        handler = handlers()[kind]
        if handler.every is None or not handler.when():
            continue
        last = queue.latest(JobKind(kind), "")
        if last is None or (
            last.finished_at is not None and (last.beat_at or timezone.now()) <= timezone.now() - handler.every
        ):
            queue.order(JobKind(kind), "")


def name_of_worker(lane: str = "") -> str:
    """The worker's name: machine, process and thread."""
    return f"{socket.gethostname()[:40]}:{os.getpid()}:{lane or threading.get_ident()}"


def run_forever() -> None:
    """Run until the parent process exits."""
    parent = os.getppid()
    handlers()  # a wrong declaration should end the worker here, not a thread
    threads = [threading.Thread(target=_lane, args=(lane, parent), name=lane, daemon=True) for lane in Lane]
    threads.append(threading.Thread(target=_pulse, args=(parent,), name="pulse", daemon=True))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _lane(lane: Lane, parent: int) -> None:
    kinds = [kind for kind, handler in handlers().items() if handler.lane == lane]
    while os.getppid() == parent:
        try:
            if not is_read_only(settings.JIUYUAN.data):
                run_waiting(*kinds, worker=name_of_worker(lane))
        except Exception:  # the database is down or busy; the jobs go on waiting
            _log.exception("%s", lane)
        close_old_connections()
        time.sleep(_PAUSE)


def _pulse(parent: int) -> None:
    """Send heartbeats for everything this process runs, for jobs with steps longer than the lease."""
    mine = [name_of_worker(lane) for lane in Lane]
    while os.getppid() == parent:
        time.sleep(lease().total_seconds() / 6)
        try:
            Job.objects.unscoped().filter(pk__in=list(_doing), claim__in=mine, finished_at=None).update(
                beat_at=timezone.now()
            )
        except Exception:
            _log.exception("pulse")
        close_old_connections()
