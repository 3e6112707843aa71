"""操作细则 of the cities (六): in force, coming and ended, with their changes. No login."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from jiuyuan import clock
from jiuyuan.oversight.local_rule_words import in_words, public_rules


@login_not_required
@require_safe
def rules(request: HttpRequest) -> HttpResponseBase:
    """All published rules by city, newest first."""
    today = clock.today()
    return render(request, "portal/rules.html", {"rules": [in_words(rule, today) for rule in public_rules()]})


@login_not_required
@require_safe
def rule(request: HttpRequest, pk: int) -> HttpResponseBase:
    found = public_rules().filter(pk=pk).first()
    if found is None:
        raise Http404
    return render(request, "portal/rule.html", {"shown": in_words(found, clock.today())})
