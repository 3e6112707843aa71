"""Home visits (四(一)): drafts until they are confirmed or discarded."""

from typing import TYPE_CHECKING, Annotated, Any

from django.http import HttpRequest
from ninja import Router, Schema

from jiuyuan.agencies.models import User
from jiuyuan.api import paging, things
from jiuyuan.api.inputs import one_of
from jiuyuan.api.things import ThingInList, ThingShape
from jiuyuan.api.tokens import Bearer, user_of
from jiuyuan.people.queries import looked_at_list
from jiuyuan.recognitions import visits_due
from jiuyuan.recognitions.models import Visit
from jiuyuan.recognitions.visit_workflow import VISIT
from jiuyuan.wording import for_record

router = Router(auth=Bearer(), tags=["people"])

_COLUMNS = {
    "person": "person", "visited_on": "visited_on", "by": "by_name", "nobody_home": "nobody_home", "place": "place",
    "found": "found", "help": "help", "helped": "helped", "remarks": "remarks", "wanted": "wanted", "received_at": "received_at", "taken": "taken",
    "decided_by": "decided_by_name", "decided_at": "decided_at", "reason": "reason",
}  # fmt: skip
if TYPE_CHECKING:
    VisitShape = ThingShape
    VisitInList = ThingInList
else:
    VisitShape = things.shape_of("VisitShape", Visit, _COLUMNS)
    VisitInList = things.shape_of("VisitInList", Visit, _COLUMNS, ThingInList)
VisitStatus = Annotated[str, one_of(["", *VISIT.states])]


class VisitsPage(Schema):
    items: list[VisitInList]
    next: str | None


@router.get("/visits", response=VisitsPage, summary="Visits at home")
def list_visits(request: HttpRequest, status: VisitStatus = "", cursor: str = "") -> dict[str, Any]:
    user = user_of(request)
    rows = visits_due.brought_back(user, status)
    looked_at_list(user, for_record("走访名单（接口）"))
    return paging.page(rows, "id", cursor, lambda row: VisitInList(**things.in_list(row, _COLUMNS)))


@router.get("/visits/{int:pk}", response=VisitShape, summary="One visit")
def see_visit(request: HttpRequest, pk: int) -> VisitShape:
    """`version` is what stands of the person today: what the visit found is confirmed beside it."""
    user = user_of(request)
    return visit(user, visits_due.opened(user, pk))


def visit(user: User, row: Visit) -> VisitShape:
    return VisitShape(**things.shown(user, VISIT, row, _COLUMNS))
