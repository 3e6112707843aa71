"""Opening an account: who you are, where you can be reached, a password. Why it is so: docs/decisions/0003-accounts.md."""

from dataclasses import asdict
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from jiuyuan.agencies import passwords
from jiuyuan.agencies.models import LoginWay
from jiuyuan.entering import begin
from jiuyuan.notifications import gateways
from jiuyuan.people.accounts import check, open_account
from jiuyuan.people.phone_codes import MINUTES, SentCode, send
from jiuyuan.portal.access import applicant
from jiuyuan.portal.forms import IdNumberField, NameField, PhoneField
from jiuyuan.portal.question_page import QuestionPage, ask, posted, saved
from jiuyuan.portal.unsaved_answers import Beginning
from jiuyuan.return_addresses import onward
from jiuyuan.wording import say

_OPENED = (
    "账号开通了，以后用身份证号码和密码登录。以前在窗口办过申请或开过账号的，这里看不到原来的："
    "请带身份证到街道（乡镇）窗口要8位绑定码，在“忘了密码”一页填上就都在。"
)
_SENT = "phone_code"
_WITH_CODE = "账号接上了，以后用身份证号码和新密码登录，原来的申请都在。"


class NewAccount(QuestionPage):
    # A mistake in one box must not cost the others, so the password stays; the page is never cached.
    name = NameField()
    id_number = IdNumberField(help_text="18位；末位是X的，大写小写都行。")
    phone = PhoneField()
    password = forms.CharField(
        label="给自己定一个密码",
        help_text=passwords.hint(),
        error_messages={"required": "请定一个密码。"},
        widget=forms.PasswordInput({"autocomplete": "new-password", "class": "medium"}, render_value=True),
        strip=False,
    )
    again = forms.CharField(
        label="再输一次密码",
        error_messages={"required": "请把密码再输一次。"},
        widget=forms.PasswordInput({"autocomplete": "new-password", "class": "medium"}, render_value=True),
        strip=False,
    )
    phone_code = forms.CharField(
        label="短信验证码",
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "one-time-code", "class": "short"}),
    )
    code = forms.CharField(
        label="窗口给的绑定码",
        required=False,
        help_text="8位数字。只有工作人员给过您的才填。",
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "one-time-code", "class": "short"}),
    )

    agreed = forms.BooleanField(
        label="我看过“个人信息怎么用”，同意这样用我的信息",
        error_messages={"required": "要看过并同意，才能开账号；不同意的，请到窗口问怎么办。"},
    )

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.expect_code(None)
        if gateways.configured() is not None:
            self.fields["phone"].help_text = say(
                "按“开通账号”，会给这个号码发一个验证码。办理中有事，也打这个号码找您。"
            )

    def expect_code(self, sent: SentCode | None) -> None:
        """Ask for the code that was sent, before anything else; without one, ask for none."""
        if sent is None:
            self.fields.pop("phone_code", None)
        else:
            self.fields = {"phone_code": self.base_fields["phone_code"]} | self.fields

    def clean(self) -> None:
        first, second = self.cleaned_data.get("password"), self.cleaned_data.get("again")
        if first and second and first != second:
            self.add_error("again", say("两次输的密码不一样，请再输一次。"))


@sensitive_post_parameters("id_number", "password", "again", "code")
@never_cache
@login_not_required
def register(request: HttpRequest) -> HttpResponseBase:
    """A new account, and straight on to where the person was going.

    Whoever has an account already is led on, unless it is with a code from the window: that opens one anew.
    """
    with_code = "code" in request.GET or bool(request.POST.get("code"))
    if applicant(request) and not with_code:
        return redirect(_onward(request))
    form = NewAccount(posted(request))
    shown = ""
    sent = _kept(request)
    if form.is_valid():
        said = {name: form.cleaned_data[name] for name in ("name", "id_number", "phone", "password", "code")}
        if _needs_a_code(request, said, sent):
            if new := saved(form, lambda: _send_code(**said)):
                sent, shown = new
                request.session[_SENT] = asdict(sent)
        elif account := saved(
            form, lambda: open_account(**said, sent=sent, phone_code=request.POST.get("phone_code", ""))
        ):
            request.session.pop(_SENT, None)
            begin(request, account, LoginWay.OPENED)
            beginning = Beginning.of(request)
            beginning.name, beginning.phone = account.name, said["phone"]
            beginning.id_number = said["id_number"]
            beginning.keep(request)
            # The same for a number that has a file and for one that has none: nobody learns here which it was.
            messages.success(request, say(_WITH_CODE) if said["code"].strip() else say(_OPENED))
            return redirect(_onward(request))
    if sent and sent.went_to(form.cleaned_data.get("phone", "")):
        form.expect_code(sent)
    return ask(
        request,
        form,
        title=say("开通账号"),
        template="portal/register.html",
        button=say("开通账号"),
        shown=shown,
        minutes=MINUTES,
        next=request.POST.get("next") or request.GET.get("next", ""),
    )


def _needs_a_code(request: HttpRequest, said: dict[str, str], sent: SentCode | None) -> bool:
    """Whether a code is to be sent first: there is a gateway, nobody at a window saw the person, and none was sent to this telephone."""
    if gateways.configured() is None or said["code"].strip():
        return False
    return "resend" in request.POST or sent is None or not sent.went_to(said["phone"])


def _send_code(*, name: str, id_number: str, phone: str, password: str, **_: str) -> tuple[SentCode, str]:
    """Look at everything else first: a code is sent for what could be opened."""
    check(name, id_number, phone, password)
    return send(phone)


def _kept(request: HttpRequest) -> SentCode | None:
    kept = request.session.get(_SENT)
    return SentCode(**kept) if kept else None


def _onward(request: HttpRequest) -> str:
    return onward(request, "portal:mine")
