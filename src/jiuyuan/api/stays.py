"""Stays on the register and how they end: at once, by proposal, after an investigation; and objections (三)."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema
from ninja.responses import Status as Replied

from jiuyuan import clock
from jiuyuan.agencies.models import User
from jiuyuan.agencies.roles import Role
from jiuyuan.api import papers
from jiuyuan.api.inputs import (
    Body,
    DecidedOn,
    End,
    Found,
    NewInvestigation,
    NewProposal,
    Reasoned,
    Responded,
    Settled,
    Told,
)
from jiuyuan.api.shapes import PlaceShape, place
from jiuyuan.api.tokens import Bearer, user_of
from jiuyuan.recognitions import acts, exits, investigations, objections, queries, services
from jiuyuan.recognitions.acts import Item, Sheet
from jiuyuan.recognitions.door import enter
from jiuyuan.recognitions.grounds import answer_on, held_of
from jiuyuan.recognitions.letters import exit_notice_pdf
from jiuyuan.recognitions.models import ExitObjection, ExitProposal, Investigation, Recognition

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
    return _in_full(user, queries.seen(user, pk, "认定（接口）"))


@router.post("/recognitions/{int:pk}/end", response=StayShape, summary="End a recognition on what the file bears (三)")
def end_recognition(request: HttpRequest, pk: int, given: End) -> StayShape:
    """422 `ground_not_borne` with the answer and the missing facts; `needs_investigation` for 三(六)."""
    user = user_of(request)
    return _in_full(user, services.end(user, pk, **_said(user, "end", pk, given)))


@router.post("/recognitions/{int:pk}/proposals", response={201: ProposalShape}, summary="Propose an exit (三)")
def propose_exit(request: HttpRequest, pk: int, given: NewProposal) -> Replied[ProposalShape]:
    user = user_of(request)
    return Replied(201, _proposal(user, exits.propose(user, pk, **_said(user, "propose", pk, given))))


@router.post("/proposals/{int:pk}/confirm", response=ProposalShape, summary="Confirm a proposed exit (三)")
def confirm_proposal(request: HttpRequest, pk: int, given: Reasoned) -> ProposalShape:
    """By another reviewer than who proposed; the file must bear the ground by now."""
    user = user_of(request)
    return _proposal(user, exits.confirm(user, pk, **_said(user, "confirm", pk, given)))


@router.post("/proposals/{int:pk}/dismiss", response=ProposalShape, summary="Dismiss a proposed exit (三)")
def dismiss_proposal(request: HttpRequest, pk: int, given: Reasoned) -> ProposalShape:
    user = user_of(request)
    return _proposal(user, exits.dismiss(user, pk, **_said(user, "dismiss", pk, given)))


@router.post("/proposals/{int:pk}/take_back", response=ProposalShape, summary="Take one's own proposal back (三)")
def take_back_proposal(request: HttpRequest, pk: int, given: Reasoned) -> ProposalShape:
    user = user_of(request)
    return _proposal(user, exits.take_back(user, pk, **_said(user, "take_back", pk, given)))


@router.post(
    "/recognitions/{int:pk}/investigations", response={201: InvestigationShape}, summary="Investigate (三(六))"
)
def open_investigation(request: HttpRequest, pk: int, given: NewInvestigation) -> Replied[InvestigationShape]:
    user = user_of(request)
    return Replied(
        201, _investigation(user, investigations.open_investigation(user, pk, **_said(user, "investigate", pk, given)))
    )


@router.post("/investigations/{int:pk}/find", response=InvestigationShape, summary="Say what was found (三(六))")
def say_finding(request: HttpRequest, pk: int, given: Found) -> InvestigationShape:
    user = user_of(request)
    return _investigation(user, investigations.find(user, pk, **_said(user, "find", pk, given)))


@router.post("/investigations/{int:pk}/tell", response=InvestigationShape, summary="Tell the person (三(六))")
def tell_finding(request: HttpRequest, pk: int, given: Told) -> InvestigationShape:
    user = user_of(request)
    return _investigation(user, investigations.tell(user, pk, **_said(user, "tell", pk, given)))


@router.post("/investigations/{int:pk}/respond", response=InvestigationShape, summary="The person answers (三(六))")
def answer_finding(request: HttpRequest, pk: int, given: Responded) -> InvestigationShape:
    user = user_of(request)
    return _investigation(user, investigations.respond(user, pk, **_said(user, "respond", pk, given)))


@router.post("/investigations/{int:pk}/send_back", response=InvestigationShape, summary="Send a finding back (三(六))")
def send_finding_back(request: HttpRequest, pk: int, given: Reasoned) -> InvestigationShape:
    user = user_of(request)
    return _investigation(user, investigations.send_back(user, pk, **_said(user, "send_back", pk, given)))


@router.post("/investigations/{int:pk}/decide", response=InvestigationShape, summary="Decide (三(六), 五(三))")
def decide_investigation(request: HttpRequest, pk: int, given: DecidedOn) -> InvestigationShape:
    """By another than who found, once the person was told and heard; the outcome must fit the finding."""
    user = user_of(request)
    return _investigation(user, investigations.decide(user, pk, **_said(user, "decide", pk, given)))


@router.post(
    "/recognitions/{int:pk}/objections", response={201: ObjectionToExitShape}, summary="Object to an exit (三)"
)
def object_to_exit(request: HttpRequest, pk: int, given: Reasoned) -> Replied[ObjectionToExitShape]:
    """The exit is suspended until somebody decides who had no part in it."""
    user = user_of(request)
    return Replied(201, _objection(user, objections.object_to_exit(user, pk, **_said(user, "object", pk, given))))


@router.post("/exit_objections/{int:pk}/settle", response=ObjectionToExitShape, summary="Settle an objection (三)")
def settle_exit_objection(request: HttpRequest, pk: int, given: Settled) -> ObjectionToExitShape:
    user = user_of(request)
    return _objection(user, objections.settle(user, pk, **_said(user, "settle", pk, given)))


@router.get(
    "/recognitions/{int:pk}/exit-notice.pdf", summary="The notice of an exit, sealed (三)", openapi_extra=papers.ANSWER
)
def print_exit_notice(request: HttpRequest, pk: int) -> HttpResponse:
    """Ground, fact, source, day and how to object. 404 while the recognition is active, and after a death."""
    found = queries.seen(user_of(request), pk, "退出告知书（接口）")
    return papers.answer(request, exit_notice_pdf(found), found.number)


def _said(user: User, action: str, pk: int, given: Body) -> dict[str, Any]:
    return given.said(lambda version: enter(user, action, pk, version))


def stay_in_list(stay: Recognition) -> RecognitionShape:
    return RecognitionShape(**_row(stay))


def _in_full(user: User, stay: Recognition) -> StayShape:
    sheet = Sheet(stay)
    actions = acts.allowed(user, sheet)
    answer = answer_on(stay, clock.today())
    own = user.role == Role.APPLICANT
    return StayShape(
        **_row(stay),
        basis=stay.basis or [],
        actions=actions,
        blocked=_blocked(user, sheet, [(action, None) for action in actions]),
        exits=answer.as_json() if answer else None,
        proposals=[_proposal(user, one, sheet) for one in sheet.proposals if not own or one.proposer_id == user.pk],
        investigations=[_investigation(user, one, sheet) for one in sheet.investigations if not own or one.told_on],
        objections=[_objection(user, one, sheet) for one in sheet.objections],
    )


def _blocked(user: User, sheet: Sheet, pairs: Iterable[tuple[str, Item]]) -> dict[str, str]:
    return {action: why for action, item in pairs if (why := acts.why_not(user, sheet, action, item))}


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


def _item(user: User, item: Any, sheet: Sheet | None) -> dict[str, Any]:
    sheet = sheet or Sheet(item.recognition)
    kind = type(item)
    allowed = acts.allowed(user, sheet, [(name, item) for name, act in acts.ACTS.items() if act.about is kind])
    return {
        "id": item.pk,
        "recognition": item.recognition_id,
        "version": sheet.recognition.version,
        "actions": allowed,
        "blocked": _blocked(user, sheet, [(name, item) for name in allowed]),
    }


def _proposal(user: User, one: ExitProposal, sheet: Sheet | None = None) -> ProposalShape:
    return ProposalShape(
        **_item(user, one, sheet),
        status=one.status,
        status_label=one.get_status_display(),
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


def _investigation(user: User, one: Investigation, sheet: Sheet | None = None) -> InvestigationShape:
    return InvestigationShape(
        **_item(user, one, sheet),
        status=one.status,
        status_label=one.get_status_display(),
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


def _objection(user: User, one: ExitObjection, sheet: Sheet | None = None) -> ObjectionToExitShape:
    status = "open" if one.upheld is None else "settled"
    return ObjectionToExitShape(
        **_item(user, one, sheet),
        status=status,
        status_label="待处理" if one.upheld is None else "成立" if one.upheld else "不成立",
        reason=one.reason,
        made_on=one.made_on,
        ground=one.ground,
        upheld=one.upheld,
        finding=one.finding,
        decided_on=one.decided_on,
        decided_by=one.decided_by_name,
    )
