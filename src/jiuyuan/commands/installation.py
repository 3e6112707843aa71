"""`jiuyuan init` and `manage`: setting up a production system."""

import argparse
from typing import Any

from jiuyuan import config
from jiuyuan.cli import CannotStart
from jiuyuan.commands.installed import open_installation
from jiuyuan.wording import say


def register(subparsers: Any) -> None:
    summary = say("新建正式安装：在数据文件夹中写下配置和密钥")
    parser = subparsers.add_parser("init", help=summary, description=summary, allow_abbrev=False)
    parser.add_argument(
        "--database", metavar="URL", help=say("数据库地址，例如 postgres://用户@主机/库名；不写时用 SQLite")
    )
    parser.set_defaults(run=_init)
    summary = say("Django 的管理命令，例如 jiuyuan manage migrate")
    parser = subparsers.add_parser("manage", help=summary, description=summary, allow_abbrev=False, add_help=False)
    parser.add_argument("arguments", nargs=argparse.REMAINDER, metavar="…")
    parser.set_defaults(run=_manage)


def _init(options: argparse.Namespace) -> int:
    """Set up the installation. Run again, it only brings the tables up to date."""
    data = config.data_folder()
    try:
        installation = config.create(data, "production", *([options.database] if options.database else []))
    except OSError as error:
        raise CannotStart(say("不能在 {data} 中新建安装：{strerror}。", data=data, strerror=error.strerror)) from None
    if installation.mode != "production":
        raise CannotStart(
            say("{data} 中已有一个演示或测试的安装。正式安装请用环境变量 JIUYUAN_DATA 指定另一个文件夹。", data=data)
        )
    open_installation()
    from django.db import DatabaseError

    from jiuyuan import tables
    from jiuyuan.agencies import services
    from jiuyuan.operations import upgrade

    try:
        tables.bring_up_to_date()
        if upgrade.version_is_new():
            upgrade.write_down(0)
        services.plant()
        password = services.open_first_account("province")
    except DatabaseError as error:
        raise CannotStart(
            say(
                "数据库用不了：{error}。请改好 {data} 中的 database_url 后再运行。",
                error=error,
                data=data / config.FILE,
            )
        ) from None
    print(
        say(
            "正式安装在 {data}。其中 {file} 有密钥：只让运行系统的账号读取，并在别处留一份备份。",
            data=data,
            file=config.FILE,
        )
    )
    if password:
        print(say("省级管理账号：province，密码：{password}（只显示这一次）", password=password))
    print(say("接下来："))
    print(say("  1. 在 {file} 中改好 hosts（域名）和 base_url（网址）", file=config.FILE))
    print(say("  2. gunicorn --workers 8 --timeout 120 jiuyuan.wsgi    启动网站（前面放反向代理，用 HTTPS）"))
    print(say("  3. jiuyuan worker     后台发消息、盖章、导入文件，与网站一起长期运行"))
    print(say("  4. jiuyuan nightly    每天夜里运行一次：核查在册人员、推算期限、封存当日的记录"))
    print(say("  5. 每天把 digests.jsonl 抄到数据库管理员写不到的地方，用 jiuyuan audit verify --ledger 核对"))
    print(say("以上和备份的做法见 docs/operations.md。"))
    return 0


def _manage(options: argparse.Namespace) -> int:
    open_installation()
    from django.core.management import execute_from_command_line

    execute_from_command_line(["jiuyuan manage", *options.arguments])
    return 0
