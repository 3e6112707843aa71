"""Employers' claims by link: requested, submitted, and turned into claims."""

from functools import partial
from typing import Any

from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from jiuyuan import masking
from jiuyuan.agencies.roles import Right, Role
from jiuyuan.desk import queries as lists
from jiuyuan.desk import timeline
from jiuyuan.desk.access import StaffRequest, staff
from jiuyuan.desk.frame import page
from jiuyuan.desk.views.one_act import buttons, one_act, transition_for
from jiuyuan.history import services as history
from jiuyuan.history.models import Entry
from jiuyuan.money.employer_claim_workflow import EMPLOYER_CLAIM, OfEmployer, people_of
from jiuyuan.money.models import EmployerClaim
from jiuyuan.refusals import NotFound
from jiuyuan.wording import for_record, say

_MOST_ACTS = 100


@staff(Right.SEE_PEOPLE)
@require_safe
def employer_claims(request: StaffRequest) -> HttpResponseBase:
    """Those of the area, one tab per state, submitted ones first."""
    asked = request.GET.get("status", "")
    status = asked if asked in EmployerClaim.Status.values else EmployerClaim.Status.HANDED_IN
    found = EmployerClaim.objects.visible_to(request.user).filter(status=status).select_related("employer", "agency")
    rows, following = lists.newest_first(found, request.GET.get("cursor", ""))
    context = {
        "rows": rows,
        "tabs": [
            {"label": one.label, "url": f"?status={one}", "current": one == status} for one in EmployerClaim.Status
        ],
        "next": following,
        "previous": None,
        "may_create": Role(request.user.role) in EMPLOYER_CLAIM.of().by_action["ask"].roles,
        "crumbs": [*_crumbs("")[:1], {"label": say("单位申报")}],
    }
    return page(request, "employer_claims.html", context, at="claims")


@staff(Right.SEE_PEOPLE)
@never_cache
@require_safe
def employer_claim(request: StaffRequest, pk: int) -> HttpResponseBase:
    """An employer's claim: the people listed, with the result for each. The look is recorded."""
    found = _found(request, pk)
    people = people_of(found)
    if people:
        history.looked(request.user.actor, found.file, for_record("单位申报的名单"), found.area)
    results = found.results or [{} for _ in people]
    shown = {
        "claim": found,
        "people": [
            {"name": one["name"], "number": masking.id_number(one["id_number"]), **result}
            for one, result in zip(people, results, strict=True)
        ],
        "account": found.employer.accounts.order_by("-pk").first(),
        "actions": buttons(EMPLOYER_CLAIM, OfEmployer(found, request.user), "desk:employer_claim_act", found.pk),
        "history": timeline.tell(Entry.objects.of(found.file).order_by("-seq")[:_MOST_ACTS]),
        "crumbs": _crumbs(found.employer.name),
    }
    return page(request, "employer_claim.html", shown, at="claims")


@staff(Right.SEE_PEOPLE)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def create(request: StaffRequest) -> HttpResponseBase:
    """Request a claim from an employer."""
    return _act(request, None, "ask")


@staff(Right.SEE_PEOPLE)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def act(request: StaffRequest, pk: int, action: str) -> HttpResponseBase:
    return _act(request, _found(request, pk), action)


def _act(request: StaffRequest, found: EmployerClaim | None, action: str) -> HttpResponseBase:
    context = OfEmployer(found, request.user)
    transition = transition_for(request, EMPLOYER_CLAIM, context.region, action)
    if transition.begins != (found is None):
        raise NotFound(say("没有这个办理事项。"))
    return one_act(
        request, EMPLOYER_CLAIM, context, transition, found.pk if found else None,
        caption=f"{found.employer.name} · {found.title} · {found.get_status_display()}" if found else "",
        back=reverse("desk:employer_claim", args=[found.pk]) if found else reverse("desk:employer_claims"),
        crumbs=_crumbs(transition.label, found),
        at="claims",
        after=partial(_link, request) if action in ("ask", "renew") else None,
    )  # fmt: skip


def _link(request: StaffRequest, claim: Any) -> HttpResponseBase:
    """The link for the employer, shown once on the page that created it."""
    context = {
        "claim": claim,
        "address": request.build_absolute_uri(reverse("portal:employer_claim", args=[claim.secret])),
        "crumbs": _crumbs(say("给单位的链接"), claim),
    }
    return page(request, "employer_claim_link.html", context, at="claims")


def _found(request: StaffRequest, pk: int) -> EmployerClaim:
    rows = EmployerClaim.objects.visible_to(request.user).select_related("employer", "agency")
    found: EmployerClaim | None = rows.filter(pk=pk).first()
    if found is None:
        raise NotFound(say("没有这次单位申报。"))
    return found


def _crumbs(here: str, found: EmployerClaim | None = None) -> list[dict[str, str]]:
    above = [
        {"label": say("政策申请"), "url": reverse("desk:claims")},
        {"label": say("单位申报"), "url": reverse("desk:employer_claims")},
    ]
    if found is not None:
        above.append({"label": found.employer.name, "url": reverse("desk:employer_claim", args=[found.pk])})
    return [*above, {"label": here}]
