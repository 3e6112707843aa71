"""Claims made as people and clerks make them, as far as a test needs them."""

from datetime import date, timedelta
from typing import Any

from jiuyuan import clock
from jiuyuan.money.claim_workflow import CLAIM, ClaimOf
from jiuyuan.money.models import Claim
from jiuyuan.people.models import Person
from jiuyuan.procedures import engine
from jiuyuan.rules.calendar import month_of, month_text
from tests.assistance.posts import a_stay
from tests.factories import move_to, staff
from tests.recognitions.register import learn

#: What makes somebody one whom an employer has taken on and insures.
HIRED = {"in_labour_relationship": True, "insured_by_employer": True}
GROUND = "看了劳动合同和缴费凭证原件。"
_WAY = ("submitted", "checked", "reviewed", "published", "approved")


def this_month() -> str:
    return month_text(month_of(clock.today()))


def hired(**facts: Any) -> Person:
    """Somebody on the register of whom it is on file that an employer took them on, or these facts."""
    clerk = staff("clerk")
    stay = a_stay(clerk)
    learn(stay, clerk, **facts or HIRED)
    person: Person = Person.objects.unscoped().select_related("agency").get(pk=stay.person_id)
    return person


def said(scheme: str = "employer_insurance", **changes: Any) -> dict[str, Any]:
    return {"scheme": scheme, "from": this_month(), "to": this_month(), **changes}


def in_boxes(told: dict[str, Any]) -> dict[str, Any]:
    """What a page posts where a program says 2026-03: year and month in boxes of their own."""
    found = dict(told)
    for name in ("from", "to"):
        if name in found:
            found[f"{name}_year"], _, found[f"{name}_month"] = found.pop(name).partition("-")
    return found


def a_claim(status: str = "draft", person: Person | None = None, **changes: Any) -> Claim:
    """A claim in that state, each step by somebody else; days pass as the notice needs them."""
    claim: Claim = engine.act(staff("clerk"), CLAIM, (person or hired()).pk, "claim", said(**changes))
    if status == "draft":
        return claim
    for reached in _WAY[: _WAY.index(status) + 1]:
        claim = step(claim, reached)
    return claim


def step(claim: Claim, reached: str) -> Claim:
    """The act that leads to that state."""
    action, role, what = {
        "submitted": ("submit", "clerk", {}),
        "checked": ("check", "clerk", {}),
        "reviewed": ("review", "reviewer", {"ground": GROUND}),
        "published": ("publish", "reviewer", {}),
        "approved": ("approve", "reviewer", {}),
    }[reached]
    if reached == "approved":
        assert claim.notice_ends_on is not None
        move_to(claim.notice_ends_on + timedelta(days=1))
    done: Claim = engine.act(staff(role), CLAIM, claim.pk, action, what)
    return done


def paid_by(claim: Claim, *actions: str) -> Claim:
    """What follows from a batch, without one: its lines get an amount."""
    claim.lines.update(amount=50_000)
    claim = Claim.objects.unscoped().select_related("person__agency").get(pk=claim.pk)
    for action in actions:
        claim = engine.follow(ClaimOf(claim, None, claim.person), CLAIM, claim, action)
    return claim


def month(text: str) -> int:
    return month_of(date.fromisoformat(f"{text}-01"))
