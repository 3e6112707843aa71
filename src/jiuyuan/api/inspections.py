"""What offices above look into (五(三)): inspections, the cases drawn, what was found."""

from typing import TYPE_CHECKING, Annotated, Any

from django.http import HttpRequest
from ninja import Router, Schema

from jiuyuan.agencies.models import User
from jiuyuan.agencies.roles import Right, Role
from jiuyuan.api import paging, things
from jiuyuan.api.inputs import AskedDay, one_of
from jiuyuan.api.things import ThingInList, ThingShape
from jiuyuan.api.tokens import Bearer, user_of
from jiuyuan.oversight.finding_workflow import FINDING, INSPECTED_CASE
from jiuyuan.oversight.inspection_workflow import INSPECTION
from jiuyuan.oversight.models import INSPECTORS, InspectedCase, Inspection, InspectionFinding
from jiuyuan.people.queries import looked_at_list
from jiuyuan.refusals import NotForRole, NotFound
from jiuyuan.wording import for_record, say

router = Router(auth=Bearer(), tags=["people"])

_INSPECTION = {
    "scope": "within.code", "kind": "kind", "period": "period", "since": "since", "until": "until", "rate": "rate",
    "size": "size", "strata": "strata", "count": "count", "sha256": "sha256", "opened_on": "opened_on", "seal": "seal",
    "sealed_on": "sealed_on", "drawn_on": "drawn_on", "ended_on": "ended_on", "conclusion": "conclusion",
}  # fmt: skip
_CASE = {
    "inspection": "inspection", "place": "place", "key": "key", "application": "application", "recognition": "recognition",
    "in_order": "in_order", "words": "words", "checked_on": "checked_on",
}  # fmt: skip
_FINDING = {
    "inspected_case": "inspected", "problem": "problem", "office": "agency.code", "due_on": "due_on",
    "silence_days": "silence_days", "raised_on": "raised_on", "answer": "answer", "put_right": "put_right",
    "answered_for": "answered_for", "answered_on": "answered_on", "review_by": "review_by", "opinion": "opinion",
    "in_silence": "in_silence", "closed_on": "closed_on",
}  # fmt: skip
if TYPE_CHECKING:
    InspectionColumns = ThingShape
    InspectionInList = ThingInList
    InspectedCaseShape = ThingShape
    FindingShape = ThingShape
    FindingInList = ThingInList
else:
    InspectionColumns = things.shape_of("InspectionColumns", Inspection, _INSPECTION)
    InspectionInList = things.shape_of("InspectionInList", Inspection, _INSPECTION, ThingInList)
    InspectedCaseShape = things.shape_of("InspectedCaseShape", InspectedCase, _CASE)
    FindingShape = things.shape_of("FindingShape", InspectionFinding, _FINDING)
    FindingInList = things.shape_of("FindingInList", InspectionFinding, _FINDING, ThingInList)
InspectionStatus = Annotated[str, one_of(["", *INSPECTION.states])]
FindingStatus = Annotated[str, one_of(["", *FINDING.states])]


class InspectionShape(InspectionColumns):
    """`drawn`: the opaque keys of the cases, in the order of the draw; empty before it."""

    drawn: list[str]


class InspectionsPage(Schema):
    items: list[InspectionInList]
    next: str | None


class FindingsPage(Schema):
    items: list[FindingInList]
    next: str | None


@router.get("/inspections", response=InspectionsPage, summary="Inspections")
def list_inspections(request: HttpRequest, status: InspectionStatus = "", cursor: str = "") -> dict[str, Any]:
    """Those that your office ordered, and offices below it."""
    rows = INSPECTION.in_state(_inspections(user_of(request)), status)
    return paging.page(rows, "id", cursor, lambda row: InspectionInList(**things.in_list(row, _INSPECTION)))


@router.get("/inspections/{int:pk}", response=InspectionShape, summary="One inspection")
def see_inspection(request: HttpRequest, pk: int) -> InspectionShape:
    """The digest of its population and the seal: with its certificate anybody can repeat the draw."""
    user = user_of(request)
    found = _inspections(user).filter(pk=pk).first()
    if found is None:
        raise NotFound(say("没有这次检查。"))
    return inspection(user, found)


@router.get("/findings", response=FindingsPage, summary="What inspections found")
def list_findings(
    request: HttpRequest, status: FindingStatus = "", due_by: AskedDay | None = None, cursor: str = ""
) -> dict[str, Any]:
    """`due_by`: those whose answer is due by that day."""
    user = user_of(request)
    rows = FINDING.in_state(_findings(user), status)
    rows = rows.filter(due_on__lte=due_by) if due_by else rows
    looked_at_list(user, for_record("检查发现的问题（接口）"))
    return paging.page(rows, "id", cursor, lambda row: FindingInList(**things.in_list(row, _FINDING)))


@router.get("/findings/{int:pk}", response=FindingShape, summary="One finding")
def see_finding(request: HttpRequest, pk: int) -> FindingShape:
    """The problem, what the office's head answered, and what came of it."""
    user = user_of(request)
    found = _findings(user).filter(pk=pk).first()
    if found is None:
        raise NotFound(say("没有这个问题。"))
    return finding(user, found)


def inspection(user: User, row: Inspection) -> InspectionShape:
    drawn = [key for key, _, _ in row.population.drawn]
    return InspectionShape(**things.shown(user, INSPECTION, row, _INSPECTION), drawn=drawn)


def inspected_case(user: User, row: InspectedCase) -> InspectedCaseShape:
    return InspectedCaseShape(**things.shown(user, INSPECTED_CASE, row, _CASE))


def finding(user: User, row: InspectionFinding) -> FindingShape:
    return FindingShape(**things.shown(user, FINDING, row, _FINDING))


def _inspections(user: User) -> Any:
    if Role(user.role) not in INSPECTORS:
        raise NotForRole(say("您的角色不能查看监督检查。"))
    return Inspection.objects.visible_to(user).select_related("within", "population")


def _findings(user: User) -> Any:
    if not user.may(Right.SEE_PEOPLE):
        raise NotForRole(say("您的角色不能查看检查发现的问题。"))
    return InspectionFinding.objects.visible_to(user).select_related("agency")
