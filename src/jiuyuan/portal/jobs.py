"""Public vacancies by place, and the page on which an employer answers by link."""

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from jiuyuan.agencies.models import Agency
from jiuyuan.agencies.queries import county_of, place_of
from jiuyuan.assistance import employer_links, queries
from jiuyuan.assistance.models import Vacancy
from jiuyuan.assistance.vacancy_workflow import TABLE, VACANCY, pay_of
from jiuyuan.characters import whole_number
from jiuyuan.portal import places
from jiuyuan.portal.question_page import QuestionPage, put_on
from jiuyuan.procedures import engine
from jiuyuan.refusals import NotFound, Refusal
from jiuyuan.web.fields import Calendar, Form
from jiuyuan.wording import say

_PAGE = 20


class PlacePage(QuestionPage):
    county = forms.ChoiceField(
        label="看哪里的招聘岗位？",
        choices=places.county_offices,
        error_messages={"required": "请选一个县（市、区）。"},
    )


class EmployerAnswerForm(Form):
    """An employer's answer about a vacancy; the act validates it."""

    use_required_attribute = False
    answer = forms.ChoiceField(label="这个岗位现在", widget=forms.RadioSelect)
    number = forms.CharField(label="还招几人", required=False, widget=forms.TextInput({"inputmode": "numeric"}))
    valid_until = forms.DateField(label="招到哪天", required=False, widget=Calendar())
    change = forms.CharField(label="要改什么", required=False, widget=forms.Textarea({"rows": 3}))

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        [need] = [need for need in TABLE.by_action["answer_by_employer"].needs if need.name == "answer"]
        self.fields["answer"].choices = need.choices  # type: ignore[attr-defined]


@login_not_required
@require_safe
def jobs(request: HttpRequest) -> HttpResponseBase:
    """The open vacancies of `?county=`, newest first; without it a choice of counties."""
    form = PlacePage(request.GET if "county" in request.GET else None)
    if not form.is_valid():
        return render(request, "portal/jobs_where.html", {"form": form.as_question()})
    county = Agency.objects.get(code=form.cleaned_data["county"])
    rows = queries.open_to_all(*(county.divisions.values_list("code", flat=True) or [county.code]))
    if (place := whole_number(request.GET.get("before", ""))) is not None:
        rows = rows.filter(pk__lt=place)
    found = list(rows.order_by("-pk")[: _PAGE + 1])
    context = {
        "place": place_of(county),
        "county": county.code,
        "rows": found[:_PAGE],
        "before": found[_PAGE - 1].pk if len(found) > _PAGE else None,
    }
    return render(request, "portal/jobs.html", context)


@login_not_required
@require_safe
def job(request: HttpRequest, pk: int) -> HttpResponseBase:
    found = queries.open_to_all().filter(pk=pk).first()
    if found is None:
        raise Http404
    county = county_of(found.agency)
    there = f"{reverse('portal:jobs')}?{urlencode({'county': county.code})}" if county else reverse("portal:jobs")
    label = say("{place}的招聘岗位", place=place_of(county)) if county else say("招聘岗位")
    crumbs = [{"label": label, "url": there}, {"label": found.title}]
    return render(request, "portal/job.html", {"vacancy": found, "crumbs": crumbs, **_in_words(found)})


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def employer(request: HttpRequest, secret: str) -> HttpResponseBase:
    """The vacancy as published, and three possible answers. Nothing else can be reached by the link."""
    try:
        link = employer_links.found(secret)
    except NotFound as gone:
        return render(request, "portal/employer_gone.html", {"said": gone.title}, status=404)
    form, status = EmployerAnswerForm(request.POST or None), 200
    if request.method == "POST":
        said = {name: value for name in form.fields if (value := request.POST.get(name, "").strip())}
        if said.get("answer") != "correct":
            said = {name: value for name, value in said.items() if name != "change"}
        try:
            engine.act(None, VACANCY, secret, "answer_by_employer", said)
            return redirect(reverse("portal:employer_thanks"))
        except NotFound as gone:
            return render(request, "portal/employer_gone.html", {"said": gone.title}, status=404)
        except Refusal as refusal:
            put_on(form, refusal)
            status = 422
    context = {"vacancy": link.vacancy, "link": link, "form": form, **_in_words(link.vacancy)}
    response = render(request, "portal/employer.html", context, status=status)
    response["X-Robots-Tag"] = "noindex, noarchive"
    return response


@login_not_required
@require_safe
def employer_thanks(request: HttpRequest) -> HttpResponseBase:
    return render(request, "portal/employer_thanks.html")


def _in_words(vacancy: Vacancy) -> dict[str, Any]:
    """A vacancy as published: what the law requires, without personal names or phone numbers."""
    return {
        "pay": pay_of(vacancy),
        "insurance": "、".join(Vacancy.Insurance(code).label for code in vacancy.insurance),
        "accessible": "、".join(Vacancy.Accessible(code).label for code in vacancy.accessible),
    }
