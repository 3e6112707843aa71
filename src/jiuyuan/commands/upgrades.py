"""`jiuyuan upgrade`: migrates the tables to the installed version."""

import argparse
from typing import Any

from jiuyuan.cli import CannotStart
from jiuyuan.commands.installed import open_installation
from jiuyuan.wording import say


def register(subparsers: Any) -> None:
    summary = say("升级：把数据库改成本机所装版本的样子；其间网站只能查看")
    parser = subparsers.add_parser("upgrade", help=summary, description=summary, allow_abbrev=False)
    parser.add_argument("--dry-run", action="store_true", help=say("只列出要做的，什么也不改"))
    parser.add_argument("--no-backup", action="store_true", help=say("一天之内没有备份也升级"))
    parser.set_defaults(run=_upgrade)


def _upgrade(options: argparse.Namespace) -> int:
    installation = open_installation()
    import jiuyuan
    from jiuyuan import read_only
    from jiuyuan.agencies import services
    from jiuyuan.operations import runs, upgrade
    from jiuyuan.refusals import Refusal

    try:
        upgrade.refuse_impossible()
        steps = upgrade.waiting()
        before = runs.version_on_file() or say("未记下")
        print(
            say(
                "已装 {version} 版，数据库是 {before} 版，要做 {count} 步。",
                version=jiuyuan.__version__,
                before=before,
                count=len(steps),
            )
        )
        for step in steps:
            print(f"  {step}")
        if options.dry_run:
            return 0
        if steps and not options.no_backup and not read_only.is_read_only(installation.data):
            upgrade.refuse_without_backup()
        upgrade.apply(installation)
        services.plant()
    except Refusal as refusal:
        raise CannotStart(refusal.title) from None
    print(say("升级完成。请重新启动网站和后台程序。"))
    return 0
