"""Pages on who qualifies, what recognised people get, the steps, and how personal data are used."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from jiuyuan import clock
from jiuyuan.regions import registry


@login_not_required
@require_safe
def about(request: HttpRequest) -> HttpResponseBase:
    """The categories of the policy in force, with the region's own texts."""
    rules = registry.policy_of("", clock.today())
    context = {"rules": rules, "about": registry.home().about, "materials": rules.materials}
    return render(request, "portal/about.html", context)


@login_not_required
@require_safe
def privacy(request: HttpRequest) -> HttpResponseBase:
    return render(request, "portal/privacy.html", {"about": registry.home().about})
