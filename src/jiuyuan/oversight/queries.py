"""Which orders of supervision somebody sees, and which wait for them."""

from django.db.models import Q

from jiuyuan.agencies.models import User
from jiuyuan.agencies.roles import Role
from jiuyuan.agencies.scope import ScopedQuerySet
from jiuyuan.oversight.models import SupervisionOrder
from jiuyuan.oversight.supervision_workflow import SUPERVISION


def orders(user: User) -> ScopedQuerySet:
    """The orders of an area with all that a list says of them."""
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
    """Those that this user's office has to answer, or whose answer it has to look at."""
    table = SUPERVISION.of()
    role = Role(user.role)
    found = Q(pk__in=[])
    if role in table.by_action["answer_supervision"].roles:
        found |= Q(status="asked", agency=user.agency_id)
    if role in table.by_action["close_supervision"].roles:
        found |= Q(status="answered", ordering_agency=user.agency_id)
    return found


def waiting(user: User) -> int:
    """How many wait for this user's office."""
    return SupervisionOrder.objects.visible_to(user).filter(waiting_for(user)).count()
