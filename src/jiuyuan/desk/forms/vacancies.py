"""The content of a vacancy as a form: what the table asks, with a place that is named and an occupation that is chosen."""

from typing import Any

from django import forms

from jiuyuan.agencies.queries import place_name, places_to_choose
from jiuyuan.assistance import occupations
from jiuyuan.assistance.models import Vacancy
from jiuyuan.assistance.vacancy_workflow import TABLE, VACANCY
from jiuyuan.desk.forms.spoken import INLINE, YES_NO, VersionedForm
from jiuyuan.fields import Calendar, PlaceInput
from jiuyuan.procedures.reading import kind_of
from jiuyuan.procedures.table import Need

_LONG = ("tasks", "conditions")
# May come later, but without them it is not checked (人力资源市场暂行条例 24).
_WANTED = ("tasks", "conditions", "address", "pay_from")


class VacancyFilterForm(forms.Form):
    """What narrows the list; it stands in the address."""

    use_required_attribute = False
    status = forms.CharField(required=False, widget=forms.HiddenInput)
    q = forms.CharField(
        label="岗位、单位", required=False, max_length=60, help_text="名称开头的字，或完整的统一社会信用代码"
    )


class VacancyForm(VersionedForm):
    """For a new vacancy, or for one that is changed."""

    employer_name = forms.CharField(label="单位名称", help_text="营业执照上的全称。")
    credit_code = forms.CharField(
        label="统一社会信用代码", widget=forms.TextInput({"class": "id-number", "maxlength": 18}), help_text="18位。"
    )

    def __init__(self, data: Any = None, vacancy: Vacancy | None = None) -> None:
        super().__init__(data, initial=_shown(vacancy) if vacancy else {"form": Vacancy.Time.FULL, "version": 0})
        for need in TABLE.by_action["create"].needs:
            if need.kind != "employer":
                self.fields[need.name] = _field(need)

    def place_of(self, name: str) -> str | None:
        return super().place_of("credit_code" if name == "employer" else name)

    def content(self) -> dict[str, Any]:
        """What was typed, as the act takes it."""
        said = self.said()
        said.pop("version")
        employer = {"name": said.pop("employer_name"), "credit_code": said.pop("credit_code")}
        return {"employer": employer, **said} if any(employer.values()) else said


def _field(need: Need) -> forms.Field:
    shared: dict[str, Any] = {
        "label": need.label,
        "help_text": need.hint,
        "required": need.required or need.name in _WANTED,
    }
    match kind_of(VACANCY, need).shape:
        case "choice":
            return forms.ChoiceField(choices=need.choices, widget=forms.RadioSelect(INLINE), **shared)
        case "many":
            return forms.MultipleChoiceField(
                choices=need.choices, widget=forms.CheckboxSelectMultiple(INLINE), **shared
            )
        case "yes_no":
            return forms.ChoiceField(choices=YES_NO, widget=forms.RadioSelect(INLINE), **shared)
        case "day":
            return forms.DateField(widget=Calendar({"class": "medium"}), **shared)
        case "place":
            return forms.CharField(widget=PlaceInput(places_to_choose), **shared)
        case "occupation":
            return forms.CharField(widget=PlaceInput(lambda: list(occupations.by_name())), **shared)
        case "number":
            return forms.CharField(widget=forms.TextInput({"inputmode": "numeric", "class": "short"}), **shared)
    widget = forms.Textarea({"rows": 3}) if need.name in _LONG else forms.TextInput({"maxlength": need.longest})
    return forms.CharField(widget=widget, **shared)


def _shown(vacancy: Vacancy) -> dict[str, Any]:
    """What stands in a vacancy, as it is typed."""
    names = (need.name for need in TABLE.by_action["create"].needs)
    return {
        **{name: getattr(vacancy, name) for name in names if hasattr(vacancy, name)},
        "employer_name": vacancy.employer.name,
        "credit_code": vacancy.employer.credit_code,
        "division": place_name(vacancy.division_id),
        "occupation": occupations.in_words(vacancy.occupation),
        "version": vacancy.version,
    }
