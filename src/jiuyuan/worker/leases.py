"""Leases of jobs: a worker claims a job, renews the lease by heartbeat, and loses it after `models.lease()` without
one.

A worker that lost a job learns it at its next heartbeat (`Lost`) and leaves the job to the new holder.
"""

from collections.abc import Callable, Collection
from datetime import timedelta
from threading import Thread
from time import monotonic

from django.db import connection
from django.db.models import F, Q
from django.utils import timezone

from jiuyuan import clock
from jiuyuan.agencies.scope import ScopedQuerySet
from jiuyuan.worker.models import Job, lease

#: The pauses after failed attempts; the last one is repeated.
WAITS = tuple(timedelta(seconds=s) for s in (10, 20, 40, 80, 160, 320, 640, 1280, 2560, 3600))
#: After this many attempts without progress, about a day, a person has to look.
MOST_TRIES = 30
_ASIDE_SECONDS = 2


class Lost(Exception):
    """Another worker holds the job now."""


def claimable(kinds: Collection[str]) -> ScopedQuerySet:
    """Open jobs that nobody holds and that are due."""
    now = timezone.now()
    free = Q(claim="") | Q(beat_at__lt=now - lease())
    return Job.objects.unscoped().filter(free, kind__in=kinds, finished_at=None, due_at__lte=now)


def claim(kinds: Collection[str], worker: str, *, newest_first: bool = False) -> Job | None:
    """Claim the next job for a worker; None if there is none."""
    for job in claimable(kinds).order_by("-pk" if newest_first else "pk")[:10]:
        if take(job, worker):
            return job
    return None


def take(job: Job, worker: str) -> bool:
    """Claim this job, if its holder is still the one that was read. False if another worker was faster."""
    now = timezone.now()
    rows = Job.objects.unscoped().filter(pk=job.pk, claim=job.claim, beat_at=job.beat_at, finished_at=None)
    if not rows.update(claim=worker, claimed_at=now, beat_at=now, tries=F("tries") + 1):
        return False
    job.refresh_from_db()
    return True


def take_over(job: Job, worker: str) -> Job:
    """Claim an open job from any holder, for a command that runs it at once."""
    while not take(job, worker):
        job.refresh_from_db()
    return job


def beat(job: Job, done: int | None = None, total: int | None = None) -> None:
    """Heartbeat with progress, which resets the number of attempts. Raises `Lost`."""
    job.beat_at = timezone.now()
    said: dict[str, object] = {"beat_at": job.beat_at}
    if done is not None:
        if done > job.done:
            said["tries"] = job.tries = 1
        said["done"] = job.done = done
    if total is not None:
        said["total"] = job.total = total
    if not _held(job).update(**said):
        raise Lost


def beats_aside(job: Job) -> Callable[[int], None]:
    """Return a progress callback for a long transaction, which writes through another connection every few seconds.

    SQLite allows one writer, so there it writes nothing.
    """
    said_at = monotonic()

    def said(done: int) -> None:
        nonlocal said_at
        if connection.vendor != "postgresql" or monotonic() - said_at < _ASIDE_SECONDS:
            return
        said_at = monotonic()
        aside = Thread(target=_beat_here, args=(job.pk, job.claim, done))
        aside.start()
        aside.join()

    return said


def _beat_here(pk: int, claim: str, done: int) -> None:
    try:
        rows = Job.objects.unscoped().filter(pk=pk, claim=claim, finished_at=None)
        rows.update(beat_at=timezone.now(), done=done)
    finally:
        connection.close()


def finish(job: Job) -> None:
    """Mark the job as done and delete earlier ones with the same kind and key."""
    if not _close(job, ""):
        return  # taken over without a heartbeat in between: the other worker finds it done
    Job.objects.unscoped().filter(kind=job.kind, key=job.key).exclude(pk=job.pk).exclude(finished_at=None).delete()


def give_back(job: Job, wait: timedelta) -> None:
    """Postpone the job: what it needs is not there yet, which is not a failure."""
    _held(job).update(claim="", beat_at=None, due_at=timezone.now() + wait, tries=F("tries") - 1)


def fail(job: Job, why: str) -> None:
    """Record a failed attempt: the job waits for the next one, or for a person."""
    if job.tries >= MOST_TRIES:
        _close(job, why)
        return
    wait = WAITS[min(job.tries, len(WAITS)) - 1]
    _held(job).update(claim="", beat_at=None, due_at=timezone.now() + wait, failure=why[:400])


def _close(job: Job, failure: str) -> bool:
    return bool(_held(job).update(finished_at=clock.now(), failure=failure[:400], claim="", beat_at=timezone.now()))


def _held(job: Job) -> ScopedQuerySet:
    return Job.objects.unscoped().filter(pk=job.pk, claim=job.claim, finished_at=None)
