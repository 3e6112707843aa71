"""The model of a job: what to do, who does it, how far it is, and what went wrong."""

from datetime import timedelta
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from jiuyuan.agencies.acted import PrintedName
from jiuyuan.agencies.models import User
from jiuyuan.agencies.scope import Scope, ScopedManager
from jiuyuan.labels import Labelled
from jiuyuan.worker.kinds import JobKind


def lease() -> timedelta:
    """How long a worker may be silent before another takes over its job."""
    return timedelta(seconds=settings.JIUYUAN.lease_seconds)


class Job(models.Model):
    """A job. `key` identifies its subject: at most one job of a kind and key is open.

    `ordered_at` and `finished_at` are in the system's (possibly demonstrated) time. The others are in real time,
    because moving a demonstration to another day must not end a lease. `claim` names the worker that holds the
    job, or is empty.
    """

    class State(Labelled):
        WAITING = "waiting", "等待"
        RUNNING = "running", "进行中"
        SILENT = "silent", "中断，等待接手"
        AGAIN = "again", "没做成，等待再试"
        FAILED = "failed", "失败"
        DONE = "done", "完成"

    scope: ClassVar = Scope(area="area", owner=None)

    kind = models.CharField("任务", max_length=24)
    key = models.CharField("对象", max_length=64)
    about = models.CharField("说明", max_length=120, blank=True, help_text="编号或批次，不写姓名和身份证号码")
    payload: "models.JSONField[dict[str, Any], dict[str, Any]]" = models.JSONField("内容", default=dict)
    area = models.CharField("辖区", max_length=200)
    ordered_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="提出人")
    ordered_by_name = PrintedName("提出人姓名")
    ordered_at = models.DateTimeField("提出时间")
    due_at = models.DateTimeField("最早开始")
    claim = models.CharField("后台程序", max_length=80, blank=True)
    claimed_at = models.DateTimeField("开始时间", null=True)
    beat_at = models.DateTimeField("最近进展", null=True)
    done = models.PositiveIntegerField("已做", default=0)
    total = models.PositiveIntegerField("总数", default=0)
    tries = models.PositiveSmallIntegerField("次数", default=0)
    failure = models.CharField("没做成的原因", max_length=400, blank=True)
    finished_at = models.DateTimeField("结束时间", null=True)

    objects = ScopedManager()

    class Meta:
        verbose_name = "后台任务"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "key"], condition=Q(finished_at=None), name="worker_one_open_job_a_thing"
            )
        ]
        indexes = [
            models.Index(fields=["kind", "due_at"], condition=Q(finished_at=None), name="worker_open_jobs"),
            models.Index(fields=["kind", "key"], name="worker_jobs_of_a_thing"),
            models.Index(fields=["area", "id"], name="worker_jobs_of_an_area"),
            models.Index(fields=["area", "id"], condition=~Q(failure=""), name="worker_jobs_in_trouble"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"

    @property
    def title(self) -> str:
        return str(JobKind(self.kind).label) if self.kind in JobKind.values else self.kind

    @property
    def neglected(self) -> bool:
        """Whether it is long overdue and unclaimed: the worker is not running, or was killed."""
        late = self.due_at < timezone.now() - lease()
        return self.state == self.State.SILENT or (self.state in (self.State.WAITING, self.State.AGAIN) and late)

    @property
    def state(self) -> "Job.State":
        if self.finished_at is not None:
            return self.State.FAILED if self.failure else self.State.DONE
        if self.claim:
            silent = self.beat_at is None or self.beat_at < timezone.now() - lease()
            return self.State.SILENT if silent else self.State.RUNNING
        return self.State.AGAIN if self.failure else self.State.WAITING
