"""`jiuyuan check`: checks the machine and the installation, and says what to do."""

import argparse
from typing import Any

from jiuyuan.cli import EXIT_BAD_LINES
from jiuyuan.commands.installed import open_installation
from jiuyuan.wording import say


def register(subparsers: Any) -> None:
    summary = say("体检：机器、数据库、密钥、证书、备份等逐项检查，说明怎么办；有问题时退出码为1")
    parser = subparsers.add_parser("check", help=summary, description=summary, allow_abbrev=False)
    parser.set_defaults(run=_check)


def _check(_options: argparse.Namespace) -> int:
    """Run the checks; changes nothing."""
    open_installation()
    from jiuyuan.operations import checks

    found = list(checks.findings())
    for one in found:
        print(say("{level}  {what}：{said}", level=one.level.value, what=one.what, said=one.said))
        if one.todo:
            print(f"        → {one.todo}")
    bad = sum(one.level is checks.Level.BAD for one in found)
    soon = sum(one.level is checks.Level.SOON for one in found)
    print(say("共查{count}项，{bad}项有问题，{soon}项要处理。", count=len(found), bad=bad, soon=soon))
    return EXIT_BAD_LINES if bad else 0
