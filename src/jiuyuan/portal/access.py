"""Access to applicants' pages, and pages for services' refusals."""

from collections.abc import Callable
from functools import wraps

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect

from jiuyuan.agencies.models import User
from jiuyuan.agencies.roles import Role
from jiuyuan.applications import door
from jiuyuan.applications.case import Case
from jiuyuan.refusals import NotForRole, NotFound, NotMadeYet, Refusal

View = Callable[..., HttpResponseBase]


def applicant(request: HttpRequest) -> User | None:
    """The applicant who is logged in; None for visitors and for staff, who see public pages only."""
    user = request.user
    return user if isinstance(user, User) and user.role == Role.APPLICANT else None


def for_applicants(view: View) -> View:
    """Allow applicants only, and show a service's refusal on the page with the current state."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: str, **kwargs: str) -> HttpResponseBase:
        if applicant(request) is None:
            raise PermissionDenied
        try:
            return view(request, *args, **kwargs)
        except NotFound as refusal:
            raise Http404(refusal.title) from None
        except NotForRole as refusal:
            raise PermissionDenied(refusal.title) from None
        except Refusal as refusal:
            messages.error(request, refusal.to_its_reader if isinstance(refusal, NotMadeYet) else refusal.title)
            return redirect("portal:progress", kwargs["number"]) if "number" in kwargs else redirect("home")

    return wrapped


def own_case(request: HttpRequest, number: str) -> Case:
    """The applicant's own case. Raises `NotFound` for others."""
    assert isinstance(request.user, User)
    return door.case(request.user, number)


def is_editable(case: Case) -> bool:
    return case.application.state.theirs
