"""Access to the desk's pages, by the rights in `agencies.roles` and the acts in the transition tables."""

from collections.abc import Callable
from functools import wraps
from typing import Any, NoReturn

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase

from jiuyuan.agencies.models import User
from jiuyuan.agencies.roles import Right, Role
from jiuyuan.applications import door
from jiuyuan.applications.workflow import APPLICATION
from jiuyuan.refusals import NotForRole, NotFound


class StaffRequest(HttpRequest):
    """A request from a member of staff."""

    user: User


View = Callable[..., HttpResponseBase]


def staff(*rights: Right, act: str = "") -> Callable[[View], View]:
    """Allow staff with all these rights and, if `act` is given, a role that may perform it.

    A service's `NotFound` becomes 404 and its `NotForRole` 403.
    """

    def wrap(view: View) -> View:
        @wraps(view)
        def guarded(request: StaffRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            user = request.user
            lacking = [right for right in rights if not user.may(right)]
            if not user.is_staff_member or Right.SEE_CASES in lacking or (act and not may_act(user, act)):
                raise PermissionDenied
            try:
                if lacking:
                    _refuse(user, kwargs.get("number"))
                return view(request, *args, **kwargs)
            except NotFound as refusal:
                raise Http404(refusal.title) from refusal
            except NotForRole as refusal:
                raise PermissionDenied(refusal.title) from refusal

        return guarded

    return wrap


def _refuse(user: User, number: str | None) -> NoReturn:
    """A case outside the user's area is reported as not found, whatever their role."""
    if number is not None:
        door.case(user, number)
    raise PermissionDenied


def may_act(user: User, action: str) -> bool:
    return any(Role(user.role) in transition.roles for transition in APPLICATION.transitions(action))
