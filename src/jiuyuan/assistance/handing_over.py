"""Hands over a leaving helper's open plans, with all measures and duties, to another in one act (四(二)).

Duties belong to the platform and follow the plan. A plan without a helper is a duty of the platform until it is
handed over.
"""

from functools import reduce
from operator import or_
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from jiuyuan.agencies.models import User
from jiuyuan.agencies.roles import Role
from jiuyuan.applications import handover
from jiuyuan.applications.handover import Left
from jiuyuan.assistance.models import Plan
from jiuyuan.assistance.plan_workflow import PLAN
from jiuyuan.history import services as history
from jiuyuan.people import staff
from jiuyuan.procedures import engine
from jiuyuan.refusals import BadInput, NotForRole, Refusal
from jiuyuan.wording import say


def open_plans(account: User) -> "QuerySet[Any]":
    """The open plans of a helper, oldest first."""
    rows = Plan.objects.unscoped().filter(helper=account, status__in=[Plan.Status.DRAFT, Plan.Status.ACTIVE])
    return rows.select_related("recognition__person").order_by("pk")


def who_may_take(account: User) -> list[User]:
    """The active clerks of the helper's office, and of the office above a community."""
    path = account.area
    above = [path[:end] for end, sign in enumerate(path, 1) if sign == "/"] if path else []
    if not above:
        return []
    there = reduce(or_, (Q(agency__path=one) for one in {*above, path}))
    clerks = User.objects.filter(there, role=Role.CLERK, is_active=True).exclude(pk=account.pk)
    return [one for one in clerks.select_related("agency").order_by("-agency__path", "name", "pk") if one.in_use]


@transaction.atomic
def hand_over(by: User, account: User, to: str) -> int:
    """Hand all open plans of a helper to another, and tell the people concerned. Returns how many.

    All or none: if one cannot be handed over, the reason is raised. Raises `NotForRole`, `BadInput` for `to`.
    """
    if not staff.manages(by, account):
        raise NotForRole(say("移交由管理这个账号的市州督导或者省级办理。"))
    helper = next((one for one in who_may_take(account) if one.username == to), None)
    if helper is None:
        raise BadInput(say("没有移交。"), [("to", say("请从列出的经办人中选一个。"))])
    plans = list(open_plans(account))
    if not plans:
        raise BadInput(say("没有移交。"), [("to", say("这个账号没有进行中的帮扶计划，不用移交。"))])
    for plan in plans:
        try:
            engine.act(by, PLAN, plan.pk, "hand_over", {"helper": to})
        except Refusal as refusal:
            why = "".join(message for _, message in refusal.errors) or refusal.title
            whose = say("{name}的计划：{why}", name=plan.recognition.person.name, why=why)
            raise BadInput(say("没有移交，一份也没有动。"), [("to", whose)], code=refusal.code) from None
    payload = {"to": to, "plans": [plan.pk for plan in plans]}
    history.append(account.file, by.actor, "help_handed_over", payload, account.area)
    return len(plans)


@transaction.atomic
def close(by: User, account: User, reason: str, to: str = "") -> list[Left]:
    """Close a helper's account, and hand the plans over in the same act if `to` is given. Returns the open work."""
    if to:
        hand_over(by, account, to)
    return handover.close(by, account, reason)


def _left(account: User) -> list[Left]:
    falls_to = say("{name}的其他经办人", name=account.agency.name if account.agency else "")
    return [Left(say("帮扶计划"), plan.recognition.number, falls_to) for plan in open_plans(account)]


handover.also(_left)
