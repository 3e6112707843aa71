"""The filters of lists, kept in the URL, so that a list can be sent to a colleague."""

from typing import Any

from django import forms

from jiuyuan.agencies.models import Agency, User
from jiuyuan.agencies.roles import Role
from jiuyuan.applications import queries
from jiuyuan.desk.timeline import ROLES, distinct_acts
from jiuyuan.web.fields import Calendar, Form
from jiuyuan.wording import say

_ANY = ("", "全部")


class CaseFilterForm(Form):
    """The filters of the list of cases."""

    use_required_attribute = False
    category = forms.ChoiceField(label="类别", required=False)
    due = forms.ChoiceField(label="期限", required=False, choices=[_ANY, *queries.DUE.items()])
    special = forms.ChoiceField(
        label="特殊情况", required=False, choices=[_ANY, ("open", "待研究"), ("any", "所有特殊情况")]
    )
    channel = forms.ChoiceField(label="渠道", required=False)
    agency = forms.ChoiceField(label="平台", required=False)
    objection = forms.BooleanField(label="有待处理的异议", required=False)
    contradiction = forms.BooleanField(label="事实有矛盾", required=False)

    def __init__(self, user: User, data: Any) -> None:
        super().__init__(data)
        self.fields["category"].choices = [("", say("全部")), *queries.categories(user.area).items()]  # type: ignore[attr-defined]
        self.fields["channel"].choices = [("", say("全部")), *queries.channels().items()]  # type: ignore[attr-defined]
        below = list(user.agency.children.all()) if user.agency else []
        chosen = data.get("agency", "")
        if chosen and chosen not in {agency.code for agency in below}:
            below += list(Agency.objects.filter(code=chosen, path__begins=user.area))
        if not below or user.role == Role.CLERK:
            del self.fields["agency"]
        else:
            self.fields["agency"].choices = [("", say("全部")), *((agency.code, agency.name) for agency in below)]  # type: ignore[attr-defined]


class RecordFilterForm(Form):
    """The filters of the records of acts and of looks."""

    use_required_attribute = False
    since = forms.DateField(label="自", required=False, widget=Calendar())
    until = forms.DateField(label="至", required=False, widget=Calendar())
    actor = forms.CharField(label="账号或姓名", required=False)
    role = forms.ChoiceField(label="角色", required=False, choices=[_ANY, *ROLES.items()])
    action = forms.ChoiceField(label="动作", required=False, choices=[_ANY, *distinct_acts()])
    file = forms.CharField(label="案卷", required=False)


class LookFilterForm(RecordFilterForm):
    action = None  # type: ignore[assignment]
    unmasked = forms.BooleanField(label="只看显示完整号码的", required=False)
