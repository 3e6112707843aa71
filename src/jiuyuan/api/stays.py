"""Stays on the register and how they end: at once, by proposal, after an investigation; and objections (三)."""

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema

from jiuyuan import clock
from jiuyuan.agencies.models import User
from jiuyuan.agencies.roles import Role
from jiuyuan.api import papers
from jiuyuan.api.shapes import PlaceShape, place
from jiuyuan.api.tokens import Bearer, user_of
from jiuyuan.procedures.engine import Offer
from jiuyuan.recognitions import queries
from jiuyuan.recognitions.grounds import answer_on, held_of
from jiuyuan.recognitions.letters import exit_notice_pdf
from jiuyuan.recognitions.models import ExitObjection, ExitProposal, Investigation, Recognition
from jiuyuan.recognitions.workflow import offered, offered_below, sheet
from jiuyuan.wording import for_record

router = Router(auth=Bearer(), tags=["people"])


class RecognitionShape(Schema):
    """`annulled`: it never was right (五(三)) and ended on the day it began. `case`: which case of the ground held."""

    id: int
    number: str
    status: str
    status_label: str
    version: int
    person: int
    name: str
    id_number: str
    category: str
    agency: PlaceShape
    recognised_on: date
    recognised_by: str
    carried_over: bool
    former: str | None
    ground: str
    case: str
    clause: str
    ground_label: str
    annulled: bool
    ended_on: date | None
    evidence: str
    ended_by: str


class ItemShape(Schema):
    """`version` is that of the recognition. `actions`: what the state allows your role; `blocked`: why one is not possible."""

    id: int
    recognition: int
    version: int
    status: str
    status_label: str
    actions: list[str]
    blocked: dict[str, str]


class ProposalShape(ItemShape):
    ground: str
    on: date | None
    found_on: date
    proposed_by: str
    reason: str
    before: dict[str, Any]
    now: dict[str, Any]
    decided_on: date | None
    decided_by: str
    decision: str


class InvestigationShape(ItemShape):
    cause: str
    opened_on: date
    opened_by: str
    due_on: date
    holds: bool | None
    fraud: bool
    finding: str
    found_on: date | None
    found_by: str
    told_on: date | None
    told_how: str
    answer_by: date | None
    responded_on: date | None
    response: str
    outcome: str
    decision: str
    decided_on: date | None
    decided_by: str
    recovery: str


class ObjectionToExitShape(ItemShape):
    reason: str
    made_on: date
    ground: str
    upheld: bool | None
    finding: str
    decided_on: date | None
    decided_by: str


class StayShape(RecognitionShape):
    """A recognition with what goes on about it; `exits` is the answer of `jiuyuan exits` today, null where the facts on
    file cannot all be true."""

    basis: list[dict[str, Any]]
    actions: list[str]
    blocked: dict[str, str]
    exits: dict[str, Any] | None
    proposals: list[ProposalShape]
    investigations: list[InvestigationShape]
    objections: list[ObjectionToExitShape]


@router.get("/recognitions/{int:pk}", response=StayShape, summary="One recognition")
def see_recognition(request: HttpRequest, pk: int) -> StayShape:
    """`actions` are what the state allows your role, `blocked` says what is not there yet."""
    user = user_of(request)
    return in_full(user, queries.seen(user, pk, for_record("认定（接口）")))


@router.get(
    "/recognitions/{int:pk}/exit-notice.pdf", summary="The notice of an exit, sealed (三)", openapi_extra=papers.ANSWER
)
def print_exit_notice(request: HttpRequest, pk: int) -> HttpResponse:
    """Ground, fact, source, day and how to object. 404 while the recognition is active, and after a death."""
    found = queries.seen(user_of(request), pk, for_record("退出告知书（接口）"))
    return papers.answer(request, exit_notice_pdf(found), found.number)


def stay_in_list(stay: Recognition) -> RecognitionShape:
    return RecognitionShape(**_row(stay))


def in_full(user: User, stay: Recognition) -> StayShape:
    """A recognition as a program sees it."""
    about, own = sheet(stay, user), user.role == Role.APPLICANT
    answer = answer_on(stay, clock.today())
    return StayShape(
        **_row(stay),
        basis=stay.basis or [],
        **_offered([*offered(stay, user), *offered_below(stay, user)]),
        exits=answer.as_json() if answer else None,
        proposals=[proposal(user, one) for one in about.proposals if not own or one.proposer_id == user.pk],
        investigations=[investigation(user, one) for one in about.investigations if not own or one.told_on],
        objections=[objection(user, one) for one in about.objections],
    )


def _offered(offers: list[Offer]) -> dict[str, Any]:
    """What the state allows, and why one is not possible."""
    allowed = [offer for offer in offers if offer.in_state]
    return {
        "actions": [offer.transition.action for offer in allowed],
        "blocked": {o.transition.action: "".join(o.reasons) for o in allowed if not o.possible},
    }


def _row(stay: Recognition) -> dict[str, Any]:
    said = held_of(stay)
    return {
        "id": stay.pk,
        "number": stay.number,
        "status": stay.status,
        "status_label": stay.get_status_display(),
        "version": stay.version,
        "person": stay.person_id,
        "name": stay.person.name,
        "id_number": stay.person.masked_id_number,
        "category": stay.category,
        "agency": place(stay.agency),
        "recognised_on": stay.recognised_on,
        "recognised_by": stay.recognised_by_name,
        "carried_over": stay.carried_over,
        "former": stay.former.number if stay.former else None,
        "ground": stay.ground,
        "case": stay.case,
        "clause": said.clause if said else "",
        "ground_label": said.title if said else "",
        "annulled": stay.annulled,
        "ended_on": stay.ended_on,
        "evidence": stay.evidence,
        "ended_by": stay.ended_by_name,
    }


def _item(user: User, item: ExitProposal | Investigation | ExitObjection) -> dict[str, Any]:
    return {
        "id": item.pk,
        "recognition": item.recognition.pk,
        "version": item.version,
        "status": item.status,
        "status_label": item.get_status_display(),
        **_offered(offered(item, user)),
    }


def proposal(user: User, one: ExitProposal) -> ProposalShape:
    return ProposalShape(
        **_item(user, one),
        ground=one.ground,
        on=one.on,
        found_on=one.found_on,
        proposed_by=one.proposed_by,
        reason=one.reason,
        before=one.before,
        now=one.now,
        decided_on=one.decided_on,
        decided_by=one.decided_by_name,
        decision=one.decision,
    )


def investigation(user: User, one: Investigation) -> InvestigationShape:
    return InvestigationShape(
        **_item(user, one),
        cause=one.cause,
        opened_on=one.opened_on,
        opened_by=one.opened_by_name,
        due_on=one.due_on,
        holds=one.holds,
        fraud=one.fraud,
        finding=one.finding,
        found_on=one.found_on,
        found_by=one.found_by.name if one.found_by else "",
        told_on=one.told_on,
        told_how=one.told_how,
        answer_by=one.answer_by,
        responded_on=one.responded_on,
        response=one.response,
        outcome=one.outcome,
        decision=one.decision,
        decided_on=one.decided_on,
        decided_by=one.decided_by.name if one.decided_by else "",
        recovery=one.recovery,
    )


def objection(user: User, one: ExitObjection) -> ObjectionToExitShape:
    return ObjectionToExitShape(
        **_item(user, one),
        reason=one.reason,
        made_on=one.made_on,
        ground=one.ground,
        upheld=one.upheld,
        finding=one.finding,
        decided_on=one.decided_on,
        decided_by=one.decided_by_name,
    )
