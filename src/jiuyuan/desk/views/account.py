"""我的账号: password, holder, relatives, tokens."""

from typing import Any

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from jiuyuan.agencies import passwords
from jiuyuan.desk.access import StaffRequest, staff
from jiuyuan.desk.confirmation import asked
from jiuyuan.desk.forms import staff as forms
from jiuyuan.desk.forms.spoken import SpokenForm
from jiuyuan.desk.frame import page
from jiuyuan.notifications.models import Message
from jiuyuan.people import holders
from jiuyuan.people import staff as accounts
from jiuyuan.people.pinyin import pinyin
from jiuyuan.refusals import BadInput, NotFound, Refusal
from jiuyuan.web.entering import stay
from jiuyuan.web.sessions import KEPT
from jiuyuan.wording import say

_MOST_MESSAGES = 20
_ACCOUNT = "desk:account"


@staff()
@require_safe
def account(request: StaffRequest) -> HttpResponseBase:
    user = request.user
    context = {
        "others": holders.others_of(user),
        "relatives": holders.relatives_of(user),
        "counts_on": holders.COUNTS_ON,
        "tokens": list(user.tokens.all()[:50]),
        "letters": list(Message.objects.to(user.username)[:_MOST_MESSAGES]),
    }
    return page(request, "account.html", context)


@sensitive_post_parameters("password", "new_password", "new_password_again")
@never_cache
@staff()
@require_http_methods(["GET", "HEAD", "POST"])
def own_password(request: StaffRequest) -> HttpResponseBase:
    """The only page that accounts with a first password may see (`jiuyuan.web.first_password`)."""
    user, status = request.user, 200
    first = user.first_password
    form = forms.PasswordForm(user, request.POST or None)
    if request.method == "POST":
        user.guessable = (pinyin(user.name),)
        try:
            passwords.change(user, *(form.said()[name] or "" for name in form.fields))
        except Refusal as refusal:
            form.refuse(refusal)
            status = refusal.status
        else:
            stay(request, user)
            messages.success(request, say("密码改好了。别处的登录都已退出，接口令牌都已收回。"))
            return redirect(_onward(request))
    return page(request, "own_password.html", {"form": form, "first": first}, status=status)


def _onward(request: StaffRequest) -> str:
    if KEPT in request.session:
        return "kept"
    return _ACCOUNT if request.user.id_index else "desk:holder"


@sensitive_post_parameters("id_number")
@never_cache
@staff()
@require_http_methods(["GET", "HEAD", "POST"])
def holder(request: StaffRequest) -> HttpResponseBase:
    """Asks for the account's holder at login until it is known; before that the account is read-only."""
    user = request.user
    if user.id_index:
        return redirect(_ACCOUNT)
    form = forms.HolderForm(request.POST or None)
    return asked(
        request, form, lambda: holders.name_holder(user, form.said()["id_number"] or ""),
        say("登记好了，可以办理业务了。"), reverse(_ACCOUNT), title=say("这个账号是谁的？"), button=say("登记"),
        cancel_url=reverse("desk:home"),
        text=say("请登记持有人的身份证号码。登记以前只能查看，不能办理。"),
    )  # fmt: skip


@sensitive_post_parameters("id_number")
@staff()
@require_http_methods(["GET", "HEAD", "POST"])
def relative_add(request: StaffRequest) -> HttpResponseBase:
    form = forms.RelativeForm(request.POST or None)
    return asked(
        request, form, lambda: holders.declare(request.user, **{k: v or "" for k, v in form.said().items()}),
        say("已申报。这位亲属的事项您不能经办。"), reverse(_ACCOUNT), title=say("申报一位亲属"), button=say("申报"),
        text=say("配偶、父母、子女、兄弟姐妹和其他近亲属的事项，须由别人办理。"),
    )  # fmt: skip


@staff()
@require_http_methods(["GET", "HEAD", "POST"])
def relative_remove(request: StaffRequest, pk: int) -> HttpResponseBase:
    row = request.user.relatives.filter(pk=pk, counts_until=None).first()
    if row is None:
        raise NotFound(say("没有这位申报的亲属。"))
    form = forms.WhyForm(request.POST or None)
    return asked(
        request, form, lambda: holders.take_off(request.user, pk, form.said()["reason"] or ""),
        say("已撤下，还要回避{counts_on}天。", counts_on=holders.COUNTS_ON), reverse(_ACCOUNT), title=say("撤下申报的亲属？"),
        caption=f"{row.relation} {row.name}", button=say("撤下"), danger=True,
        text=say("撤下写进记录，上级看得到；此后{counts_on}天内仍须回避。", counts_on=holders.COUNTS_ON),
    )  # fmt: skip


@never_cache
@staff()
@require_http_methods(["GET", "HEAD", "POST"])
def token_issue(request: StaffRequest) -> HttpResponseBase:
    """Issue a token for oneself; it is shown once."""
    form, token, status = forms.TokenForm(request.POST or None, initial={"scope": "read", "days": "90"}), "", 200
    if request.method == "POST":
        try:
            token = accounts.issue_token(request.user, request.user, **asked_for(form))
        except Refusal as refusal:
            form.refuse(refusal)
            status = refusal.status
    context = {"form": form, "token": token, "back": reverse(_ACCOUNT)}
    return page(request, "token.html", context, status=status)


def asked_for(form: SpokenForm) -> dict[str, Any]:
    """The input for a token. Raises `BadInput` for an invalid number of days."""
    said = form.said()
    days = (said["days"] or "").strip()
    errors = [] if days.isdecimal() and int(days[:6]) > 0 else [("days", say("请写天数，例如 90。"))]
    if not (said["label"] or "").strip():
        errors.append(("label", say("请写明用来做什么。")))
    if errors:
        raise BadInput(say("有内容需要改正。"), errors)
    return {"days": int(days[:6]), "scope": said["scope"] or "", "label": said["label"]}


@staff()
@require_http_methods(["GET", "HEAD", "POST"])
def token_revoke(request: StaffRequest, pk: int) -> HttpResponseBase:
    token = request.user.tokens.filter(pk=pk).first()
    if token is None:
        raise NotFound(say("没有这个令牌。"))
    return asked(
        request, SpokenForm(request.POST or None), lambda: accounts.revoke_token(request.user, request.user, pk),
        say("令牌已收回。"), reverse(_ACCOUNT), title=say("收回这个令牌？"), caption=token.label, button=say("收回"), danger=True,
        text=say("用它的程序马上就不能再调用。"),
    )  # fmt: skip
