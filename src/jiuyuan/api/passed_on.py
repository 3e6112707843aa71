"""Hand-overs (五(三)): suspected crimes to the police, staff misconduct to the responsible bodies."""

from datetime import date
from typing import Any

from ninja import Router, Schema

from jiuyuan import clock
from jiuyuan.agencies.models import User
from jiuyuan.agencies.roles import Right
from jiuyuan.api.listing import Thing, lookups, routes
from jiuyuan.api.tokens import Bearer
from jiuyuan.oversight.handover_workflow import HANDOVER
from jiuyuan.oversight.misconduct_workflow import MISCONDUCT
from jiuyuan.oversight.models import Handover, Misconduct
from jiuyuan.refusals import NotForRole
from jiuyuan.wording import say

router = Router(auth=Bearer(), tags=["people"])


class LateStep(Schema):
    """`step`: decide, send, police or contest. `due_on`: its last day, which is over."""

    step: str
    due_on: date


def _late(row: Handover) -> list[LateStep]:
    return [LateStep(step=step, due_on=due) for step, due in row.late(clock.today())]


def _handovers(user: User) -> Any:
    if not user.may(Right.SEE_PEOPLE):
        raise NotForRole(say("您的角色不能查看移送。"))
    return Handover.objects.visible_to(user)


def _misconducts(user: User) -> Any:
    if not user.may(Right.SEE_MISCONDUCT):
        raise NotForRole(say("您的角色不能查看违规违纪。"))
    return Misconduct.objects.visible_to(user)


SHOWN = routes(
    router,
    (
        Thing(
            HANDOVER, "handover",
            {
                "recovery": "recovery", "office": "agency.code", "facts": "facts", "law": "law", "reported_on": "reported_on",
                "reported_by": "reported_by_name", "second": "second_name", "decided_on": "decided_on",
                "decided_by": "decided_by_name", "reason": "reason", "papers": "papers", "police": "police",
                "sent_on": "sent_on", "received_on": "received_on", "receipt": "receipt", "answered_on": "answered_on",
                "answer": "answer", "contested_on": "contested_on", "contested_with": "contested_with",
            },
            lookups(), ("Suspected crimes handed to the police", "One handover"),
            (
                "Those of your area.",
                "Who reported and decided, the five papers with their digests, and what the police answered.",
            ),
            beside={"late": (list[LateStep], _late)}, rows=_handovers, look=True,
            with_it=("recovery__person", "agency", "reported_by", "second", "decided_by"),
            says="`late`: the steps that were not done, or are not, by their day.",
        ),
        Thing(
            MISCONDUCT, "misconduct",
            {
                "concerned": "concerned.name", "office": "agency.code", "facts": "facts", "opened_on": "opened_on",
                "opened_by": "opened_by_name", "passed_to": "passed_to", "passed_on": "passed_on",
                "passed_by": "passed_by_name", "result": "result", "reason": "reason", "ended_on": "ended_on",
                "ended_by": "ended_by_name",
            },
            lookups(), ("Misconduct of staff", "One case of misconduct"),
            (
                "Those that you opened; for auditors, those of their area.",
                "The facts, to whom they were passed, and the result.",
            ),
            rows=_misconducts, look=True, with_it=("concerned", "agency", "opened_by", "passed_by", "ended_by"),
        ),
    ),
)  # fmt: skip
