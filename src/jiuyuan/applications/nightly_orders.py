"""The nightly run as the page orders it: the worker does it in the background, and takes it up again after a kill."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Q, QuerySet

from jiuyuan import clock
from jiuyuan.agencies.models import User
from jiuyuan.agencies.roles import Right
from jiuyuan.applications import nightly
from jiuyuan.history import services as history
from jiuyuan.recognitions.models import NightlyRun
from jiuyuan.refusals import Conflict, NotForRole

FILE = "nightly"
SILENCE = timedelta(minutes=2)  # after which a run counts as interrupted, and the worker takes it up again
STEPS = ("核查退出情形", "提前预警", "零就业家庭", "更新暂定期限", "盖章和发送", "封存当日记录")


@transaction.atomic
def order(user: User) -> NightlyRun:
    """Ask for today's run. Raises `NotForRole`, `Conflict` while one is waiting or under way."""
    if not user.may(Right.RUN_NIGHTLY):
        raise NotForRole("夜间核查由省级管理人员运行。")
    run, _ = NightlyRun.objects.get_or_create(
        day=clock.today(), defaults={"started_at": clock.now(), "finished_at": clock.now()}
    )
    run = NightlyRun.objects.select_for_update().get(pk=run.pk)
    if under_way(run):
        raise Conflict("今天的夜间核查正在进行，不用再开始。")
    run.ordered_at, run.ordered_by_name, run.step = clock.now(), user.name, ""
    run.save(update_fields=["ordered_at", "ordered_by_name", "step"])
    history.append(FILE, user.actor, "nightly_ordered", {"day": run.day}, user.area)
    return run


def under_way(run: NightlyRun) -> bool:
    """Waiting for the worker, or being done by it."""
    return run.ordered_at is not None or (run.finished_at is None and not _silent(run))


def interrupted(run: NightlyRun) -> bool:
    """Begun by the worker or the command line, and without a sign of life since."""
    return run.ordered_at is None and run.finished_at is None and _silent(run)


def _silent(run: NightlyRun) -> bool:
    return (run.beat_at or run.started_at) < clock.now() - SILENCE


def run_waiting() -> int:
    """Do the run that was ordered, or that a kill left half-way. Returns how many were done."""
    done = 0
    for run in _waiting():
        mine = _waiting().filter(pk=run.pk, ordered_at=run.ordered_at, beat_at=run.beat_at)
        if mine.update(ordered_at=None, beat_at=clock.now(), finished_at=None):
            nightly.run(_beat)
            done += 1
    return done


def _waiting() -> "QuerySet[NightlyRun]":
    left_half_way = Q(finished_at=None, beat_at__lt=clock.now() - SILENCE)
    return NightlyRun.objects.filter(Q(ordered_at__isnull=False) | left_half_way, day=clock.today())


def any_waiting() -> bool:
    return _waiting().exists()


def _beat(_step: str, _done: int) -> None:
    NightlyRun.objects.filter(day=clock.today()).update(beat_at=clock.now())
