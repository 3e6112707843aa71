"""Warns when the deadline by which a family without work must have a member in work (一(一)4) is near or past."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.db import transaction

from jiuyuan.agencies.models import User
from jiuyuan.people import families
from jiuyuan.people.models import FamilyCertification
from jiuyuan.procedures import engine
from jiuyuan.recognitions.models import Recognition, Warning
from jiuyuan.regions import registry

_FAMILY = Warning.Kind.FAMILY


@transaction.atomic
def warn(day: date) -> int:
    """Renew the warnings of uncleared families whose deadline is near or past. Returns how many there are.

    Each family has one warning, for the person it was certified for, or else its first member on the register.
    """
    due: dict[int, date] = {}
    for family in FamilyCertification.objects.unscoped().filter(cleared_on=None).select_related("person"):
        here = registry.region_of(family.person.area)
        ahead = day + timedelta(days=here.limit("warning_days_ahead", on=day))
        if family.due_on <= ahead and (stay := _stay_of(family)) is not None:
            due[stay] = min(family.due_on, due.get(stay, family.due_on))
    for stay, on in due.items():
        Warning.objects.unscoped().update_or_create(recognition_id=stay, kind=_FAMILY, defaults={"due_on": on})
    Warning.objects.unscoped().filter(kind=_FAMILY).exclude(recognition__in=due).delete()
    return len(due)


@transaction.atomic
def clear(user: User, pk: int, said: Mapping[str, Any]) -> FamilyCertification:
    """Clear a family and its warning."""
    family: FamilyCertification = engine.act(user, families.FAMILY, pk, "clear", said)
    Warning.objects.unscoped().filter(kind=_FAMILY, recognition__person__in=_people(family)).delete()
    return family


def _people(family: FamilyCertification) -> list[int]:
    members = [member["person"] for member in family.members if member["person"]]
    return [family.person_id, *(pk for pk in members if pk != family.person_id)]


def _stay_of(family: FamilyCertification) -> int | None:
    people = _people(family)
    rows = Recognition.objects.unscoped().filter(person__in=people, status=Recognition.Status.ACTIVE)
    stays = dict(rows.values_list("person_id", "pk"))
    return next((stays[pk] for pk in people if pk in stays), None)
