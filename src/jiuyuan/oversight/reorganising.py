"""Executes and reverts reorganisations, each in one transaction,
and moves what was written to the old place meanwhile.
"""

from collections.abc import Callable
from typing import Any

from jiuyuan import clock
from jiuyuan.agencies.models import Agency, Division
from jiuyuan.history import services as history
from jiuyuan.history.models import Entry
from jiuyuan.oversight import relocating, reorganisation_plan
from jiuyuan.oversight.models import Reorganisation
from jiuyuan.oversight.relocating import Route
from jiuyuan.refusals import GuardNotMet

Kind = Reorganisation.Kind
Progress = Callable[[int], None]
#: The act recorded in each file.
ACTS = {Kind.MERGE: "agency_merged", Kind.SPLIT: "agency_split", Kind.MOVE: "agency_moved"}
PARTED = "agency_parted"


def carry_out(row: Reorganisation, progress: Progress) -> None:
    """Move everything. Raises `GuardNotMet` if something would be lost. Call it inside the transaction of its act."""
    _lock(row)
    if hindrances := reorganisation_plan.hindrances(row):
        raise GuardNotMet("".join(hindrances))
    assert row.ordered_by is not None
    by, action, office, other = row.ordered_by.actor, ACTS[Kind(row.kind)], row.office, row.other
    said = _said(row, row.document)
    row.began_at = clock.now()
    going = list(reorganisation_plan.children(row))
    row.moved = {
        "above": office.parent.code if office.parent else "",
        "below": [one.code for one in going],
        "paths": [[one.path, reorganisation_plan.below(other, one)] for one in going],
    }
    counts = sum(_put_below(row, one, other, action, said, progress) for one in going)
    if row.kind != Kind.MOVE:
        own = Route.between(office, other, people=reorganisation_plan.people(row))
        counts += relocating.go(by, own, action, said, progress)
        row.moved["accounts"] = relocating.accounts_go(by, reorganisation_plan.accounts(row), other, action, said)
        row.moved["divisions"] = _divisions_go(row)
    if row.kind == Kind.MERGE:
        office.closed_on = clock.today()
        office.save(update_fields=["closed_on"])
    row.done_at = clock.now()
    for one in (office, other):
        history.append(f"agency:{one.code}", by, action, said | {"rows": counts}, one.path)


def carry_back(row: Reorganisation, progress: Progress) -> None:
    """Move back what is still where it was moved; what was created there since stays. Raises `GuardNotMet`."""
    _lock(row)
    if why := reorganisation_plan.why_not_returned(row):
        raise GuardNotMet(why)
    assert row.returned_by is not None
    by, office, other = row.returned_by.actor, row.office, row.other
    said = _said(row, row.reason)
    above = Agency.objects.get(code=row.moved["above"]) if row.kind == Kind.MOVE else office
    going = list(Agency.objects.filter(code__in=row.moved["below"], parent=other).order_by("path"))
    counts = sum(_put_below(row, one, above, PARTED, said, progress, back=True) for one in going)
    if row.kind != Kind.MOVE:
        if row.kind == Kind.MERGE:
            office.closed_on = None
            office.save(update_fields=["closed_on"])
        counts += relocating.go(by, Route.between(other, office, files=_came(row)), PARTED, said, progress)
        back = other.staff.filter(username__in=row.moved["accounts"])
        relocating.accounts_go(by, back, office, PARTED, said)
        _divisions_come_back(row)
    for one in (office, other):
        history.append(f"agency:{one.code}", by, PARTED, said | {"rows": counts}, one.path)


def bring_after(row: Reorganisation) -> int:
    """Move what was written to the old place during the move. Returns how many rows.

    For a part, whose old place remains in use, this is what concerns the people who moved or should have.
    """
    if row.status == Reorganisation.Status.DONE and row.ordered_by is not None:
        by, action, said = row.ordered_by.actor, ACTS[Kind(row.kind)], _said(row, row.document)
        found = [Route(old, new) for old, new in row.moved["paths"]]
        if row.kind == Kind.MERGE:
            found.append(Route.between(row.office, row.other))
        elif row.kind == Kind.SPLIT:
            late = reorganisation_plan.left_behind(row, _came(row))
            found.append(Route.between(row.office, row.other, people=late))
    elif row.status == Reorganisation.Status.RETURNED and row.returned_by is not None:
        by, action, said = row.returned_by.actor, PARTED, _said(row, row.reason)
        found = [Route(new, old) for old, new in row.moved["paths"]]
    else:
        return 0
    return sum(relocating.go(by, route, action, said) for route in found)


def _came(row: Reorganisation) -> frozenset[str]:
    """The files that moved."""
    acts = Entry.objects.unscoped().filter(
        at__gte=row.began_at, at__lte=row.done_at, action=ACTS[Kind(row.kind)], payload__reorganisation=row.pk
    )
    return frozenset(acts.values_list("file", flat=True))


def total(row: Reorganisation) -> int:
    """The approximate number of rows to move."""
    if row.status == Reorganisation.Status.ORDERED:
        found = reorganisation_plan.routes(row)
    else:
        found = [Route(new, old) for old, new in row.moved["paths"]]
    return sum(count for route in found for _, count in relocating.counted(route))


def _said(row: Reorganisation, reason: str) -> dict[str, Any]:
    return {"reorganisation": row.pk, "from": row.office.code, "to": row.other.code, "reason": reason}


def _lock(row: Reorganisation) -> None:
    """Lock both offices and all that move, so that no office is created below them meanwhile.

    Other writers are not blocked: PostgreSQL checks a row's office only at the end, when this transaction may be
    waiting for one of theirs. `bring_after` moves such rows.
    """
    keys = [row.office_id, row.other_id, *reorganisation_plan.children(row).values_list("pk", flat=True)]
    rows = Agency.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=keys).order_by("path")
    held = {one.pk: one for one in rows}
    row.office, row.other = held[row.office_id], held[row.other_id]


def _put_below(
    row: Reorganisation,
    office: Agency,
    above: Agency,
    action: str,
    said: dict[str, Any],
    progress: Progress,
    back: bool = False,
) -> int:
    """Move an office with everything below it under another. Returns how many rows moved."""
    by = row.returned_by if back else row.ordered_by
    assert by is not None
    old, new = office.path, reorganisation_plan.below(above, office)
    relocating.offices_go(old, new)
    Agency.objects.filter(pk=office.pk).update(parent=above)
    if office.pk == row.office_id:
        row.office.path, row.office.parent = new, above
    history.append(f"agency:{office.code}", by.actor, action, said, new)
    return relocating.go(by.actor, Route(old, new), action, said, progress)


def _divisions_go(row: Reorganisation) -> list[str]:
    """Give the divisions to the other office. Returns those it did not cover before."""
    own = set(row.office.divisions.values_list("code", flat=True))
    chosen = own if row.kind == Kind.MERGE else set(row.chosen.get(reorganisation_plan.PLACES, []))
    places = list(Division.objects.filter(code__in=chosen).exclude(agencies=row.other))
    row.other.divisions.add(*places)
    if row.kind == Kind.SPLIT:
        row.office.divisions.remove(*(own & chosen))
    row.moved["left"] = sorted(own & chosen) if row.kind == Kind.SPLIT else []
    return sorted(place.code for place in places)


def _divisions_come_back(row: Reorganisation) -> None:
    row.other.divisions.remove(*row.moved["divisions"])
    row.office.divisions.add(*row.moved["left"])
