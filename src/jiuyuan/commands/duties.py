"""`jiuyuan duties`: the table of duties as a document, and the effect of trying one."""

import argparse
from typing import Any

from jiuyuan.characters import whole_number
from jiuyuan.cli import CannotStart
from jiuyuan.wording import say


def register(subparsers: Any) -> None:
    summary = say("列出每一种要办的事（Markdown），或者按登记库试算一种要办的事会产生多少条")
    parser = subparsers.add_parser("duties", help=summary, description=summary, allow_abbrev=False)
    parser.add_argument("--try", dest="code", metavar="DUTY", help=say("试算哪一种，写它的代号"))
    parser.add_argument("--agency", metavar="CODE", default="", help=say("试算哪个机构的辖区；默认是全部"))
    parser.add_argument(
        "--limit", metavar="NAME=VALUE", action="append", default=[], help=say("试算时换成这个期限，可以写几个")
    )
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from jiuyuan.commands.installed import open_installation

    open_installation()
    from jiuyuan.assistance.duty_documents import document

    if options.code is None:
        print(document(), end="")
        return 0
    from jiuyuan import clock
    from jiuyuan.agencies.models import Agency, User
    from jiuyuan.agencies.roles import Role
    from jiuyuan.assistance import duties

    duty = duties.BY_CODE.get(options.code)
    if duty is None:
        raise CannotStart(say("没有“{code}”这一项，可以是：{codes}", code=options.code, codes=list(duties.BY_CODE)))
    rows = Agency.objects.filter(code=options.agency) if options.agency else Agency.objects.filter(parent=None)
    agency = rows.order_by("path").first()
    if agency is None:
        raise CannotStart(say("没有这个机构：{code}", code=options.agency))
    # Nobody's account: the view of the province.
    seer = User(role=Role.PROVINCE, agency=agency)
    found = duties.tried(seer, duty, clock.today(), _limits(options.limit))
    print(say("{agency}，{duty}：{found}", agency=agency.name, duty=duty.label, found=found.in_words))
    return 0


def _limits(said: list[str]) -> dict[str, int]:
    from jiuyuan.assistance.duties import LONGEST_TRIED

    found = {}
    for each in said:
        name, _, value = each.partition("=")
        days = whole_number(value)
        if not name or days is None or days > LONGEST_TRIED:
            raise CannotStart(say("--limit 应写成 名称=天数，例如 needs_due_days=5"))
        found[name] = days
    return found
