"""`jiuyuan procedures`: all transition tables as a document."""

import argparse
from typing import Any

from jiuyuan.wording import say


def register(subparsers: Any) -> None:
    summary = say("列出每一种办理流程：状态、动作、谁来办、依据（Markdown）")
    parser = subparsers.add_parser("procedures", help=summary, description=summary, allow_abbrev=False)
    parser.set_defaults(run=_run)


def _run(_options: argparse.Namespace) -> int:
    from jiuyuan.commands.installed import open_installation

    open_installation()
    from jiuyuan.procedures.documents import document

    print(document(), end="")
    return 0
