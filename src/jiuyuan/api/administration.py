"""What administrators do with offices: merged, split and moved."""

from collections.abc import Callable
from typing import Any

from ninja import Router

from jiuyuan.agencies.models import User
from jiuyuan.agencies.roles import Right
from jiuyuan.api.listing import Thing, lookups, routes
from jiuyuan.api.tokens import Bearer
from jiuyuan.oversight.models import Reorganisation
from jiuyuan.oversight.reorganisation_workflow import REORGANISATION
from jiuyuan.refusals import NotForRole
from jiuyuan.wording import say

router = Router(auth=Bearer(), tags=["people"])


def _seen_with(right: Right, model: Any) -> Callable[[User], Any]:
    def rows(user: User) -> Any:
        if not user.may(right):
            raise NotForRole(say("您的角色不能查看这里。"))
        return model.objects.visible_to(user)

    return rows


SHOWN = routes(
    router,
    (
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
