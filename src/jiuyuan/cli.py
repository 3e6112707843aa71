"""The command line `jiuyuan`: imports the group of the requested command and runs it.

It has no rules or permissions.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import NoReturn

from jiuyuan.config import UnusableConfig
from jiuyuan.wording import say

#: The modules of `jiuyuan.commands` with their commands, so that only the requested one is imported.
GROUPS: dict[str, tuple[str, ...]] = {
    "rules": ("decide", "exits", "entitlement", "workdays", "retirement"),
    "screening": ("screen",),
    "demonstration": ("demo",),
    "installation": ("init", "manage"),
    "backups": ("backup", "restore"),
    "upgrades": ("upgrade",),
    "check": ("check",),
    "keys": ("rekey",),
    "worker": ("worker",),
    "audit": ("audit",),
    "draw": ("draw",),
    "accounts": ("token", "account"),
    "agencies": ("agency",),
    "procedures": ("procedures",),
    "duties": ("duties",),
    "catalogue": ("catalogue",),
    "nightly": ("nightly",),
    "imports": ("import-records", "import-register"),
}

EXIT_OK, EXIT_BAD_LINES, EXIT_CANNOT_START, EXIT_INTERRUPTED = 0, 1, 2, 130


class CannotStart(Exception):
    """A command cannot work at all; the message says in Chinese what to correct. Exit status 2."""


_CHINESE = (
    (r"unrecognized arguments: (.+)", r"没有这个选项：\1"),
    (r"the following arguments are required: (.+)", r"还缺少：\1"),
    (r"argument (.+?): expected one argument", r"选项 \1 后面要写一个值"),
    (r"argument (.+?): expected at least one argument", r"选项 \1 后面至少要写一个值"),
    (r"argument (.+?): invalid choice: (.+?) \(choose from (.+)\)", r"\1 不能是 \2，可以是 \3"),
    (r"argument (.+?): invalid int value: (.+)", r"\1 应为整数，不是 \2"),
    (r"argument (.+?): not allowed with argument (.+)", r"\1 不能与 \2 同时使用"),
    (r"ambiguous option: (.+?) could match (.+)", r"选项 \1 不明确，可能是 \2"),
    (r"argument (.+?): (.+)", r"\1：\2"),
)


class CommandParser(argparse.ArgumentParser):
    """Reports command-line errors in Chinese."""

    def error(self, message: str) -> NoReturn:
        for pattern, chinese in _CHINESE:
            if re.fullmatch(pattern, message, re.DOTALL):
                message = re.sub(pattern, chinese, message, flags=re.DOTALL)
                break
        self.exit(EXIT_CANNOT_START, say("{prog}：{message}\n用法见 {prog} --help\n", prog=self.prog, message=message))


def _parser(wanted: str | None) -> CommandParser:
    parser = CommandParser(prog="jiuyuan", description=say("就援：就业困难人员认定与帮扶"), allow_abbrev=False)
    subparsers = parser.add_subparsers(dest="command", metavar=say("命令"), required=True, parser_class=CommandParser)
    groups = [group for group, names in GROUPS.items() if wanted in names] or list(GROUPS)
    for group in groups:
        import_module(f"jiuyuan.commands.{group}").register(subparsers)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command and return its exit status. `argv` is without the program's name."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    try:
        options = _parser(arguments[0] if arguments else None).parse_args(arguments)
        status = options.run(options)
        sys.stdout.flush()
        return int(status or EXIT_OK)
    except (CannotStart, UnusableConfig) as error:
        print(f"jiuyuan：{error}", file=sys.stderr)
        return EXIT_CANNOT_START
    except BrokenPipeError:  # the reader has closed the pipe (head); do not write anything at exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_OK
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    except Exception as error:
        if (trouble := _trouble(error)) is None:
            raise
        print(f"jiuyuan：{trouble}", file=sys.stderr)
        return EXIT_CANNOT_START
    except SystemExit as error:  # argparse: --help and invalid options
        return error.code if isinstance(error.code, int) else EXIT_CANNOT_START


def _trouble(error: Exception) -> str | None:
    """A machine's failure in Chinese: the disk is full, the database busy or unreachable."""
    from jiuyuan.troubles import foreseen  # importing it takes longer than a rule needs to decide

    found = foreseen(error)
    return found.title if found else None
