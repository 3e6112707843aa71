"""`jiuyuan catalogue`: the texts of pages, letters and programs, for translators."""

import argparse
from typing import Any

from jiuyuan.wording import say


def register(subparsers: Any) -> None:
    summary = say("列出页面、告知书和提示中的全部文字，供翻译（gettext 的 .pot）")
    parser = subparsers.add_parser("catalogue", help=summary, description=summary, allow_abbrev=False)
    parser.set_defaults(run=_run)


def _run(_options: argparse.Namespace) -> int:
    from jiuyuan.commands.installed import open_installation

    open_installation()
    from jiuyuan.catalogue import as_template

    print(as_template(), end="")
    return 0
