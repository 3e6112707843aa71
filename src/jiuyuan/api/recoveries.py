"""Doubts, and the recovery of money (五(三))."""

from collections.abc import Callable
from typing import Any

from ninja import Router, Schema

from jiuyuan.agencies.models import User
from jiuyuan.agencies.roles import Right
from jiuyuan.api.listing import Thing, lookups, routes
from jiuyuan.api.tokens import Bearer
from jiuyuan.oversight.doubt_checks import BY_NUMBER
from jiuyuan.oversight.doubt_workflow import DOUBT
from jiuyuan.oversight.models import Doubt, Recovery
from jiuyuan.oversight.recovery_workflow import RECOVERY
from jiuyuan.refusals import NotForRole
from jiuyuan.rules.calendar import month_text
from jiuyuan.wording import say

router = Router(auth=Bearer(), tags=["people"])


class Months(Schema):
    """`since`, `until`: null where the check is about no month."""

    label: str
    since: str | None
    until: str | None


class SumOfMonth(Schema):
    """Cents. `corrected`: after the person was heard, null where nothing was."""

    month: str
    amount: int
    corrected: int | None


def _visible(model: Any) -> Callable[[User], Any]:
    def rows(user: User) -> Any:
        if user.is_staff_member and not user.may(Right.SEE_PEOPLE):
            raise NotForRole(say("您的角色不能查看。"))
        return model.objects.visible_to(user)

    return rows


def _months(row: Doubt) -> Months:
    since, until = (None if one is None else month_text(one) for one in (row.since, row.until))
    return Months(label=BY_NUMBER[row.check_number].label, since=since, until=until)


def _sums(_user: User, row: Recovery) -> list[SumOfMonth]:
    return [
        SumOfMonth(month=month_text(one.month), amount=one.amount, corrected=one.corrected) for one in row.months.all()
    ]


SHOWN = routes(
    router,
    (
        Thing(
            DOUBT, "doubt",
            {
                "person": "person", "check": "check_number", "drawn": "drawn", "witness": "witness", "raised_on": "raised_on",
                "words": "words", "decided_on": "decided_on",
            },
            lookups("", "", "person"), ("Doubts", "One doubt"),
            ("What the checks of the night found in your area.", "Which check, which months, which two records."),
            beside={"of": (Months, _months)}, rows=_visible(Doubt), look=True, with_it=("person",),
            says="`drawn`, `witness`: the two records that do not go together, as kind:key.",
        ),
        Thing(
            RECOVERY, "recovery",
            {
                "person": "person", "why": "why", "doubt": "doubt", "finding": "finding", "facts": "facts", "law": "law",
                "paid_by": "paid_by", "claimed": "claimed", "corrected": "corrected", "paid": "paid", "found_on": "found_on",
                "intended_on": "intended_on", "due_on": "pay_by", "speak_by": "speak_by", "heard_on": "heard_on", "words": "words",
                "decided_on": "decided_on", "number": "number", "reason": "reason", "account": "account", "remedies": "remedies",
                "served_on": "served_on", "served_how": "served_how", "served_proof": "served_proof", "urged_on": "urged_on",
                "court": "court", "ended_on": "ended_on",
            },
            lookups("", "", "person"), ("What is recovered", "One recovery"),
            (
                "For staff those of your area, for a person their own.",
                "The ledger: what was claimed, corrected, paid, and is missing.",
            ),
            beside={"outstanding": (int, lambda row: row.outstanding)}, more={"months": (list[SumOfMonth], _sums)},
            rows=_visible(Recovery), look=True, with_it=("person",),
            says="Sums are cents; `outstanding` is never negative.",
        ),
    ),
)  # fmt: skip
