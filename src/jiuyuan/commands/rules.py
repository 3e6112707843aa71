"""`jiuyuan decide`, `exits`, `entitlement`, `workdays` and `retirement`: the rules on the command line,
without Django.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from datetime import date
from typing import TYPE_CHECKING, Any

from jiuyuan.cli import CannotStart
from jiuyuan.commands.json_lines import answer_lines
from jiuyuan.wording import say

if TYPE_CHECKING:
    from jiuyuan.rules.policy import Policy


def register(subparsers: Any) -> None:
    for name, run, summary in (
        ("decide", _decide, say("逐行判断能否认定为就业困难人员（输入和输出均为 JSON Lines）")),
        ("exits", _exits, say("逐行判断有无退出情形（输入和输出均为 JSON Lines）")),
    ):
        parser = subparsers.add_parser(name, help=summary, description=summary, allow_abbrev=False)
        parser.add_argument("file", nargs="?", metavar="FILE", help=say("输入文件；不写或写 - 时读标准输入"))
        parser.add_argument(
            "--policy", metavar="POLICY", help=say("政策代号，或政策文件（.py）的路径；默认为本地区最新的政策")
        )
        parser.set_defaults(run=run, rerun=None)
        if name == "decide":
            parser.add_argument(
                "--rerun", metavar="N", type=_count,
                help=say("从存档的判定中抽 N 件，按当时的事实和政策重新判断，列出结果不同的；有不同的，退出状态为1"),
            )  # fmt: skip

    summary = say("逐行计算补贴已享受和还可享受的月数（输入和输出均为 JSON Lines）")
    parser = subparsers.add_parser("entitlement", help=summary, description=summary, allow_abbrev=False)
    parser.add_argument("file", nargs="?", metavar="FILE", help=say("输入文件；不写或写 - 时读标准输入"))
    parser.set_defaults(run=_entitlement)

    parser = subparsers.add_parser(
        "workdays",
        help=say("计算工作日期限的最后一天"),
        description=say("从 DATE 起 N 个工作日的期限，到哪一天为止（当天不算）"),
        allow_abbrev=False,
    )
    parser.add_argument("date", metavar="DATE", type=_day, help=say("起始日，例如 2026-09-25"))
    parser.add_argument("count", metavar="N", type=_count, help=say("工作日数"))
    parser.set_defaults(run=_workdays)

    parser = subparsers.add_parser(
        "retirement",
        help=say("计算法定退休年龄和日期"),
        description=say("按渐进式延迟法定退休年龄办法计算"),
        allow_abbrev=False,
    )
    parser.add_argument("--born", metavar="DATE", type=_day, required=True, help=say("出生日期，例如 1965-01-31"))
    parser.add_argument(
        "--track", required=True, choices=("male_60", "female_55", "female_50"), help=say("原法定退休年龄")
    )
    parser.set_defaults(run=_retirement)


def _day(text: str) -> date:
    if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        try:
            return date.fromisoformat(text)
        except ValueError:
            raise argparse.ArgumentTypeError(say("{text} 不是日历上有的日子", text=text)) from None
    raise argparse.ArgumentTypeError(say("“{text}”不是日期，应写成“年-月-日”，例如 2026-09-25", text=text))


def _count(text: str) -> int:
    if re.fullmatch(r"[0-9]{1,6}", text):
        return int(text)
    raise argparse.ArgumentTypeError(say("“{text}”应为不小于0的整数", text=text))


def know_the_installation() -> None:
    """Load the administrator's holidays and the values entered by offices from the data folder."""
    from jiuyuan.config import data_folder
    from jiuyuan.regions import registry
    from jiuyuan.rules import calendar

    path = data_folder() / "holidays.toml"
    try:
        if path.is_file():
            calendar.extend(path)
        registry.read_entered(data_folder())
    except ValueError as error:
        raise CannotStart(str(error)) from None


def _workdays(options: argparse.Namespace) -> int:
    from jiuyuan.rules import calendar

    know_the_installation()
    try:
        due = calendar.add_workdays(options.date, options.count)
    except ValueError as error:
        raise CannotStart(str(error)) from None
    print(due.day.isoformat())
    if due.provisional:
        years = [year for year in range(options.date.year, due.day.year + 1) if year not in calendar.published_years()]
        print(
            say(
                "暂定：{years}年的放假安排尚未公布，只按周末和固定节日计算；公布后日期可能变动。", years=map(str, years)
            ),
            file=sys.stderr,
        )
    return 0


def _retirement(options: argparse.Namespace) -> int:
    from jiuyuan.rules import calendar

    try:
        print(calendar.retirement(options.born, options.track))
    except ValueError:
        raise CannotStart(say("出生日期超出了日历的范围")) from None
    return 0


def _decide(options: argparse.Namespace) -> int:
    if options.rerun is not None:
        return _rerun(options.rerun)
    policy = _policy(options.policy)
    return answer_lines(options.file, policy.line_reader(), policy.parse, policy.decide, say("判断"))


def _rerun(sample: int) -> int:
    from jiuyuan.commands.installed import open_installation

    open_installation()
    from jiuyuan.applications.rerun import differing

    status = 0
    for found in differing(sample):
        print(json.dumps(found.as_json(), ensure_ascii=False))
        status = 1
    return status


def _exits(options: argparse.Namespace) -> int:
    policy = _policy(options.policy)
    return answer_lines(options.file, policy.line_reader(), policy.parse, policy.decide_exits, say("核查"))


def _entitlement(options: argparse.Namespace) -> int:
    from jiuyuan.rules import entitlement_input
    from jiuyuan.rules.entitlement import answer

    return answer_lines(options.file, entitlement_input.line_reader(), entitlement_input.parse, answer, say("计算"))


def _policy(name: str | None) -> Policy:
    from jiuyuan.regions import registry
    from jiuyuan.rules.policy import UnknownPolicy

    know_the_installation()
    try:
        return registry.asked_for(name)
    except UnknownPolicy as error:
        raise CannotStart(str(error)) from None
