"""`jiuyuan rekey`: re-encrypts with the newest key, adds a key, removes an unused one."""

import argparse
import sys
from typing import Any

from jiuyuan.cli import CannotStart
from jiuyuan.commands.installed import open_installation
from jiuyuan.wording import say


def register(subparsers: Any) -> None:
    summary = say("换密钥：把用旧密钥加密的号码和材料逐批改用最新的密钥；可以中断后再运行")
    parser = subparsers.add_parser("rekey", help=summary, description=summary, allow_abbrev=False)
    one = parser.add_mutually_exclusive_group()
    one.add_argument("--new", action="store_true", help=say("先添一把新密钥；网站和后台程序重新启动后用它加密"))
    one.add_argument(
        "--new-index",
        action="store_true",
        help=say("先添一把新的索引密钥（按号码查人用）；重新启动后运行 jiuyuan rekey"),
    )
    one.add_argument(
        "--retire", type=int, metavar="N", help=say("停用第 N 把：没有内容再用它加密时，从 jiuyuan.toml 中去掉")
    )
    one.add_argument("--count", action="store_true", help=say("只数一数各把密钥下还有多少"))
    parser.set_defaults(run=_rekey)


def _rekey(options: argparse.Namespace) -> int:
    installation = open_installation()
    from tqdm import tqdm

    from jiuyuan.operations import rekey
    from jiuyuan.refusals import Refusal

    try:
        if options.new:
            number = rekey.add_key(installation)
            print(
                say(
                    "已添第{number}把密钥。请马上重新启动网站和后台程序，再运行 jiuyuan rekey；新的 jiuyuan.toml 请另存一份。",
                    number=number,
                )
            )
        elif options.new_index:
            number = rekey.add_index_key(installation)
            print(
                say(
                    "已添第{number}把索引密钥。请马上重新启动网站和后台程序，再运行 jiuyuan rekey；新的 jiuyuan.toml 请另存一份。",
                    number=number,
                )
            )
        elif options.retire is not None:
            rekey.retire(installation, options.retire)
            print(say("已停用第{number}把密钥。以前的备份还要用它，请在别处保管好。", number=options.retire))
        elif options.count:
            for version in sorted(installation.field_keys):
                print(say("第{version}把：{count}项", version=version, count=rekey.under(version).total()))
            if installation.index_keys:
                print(say("还没有改用最新索引密钥的：{count}项", count=rekey.index_under_older()))
        else:
            with tqdm(unit=say("项"), disable=None, file=sys.stderr) as bar:
                done = rekey.encrypt_anew(bar.update)
            print(say("已改用第{version}把密钥：{count}项。", version=max(installation.field_keys), count=done.total()))
    except Refusal as refusal:
        raise CannotStart(refusal.title) from None
    return 0
