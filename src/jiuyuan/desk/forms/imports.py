"""Forms for departments' files and earlier registers."""

from django import forms

from jiuyuan.desk.forms.spoken import SpokenForm
from jiuyuan.people.models import ImportBatch
from jiuyuan.people.sources.mapping import DEPARTMENTS
from jiuyuan.web.fields import Calendar

_TYPES = ".xlsx,.xls,.csv,.txt"


class RegisterFileForm(SpokenForm):
    file = forms.FileField(
        label="名册文件",
        help_text="XLSX、XLS或CSV，第一行（或标题下面一行）是列名。",
        widget=forms.FileInput({"accept": _TYPES}),
    )


class VacancyFileForm(SpokenForm):
    file = forms.FileField(
        label="岗位文件",
        help_text="单位或招聘会发来的XLSX、XLS或CSV，不用改动。",
        widget=forms.FileInput({"accept": _TYPES}),
    )


class ResultFileForm(SpokenForm):
    file = forms.FileField(
        label="应聘结果", help_text="XLSX、XLS或CSV，一行一个人。", widget=forms.FileInput({"accept": _TYPES})
    )


class DepartmentFileForm(SpokenForm):
    kind = forms.ChoiceField(
        label="哪个部门的数据？",
        choices=[
            ("", "请选择"),
            *((kind, ImportBatch.Kind(kind).label) for kind in (*DEPARTMENTS, ImportBatch.Kind.INSURANCE_MONTHS)),
        ],
        widget=forms.Select({"class": "medium"}),
    )
    file = forms.FileField(
        label="文件", help_text="部门发来的XLSX、XLS或CSV，不用改动。", widget=forms.FileInput({"accept": _TYPES})
    )
    observed_on = forms.DateField(
        label="数据截止日期",
        required=False,
        help_text="文件里没有逐行日期时才用；不填就用文件名中的日期，都没有时用今天。",
        widget=Calendar({"class": "medium"}),
    )


class TakeBackForm(SpokenForm):
    reason = forms.CharField(
        label="为什么撤回？", help_text="例如：部门发来的是上个月的数据。", widget=forms.Textarea({"rows": 3})
    )
