"""登录的设备: where one's account is logged in, for staff and applicants alike."""

from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from jiuyuan.agencies import sign_ins
from jiuyuan.agencies.models import User
from jiuyuan.wording import say


def account_page(user: User) -> str:
    """The name of the page 我的账号 of somebody."""
    return "desk:account" if user.is_staff_member else "portal:account"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_ins_open(request: HttpRequest) -> HttpResponseBase:
    user, here = request.user, request.session.session_key or ""
    assert isinstance(user, User)
    if request.method == "POST":
        if ended := sign_ins.end_others(user, here):
            messages.success(request, say("已退出其他{ended}处登录。不是您本人登录的，请马上改密码。", ended=ended))
        else:
            messages.info(request, say("没有别处的登录。"))
        return redirect("sign_ins")
    rows = sign_ins.open_of(user)
    context = {
        "rows": rows,
        "here_key": here,
        "others": [row for row in rows if row.session_key != here],
        "account_page": account_page(user),
    }
    return render(request, "registration/sign_ins.html", context)
