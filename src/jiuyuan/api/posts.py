"""Public-interest posts, and who is placed on them (四(二))."""

from typing import TYPE_CHECKING, Annotated, Any

from django.http import HttpRequest
from ninja import Router, Schema

from jiuyuan.agencies.models import User
from jiuyuan.agencies.roles import Right
from jiuyuan.api import helping, paging, things
from jiuyuan.api.inputs import AskedDay, AskedKey, one_of
from jiuyuan.api.things import ThingInList, ThingShape
from jiuyuan.api.tokens import Bearer, user_of
from jiuyuan.assistance.models import Placement, PublicPost
from jiuyuan.assistance.placement_workflow import PLACEMENT
from jiuyuan.assistance.post_workflow import POST
from jiuyuan.refusals import NotForRole, NotFound
from jiuyuan.wording import for_record, say

router = Router(auth=Bearer(), tags=["people"])

_POST = {
    "employer": "employer.name", "credit_code": "employer.credit_code", "title": "title", "kind": "kind",
    "duties": "duties", "number": "number", "taken": "taken", "division": "division.code", "address": "address",
    "form": "form", "hours": "hours", "wage": "wage", "ground": "ground", "requested_on": "requested_on",
    "approved_on": "approved_on", "approved_ground": "approved_ground", "posted_on": "posted_on",
    "notice_ends_on": "notice_ends_on", "provisional": "provisional", "reason": "reason",
}  # fmt: skip
_PLACEMENT = {
    "recognition": "recognition", "plan": "plan", "post": "post", "term": "term", "tried_ground": "tried_ground",
    "order_ground": "order_ground", "severe": "severe", "proposed_on": "proposed_on", "agreed_on": "agreed_on",
    "agreed_by": "agreed_by.name", "agreed_ground": "agreed_ground", "posted_on": "posted_on",
    "notice_ends_on": "notice_ends_on", "provisional": "provisional", "signed_on": "signed_on", "begins_on": "begins_on",
    "due_on": "until", "ended_on": "ended_on", "ending": "ending", "ended_words": "ended_words",
    "reported_on": "reported_on",
}  # fmt: skip
if TYPE_CHECKING:
    PostShape = ThingShape
    PostInList = ThingInList
    PlacementShape = ThingShape
    PlacementInList = ThingInList
else:
    PostShape = things.shape_of("PostShape", PublicPost, _POST)
    PostInList = things.shape_of("PostInList", PublicPost, _POST, ThingInList)
    PlacementShape = things.shape_of("PlacementShape", Placement, _PLACEMENT)
    PlacementInList = things.shape_of("PlacementInList", Placement, _PLACEMENT, ThingInList)
PostStatus = Annotated[str, one_of(["", *POST.states])]
PlacementStatus = Annotated[str, one_of(["", *PLACEMENT.states])]


class PostsPage(Schema):
    items: list[PostInList]
    next: str | None


class PlacementsPage(Schema):
    items: list[PlacementInList]
    next: str | None


@router.get("/posts", response=PostsPage, summary="Public-interest posts")
def list_posts(request: HttpRequest, status: PostStatus = "", cursor: str = "") -> dict[str, Any]:
    """Those of your area."""
    rows = _posts(user_of(request))
    rows = rows.filter(status=status) if status else rows
    return paging.page(rows, "id", cursor, lambda row: PostInList(**things.in_list(row, _POST)))


@router.get("/posts/{int:pk}", response=PostShape, summary="One public-interest post")
def see_post(request: HttpRequest, pk: int) -> PostShape:
    """With how many of its places are taken."""
    user = user_of(request)
    found = _posts(user).filter(pk=pk).first()
    if found is None:
        raise NotFound(say("没有这个公益性岗位。"))
    return post(user, found)


@router.get("/placements", response=PlacementsPage, summary="Placements on public-interest posts")
def list_placements(
    request: HttpRequest,
    status: PlacementStatus = "",
    recognition: AskedKey | None = None,
    plan: AskedKey | None = None,
    due_by: AskedDay | None = None,
    cursor: str = "",
) -> dict[str, Any]:
    """`due_by`: those whose term ends by that day."""
    user = user_of(request)
    wanted = {"status": status, "recognition": recognition, "plan": plan, "until__lte": due_by}
    rows = helping.listed(user, Placement, wanted, for_record("公益性岗位安置名单（接口）"))
    rows = rows.select_related("agreed_by")
    return paging.page(rows, "id", cursor, lambda row: PlacementInList(**things.in_list(row, _PLACEMENT)))


@router.get("/placements/{int:pk}", response=PlacementShape, summary="One placement")
def see_placement(request: HttpRequest, pk: int) -> PlacementShape:
    """`due_on` is the last day of its term."""
    user = user_of(request)
    return placement(user, helping.one(user, Placement, pk, say("没有这次安置。")))


def post(user: User, row: PublicPost) -> PostShape:
    return PostShape(**things.shown(user, POST, row, _POST))


def placement(user: User, row: Placement) -> PlacementShape:
    return PlacementShape(**things.shown(user, PLACEMENT, row, _PLACEMENT))


def _posts(user: User) -> Any:
    if not user.may(Right.SEE_VACANCIES):
        raise NotForRole(say("您的角色不能查看公益性岗位。"))
    return PublicPost.objects.visible_to(user).select_related("employer", "division")
