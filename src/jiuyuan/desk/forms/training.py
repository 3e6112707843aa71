"""Forms of training and ventures that differ from their tables: enrolments and licences."""

from typing import Any

from django import forms

from jiuyuan.assistance.enrolment_workflow import ENROLMENT, EnrolmentOf
from jiuyuan.assistance.models import Course, Enrolment, Plan
from jiuyuan.assistance.venture_workflow import VENTURE, VentureOf
from jiuyuan.characters import whole_number
from jiuyuan.desk.forms.acts import ActForm
from jiuyuan.desk.forms.spoken import SpokenForm, VersionedForm
from jiuyuan.procedures.table import Transition
from jiuyuan.web.fields import Calendar
from jiuyuan.wording import say


class EnrolForm(ActForm):
    """For a given person, whose plan is used; nothing else is asked."""

    def __init__(self, context: EnrolmentOf, transition: Transition, plan: Plan, data: Any = None) -> None:
        super().__init__(ENROLMENT, context, transition, data)
        self.plan = plan
        del self.fields["plan"]

    def said(self) -> dict[str, Any]:
        return {"plan": self.plan.pk}


class LicenceForm(ActForm):
    """The name and code of the business, as on the licence."""

    business_name = forms.CharField(label="营业执照上的名称")
    credit_code = forms.CharField(
        label="统一社会信用代码", widget=forms.TextInput({"class": "id-number", "maxlength": 18}), help_text="18位。"
    )

    def __init__(self, context: VentureOf, transition: Transition, data: Any = None) -> None:
        super().__init__(VENTURE, context, transition, data)
        del self.fields["business"]
        self.order_fields(["version", "business_name", "credit_code"])

    def place_of(self, name: str) -> str | None:
        return super().place_of("credit_code" if name == "business" else name)

    def said(self) -> dict[str, Any]:
        said = VersionedForm.said(self)
        business = {"name": said["business_name"], "credit_code": said["credit_code"]}
        return {"business": business if any(business.values()) else None, "on": said["on"]}


class AttendanceForm(SpokenForm):
    """A day of a course: the lessons attended by each. Empty fields are not recorded."""

    on = forms.DateField(label="哪天", widget=Calendar({"class": "medium"}))

    def __init__(self, course: Course, rows: list[Enrolment], data: Any = None, initial: Any = None) -> None:
        super().__init__(data, initial=initial)
        self.rows = rows
        for row in rows:
            widget = forms.TextInput({"inputmode": "numeric", "class": "short"})
            label = say("{name}到课几课时", name=row.recognition.person.name)
            self.fields[f"hours_{row.pk}"] = forms.CharField(label=label, required=False, widget=widget)
            self.fields[f"version_{row.pk}"] = forms.IntegerField(initial=row.version, widget=forms.HiddenInput)

    def written(self) -> list[tuple[Enrolment, dict[str, Any], int]]:
        """For each entry the enrolment, the input, and the version the user saw."""
        said = self.said()
        found = [(row, said[f"hours_{row.pk}"], said[f"version_{row.pk}"]) for row in self.rows]
        return [
            (row, {"on": said["on"], "hours": hours}, whole_number(str(seen)) or 0)
            for row, hours, seen in found
            if str(hours or "").strip()
        ]
