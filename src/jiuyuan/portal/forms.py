"""Form fields used by several pages, with their error messages."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.html import format_html

from jiuyuan import clock
from jiuyuan.people import id_numbers
from jiuyuan.people.contact import clean_name, clean_phone
from jiuyuan.refusals import BadInput
from jiuyuan.rules.policy import Policy
from jiuyuan.wording import say


class _Cleaned(forms.CharField):
    """A text parsed by the register's own functions, so that pages and programs give the same messages."""

    reads: Callable[[str], str]

    def clean(self, value: Any) -> Any:
        try:
            return type(self).reads(str(value or ""))
        except BadInput as refusal:
            raise ValidationError([message for _, message in refusal.errors]) from None


class NameField(_Cleaned):
    """With `own` False for another person's name, which browsers must not autofill with the user's."""

    reads = staticmethod(clean_name)

    def __init__(self, *, own: bool = True, **more: Any) -> None:
        widget = forms.TextInput({"autocomplete": "name" if own else "off", "class": "medium"})
        super().__init__(**{"label": say("姓名"), "help_text": say("和身份证上一样。"), "widget": widget, **more})


class IdNumberField(_Cleaned):
    """An ID number, normalised to 18 characters."""

    reads = staticmethod(lambda text: id_numbers.parse(text, clock.today()).number)

    def __init__(self, **more: Any) -> None:
        widget = forms.TextInput({"class": "id-number", "autocomplete": "off", "spellcheck": "false"})
        super().__init__(**{"label": say("身份证号码"), "widget": widget, **more})


class PhoneField(_Cleaned):
    reads = staticmethod(clean_phone)

    def __init__(self, **more: Any) -> None:
        widget = forms.TextInput({"inputmode": "tel", "autocomplete": "tel", "class": "medium"})
        hint = say("办理中有事，会打这个号码找您。")
        super().__init__(**{"label": say("联系电话"), "help_text": hint, "widget": widget, **more})


class AddressField(forms.CharField):
    def __init__(self, **more: Any) -> None:
        super().__init__(
            label=say("详细地址"),
            help_text=say("小区（村、屯）、楼号、门牌号，例如：民康路1号3栋2单元501。"),
            max_length=200,
            widget=forms.TextInput({"autocomplete": "street-address"}),
            error_messages={
                "required": say("请填写详细地址，工作人员可能上门核实。"),
                "max_length": say("地址最多200字，请写短一些。"),
            },
            **more,
        )


class CategoriesField(forms.MultipleChoiceField):
    """The categories of the policy in force where the person applies."""

    def __init__(self, rules: Policy, **more: Any) -> None:
        note = '{}<span class="choice-note">{}</span>'
        super().__init__(
            label=say("您属于哪一类？"),
            help_text=say("可以选几类，至少选一类。"),
            choices=[(one.code, format_html(note, one.title, one.plain)) for one in rules.categories],
            widget=forms.CheckboxSelectMultiple,
            error_messages={"required": say("请至少选一类。"), "invalid_choice": say("没有这一类，请从下面选。")},
            **more,
        )
