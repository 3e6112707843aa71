"""Correcting at the window what applicants state about themselves on 《认定表》, while the case is open."""

from collections.abc import Mapping
from typing import Any

from django import forms

from jiuyuan.applications.case import Case
from jiuyuan.desk.fact_rows import enterable
from jiuyuan.desk.forms import agent
from jiuyuan.desk.forms.facts import fact_field, value_field, value_said, value_typed
from jiuyuan.desk.forms.spoken import VersionedForm
from jiuyuan.people.models import Source
from jiuyuan.rules.facts import FACTS


class EditForm(VersionedForm):
    """Contact, categories, other columns, and facts stated only by the person, with their present values."""

    phone = forms.CharField(label="联系电话", widget=forms.TextInput({"inputmode": "tel", "class": "medium"}))
    address = forms.CharField(label="常住地址")
    categories = forms.MultipleChoiceField(label="申请类别", widget=forms.CheckboxSelectMultiple)

    def __init__(self, case: Case, data: Any = None) -> None:
        application = case.application
        self._stand = {name: item.best for name, item in case.known.items()}
        said_only = [n for n in enterable(application.area) if FACTS[n].origin != "county" and self._is_theirs(n)]
        initial = {"version": application.version, "phone": case.phone, "address": case.address}
        initial |= {"categories": application.categories, **application.details}
        initial |= {fact_field(n): value_typed(n, self._stand[n].value) for n in said_only if n in self._stand}
        super().__init__(data, initial=initial)
        self.fields["categories"].choices = list(case.policy.titles.items())  # type: ignore[attr-defined]
        self._facts = said_only
        for name in said_only:
            self.fields[fact_field(name)] = value_field(name)
        self.fields |= agent.fields()
        self.initial.update(agent.initial_of(case.agent))
        self._details = case.questions.details
        for detail in self._details:
            widget = forms.Textarea({"rows": 2}) if detail.long else forms.TextInput()
            self.fields[detail.name] = forms.CharField(
                label=detail.label, help_text=detail.hint, widget=widget, required=False
            )

    def _is_theirs(self, name: str) -> bool:
        stands = self._stand.get(name)
        return stands is None or stands.source == Source.DECLARED

    def place_of(self, name: str) -> str | None:
        return super().place_of(fact_field(name) if name in FACTS else name)

    def changes(self) -> dict[str, Any]:
        """The arguments for `services.save`, with changed facts only."""
        said = self.said()
        given: Mapping[str, Any] = {name: value_said(name, said[fact_field(name)]) for name in self._facts}
        facts = {
            name: value
            for name, value in given.items()
            if value is not None and (name not in self._stand or self._stand[name].value != value)
        }
        return {
            "contact": {"phone": said["phone"] or "", "address": said["address"] or ""},
            "categories": said["categories"] or [],
            "details": {detail.name: said[detail.name] or "" for detail in self._details},
            "agent": agent.said_of(said),
            **({"facts": facts} if facts else {}),
        }

    def contact_fields(self) -> list[forms.BoundField]:
        return [self["phone"], self["address"]]

    def fact_fields(self) -> list[forms.BoundField]:
        return [self[fact_field(name)] for name in self._facts]

    def agent_fields(self) -> list[forms.BoundField]:
        return agent.bound(self)

    def detail_fields(self) -> list[forms.BoundField]:
        return [self[detail.name] for detail in self._details]
