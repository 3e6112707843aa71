"""The forms of the register's filters."""

from typing import Any

from django import forms

from jiuyuan.agencies.models import Agency, User
from jiuyuan.agencies.roles import Role
from jiuyuan.applications import queries
from jiuyuan.desk.forms.spoken import SpokenForm
from jiuyuan.people import queries as people
from jiuyuan.recognitions.models import Warning
from jiuyuan.regions import registry
from jiuyuan.web.fields import Form
from jiuyuan.wording import say

_ANY = ("", "全部")


def grounds(area: str) -> list[tuple[str, str]]:
    """The grounds for exit in an area as choices, with their clauses."""
    known = registry.exits(registry.region_of(area))
    return [(code, f"{clause.clause} {clause.title}") for code, clause in known.items()]


class RegisterFilterForm(Form):
    """The filters of the register. Posted, so that no full ID number gets into a URL."""

    use_required_attribute = False
    q = forms.CharField(
        label="姓名、编号", required=False, help_text="姓名开头的字或拼音、认定编号、完整的身份证号码或电话"
    )
    category = forms.ChoiceField(label="类别", required=False)
    agency = forms.ChoiceField(label="平台", required=False)
    ground = forms.ChoiceField(label="退出情形", required=False)
    warning = forms.ChoiceField(label="预警", required=False, choices=[_ANY, ("any", "有预警"), *Warning.Kind.choices])
    proposal = forms.ChoiceField(label="退出建议", required=False, choices=[_ANY, ("open", "有待决定的")])
    investigation = forms.ChoiceField(label="调查", required=False, choices=[_ANY, ("open", "正在进行")])
    carried_over = forms.ChoiceField(
        label="原政策认定", required=False, choices=[_ANY, ("yes", "2022年5月10日以前认定的"), ("no", "以后认定的")]
    )

    fact = forms.ChoiceField(label="当地事项", required=False)

    def __init__(self, user: User, data: Any) -> None:
        super().__init__(data)
        if own := people.choices_of_own_facts():
            self._offer("fact", own)
        else:
            del self.fields["fact"]
        self._offer("category", list(queries.categories(user.area).items()))
        self._offer("ground", grounds(user.area))
        below = list(user.agency.children.all()) if user.agency else []
        chosen = data.get("agency", "")
        if chosen and chosen not in {agency.code for agency in below}:
            below += list(Agency.objects.filter(code=chosen, path__begins=user.area))
        if not below or user.role == Role.CLERK:
            del self.fields["agency"]
        else:
            self._offer("agency", [(agency.code, agency.name) for agency in below])

    def _offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        self.fields[name].choices = [("", say("全部")), *choices]  # type: ignore[attr-defined]


class SaveFilterForm(SpokenForm):
    name = forms.CharField(label="名称", widget=forms.TextInput({"class": "medium", "maxlength": 30}))
