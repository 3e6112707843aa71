"""Forms for screening lists, and for leads."""

from typing import Any

from django import forms

from jiuyuan.applications.models import Lead, LeadCall
from jiuyuan.desk.forms.facts import fact_field, value_field, value_said, value_typed
from jiuyuan.desk.forms.spoken import INLINE, SpokenForm
from jiuyuan.rules.facts import FACTS
from jiuyuan.web.fields import Calendar
from jiuyuan.wording import say


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


class CallForm(SpokenForm):
    """The result of a call, and answers to open questions."""

    result = forms.ChoiceField(label="打通了吗？", choices=LeadCall.Result.choices, widget=forms.RadioSelect(INLINE))

    def __init__(self, lead: Lead, data: Any = None) -> None:
        self._asked = [name for name in lead.missing if FACTS[name].recordable]
        super().__init__(data, initial={f"fact-{n}": value_typed(n, v) for n, v in lead.answers.items()})
        for name in self._asked:
            self.fields[fact_field(name)] = value_field(name, label=FACTS[name].question or FACTS[name].label)
        self.fields["note"] = forms.CharField(label=say("说了什么"), required=False, widget=forms.Textarea({"rows": 2}))
        self.fields["again_on"] = forms.DateField(
            label=say("哪天再打"), required=False, widget=Calendar({"class": "medium"})
        )

    def place_of(self, name: str) -> str | None:
        return super().place_of(fact_field(name) if name in FACTS else name)

    def given(self) -> dict[str, Any]:
        """The arguments for the act."""
        said = self.said()
        answers = {n: v for n in self._asked if (v := value_said(n, said[fact_field(n)])) is not None}
        return {
            "result": said["result"], "note": said["note"] or None, "again_on": said["again_on"] or None,
            **({"answers": answers} if answers else {}),
        }  # fmt: skip


class DismissForm(SpokenForm):
    because = forms.CharField(
        label="为什么不申请？",
        help_text="例如：本人已找到工作；电话打不通，入户也没有人。",
        widget=forms.Textarea({"rows": 3}),
    )
