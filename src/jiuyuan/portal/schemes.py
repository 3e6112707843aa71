"""Public pages on each scheme and on recognition, generated from their definitions. No login (五(四))."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from jiuyuan import clock
from jiuyuan.money.scheme_pages import RECOGNITION, pages
from jiuyuan.oversight.local_rule_words import public_rules
from jiuyuan.portal.articles import published
from jiuyuan.regions import registry


@login_not_required
@require_safe
def schemes(request: HttpRequest) -> HttpResponseBase:
    """The overview, with links to local rules and articles if there are any."""
    context = {
        "schemes": pages(clock.today()),
        "local_rules": public_rules().exists(),
        "articles": published().exists(),
    }
    return render(request, "portal/schemes.html", context)


@login_not_required
@require_safe
def scheme(request: HttpRequest, code: str) -> HttpResponseBase:
    found = next((one for one in pages(clock.today()) if one.code == code), None)
    if found is None:
        raise Http404
    context = {"scheme": found, "is_recognition": code == RECOGNITION, "hotline": registry.home().hotline}
    return render(request, "portal/scheme.html", context)
