"""What people have a right to: of one person with reasons, and who has a right and draws nothing (政策找人)."""

from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_safe

from jiuyuan import clock
from jiuyuan.agencies.roles import Right
from jiuyuan.desk import queries as desk_queries
from jiuyuan.desk.access import StaffRequest, staff
from jiuyuan.desk.frame import page
from jiuyuan.money import entitlements, queries
from jiuyuan.money.in_words import in_words
from jiuyuan.people.queries import looked_at_list
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
        "crumbs": [
            {"label": person.name, "url": reverse("desk:person", args=[person.pk])},
            {"label": say("可享受的政策")},
        ],
    }
    return page(request, "entitlements.html", context)


@staff(Right.SEE_PEOPLE)
@require_safe
def unclaimed(request: StaffRequest) -> HttpResponseBase:
    """Who has a right and draws nothing, by platform, as the last night found it; narrowed by scheme and platform."""
    user, asked = request.user, request.GET
    schemes = registry.schemes_of(user.area, clock.today())
    titles = {scheme.code: scheme.title for scheme in schemes}
    platforms = queries.by_platform(user)
    scheme = asked.get("scheme", "") if asked.get("scheme", "") in titles else ""
    platform = next((one["code"] for one in platforms if one["code"] == asked.get("platform")), "")
    rows = queries.unclaimed(user, scheme, platform)
    found, following = desk_queries.newest_first(rows, asked.get("cursor", ""))
    looked_at_list(user, for_record("有政策未享受的人员名单"))
    context = {
        "rows": [(row, titles.get(row.scheme, row.scheme)) for row in found],
        "platforms": platforms,
        "titles": titles,
        "scheme": scheme,
        "platform": platform,
        "next": following,
        "previous": None,
    }
    return page(request, "unclaimed.html", context, at="unclaimed")
