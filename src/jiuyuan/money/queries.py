"""Who has a right and draws nothing, by platform."""

from typing import Any

from django.db.models import Count, Prefetch, QuerySet

from jiuyuan.agencies.models import User
from jiuyuan.money.models import UnclaimedScheme
from jiuyuan.people.models import Fact
from jiuyuan.recognitions.models import Recognition


def unclaimed(user: User, scheme: str = "", platform: str = "") -> "QuerySet[Any]":
    """The people of a user's area whom the last night found, of one scheme or platform where given."""
    rows = UnclaimedScheme.objects.visible_to(user).filter(recognition__status=Recognition.Status.ACTIVE)
    if scheme:
        rows = rows.filter(scheme=scheme)
    if platform:
        rows = rows.filter(recognition__person__agency__code=platform)
    return rows.select_related("recognition__person__agency").order_by("pk")


def on_the_register(user: User, platform: str = "") -> "QuerySet[Any]":
    """Those on the register in a user's area with the facts on their files, of one platform where given."""
    rows = Recognition.objects.visible_to(user).filter(status=Recognition.Status.ACTIVE)
    if platform:
        rows = rows.filter(person__agency__code=platform)
    facts = Prefetch("person__facts", Fact.objects.unscoped())
    return rows.select_related("person__agency").prefetch_related(facts)


def by_platform(user: User) -> list[dict[str, Any]]:
    """For each platform of a user's area: its code, its name, and how many people it has in that list, each once."""
    place = "recognition__person__agency__"
    rows = unclaimed(user).order_by(place + "code").values(place + "code", place + "name")
    return [
        {"code": row[place + "code"], "name": row[place + "name"], "people": row["people"]}
        for row in rows.annotate(people=Count("recognition", distinct=True))
    ]
