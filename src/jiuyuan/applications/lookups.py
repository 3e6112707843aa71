"""Lists cases for programs, by state and search text."""

import re

from jiuyuan.agencies.models import User
from jiuyuan.agencies.roles import Right
from jiuyuan.agencies.scope import ScopedQuerySet
from jiuyuan.applications.models import Application
from jiuyuan.applications.workflow import APPLICATION
from jiuyuan.people.queries import matching
from jiuyuan.refusals import NotForRole
from jiuyuan.wording import say

SOONEST_DUE = "sort_on"
_NUMBER = re.compile(r"[0-9A-Z]+-[0-9]{4}-[0-9]+")


def listed(user: User, *, status: str = "", typed: str = "") -> ScopedQuerySet:
    """The cases this user may see, to be paged by `SOONEST_DUE` and `id`.

    `typed` is a number, or what `people.queries.matching` understands. Raises `NotForRole`, `BadInput`.
    """
    if not user.may(Right.SEE_CASES):
        raise NotForRole(say("您的角色不能查看申请。"))
    rows = APPLICATION.in_state(Application.objects.visible_to(user).select_related("person", "agency"), status)
    typed = typed.strip()
    if _NUMBER.fullmatch(typed.upper()):
        return rows.filter(number=typed.upper())
    return rows.filter(matching(typed, via="person__")) if typed else rows


def sees(user: User, application: Application) -> bool:
    return Application.scope.holds(user, application)
