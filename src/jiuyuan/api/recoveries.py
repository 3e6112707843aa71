"""Doubts, and money that is recovered (五(三))."""

from typing import TYPE_CHECKING, Annotated, Any

from django.http import HttpRequest
from ninja import Router, Schema

from jiuyuan.agencies.models import User
from jiuyuan.agencies.roles import Right
from jiuyuan.api import paging, things
from jiuyuan.api.inputs import AskedKey, one_of
from jiuyuan.api.things import ThingInList, ThingShape
from jiuyuan.api.tokens import Bearer, user_of
from jiuyuan.oversight.doubt_checks import BY_NUMBER
from jiuyuan.oversight.doubt_workflow import DOUBT
from jiuyuan.oversight.models import Doubt, Recovery
from jiuyuan.oversight.recovery_workflow import RECOVERY
from jiuyuan.people.queries import looked_at_list
from jiuyuan.refusals import NotForRole, NotFound
from jiuyuan.rules.calendar import month_text
from jiuyuan.wording import for_record, say

router = Router(auth=Bearer(), tags=["people"])

_DOUBT = {
    "person": "person", "check": "check_number", "drawn": "drawn", "witness": "witness", "raised_on": "raised_on", "words": "words",
    "decided_on": "decided_on",
}  # fmt: skip
_RECOVERY = {
    "person": "person", "why": "why", "doubt": "doubt", "finding": "finding", "facts": "facts", "law": "law", "paid_by": "paid_by",
    "claimed": "claimed", "corrected": "corrected", "paid": "paid", "found_on": "found_on", "intended_on": "intended_on",
    "due_on": "pay_by", "speak_by": "speak_by", "heard_on": "heard_on", "words": "words", "decided_on": "decided_on",
    "number": "number", "reason": "reason", "account": "account", "remedies": "remedies", "served_on": "served_on",
    "served_how": "served_how", "served_proof": "served_proof", "urged_on": "urged_on", "court": "court", "ended_on": "ended_on",
}  # fmt: skip
if TYPE_CHECKING:
    DoubtColumns = ThingShape
    DoubtRow = ThingInList
    RecoveryColumns = ThingShape
    RecoveryRow = ThingInList
else:
    DoubtColumns = things.shape_of("DoubtColumns", Doubt, _DOUBT)
    DoubtRow = things.shape_of("DoubtRow", Doubt, _DOUBT, ThingInList)
    RecoveryColumns = things.shape_of("RecoveryColumns", Recovery, _RECOVERY)
    RecoveryRow = things.shape_of("RecoveryRow", Recovery, _RECOVERY, ThingInList)
DoubtStatus = Annotated[str, one_of(["", *DOUBT.states])]
RecoveryStatus = Annotated[str, one_of(["", *RECOVERY.states])]


class Months(Schema):
    """`since`, `until`: null where the check is about no month."""

    label: str
    since: str | None
    until: str | None


class DoubtShape(DoubtColumns):
    """`drawn`, `witness`: the two records that do not go together, as kind:key."""

    of: Months


class DoubtInList(DoubtRow):
    of: Months


class SumOfMonth(Schema):
    """Cents. `corrected`: after the person was heard, null where nothing was."""

    month: str
    amount: int
    corrected: int | None


class RecoveryShape(RecoveryColumns):
    """Sums are cents; `outstanding` is never negative."""

    outstanding: int
    months: list[SumOfMonth]


class RecoveryInList(RecoveryRow):
    outstanding: int


class DoubtsPage(Schema):
    items: list[DoubtInList]
    next: str | None


class RecoveriesPage(Schema):
    items: list[RecoveryInList]
    next: str | None


@router.get("/doubts", response=DoubtsPage, summary="Doubts")
def list_doubts(
    request: HttpRequest, status: DoubtStatus = "", person: AskedKey | None = None, cursor: str = ""
) -> dict[str, Any]:
    """What the checks of the night found in your area."""
    rows = _listed(user_of(request), Doubt, DOUBT.in_state, status, person, for_record("疑点（接口）"))
    return paging.page(rows, "id", cursor, lambda row: DoubtInList(**things.in_list(row, _DOUBT), of=_months(row)))


@router.get("/doubts/{int:pk}", response=DoubtShape, summary="One doubt")
def see_doubt(request: HttpRequest, pk: int) -> DoubtShape:
    """Which check, which months, which two records."""
    user = user_of(request)
    return doubt(user, _one(user, Doubt, pk, say("没有这个疑点。")))


@router.get("/recoveries", response=RecoveriesPage, summary="What is recovered")
def list_recoveries(
    request: HttpRequest, status: RecoveryStatus = "", person: AskedKey | None = None, cursor: str = ""
) -> dict[str, Any]:
    """For staff those of your area, for a person their own."""
    rows = _listed(user_of(request), Recovery, RECOVERY.in_state, status, person, for_record("追回（接口）"))
    return paging.page(
        rows, "id", cursor,
        lambda row: RecoveryInList(**things.in_list(row, _RECOVERY), outstanding=row.outstanding),
    )  # fmt: skip


@router.get("/recoveries/{int:pk}", response=RecoveryShape, summary="One recovery")
def see_recovery(request: HttpRequest, pk: int) -> RecoveryShape:
    """The ledger: what was claimed, corrected, paid, and is missing."""
    user = user_of(request)
    return recovery(user, _one(user, Recovery, pk, say("没有这件追回。")))


def doubt(user: User, row: Doubt) -> DoubtShape:
    return DoubtShape(**things.shown(user, DOUBT, row, _DOUBT), of=_months(row))


def recovery(user: User, row: Recovery) -> RecoveryShape:
    months = [
        SumOfMonth(month=month_text(one.month), amount=one.amount, corrected=one.corrected) for one in row.months.all()
    ]
    shown = things.shown(user, RECOVERY, row, _RECOVERY)
    return RecoveryShape(**shown, outstanding=row.outstanding, months=months)


def _months(row: Doubt) -> Months:
    since, until = (None if one is None else month_text(one) for one in (row.since, row.until))
    return Months(label=BY_NUMBER[row.check_number].label, since=since, until=until)


def _listed(user: User, model: Any, in_state: Any, status: str, person: int | None, look: str) -> Any:
    _refuse(user)
    rows = in_state(model.objects.visible_to(user), status)
    looked_at_list(user, look)
    return rows.filter(person=person) if person else rows


def _one(user: User, model: Any, pk: int, missing: str) -> Any:
    _refuse(user)
    found = model.objects.visible_to(user).select_related("person").filter(pk=pk).first()
    if found is None:
        raise NotFound(missing)
    return found


def _refuse(user: User) -> None:
    if user.is_staff_member and not user.may(Right.SEE_PEOPLE):
        raise NotForRole(say("您的角色不能查看。"))
