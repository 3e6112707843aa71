"""The household, one person at a time: a list, a page to add a member, a button to remove one."""

from typing import Any

from django import forms
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from jiuyuan.agencies.models import User
from jiuyuan.applications import services
from jiuyuan.applications.case import Case
from jiuyuan.people.households import RELATIONS, STATES
from jiuyuan.portal import sections
from jiuyuan.portal.access import for_applicants, is_editable, own_case
from jiuyuan.portal.forms import IdNumberField, NameField
from jiuyuan.portal.question_page import QuestionPage, ask, posted, saved, show, shown
from jiuyuan.wording import say


def _choices(words: tuple[str, ...]) -> list[tuple[str, str]]:
    return [("", say("请选择")), *((word, word) for word in words)]


class _OptionalIdNumber(IdNumberField):
    def clean(self, value: Any) -> Any:
        return super().clean(value) if str(value or "").strip() else ""


class MemberPage(QuestionPage):
    relation = forms.ChoiceField(
        label="是您的什么人", choices=_choices(RELATIONS), error_messages={"required": "请选是您的什么人。"}
    )
    name = NameField(own=False, help_text="")
    id_number = _OptionalIdNumber(required=False, help_text="不在手边可以不填。")
    state = forms.ChoiceField(
        label="现在做什么", choices=_choices(STATES), error_messages={"required": "请选现在做什么。"}
    )


def household(request: HttpRequest, case: Case) -> HttpResponseBase:
    """The list. A POST removes the member at `remove`."""
    number = case.application.number
    if request.method == "POST":
        kept = [member for member in _members(case) if str(member["pk"]) != request.POST.get("remove")]
        _save(request, number, kept)
        return redirect(request.get_full_path())
    show(request, number, "household")
    from_review = request.GET.get("back") == "form"
    context = {
        "members": case.household,
        "needed": case.household_lacking,
        "families": "、".join(case.family_categories.values()),
        "contradiction": case.family_contradiction,
        "add_url": reverse("portal:household_add", args=[number]),
        "next_url": reverse("portal:form", args=[number])
        if from_review
        else sections.following(case, "household", shown(request, number)),
        **sections.place_of_step(case, "household"),
    }
    return render(request, "portal/household.html", context)


@for_applicants
def add(request: HttpRequest, number: str) -> HttpResponseBase:
    case = own_case(request, number)
    if not is_editable(case):
        return redirect("portal:progress", number)
    form = MemberPage(posted(request))
    if form.is_valid():
        new = {name: form.cleaned_data[name] for name in ("name", "relation", "id_number", "state")}
        same = [m for m in _members(case) if (m["name"], m["relation"]) == (new["name"], new["relation"])]
        everybody = [member for member in _members(case) if member not in same] + [new]
        if saved(form, lambda: _save(request, number, everybody)):
            return redirect("portal:page", number, "household")
    return ask(
        request,
        form,
        title=say("家里的哪一位？"),
        button=say("加上这位"),
        back_url=reverse("portal:page", args=[number, "household"]),
        back_label=say("返回，不加"),
        **sections.place_of_step(case, "household"),
    )


def _members(case: Case) -> list[dict[str, Any]]:
    return [
        {"pk": m.pk, "name": m.name, "id_number": m.id_number or "", "relation": m.relation, "state": m.state}
        for m in case.household
    ]


def _save(request: HttpRequest, number: str, members: list[dict[str, Any]]) -> Any:
    assert isinstance(request.user, User)
    return services.save(request.user, number, household=[{k: v for k, v in m.items() if k != "pk"} for m in members])
