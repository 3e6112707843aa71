"""Changing the platform of a draft, without losing anything else."""

from typing import Any

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from jiuyuan.agencies.models import Agency, User
from jiuyuan.agencies.queries import place_of
from jiuyuan.applications import services
from jiuyuan.portal import sections
from jiuyuan.portal.access import for_applicants, own_case
from jiuyuan.portal.apply import County, Street
from jiuyuan.portal.question_page import ask, posted, saved
from jiuyuan.wording import say


@for_applicants
def place(request: HttpRequest, number: str, county: str = "") -> HttpResponseBase:
    """The county, then the street. Not possible after submission."""
    case = own_case(request, number)
    application = case.application
    if application.submitted_on or not application.is_open:
        return redirect("portal:progress", number)
    back: dict[str, Any] = {"back_url": reverse("portal:form", args=[number]), "back_label": say("返回，不改")}
    if not county:
        here = application.agency.ancestor(Agency.Level.COUNTY)
        choice = County(posted(request), initial={"county": here.code if here else ""})
        if choice.is_valid():
            return redirect("portal:place_street", number, choice.cleaned_data["county"])
        title = say("您平时住在哪个县（市、区）？")
        return ask(request, choice, title=title, button=say("下一步"), **sections.part(1), **back)
    agency = Agency.objects.filter(code=county, level=Agency.Level.COUNTY).first()
    if agency is None:
        raise Http404
    initial = {"platform": application.agency.code, "address": case.address}
    form = Street(posted(request), initial=initial, county=agency)
    user = request.user
    assert isinstance(user, User)

    def move() -> Any:
        said = form.cleaned_data
        return services.save(user, number, platform=said["platform"], contact={"address": said["address"]})

    if form.is_valid() and saved(form, move):
        return redirect("portal:form", number)
    title = say("您住在{agency}的哪里？", agency=place_of(agency))
    return ask(request, form, title=title, button=say("改到这里"), **sections.part(1), **back)
