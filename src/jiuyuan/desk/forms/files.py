"""Forms for changes to whole files: merging, splitting, corrections, families without work."""

from typing import Any

from django import forms

from jiuyuan.characters import whole_number
from jiuyuan.desk.forms.facts import fact_field, value_field, value_said
from jiuyuan.desk.forms.spoken import INLINE, YES_NO, SpokenForm
from jiuyuan.people import corrections, merging
from jiuyuan.people.fact_checks import can_know
from jiuyuan.people.identity import IDENTITY
from jiuyuan.people.models import CorrectionRequest, Person, Source
from jiuyuan.rules.departments import DEPARTMENTS
from jiuyuan.rules.facts import FACTS
from jiuyuan.templatetags.plain import bare_day
from jiuyuan.wording import say

_AREA = {"rows": 3}


class DifferenceForm(SpokenForm):
    """Requires a tick if two files do not look like the same person."""

    difference_seen = forms.BooleanField(label="已核对身份证：确实是同一个人，其中一个号码输错过", required=False)

    def __init__(self, data: Any = None, *, differ: bool = False) -> None:
        super().__init__(data)
        if not differ:
            del self.fields["difference_seen"]

    @property
    def seen(self) -> bool:
        return bool("difference_seen" in self.fields and self.said()["difference_seen"])


class MergeForm(DifferenceForm):
    """The other file's number first; then, with both side by side (`beside`), the reason for the merge."""

    number = forms.CharField(
        label="另一份档案的身份证号码", help_text="输错过的那个号码。", widget=forms.TextInput({"class": "id-number"})
    )
    reason = forms.CharField(label="凭什么认定是同一个人？", widget=forms.Textarea(_AREA))
    beside = forms.CharField(required=False, widget=forms.HiddenInput)
    field_order = ("number", "reason", "difference_seen", "beside")

    def __init__(self, data: Any = None, *, other: Person | None, differ: bool) -> None:
        self.only_look = other is not None and data.get("beside") != str(other.pk)
        super().__init__(None if self.only_look else data, differ=differ)
        if other is None:
            del self.fields["reason"], self.fields["beside"]
        elif self.only_look:
            self.initial = {"number": data["number"], "reason": data.get("reason", ""), "beside": other.pk}


class SplitForm(SpokenForm):
    """The rows that belong to another person, and who that is."""

    items = forms.MultipleChoiceField(label="哪些记录是另一个人的？", widget=forms.CheckboxSelectMultiple)
    name = forms.CharField(label="另一个人的姓名", widget=forms.TextInput({"class": "medium"}))
    id_number = forms.CharField(label="另一个人的身份证号码", widget=forms.TextInput({"class": "id-number"}))
    phone = forms.CharField(label="另一个人的联系电话", widget=forms.TextInput({"class": "medium"}))
    reason = forms.CharField(label="怎样发现、凭什么认定？", widget=forms.Textarea(_AREA))

    def __init__(self, person: Person, data: Any = None) -> None:
        super().__init__(data)
        choices = []
        for relation in merging.movable():
            label = merging.label(relation)
            for row in merging.separable(relation, person):
                choices.append((f"{label}:{row.pk}", f"{relation.related_model._meta.verbose_name}：{_named(row)}"))
        self.fields["items"].choices = choices  # type: ignore[attr-defined]

    def chosen(self) -> dict[str, list[int]]:
        chosen: dict[str, list[int]] = {}
        for item in self.said()["items"] or []:
            label, _, key = str(item).partition(":")
            if (number := whole_number(key)) is not None:
                chosen.setdefault(label, []).append(number)
        return chosen


def _named(row: Any) -> str:
    name = getattr(row, "name", "")
    if name in FACTS:
        return f"{say(FACTS[name].label)}（{row.get_source_display()}，{bare_day(row.observed_on)}）"
    return str(name or getattr(row, "number", "") or getattr(row, "file_name", "") or row.pk)


class ReasonForm(SpokenForm):
    reason = forms.CharField(label="为什么？", widget=forms.Textarea(_AREA))


class CorrectionForm(SpokenForm):
    what = forms.ChoiceField(
        label="哪一项不对？", choices=lambda: [("", say("请选择")), *corrections.choices_at_the_window()]
    )
    wanted = forms.CharField(label="应当是什么？")
    reason = forms.CharField(label="为什么不对，有什么凭据？", widget=forms.Textarea(_AREA))


def sources_of(name: str) -> list[tuple[str, str]]:
    """The sources that can know a fact: departments, papers, a visit, the person's commitment."""
    departments = [
        (f"{Source.SHARED_DATA}/{code}", f"{Source.SHARED_DATA.label}：{department.label}")
        for code, department in DEPARTMENTS.items()
        if can_know(name, Source.SHARED_DATA, code)
    ]
    others = (Source.DOCUMENT, Source.SITE_VISIT, Source.COMMITMENT)
    return [*departments, *((str(s), str(s.label)) for s in others if can_know(name, s))]


class AnswerForm(SpokenForm):
    """The answer to a request, with the new value if it is granted."""

    granted = forms.ChoiceField(label="是否更正？", choices=YES_NO, widget=forms.RadioSelect(INLINE))
    answer = forms.CharField(label="答复", help_text="怎样核实、为什么。本人会看到。", widget=forms.Textarea(_AREA))

    source = forms.ChoiceField(label="凭什么更正", help_text="同意更正的必填：能说明这一项的来源。", required=False)

    def __init__(self, request: CorrectionRequest, data: Any = None) -> None:
        super().__init__(data)
        self._what = request.what
        self._identity = request.what in IDENTITY
        sources = [(str(Source.DOCUMENT), say("本人的证件，已核对"))] if self._identity else sources_of(request.what)
        self.fields["source"].choices = [("", say("请选择")), *sources]  # type: ignore[attr-defined]
        if self._identity:
            label, said = IDENTITY[request.what], request.wanted
            self.fields[fact_field(request.what)] = forms.CharField(label=label, required=False, initial=said)
        else:
            self.fields[fact_field(request.what)] = value_field(request.what)

    def source_said(self) -> dict[str, str]:
        """The chosen source, as an argument for `corrections.answer`."""
        source, _, department = (self.said()["source"] or "").partition("/")
        return {"source": source, "department": department}

    def value(self) -> Any:
        said = self.said()[fact_field(self._what)]
        return said if self._identity else value_said(self._what, said)

    def place_of(self, name: str) -> str | None:
        return super().place_of(fact_field(self._what) if name in ("value", self._what) else name)


class GroundForm(SpokenForm):
    ground = forms.CharField(label="怎样核实全家的就业情况？", widget=forms.Textarea(_AREA))


class ClearForm(SpokenForm):
    because = forms.CharField(
        label="为什么清零？", help_text="谁在哪一天实现就业，或为什么不再符合。", widget=forms.Textarea(_AREA)
    )
