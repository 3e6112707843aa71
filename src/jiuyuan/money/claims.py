"""Claims for viewing: of an area or one's own, one claim, and initial values of the form."""

from typing import Any

from django.db.models import Count, Q, QuerySet

from jiuyuan.agencies.models import User
from jiuyuan.agencies.roles import Right
from jiuyuan.history import services as history
from jiuyuan.money.models import LIVE, Claim, ClaimLine
from jiuyuan.money.month_facts import MonthFacts
from jiuyuan.people.models import Person
from jiuyuan.refusals import NotForRole, NotFound
from jiuyuan.rules.calendar import month_of
from jiuyuan.rules.scheme import Scheme
from jiuyuan.wording import say

_OFFERED_AT_ONCE = 6


def seen(user: User, pk: int, what: str) -> Claim:
    """A claim, for staff who may see files and for the person. Records the look. Raises `NotFound`, `NotForRole`."""
    rows = Claim.objects.visible_to(user).select_related(
        "person__agency", "person__account", "agency", "employer", "checked_by", "reviewed_by", "approved_by", "recognition"
    )  # fmt: skip
    found: Claim | None = rows.filter(pk=pk).first()
    if found is None:
        raise NotFound(say("没有这份政策申请。"))
    if user.is_staff_member and not user.may(Right.SEE_PEOPLE):
        raise NotForRole(say("您的角色不能查看政策申请。"))
    history.looked(user.actor, found.file, what, found.area)
    return found


def listed(user: User, status: str = "", scheme: str = "") -> "QuerySet[Claim]":
    """The claims of the user's area, or the user's own."""
    rows = Claim.objects.visible_to(user).filter(**({"scheme": scheme} if scheme else {}))
    found: QuerySet[Claim] = (rows.filter(status=status) if status else rows).select_related("person__agency")
    return found


def counts(user: User) -> dict[str, int]:
    """The number of claims in each state."""
    rows = Claim.objects.visible_to(user).order_by().values_list("status").annotate(number=Count("pk"))
    return dict(rows)


def of_person(person: Person) -> list[Claim]:
    """A person's claims, latest first."""
    return list(Claim.objects.unscoped().filter(person=person).select_related("agency").order_by("-pk"))


def filled_in(person: Person, scheme: Scheme, today: Any) -> dict[str, int] | None:
    """The months to claim: the latest past unclaimed ones, at most half a year; None if there are none."""
    if scheme.counted != "months":
        return {"from": month_of(today), "to": month_of(today)}
    stays = MonthFacts(person, today).stays
    if not stays:
        return None
    begun = max(month_of(min(stay.recognised_on for stay in stays)), month_of(scheme.since))
    last = month_of(today) - 1 if begun < month_of(today) else month_of(today)
    both = Q(scheme=scheme.code) | Q(scheme__in=scheme.exclusive_with)
    taken = set(
        ClaimLine.objects.unscoped().filter(both, person=person, status__in=LIVE).values_list("month", flat=True)
    )
    first = Claim.objects.unscoped().filter(person=person, scheme=scheme.code, first=True).first()
    begun = max(begun, first.from_month) if first else begun
    while last >= begun and last in taken:
        last -= 1
    if last < begun:
        return None
    since = last
    while since - 1 >= begun and since - 1 not in taken and last - since + 1 < _OFFERED_AT_ONCE:
        since -= 1
    return {"from": since, "to": last}
