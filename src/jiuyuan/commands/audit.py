"""`jiuyuan audit verify` and `jiuyuan audit seal`: the proof that the record was not touched, and the nightly digest."""

import argparse
from datetime import date
from pathlib import Path
from typing import Any

from jiuyuan import config
from jiuyuan.cli import EXIT_BAD_LINES, CannotStart
from jiuyuan.commands.installed import open_installation

LEDGER = "digests.jsonl"


def register(subparsers: Any) -> None:
    summary = "核对办事记录有没有被改动；封存当日的记录"
    parser = subparsers.add_parser("audit", help=summary, description=summary, allow_abbrev=False)
    actions = parser.add_subparsers(dest="action", metavar="动作", required=True, parser_class=type(parser))
    verify = actions.add_parser("verify", help="核对全部记录，逐句写出问题；有问题时退出码为1", allow_abbrev=False)
    verify.add_argument("--ledger", type=Path, metavar="FILE", help="另处留存的日封存值；不写时用数据文件夹中的")
    verify.set_defaults(run=_verify)
    seal = actions.add_parser("seal", help="封存一天的记录，封存值另写进数据文件夹的 digests.jsonl", allow_abbrev=False)
    seal.add_argument("--day", metavar="YYYY-MM-DD", help="不写时为今天")
    seal.set_defaults(run=_seal)


def _verify(options: argparse.Namespace) -> int:
    ledger = _ledger(options, open_installation())
    from jiuyuan.history import sealing

    faults = 0
    for fault in sealing.verify(ledger):
        faults += 1
        print(fault, flush=True)
    counted = sealing.extent()
    extent = f"{counted.files}个案卷、{counted.entries}条记录，已封存{counted.days}天"
    if faults:
        print(f"发现{faults}处问题（共{extent}）。")
        return EXIT_BAD_LINES
    print(f"没有发现问题：{extent}。")
    return 0


def _ledger(options: argparse.Namespace, installation: config.Config) -> Path:
    if options.ledger is None:
        return installation.data / LEDGER
    if not options.ledger.is_file():
        raise CannotStart(f"没有文件 {options.ledger}。")
    return Path(options.ledger)


def _seal(options: argparse.Namespace) -> int:
    installation = open_installation()
    from jiuyuan import clock
    from jiuyuan.history import sealing
    from jiuyuan.refusals import Conflict

    try:
        day = date.fromisoformat(options.day) if options.day else clock.today()
    except ValueError:
        raise CannotStart(f"日期应写成 2026-03-02 的样子，不是 {options.day}") from None
    if day > clock.today():
        raise CannotStart(f"{day} 还没有到，不能封存。")
    try:
        digest = sealing.seal(day, installation.data / LEDGER)
    except Conflict as refusal:
        raise CannotStart(refusal.title) from None
    print(f"{digest.day} 已封存，封存值 {digest.hash}")
    return 0
