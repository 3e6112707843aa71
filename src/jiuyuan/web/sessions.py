"""Keeps what was typed when a session expires in the middle of a form, for the same person only.

A POST without a session is answered with the login page, which carries the input, encrypted. After login the same
person can send it on. This needs no scripts. Files are not kept and have to be chosen again. The owner is
recognised by a cookie that outlives the session and contains only a keyed hash of the account.
"""

import json
from copy import copy
from dataclasses import asdict, dataclass
from time import time
from typing import Any, Self
from urllib.parse import urlsplit

from cryptography.exceptions import InvalidTag
from django.conf import settings
from django.contrib.auth import logout, middleware
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import redirect_to_login
from django.core import signing
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.csrf import CsrfViewMiddleware
from django.shortcuts import render
from django.utils.crypto import constant_time_compare, salted_hmac

from jiuyuan.agencies import sign_ins
from jiuyuan.agencies.logins import Login
from jiuyuan.agencies.models import User
from jiuyuan.encryption import decrypt, encrypt
from jiuyuan.people.accounts import username_for
from jiuyuan.web.return_addresses import is_ours
from jiuyuan.wording import say

WHO_COOKIE = "jiuyuan_who"
DEVICE_COOKIE = "jiuyuan_device"
KEPT = "kept"
FORMER_SECRET = "csrf_before"

_WHO_SECONDS = 365 * 24 * 60 * 60
_KEPT_SECONDS = 12 * 60 * 60
SEEN, _NOTED_SECONDS = "seen", 5 * 60
_MOST_CHARACTERS = 400_000
_CONTEXT = "jiuyuan.web.sessions.kept"


class LoginForm(AuthenticationForm):
    error_messages = {
        "invalid_login": "账号或密码不对，请再试一次。连续输错5次，要等15分钟才能再试；忘了密码的，看下面的“忘了密码”。",
        "inactive": "这个账号已停用。申请人请带身份证到窗口领绑定码，重新开通；工作人员请找上级机构管账号的人。",
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = say("身份证号码，或账号")
        self.fields["password"].label = say("密码")

    def clean_username(self) -> str:
        return username_for(self.cleaned_data["username"])

    def clean(self) -> dict[str, Any]:
        """Raises `TooOften` before the password is checked."""
        if not (self.cleaned_data.get("username") and self.cleaned_data.get("password")):
            return super().clean()
        login = Login(self.cleaned_data["username"], self._known_here())
        login.admit()
        try:
            cleaned = super().clean()
        except ValidationError:
            login.wrong()
            raise
        login.right(self.get_user().get_username())
        return cleaned

    def _known_here(self) -> bool:
        """Whether this browser was logged in to that account before."""
        user = User.objects.filter(username=self.cleaned_data["username"]).first()
        mark = self.request.COOKIES.get(WHO_COOKIE, "") if self.request else ""
        return user is not None and constant_time_compare(mark, mark_of(user))


@dataclass(frozen=True)
class Kept:
    """The input kept when a session expired: target, owner, fields and time."""

    path: str
    who: str
    fields: list[tuple[str, str]]
    had_files: bool
    since: float

    @classmethod
    def of(cls, request: HttpRequest, who: str) -> Self:
        """All posted fields except passwords, the CSRF token and files."""
        fields = [
            (name, str(value))
            for name, values in request.POST.lists()
            if name != "csrfmiddlewaretoken" and "password" not in name
            for value in values
        ]
        return cls(request.get_full_path(), who, fields, bool(request.FILES), time())

    @property
    def words(self) -> list[str]:
        """The texts among the fields, shown before sending; codes and checkboxes would mean nothing to the reader."""
        return [value for _, value in self.fields if any("\u4e00" <= character <= "\u9fff" for character in value)]

    def belongs_to(self, user: User) -> bool:
        return constant_time_compare(self.who, mark_of(user))

    def sealed(self) -> str:
        """The encrypted input; empty if it is too large for a page."""
        text = json.dumps(asdict(self), ensure_ascii=False)
        return signing.b64_encode(encrypt(text.encode(), _CONTEXT)).decode() if len(text) < _MOST_CHARACTERS else ""

    @classmethod
    def unsealed(cls, text: str | None) -> Self | None:
        """Decrypt the input; None if it is empty, tampered with or too old."""
        try:
            values = json.loads(decrypt(signing.b64_decode((text or "").encode()), _CONTEXT))
        except (ValueError, LookupError, InvalidTag):
            return None
        kept = cls(**{**values, "fields": [(name, value) for name, value in values["fields"]]})
        return kept if time() - kept.since < _KEPT_SECONDS else None


class LoginRequiredMiddleware(middleware.LoginRequiredMiddleware):
    """Django's middleware, but a POST keeps its input, a page fragment is never replaced by a login page,
    and staff inactive for `idle_minutes` have to log in again.
    """

    def process_view(self, request: HttpRequest, view_func: Any, view_args: Any, view_kwargs: Any) -> Any:
        if settings.SESSION_COOKIE_NAME in request.COOKIES:
            _end_if_idle(request)
        return super().process_view(request, view_func, view_args, view_kwargs)

    def handle_no_permission(  # type: ignore[override]
        self, request: HttpRequest, view_func: Any
    ) -> HttpResponseBase:
        by_htmx = "HX-Request" in request.headers
        if request.method == "POST":
            return _login_page(request, by_htmx)
        if by_htmx:
            return HttpResponse(headers={"HX-Redirect": redirect_to_login(_whole_page(request)).url})
        there = request.get_full_path()
        return redirect_to_login(there if is_ours(request, there) else "/")

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Mark the browser with its user, so that later input can be attributed, and forbid caching of session
        pages.

        On a shared machine the "back" button must not show anything.
        """
        if settings.SESSION_COOKIE_NAME in request.COOKIES:
            response["Cache-Control"] = "private, no-store"
        user = request.user if hasattr(request, "_cached_user") else None
        if isinstance(user, User) and request.COOKIES.get(WHO_COOKIE) != mark_of(user):
            _leave(response, WHO_COOKIE, mark_of(user))
        if device := getattr(request, "device", None):  # recognises the browser at the next login
            _leave(response, DEVICE_COOKIE, device)
        return response


def _leave(response: HttpResponseBase, cookie: str, value: str) -> None:
    response.set_cookie(
        cookie, value, max_age=_WHO_SECONDS, httponly=True, samesite="Lax", secure=bool(settings.SESSION_COOKIE_SECURE)
    )


def _end_if_idle(request: HttpRequest) -> None:
    """Log out inactive staff, and otherwise store the time of this page, at most every few minutes."""
    user = request.user
    if not isinstance(user, User):
        return
    now = int(time())
    before = request.session.get(SEEN, now)
    if user.is_staff_member and now - before > settings.JIUYUAN.idle_minutes * 60:
        sign_ins.close(request.session.session_key or "")
        logout(request)
    elif now - before > _NOTED_SECONDS:
        request.session[SEEN] = now
        sign_ins.seen(request.session.session_key or "")
    elif user.is_staff_member and SEEN not in request.session:
        request.session[SEEN] = now


def _whole_page(request: HttpRequest) -> str:
    """The page to which a requested fragment belongs."""
    try:
        there = urlsplit(request.headers.get("HX-Current-URL", ""))._replace(scheme="", netloc="").geturl()
    except ValueError:
        return "/"
    return there if is_ours(request, there) else "/"


def mark_of(user: User) -> str:
    return salted_hmac(WHO_COOKIE, str(user.pk), algorithm="sha256").hexdigest()


def came_with(request: HttpRequest, secret: str) -> bool:
    """Whether a rejected POST comes from a page of ours loaded while `secret` was the browser's CSRF secret."""
    former = copy(request)
    former.COOKIES = {**request.COOKIES, settings.CSRF_COOKIE_NAME: secret}
    former.META = {**request.META, "CSRF_COOKIE": secret}
    former.csrf_processing_done = False  # type: ignore[attr-defined]
    return _Check(lambda _: HttpResponse()).process_view(former, _login_page, (), {}) is None


class _Check(CsrfViewMiddleware):
    def _reject(self, request: HttpRequest, reason: str) -> HttpResponse:
        return HttpResponse(reason, status=403)


def _login_page(request: HttpRequest, by_htmx: bool) -> HttpResponse:
    kept = Kept.of(request, request.COOKIES.get(WHO_COOKIE, ""))
    context = {"form": LoginForm(request), "next": kept.path, KEPT: kept.sealed(), "had_files": kept.had_files}
    if not by_htmx:
        return render(request, "registration/login.html", context, status=401)
    response = render(request, "registration/login.html", context)
    response["HX-Retarget"], response["HX-Reswap"] = "body", "innerHTML show:window:top"
    return response
