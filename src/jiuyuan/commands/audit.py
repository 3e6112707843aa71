"""`jiuyuan audit`: verification of the record, seals, and the signing key."""

import argparse
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import date
from itertools import chain
from pathlib import Path
from typing import Any

from jiuyuan import config
from jiuyuan.cli import EXIT_BAD_LINES, CannotStart
from jiuyuan.commands.installed import open_installation
from jiuyuan.wording import say


def register(subparsers: Any) -> None:
    summary = say("核对办事记录有没有被改动；封存记录；封存所用的密钥")
    parser = subparsers.add_parser("audit", help=summary, description=summary, allow_abbrev=False)
    actions = parser.add_subparsers(dest="action", metavar=say("动作"), required=True, parser_class=type(parser))
    verify = actions.add_parser("verify", help=say("核对全部记录，逐句写出问题；有问题时退出码为1"), allow_abbrev=False)
    verify.add_argument(
        "--ledger", type=Path, metavar="FILE", help=say("另处留存的封存值；不写时只与数据文件夹中的核对")
    )
    verify.add_argument("--key", type=Path, metavar="FILE", help=say("核对签名用的公钥；不写时用本安装的密钥文件"))
    verify.add_argument(
        "--state", action="store_true", help=say("再把记录重放一遍，与申请、认定、事实等各表逐行对照（人多时要几分钟）")
    )
    verify.set_defaults(run=_verify)
    seal = actions.add_parser(
        "seal", help=say("封存上次封存以来的记录，封存值另写进数据文件夹的 digests.jsonl"), allow_abbrev=False
    )
    seal.add_argument("--day", metavar="YYYY-MM-DD", help=say("不写时为今天；一天可以封存多次"))
    seal.set_defaults(run=_seal)
    key = actions.add_parser("key", help=say("写出封存所用的公钥，交给别处核对的人"), allow_abbrev=False)
    key.add_argument("--new", action="store_true", help=say("换一把新密钥，原来的只留公钥，用来核对以前的签名"))
    key.set_defaults(run=_key)


def _verify(options: argparse.Namespace) -> int:
    for given in (options.ledger, options.key):
        if given is not None and not given.is_file():
            raise CannotStart(say("没有文件 {given}。", given=given))
    installation = open_installation()
    from jiuyuan.history import sealing

    for warning in sealing.warnings(installation.ledger, options.ledger):
        print(say("注意：{warning}", warning=warning), file=sys.stderr, flush=True)
    faults = 0
    record = sealing.verify(installation.ledger, outside=options.ledger, key=options.key)
    for fault in chain(record, _state() if options.state else ()):
        faults += 1
        print(fault, flush=True)
    print(
        say("发现{faults}处问题（共{extent}）。", faults=faults, extent=_extent())
        if faults
        else say("没有发现问题：{extent}。", extent=_extent())
    )
    return EXIT_BAD_LINES if faults else 0


def _state() -> Iterator[str]:
    """Yield every row of the tables that differs from the record."""
    from django.db import DatabaseError
    from tqdm import tqdm

    from jiuyuan.applications import replay as cases
    from jiuyuan.assistance import replay as help_
    from jiuyuan.money import batch_replay as payments
    from jiuyuan.oversight import replay as supervision

    uncompared: Counter[str] = Counter()
    try:
        parts = (cases, help_, payments, supervision)
        total = sum(part.total() for part in parts)
        with tqdm(desc=say("重放记录"), unit=say("份"), total=total, disable=None, file=sys.stderr) as bar:
            for part in parts:
                yield from part.verify_state(bar.update, uncompared)
    except DatabaseError as error:
        yield say("各表读不出来，没有对照完：{split}", split=" ".join(str(error).split()))
    if uncompared["rows"]:
        older = say("行是升级以前写下的，当时的记录没有写全，能对照的对照了，其余没有对照。")
        print(say("注意：有{rows}{older}", rows=uncompared["rows"], older=older), file=sys.stderr, flush=True)


def _extent() -> str:
    from django.db import DatabaseError

    from jiuyuan.history import sealing

    try:
        counted = sealing.extent()
    except DatabaseError:
        return say("数不清有多少记录")
    return say(
        "{files}个案卷、{entries}条记录、{looks}次查看，已封存{seals}次，"
        "此后还有{open_entries}条记录、{open_looks}次查看没有封存",
        files=counted.files,
        entries=counted.entries,
        looks=counted.looks,
        seals=counted.seals,
        open_entries=counted.open_entries,
        open_looks=counted.open_looks,
    )


def _seal(options: argparse.Namespace) -> int:
    installation = open_installation()
    from jiuyuan import clock
    from jiuyuan.history import sealing
    from jiuyuan.refusals import Conflict

    try:
        day = date.fromisoformat(options.day) if options.day else clock.today()
    except ValueError:
        raise CannotStart(say("日期应写成 2026-03-02 的样子，不是 {day}", day=options.day)) from None
    if day > clock.today():
        raise CannotStart(say("{day} 还没有到，不能封存。", day=day))
    try:
        digest = sealing.seal(day, installation.ledger)
    except Conflict as refusal:
        raise CannotStart(refusal.title) from None
    except OSError as error:
        raise CannotStart(
            say(
                "封存值写不进 {filename}：{strerror}。",
                filename=error.filename or installation.ledger,
                strerror=error.strerror,
            )
        ) from None
    print(say("{digest} 已封存，封存值 {hash}", digest=digest, hash=digest.hash))
    return 0


def _key(options: argparse.Namespace) -> int:
    installation = config.load()
    from jiuyuan.history import ledger_key

    try:
        if options.new:
            ledger_key.create(installation.ledger_key)
    except OSError as error:
        raise CannotStart(
            say("密钥写不进 {ledger_key}：{strerror}。", ledger_key=installation.ledger_key, strerror=error.strerror)
        ) from None
    print(ledger_key.public(installation.ledger_key), end="")
    return 0
