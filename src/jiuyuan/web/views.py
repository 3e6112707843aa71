"""General pages: login and logout, type size, the day of a demonstration."""

from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView, LogoutView
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_POST, require_safe

from jiuyuan import clock, demonstration_progress
from jiuyuan.agencies import sign_ins
from jiuyuan.agencies.models import LoginWay, User
from jiuyuan.agencies.pace import TooOften
from jiuyuan.agencies.services import set_larger_type
from jiuyuan.notifications import services as notifications
from jiuyuan.templatetags.plain import day as in_words
from jiuyuan.web.confirming import JUST_CONFIRMED
from jiuyuan.web.context import LARGER_TYPE_COOKIE, SHOWN_AT
from jiuyuan.web.entering import enter_or_ask
from jiuyuan.web.return_addresses import is_ours, onward
from jiuyuan.web.sessions import FORMER_SECRET, KEPT, Kept, LoginForm, came_with, mark_of
from jiuyuan.wording import say

_A_YEAR = 365 * 24 * 60 * 60


class LoginPage(LoginView):
    authentication_form = LoginForm

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "username" not in request.POST:
            return self.render_to_response(self.get_context_data(form=LoginForm(request)))
        try:
            return super().post(request, *args, **kwargs)
        except TooOften as refusal:
            page = render(request, "registration/locked.html", {"refusal": refusal}, status=refusal.status)
            page["Retry-After"] = str(refusal.seconds)
            return page

    def get_redirect_url(self, request: HttpRequest | None = None) -> str:
        return onward(request or self.request, "")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kept = Kept.unsealed(self.request.POST.get(KEPT))
        held = {KEPT: self.request.POST[KEPT], "had_files": kept.had_files} if kept else {}
        return {**super().get_context_data(**kwargs), **held}

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        user = form.get_user()
        assert isinstance(user, User)
        return enter_or_ask(
            self.request, user, LoginWay.PASSWORD, self.get_redirect_url(), self.request.POST.get(KEPT, "")
        )


class Logout(LogoutView):
    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        sign_ins.close(request.session.session_key or "")
        return super().post(request, *args, **kwargs)

    def get_redirect_url(self, request: HttpRequest | None = None) -> str:
        return onward(request or self.request, "")


@never_cache
def kept(request: HttpRequest) -> HttpResponseBase:
    """The page with input kept from an expired session, to send on or discard."""
    if request.method == "POST":
        request.session.pop(KEPT, None)
        messages.info(request, say("刚才填的内容没有提交，已经丢弃。"))
        return redirect("home")
    held = Kept.unsealed(request.session.get(KEPT))
    if held is None or not isinstance(request.user, User) or not held.belongs_to(request.user):
        return redirect("home")
    confirmed = request.session.pop(JUST_CONFIRMED, False)
    return render(request, "registration/kept.html", {KEPT: held, "confirmed": confirmed})


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponseBase:
    """Handles a page older than the current login: its user can still send it, nobody else can."""
    user, former = request.user, request.session.get(FORMER_SECRET)
    if isinstance(user, User) and former and came_with(request, former):
        request.session[KEPT] = Kept.of(request, mark_of(user)).sealed()
        return redirect("kept")
    return render(request, "403_csrf.html", status=403)


@login_not_required
@require_POST
def larger_type(request: HttpRequest) -> HttpResponseBase:
    """Store the choice with the account, and in the browser for pages before login."""
    larger = request.POST.get("larger") == "1"
    if isinstance(request.user, User):
        set_larger_type(request.user, larger)
    shown_at = request.POST.get(SHOWN_AT, "")
    if is_ours(request, shown_at):
        # The browser sends the same form again to its page, which shows it with the input.
        response: HttpResponse = HttpResponse(status=307, headers={"Location": shown_at})
    else:
        response = redirect(onward(request, "/"))
    response.set_cookie(
        LARGER_TYPE_COOKIE,
        str(int(larger)),
        max_age=_A_YEAR,
        samesite="Lax",
        secure=bool(settings.SESSION_COOKIE_SECURE),
    )
    return response


@login_not_required
@never_cache
@require_safe
@xframe_options_sameorigin
def how_far(request: HttpRequest) -> HttpResponseBase:
    """The progress of making a demonstration, in a frame that reloads itself without scripts."""
    progress = demonstration_progress.progress(settings.JIUYUAN)
    response = render(request, "preparing.html", {"progress": progress, "page": onward(request, "/")})
    if progress and not progress.stopped:
        response["Refresh"] = "2"
    return response


@login_not_required
@never_cache
@require_safe
def texts(request: HttpRequest) -> HttpResponse:
    """The text messages that a demonstration would have sent, latest first."""
    rows = [
        {"at": one.sent_at, "phone": one.phone, "text": notifications.text_of(one)}
        for one in notifications.latest_texts(30)
    ]
    return render(request, "texts.html", {"rows": rows})


@require_POST
def move_day(request: HttpRequest) -> HttpResponseBase:
    """Move a demonstration to a later day; the record only grows, so not to an earlier one."""
    if not settings.JIUYUAN.time_can_move:
        raise Http404
    today = clock.today()
    try:
        if "days" in request.POST:
            to = today + timedelta(days=int(request.POST["days"]))
        else:
            to = date.fromisoformat(request.POST.get("day", ""))
    except (ValueError, OverflowError):
        messages.error(request, say("没有换：请填一个日期，例如2026-03-02。"))
        return redirect(onward(request, "/"))
    if to > clock.LATEST:
        messages.error(
            request, say("没有换：演示的日期最晚到{latest}，再往后，期限算不出来。", latest=in_words(clock.LATEST))
        )
    elif to > today:
        clock.move_to(to)
        messages.success(request, say("演示系统换到了{to}。", to=in_words(to)))
    else:
        messages.error(request, say("没有换：演示的日期只能往后走，现在是{today}。", today=in_words(today)))
    return redirect(onward(request, "/"))
