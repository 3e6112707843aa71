"""The start page: a short introduction and three links. Staff are sent to the desk."""

from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from jiuyuan.agencies.models import User
from jiuyuan.applications.case import Case
from jiuyuan.applications.models import Application
from jiuyuan.portal import line, recoveries
from jiuyuan.portal.access import applicant
from jiuyuan.portal.letters import letters_to, still_asked, unread_matters
from jiuyuan.portal.waiting import anything_waits, waiting
from jiuyuan.recognitions.models import Recognition
from jiuyuan.templatetags.plain import bare_day
from jiuyuan.wording import say


@dataclass(frozen=True)
class Matter:
    """The state of one of the person's matters, with its link. `waits`: what has to be answered on 我的帮扶."""

    what: str
    title: str
    text: str
    number: str
    label: str
    url: str
    waits: list[str] = field(default_factory=list)


def _matters(user: User, cases: list[Application], stay: Recognition | None) -> list[Matter]:
    """The open application, else the last one that did not lead to recognition; and the last recognition."""
    found = []
    last = next((case for case in cases if case.finished_on is None), None) or next(iter(cases), None)
    if last is not None and last.recognition_id is None:
        standing = line.standing(Case(last, user))
        url = reverse("portal:progress", args=[last.number])
        label = say("看原因和怎么办") if last.state.refused and not last.is_open else say("查看申请")
        found.append(Matter(say("您的申请"), standing.title, standing.text, last.number, label, url))
    if stay is not None:
        if stay.ended_on:
            title = say("{day}退出了就业援助", day=bare_day(stay.ended_on))
            text = say("为什么退出、不同意怎么办，里面都有。")
        else:
            title = say("您已被认定为就业困难人员")
            text = say("{day}，{agency}认定。", day=bare_day(stay.recognised_on), agency=stay.agency.name)
        waits = waiting(stay, user) if stay.anything_waits and not stay.ended_on else []  # type: ignore[attr-defined]
        found.append(
            Matter(say("您的认定"), title, text, stay.number, say("看我的认定"), reverse("portal:mine"), waits)
        )
    for one in recoveries.shown(user):
        where = f"{reverse('portal:recoveries')}#recovery-{one.pk}"
        found.append(Matter(say("补贴的追回"), one.standing, one.next, "", say("看事实、依据和怎么办"), where))
    return found


@login_not_required
@require_safe
def home(request: HttpRequest) -> HttpResponseBase:
    if isinstance(request.user, User) and request.user.is_staff_member:
        return redirect("/desk/")
    user = applicant(request)
    context: dict[str, Any] = {"matters": [], "unread": 0, "on_register": False}
    if user:
        cases = list(
            Application.objects.visible_to(user).select_related("agency", "person", "recognition").order_by("-pk")
        )
        stays = Recognition.objects.visible_to(user).select_related("agency").order_by("-pk")
        stay = stays.annotate(anything_waits=anything_waits()).first()
        context["matters"] = _matters(user, cases, stay)
        context["on_register"] = stay is not None and stay.ended_on is None
        context["unread"] = unread_matters(letters_to(user, cases), still_asked(user, cases))
    return render(request, "portal/home.html", context)
