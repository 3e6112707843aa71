"""The forms of interviews and plans; other acts of assistance use the form of their table entry."""

from collections.abc import Mapping
from typing import Any

from django import forms

from jiuyuan.agencies.queries import place_name, places_to_choose
from jiuyuan.assistance import occupations
from jiuyuan.assistance.interview_workflow import TABLE, InterviewOf, wrong_wish
from jiuyuan.assistance.models import ANSWERS, Ability, Kind, Plan, Vacancy
from jiuyuan.assistance.otherwise_workflow import OTHERWISE, OtherwiseOf
from jiuyuan.assistance.plan_workflow import MOST_MEASURES, PlanOf
from jiuyuan.desk.forms.acts import ActForm
from jiuyuan.desk.forms.spoken import INLINE, YES_NO, VersionedForm
from jiuyuan.procedures.table import Transition
from jiuyuan.web.fields import Calendar, PlaceInput
from jiuyuan.wording import say

_MORE = "more"  # the button that adds a row


class InterviewForm(VersionedForm):
    """The result of an interview, initially with the person's written or previous wishes, or the application's."""

    on = forms.DateField(label="日期", widget=Calendar({"class": "medium"}))
    means = forms.ChoiceField(label="方式", widget=forms.RadioSelect(INLINE))
    ability = forms.MultipleChoiceField(
        label="就业能力", choices=Ability.choices, widget=forms.CheckboxSelectMultiple, help_text="可以选几项。"
    )
    occupations = forms.CharField(
        label="想做的工作", required=False, widget=forms.Textarea({"rows": 2}), help_text="一行一个，例如：养老护理员。"
    )
    divisions = forms.CharField(
        label="愿意去的地区", required=False, widget=PlaceInput(places_to_choose), help_text="写到县（市、区）。"
    )
    hours = forms.ChoiceField(
        label="工作时间", required=False, choices=[*Vacancy.Hours.choices], widget=forms.RadioSelect(INLINE)
    )
    lowest_pay = forms.CharField(
        label="最低报酬（元/月）", required=False, widget=forms.TextInput({"inputmode": "numeric", "class": "short"})
    )
    care = forms.CharField(label="家里要照顾的情况", required=False, help_text="例如：下午四点要接孩子。")
    services_wanted = forms.MultipleChoiceField(
        label="想要的服务", required=False, choices=Kind.choices, widget=forms.CheckboxSelectMultiple(INLINE)
    )
    limits = forms.CharField(
        label="健康方面的限制", required=False, widget=forms.Textarea({"rows": 2}),
        help_text="本人同意才记；只有帮扶人和作决定的复核人看得到，不写进介绍信。",
    )  # fmt: skip
    limits_consent = forms.ChoiceField(
        label="本人同意为找工作使用健康方面的信息", required=False, choices=YES_NO, widget=forms.RadioSelect(INLINE)
    )
    note = forms.CharField(label="备注", required=False, widget=forms.Textarea({"rows": 2}))

    def __init__(self, context: InterviewOf, data: Any = None) -> None:
        before = context.before
        wished = before.wishes if before is not None else {}
        shown = {
            "on": context.today,
            "version": context.versioned.version,
            "occupations": "\n".join(occupations.in_words(one) or one for one in wished.get("occupations", [])),
            "divisions": "".join(place_name(code) for code in wished.get("divisions", [])[:1]),
            "services_wanted": before.services_wanted if before is not None else [],
            "note": ""
            if before is not None
            else "\n".join(f"{one}：{text}" for one, text in context.said_when_applying),
            **{name: wished.get(name) for name in ("hours", "lowest_pay", "care")},
        }
        super().__init__(data, initial=shown)
        self.context = context
        [means] = [need for need in TABLE.by_action["interview"].needs if need.name == "means"]
        self.fields["means"].choices = means.choices  # type: ignore[attr-defined]

    def said(self) -> dict[str, Any]:
        """The input as arguments for the act."""
        said = super().said()
        said.pop("version")
        wishes = {name: said.pop(name) for name in ("occupations", "divisions", "hours", "lowest_pay", "care")}
        return {**said, "wishes": {name: value for name, value in wishes.items() if value}}

    def place_of(self, name: str) -> str | None:
        """The field at which an error in a wish is shown."""
        return super().place_of(wrong_wish(self.context, self.said()["wishes"]) if name == "wishes" else name)


class OtherwiseForm(ActForm):
    """How a duty was settled otherwise; the URL says which one."""

    def __init__(
        self, context: OtherwiseOf, transition: Transition, about: Mapping[str, str], data: Any = None
    ) -> None:
        super().__init__(OTHERWISE, context, transition, data)
        for name in ("duty", "item"):
            self.initial[name] = about.get(name, "")
            if about.get(name):
                self.fields[name].widget = forms.HiddenInput()

    def place_of(self, name: str) -> str | None:
        """None for hidden fields, whose errors are shown above the form."""
        place = super().place_of(name)
        return None if place and self.fields[place].widget.is_hidden else place


class PlanForm(VersionedForm):
    """Helper, goal, measures with dates, and reasons for abilities without a measure.

    There is one row for a measure; asking for another only redisplays the form.
    """

    helper = forms.ChoiceField(label="帮扶人")
    goal = forms.CharField(label="目标", help_text="例如：三个月内到离家近的岗位就业。")

    def __init__(self, context: PlanOf, data: Any = None) -> None:
        plan: Plan | None = context.subject
        sent = sum(name.startswith("kind_") for name in data or ())
        self.count = min(sent or len(context.measures) or 1, MOST_MEASURES)
        self.adds_a_row = data is not None and _MORE in data
        shown: dict[str, Any] = {"version": context.versioned.version, "helper": context.helpers[0][0]}
        if plan is not None:
            shown |= {"helper": plan.helper.username, "goal": plan.goal}
            for place, measure in enumerate(context.measures, 1):
                shown |= {
                    f"kind_{place}": measure.kind,
                    f"what_{place}": measure.what,
                    f"due_on_{place}": max(measure.due_on, context.today),
                }
        if data is not None and self.adds_a_row:
            self.count = min(self.count + 1, MOST_MEASURES)
            shown |= data.dict()
            data = None
        super().__init__(data, initial=shown)
        self.more = self.count < MOST_MEASURES
        self.fields["helper"].choices = context.helpers  # type: ignore[attr-defined]
        for place in range(1, self.count + 1):
            self.fields[f"kind_{place}"] = forms.ChoiceField(
                label=say("措施{place}", place=place), choices=[("", say("不填")), *Kind.choices], required=False
            )
            self.fields[f"what_{place}"] = forms.CharField(label=say("措施{place}的内容", place=place), required=False)
            self.fields[f"due_on_{place}"] = forms.DateField(
                label=say("措施{place}的期限", place=place), required=False, widget=Calendar({"class": "medium"})
            )
        for ability in context.interview.ability if context.interview else ():
            label = say(
                "“{label}”没有{Kind_label}的理由", label=Ability(ability).label, Kind_label=Kind(ANSWERS[ability]).label
            )
            self.fields[f"reason_{ability}"] = forms.CharField(label=label, required=False)
        for name in set(self.fields) - {
            "helper",
            "goal",
        }:  # a measure needs all three fields, an ability a measure or a reason
            self.fields[name].decides = True  # type: ignore[attr-defined]

    def said(self) -> dict[str, Any]:
        """The input as arguments for the act."""
        said = super().said()
        rows = [
            {part: said[f"{part}_{place}"] for part in ("kind", "what", "due_on")} for place in range(1, self.count + 1)
        ]
        measures = [row for row in rows if any(row.values())]
        reasons = {name[7:]: value for name, value in said.items() if name.startswith("reason_") and value}
        return {"helper": said["helper"], "goal": said["goal"], "measures": measures, "reasons": reasons}

    def place_of(self, name: str) -> str | None:
        return super().place_of("kind_1" if name == "measures" else name)
