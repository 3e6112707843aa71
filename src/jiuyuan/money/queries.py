"""Queries of unclaimed rights, by platform."""

from typing import Any

from django.db.models import Count, Prefetch, QuerySet

from jiuyuan.agencies.models import User
from jiuyuan.money.models import UnclaimedScheme
from jiuyuan.people.models import Fact
from jiuyuan.recognitions.models import Recognition


def unclaimed(user: User, scheme: str = "", platform: str = "") -> "QuerySet[Any]":
    """The people of the user's area with unclaimed rights, optionally of one scheme or platform."""
    rows = UnclaimedScheme.objects.visible_to(user).filter(recognition__status=Recognition.Status.ACTIVE)
    if scheme:
        rows = rows.filter(scheme=scheme)
    if platform:
        rows = rows.filter(recognition__person__agency__code=platform)
    return rows.select_related("recognition__person__agency").order_by("pk")


def on_the_register(user: User, platform: str = "") -> "QuerySet[Any]":
    """The people on the register in the user's area with their facts, optionally of one platform."""
    rows = Recognition.objects.visible_to(user).filter(status=Recognition.Status.ACTIVE)
    if platform:
        rows = rows.filter(person__agency__code=platform)
    facts = Prefetch("person__facts", Fact.objects.unscoped())
    return rows.select_related("person__agency").prefetch_related(facts)


def by_platform(user: User) -> list[dict[str, Any]]:
    """For each platform of the user's area: code, name, and the number of people in that list."""
    place = "recognition__person__agency__"
    rows = unclaimed(user).order_by(place + "code").values(place + "code", place + "name")
    return [
        {"code": row[place + "code"], "name": row[place + "name"], "people": row["people"]}
        for row in rows.annotate(people=Count("recognition", distinct=True))
    ]
