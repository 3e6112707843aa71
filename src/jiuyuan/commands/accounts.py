"""`jiuyuan account`: accounts of staff and channels, for the installation's operator. `jiuyuan token`: API tokens."""

import argparse
import os
import sys
from collections.abc import Callable
from datetime import date
from functools import wraps
from typing import TYPE_CHECKING, Any

from jiuyuan.cli import EXIT_BAD_LINES, CannotStart
from jiuyuan.commands.installed import open_installation
from jiuyuan.regions import registry
from jiuyuan.wording import say

if TYPE_CHECKING:
    from jiuyuan.agencies.models import User
    from jiuyuan.history.services import Actor

# Repeated here so that the command line can be parsed without an installation; a test compares it with the models.
ROLES = {
    "clerk": "基层经办人",
    "reviewer": "县级复核人",
    "supervisor": "市州督导",
    "province": "省级管理",
    "auditor": "审计",
    "finance": "资金经办",
    "channel": "办理渠道",
}
SCOPES = ("act", "read")


def register(subparsers: Any) -> None:
    _register_token(subparsers)
    summary = say("工作人员和办理渠道的账号：开通、改角色、调动、停用、重设密码、列出")
    parser = subparsers.add_parser("account", help=summary, description=summary, allow_abbrev=False)
    actions = parser.add_subparsers(dest="action", metavar=say("动作"), required=True, parser_class=type(parser))
    roles = "，".join(f"{role} {label}" for role, label in ROLES.items())

    add = actions.add_parser("add", help=say("开通一个账号，第一次登录的密码只显示这一次"), allow_abbrev=False)
    add.add_argument("username", metavar="USERNAME", help=say("账号名，小写字母开头"))
    add.add_argument("--name", metavar="NAME", help=say("持有人姓名；不写时会问"))
    add.add_argument("--role", metavar="ROLE", choices=tuple(ROLES), help=say("{roles}；不写时会问", roles=roles))
    add.add_argument(
        "--agency",
        metavar="CODE",
        default="",
        help=say("机构代码，例如 {example}；不写时会问", example=registry.home().example[0]),
    )
    number = say("持有人身份证号码；不写时会问（没有终端时从标准输入读一行），以免留在命令记录里")
    add.add_argument("--id-number", metavar="NUMBER", help=number)
    add.add_argument("--until", metavar="YYYY-MM-DD", help=say("有期限的账号：最后一天，过后自动停用"))
    add.set_defaults(run=saying(_add))

    role = actions.add_parser("role", help=say("改角色；要换机构的同时写 --agency"), allow_abbrev=False)
    role.add_argument("username", metavar="USERNAME")
    role.add_argument("role", metavar="ROLE", choices=tuple(ROLES), help=roles)
    role.add_argument("--agency", metavar="CODE", default="", help=say("新机构的代码"))
    role.set_defaults(run=saying(_change))

    move = actions.add_parser("move", help=say("调到另一个机构"), allow_abbrev=False)
    move.add_argument("username", metavar="USERNAME")
    move.add_argument("agency", metavar="CODE", help=say("新机构的代码"))
    move.set_defaults(run=saying(_change), role="")

    close = actions.add_parser("close", help=say("停用：不能再登录，令牌收回，记录保留"), allow_abbrev=False)
    close.add_argument("username", metavar="USERNAME")
    close.add_argument("--reason", metavar="TEXT", required=True, help=say("为什么停用，写进记录"))
    close.set_defaults(run=saying(_close))

    password = actions.add_parser("password", help=say("重设密码，新密码只显示这一次"), allow_abbrev=False)
    password.add_argument("username", metavar="USERNAME")
    password.set_defaults(run=saying(_password))

    factor = actions.add_parser(
        "second-factor", help=say("撤销丢了的第二重验证：以后凭密码登录，直到重新添加"), allow_abbrev=False
    )
    factor.add_argument("username", metavar="USERNAME")
    factor.add_argument("--reason", metavar="TEXT", required=True, help=say("为什么撤销，写进记录"))
    factor.set_defaults(run=saying(_second_factor))

    listing = actions.add_parser("list", help=say("列出账号"), allow_abbrev=False)
    listing.add_argument("--agency", metavar="CODE", default="", help=say("只列这个机构和它的下级"))
    listing.add_argument("--all", action="store_true", help=say("停用的也列出"))
    listing.set_defaults(run=saying(_list))


def saying(act: Callable[[argparse.Namespace], int]) -> Callable[[argparse.Namespace], int]:
    """Wrap a command: print a service's refusal with all its fields to standard error."""

    @wraps(act)
    def run(options: argparse.Namespace) -> int:
        open_installation()
        from jiuyuan.refusals import Refusal

        try:
            return act(options)
        except Refusal as refusal:
            for sentence in [message for _, message in refusal.errors] or [refusal.title]:
                print(sentence, file=sys.stderr)
            return EXIT_BAD_LINES

    return run


def operator() -> "Actor":
    """The operator, identified by their account of the operating system."""
    import getpass

    from jiuyuan.history.services import Actor

    try:
        name = getpass.getuser()
    except (KeyError, OSError):  # a user id without a name
        name = f"uid-{os.getuid()}"
    return Actor(f"os:{name}"[:150], name[:80], "operator")


def _account(username: str) -> "User":
    from jiuyuan.agencies.models import User
    from jiuyuan.agencies.roles import Role
    from jiuyuan.refusals import NotFound

    user = User.objects.select_related("agency").exclude(role=Role.APPLICANT).filter(username=username).first()
    if user is None:
        raise NotFound(
            say(
                "没有“{username}”这个工作人员或渠道的账号。请核对账号名，用 jiuyuan account list 查看。",
                username=username,
            )
        )
    return user


def _asked(given: str | None, question: str) -> str:
    """The value from the command line, else from the terminal."""
    if given:
        return given
    if not sys.stdin.isatty():
        return ""
    print(question, end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip()


def _add(options: argparse.Namespace) -> int:
    from jiuyuan.people import holders, staff

    try:
        until = date.fromisoformat(options.until) if options.until else None
    except ValueError:
        raise CannotStart(say("日期应写成 2026-03-02 的样子，不是 {until}", until=options.until)) from None
    role = _asked(options.role, say("角色（{roles}）：", roles=ROLES))
    people = role != "channel"
    name = _asked(options.name, say("姓名："))
    agency = _asked(options.agency, say("机构代码：")) if people else ""
    number = options.id_number or ""
    if people and not number:
        number = _asked(None, say("持有人身份证号码：")) if sys.stdin.isatty() else sys.stdin.readline().strip()
    account, password = staff.open_account(
        operator(), options.username, name=name, role=role, agency=agency, id_number=number, valid_until=until
    )
    where = f"，{account.agency.name}" if account.agency else ""
    print(
        say(
            "账号 {username} 已开通：{name}，{get_role_display}{where}",
            username=account.username,
            name=account.name,
            get_role_display=account.get_role_display(),
            where=where,
        )
    )
    if password:
        print(say("第一次登录的密码：{password}（只显示这一次；登录后要先改成自己的）", password=password))
    else:
        print(say("渠道用接口令牌：jiuyuan token {username}", username=account.username))
    for other in holders.others_of(account):
        at = f"，{other.agency.name}" if other.agency else ""
        print(
            say(
                "注意：同一持有人还有账号 {username}（{get_role_display}{at}），须由两人办的事算一个人。",
                username=other.username,
                get_role_display=other.get_role_display(),
                at=at,
            )
        )
    return 0


def _change(options: argparse.Namespace) -> int:
    from jiuyuan.applications.handover import open_work
    from jiuyuan.people import staff

    account = _account(options.username)
    left = open_work(account)
    changed = staff.change(operator(), account, role=options.role, agency=options.agency)
    print(
        say(
            "账号 {username} 现在是{get_role_display}，{name}",
            username=changed.username,
            get_role_display=changed.get_role_display(),
            name=changed.agency.name if changed.agency else "",
        )
    )
    _say_left(left)
    return 0


def _close(options: argparse.Namespace) -> int:
    from jiuyuan.applications import handover
    from jiuyuan.people import staff

    account = _account(options.username)
    alone = staff.left_alone(account)
    left = handover.close(operator(), account, options.reason)
    print(say("账号 {username} 已停用，记录保留。", username=account.username))
    _say_left(left)
    if alone:
        print(say("注意：{alone}", alone=alone))
    return 0


def _say_left(left: list[Any]) -> None:
    if left:
        print(say("还有{count}件没有办完：", count=len(left)))
        for one in left:
            print(f"  {one}")


def _password(options: argparse.Namespace) -> int:
    from jiuyuan.people import staff

    account = _account(options.username)
    password = staff.reset_password(operator(), account)
    print(
        say(
            "账号 {username} 的新密码：{password}（只显示这一次；登录后要先改成自己的）",
            username=account.username,
            password=password,
        )
    )
    return 0


def _second_factor(options: argparse.Namespace) -> int:
    from jiuyuan.people import staff

    account = _account(options.username)
    staff.reset_second_factor(operator(), account, options.reason)
    print(say("账号 {username} 的第二重验证已撤销，本人下次登录会看到。", username=account.username))
    return 0


def _list(options: argparse.Namespace) -> int:
    from jiuyuan.agencies.models import Agency, User
    from jiuyuan.agencies.roles import Role
    from jiuyuan.refusals import NotFound

    users = User.objects.exclude(role=Role.APPLICANT).select_related("agency").order_by("agency__path", "username")
    if options.agency:
        agency = Agency.objects.filter(code=options.agency).first()
        if agency is None:
            raise NotFound(say("没有代码为“{agency}”的机构。", agency=options.agency))
        users = users.filter(agency__path__begins=agency.path)
    for user in users:
        if user.in_use or options.all:
            notes = [
                "" if user.in_use else say("已停用"),
                say("有效到{valid_until}", valid_until=user.valid_until) if user.in_use and user.valid_until else "",
                say("未登记持有人") if user.in_use and user.is_staff_member and not user.id_index else "",
            ]
            cells = [user.username, user.name, user.get_role_display(), user.agency.name if user.agency else ""]
            print("\t".join([*cells, "，".join(filter(None, notes))]).rstrip())
    return 0


def _register_token(subparsers: Any) -> None:
    summary = say("给一个账号签发接口令牌（180天有效），只显示这一次；也可列出、收回")
    parser = subparsers.add_parser("token", help=summary, description=summary, allow_abbrev=False)
    parser.add_argument("username", metavar="USERNAME", help=say("账号：工作人员、申请人或办理渠道"))
    parser.add_argument("--days", type=int, metavar="N", help=say("有效天数，最多366，不写为180"))
    parser.add_argument("--scope", choices=SCOPES, default="act", help=say("act 可以办理（不写时），read 只能查询"))
    parser.add_argument("--label", metavar="TEXT", default="", help=say("用途，列出时看得到"))
    instead = parser.add_mutually_exclusive_group()
    instead.add_argument("--list", action="store_true", help=say("列出这个账号的令牌，不签发"))
    instead.add_argument("--revoke", metavar="ID", help=say("收回一个令牌（--list 中的编号），或 all 全部收回"))
    parser.set_defaults(run=saying(_token))


def _token(options: argparse.Namespace) -> int:
    from jiuyuan.agencies import services
    from jiuyuan.agencies.models import User
    from jiuyuan.refusals import NotFound

    user = User.objects.select_related("agency").filter(username=options.username).first()
    reading = options.list or options.revoke
    if user is None or not (user.in_use or reading):
        raise NotFound(say("没有“{username}”这个账号，或账号已停用。请核对账号名。", username=options.username))
    if options.list:
        return _list_tokens(user)
    if options.revoke:
        return _revoke(user, options.revoke)
    days = services.TOKEN_DAYS if options.days is None else options.days
    print(services.issue_token(user, days, scope=options.scope, label=options.label, by=operator()))
    return 0


def _list_tokens(user: "User") -> int:
    from django.utils import timezone

    for token in user.tokens.all():
        ends = timezone.localtime(token.revoked_at or token.expires_at)
        state = say("{ends:%Y-%m-%d}收回", ends=ends) if token.revoked_at else say("{ends:%Y-%m-%d}到期", ends=ends)
        began = say("{created_at:%Y-%m-%d}签发", created_at=timezone.localtime(token.created_at))
        print("\t".join([str(token.pk), token.scope, began, state, token.label]).rstrip())
    return 0


def _revoke(user: "User", which: str) -> int:
    from jiuyuan.agencies import services
    from jiuyuan.refusals import NotFound

    held = [token for token in user.tokens.all() if token.holds and which in ("all", str(token.pk))]
    if not held and which != "all":
        raise NotFound(
            say("{username}没有编号为“{which}”、还有效的令牌。用 --list 查看。", username=user.username, which=which)
        )
    for token in held:
        services.revoke_token(token, operator())
    print(say("收回了{count}个令牌。", count=len(held)))
    return 0
