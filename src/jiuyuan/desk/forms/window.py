"""Forms for entering an application with its papers at the window."""

from collections.abc import Sequence
from typing import Any

from django import forms

from jiuyuan.agencies.models import Agency, User
from jiuyuan.agencies.queries import place_name
from jiuyuan.applications import queries
from jiuyuan.desk.fact_rows import enterable, read_for
from jiuyuan.desk.forms import agent, household
from jiuyuan.desk.forms.facts import fact_field, value_field, value_said
from jiuyuan.desk.forms.spoken import SpokenForm
from jiuyuan.regions import registry
from jiuyuan.rules.facts import FACTS
from jiuyuan.web.fields import SeveralInput


class WindowForm(SpokenForm):
    """An application entered at the window.

    `chosen`: the categories selected first. Their facts are asked; others are folded.
    """

    name = forms.CharField(label="姓名")
    id_number = forms.CharField(label="身份证号码", widget=forms.TextInput({"class": "id-number"}))
    phone = forms.CharField(label="联系电话", widget=forms.TextInput({"inputmode": "tel", "class": "medium"}))
    address = forms.CharField(label="常住地址")
    platform = forms.ChoiceField(label="受理平台")
    categories = forms.MultipleChoiceField(label="申请类别", widget=forms.CheckboxSelectMultiple)

    def __init__(self, user: User, chosen: Sequence[str], data: Any = None) -> None:
        assert user.agency is not None
        known = queries.categories(user.area)
        self.chosen = {code: known[code] for code in known if code in chosen}
        here = {"platform": user.agency.code, "categories": list(self.chosen)}
        here[fact_field("residence_division")] = place_name(user.agency.code)
        super().__init__(data, initial=here)
        own = Agency.objects.filter(path__begins=user.area, level__in=["platform", "community"])
        self.fields["platform"].choices = [(agency.code, agency.name) for agency in own]  # type: ignore[attr-defined]
        self.fields["categories"].choices = list(known.items())  # type: ignore[attr-defined]
        self._facts = [name for name in enterable(user.area) if FACTS[name].origin != "county"]
        self.needed = read_for(user.area, self.chosen)
        for name in self._facts:
            self.fields[fact_field(name)] = value_field(name)
        self.fields |= household.row_fields(household.ROWS)
        self.fields |= agent.fields()
        self._details = registry.questions_of(user.area).details
        for detail in self._details:
            widget = forms.Textarea({"rows": 2}) if detail.long else forms.TextInput()
            self.fields[detail.name] = forms.CharField(
                label=detail.label, help_text=detail.hint, widget=widget, required=False
            )

    def place_of(self, name: str) -> str | None:
        return super().place_of(fact_field(name) if name in FACTS else name)

    def filled(self) -> dict[str, Any]:
        """The arguments for `services.create`."""
        said = self.said()
        facts = {n: v for n in self._facts if (v := value_said(n, said.get(fact_field(n)))) is not None}
        top = {name: said[name] or "" for name in ("name", "id_number", "phone", "address", "platform")}
        details = {detail.name: said[detail.name] or "" for detail in self._details}
        members = household.members_said(said, household.ROWS)
        return {
            **top, "categories": said["categories"] or [], "facts": facts, "details": details, "household": members,
            "agent": agent.said_of(said),
        }  # fmt: skip

    def person_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in ("name", "id_number", "phone", "address", "platform")]

    def needed_fields(self) -> list[forms.BoundField]:
        return [self[fact_field(name)] for name in self._facts if name in self.needed]

    def other_fields(self) -> list[forms.BoundField]:
        return [self[fact_field(name)] for name in self._facts if name not in self.needed]

    def agent_fields(self) -> list[forms.BoundField]:
        return agent.bound(self)

    def household_rows(self) -> list[list[forms.BoundField]]:
        return household.bound_rows(self, household.ROWS)

    def detail_fields(self) -> list[forms.BoundField]:
        return [self[detail.name] for detail in self._details]


class UploadForm(SpokenForm):
    kind = forms.ChoiceField(label="材料种类", choices=lambda: list(registry.materials().items()))
    file = forms.FileField(
        label="文件",
        widget=SeveralInput({"multiple": True}),
        help_text="可一次选几份。JPEG、PNG、HEIC、WebP或PDF，每份不超过10MB。",
    )
