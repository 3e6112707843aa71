"""`jiuyuan init` and `manage`: setting a production system up."""

import argparse
from typing import Any

from jiuyuan import config
from jiuyuan.cli import CannotStart
from jiuyuan.commands.installed import open_installation


def register(subparsers: Any) -> None:
    summary = "新建正式安装：在数据文件夹中写下配置和密钥"
    parser = subparsers.add_parser("init", help=summary, description=summary, allow_abbrev=False)
    parser.add_argument("--database", metavar="URL", help="数据库地址，例如 postgres://用户@主机/库名；不写时用 SQLite")
    parser.set_defaults(run=_init)
    summary = "Django 的管理命令，例如 jiuyuan manage migrate"
    parser = subparsers.add_parser("manage", help=summary, description=summary, allow_abbrev=False, add_help=False)
    parser.add_argument("arguments", nargs=argparse.REMAINDER, metavar="…")
    parser.set_defaults(run=_manage)


def _init(options: argparse.Namespace) -> int:
    """Run again, it changes nothing that is there: it brings the tables up to date."""
    data = config.data_folder()
    try:
        installation = config.create(data, "production", *([options.database] if options.database else []))
    except OSError as error:
        raise CannotStart(f"不能在 {data} 中新建安装：{error.strerror}。") from None
    if installation.mode != "production":
        raise CannotStart(f"{data} 中已有一个演示或测试的安装。正式安装请用环境变量 JIUYUAN_DATA 指定另一个文件夹。")
    open_installation()
    from django.db import DatabaseError

    from jiuyuan import tables
    from jiuyuan.agencies import services

    try:
        tables.bring_up_to_date()
        services.plant()
        password = services.open_first_account("province")
    except DatabaseError as error:
        raise CannotStart(f"数据库用不了：{error}。请改好 {data / config.FILE} 中的 database_url 后再运行。") from None
    print(f"正式安装在 {data}。其中 {config.FILE} 有密钥：只让运行系统的账号读取，并在别处留一份备份。")
    if password:
        print(f"省级管理账号：province，密码：{password}（只显示这一次）")
    print("接下来：")
    print(f"  1. 在 {config.FILE} 中改好 hosts（域名）和 base_url（网址）")
    print("  2. gunicorn --workers 8 --timeout 600 jiuyuan.wsgi    启动网站（前面放反向代理，用 HTTPS）")
    print("  3. jiuyuan worker     后台发消息、盖章、导入文件，与网站一起长期运行")
    print("  4. jiuyuan nightly    每天夜里运行一次：核查在册人员、推算期限、封存当日的记录")
    print("  5. 每天把 digests.jsonl 抄到数据库管理员写不到的地方，用 jiuyuan audit verify --ledger 核对")
    print("以上和备份的做法见 docs/operations.md。")
    return 0


def _manage(options: argparse.Namespace) -> int:
    open_installation()
    from django.core.management import execute_from_command_line

    execute_from_command_line(["jiuyuan manage", *options.arguments])
    return 0
