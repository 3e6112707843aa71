"""Forms about a person."""

from django import forms

from jiuyuan.desk.forms.spoken import SpokenForm


class BankAccountForm(SpokenForm):
    number = forms.CharField(
        label="银行卡号", help_text="照着银行卡填，16至19位。",
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "off", "class": "id-number"}),
    )  # fmt: skip
    holder = forms.CharField(label="户名", widget=forms.TextInput({"class": "medium"}))
    bank = forms.CharField(label="开户银行", help_text="写到支行，例如：中国建设银行人民路支行。")
