"""Forms for lists of people to screen, and for the people found."""

from django import forms

from jiuyuan.desk.forms.spoken import SpokenForm
from jiuyuan.fields import Calendar


class ExtractForm(SpokenForm):
    provider = forms.CharField(
        label="名单来自哪里？", help_text="例如：失业登记系统。", widget=forms.TextInput({"class": "medium"})
    )
    file = forms.FileField(
        label="名单文件",
        help_text="XLSX、XLS或CSV。须有“姓名”“身份证号码”，和“常住地”的区划代码；其他列用事实的中文名称，没有的列就是不清楚。",
        widget=forms.FileInput({"accept": ".xlsx,.xls,.csv,.txt"}),
    )
    observed_on = forms.DateField(
        label="数据截止日期",
        required=False,
        help_text="不填就用今天。",
        widget=Calendar({"class": "medium"}),
    )


class DraftForm(SpokenForm):
    phone = forms.CharField(label="联系电话", widget=forms.TextInput({"class": "medium", "inputmode": "tel"}))
    address = forms.CharField(label="常住地址", required=False)


class DismissForm(SpokenForm):
    because = forms.CharField(
        label="为什么不申请？",
        help_text="例如：本人已找到工作；电话打不通，入户也没有人。",
        widget=forms.Textarea({"rows": 3}),
    )
