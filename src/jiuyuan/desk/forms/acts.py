"""The form of an act: the fields that the table says it needs, some of them with words to begin from."""

from collections.abc import Iterable
from typing import Any

from django import forms

from jiuyuan.agencies.roles import Role
from jiuyuan.applications import queries
from jiuyuan.applications.case import Case
from jiuyuan.applications.transitions import Need, Transition
from jiuyuan.desk.forms.spoken import INLINE, YES_NO, VersionedForm
from jiuyuan.fields import Calendar
from jiuyuan.printing.form import LONGEST_OPINION


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
    shared: dict[str, Any] = {"label": need.label, "help_text": need.hint, "required": need.required}
    match need.kind:
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
    if transition.action == "first_review_fail" and case.decision.outcome == "ineligible":
        return {"reason": "；".join(_against(case))[:LONGEST_OPINION]}
    return {}


def _against(case: Case) -> Iterable[str]:
    base = {clause.code for clause in case.policy.base}
    for answer in case.decision.clauses:
        if (answer.code in base and answer.status is False) or answer.code in case.decision.exclusions:
            yield f"{answer.clause}：{answer.reason.rstrip('。')}"
