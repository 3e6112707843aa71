"""The form of an act: the fields that the table says it needs, some of them with words to begin from."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from jiuyuan import masking
from jiuyuan.agencies.roles import Role
from jiuyuan.applications import queries, refusal_texts
from jiuyuan.applications.case import Case
from jiuyuan.applications.inputs import clause_choices
from jiuyuan.desk.forms.spoken import INLINE, YES_NO, VersionedForm
from jiuyuan.fields import Calendar
from jiuyuan.procedures.table import Need, Transition
from jiuyuan.rules import policy
from jiuyuan.templatetags.plain import bare_day, moment


class ActForm(VersionedForm):
    """The fields that the table says an act needs."""

    def __init__(self, case: Case, transition: Transition, data: Any = None) -> None:
        super().__init__(data, initial={"version": case.application.version, **_suggested(case, transition)})
        role = Role(case.user.role) if case.user else Role.APPLICANT
        texts = 0
        for need in transition.needs:
            if not need.asked_of(role):
                continue
            self.fields[need.name] = _need_field(case, need, long=texts == 0)
            texts += need.kind == "text"


def _need_field(case: Case, need: Need, *, long: bool) -> forms.Field:
    required = need.required and need.only_if is None
    shared: dict[str, Any] = {"label": need.label, "help_text": need.hint, "required": required}
    match need.kind:
        case "choice":
            return forms.ChoiceField(choices=need.choices, widget=forms.RadioSelect, **shared)
        case "clauses":
            clauses = _clauses(case, need)
            if not clauses:
                shared["help_text"] = "按已核实的事实，现在没有不符合的条款。"
            return forms.MultipleChoiceField(choices=clauses, widget=forms.CheckboxSelectMultiple, **shared)
        case "objection":
            waiting = [(str(o.pk), f"{moment(o.made_at)}：{masking.text(o.ground)[:60]}") for o in case.open_objections]
            return forms.ChoiceField(choices=waiting, widget=forms.RadioSelect, **shared)
        case "material":
            papers = [m for m in case.materials if m.kind == need.of]
            choices = [(str(m.pk), f"{policy.MATERIALS[m.kind]}，{moment(m.document.added_at)}上传") for m in papers]
            return forms.ChoiceField(choices=choices, widget=forms.RadioSelect, **shared)
        case "missing":
            return forms.CharField(widget=forms.Textarea({"rows": 4}), **shared)
        case "yes_no":
            return forms.ChoiceField(choices=YES_NO, widget=forms.RadioSelect(INLINE), **shared)
        case "category":
            titles = queries.categories()
            choices = [(code, titles[code]) for code in case.verified_categories]
            return forms.ChoiceField(choices=choices, widget=forms.RadioSelect, **shared)
        case "date":
            return forms.DateField(widget=Calendar({"class": "medium"}), **shared)
        case "list":
            return forms.CharField(widget=forms.Textarea({"rows": 4}), **shared)
    return forms.CharField(widget=forms.Textarea({"rows": 3}) if long else forms.TextInput, **shared)


def _clauses(case: Case, need: Need) -> list[tuple[str, SafeString]]:
    """The clauses that fail, each with its facts, their values and sources; where none has to fail, every clause there is."""
    failing = {clause["code"]: clause for clause in case.failing}
    if need.of == "any":
        return [(code, format_html("{}", label)) for code, label in clause_choices(need)]
    return [(code, _clause(failing[code], label)) for code, label in clause_choices(need) if code in failing]


def _clause(clause: dict[str, Any], label: str) -> SafeString:
    facts = format_html_join(
        "", '<br><span class="quiet">{}：{}（{}，{}）</span>',
        ((fact.label, fact.value, fact.source, bare_day(fact.day)) for fact in refusal_texts.behind(clause)),
    )  # fmt: skip
    return format_html("<strong>{}</strong><br>{}{}", label, clause["reason"], facts)


def _suggested(case: Case, transition: Transition) -> dict[str, Any]:
    """Words that most cases need, to be read and changed before they are signed."""
    titles = queries.categories()
    verified = case.verified_categories if transition.action in ("endorse", "recognise") else []
    names = "、".join(titles[code] for code in verified)
    if transition.action == "endorse" and case.notice and names:
        period = f"{case.notice.posted_on:%-m月%-d日}至{case.notice.ends_on:%-m月%-d日}公示"
        result = "无异议" if not case.objections else "异议经核查不成立"
        return {"opinion": f"经初审，符合{names}认定条件；{period}，{result}，同意上报。"}
    if transition.action == "recognise" and names:
        category = verified[0] if len(verified) == 1 else None
        return {"opinion": f"经复核，符合{names}认定条件，同意认定。", "category": category}
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
    """The clauses that stand against somebody or are open, of the claimed categories and of those that all must meet."""
    skipped = {category.code for category in case.policy.categories} - set(case.application.categories)
    exclusions = {exclusion.code for exclusion in case.policy.exclusions}
    return {c.code for c in case.decision.clauses if c.status is not (c.code not in exclusions)} - skipped
