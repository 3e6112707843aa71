"""后台任务: waiting, running and failed jobs of the area, with a retry button."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from jiuyuan.agencies.roles import Right
from jiuyuan.desk import queries
from jiuyuan.desk.access import StaffRequest, staff
from jiuyuan.desk.frame import page
from jiuyuan.refusals import Conflict, WrongState
from jiuyuan.wording import say
from jiuyuan.worker import queue
from jiuyuan.worker.kinds import JobKind
from jiuyuan.worker.models import Job

_TABS = {"": ("没做完", queue.OPEN), "trouble": ("没做成", queue.IN_TROUBLE), "done": ("已完成", queue.DONE)}
_TAGS = {Job.State.FAILED: "tag-error", Job.State.AGAIN: "tag-warning", Job.State.SILENT: "tag-warning"}
#: The page of a job's subject, and the right it requires.
_PLACES: dict[str, tuple[Right, Callable[[Job], str]]] = {
    **dict.fromkeys(
        (JobKind.TRY_FILE, JobKind.IMPORT_FILE, JobKind.TAKE_BACK_FILE),
        (Right.IMPORT_RECORDS, lambda job: reverse("desk:import", args=[job.key])),
    ),
    JobKind.MAKE_EXIT_NOTICE: (Right.SEE_PEOPLE, lambda job: reverse("desk:recognition", args=[job.key.split(":")[0]])),
    **dict.fromkeys(
        (JobKind.SEAL_FORM, JobKind.MAKE_LETTER, JobKind.ASK_DEPARTMENT),
        (Right.SEE_CASES, lambda job: reverse("desk:case", args=[job.about.rpartition(" ")[2]])),
    ),
    JobKind.NIGHTLY: (Right.RUN_NIGHTLY, lambda job: reverse("desk:nightly")),
    JobKind.REORGANISE: (Right.MANAGE_AGENCIES, lambda job: reverse("desk:reorganisation", args=[job.key])),
    JobKind.SCREEN_LIST: (Right.SCREEN, lambda job: reverse("desk:extract", args=[job.key])),
}


@staff(Right.SEE_JOBS)
@require_safe
def jobs(request: StaffRequest) -> HttpResponseBase:
    """The jobs of the area, unfinished ones first."""
    chosen = request.GET.get("state", "")
    chosen = chosen if chosen in _TABS else ""
    mine = queue.listed(request.user)
    rows, following = queries.newest_first(mine.filter(_TABS[chosen][1]), request.GET.get("cursor", ""))
    tabs = [
        {
            "label": label,
            "url": f"?state={name}",
            "current": name == chosen,
            "count": None if name == "done" else mine.filter(which).count(),
        }
        for name, (label, which) in _TABS.items()
    ]
    context = {
        "rows": [_row(request, job) for job in rows],
        "tabs": tabs,
        "at_work": any(job.state in (Job.State.WAITING, Job.State.RUNNING) for job in rows),
        "next": following,
        "previous": None,
    }
    return page(request, "jobs.html", context, at="jobs")


def _row(request: StaffRequest, job: Job) -> dict[str, Any]:
    right, place = _PLACES.get(job.kind, (None, None))
    return {
        "job": job,
        "tag": _TAGS.get(job.state, "tag-strong" if job.state == Job.State.DONE else ""),
        "state": job.state.label,
        "waits": job.state == Job.State.AGAIN,
        "may_retry": job.state in (Job.State.FAILED, Job.State.AGAIN),
        "url": place(job) if right and place and request.user.may(right) else "",
    }


@staff(Right.SEE_JOBS)
@require_POST
def retry(request: StaffRequest, pk: int) -> HttpResponseBase:
    try:
        job = queue.retry(request.user, pk)
        messages.success(request, say("“{title}”马上再试。", title=job.title))
    except (Conflict, WrongState) as refusal:
        messages.warning(request, refusal.title)
    return redirect("desk:jobs")
