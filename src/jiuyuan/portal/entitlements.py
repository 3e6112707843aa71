"""我能享受什么: every scheme of the person's place, evaluated with their file."""

from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from jiuyuan import clock
from jiuyuan.money import entitlements as money
from jiuyuan.money.in_words import in_words
from jiuyuan.people.models import Person
from jiuyuan.portal import claims
from jiuyuan.portal.access import applicant, for_applicants
from jiuyuan.wording import say


@for_applicants
@require_safe
def entitlements(request: HttpRequest) -> HttpResponseBase:
    """What is available first, then what is unknown; the rest is folded, with reasons."""
    user = applicant(request)
    assert user is not None
    person = Person.objects.visible_to(user).select_related("agency").first()
    if person is None:
        messages.info(request, say("您还没有申请过认定，系统里没有您的情况。先看看有哪些政策。"))
        return redirect("portal:schemes")
    every = in_words(money.of_person(person), clock.today())
    context = {
        "schemes": [one for one in every if one.outcome != "may_not"],
        "others": [one for one in every if one.outcome == "may_not"],
        "claims": claims.shown(person),
        "told": claims.told(person),
        "office": person.agency,
    }
    return render(request, "portal/entitlements.html", context)
