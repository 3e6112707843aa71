"""What was already granted of a scheme: the first approval and the standing months (`rules.scheme.Spell`)."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from jiuyuan.money.models import Claim, ClaimLine
from jiuyuan.rules.calendar import month_of
from jiuyuan.rules.scheme import Spell

#: The states of lines that are drawn or about to be.
GRANTED = (
    Claim.Status.APPROVED, Claim.Status.IN_BATCH, Claim.Status.PAID, Claim.Status.PAYMENT_RETURNED, Claim.Status.CLOSED,
)  # fmt: skip
#: The states of open claims: neither paid nor over.
OPEN = (
    Claim.Status.DRAFT, Claim.Status.SUBMITTED, Claim.Status.CHECKED, Claim.Status.REVIEWED, Claim.Status.PUBLISHED,
    Claim.Status.APPROVED, Claim.Status.IN_BATCH, Claim.Status.PAYMENT_RETURNED,
)  # fmt: skip


def spell_of(person: int, scheme: str, *, but: int | None = None) -> Spell:
    """The spell of one scheme. `but`: a claim to leave out, because it is the one in question."""
    return spells([person], but=but)[person].get(scheme, Spell())


def spells(people: Collection[int], *, but: int | None = None) -> dict[int, dict[str, Spell]]:
    """The spells by person and scheme; schemes never approved are left out."""
    first: dict[tuple[int, str], Spell] = {}
    rows = Claim.objects.unscoped().filter(person__in=people, status__in=GRANTED, approved_on__isnull=False)
    for person, scheme, approved_on, basis in rows.order_by("-approved_on", "-pk").values_list(
        "person", "scheme", "approved_on", "basis"
    ):
        first[person, scheme] = _decided(approved_on, basis or {})
    months: dict[tuple[int, str], set[int]] = defaultdict(set)
    lines = ClaimLine.objects.unscoped().filter(
        person__in=people, status__in=("claimed", "in_batch", "paid", "returned"), claim__status__in=GRANTED
    )
    for person, scheme, month in lines.exclude(claim=but).values_list("person", "scheme", "month"):
        months[person, scheme].add(month)
    found: dict[int, dict[str, Spell]] = defaultdict(dict)
    for key in {*first, *months}:
        found[key[0]][key[1]] = replace(first.get(key, Spell()), paid_months=tuple(sorted(months[key])))
    return found


def _decided(approved_on: date, basis: Mapping[str, Any]) -> Spell:
    """A first approval and what it decided (`granting.freeze_first_approval`)."""
    month = basis.get("retirement_month")
    retirement = month_of(date.fromisoformat(f"{month}-01")) if month else None
    return Spell(approved_on, (), basis.get("extended"), retirement)


def open_schemes(people: Collection[int]) -> dict[int, set[str]]:
    """The schemes with an open claim, by person."""
    found: dict[int, set[str]] = defaultdict(set)
    for person, scheme in (
        Claim.objects.unscoped().filter(person__in=people, status__in=OPEN).values_list("person", "scheme")
    ):
        found[person].add(scheme)
    return found
