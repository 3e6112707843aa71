"""Queries of supervision orders and findings: the visible ones, and those waiting for a user."""

from django.db.models import Q

from jiuyuan.agencies.models import User
from jiuyuan.agencies.roles import Role
from jiuyuan.agencies.scope import ScopedQuerySet
from jiuyuan.oversight.models import INSPECTORS, InspectionFinding, SupervisionOrder
from jiuyuan.oversight.supervision_workflow import SUPERVISION


def orders(user: User) -> ScopedQuerySet:
    """The orders of the area with everything that lists show."""
    rows = SupervisionOrder.objects.visible_to(user)
    return rows.select_related(
        "application__person",
        "recognition__person",
        "target__agency",
        "agency",
        "ordering_agency",
        "ordered_by",
        "answered_by",
    )


def waiting_for(user: User) -> Q:
    """Orders that the user's office has to answer, or whose answer it has to review."""
    table = SUPERVISION.of()
    role = Role(user.role)
    found = Q(pk__in=[])
    if role in table.by_action["answer_supervision"].roles:
        found |= Q(status="asked", agency=user.agency_id)
    if role in table.by_action["close_supervision"].roles:
        found |= Q(status="answered", ordering_agency=user.agency_id)
    return found


def waiting(user: User) -> int:
    """The number of orders waiting for the user's office."""
    return SupervisionOrder.objects.visible_to(user).filter(waiting_for(user)).count()


def findings(user: User) -> ScopedQuerySet:
    """The findings of the area with everything that lists show."""
    rows = InspectionFinding.objects.visible_to(user)
    return rows.select_related(
        "agency", "inspected__inspection__agency", "inspected__application__person", "inspected__recognition__person"
    )


def findings_waiting_for(user: User) -> Q:
    """Findings that the user's office has to answer, or whose answer it has to review or close."""
    if Role(user.role) in INSPECTORS:
        of_ours = Q(inspected__inspection__agency=user.agency_id)
        return of_ours & Q(
            status__in=[
                InspectionFinding.Status.ANSWERED,
                InspectionFinding.Status.CORRECTED,
                InspectionFinding.Status.CONFIRMED,
            ]
        )
    return Q(status=InspectionFinding.Status.RAISED, agency=user.agency_id)


def findings_waiting(user: User) -> int:
    """The number of findings waiting for the user's office."""
    return InspectionFinding.objects.visible_to(user).filter(findings_waiting_for(user)).count()
