"""我的帮扶: the plan in plain words, the helper, and the wishes; agreement and changes on the phone."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from jiuyuan.agencies.queries import county_of, place_name, places_to_choose
from jiuyuan.assistance import occupations
from jiuyuan.assistance.interview_workflow import INTERVIEW, InterviewOf, wrong_wish
from jiuyuan.assistance.models import Interview, Kind, Placement, Plan, Vacancy
from jiuyuan.assistance.plan_workflow import PLAN, PlanOf
from jiuyuan.characters import whole_number
from jiuyuan.portal import appointments, offers, ratings, refusals, training
from jiuyuan.portal.access import applicant, for_applicants
from jiuyuan.portal.question_page import QuestionPage, ask, posted, saved
from jiuyuan.procedures import engine
from jiuyuan.recognitions.models import Recognition
from jiuyuan.refusals import BadInput, NotFound
from jiuyuan.web.fields import PlaceInput
from jiuyuan.wording import say


class WishesForm(QuestionPage):
    """The work somebody is looking for, before an interview."""

    occupations = forms.CharField(
        label="想做什么工作？", required=False, widget=forms.Textarea({"rows": 2}),
        help_text="一行写一个，例如：养老护理员、保洁员。",
    )  # fmt: skip
    divisions = forms.CharField(
        label="愿意在哪里上班？", required=False, widget=PlaceInput(places_to_choose), help_text="写到县（市、区）。"
    )
    hours = forms.ChoiceField(
        label="全天还是半天？", required=False, choices=Vacancy.Hours.choices, widget=forms.RadioSelect
    )
    lowest_pay = forms.CharField(
        label="一个月至少要多少钱？", required=False, widget=forms.TextInput({"inputmode": "numeric"})
    )
    care = forms.CharField(label="家里有什么要照顾的？", required=False, help_text="例如：下午四点要接孩子。")
    services_wanted = forms.MultipleChoiceField(
        label="想要哪些帮助？", required=False, choices=Kind.choices, widget=forms.CheckboxSelectMultiple
    )

    def content(self) -> dict[str, Any]:
        said = {name: value for name, value in self.cleaned_data.items() if value}
        services = said.pop("services_wanted", [])
        return {"wishes": said, "services_wanted": services}


@for_applicants
@require_safe
def helping(request: HttpRequest) -> HttpResponseBase:
    """The plan of the present recognition, and the wishes; a message for people not on the register."""
    try:
        stay = _stay(request)
    except NotFound as refusal:  # a message older than the exit leads here
        messages.info(request, refusal.title)
        return redirect("portal:mine")
    interview, plan = _wishes(stay), _plan(stay)
    helper = plan.helper if plan and PlanOf(stay, None, plan).is_of_the_area(plan.helper) else None
    context = {
        "stay": stay,
        "plan": plan,
        "measures": list(plan.measures.all()) if plan else [],
        "offers": offers.shown(stay, applicant(request)),
        "appointments": appointments.shown(stay, applicant(request)),
        "refusals": refusals.shown(stay, applicant(request)),
        "placements": _placements(stay, applicant(request)),
        "courses": training.courses(stay, applicant(request)),
        "ventures": training.ventures(stay, applicant(request)),
        "ratings": ratings.shown(stay, applicant(request)),
        "helper": helper,
        "office": helper.agency if helper else stay.person.agency,
        "county": county_of(stay.person.agency),
        "interview": interview,
        "wishes": _in_words(interview) if interview else [],
    }
    return render(request, "portal/helping.html", context)


@for_applicants
@require_http_methods(["GET", "HEAD", "POST"])
def wishes(request: HttpRequest) -> HttpResponseBase:
    """Write or change one's wishes; after an interview, changes are a new entry."""
    stay = _stay(request)
    latest = _wishes(stay)
    own = latest if latest is not None and latest.status == Interview.Status.WISHES else None
    form = WishesForm(posted(request), initial=_typed(latest) if latest else None)
    if request.method == "POST" and form.is_valid():
        action, key = ("change_wishes", own.pk) if own else ("write_wishes", stay.pk)

        def act() -> Any:
            said = form.content()
            try:
                return engine.act(applicant(request), INTERVIEW, key, action, said)
            except BadInput as wrong:  # errors in wishes are shown at their inputs
                place = wrong_wish(InterviewOf(stay, applicant(request)), said["wishes"])
                errors = [(place if name == "wishes" else name, why) for name, why in wrong.errors]
                raise BadInput(wrong.title, errors) from None

        if saved(form, act) is not None:
            messages.success(request, say("已保存，帮您的人会看到。"))
            return redirect("portal:helping")
    return ask(
        request,
        form,
        title=say("您想找什么样的工作？"),
        question=False,
        button=say("保存"),
        back_url=reverse("portal:helping"),
        back_label=say("返回，不保存"),
    )


@for_applicants
@require_POST
def agree(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Agree to the plan as shown."""
    version = whole_number(request.POST.get("version", "")) or 0
    engine.act(applicant(request), PLAN, pk, "agree", {}, version=version)
    messages.success(request, say("您同意了帮扶计划，现在开始。"))
    return redirect("portal:helping")


def _stay(request: HttpRequest) -> Recognition:
    user = applicant(request)
    assert user is not None
    rows = Recognition.objects.visible_to(user).filter(status=Recognition.Status.ACTIVE)
    found: Recognition | None = rows.select_related("person__agency").first()
    if found is None:
        raise NotFound(say("您现在不在册，没有帮扶计划。"))
    return found


def _plan(stay: Recognition) -> Plan | None:
    rows = Plan.objects.unscoped().filter(recognition=stay, status__in=[Plan.Status.DRAFT, Plan.Status.ACTIVE])
    found: Plan | None = rows.select_related("helper__agency").first()
    return found


def _placements(stay: Recognition, user: Any) -> list[Placement]:
    """The decided placements of the present recognition; mere proposals are not shown."""
    rows = Placement.objects.visible_to(user).filter(recognition=stay).exclude(posted_on=None)
    return list(rows.select_related("post__employer"))


def _wishes(stay: Recognition) -> Interview | None:
    rows = Interview.objects.unscoped().filter(recognition=stay)
    found: Interview | None = rows.order_by("-on", "-pk").first()
    return found


def _in_words(interview: Interview) -> list[dict[str, str]]:
    said = interview.wishes
    rows = [
        (say("想做的工作"), "、".join(occupations.in_words(one) or one for one in said.get("occupations", []))),
        (say("愿意去的地方"), "、".join(place_name(code) for code in said.get("divisions", []))),
        (say("上班时间"), Vacancy.Hours(said["hours"]).label if "hours" in said else ""),
        (say("至少要"), say("每月{lowest_pay}元", lowest_pay=said["lowest_pay"]) if "lowest_pay" in said else ""),
        (say("家里要照顾的"), said.get("care", "")),
        (say("想要的帮助"), "、".join(Kind(code).label for code in interview.services_wanted)),
    ]
    return [{"key": label, "value": value} for label, value in rows if value]


def _typed(interview: Interview) -> dict[str, Any]:
    said = interview.wishes
    return {
        **said,
        "occupations": "\n".join(occupations.in_words(one) or one for one in said.get("occupations", [])),
        "divisions": "".join(place_name(code) for code in said.get("divisions", [])[:1]),
        "services_wanted": interview.services_wanted,
    }
