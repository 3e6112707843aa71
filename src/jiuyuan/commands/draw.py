"""`jiuyuan draw`: repeats an inspection's draw from its certificate, without an installation."""

import argparse
import sys
from pathlib import Path
from typing import Any

from jiuyuan.cli import EXIT_BAD_LINES, EXIT_OK, CannotStart
from jiuyuan.rules import draw
from jiuyuan.wording import say


def register(subparsers: Any) -> None:
    summary = say("按抽查证书重新抽一遍：一样的逐行写出抽到的案件，不一样的写出哪里不一样，退出状态为1")
    parser = subparsers.add_parser("draw", help=summary, description=summary, allow_abbrev=False)
    parser.add_argument("certificate", type=Path, metavar="CERTIFICATE", help=say("抽查证书（JSON 文件）"))
    parser.add_argument(
        "--ledger",
        type=Path,
        metavar="FILE",
        help=say("另处留存的封存值（digests.jsonl）：再核对证书里的封存值在不在其中"),
    )
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    content = _certificate(options.certificate)
    faults = list(draw.differences(content))
    if options.ledger is not None:
        try:
            with options.ledger.open(encoding="utf-8", errors="replace") as lines:
                if not draw.in_ledger(lines, content["seal"]):
                    faults.append(say("封存值{seal}不在另处留存的文件里。", seal=content["seal"]))
        except OSError as error:
            raise CannotStart(say("读不了文件 {file}：{error}", file=options.ledger, error=error.strerror)) from None
    for fault in faults:
        print(fault, file=sys.stderr)
    if faults:
        return EXIT_BAD_LINES
    print("\n".join(content["drawn"]))
    return EXIT_OK


def _certificate(path: Path) -> dict[str, Any]:
    try:
        return draw.read(path.read_bytes())
    except OSError as error:
        raise CannotStart(say("读不了文件 {file}：{error}", file=path, error=error.strerror)) from None
    except draw.NoCertificate as fault:
        raise CannotStart(str(fault)) from None
