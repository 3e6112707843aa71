"""Inspections by higher offices (五(三)): the drawn cases and the findings."""

from typing import Any

from ninja import Router

from jiuyuan.agencies.models import User
from jiuyuan.agencies.roles import Right, Role
from jiuyuan.api import things
from jiuyuan.api.listing import Thing, lookups, routes
from jiuyuan.api.tokens import Bearer
from jiuyuan.oversight.finding_workflow import FINDING, INSPECTED_CASE
from jiuyuan.oversight.inspection_workflow import INSPECTION
from jiuyuan.oversight.models import INSPECTORS, InspectedCase, Inspection, InspectionFinding
from jiuyuan.refusals import NotForRole
from jiuyuan.wording import say

router = Router(auth=Bearer(), tags=["people"])
_CASE = {
    "inspection": "inspection", "place": "place", "key": "key", "application": "application", "recognition": "recognition",
    "in_order": "in_order", "words": "words", "checked_on": "checked_on",
}  # fmt: skip
_InspectedCase = things.shape_of("InspectedCaseShape", InspectedCase, _CASE)


def _inspections(user: User) -> Any:
    if Role(user.role) not in INSPECTORS:
        raise NotForRole(say("您的角色不能查看监督检查。"))
    return Inspection.objects.visible_to(user).select_related("population")


def _findings(user: User) -> Any:
    if not user.may(Right.SEE_PEOPLE):
        raise NotForRole(say("您的角色不能查看检查发现的问题。"))
    return InspectionFinding.objects.visible_to(user)


def _drawn(_user: User, row: Inspection) -> list[str]:
    return [key for key, _, _ in row.population.drawn]


SHOWN = {
    **routes(
        router,
        (
            Thing(
                INSPECTION, "inspection",
                {
                    "scope": "within.code", "kind": "kind", "period": "period", "since": "since", "until": "until", "rate": "rate",
                    "size": "size", "strata": "strata", "count": "count", "sha256": "sha256", "opened_on": "opened_on",
                    "seal": "seal", "sealed_on": "sealed_on", "drawn_on": "drawn_on", "ended_on": "ended_on",
                    "conclusion": "conclusion",
                },
                lookups(), ("Inspections", "One inspection"),
                (
                    "Those that your office ordered, and offices below it.",
                    "The digest of its population and the seal: with its certificate anybody can repeat the draw.",
                ),
                more={"drawn": (list[str], _drawn)}, rows=_inspections, with_it=("within",),
                says="`drawn`: the opaque keys of the cases, in the order of the draw; empty before it.",
            ),
            Thing(
                FINDING, "finding",
                {
                    "inspected_case": "inspected", "problem": "problem", "office": "agency.code", "due_on": "due_on",
                    "silence_days": "silence_days", "raised_on": "raised_on", "answer": "answer", "put_right": "put_right",
                    "answered_for": "answered_for", "answered_on": "answered_on", "review_by": "review_by", "opinion": "opinion",
                    "in_silence": "in_silence", "closed_on": "closed_on",
                },
                lookups("", "due_on"), ("What inspections found", "One finding"),
                (
                    "`due_by`: those whose answer is due by that day.",
                    "The problem, what the office's head answered, and what came of it.",
                ),
                rows=_findings, look=True, with_it=("agency",),
            ),
        ),
    ),
    # A drawn case has no URL of its own; it is shown where it was inspected.
    INSPECTED_CASE.name: (
        _InspectedCase, lambda user, row: _InspectedCase(**things.shown(user, INSPECTED_CASE, row, _CASE)),
    ),
}  # fmt: skip
