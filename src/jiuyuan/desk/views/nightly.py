"""The nightly run: recent results, and the button that orders today's."""

from typing import Any

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from jiuyuan import clock
from jiuyuan.agencies.roles import Right
from jiuyuan.applications import nightly as nightly_run
from jiuyuan.applications import nightly_orders
from jiuyuan.desk.access import StaffRequest, staff
from jiuyuan.desk.frame import page
from jiuyuan.recognitions.models import NightlyRun
from jiuyuan.refusals import Conflict
from jiuyuan.wording import say
from jiuyuan.worker.models import Job

_RUN = Right.RUN_NIGHTLY
_SHOWN = 31
FIGURES = (
    ("proposals", "新的退出建议"),
    ("investigations", "新的调查"),
    ("lapsed", "情形消失的建议"),
    ("warnings", "预警"),
    ("unreadable", "自相矛盾的档案"),
    ("due_dates", "重新推算的期限"),
    ("messages", "发出消息"),
)


@staff(_RUN)
@require_safe
def nightly(request: StaffRequest) -> HttpResponseBase:
    runs = list(NightlyRun.objects.all()[:_SHOWN])
    today = next((run for run in runs if run.day == clock.today()), None)
    job = nightly_orders.todays()
    under_way = nightly_orders.under_way(job)
    context = {
        "heads": [label for _, label in FIGURES],
        "rows": [(run, [run.figures.get(name, 0) for name, _ in FIGURES]) for run in runs if run.figures],
        "today": today,
        "under_way": under_way,
        "interrupted": nightly_orders.interrupted(job),
        "finished_today": today is not None and today.finished_at is not None and bool(today.figures),
        **(_work(job) if under_way else {}),
    }
    return page(request, "nightly.html", context, at="nightly")


def _work(job: Job | None) -> dict[str, Any]:
    """The context of the progress line: the step, and the number of steps."""
    steps = nightly_run.steps()
    finished = not nightly_orders.under_way(job)
    step = job.done if job else 0
    words = say("正在{step}", step=steps[step]) if job and job.state == Job.State.RUNNING else say("等后台程序开始")
    return {
        "label": say("夜间核查完成") if finished else words,
        "done": len(steps) if finished else step,
        "total": len(steps),
        "poll_url": reverse("desk:nightly_progress"),
        "finished": finished,
        "failed": "",
        "result_url": reverse("desk:nightly"),
        "result_label": say("看结果"),
    }


@staff(_RUN)
@require_safe
def progress(request: StaffRequest) -> HttpResponseBase:
    """The fragment with the progress, polled."""
    return render(request, "components/work.html", _work(nightly_orders.todays()))


@staff(_RUN)
@require_POST
def start(request: StaffRequest) -> HttpResponseBase:
    try:
        nightly_orders.order(request.user)
    except Conflict as refusal:
        messages.warning(request, refusal.title)
    return redirect("desk:nightly")
