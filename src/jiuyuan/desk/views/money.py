"""Entitlements: of a person, with reasons; and people with unclaimed rights (政策找人)."""

from typing import Any

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from jiuyuan import clock
from jiuyuan.agencies.queries import platforms_of
from jiuyuan.agencies.roles import Right, Role
from jiuyuan.desk import queries as desk_queries
from jiuyuan.desk.access import StaffRequest, staff
from jiuyuan.desk.frame import page
from jiuyuan.money import claims, entitlements, queries
from jiuyuan.money.claim_workflow import CLAIM
from jiuyuan.money.in_words import in_words
from jiuyuan.money.notice_workflow import SCHEME_NOTICE
from jiuyuan.people.queries import looked_at_list
from jiuyuan.procedures import engine
from jiuyuan.refusals import GuardNotMet
from jiuyuan.regions import registry
from jiuyuan.wording import for_record, say


@staff(Right.SEE_PEOPLE)
@require_safe
def of_person(request: StaffRequest, pk: int) -> HttpResponseBase:
    """Every scheme with its answer. The look is recorded."""
    person = entitlements.seen(request.user, pk, for_record("可享受的政策"))
    context = {
        "person": person,
        "schemes": in_words(entitlements.of_person(person), clock.today()),
        "claims": claims.of_person(person),
        "may_claim": Role(request.user.role) in CLAIM.of().by_action["claim"].roles,
        "crumbs": [
            {"label": person.name, "url": reverse("desk:person", args=[person.pk])},
            {"label": say("可享受的政策")},
        ],
    }
    return page(request, "entitlements.html", context)


#: With more missing facts than this a right is unlikely.
_MOST_MISSING = 3


@staff(Right.SEE_PEOPLE)
@require_safe
def unclaimed(request: StaffRequest) -> HttpResponseBase:
    """People with unclaimed rights by platform, from the nightly run, filtered by scheme and platform.

    `?near`: people on the register who may have a right once a few facts are known, one page of the register at a
    time.
    """
    user, asked = request.user, request.GET
    schemes = registry.schemes_of(user.area, clock.today())
    titles = {scheme.code: scheme.title for scheme in schemes}
    near, cursor = "near" in asked, asked.get("cursor", "")
    if near:
        platforms = [{"code": one.code, "name": one.name} for one in platforms_of(user.agency)] if user.agency else []
    else:
        platforms = queries.by_platform(user)
    scheme = asked.get("scheme", "") if asked.get("scheme", "") in titles else ""
    platform = next((one["code"] for one in platforms if one["code"] == asked.get("platform")), "")
    rows: list[dict[str, Any]]
    if near:
        stays, following = desk_queries.newest_first(queries.on_the_register(user, platform), cursor)
        looked_at_list(user, for_record("可能符合政策的人员名单"))
        rows = [
            {"person": stay.person, "title": one.scheme.title, "missing": entitlements.missing_in_words(one)}
            for stay, one in entitlements.lacking(stays, _MOST_MISSING, scheme)
        ]
    else:
        found, following = desk_queries.newest_first(queries.unclaimed(user, scheme, platform), cursor)
        looked_at_list(user, for_record("有政策未享受的人员名单，用于告知本人"))
        rows = [
            {
                "person": row.recognition.person,
                "title": titles.get(row.scheme, row.scheme),
                "found_on": row.found_on,
                "pk": row.pk,
            }
            for row in found
        ]
    context = {
        "rows": rows,
        "near": near,
        "platforms": platforms,
        "titles": titles,
        "scheme": scheme,
        "platform": platform,
        "next": following,
        "previous": None,
        "may_tell": not near and Role(user.role) in SCHEME_NOTICE.of().by_action["tell"].roles,
    }
    return page(request, "unclaimed.html", context, at="unclaimed")


@staff(Right.SEE_PEOPLE)
@require_POST
def tell_person(request: StaffRequest, pk: int) -> HttpResponseBase:
    """Notify a person found by the nightly run, in neutral words."""
    try:
        engine.act(request.user, SCHEME_NOTICE, pk, "tell", {})
    except GuardNotMet as refusal:
        messages.error(request, refusal.title)
    else:
        messages.success(request, SCHEME_NOTICE.of().by_action["tell"].result)
    return redirect("desk:unclaimed")
