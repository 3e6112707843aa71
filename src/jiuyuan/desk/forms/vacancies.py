"""The forms of vacancies and posts: the table's needs, with places by name and occupations from a list."""

from typing import Any

from django import forms

from jiuyuan.agencies.queries import place_name, places_to_choose
from jiuyuan.assistance import occupations
from jiuyuan.assistance.models import PublicPost, Vacancy
from jiuyuan.assistance.post_workflow import POST
from jiuyuan.assistance.vacancy_workflow import VACANCY
from jiuyuan.desk.forms.spoken import INLINE, YES_NO, VersionedForm
from jiuyuan.procedures import engine
from jiuyuan.procedures.reading import kind_of
from jiuyuan.procedures.registry import Workflow
from jiuyuan.procedures.table import Need
from jiuyuan.web.fields import Calendar, PlaceInput

_LONG = ("tasks", "conditions", "duties", "ground")
# Can be added later, but is required for checking (人力资源市场暂行条例 24).
_WANTED = ("tasks", "conditions", "address", "pay_from")


class VacancyFilterForm(forms.Form):
    """The filters of the list, kept in the URL."""

    use_required_attribute = False
    status = forms.CharField(required=False, widget=forms.HiddenInput)
    q = forms.CharField(
        label="岗位、单位", required=False, max_length=60, help_text="名称中的字，或完整的统一社会信用代码"
    )


class ContentForm(VersionedForm):
    """The contents as the table requires them: employer by name and code, place by name."""

    employer_name = forms.CharField(label="单位名称", help_text="营业执照上的全称。")
    credit_code = forms.CharField(
        label="统一社会信用代码", widget=forms.TextInput({"class": "id-number", "maxlength": 18}), help_text="18位。"
    )

    def __init__(self, workflow: Workflow, action: str, data: Any, shown: dict[str, Any]) -> None:
        super().__init__(data, initial={"form": Vacancy.Time.FULL, "version": 0, **shown})
        for need in workflow.of().by_action[action].needs:
            if need.kind != "employer":
                self.fields[need.name] = _field(workflow, need)

    def place_of(self, name: str) -> str | None:
        return super().place_of("credit_code" if name == "employer" else name)

    def content(self) -> dict[str, Any]:
        """The input as arguments for the act."""
        said = super().said()
        said.pop("version")
        employer = {"name": said.pop("employer_name"), "credit_code": said.pop("credit_code")}
        return {"employer": employer, **said} if any(employer.values()) else said


class VacancyForm(ContentForm):
    """A new vacancy, or changes to one."""

    def __init__(self, data: Any = None, vacancy: Vacancy | None = None) -> None:
        super().__init__(VACANCY, "create", data, _shown(vacancy) if vacancy else {})


class PostForm(ContentForm):
    """A requested public-interest post, or changes to the request."""

    def __init__(self, data: Any = None, post: PublicPost | None = None) -> None:
        super().__init__(POST, "request", data, _content_of(POST, "request", post) if post else {})
        self._new = post is None

    @property
    def seen(self) -> Any:
        return engine.UNSEEN if self._new else super().seen

    def said(self) -> dict[str, Any]:
        return self.content()


def _field(workflow: Workflow, need: Need) -> forms.Field:
    shared: dict[str, Any] = {
        "label": need.label,
        "help_text": need.hint,
        "required": need.required or need.name in _WANTED,
    }
    match kind_of(workflow, need).shape:
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
    return {
        **_content_of(VACANCY, "create", vacancy),
        "occupation": occupations.in_words(vacancy.occupation),
    }


def _content_of(workflow: Workflow, action: str, row: Vacancy | PublicPost) -> dict[str, Any]:
    """The contents of a row in the format of the form."""
    names = (need.name for need in workflow.of().by_action[action].needs)
    return {
        **{name: getattr(row, name) for name in names if hasattr(row, name)},
        "employer_name": row.employer.name,
        "credit_code": row.employer.credit_code,
        "division": place_name(row.division_id),
        "version": row.version,
    }
