"""Ordering, finding and retrying jobs."""

from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from jiuyuan import clock
from jiuyuan.agencies.models import Agency, User
from jiuyuan.agencies.roles import Right
from jiuyuan.agencies.scope import ScopedQuerySet
from jiuyuan.history import services as history
from jiuyuan.refusals import Conflict, NotForRole, NotFound, NotMadeYet, WrongState
from jiuyuan.wording import say
from jiuyuan.worker.kinds import JobKind
from jiuyuan.worker.models import Job

_LARGEST_KEY = 2**63 - 1
FILE = "jobs"


def order(
    kind: JobKind, key: object, *, area: str = "", by: User | None = None, about: str = "", **payload: Any
) -> None:
    """Order a job in the transaction of the act that needs it; does nothing if it is ordered already.

    `area`: the area of the job, by default the whole installation.
    """
    job = Job(
        kind=kind, key=str(key), about=about, payload=payload, area=area or everywhere(), ordered_by=by,
        ordered_at=clock.now(), due_at=timezone.now(),
    )  # fmt: skip
    Job.objects.bulk_create([job], ignore_conflicts=True)


def everywhere() -> str:
    """The area of jobs that belong to no office: that of the topmost agency."""
    return Agency.objects.filter(parent=None).order_by("pk").values_list("path", flat=True).first() or ""


def latest(kind: JobKind, key: object) -> Job | None:
    """The job with this key: the open one, else the last. For rows that the caller may already see."""
    jobs = Job.objects.unscoped().filter(kind=kind, key=str(key)).order_by("-pk")
    found: Job | None = jobs.filter(finished_at=None).first() or jobs.first()
    return found


def not_made_yet(paper: str, job: Job | None) -> NotMadeYet:
    """The error for a paper that its `job` has not made yet, with when it will be ready."""
    state = job.state if job and not job.neglected else None
    to_its_reader = say("还没有盖好章，我们会补盖，请明天再来看；急用的，请打电话问窗口。")
    if state in (Job.State.WAITING, Job.State.RUNNING, Job.State.AGAIN):
        to_its_reader = say("正在盖章，请过一分钟再打开。")
    if job and state in (Job.State.WAITING, Job.State.RUNNING):
        when = say("正在盖章，请过一分钟再打开。")
    elif job and state == Job.State.AGAIN:
        when = say("还没有盖成章，{due_at:%H:%M}再试，请过后再打开。", due_at=timezone.localtime(job.due_at))
    elif state == Job.State.FAILED:
        when = say("没有盖成章，请县（市、区）或省的管理人员在“后台任务”中处理。")
    else:
        when = say("还在等后台程序盖章，请过一小时再打开；仍没有的，请与管理人员联系。")
    return NotMadeYet(f"{paper}{when}", f"{paper}{to_its_reader}")


def listed(user: User) -> ScopedQuerySet:
    """The jobs of the user's area, newest first. Raises `NotForRole`."""
    if not user.may(Right.SEE_JOBS):
        raise NotForRole(say("后台任务由县（市、区）、市州和省的管理人员查看。"))
    return Job.objects.visible_to(user).select_related("ordered_by").order_by("-pk")


OPEN, IN_TROUBLE, DONE = Q(finished_at=None), ~Q(failure=""), Q(failure="") & ~Q(finished_at=None)


def retry(user: User, pk: int) -> Job:
    """Retry a failed or waiting job of the user's area now. Raises `NotForRole`, `NotFound`."""
    if not 0 < pk <= _LARGEST_KEY or not listed(user).filter(pk=pk).exists():
        raise NotFound(say("没有这个后台任务。"))
    return retry_as(user.actor, pk)


@transaction.atomic
def retry_as(actor: history.Actor, pk: int) -> Job:
    """Retry a job now. Raises `WrongState` unless it failed or waits for a retry, `Conflict` if another one is open."""
    job: Job = Job.objects.unscoped().select_for_update().get(pk=pk)
    if job.state not in (Job.State.FAILED, Job.State.AGAIN):
        raise WrongState(say("只有没做成的任务可以再试。"), status=job.state, actions=[])
    job.finished_at, job.due_at, job.tries = None, timezone.now(), 0
    try:
        with transaction.atomic():
            job.save(update_fields=["finished_at", "due_at", "tries"])
    except IntegrityError:
        raise Conflict(say("同一件事已有一个任务在等待或进行，不用再试。")) from None
    history.append(FILE, actor, "job_retried", {"job": job.pk, "kind": job.kind, "key": job.key}, job.area)
    return job
