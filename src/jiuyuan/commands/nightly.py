"""`jiuyuan nightly`: the nightly run for cron or a systemd timer; safe to run twice, continues after a kill."""

import argparse
import sys
from typing import Any

from jiuyuan import demonstration_progress
from jiuyuan.cli import CannotStart
from jiuyuan.commands.installed import open_installation
from jiuyuan.wording import say

_FIGURES = {
    "proposals": "新的退出建议",
    "investigations": "新的调查",
    "lapsed": "情形消失的建议",
    "warnings": "未来30天的预警",
    "families_cleared": "清零的零就业家庭",
    "due_dates": "重新推算的期限",
    "drafts_reminded": "提醒本人还没提交的申请",
    "seals": "盖章",
    "months_closed": "结账的统计月",
    "messages": "发出消息",
    "erased": "到期清除的资料",
    "rerun_differs": "按原政策重新判断、结果与存档不同的判定（jiuyuan decide --rerun 逐件列出）",
    "unreadable": "事实自相矛盾、不能判断的档案",
    "unsealed": "当日记录没有封存（封存密钥读不到）",
}


def register(subparsers: Any) -> None:
    summary = say("夜间核查：全部在册人员的退出情形、线索、预警和期限，封存当日记录")
    parser = subparsers.add_parser("nightly", help=summary, description=summary, allow_abbrev=False)
    parser.set_defaults(run=_nightly)


def _nightly(_options: argparse.Namespace) -> int:
    if demonstration_progress.progress(open_installation()):
        raise CannotStart(demonstration_progress.NOT_YET)
    from tqdm import tqdm

    from jiuyuan import clock
    from jiuyuan.applications.jobs import show_step
    from jiuyuan.applications.nightly import run
    from jiuyuan.worker import leases
    from jiuyuan.worker.kinds import JobKind
    from jiuyuan.worker.loop import take_here

    day = clock.today().isoformat()
    job = take_here(JobKind.NIGHTLY, day, about=day)  # if killed, the worker continues it

    bar = tqdm(unit=say("人"), disable=not sys.stderr.isatty(), file=sys.stderr)

    def progress(step: str, done: int) -> None:
        bar.set_description(step)
        bar.update(done)
        show_step(job, step, done)

    try:
        finished = run(progress)
    except leases.Lost:
        raise CannotStart(say("另一个程序接手了今天的夜间核查，请在后台任务中看它的进展。")) from None
    leases.finish(job)
    bar.close()
    figures = "，".join(
        f"{label}{finished.figures[name]}" for name, label in _FIGURES.items() if finished.figures.get(name)
    )
    print(
        say(
            "{day} 夜间核查完成，在册{total}人。{figures}。",
            day=finished.day,
            total=finished.total,
            figures=figures or say("没有新的情况"),
        )
    )
    return 0
