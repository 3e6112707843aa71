"""Login by any means: start the session, record the sign-in, restore what was typed before, and redirect."""

import secrets
from dataclasses import dataclass
from time import time

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from jiuyuan.agencies import second_factor, sign_ins
from jiuyuan.agencies.models import User
from jiuyuan.encryption import keyed_hash
from jiuyuan.notifications import services as notifications
from jiuyuan.notifications.models import Message
from jiuyuan.web.first_password import SHOWN, WAY
from jiuyuan.web.sessions import DEVICE_COOKIE, FORMER_SECRET, KEPT, SEEN, WHO_COOKIE, Kept, mark_of
from jiuyuan.wording import say

CONFIRMED = "confirmed_at"
_BEGUN, _BEGUN_SECONDS = "login_begun", 10 * 60
BACKEND = "jiuyuan.agencies.backends.WithAgency"


def begin(request: HttpRequest, user: User, way: str) -> None:
    """Log in and record it. The middleware in `sessions` marks the browser."""
    login(request, user, backend=BACKEND)
    request.session[CONFIRMED] = request.session[SEEN] = int(time())
    request.session[WAY] = way
    device = request.COOKIES.get(DEVICE_COOKIE) or secrets.token_urlsafe(24)
    request.device = device  # type: ignore[attr-defined]
    agent = request.headers.get("User-Agent", "")[:400]
    if request.session.session_key is None:
        request.session.save()
    if sign_ins.begun(user, request.session.session_key or "", keyed_hash("device", device), agent, way):
        sign_ins.tell_of_new_device(user, agent)


@dataclass(frozen=True)
class BegunLogin:
    """A login that still needs its second factor, stored in an anonymous session."""

    user: User
    way: str
    onward: str
    sealed: str
    known: bool

    def go_on(self, request: HttpRequest) -> HttpResponse:
        """Finish the login; both factors were shown."""
        request.session.pop(_BEGUN, None)
        response = enter(request, self.user, self.way, self.onward, self.sealed)
        request.session[SHOWN] = True
        return response


def enter_or_ask(request: HttpRequest, user: User, way: str, onward: str, sealed: str = "") -> HttpResponse:
    """Log in, or ask for the second factor if the user has one."""
    if not (user.is_staff_member and second_factor.is_on(user)):
        return enter(request, user, way, onward, sealed)
    request.session.cycle_key()
    request.session[_BEGUN] = {
        "user": user.pk,
        "way": way,
        "onward": onward,
        "sealed": sealed,
        "since": int(time()),
        "password": user.get_session_auth_hash(),
    }
    return redirect("second_step")


def begun(request: HttpRequest) -> BegunLogin | None:
    """The login that waits for its second factor; None if there is none or it has waited too long."""
    kept = request.session.get(_BEGUN)
    if not kept or time() - kept["since"] > _BEGUN_SECONDS:
        return None
    user = User.objects.select_related("agency").filter(pk=kept["user"]).first()
    if user is None or not user.in_use or user.get_session_auth_hash() != kept["password"]:
        return None
    return BegunLogin(
        user, kept["way"], kept["onward"], kept["sealed"], request.COOKIES.get(WHO_COOKIE) == mark_of(user)
    )


def enter(request: HttpRequest, user: User, way: str, onward: str, sealed: str = "") -> HttpResponse:
    """Log in and redirect: to the input kept when a session expired, else to `onward`, else to the start page."""
    came_back = request.COOKIES.get(WHO_COOKIE) == mark_of(user)
    former = request.COOKIES.get(settings.CSRF_COOKIE_NAME)
    if user.is_staff_member:
        _tell(request, user)
    begin(request, user, way)
    if came_back and former:
        request.session[FORMER_SECRET] = former
    kept = Kept.unsealed(sealed)
    if kept is None:
        return redirect("desk:holder" if user.is_staff_member and not user.id_index else onward or "home")
    if not kept.belongs_to(user):
        messages.warning(request, say("登录前填的内容不能确认是您本人填的，没有保留。"))
        return redirect("home")
    request.session[KEPT] = sealed
    return redirect("kept")


def stay(request: HttpRequest, user: User) -> None:
    """Keep this session after a change of password, and end all others."""
    before = request.session.session_key or ""
    update_session_auth_hash(request, user)
    request.session.save()
    sign_ins.goes_on_as(before, request.session.session_key or "")
    sign_ins.close_all(user, but=request.session.session_key or "")
    request.session[CONFIRMED] = int(time())


def _tell(request: HttpRequest, user: User) -> None:
    """Show staff what happened to their account since the last login: a password reset, a move to another office."""
    for message in Message.objects.to(user.username).filter(read_at=None).order_by("pk"):
        messages.warning(request, f"{message.title}。{message.body}")
        notifications.read([message])
