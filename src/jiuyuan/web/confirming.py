"""Re-authentication before a grave act.

The interrupted request is kept, encrypted, in the page that asks for the password.
"""

from collections.abc import Callable
from time import time
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from jiuyuan.agencies import again, logins, pace
from jiuyuan.agencies.models import User
from jiuyuan.web.entering import CONFIRMED
from jiuyuan.web.fields import Form
from jiuyuan.web.return_addresses import onward
from jiuyuan.web.sessions import KEPT, Kept, mark_of
from jiuyuan.wording import say

#: Session key: the kept request waits only for the button; nobody was logged out.
JUST_CONFIRMED = "kept_confirmed"


class ConfirmAgainForm(Form):
    password = forms.CharField(
        label="密码", error_messages={"required": "请输密码。"}, strip=False,
        widget=forms.PasswordInput({"autocomplete": "current-password", "class": "medium"}),
    )  # fmt: skip


class ConfirmingMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path.startswith("/api/") or not getattr(request.user, "is_staff_member", True):
            return self.get_response(request)  # applicants have no grave acts
        with again.at_a_keyboard(lambda: int(request.session.get(CONFIRMED, 0))):
            return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponseBase | None:
        if not isinstance(error, again.NotConfirmed) or not isinstance(request.user, User):
            return None
        kept = Kept.of(request, mark_of(request.user)) if request.method == "POST" else None
        return _page(request, ConfirmAgainForm(), kept.sealed() if kept else "", request.get_full_path(), status=403)


def _page(
    request: HttpRequest, form: ConfirmAgainForm, sealed: str, path: str, *, status: int = 200
) -> HttpResponseBase:
    kept = Kept.unsealed(sealed)
    context = {"form": form, KEPT: sealed, "next": path, "had_files": kept is not None and kept.had_files}
    if "HX-Request" not in request.headers:
        return render(request, "registration/confirm_again.html", context, status=status)
    response = render(request, "registration/confirm_again.html", context)
    response["HX-Retarget"], response["HX-Reswap"] = "body", "innerHTML show:window:top"
    return response


@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm_again(request: HttpRequest) -> HttpResponseBase:
    """The target of the page above. Opened directly, it asks too and leads to the start page."""
    user = request.user
    assert isinstance(user, User)
    sealed, there = request.POST.get(KEPT, ""), onward(request, "/")
    form = ConfirmAgainForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            right = logins.confirmed(user, form.cleaned_data["password"])
        except pace.TooOften as refusal:
            form.add_error("password", refusal.title)
            return _page(request, form, sealed, there, status=refusal.status)
        if right:
            return _confirmed(request, user, sealed, there)
        form.add_error("password", say("密码不对，请再输一次。"))
    return _page(request, form, sealed, there)


def _confirmed(request: HttpRequest, user: User, sealed: str, there: str) -> HttpResponseBase:
    request.session[CONFIRMED] = int(time())
    kept: Any = Kept.unsealed(sealed)
    if kept is None or not kept.belongs_to(user):
        messages.success(request, say("已确认是您本人，请接着办。"))
        return redirect(there)
    request.session[KEPT], request.session[JUST_CONFIRMED] = sealed, True
    return redirect("kept")
