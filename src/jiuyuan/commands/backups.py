"""`jiuyuan backup` and `jiuyuan restore`: a complete copy of an installation, and restoring it."""

import argparse
import sys
from pathlib import Path
from typing import Any

from jiuyuan.cli import EXIT_BAD_LINES, CannotStart
from jiuyuan.commands.installed import open_installation
from jiuyuan.wording import say


def register(subparsers: Any) -> None:
    summary = say("备份：数据库、材料、封存值和自己的设置，写进一个新文件夹；不含密钥")
    parser = subparsers.add_parser("backup", help=summary, description=summary, allow_abbrev=False)
    parser.add_argument(
        "into", type=Path, metavar=say("文件夹"), help=say("各次备份放在其中，应在另一块盘或另一台机器上")
    )
    parser.add_argument("--keep", type=int, default=0, metavar="N", help=say("做完后只留最近的 N 份；不写时一份也不删"))
    parser.set_defaults(run=_backup)
    summary = say("把一份备份恢复到空的安装，再逐表对照、核对记录；有不一致时退出码为1")
    parser = subparsers.add_parser("restore", help=summary, description=summary, allow_abbrev=False)
    parser.add_argument("backup", type=Path, metavar=say("备份"), help=say("jiuyuan backup 写出的文件夹"))
    parser.add_argument(
        "--drill", action="store_true", help=say("演练：恢复到临时的数据库和文件夹，对照后删去，并记下演练过")
    )
    parser.add_argument("--scratch", type=Path, metavar="DIR", help=say("演练用的临时文件夹放在哪里"))
    parser.set_defaults(run=_restore)


def _backup(options: argparse.Namespace) -> int:
    installation = open_installation()
    from jiuyuan.operations import backup, manifest
    from jiuyuan.refusals import Refusal

    try:
        done = backup.make(installation, options.into, options.keep)
    except Refusal as refusal:
        raise CannotStart(refusal.title) from None
    made = manifest.read(done)
    print(
        say(
            "备份在 {done}：{rows}行，材料{documents}份。",
            done=done,
            rows=sum(made.counts.values()),
            documents=made.documents,
        )
    )
    if made.missing_documents:
        count = len(made.missing_documents)
        print(say("注意：有{count}份材料数据库中有记载、却没有文件，备份里也没有。", count=count), file=sys.stderr)
    print(
        say(
            "其中没有密钥。没有当时的密钥就恢复不了，请另外保管：{left_out}（指纹：{prints}）。",
            left_out=made.left_out,
            prints=[f"{name} {print_}" for name, print_ in made.keys.items()],
        )
    )
    return 0


def _restore(options: argparse.Namespace) -> int:
    installation = open_installation()
    from jiuyuan.operations import drill, restore
    from jiuyuan.refusals import Refusal

    try:
        if options.drill:
            print(drill.drill(installation, options.backup, options.scratch), end="")
            print(say("演练通过，临时的数据库和文件夹已删去。"))
            return 0
        differing = restore.bring_back(
            installation, options.backup, lambda step: print(f"{step} …", file=sys.stderr, flush=True)
        )
    except Refusal as refusal:
        raise CannotStart(refusal.title) from None
    for line in differing:
        print(line)
    if differing:
        print(say("恢复完成，有{count}处与备份不一致。", count=len(differing)))
        return EXIT_BAD_LINES
    print(say("恢复完成：各表的行数与备份一致，材料齐全，办事记录没有发现问题。"))
    return 0
