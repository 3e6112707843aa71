"""The form of an act: the fields its table requires, some with suggested texts."""

from datetime import timedelta
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from jiuyuan import masking
from jiuyuan.agencies.roles import Role
from jiuyuan.applications import refusal_texts
from jiuyuan.applications.case import Case
from jiuyuan.applications.inputs import clause_choices
from jiuyuan.assistance import occupations
from jiuyuan.desk.forms.corrections import CorrectionsInput, phrases
from jiuyuan.desk.forms.spoken import INLINE, YES_NO, VersionedForm
from jiuyuan.procedures.context import Context
from jiuyuan.procedures.reading import kind_of
from jiuyuan.procedures.registry import Workflow
from jiuyuan.procedures.table import Choices, Need, Shape, Transition
from jiuyuan.regions import registry
from jiuyuan.templatetags.plain import bare_day, moment
from jiuyuan.web.fields import Calendar, DocumentInput, MonthField, PlaceInput
from jiuyuan.wording import say

# Longer texts have several lines; answers are side by side if none is longer than this.
_ONE_LINE, _INLINE = 200, 4


class ActForm(VersionedForm):
    """The fields of an act's table entry. `sure`: what was shown once more before it is performed."""

    def __init__(
        self,
        workflow: Workflow,
        context: Context,
        transition: Transition,
        data: Any = None,
        files: Any = None,
        prefix: str | None = None,
    ) -> None:
        suggested = _suggested(context, transition) if isinstance(context, Case) else context.suggested(transition)
        seen = context.versioned.version if context.versioned is not None else 0
        super().__init__(data, files, prefix=prefix, initial={"version": seen, **suggested})
        role = Role(context.user.role) if context.user else Role.APPLICANT
        self.asked = [need for need in transition.needs if need.asked_of(role)]
        for need in self.asked:
            self.fields[need.name] = _field(context, need, kind_of(workflow, need).shape)
            if need.only_if is not None:
                self.fields[need.name].decides = True  # type: ignore[attr-defined]  # by what is chosen, so it is not called optional
        if transition.looked_at_again:
            self.fields["sure"] = forms.CharField(required=False, widget=forms.HiddenInput)

    @property
    def asked_fields(self) -> list[forms.BoundField]:
        """The fields from the table, without hidden ones, for rows of many."""
        return [self[need.name] for need in self.asked]

    def said(self) -> dict[str, Any]:
        """The input for the table's needs."""
        said, asked = super().said(), {need.name for need in self.asked}
        return {name: value for name, value in said.items() if name in asked}

    @property
    def _meant(self) -> str:
        said = self.said()
        return " ".join(
            str(said[need.name]) for need in self.asked if need.kind in ("choice", "ground", "date", "first_day")
        )

    @property
    def seen_already(self) -> bool:
        return bool(self.data.get("sure") == self._meant)

    def ask_again(self) -> None:
        """Ask for confirmation of what the form has now."""
        shown = QueryDict(mutable=True)
        shown.update(self.data)
        shown["sure"] = self._meant
        self.data = shown


def _shared(need: Need) -> dict[str, Any]:
    return {"label": need.label, "help_text": need.hint, "required": need.required and need.only_if is None}


def _choices_of_case(case: Case, need: Need) -> list[tuple[str, str]] | Choices:
    match need.kind:
        case "objection":
            return [(str(o.pk), f"{moment(o.made_at)}：{masking.text(o.ground)[:60]}") for o in case.open_objections]
        case "material":
            names = registry.materials()
            return [
                (str(m.pk), say("{kind}，{added_at}上传", kind=names[m.kind], added_at=moment(m.document.added_at)))
                for m in case.materials
                if m.kind == need.of
            ]
        case "category":
            return [(code, case.policy.titles[code]) for code in case.verified_categories]
    return case.choices(need)


def _field(context: Context, need: Need, shape: Shape) -> forms.Field:
    shared = _shared(need)
    match shape:
        case "clauses" if isinstance(context, Case):
            clauses = _clauses(context, need)
            if not clauses:
                shared["help_text"] = say("按已核实的事实，现在没有不符合的条款。")
            return forms.MultipleChoiceField(choices=clauses, widget=forms.CheckboxSelectMultiple, **shared)
        case "corrections" if isinstance(context, Case):
            return forms.Field(widget=CorrectionsInput(phrases(context)), **shared)
        case "choice":
            choices = _choices_of_case(context, need) if isinstance(context, Case) else context.choices(need)
            return forms.ChoiceField(choices=choices, widget=forms.RadioSelect, **shared)
        case "yes_no":
            answers = need.choices or YES_NO
            widget = forms.RadioSelect(INLINE if max(len(label) for _, label in answers) <= _INLINE else None)
            return forms.ChoiceField(choices=answers, widget=widget, **shared)
        case "many":
            widget = forms.CheckboxSelectMultiple(INLINE)
            return forms.MultipleChoiceField(choices=context.choices(need), widget=widget, **shared)
        case "number":
            return forms.CharField(widget=forms.TextInput({"inputmode": "numeric", "class": "short"}), **shared)
        case "occupation":
            return forms.CharField(widget=PlaceInput(lambda: list(occupations.by_name())), **shared)
        case "office":
            return forms.CharField(
                widget=PlaceInput(lambda: _offices(context, need), {"autocomplete": "off"}), **shared
            )
        case "day":
            return forms.DateField(widget=Calendar({"class": "medium"}), **shared)
        case "month":
            return MonthField(**shared)
        case "lines":
            return forms.CharField(widget=forms.Textarea({"rows": 4}), **shared)
        case "file":
            return forms.FileField(widget=DocumentInput(camera=True), **shared)
    rows = 3 if shared["required"] else 1
    return forms.CharField(
        widget=forms.Textarea({"rows": rows}) if need.longest > _ONE_LINE else forms.TextInput, **shared
    )


def _offices(context: Context, need: Need) -> list[str]:
    return [f"{code} {name}" for code, name in context.choices(need)]


def _clauses(case: Case, need: Need) -> list[tuple[str, SafeString]]:
    """The failing clauses with facts, values and sources; if none has to fail, every clause."""
    failing = {clause["code"]: clause for clause in case.failing}
    if need.of == "any":
        return [(code, format_html("{}", label)) for code, label in clause_choices(need, case.policy, case.region)]
    return [
        (code, _clause(failing[code], label))
        for code, label in clause_choices(need, case.policy, case.region)
        if code in failing
    ]


def _clause(clause: dict[str, Any], label: str) -> SafeString:
    facts = format_html_join(
        "", '<br><span class="quiet">{}：{}（{}，{}）</span>',
        ((fact.label, fact.value, fact.source, bare_day(fact.day)) for fact in refusal_texts.behind(clause)),
    )  # fmt: skip
    return format_html("<strong>{}</strong><br>{}{}", label, clause["reason"], facts)


def _suggested(case: Case, transition: Transition) -> dict[str, Any]:
    """Suggested texts that fit most cases, to be checked before signing."""
    titles = case.policy.titles
    verified = case.verified_categories if transition.action in ("endorse", "recognise") else []
    # Only claimed categories; for another one that holds, the person has to apply or the officer to write.
    verified = [code for code in verified if code in case.application.categories] or verified
    names = "、".join(titles[code] for code in verified)
    if transition.action == "endorse" and case.notice and names:
        period = say(
            "{posted_on:month_day}至{ends_on:month_day}公示",
            posted_on=case.notice.posted_on,
            ends_on=case.notice.ends_on,
        )
        result = say("无异议") if not case.objections else say("异议经核查不成立")
        return {
            "opinion": say(
                "经初审，符合{names}认定条件；{period}，{result}，同意上报。", names=names, period=period, result=result
            )
        }
    if transition.action == "recognise" and names:
        category = verified[0] if len(verified) == 1 else None
        return {"opinion": say("经审查，符合{names}认定条件，同意认定。", names=names), "category": category}
    if transition.action == "first_review_fail":
        return {"clauses": [clause["code"] for clause in case.failing]}
    if transition.action == "raise_special_case":
        return {"clauses": [answer.code for answer in case.decision.clauses if answer.code in _in_doubt(case)]}
    if transition.action == "settle_objection" and len(case.open_objections) == 1:
        return {"objection": str(case.open_objections[0].pk)}
    if transition.action == "ask_correction":
        days = case.place.limit("supplement_days", on=case.today)
        return {"correct_by": case.today + timedelta(days=days)}
    return {}


def _in_doubt(case: Case) -> set[str]:
    """The clauses against the person or open, among the claimed categories and the conditions for all."""
    skipped = {category.code for category in case.policy.categories} - set(case.application.categories)
    exclusions = {exclusion.code for exclusion in case.policy.exclusions}
    return {c.code for c in case.decision.clauses if c.status is not (c.code not in exclusions)} - skipped
