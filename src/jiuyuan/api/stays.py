"""Recognitions and how they end: directly, by proposal, after an investigation; and objections (三)."""

from datetime import date
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema

from jiuyuan import clock
from jiuyuan.agencies.models import User
from jiuyuan.agencies.roles import Role
from jiuyuan.api import papers, things
from jiuyuan.api.shapes import PlaceShape, place
from jiuyuan.api.things import Columns, ThingShape
from jiuyuan.api.tokens import Bearer, user_of
from jiuyuan.recognitions import queries
from jiuyuan.recognitions.grounds import answer_on, held_of
from jiuyuan.recognitions.letters import exit_notice_pdf
from jiuyuan.recognitions.models import ExitObjection, ExitProposal, Investigation, Recognition
from jiuyuan.recognitions.workflow import OF, offered, offered_below, sheet
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


class ItemShape(ThingShape):
    """What hangs on a recognition. `version` is that of the recognition."""

    recognition: int


#: The API's field names and the columns of rows that belong to a recognition.
_PROPOSAL = {
    "ground": "ground", "on": "on", "found_on": "found_on", "proposed_by": "proposed_by_name", "reason": "reason",
    "before": "before", "now": "now", "decided_on": "decided_on", "decided_by": "decided_by_name", "decision": "decision",
}  # fmt: skip
_INVESTIGATION = {
    "cause": "cause", "opened_on": "opened_on", "opened_by": "opened_by_name", "due_on": "due_on", "holds": "holds",
    "fraud": "fraud", "finding": "finding", "found_on": "found_on", "found_by": "found_by_name", "told_on": "told_on",
    "told_how": "told_how", "answer_by": "answer_by", "responded_on": "responded_on", "response": "response",
    "outcome": "outcome", "decision": "decision", "decided_on": "decided_on", "decided_by": "decided_by_name",
    "recovery": "recovery",
}  # fmt: skip
_OBJECTION = {
    "reason": "reason", "made_on": "made_on", "ground": "ground", "upheld": "upheld", "finding": "finding",
    "decided_on": "decided_on", "decided_by": "decided_by_name",
}  # fmt: skip
if TYPE_CHECKING:
    ProposalShape = ItemShape
    InvestigationShape = ItemShape
    ObjectionToExitShape = ItemShape
else:
    ProposalShape = things.shape_of("ProposalShape", ExitProposal, _PROPOSAL, ItemShape)
    InvestigationShape = things.shape_of("InvestigationShape", Investigation, _INVESTIGATION, ItemShape)
    ObjectionToExitShape = things.shape_of("ObjectionToExitShape", ExitObjection, _OBJECTION, ItemShape)


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
    "/recognitions/{int:pk}/exit-notice.pdf", summary="The notice of an exit, sealed", openapi_extra=papers.ANSWER
)
def print_exit_notice(request: HttpRequest, pk: int) -> HttpResponse:
    """Ground, fact, source, day and how to object. 404 while the recognition is active, and after a death."""
    found = queries.seen(user_of(request), pk, for_record("退出告知书（接口）"))
    return papers.answer(request, exit_notice_pdf(found), found.number)


def stay_in_list(stay: Recognition) -> RecognitionShape:
    return RecognitionShape(**_row(stay))


def in_full(user: User, stay: Recognition) -> StayShape:
    """The serialized recognition."""
    about, own = sheet(stay, user), user.role == Role.APPLICANT
    answer = answer_on(stay, clock.today())
    return StayShape(
        **_row(stay),
        basis=stay.basis or [],
        **things.offered([*offered(stay, user), *offered_below(stay, user)]),
        exits=answer.as_json() if answer else None,
        proposals=[proposal(user, one) for one in about.proposals if not own or one.proposed_by_id == user.pk],
        investigations=[investigation(user, one) for one in about.investigations if not own or one.told_on],
        objections=[objection(user, one) for one in about.objections],
    )


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


def proposal(user: User, one: ExitProposal) -> ProposalShape:
    return ProposalShape(**_item(user, one, _PROPOSAL))


def investigation(user: User, one: Investigation) -> InvestigationShape:
    return InvestigationShape(**_item(user, one, _INVESTIGATION))


def objection(user: User, one: ExitObjection) -> ObjectionToExitShape:
    return ObjectionToExitShape(**_item(user, one, _OBJECTION))


def _item(user: User, one: ExitProposal | Investigation | ExitObjection, columns: Columns) -> dict[str, Any]:
    return {"recognition": one.recognition.pk, **things.shown(user, OF[type(one)], one, columns)}
