"""What administrators enter for the offices below them: parameters, and merging, splitting and moving offices."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema

from jiuyuan import clock
from jiuyuan.agencies.models import User
from jiuyuan.agencies.roles import Right
from jiuyuan.api.listing import Thing, lookups, routes
from jiuyuan.api.tokens import Bearer, user_of
from jiuyuan.oversight import parameter_words
from jiuyuan.oversight.models import Parameter, Reorganisation
from jiuyuan.oversight.parameter_workflow import PARAMETER
from jiuyuan.oversight.reorganisation_workflow import REORGANISATION
from jiuyuan.refusals import NotForRole, NotFound
from jiuyuan.wording import say

router = Router(auth=Bearer(), tags=["people"])


def _seen_with(right: Right, model: Any) -> Callable[[User], Any]:
    def rows(user: User) -> Any:
        if not user.may(right):
            raise NotForRole(say("您的角色不能查看这里。"))
        return model.objects.visible_to(user)

    return rows


class StandingShape(Schema):
    """One thing as it stands today. `value`: in words, empty where nobody said how much; `about`: by which a new one is entered;
    `lines`: of a letter or a text, each line of it."""

    what: str
    about: str
    value: str
    source: str
    lines: list[str]


class StandingList(Schema):
    items: list[StandingShape]
    next: str | None


@router.get("/parameters/standing/{kind}", response=StandingList, summary="What stands today")
def list_standing(request: HttpRequest, kind: str) -> dict[str, Any]:
    """By the files and by what was entered: each with the document by which it counts and the day from which on."""
    user = user_of(request)
    _seen_with(Right.SEE_PARAMETERS, Parameter)(user)
    if kind not in Parameter.Kind.values:
        raise NotFound(say("没有这一种参数。"))
    return {"items": parameter_words.standing(kind, user.area, clock.today()), "next": None}


SHOWN = routes(
    router,
    (
        Thing(
            PARAMETER, "parameter",
            {
                "kind": "kind", "name": "name", "title": "title", "value": "value", "document": "document", "since": "since",
                "ended_on": "ended_on", "agency": "agency.code", "trial": "trial", "tried_on": "tried_on",
                "drafted_by": "drafted_by_name", "confirmed_by": "confirmed_by_name", "confirmed_on": "confirmed_on",
                "reason": "reason",
            },
            lookups(), ("Parameters entered by offices", "One parameter"),
            ("Those that your office and those below it entered.", "Whom it touches, a line each, as it was tried on `tried_on`."),
            rows=_seen_with(Right.SEE_PARAMETERS, Parameter), with_it=("agency", "drafted_by", "confirmed_by"),
        ),
        Thing(
            REORGANISATION, "reorganisation",
            {
                "kind": "kind", "office": "office.code", "other": "other.code", "chosen": "chosen", "document": "document",
                "agency": "agency.code", "trial": "trial", "tried_on": "tried_on", "drafted_by": "drafted_by_name",
                "ordered_by": "ordered_by_name", "ordered_on": "ordered_on", "done_at": "done_at",
                "returned_by": "returned_by_name", "returned_on": "returned_on", "reason": "reason",
            },
            lookups(), ("Offices merged, split and moved", "One reorganisation"),
            (
                "Those of your area.",
                "What goes along, a line each, as it was tried on `tried_on`; nothing moves before it is ordered.",
            ),
            rows=_seen_with(Right.MANAGE_AGENCIES, Reorganisation),
            with_it=("agency", "office__parent", "other", "drafted_by", "ordered_by", "returned_by"),
        ),
    ),
)  # fmt: skip
