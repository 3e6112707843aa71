"""`jiuyuan agency import`: a table of agencies, for the operator of the installation."""

import argparse
from pathlib import Path
from typing import Any

from jiuyuan.cli import EXIT_BAD_LINES, CannotStart
from jiuyuan.commands.accounts import operator, saying
from jiuyuan.wording import say


def register(subparsers: Any) -> None:
    summary = say("机构：从表格新设或更新（代码、名称、上级、地址、电话、办公时间、负责人）")
    parser = subparsers.add_parser("agency", help=summary, description=summary, allow_abbrev=False)
    actions = parser.add_subparsers(dest="action", metavar=say("动作"), required=True, parser_class=type(parser))
    take = actions.add_parser(
        "import", help=say("导入机构表，逐行说明结果；有不能用的行时退出码为1"), allow_abbrev=False
    )
    take.add_argument("file", metavar="FILE", type=Path, help=say("XLSX、XLS 或 CSV 文件，第一行是表头"))
    take.add_argument("--dry-run", action="store_true", help=say("只说明每一行会怎样，不改动任何记录"))
    take.set_defaults(run=saying(_import))


def _import(options: argparse.Namespace) -> int:
    from jiuyuan.desk import offices_file

    try:
        with options.file.open("rb") as file:
            rows = offices_file.take(operator(), file, options.file.name, dry=options.dry_run)
    except OSError as error:
        raise CannotStart(
            say("文件 {file} 读不出来：{strerror}。", file=options.file, strerror=error.strerror)
        ) from None
    counted = "，".join(
        say("{label}{count}行", label=label, count=count) for label, count in offices_file.counted(rows)
    ) or say("文件中没有数据行")
    done = say("试运行完成，没有改动任何记录") if options.dry_run else say("导入完成")
    print(say("{done}：{counted}。", done=done, counted=counted))
    rejected = [row for row in rows if row.outcome == "rejected"]
    for row in rejected:
        print(
            say(
                "  第{number}行（{code} {name}）：{message}",
                number=row.number,
                code=row.code,
                name=row.name,
                message=row.message,
            )
        )
    return EXIT_BAD_LINES if rejected else 0
