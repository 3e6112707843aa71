"""Entitlements (四(三))."""

from typing import Literal

from django.http import HttpRequest
from ninja import Router, Schema

from jiuyuan.api.tokens import Bearer, user_of
from jiuyuan.money import entitlements
from jiuyuan.rules.calendar import month_text
from jiuyuan.rules.scheme import SchemeAnswer
from jiuyuan.wording import for_record

router = Router(auth=Bearer(), tags=["people"])


class EntitlementShape(Schema):
    """The answer of one scheme. `missing`: facts that could still change it. Months are null where they are not counted or not known.

    `until`: the last month, if it were granted today where it was not granted yet. `open`: a claim of it goes on.
    """

    scheme: str
    answer: Literal["may", "may_not", "unknown", "open", "used_up"]
    reasons: list[str]
    missing: list[str]
    months_used: int | None
    months_left: int | None
    until: str | None


@router.get("/people/{int:pk}/entitlements", response=list[EntitlementShape], summary="What a person has a right to")
def list_entitlements(request: HttpRequest, pk: int) -> list[EntitlementShape]:
    """One answer for each scheme of the person's place, from the facts on file: for staff of the area, and for oneself."""
    person = entitlements.seen(user_of(request), pk, for_record("可享受的政策（接口）"))
    return [_shown(answer) for answer in entitlements.of_person(person)]


def _shown(answer: SchemeAnswer) -> EntitlementShape:
    return EntitlementShape(
        scheme=answer.scheme.code, answer=answer.outcome, reasons=list(answer.reasons), missing=list(answer.missing),
        months_used=answer.months_used, months_left=answer.months_left,
        until=None if answer.until is None else month_text(answer.until),
    )  # fmt: skip
