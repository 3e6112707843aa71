"""Forms for accounts and agencies: one's own, and those of an area."""

from typing import Any

from django import forms

from jiuyuan.agencies import passwords
from jiuyuan.agencies.models import Agency, Token, User
from jiuyuan.agencies.roles import SEATS, Role
from jiuyuan.agencies.services import MOST_TOKEN_DAYS
from jiuyuan.desk.forms.spoken import INLINE, SpokenForm
from jiuyuan.people import staff
from jiuyuan.web.fields import Calendar, Form, PlaceInput
from jiuyuan.wording import say

_AREA = {"rows": 3}
_MEDIUM = {"class": "medium"}
_ANY = ("", "全部")


def _password(label: str, kind: str, **more: Any) -> forms.CharField:
    widget = forms.PasswordInput({"autocomplete": kind, "class": "medium"})
    return forms.CharField(label=label, widget=widget, strip=False, **more)


class PasswordForm(SpokenForm):
    password = _password("现在的密码", "current-password")
    new_password = _password("新密码", "new-password")
    new_password_again = _password("再输一次新密码", "new-password")

    def __init__(self, user: User, data: Any = None) -> None:
        super().__init__(data)
        self.fields["new_password"].help_text = passwords.hint(user)


class HolderForm(SpokenForm):
    id_number = forms.CharField(
        label="您的身份证号码",
        help_text="只存一个不能还原的标记，用来保证您不经办本人和亲属的事、一个人不当两个人用。登记后自己不能改。",
        widget=forms.TextInput({"class": "id-number", "autocomplete": "off", "spellcheck": "false"}),
    )


class RelativeForm(SpokenForm):
    name = forms.CharField(label="亲属的姓名", widget=forms.TextInput(_MEDIUM))
    relation = forms.CharField(
        label="与您的关系", help_text="例如：母亲、配偶的弟弟。", widget=forms.TextInput(_MEDIUM)
    )
    id_number = forms.CharField(
        label="亲属的身份证号码",
        help_text="只存一个不能还原的标记。",
        widget=forms.TextInput({"class": "id-number", "autocomplete": "off", "spellcheck": "false"}),
    )


class WhyForm(SpokenForm):
    reason = forms.CharField(label="为什么？", help_text="写进记录。", widget=forms.Textarea(_AREA))


class AppCodeForm(SpokenForm):
    code = forms.CharField(
        label="应用里现在显示的6位数字",
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "one-time-code", "class": "short"}),
    )


class KeyForm(SpokenForm):
    label = forms.CharField(
        label="给它起个名字",
        help_text="例如：钥匙扣上的、办公桌里的。",
        required=False,
        widget=forms.TextInput(_MEDIUM),
    )


class HandOverForm(SpokenForm):
    """The new helper; `why` if the account is closed too, in which case no helper is required."""

    def __init__(self, takers: list[User], data: Any = None, *, closing: bool = False) -> None:
        super().__init__(data)
        if closing:
            self.fields["reason"] = WhyForm.base_fields["reason"]
        if takers or not closing:
            later = [("", say("以后再移交，先列入平台“今天要办”"))] if closing else []
            named = [(one.username, f"{one.name}（{one.agency.name if one.agency else ''}）") for one in takers]
            self.fields["to"] = forms.ChoiceField(
                label=say("帮扶计划移交给谁？"), choices=[*later, *named], required=not closing, widget=forms.RadioSelect,
                help_text=say("措施和到期要办的事一起移交，本人会收到通知。"),
            )  # fmt: skip


class TokenForm(SpokenForm):
    label = forms.CharField(label="用来做什么？", help_text="例如：与统计系统对接。", widget=forms.TextInput(_MEDIUM))
    scope = forms.ChoiceField(label="能做什么？", choices=Token.Scope.choices, widget=forms.RadioSelect(INLINE))
    days = forms.CharField(
        label="有效多少天？",
        help_text=f"最多{MOST_TOKEN_DAYS}天，到期自动作废。",
        widget=forms.TextInput({"inputmode": "numeric", "class": "short"}),
    )


def agency_field(user: User, label: str, **more: Any) -> forms.CharField:
    """A field for an agency's code, with the area's open ones as suggestions."""

    def offered() -> list[str]:
        rows = Agency.objects.filter(path__begins=user.area, closed_on=None).values_list("code", "name")
        return [f"{code} {name}" for code, name in rows]

    return forms.CharField(label=label, widget=PlaceInput(offered, {"autocomplete": "off"}), **more)


def code_said(text: str | None) -> str:
    """Parse the code from a suggestion or a typed text."""
    return (text or "").split(maxsplit=1)[0] if (text or "").strip() else ""


class AccountForm(SpokenForm):
    role = forms.ChoiceField(label="角色")
    name = forms.CharField(label="姓名", help_text="和身份证上一样；渠道写它的名称。", widget=forms.TextInput(_MEDIUM))
    id_number = forms.CharField(
        label="身份证号码",
        help_text="只存一个不能还原的标记，用来保证一个人不当两个人用。",
        widget=forms.TextInput({"class": "id-number", "autocomplete": "off", "spellcheck": "false"}),
    )
    username = forms.CharField(
        label="账号名",
        help_text="登录时用。小写字母开头，3到40位，例如 wangfang。",
        widget=forms.TextInput({"class": "medium", "autocomplete": "off", "autocapitalize": "none"}),
    )
    valid_until = forms.CharField(
        label="有效到",
        required=False,
        help_text="给外单位的人临时开的账号，写最后一天，过后自动停用。本单位的人不填。",
        widget=Calendar(),
    )
    field_order = ("agency", "role", "name", "id_number", "username", "valid_until")

    def __init__(self, user: User, data: Any = None, **more: Any) -> None:
        super().__init__(data, **more)
        roles = staff.manageable_roles(user)
        self.fields["role"].choices = [("", say("请选择")), *((r.value, r.label) for r in roles)]  # type: ignore[attr-defined]
        channels = Role.CHANNEL in roles
        hint = say("写代码或名称开头，从列出的选。") + (say("渠道不用填。") if channels else "")
        self.fields["agency"] = agency_field(user, say("机构"), help_text=hint)
        if channels:
            self.fields["id_number"].help_text += say("渠道不用填。")
        self.order_fields(self.field_order)


class MoveForm(SpokenForm):
    role = forms.ChoiceField(label="角色")

    def __init__(self, user: User, data: Any = None, **more: Any) -> None:
        super().__init__(data, **more)
        roles = [role for role in staff.manageable_roles(user) if role in SEATS]
        self.fields["role"].choices = [(r.value, r.label) for r in roles]  # type: ignore[attr-defined]
        self.fields["agency"] = agency_field(user, say("机构"), help_text=say("写代码或名称开头，从列出的选。"))


class AccountFilterForm(Form):
    """The filters of the list of accounts, kept in the URL."""

    use_required_attribute = False
    q = forms.CharField(label="账号或姓名", required=False)
    role = forms.ChoiceField(label="角色", required=False)
    closed = forms.BooleanField(label="停用的也列出", required=False)

    def __init__(self, roles: list[Role], data: Any) -> None:
        super().__init__(data)
        self.fields["role"].choices = [("", say("全部")), *((role.value, role.label) for role in roles)]  # type: ignore[attr-defined]


class OfficeForm(SpokenForm):
    """The attributes of an agency."""

    name = forms.CharField(label="名称", widget=forms.TextInput())
    address = forms.CharField(label="地址", required=False, help_text="群众按它找窗口。", widget=forms.TextInput())
    phone = forms.CharField(
        label="电话",
        required=False,
        help_text="印在告知书上，网上也看得到。",
        widget=forms.TextInput({"class": "medium"}),
    )
    hours = forms.CharField(
        label="办公时间", required=False, help_text="例如：工作日8:30至11:30，13:00至16:30。", widget=forms.TextInput()
    )
    responsible = forms.CharField(label="负责人", required=False, widget=forms.TextInput(_MEDIUM))


class NewOfficeForm(OfficeForm):
    code = forms.CharField(
        label="机构代码",
        help_text="街道（乡镇）用9位统计用区划代码。定了不能改。",
        widget=forms.TextInput({"class": "medium", "autocomplete": "off"}),
    )
    divisions = forms.CharField(
        label="管辖的区划代码",
        required=False,
        help_text="与机构代码相同的不用填；几个的用顿号隔开。",
        widget=forms.TextInput(),
    )
    field_order = ("code", "name", "divisions")


class OfficesFileForm(SpokenForm):
    file = forms.FileField(
        label="机构的表格", help_text="XLSX、XLS或CSV。第一行是表头。", widget=forms.ClearableFileInput()
    )


class SealForm(SpokenForm):
    file = forms.FileField(
        label="证书文件",
        help_text="发证机构给的 .p12 或 .pfx 文件，里面有密钥和证书。",
        widget=forms.ClearableFileInput(),
    )
    passphrase = _password("这个文件的密码", "off", required=False, help_text="没有密码就不填。密钥存好以后不再显示。")
    look_first = forms.BooleanField(
        label="先只核对，不换上", required=False, help_text="说是谁的证书、到哪天，什么也不改。"
    )
    other_name = forms.BooleanField(
        label="证书上的名称和机构的名称不一样，确实是这个机构的", required=False, help_text="名称一样的不用勾。"
    )
