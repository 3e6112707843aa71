"""`jiuyuan decide`, `exits`, `workdays` and `retirement`: the rules on the command line, without Django."""

from __future__ import annotations

import argparse
import gc
import json
import os
import re
import sys
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from jiuyuan.cli import CannotStart
from jiuyuan.wording import say

if TYPE_CHECKING:
    from jiuyuan.rules.facts import Facts
    from jiuyuan.rules.policy import ExitAnswer, Policy, Ruling

_CHUNK = 1 << 16


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


# Days -----------------------------------------------------------------------------------------------------------------------


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


def _own_holidays() -> None:
    """Take over the years that an administrator has added to the data folder."""
    from jiuyuan.config import data_folder
    from jiuyuan.rules import calendar

    path = data_folder() / "holidays.toml"
    if path.is_file():
        try:
            calendar.extend(path)
        except calendar.HolidayFileError as error:
            raise CannotStart(str(error)) from None


def _workdays(options: argparse.Namespace) -> int:
    from jiuyuan.rules import calendar

    _own_holidays()
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


# JSON Lines -----------------------------------------------------------------------------------------------------------------


def _decide(options: argparse.Namespace) -> int:
    if options.rerun is not None:
        return _rerun(options.rerun)
    policy = _policy(options.policy)
    return _answer_lines(options.file, policy, policy.decide, say("判断"))


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
    return _answer_lines(options.file, policy, policy.decide_exits, say("核查"))


def _policy(name: str | None) -> Policy:
    from jiuyuan.regions import registry
    from jiuyuan.rules.policy import UnknownPolicy

    try:
        return registry.asked_for(name)
    except UnknownPolicy as error:
        raise CannotStart(str(error)) from None


def _answer_lines(file: str | None, policy: Policy, answer: Callable[[Facts], Ruling | ExitAnswer], verb: str) -> int:
    """Answer every line in its place. Returns 1 where there was a bad one. Memory does not grow with the input."""
    from jiuyuan.rules.answers import utf8
    from jiuyuan.rules.facts import Invalid

    quickly, parse = policy.line_reader(), policy.parse
    loads = json.JSONDecoder(parse_constant=_no_constant, object_pairs_hook=_Object).decode
    output = sys.stdout.buffer
    status = number = 0
    gc.freeze()  # nothing of what is here already, and nothing that a line leaves behind, goes round in circles
    gc.set_threshold(100_000, 50, 1000)
    with _opened(file) as stream:
        for lines in _progress(_chunks(stream), stream, verb):
            answers = []
            for line in lines:
                number += 1
                mapping: Any = None
                try:
                    facts = quickly(line)
                    if facts is None:
                        mapping = loads(line.decode("utf-8-sig" if number == 1 else "utf-8"))
                        if isinstance(mapping, _Object) and mapping.twice:
                            raise Invalid([(name, _TWICE.format(name)) for name in mapping.twice])
                        facts = parse(mapping)
                    answers.append(answer(facts).line())
                    continue
                except Invalid as invalid:
                    fault = str(invalid)
                except UnicodeDecodeError:
                    fault = say("这一行不是 UTF-8 编码的文字，请转换编码后再试")
                except RecursionError:
                    fault = say("这一行的 JSON 嵌套过深")
                except ValueError as error:
                    fault = _json_fault(error)
                status = 1
                given = mapping.get("id") if isinstance(mapping, dict) else None
                answers.append(utf8(json.dumps({"line": number, "id": given, "error": fault}, ensure_ascii=False)))
            answers.append(b"")
            output.write(b"\n".join(answers))
            output.flush()
    return status


_TWICE = "字段“{}”在这一行写了不止一次，请只留一个"


class _Object(dict[str, Any]):
    """A JSON object that knows which of its names stand in it more than once."""

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        self.twice: list[str] = []
        if len(self) < len(pairs):
            written = [name for name, _ in pairs]
            self.twice = [name for name in self if written.count(name) > 1]


def _no_constant(name: str) -> Any:
    raise ValueError(say("{name} 不是 JSON 的数", name=name))


def _json_fault(error: ValueError) -> str:
    if isinstance(error, json.JSONDecodeError):
        return say("这一行不是有效的 JSON（第{pos}个字符附近），每行应为一个完整的 JSON 对象", pos=error.pos + 1)
    return say("这一行不是有效的 JSON：{error}", error=error)


def _opened(file: str | None) -> BinaryIO:
    if file is None or file == "-":
        return os.fdopen(os.dup(sys.stdin.fileno()), "rb", buffering=0)
    try:
        return open(file, "rb", buffering=0)
    except OSError as error:
        reason = {
            FileNotFoundError: say("没有这个文件"),
            PermissionError: say("没有权限读这个文件"),
            IsADirectoryError: say("这是一个文件夹"),
        }
        raise CannotStart(
            say("打不开 {file}：{reason}", file=file, reason=reason.get(type(error), error.strerror))
        ) from None


def _chunks(stream: BinaryIO) -> Iterator[list[bytes]]:
    """Whole lines as they come in, so that a program at the other end of a pipe is answered at once.

    Empty lines at the very end are no lines; an empty line before others is one, and a bad one.
    """
    rest: list[bytes] = []
    empty = 0
    while chunk := stream.read(_CHUNK):
        whole, newline, tail = chunk.rpartition(b"\n")
        if not newline:
            rest.append(chunk)
            continue
        lines = (b"".join(rest) + whole).split(b"\n")
        rest = [tail]
        lines = [b""] * empty + lines
        empty = 0
        while lines and not lines[-1].strip():
            lines.pop()
            empty += 1
        yield lines
    last = b"".join(rest)
    if last.strip():
        yield [b""] * empty + [last]


def _progress(chunks: Iterator[list[bytes]], stream: BinaryIO, verb: str) -> Iterator[list[bytes]]:
    if not sys.stderr.isatty() or sys.stdout.isatty():
        yield from chunks
        return
    from tqdm import tqdm

    size = (
        os.fstat(stream.fileno()).st_size
        if Path(stream.name if isinstance(stream.name, str) else "").is_file()
        else None
    )
    with tqdm(total=size, unit="B", unit_scale=True, desc=verb, file=sys.stderr) as bar:
        for lines in chunks:
            yield lines
            bar.update(sum(map(len, lines)) + len(lines))
