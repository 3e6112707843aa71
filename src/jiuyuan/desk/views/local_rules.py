"""操作细则: the drafts and rules of the area, one of them with what it changes and whom it would touch, and every act about it (六)."""

from typing import Any

from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from jiuyuan import clock
from jiuyuan.agencies.roles import Right, Role
from jiuyuan.desk import timeline
from jiuyuan.desk.access import StaffRequest, staff
from jiuyuan.desk.frame import page
from jiuyuan.desk.views.one_act import buttons, one_act, transition_for
from jiuyuan.history.models import Entry
from jiuyuan.oversight.local_rule_words import in_words
from jiuyuan.oversight.local_rule_workflow import LOCAL_RULE, OfLocalRule
from jiuyuan.oversight.models import LocalRule
from jiuyuan.refusals import NotFound
from jiuyuan.wording import say

_AT = "local_rules"


@staff(Right.OVERSEE)
@require_safe
def rules(request: StaffRequest) -> HttpResponseBase:
    today = clock.today()
    rows = LocalRule.objects.visible_to(request.user).select_related("agency")
    context = {
        "rows": [in_words(rule, today) for rule in rows],
        "may_draft": Role(request.user.role) in LOCAL_RULE.of().by_action["draft_rule"].roles,
    }
    return page(request, "local_rules.html", context, at=_AT)


@staff(Right.OVERSEE)
@require_safe
def rule(request: StaffRequest, pk: int) -> HttpResponseBase:
    found = _found(request, pk)
    shown = {
        "shown": in_words(found, clock.today()),
        "actions": buttons(LOCAL_RULE, OfLocalRule(found, request.user), "desk:local_rule_act", pk),
        "history": timeline.tell(Entry.objects.of(found.file).order_by("-seq")),
        "crumbs": _crumbs(found.title),
    }
    return page(request, "local_rule.html", shown, at=_AT)


@staff(Right.OVERSEE)
@require_http_methods(["GET", "HEAD", "POST"])
def create(request: StaffRequest) -> HttpResponseBase:
    """The form of a new draft."""
    return _act(request, None, "draft_rule")


@staff(Right.OVERSEE)
@require_http_methods(["GET", "HEAD", "POST"])
def act(request: StaffRequest, pk: int, action: str) -> HttpResponseBase:
    """The form of one act."""
    return _act(request, _found(request, pk), action)


def _act(request: StaffRequest, found: LocalRule | None, action: str) -> HttpResponseBase:
    context = OfLocalRule(found, request.user)
    transition = transition_for(request, LOCAL_RULE, context.region, action)
    if transition.begins != (found is None):
        raise NotFound(say("没有这个办理事项。"))
    return one_act(
        request, LOCAL_RULE, context, transition, found.pk if found else None,
        caption=found.title if found else say("操作细则"),
        back=reverse("desk:local_rule", args=[found.pk]) if found else reverse("desk:local_rules"),
        crumbs=_crumbs(transition.label, found), at=_AT,
        after=None if found else lambda done: redirect("desk:local_rule", done.pk),
    )  # fmt: skip


def _found(request: StaffRequest, pk: int) -> LocalRule:
    rows = LocalRule.objects.visible_to(request.user)
    found: LocalRule | None = rows.select_related("agency", "published_by").filter(pk=pk).first()
    if found is None:
        raise NotFound(say("没有这份操作细则。"))
    return found


def _crumbs(here: str, found: LocalRule | None = None) -> list[dict[str, Any]]:
    above = [{"label": say("操作细则"), "url": reverse("desk:local_rules")}]
    if found is not None:
        above.append({"label": found.title, "url": reverse("desk:local_rule", args=[found.pk])})
    return [*above, {"label": here}]
