"""我的账号 of an applicant: password, phone, address, tokens, closing."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from jiuyuan import masking
from jiuyuan.agencies import passwords
from jiuyuan.agencies.models import User
from jiuyuan.applications import handover
from jiuyuan.people import accounts, bank_accounts, staff
from jiuyuan.people.models import Person
from jiuyuan.portal.access import for_applicants
from jiuyuan.portal.forms import PhoneField
from jiuyuan.portal.question_page import QuestionPage, ask, posted, saved
from jiuyuan.web.entering import stay
from jiuyuan.wording import say

_ACCOUNT = "portal:account"


def _password(label: str, empty: str, kind: str, **more: Any) -> forms.CharField:
    widget = forms.PasswordInput({"autocomplete": kind, "class": "medium"})
    return forms.CharField(label=label, error_messages={"required": empty}, widget=widget, strip=False, **more)


class NewPassword(QuestionPage):
    password = _password("现在的密码", "请输现在的密码。", "current-password")
    new_password = _password("新密码", "请定一个新密码。", "new-password", help_text=passwords.hint())
    new_password_again = _password("再输一次新密码", "请把新密码再输一次。", "new-password")


class NewPhone(QuestionPage):
    phone = PhoneField(label="新的联系电话")
    password = _password(
        "密码", "请输密码。", "current-password", help_text="办理中有事会找这个电话，所以要再输一次密码，确认是您本人。"
    )


class NewAddress(QuestionPage):
    address = forms.CharField(
        label="现在的常住地址", max_length=200, error_messages={"required": "请写明现在住在哪里。"},
        help_text="写到门牌号。搬到别的街道（乡镇）的，请到新住处的窗口说明，以后由那里办理。",
        widget=forms.TextInput({"autocomplete": "street-address"}),
    )  # fmt: skip


class OwnBankAccount(QuestionPage):
    decides = ("number", "holder", "bank")
    number = forms.CharField(
        label="银行卡号", help_text="卡正面的16至19位数字。请用您自己的卡，补贴打到这张卡里。", required=False,
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "off", "class": "id-number"}),
    )  # fmt: skip
    holder = forms.CharField(
        label="户名", help_text="办卡的人的姓名。", required=False, widget=forms.TextInput({"class": "medium"})
    )
    bank = forms.CharField(label="哪家银行", help_text="写到支行，例如：中国建设银行人民路支行。", required=False)
    password = _password("密码", "请输密码。", "current-password", help_text="再输一次密码，确认是您本人。")


class Closing(QuestionPage):
    """`open_seen` is asked if anything is open."""

    password = _password("密码", "请输密码。", "current-password", help_text="再输一次密码，确认是您本人。")
    open_seen = forms.BooleanField(label="我知道停用以后在网上看不到、也办不了这些事，要到窗口去办", required=False)

    def __init__(self, *args: Any, going_on: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if going_on:
            self.fields["open_seen"].help_text = say(
                "您还有{going_on}。停用账号不等于撤回或退出，事情照常办。", going_on=going_on
            )
        else:
            del self.fields["open_seen"]


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


def _person(user: User) -> Person | None:
    found: Person | None = Person.objects.visible_to(user).select_related("agency").first()
    return found


@require_safe
@for_applicants
def account(request: HttpRequest) -> HttpResponseBase:
    return _shown(request)


@never_cache
@require_POST
@for_applicants
def bank_account_whole(request: HttpRequest) -> HttpResponseBase:
    """The page with the full bank account number, once."""
    return _shown(request, bank_accounts.see_own(_user(request)).number)


def _shown(request: HttpRequest, bank_number: str = "") -> HttpResponseBase:
    user = _user(request)
    person = _person(user)
    context = {
        "bank_account": bank_accounts.of(person) if person else None,
        "bank_number": bank_number,
        "phone": masking.phone(person.phone) if person else "",
        "address": person.address if person else "",
        "agency": person.agency if person else None,
        "tokens": [token for token in user.tokens.all() if token.holds],
    }
    return render(request, "portal/account.html", context)


@sensitive_post_parameters("password", "new_password", "new_password_again")
@never_cache
@for_applicants
def own_password(request: HttpRequest) -> HttpResponseBase:
    user, form = _user(request), NewPassword(posted(request))
    if form.is_valid():
        said = form.cleaned_data
        user.guessable = accounts.known_words(user, _person(user))

        def act() -> bool:
            passwords.change(user, said["password"], said["new_password"], said["new_password_again"])
            return True

        if saved(form, act):
            stay(request, user)
            messages.success(request, say("密码改好了，以后用新密码登录。"))
            return redirect(_ACCOUNT)
    return ask(
        request,
        form,
        title=say("改密码"),
        button=say("改密码"),
        back_url=reverse(_ACCOUNT),
        back_label=say("返回，不改"),
    )


@sensitive_post_parameters("password")
@never_cache
@for_applicants
def phone(request: HttpRequest) -> HttpResponseBase:
    user, form = _user(request), NewPhone(posted(request))
    if _person(user) is None:
        messages.info(request, say("还没有您的档案，申请时会问联系电话。"))
        return redirect(_ACCOUNT)
    if form.is_valid():

        def act() -> bool:
            accounts.change_phone(user, form.cleaned_data["phone"], form.cleaned_data["password"])
            return True

        if saved(form, act):
            messages.success(request, say("联系电话改好了，以后有事打新的号码。"))
            return redirect(_ACCOUNT)
    return ask(
        request,
        form,
        title=say("改联系电话"),
        button=say("改联系电话"),
        back_url=reverse(_ACCOUNT),
        back_label=say("返回，不改"),
    )


@never_cache
@for_applicants
def address(request: HttpRequest) -> HttpResponseBase:
    user, person = _user(request), _person(_user(request))
    if person is None:
        messages.info(request, say("还没有您的档案，申请时会问常住地址。"))
        return redirect(_ACCOUNT)
    form = NewAddress(posted(request), initial={"address": person.address})
    if form.is_valid():

        def act() -> bool:
            accounts.change_address(user, form.cleaned_data["address"])
            return True

        if saved(form, act):
            messages.success(request, say("常住地址改好了。"))
            return redirect(_ACCOUNT)
    return ask(
        request,
        form,
        title=say("改常住地址"),
        button=say("改常住地址"),
        back_url=reverse(_ACCOUNT),
        back_label=say("返回，不改"),
    )


@sensitive_post_parameters("number", "password")
@never_cache
@for_applicants
def bank_account(request: HttpRequest) -> HttpResponseBase:
    user, person = _user(request), _person(_user(request))
    if person is None:
        messages.info(request, say("还没有您的档案，申请以后再登记银行账户。"))
        return redirect(_ACCOUNT)
    form = OwnBankAccount(posted(request), initial={"holder": person.name})
    if form.is_valid() and (made := saved(form, lambda: bank_accounts.enter_own(user, **form.cleaned_data))):
        messages.success(request, say("银行账户登记好了，以后补贴打到这里。"))
        for doubt in bank_accounts.doubts(made):
            messages.warning(request, doubt)
        return redirect(_ACCOUNT)
    return ask(
        request,
        form,
        title=say("收补贴的银行账户"),
        button=say("登记"),
        back_url=reverse(_ACCOUNT),
        back_label=say("返回，不改"),
    )


@sensitive_post_parameters("password")
@never_cache
@for_applicants
def close(request: HttpRequest) -> HttpResponseBase:
    """Close one's own account and log out."""
    user = _user(request)
    form = Closing(posted(request), going_on=handover.under_way(user))
    if form.is_valid():

        def act() -> bool:
            handover.close_own(user, form.cleaned_data["password"], open_seen=form.cleaned_data.get("open_seen", False))
            return True

        if saved(form, act):
            logout(request)
            messages.success(
                request, say("账号已经停用，已退出登录。您的档案都还在；以后要再上网办，请带身份证到窗口要绑定码。")
            )
            return redirect("home")
    lead = say(
        "停用以后，这个账号不能再登录，用它的程序也不能再用。您的档案、申请和认定都保留，不会删除；以后要再上网办，"
        "请带身份证到窗口要绑定码，重新开通。"
    )
    return ask(
        request,
        form,
        title=say("停用我的账号"),
        lead=lead,
        button=say("停用账号"),
        back_url=reverse(_ACCOUNT),
        back_label=say("返回，不停用"),
    )


@require_POST
@for_applicants
def token_revoke(request: HttpRequest, pk: int) -> HttpResponseBase:
    staff.revoke_token(_user(request), _user(request), pk)
    messages.success(request, say("令牌已收回，用它的程序马上就不能再用。"))
    return redirect(_ACCOUNT)
