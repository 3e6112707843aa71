"""`jiuyuan worker`: runs waiting jobs; `worker list` shows them, `worker retry` retries failed ones."""

import argparse
from typing import Any

from jiuyuan.cli import CannotStart
from jiuyuan.commands.installed import open_installation
from jiuyuan.wording import say

_SHOWN = 200


def register(subparsers: Any) -> None:
    summary = say("后台程序：盖章、发消息、导入文件、筛查名单、夜间核查，依次办理等待的任务")
    parser = subparsers.add_parser("worker", help=summary, description=summary, allow_abbrev=False)
    parser.add_argument("--once", action="store_true", help=say("把等待的做完就结束"))
    parser.set_defaults(run=_work)
    acts = parser.add_subparsers(dest="act", metavar=say("操作"))
    summary = say("列出没做完的任务")
    shows = acts.add_parser("list", help=summary, description=summary, allow_abbrev=False)
    shows.add_argument("--failed", action="store_true", help=say("只列没做成的"))
    shows.add_argument("--all", action="store_true", help=say("做完的也列出"))
    shows.set_defaults(run=_list)
    summary = say("让没做成的任务马上再试")
    tries = acts.add_parser("retry", help=summary, description=summary, allow_abbrev=False)
    tries.add_argument("job", nargs="*", type=int, metavar=say("编号"), help=say("任务的编号；不写时是全部没做成的"))
    tries.set_defaults(run=_retry)


def _work(options: argparse.Namespace) -> int:
    open_installation()
    from jiuyuan.worker import loop
    from jiuyuan.worker.kinds import JobKind

    if options.once:
        done = loop.run_waiting()
        print(
            "，".join(
                say("{label}{count}件", label=JobKind(kind).label, count=count) for kind, count in done.items() if count
            )
            or say("没有等待的任务"),
            end="。\n",
        )
    else:
        loop.run_forever()
    return 0


def _list(options: argparse.Namespace) -> int:
    open_installation()
    from jiuyuan.worker import queue
    from jiuyuan.worker.models import Job

    jobs = Job.objects.unscoped()
    if not options.all:
        jobs = jobs.filter(queue.IN_TROUBLE if options.failed else queue.OPEN | queue.IN_TROUBLE)
    for job in jobs[:_SHOWN]:
        progress = f"{job.done}/{job.total}" if job.total else ""
        parts = (str(job.pk), job.title, job.about, job.state.label, progress, job.failure)
        print("  ".join(part for part in parts if part))
    return 0


def _retry(options: argparse.Namespace) -> int:
    open_installation()
    from django.db import transaction

    from jiuyuan.history import services as history
    from jiuyuan.refusals import Conflict, WrongState
    from jiuyuan.worker import queue
    from jiuyuan.worker.models import Job

    jobs = (
        Job.objects.unscoped().filter(pk__in=options.job)
        if options.job
        else Job.objects.unscoped().filter(queue.IN_TROUBLE)
    )
    found = list(jobs.order_by("pk"))
    if missing := set(options.job) - {job.pk for job in found}:
        raise CannotStart(say("没有编号为 {missing} 的任务。", missing=map(str, sorted(missing))))
    tried = 0
    for job in found:
        try:
            with transaction.atomic():
                queue.retry_as(history.SYSTEM, job.pk)
            tried += 1
        except (Conflict, WrongState) as refusal:
            print(f"{job.pk}  {job.title}：{refusal.title}")
    print(say("马上再试 {tried} 个任务。", tried=tried))
    return 0
