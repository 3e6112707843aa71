"""Claims of schemes (四(三)), of an area or one's own, with their lines and checks."""

from typing import Any, Literal

from ninja import Router, Schema

from jiuyuan.agencies.models import User
from jiuyuan.api.listing import Thing, lookups, routes
from jiuyuan.api.tokens import Bearer
from jiuyuan.money import claims
from jiuyuan.money.claim_workflow import CLAIM
from jiuyuan.money.granting import basis_in_words
from jiuyuan.money.models import Claim, ClaimLine
from jiuyuan.rules.calendar import month_text
from jiuyuan.wording import for_record

router = Router(auth=Bearer(), tags=["people"])


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


def _line(line: ClaimLine) -> ClaimLineShape:
    return ClaimLineShape(
        id=line.pk, month=month_text(line.month), status=line.status, status_label=line.get_status_display(), amount=line.amount,
        amount_source=line.amount_source, reason=line.reason, rests_on=[RestsOnShape(**one) for one in line.rests_on],
    )  # fmt: skip


def _lines(_user: User, row: Claim) -> list[ClaimLineShape]:
    return [_line(line) for line in ClaimLine.objects.unscoped().filter(claim=row)]


def _checks(_user: User, row: Claim) -> list[CheckShape]:
    return [CheckShape(**check) for check in row.checks]


SHOWN = routes(
    router,
    (
        Thing(
            CLAIM, "claim",
            {
                "person": "person", "recognition": "recognition", "scheme": "scheme", "claimant": "claimant",
                "employer": "employer.name", "claimed_on": "claimed_on", "submitted_on": "submitted_on", "checked_on": "checked_on",
                "checked_by": "checked_by_name", "reviewed_on": "reviewed_on", "reviewed_by": "reviewed_by_name",
                "review_ground": "review_ground", "posted_on": "posted_on", "due_on": "notice_ends_on", "provisional": "provisional",
                "approved_on": "approved_on", "approved_by": "approved_by_name", "ended_on": "ended_on", "reason": "reason",
                "clause": "clause",
            },
            lookups("", "", "person", "scheme"), ("Claims of schemes", "One claim"),
            (
                "Those of your area, or your own.",
                "With its lines by month, each with what it rests on, and the automatic list of checks.",
            ),
            beside={
                "title": (str, lambda row: row.title), "first_month": (str, lambda row: month_text(row.from_month)),
                "last_month": (str, lambda row: month_text(row.to_month)),
            },
            more={
                "basis": (str, lambda _user, row: basis_in_words(row)), "lines": (list[ClaimLineShape], _lines),
                "checks": (list[CheckShape], _checks),
            },
            door=lambda user, pk: claims.seen(user, pk, for_record("政策申请（接口）")),
            with_it=("employer", "checked_by", "reviewed_by", "approved_by"),
            says="`basis`: on what the length of the scheme rests, kept from its first approval.",
        ),
    ),
)  # fmt: skip
