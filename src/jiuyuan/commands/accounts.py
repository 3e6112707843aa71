"""`jiuyuan token`: a bearer token of the API for a member of staff, an applicant or a channel."""

import argparse
import sys
from typing import Any

from jiuyuan.commands.installed import open_installation


def register(subparsers: Any) -> None:
    summary = "给一个账号签发接口令牌（180天有效），只显示这一次"
    parser = subparsers.add_parser("token", help=summary, description=summary, allow_abbrev=False)
    parser.add_argument("username", metavar="USERNAME", help="账号：工作人员、申请人或办理渠道")
    parser.set_defaults(run=_token)


def _token(options: argparse.Namespace) -> int:
    open_installation()
    from jiuyuan.agencies.models import User
    from jiuyuan.agencies.services import issue_token

    user = User.objects.filter(username=options.username, is_active=True).first()
    if user is None:
        print(f"没有“{options.username}”这个账号，或账号已停用。请核对账号名。", file=sys.stderr)
        return 1
    print(issue_token(user))
    return 0
