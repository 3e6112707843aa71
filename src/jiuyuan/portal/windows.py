"""The windows: address, phone and hours of street and township offices; and help without a password."""

from typing import Any

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from jiuyuan.agencies.models import Agency
from jiuyuan.agencies.queries import place_of, platforms_of
from jiuyuan.portal import places
from jiuyuan.portal.question_page import QuestionPage
from jiuyuan.wording import say


class WindowCounty(QuestionPage):
    county = forms.ChoiceField(
        label="您平时住在哪个县（市、区）？",
        choices=places.county_offices,
        error_messages={"required": "请选您常住的县（市、区）。"},
    )


class WindowStreet(QuestionPage):
    platform = forms.ChoiceField(label="哪个街道（乡镇）？", error_messages={"required": "请选您常住的街道（乡镇）。"})

    def __init__(self, *args: Any, county: Agency, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        streets = [(agency.code, place_of(agency)) for agency in platforms_of(county)]
        self.fields["platform"].choices = [("", say("请选择")), *streets]  # type: ignore[attr-defined]


@login_not_required
@require_safe
def windows(request: HttpRequest) -> HttpResponseBase:
    """The county, the street, then its window; by URL alone, without scripts."""
    return render(request, "portal/windows.html", _found(request))


@login_not_required
@require_safe
def forgotten(request: HttpRequest) -> HttpResponseBase:
    """Linked from the login page: a forgotten password is reset at the window, whose address is shown here."""
    return render(request, "portal/forgotten.html", _found(request))


def _found(request: HttpRequest) -> dict[str, Any]:
    form: QuestionPage = WindowCounty(request.GET if "county" in request.GET else None)
    county = office = None
    if form.is_valid():
        county = Agency.objects.get(code=form.cleaned_data["county"])
        form = WindowStreet(request.GET if "platform" in request.GET else None, county=county)
        if form.is_valid():
            office = Agency.objects.select_related("parent").get(code=form.cleaned_data["platform"])
    return {"form": form, "county": county, "place": place_of(county) if county else "", "office": office}
