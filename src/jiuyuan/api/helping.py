"""How people are helped (四(二), 三(五)): the plan with its matches, offers, and what was declined."""

from typing import TYPE_CHECKING, Annotated, Any

from django.http import HttpRequest
from ninja import Router, Schema

from jiuyuan import clock
from jiuyuan.agencies.models import User
from jiuyuan.agencies.roles import Right
from jiuyuan.api import paging, things
from jiuyuan.api.inputs import AskedDay, AskedKey, one_of
from jiuyuan.api.things import ThingInList, ThingShape
from jiuyuan.api.tokens import Bearer, user_of
from jiuyuan.assistance import matching, offer_counts
from jiuyuan.assistance.appointment_workflow import APPOINTMENT
from jiuyuan.assistance.models import Appointment, JobOffer, Plan, ServiceRefusal
from jiuyuan.assistance.offer_workflow import OFFER
from jiuyuan.assistance.plan_workflow import PLAN
from jiuyuan.assistance.refusal_workflow import REFUSAL
from jiuyuan.people.queries import looked_at_list
from jiuyuan.recognitions import queries
from jiuyuan.refusals import NotForRole, NotFound
from jiuyuan.wording import for_record, say

router = Router(auth=Bearer(), tags=["people"])
_MOST_MATCHES = 10

_PLAN = {
    "recognition": "recognition", "helper": "helper.username", "goal": "goal", "made_on": "made_on",
    "agreed_on": "agreed_on", "unsigned_because": "unsigned_because", "due_on": "next_on", "ended_on": "ended_on",
}  # fmt: skip
_OFFER = {
    "recognition": "recognition", "plan": "plan", "vacancy": "vacancy", "means": "means", "offered_on": "offered_on",
    "due_on": "answer_by", "to_many": "to_many", "fits": "fits", "suitable_because": "suitable_because",
    "uncounted": "uncounted", "proof": "proof", "as_it_stood": "as_it_stood", "answered_on": "answered_on",
    "reason": "reason", "words": "words", "applied_on": "applied_on", "begins_on": "begins_on",
    "not_taken_because": "not_taken_because",
}  # fmt: skip
_REFUSAL = {
    "recognition": "recognition", "offer": "offer", "appointment": "appointment", "refused_on": "refused_on", "told_on": "told_on",
    "told_how": "told_how", "told_proof": "told_proof", "due_on": "answer_by", "responded_on": "responded_on",
    "response": "response", "decided_on": "decided_on", "decided_by": "decided_by.name", "ground": "ground",
}  # fmt: skip
_APPOINTMENT = {
    "recognition": "recognition", "kind": "kind", "due_on": "on", "time": "time", "place": "place", "means": "means",
    "invited_on": "invited_on", "proof": "proof", "proven_on": "proven_on", "ended_on": "ended_on", "words": "words",
}  # fmt: skip
if TYPE_CHECKING:
    AppointmentShape = ThingShape
    AppointmentInList = ThingInList
    PlanColumns = ThingShape
    OfferShape = ThingShape
    RefusalShape = ThingShape
    OfferInList = ThingInList
    RefusalInList = ThingInList
else:
    AppointmentShape = things.shape_of("AppointmentShape", Appointment, _APPOINTMENT)
    AppointmentInList = things.shape_of("AppointmentInList", Appointment, _APPOINTMENT, ThingInList)
    PlanColumns = things.shape_of("PlanColumns", Plan, _PLAN)
    OfferShape = things.shape_of("OfferShape", JobOffer, _OFFER)
    OfferInList = things.shape_of("OfferInList", JobOffer, _OFFER, ThingInList)
    RefusalShape = things.shape_of("RefusalShape", ServiceRefusal, _REFUSAL)
    RefusalInList = things.shape_of("RefusalInList", ServiceRefusal, _REFUSAL, ThingInList)
OfferStatus = Annotated[str, one_of(["", *OFFER.states])]
AppointmentStatus = Annotated[str, one_of(["", *APPOINTMENT.states])]
RefusalStatus = Annotated[str, one_of(["", *REFUSAL.states])]


class CountedShape(Schema):
    """Of the vacancies that the notice asks for: how many were offered, and how many are missing."""

    counted: int
    still_needed: int


class PlanShape(PlanColumns):
    offers: CountedShape


class ReasonShape(Schema):
    """One condition with both values. `fits` null: it is not known."""

    code: str
    label: str
    fits: bool | None
    wanted: str
    offered: str


class MatchShape(Schema):
    """`missing`: what to ask, where `fits` is null."""

    vacancy: int
    title: str
    employer: str
    fits: bool | None
    reasons: list[ReasonShape]
    missing: list[str]


class AppointmentsPage(Schema):
    items: list[AppointmentInList]
    next: str | None


class OffersPage(Schema):
    items: list[OfferInList]
    next: str | None


class RefusalsPage(Schema):
    items: list[RefusalInList]
    next: str | None


@router.get("/plans/{int:pk}", response=PlanShape, summary="One plan")
def see_plan(request: HttpRequest, pk: int) -> PlanShape:
    """With how many vacancies are still missing of those that the notice asks for."""
    user = user_of(request)
    return plan(user, one(user, Plan, pk, say("没有这份计划。")))


@router.get("/plans/{int:pk}/matches", response=list[MatchShape], summary="The ten vacancies that suit best")
def list_matches(request: HttpRequest, pk: int) -> list[MatchShape]:
    """By conditions in three values, never by sex, age or ethnicity; the best first."""
    user = user_of(request)
    found = one(user, Plan, pk, say("没有这份计划。"))
    return [
        MatchShape(
            vacancy=match.vacancy.pk,
            title=match.vacancy.title,
            employer=match.vacancy.employer.name,
            fits=match.fits,
            reasons=[
                ReasonShape(code=r.code, label=r.label, fits=r.fits, wanted=r.wanted, offered=r.offered)
                for r in match.reasons
            ],
            missing=match.missing,
        )
        for match in matching.best(found.recognition, _MOST_MATCHES)
    ]


@router.get("/offers", response=OffersPage, summary="Offers")
def list_offers(
    request: HttpRequest,
    status: OfferStatus = "",
    recognition: AskedKey | None = None,
    plan: AskedKey | None = None,
    due_by: AskedDay | None = None,
    cursor: str = "",
) -> dict[str, Any]:
    """`due_by`: those whose answer is due by that day."""
    user = user_of(request)
    wanted = {"status": status, "recognition": recognition, "plan": plan, "answer_by__lte": due_by}
    rows = listed(user, JobOffer, wanted, for_record("岗位介绍名单（接口）"))
    return paging.page(rows, "id", cursor, lambda row: OfferInList(**things.in_list(row, _OFFER)))


@router.get("/offers/{int:pk}", response=OfferShape, summary="One offer")
def see_offer(request: HttpRequest, pk: int) -> OfferShape:
    """The vacancy as it stood, and what the person answered."""
    user = user_of(request)
    return offer(user, one(user, JobOffer, pk, say("没有这次岗位介绍。")))


@router.get("/appointments", response=AppointmentsPage, summary="When people are asked to come")
def list_appointments(
    request: HttpRequest,
    status: AppointmentStatus = "",
    recognition: AskedKey | None = None,
    due_by: AskedDay | None = None,
    cursor: str = "",
) -> dict[str, Any]:
    """`due_by`: those whose day is not later."""
    user = user_of(request)
    wanted = {"status": status, "recognition": recognition, "on__lte": due_by}
    rows = listed(user, Appointment, wanted, for_record("约见名单（接口）"))
    return paging.page(rows, "id", cursor, lambda row: AppointmentInList(**things.in_list(row, _APPOINTMENT)))


@router.get("/appointments/{int:pk}", response=AppointmentShape, summary="One appointment")
def see_appointment(request: HttpRequest, pk: int) -> AppointmentShape:
    """When and where, whether the invitation is proven, and how it ended."""
    user = user_of(request)
    return appointment(user, one(user, Appointment, pk, say("没有这次约见。")))


@router.get("/refusals", response=RefusalsPage, summary="What was declined")
def list_refusals(
    request: HttpRequest,
    status: RefusalStatus = "",
    recognition: AskedKey | None = None,
    due_by: AskedDay | None = None,
    cursor: str = "",
) -> dict[str, Any]:
    """`due_by`: those that the person may answer until that day."""
    user = user_of(request)
    wanted = {"status": status, "recognition": recognition, "answer_by__lte": due_by}
    rows = listed(user, ServiceRefusal, wanted, for_record("拒绝服务名单（接口）"))
    rows = rows.select_related("decided_by")
    return paging.page(rows, "id", cursor, lambda row: RefusalInList(**things.in_list(row, _REFUSAL)))


@router.get("/refusals/{int:pk}", response=RefusalShape, summary="One that was declined")
def see_refusal(request: HttpRequest, pk: int) -> RefusalShape:
    """How the person was told, what they said, and what was decided."""
    user = user_of(request)
    return refusal(user, one(user, ServiceRefusal, pk, say("没有这条记录。")))


def plan(user: User, row: Plan) -> PlanShape:
    count = offer_counts.offered(row, clock.today())
    counted = CountedShape(counted=count.counted, still_needed=count.still_needed)
    return PlanShape(**things.shown(user, PLAN, row, _PLAN), offers=counted)


def offer(user: User, row: JobOffer) -> OfferShape:
    return OfferShape(**things.shown(user, OFFER, row, _OFFER))


def appointment(user: User, row: Appointment) -> AppointmentShape:
    return AppointmentShape(**things.shown(user, APPOINTMENT, row, _APPOINTMENT))


def refusal(user: User, row: ServiceRefusal) -> RefusalShape:
    return RefusalShape(**things.shown(user, REFUSAL, row, _REFUSAL))


def one(user: User, model: Any, pk: int, missing: str) -> Any:
    """A row that hangs on a recognition, which is looked at with it. Raises `NotFound`."""
    found = model.objects.visible_to(user).filter(pk=pk).first()
    if found is None:
        raise NotFound(missing)
    found.recognition = queries.seen(user, found.recognition_id, for_record("帮扶（接口）"))
    return found


def listed(user: User, model: Any, wanted: dict[str, Any], look: str) -> Any:
    """Raises `NotForRole` for staff who see nobody's file."""
    if user.is_staff_member and not user.may(Right.SEE_PEOPLE):
        raise NotForRole(say("您的角色不能查看在册人员。"))
    rows = model.objects.visible_to(user).filter(**{name: value for name, value in wanted.items() if value})
    looked_at_list(user, look)
    return rows
