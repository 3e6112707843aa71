"""What is due (四(一)–(三)): the list 今天要办, and duties settled otherwise."""

from collections.abc import Iterator
from datetime import date
from itertools import islice
from typing import TYPE_CHECKING, Annotated, Any

from django.core import signing
from django.http import HttpRequest
from ninja import Router, Schema

from jiuyuan import clock
from jiuyuan.agencies.models import User
from jiuyuan.agencies.roles import Right
from jiuyuan.api import paging, things
from jiuyuan.api.inputs import LARGEST_KEY, AskedDay, AskedKey, one_of
from jiuyuan.api.problems import Problem
from jiuyuan.api.things import ThingShape
from jiuyuan.api.tokens import Bearer, user_of
from jiuyuan.assistance import duties
from jiuyuan.assistance.duty import AHEAD, AsOf, DueDuty, Duty
from jiuyuan.assistance.models import SettledOtherwise
from jiuyuan.assistance.otherwise_workflow import OTHERWISE
from jiuyuan.characters import whole_number
from jiuyuan.people.queries import looked_at_list
from jiuyuan.procedures.registry import WORKFLOWS
from jiuyuan.recognitions import queries
from jiuyuan.refusals import BadInput, NotForRole, NotFound
from jiuyuan.wording import for_record, say

router = Router(auth=Bearer(), tags=["people"])
_SALT = "jiuyuan.api.duties"
_SETTLED = {
    "recognition": "recognition", "duty": "duty", "item": "row", "on": "on", "due_on": "again_on", "note": "note",
    "by": "by_name",
}  # fmt: skip
if TYPE_CHECKING:
    SettledShape = ThingShape
else:
    SettledShape = things.shape_of("SettledShape", SettledOtherwise, _SETTLED)
DutyCode = Annotated[str, one_of(["", *duties.BY_CODE])]


class DutyShape(Schema):
    """One thing to do. `id`: of the duty and its `item`, one of `things`; `actions`: what settles it and your role may do;
    `clause`: of the act that `actions` begin with."""

    id: str
    status: str
    status_label: str
    version: int
    actions: list[str]
    due_on: date
    duty: str
    label: str
    clause: str
    things: str
    item: int
    recognition: int | None
    about: str
    what: str


class DutiesPage(Schema):
    items: list[DutyShape]
    next: str | None


@router.get("/duties", response=DutiesPage, summary="What is due")
def list_duties(
    request: HttpRequest,
    due_by: AskedDay | None = None,
    duty: DutyCode = "",
    recognition: AskedKey | None = None,
    on: AskedDay | None = None,
    cursor: str = "",
) -> dict[str, Any]:
    """`due_by`: what is due by that day, else within a week; `on`: as it stood at the end of a day that is over."""
    user = user_of(request)
    if not user.is_staff_member or not user.may(Right.SEE_PEOPLE):
        raise NotForRole(say("您的角色不能查看要办的事。"))
    if duty and duty not in duties.BY_CODE:
        raise BadInput(say("没有这一项要办的事。"), [("duty", say("应为{codes}之一。", codes=list(duties.BY_CODE)))])
    day = min(on or clock.today(), clock.today())
    asked = AsOf(user, day, (due_by - day).days if due_by else AHEAD)
    wanted = [one for one in duties.DUTIES if duty in ("", one.code)]
    looked_at_list(user, for_record("要办的事（接口）"))
    rows = list(islice(_from(asked, wanted, recognition, *_read(cursor, len(wanted))), paging.SIZE + 1))
    shown, more = rows[: paging.SIZE], rows[paging.SIZE :]
    following = signing.dumps(more[0][2:], salt=_SALT) if more else None
    return {"items": [_shown(user, kind, one, day) for kind, one, *_ in shown], "next": following}


@router.get("/duties/{key}", response=DutyShape, summary="One thing to do")
def see_duty(request: HttpRequest, key: str) -> DutyShape:
    """By the `id` that the list says; not there any more once it is settled."""
    user, day = user_of(request), clock.today()
    code, _, item = key.rpartition("-")
    duty, pk = duties.BY_CODE.get(code), whole_number(item)
    rows = duty.open(AsOf(user, day)) if duty and user.is_staff_member and user.may(Right.SEE_PEOPLE) else None
    row = rows.filter(pk=pk).first() if rows is not None and pk and pk <= LARGEST_KEY else None
    if duty is None or row is None:
        raise NotFound(say("没有这件要办的事，或者已经办了。"))
    one = DueDuty(row, duty.due(row, AsOf(user, day)), duty.what(row) if duty.what else "")
    if one.stay is not None:
        queries.seen(user, one.stay.pk, for_record("要办的事（接口）"))
    else:
        looked_at_list(user, for_record("要办的事（接口）"))
    return _shown(user, duty, one, day)


def _from(
    asked: AsOf, wanted: list[Duty], recognition: int | None, first: int, start: int
) -> Iterator[tuple[Duty, DueDuty, int, int]]:
    """Yield everything due from a position on, each with its position."""
    for place in range(first, len(wanted)):
        duty, skip = wanted[place], start if place == first else 0
        for row, one in enumerate(duties.every(asked, duty, skip, stay=recognition), skip):
            if one.on <= duty.shown_until(asked):
                yield duty, one, place, row


def _read(cursor: str, kinds: int) -> tuple[int, int]:
    if not cursor:
        return 0, 0
    try:
        place, row = signing.loads(cursor, salt=_SALT)
    except (signing.BadSignature, ValueError):
        place = row = kinds
    if place >= kinds:
        raise Problem(422, say("有内容需要改正。"), [("cursor", say("应为上一页给出的 next，或者不填，从头看起。"))])
    return place, row


def _shown(user: User, duty: Duty, one: DueDuty, day: date) -> DutyShape:
    table, stay, late = WORKFLOWS[duty.workflow].of(), one.stay, one.on < day
    acts = [table.by_action[action] for action in duty.settles]
    return DutyShape(
        id=f"{duty.code}-{one.row.pk}",
        status="late" if late else "due",
        status_label=say("已过期限") if late else say("要办"),
        version=getattr(one.row, "version", 1),
        actions=[act.action for act in acts if user.role in act.roles],
        due_on=one.on,
        duty=duty.code,
        label=duty.label,
        clause=duty.clause_at(user.area),
        things=_things(one.row),
        item=one.row.pk,
        recognition=stay.pk if stay else None,
        about=one.about,
        what=one.what,
    )


def _things(row: Any) -> str:
    """The API's plural of these rows."""
    return next(one.things or one.name for one in WORKFLOWS.values() if one.model is type(row))


def settled(user: User, row: SettledOtherwise) -> SettledShape:
    return SettledShape(**things.shown(user, OTHERWISE, row, _SETTLED))
