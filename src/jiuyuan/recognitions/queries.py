"""What is asked of the register of recognitions."""

from jiuyuan.agencies.models import User
from jiuyuan.agencies.roles import Right
from jiuyuan.agencies.scope import ScopedQuerySet
from jiuyuan.recognitions.models import Recognition
from jiuyuan.refusals import BadInput, NotForRole


def listed(user: User, status: str = "") -> ScopedQuerySet:
    """The recognitions this user sees, one status of them where given. Raises `NotForRole`, `BadInput`."""
    if not user.may(Right.SEE_CASES):
        raise NotForRole("您的角色不能查看认定名册。")
    if status and status not in Recognition.Status.values:
        raise BadInput("状态有误。", [("status", f"状态应为{'、'.join(Recognition.Status.values)}之一。")])
    rows = Recognition.objects.visible_to(user).select_related("person", "agency", "former")
    return rows.filter(status=status) if status else rows
