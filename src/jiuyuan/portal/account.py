"""Opening an account: identity, contact, password. See docs/decisions/0003-accounts.md."""

import json
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from jiuyuan import clock
from jiuyuan.agencies import passwords
from jiuyuan.agencies.models import LoginWay, User
from jiuyuan.notifications import gateways
from jiuyuan.people import accounts
from jiuyuan.people.phone_codes import MINUTES, SentCode, send
from jiuyuan.portal.access import applicant
from jiuyuan.portal.forms import IdNumberField, NameField, PhoneField
from jiuyuan.portal.question_page import QuestionPage, ask, posted, saved
from jiuyuan.portal.unsaved_answers import Beginning, sealed, unsealed
from jiuyuan.web.entering import begin
from jiuyuan.web.return_addresses import onward
from jiuyuan.wording import say

_PENDING = "pending_account"
#: How long the data stay after the code has expired; a shared browser must not show them for hours.
_KEPT_AFTER = timedelta(minutes=20)
_OPENED = "账号开通了，以后用身份证号码和密码登录。"
_WITH_CODE = "账号接上了，以后用身份证号码和新密码登录，原来的申请都在。"


class NewAccount(QuestionPage):
    name = NameField()
    id_number = IdNumberField(help_text="18位；末位是X的，大写小写都行。")
    phone = PhoneField()
    password = forms.CharField(
        label="给自己定一个密码",
        help_text=passwords.hint(),
        error_messages={"required": "请定一个密码。"},
        widget=forms.PasswordInput({"autocomplete": "new-password", "class": "medium"}),
        strip=False,
    )
    again = forms.CharField(
        label="再输一次密码",
        error_messages={"required": "请把密码再输一次。"},
        widget=forms.PasswordInput({"autocomplete": "new-password", "class": "medium"}),
        strip=False,
    )
    code = forms.CharField(
        label="窗口给的绑定码",
        required=False,
        help_text="8位数字。只有工作人员给过您的才填。",
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "one-time-code", "class": "short"}),
    )

    agreed = forms.BooleanField(
        label="我看过《个人信息怎么用》，同意这样用我的信息",
        error_messages={"required": "要看过并同意，才能开账号；不同意的，请到窗口问怎么办。"},
    )

    def __init__(self, *args: Any, by_code: bool = False, **more: Any) -> None:
        """`by_code`: for people with a code from the window,
        which is asked first and replaces the one by text message.
        """
        super().__init__(*args, **more)
        if by_code:
            self.fields["code"].required = True
            self.fields["code"].help_text = say("工作人员给您的8位数字，30分钟内有效。")
            self.fields["code"].error_messages["required"] = say("请填窗口给的8位绑定码。")
            self.order_fields(["code"])
        elif gateways.configured() is not None:
            self.fields["phone"].help_text = say("会给这个号码发一个验证码。办理中有事，也打这个号码找您。")

    def clean(self) -> None:
        said = self.cleaned_data
        first, second = said.get("password"), said.get("again")
        if first:
            name, number, phone = (said.get(box, "") for box in ("name", "id_number", "phone"))
            for fault in accounts.password_faults(name, number, phone, first):
                self.add_error("password", fault)
        if first and second and first != second:
            self.add_error("again", say("两次输的密码不一样，请再输一次。"))


class PhoneCode(QuestionPage):
    phone_code = forms.CharField(
        label="请填短信里的验证码",
        error_messages={"required": "请填短信里的6位验证码。"},
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "one-time-code", "class": "short"}),
    )


@sensitive_post_parameters("id_number", "password", "again", "code")
@never_cache
@login_not_required
def register(request: HttpRequest) -> HttpResponseBase:
    """Open an account and continue where the person was going; by way of a text message code if these are sent.

    People with an account are sent on, except with a code from the window, which opens a new one.
    """
    with_code = "code" in request.GET or bool(request.POST.get("code"))
    if applicant(request) and not with_code:
        return redirect(_onward(request))
    pending = _Pending.of(request)
    before: dict[str, Any] = {}
    if pending:
        before = {name: getattr(pending.wanted, name) for name in ("name", "id_number", "phone")} | {"agreed": True}
    by_code = "code" in request.GET
    form = NewAccount(posted(request), initial=before, by_code=by_code)
    if form.is_valid():
        said = {name: form.cleaned_data[name] for name in ("name", "id_number", "phone", "password")}
        code = form.cleaned_data["code"]
        if gateways.configured() is not None and not code.strip():
            if new := saved(form, lambda: _Pending.sent_to(accounts.looked_at(**said), _onward(request))):
                new.keep(request)
                return redirect("portal:phone_code")
        elif account := saved(form, lambda: accounts.open_account(**said, code=code)):
            wanted = accounts.WantedAccount(account.name, said["id_number"], said["phone"], "")
            return _opened(
                request, account, wanted, _onward(request), say(_WITH_CODE) if code.strip() else say(_OPENED)
            )
    return ask(
        request,
        form,
        title=say("用绑定码开通账号") if by_code else say("开通账号"),
        template="portal/register.html",
        button=say("开通账号") if by_code or gateways.configured() is None else say("下一步"),
        next=request.POST.get("next") or request.GET.get("next", ""),
    )


@never_cache
@login_not_required
def phone_code(request: HttpRequest) -> HttpResponseBase:
    """The page for the code sent to the phone of a new account."""
    pending = _Pending.of(request)
    if pending is None or gateways.configured() is None:
        return redirect("portal:register")
    resend = "resend" in request.POST
    form = PhoneCode(None if resend else posted(request))
    if resend:
        form = PhoneCode({})
        form.errors.clear()
        if new := saved(form, lambda: _Pending.sent_to(pending.wanted, pending.onward)):
            new.keep(request)
            return redirect("portal:phone_code")
    elif form.is_valid():
        typed = form.cleaned_data["phone_code"]
        if account := saved(form, lambda: accounts.open_wanted(pending.wanted, sent=pending.sent, phone_code=typed)):
            return _opened(request, account, pending.wanted, pending.onward, say(_OPENED))
    hint = say("验证码已发到{phone}，{minutes}分钟内有效。", phone=pending.wanted.phone, minutes=MINUTES)
    if pending.shown:
        hint += say("演示系统不真的发短信，验证码是{shown}。", shown=pending.shown)
    form.fields["phone_code"].help_text = hint
    return ask(
        request,
        form,
        title=say("请填短信里的验证码"),
        template="portal/phone_code.html",
        button=say("开通账号"),
        back_url=reverse("portal:register", query={"next": pending.onward}),
        back_label=say("号码填错了，回去改"),
    )


@dataclass(frozen=True)
class _Pending:
    """An account that waits for its code, encrypted in the session.

    `shown`: the code, if the gateway only displays it.
    """

    wanted: accounts.WantedAccount
    sent: SentCode
    onward: str
    shown: str = ""

    @classmethod
    def sent_to(cls, wanted: accounts.WantedAccount, onward: str) -> "_Pending":
        """Send a code. Raises like `phone_codes.send`."""
        sent, shown = send(wanted.phone, wanted.id_number)
        return cls(wanted, sent, onward, shown)

    def keep(self, request: HttpRequest) -> None:
        request.session[_PENDING] = sealed(json.dumps(asdict(self), ensure_ascii=False), _PENDING)

    @classmethod
    def of(cls, request: HttpRequest) -> "_Pending | None":
        text = unsealed(request.session.get(_PENDING, ""), _PENDING)
        if not text:
            return None
        kept = json.loads(text)
        try:
            wanted, sent = accounts.WantedAccount(**kept.pop("wanted")), SentCode(**kept.pop("sent"))
            over = datetime.fromisoformat(sent.until) + _KEPT_AFTER < clock.now()
            return None if over else cls(wanted, sent, **kept)
        except (KeyError, TypeError):  # stored by another version
            return None


def _opened(
    request: HttpRequest, account: User, wanted: accounts.WantedAccount, onward: str, told: str
) -> HttpResponseBase:
    """The response is the same whether or not the ID number has a file, so that nobody learns which."""
    request.session.pop(_PENDING, None)
    begin(request, account, LoginWay.OPENED)
    beginning = Beginning.of(request)
    beginning.name, beginning.id_number, beginning.phone = wanted.name, wanted.id_number, wanted.phone
    beginning.keep(request)
    messages.success(request, told)
    return redirect(onward)


def _onward(request: HttpRequest) -> str:
    return onward(request, "portal:mine")
