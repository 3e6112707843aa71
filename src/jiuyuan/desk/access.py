"""Who may open a page of the desk. The rights stand in `agencies.roles`, the acts in the table of transitions."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase

from jiuyuan.agencies.models import User
from jiuyuan.agencies.roles import Right, Role
from jiuyuan.applications import transitions
from jiuyuan.refusals import NotForRole, NotFound


class StaffRequest(HttpRequest):
    """A request from a member of staff."""

    user: User


View = Callable[..., HttpResponseBase]


def staff(*rights: Right, act: str = "") -> Callable[[View], View]:
    """For staff with all these rights, and, where an act is named, with a role that may do it.

    A service's `NotFound` becomes 404 and its `NotForRole` 403.
    """

    def wrap(view: View) -> View:
        @wraps(view)
        def guarded(request: StaffRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            user = request.user
            if not user.is_staff_member or not all(user.may(right) for right in rights):
                raise PermissionDenied
            if act and not may_act(user, act):
                raise PermissionDenied
            try:
                return view(request, *args, **kwargs)
            except NotFound as refusal:
                raise Http404(refusal.title) from refusal
            except NotForRole as refusal:
                raise PermissionDenied(refusal.title) from refusal

        return guarded

    return wrap


def may_act(user: User, action: str) -> bool:
    return Role(user.role) in transitions.BY_ACTION[action].roles
