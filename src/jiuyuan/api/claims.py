"""Schemes that are claimed (四(三)): the claims of an area or of oneself, each with its lines and its checks."""

from typing import TYPE_CHECKING, Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Router, Schema

from jiuyuan.agencies.models import User
from jiuyuan.agencies.roles import Right
from jiuyuan.api import paging, things
from jiuyuan.api.inputs import AskedKey, one_of
from jiuyuan.api.things import ThingInList, ThingShape
from jiuyuan.api.tokens import Bearer, user_of
from jiuyuan.money import claims
from jiuyuan.money.claim_workflow import CLAIM
from jiuyuan.money.granting import basis_in_words
from jiuyuan.money.models import Claim, ClaimLine
from jiuyuan.people.queries import looked_at_list
from jiuyuan.refusals import NotForRole
from jiuyuan.rules.calendar import month_text
from jiuyuan.wording import for_record, say

router = Router(auth=Bearer(), tags=["people"])

_CLAIM = {
    "person": "person", "recognition": "recognition", "scheme": "scheme", "claimant": "claimant",
    "employer": "employer.name", "claimed_on": "claimed_on", "submitted_on": "submitted_on", "checked_on": "checked_on",
    "checked_by": "checked_by.name", "reviewed_on": "reviewed_on", "reviewed_by": "reviewed_by.name",
    "review_ground": "review_ground", "posted_on": "posted_on", "due_on": "notice_ends_on", "provisional": "provisional",
    "approved_on": "approved_on", "approved_by": "approved_by.name", "ended_on": "ended_on", "reason": "reason",
    "clause": "clause",
}  # fmt: skip
if TYPE_CHECKING:
    ClaimColumns = ThingShape
    ClaimRow = ThingInList
else:
    ClaimColumns = things.shape_of("ClaimColumns", Claim, _CLAIM)
    ClaimRow = things.shape_of("ClaimRow", Claim, _CLAIM, ThingInList)
ClaimStatus = Annotated[str, one_of(["", *CLAIM.states])]


class RestsOnShape(Schema):
    """A fact on which a line rests. `fact`: its key on file; null where a register of the house says it."""

    fact: int | None
    name: str
    value: Any
    source: str
    observed_on: str


class ClaimLineShape(Schema):
    """`amount`: cents, null where no source says how much (`amount_source` says so). `reason`: why it is not paid."""

    id: int
    month: str
    status: str
    status_label: str
    amount: int | None
    amount_source: str
    reason: str
    rests_on: list[RestsOnShape]


class CheckShape(Schema):
    """One question of the automatic list. `month` is empty where it is asked of the whole claim; `as_of`: the day of the data."""

    code: str
    label: str
    answer: Literal["yes", "no", "unknown"]
    says: str
    source: str
    as_of: str
    month: str


class ClaimInList(ClaimRow):
    title: str
    first_month: str
    last_month: str


class ClaimShape(ClaimColumns):
    """`basis`: on what the length of the scheme rests, kept from its first approval."""

    title: str
    first_month: str
    last_month: str
    basis: str
    lines: list[ClaimLineShape]
    checks: list[CheckShape]


class ClaimsPage(Schema):
    items: list[ClaimInList]
    next: str | None


@router.get("/claims", response=ClaimsPage, summary="Claims of schemes")
def list_claims(
    request: HttpRequest, status: ClaimStatus = "", person: AskedKey | None = None, scheme: str = "", cursor: str = ""
) -> dict[str, Any]:
    """Those of your area, or your own."""
    user = user_of(request)
    if user.is_staff_member and not user.may(Right.SEE_PEOPLE):
        raise NotForRole(say("您的角色不能查看在册人员。"))
    looked_at_list(user, for_record("政策申请名单（接口）"))
    wanted = {"status": status, "person": person, "scheme": scheme[:40]}
    rows = Claim.objects.visible_to(user).filter(**{name: value for name, value in wanted.items() if value})
    rows = rows.select_related("employer", "checked_by", "reviewed_by", "approved_by")
    return paging.page(rows, "id", cursor, lambda row: ClaimInList(**things.in_list(row, _CLAIM), **_named(row)))


@router.get("/claims/{int:pk}", response=ClaimShape, summary="One claim")
def see_claim(request: HttpRequest, pk: int) -> ClaimShape:
    """With its lines by month, each with what it rests on, and the automatic list of checks."""
    user = user_of(request)
    return claim(user, claims.seen(user, pk, for_record("政策申请（接口）")))


def claim(user: User, row: Claim) -> ClaimShape:
    lines = [_line(line) for line in ClaimLine.objects.unscoped().filter(claim=row)]
    return ClaimShape(
        **things.shown(user, CLAIM, row, _CLAIM), **_named(row), basis=basis_in_words(row), lines=lines,
        checks=[CheckShape(**check) for check in row.checks],
    )  # fmt: skip


def _named(row: Claim) -> dict[str, Any]:
    return {"title": row.title, "first_month": month_text(row.from_month), "last_month": month_text(row.to_month)}


def _line(line: ClaimLine) -> ClaimLineShape:
    return ClaimLineShape(
        id=line.pk, month=line.month_text, status=line.status, status_label=line.get_status_display(), amount=line.amount,
        amount_source=line.amount_source, reason=line.reason, rests_on=[RestsOnShape(**one) for one in line.rests_on],
    )  # fmt: skip
