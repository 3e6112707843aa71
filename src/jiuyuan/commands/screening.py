"""`jiuyuan screen`: evaluates a policy for a whole population."""

from __future__ import annotations

import argparse
import os
import re
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jiuyuan.cli import EXIT_BAD_LINES, EXIT_OK, CannotStart
from jiuyuan.wording import say

if TYPE_CHECKING:
    from jiuyuan.screening.columns import Columns
    from jiuyuan.screening.question import ScreeningQuestion
    from jiuyuan.screening.screen import Progress, Screened, Stage

ENGINES = ("duckdb", "spark", "postgres")
REGISTER = "register"


def register(subparsers: Any) -> None:
    summary = say("对一批人或整个登记库逐人判断能否认定，或有无退出情形")
    parser = subparsers.add_parser("screen", help=summary, description=summary, allow_abbrev=False)
    parser.add_argument(
        "people", metavar="PEOPLE",
        help=say("名单：Parquet、CSV 或 XLSX 文件，装有它们的文件夹，或通配符；用 postgres 时为表名；register 为本系统的登记库"),
    )  # fmt: skip
    parser.add_argument(
        "--as-of", metavar="DATE", type=_day, required=True, help=say("按哪一天的情况判断，例如 2026-11-25")
    )
    parser.add_argument(
        "--out", metavar="RESULT", type=Path, required=True, help=say("结果文件：.parquet、.csv 或 .xlsx")
    )
    parser.add_argument(
        "--question", choices=("decide", "exits"), default="decide", help=say("能否认定，或有无退出情形")
    )
    parser.add_argument("--engine", choices=ENGINES, default="duckdb", help=say("计算引擎，默认 duckdb"))
    parser.add_argument(
        "--policy", metavar="POLICY", help=say("政策代号，或政策文件（.py）的路径；默认为本地区最新的政策")
    )
    parser.add_argument("--base", action="store_true", help=say("结果中也列出各项基本条件"))
    parser.add_argument("--report", metavar="HTML", type=Path, help=say("另写一份可以转发的统计报告（一个 HTML 文件）"))
    parser.add_argument("--rejects", metavar="FILE", type=Path, help=say("不能使用的行写到这里；默认在结果文件旁边"))
    parser.add_argument(
        "--ignore", metavar="COLUMN", action="append", default=[],
        help=say("不参与筛查的列名，可以写几个，用逗号隔开；'*' 表示凡是不认识的列都不读"),
    )  # fmt: skip
    parser.add_argument(
        "--sheet", metavar="NAME", default="", help=say("XLSX 中用哪一张工作表；默认自动寻找有列名的那一张")
    )
    parser.add_argument("--master", metavar="URL", help=say("Spark 集群地址，默认在本机运行（local[*]）"))
    parser.add_argument("--dsn", metavar="URL", help=say("PostgreSQL 地址；默认取环境变量 JIUYUAN_DATABASE_URL"))
    parser.set_defaults(run=_screen)


def _day(text: str) -> date:
    from jiuyuan.commands.rules import _day

    return _day(text)


def _screen(options: argparse.Namespace) -> int:
    from jiuyuan.commands.rules import know_the_installation
    from jiuyuan.refusals import BadInput
    from jiuyuan.regions import registry
    from jiuyuan.rules.policy import UnknownPolicy
    from jiuyuan.screening.columns import Columns
    from jiuyuan.screening.question import ScreeningQuestion

    if options.base and options.question == "exits":
        raise CannotStart(say("--base 只用于 --question decide"))
    if options.master and options.engine != "spark":
        raise CannotStart(say("--master 只用于 --engine spark"))
    if options.report and not options.report.absolute().parent.is_dir():
        raise CannotStart(say("没有文件夹 {parent}，请先建好", parent=options.report.absolute().parent))
    know_the_installation()
    try:
        asked = ScreeningQuestion(
            registry.asked_for(options.policy), options.as_of, options.question, options.base
        )  # fmt: skip
        columns = Columns(asked.policy.known_facts, _headings(options.ignore), options.sheet)
        with _progress() as progress, _stopped_by_signal(progress) as watched:
            screened = _screened(options, asked, columns, watched)
    except (BadInput, UnknownPolicy) as error:
        raise CannotStart(str(error)) from None
    print(screened.summary.text())
    if columns.left_out:
        print(say("没有读的列：{left_out}", left_out=columns.left_out), file=sys.stderr)
    if options.report:
        from jiuyuan.screening.report import write

        write(screened.summary, options.report)
    if screened.summary.rejected:
        print(
            say(
                "有{rejected:,}行不能使用，逐行的原因见 {rejects}",
                rejected=screened.summary.rejected,
                rejects=screened.rejects,
            ),
            file=sys.stderr,
        )
        return EXIT_BAD_LINES
    return EXIT_OK


def _screened(options: argparse.Namespace, asked: ScreeningQuestion, columns: Columns, progress: Progress) -> Screened:
    from jiuyuan.screening import screen

    # Engines are imported on use: psycopg alone takes a third of the start.
    rest = (asked, options.out, options.rejects)
    if options.people == REGISTER:
        return _register(options, asked, progress)
    if options.engine == "postgres":
        from jiuyuan.screening import postgres_engine

        url = options.dsn or os.environ.get("JIUYUAN_DATABASE_URL")
        if not url:
            raise CannotStart(say("请用 --dsn 或环境变量 JIUYUAN_DATABASE_URL 写明 PostgreSQL 的地址"))
        with postgres_engine.connect(url) as connection:
            people = postgres_engine.People.table(connection, options.people, asked, columns)
            return screen.screen_postgres(people, *rest, progress)
    if options.engine == "spark":
        from jiuyuan.screening import spark_engine

        with spark_engine.session(options.master) as spark:
            return screen.screen(options.people, *rest, partial(spark_engine.answers, spark), progress, columns)
    return screen.screen(options.people, *rest, progress=progress, columns=columns)


def _headings(said: list[str]) -> list[str]:
    return [heading for words in said for heading in re.split("[,，、]", words) if heading.strip()]


def _register(options: argparse.Namespace, asked: ScreeningQuestion, progress: Progress) -> Screened:
    """Screen the system's own register, in place if it is in PostgreSQL."""
    from jiuyuan import config
    from jiuyuan.commands.installed import open_installation
    from jiuyuan.recognitions import register
    from jiuyuan.screening import screen

    installation = config.load()

    rest = (asked, options.out, options.rejects, progress)
    if options.engine == "spark":
        raise CannotStart(say("登记库（register）在数据库中，不能用 --engine spark 筛查"))
    if installation.database_url.startswith("postgres"):
        from jiuyuan.screening import postgres_engine

        with postgres_engine.connect(options.dsn or installation.database_url) as connection:
            relation = f"({register.in_postgres(asked.policy.facts)}) AS register"
            return screen.screen_postgres(postgres_engine.People(connection, relation, REGISTER, asked), *rest)
    if options.engine == "postgres":
        raise CannotStart(say("本系统的数据库不是 PostgreSQL，请去掉 --engine postgres"))
    open_installation()
    from jiuyuan.recognitions import register_batches

    return screen.screen_batches(register_batches.batches(asked.policy.facts), REGISTER, *rest)


@contextmanager
def _stopped_by_signal(progress: Progress) -> Iterator[Progress]:
    """Stop the run on SIGINT and SIGTERM, so that temporary files are deleted.

    Libraries may turn the interruption into another error or swallow it, so it is remembered.
    """
    stopped = False

    def stop(number: int, frame: object) -> None:
        nonlocal stopped
        stopped = True
        raise KeyboardInterrupt

    def watched(stage: Stage, done: int, of: int) -> None:
        if stopped:
            raise KeyboardInterrupt
        progress(stage, done, of)

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        yield watched
    except Exception:
        if stopped:
            raise KeyboardInterrupt from None
        raise
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _progress() -> Iterator[Progress]:
    """A progress bar for each stage, on a terminal."""
    if not sys.stderr.isatty():
        yield lambda stage, done, of: None
        return
    from tqdm import tqdm

    bars: dict[str, Any] = {}

    def progress(stage: str, done: int, of: int) -> None:
        if stage not in bars:
            for bar in bars.values():
                bar.close()
            unit = say("人") if stage == "筛查" else "B"
            bars[stage] = tqdm(total=of, unit=unit, unit_scale=True, desc=stage, file=sys.stderr)
        bars[stage].update(done)

    try:
        yield progress
    finally:
        for bar in bars.values():
            bar.close()
