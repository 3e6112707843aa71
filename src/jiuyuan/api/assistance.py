"""Assistance (四(一)–(三)): every kind of object, in one table."""

from datetime import date
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema

from jiuyuan import clock
from jiuyuan.agencies.models import User
from jiuyuan.agencies.roles import Right
from jiuyuan.api.listing import Thing, lookups, routes
from jiuyuan.api.tokens import Bearer, user_of
from jiuyuan.assistance import matching, offer_counts
from jiuyuan.assistance import queries as helped
from jiuyuan.assistance.appointment_workflow import APPOINTMENT
from jiuyuan.assistance.course_workflow import COURSE
from jiuyuan.assistance.discriminating_words import marks
from jiuyuan.assistance.enrolment_workflow import ENROLMENT
from jiuyuan.assistance.follow_up_workflow import FOLLOW_UP
from jiuyuan.assistance.interview_workflow import INTERVIEW
from jiuyuan.assistance.measure_workflow import MEASURE
from jiuyuan.assistance.models import Interview, Plan, PublicPost, Vacancy
from jiuyuan.assistance.offer_workflow import OFFER
from jiuyuan.assistance.placement_workflow import PLACEMENT
from jiuyuan.assistance.plan_workflow import PLAN
from jiuyuan.assistance.post_workflow import POST
from jiuyuan.assistance.refusal_workflow import REFUSAL
from jiuyuan.assistance.vacancy_workflow import VACANCY
from jiuyuan.assistance.venture_workflow import VENTURE
from jiuyuan.refusals import NotForRole
from jiuyuan.wording import say

router = Router(auth=Bearer(), tags=["people"])
_MOST_MATCHES = 10


class CountedShape(Schema):
    """Of the vacancies that the notice asks for: how many were offered, and how many are missing."""

    counted: int
    still_needed: int


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


class DiscriminatingWordShape(Schema):
    """Where words stand that 条例 24 forbids, and on which ground."""

    field: str
    start: int
    end: int
    text: str
    ground: str


def _counted(_user: User, plan: Plan) -> CountedShape:
    count = offer_counts.offered(plan, clock.today())
    return CountedShape(counted=count.counted, still_needed=count.still_needed)


def _wishes(user: User, row: Interview) -> dict[str, Any]:
    """Statements about the family: for staff who handle files, and for the person."""
    own = not user.is_staff_member or user.may(Right.RECORD_FACTS)
    return {name: value for name, value in row.wishes.items() if own or name != "care"}


def _limits(user: User, row: Interview) -> str | None:
    """Health limits: for the person, their helper and the deciding reviewer (个人信息保护法 28–30);
    None for everybody else.
    """
    plan = Plan.objects.unscoped().filter(recognition=row.recognition, status__in=["draft", "active"]).first()
    return row.limits if not user.is_staff_member or helped.sees_health(user, row.recognition, plan) else None


def _note(user: User, row: Interview) -> str | None:
    return row.note if user.is_staff_member and user.may(Right.RECORD_FACTS) else None


def _marked(_user: User, row: Vacancy) -> list[DiscriminatingWordShape]:
    return [
        DiscriminatingWordShape(field=one.field, start=one.start, end=one.end, text=one.text, ground=one.ground)
        for one in marks(row.texts)
    ]


def _alive_on(user: User, row: Any) -> date | None:
    found: date | None = VENTURE.hold(row, user).looked_at_on  # type: ignore[attr-defined]
    return found


def _refuse_who_sees_none(user: User, what: str) -> None:
    if not user.may(Right.SEE_VACANCIES):
        raise NotForRole(say("您的角色不能查看{what}。", what=what))


def _vacancies(user: User) -> Any:
    _refuse_who_sees_none(user, say("岗位"))
    return Vacancy.objects.visible_to(user).select_related("employer", "division", "agency")


def _posts(user: User) -> Any:
    _refuse_who_sees_none(user, say("公益性岗位"))
    return PublicPost.objects.visible_to(user).select_related("employer", "division")


def _courses(user: User) -> Any:
    _refuse_who_sees_none(user, say("培训班"))
    return helped.courses(user)


_OF_A_PLAN = ("recognition", "plan")
THINGS = (
    Thing(
        INTERVIEW, "interview",
        {"recognition": "recognition", "on": "on", "means": "means", "ability": "ability", "services_wanted": "services_wanted", "by": "held_by_name"},
        lookups("", "", "recognition"), ("Talks", "One talk"),
        ("What was found in talking, or written by people themselves.", "Limits of health are shown to who may know them."),
        more={"wishes": (dict[str, Any], _wishes), "limits": (str | None, _limits), "note": (str | None, _note)},
    ),
    Thing(
        PLAN, "plan",
        {
            "recognition": "recognition", "helper": "helper.username", "goal": "goal", "made_on": "made_on",
            "agreed_on": "agreed_on", "unsigned_because": "unsigned_because", "due_on": "next_on", "ended_on": "ended_on",
        },
        lookups("", "next_on", "recognition"), ("Plans", "One plan"),
        (
            "`due_by`: those that are to be looked at again by that day.",
            "With how many vacancies are still missing of those that the notice asks for.",
        ),
        more={"offers": (CountedShape, _counted)}, with_it=("helper",),
    ),
    Thing(
        MEASURE, "measure",
        {"plan": "plan", "kind": "kind", "what": "what", "due_on": "due_on", "result": "result", "ended_on": "ended_on"},
        {**lookups("", "due_on", "plan"), "recognition": "plan__recognition"}, ("Lines of plans", "One line of a plan"),
        ("`due_by`: those whose day is not later.", "What came of it, where it is over."), way="plan",
    ),
    Thing(
        VACANCY, "vacancy",
        {
            "employer": "employer.name", "credit_code": "employer.credit_code", "title": "title", "occupation": "occupation",
            "number": "number", "taken": "taken", "tasks": "tasks", "conditions": "conditions", "division": "division.code",
            "address": "address", "form": "form", "hours": "hours", "pay_from": "pay_from", "pay_to": "pay_to",
            "contract_months": "contract_months", "insurance": "insurance", "accessible": "accessible", "source": "source",
            "due_on": "valid_until", "checked_how": "checked_how", "opened_on": "opened_on", "confirmed_on": "confirmed_on",
            "ground": "ground", "reason": "reason", "employer_said": "employer_said",
        },
        lookups("", "valid_until"), ("Vacancies", "One vacancy"),
        ("Those of your area. `due_by`: those that are valid until that day at most.", "With the words in it that discriminate."),
        more={"discriminating_words": (list[DiscriminatingWordShape], _marked)}, rows=_vacancies,
    ),
    Thing(
        OFFER, "offer",
        {
            "recognition": "recognition", "plan": "plan", "vacancy": "vacancy", "means": "means", "offered_on": "offered_on",
            "due_on": "answer_by", "to_many": "to_many", "fits": "fits", "suitable_because": "suitable_because",
            "uncounted": "uncounted", "proof": "proof", "as_it_stood": "as_it_stood", "answered_on": "answered_on",
            "reason": "reason", "words": "words", "applied_on": "applied_on", "begins_on": "begins_on",
            "not_taken_because": "not_taken_because",
        },
        lookups("", "answer_by", *_OF_A_PLAN), ("Offers", "One offer"),
        ("`due_by`: those whose answer is due by that day.", "The vacancy as it stood, and what the person answered."),
    ),
    Thing(
        APPOINTMENT, "appointment",
        {
            "recognition": "recognition", "kind": "kind", "due_on": "on", "time": "time", "place": "place", "means": "means",
            "invited_on": "invited_on", "proof": "proof", "proven_on": "proven_on", "ended_on": "ended_on", "words": "words",
        },
        lookups("", "on", "recognition"), ("When people are asked to come", "One appointment"),
        ("`due_by`: those whose day is not later.", "When and where, whether the invitation is proven, and how it ended."),
    ),
    Thing(
        REFUSAL, "refusal",
        {
            "recognition": "recognition", "offer": "offer", "appointment": "appointment", "refused_on": "refused_on",
            "told_on": "told_on", "told_how": "told_how", "told_proof": "told_proof", "due_on": "answer_by",
            "responded_on": "responded_on", "response": "response", "decided_on": "decided_on", "decided_by": "decided_by_name",
            "ground": "ground",
        },
        lookups("", "answer_by", "recognition"), ("What was declined", "One that was declined"),
        (
            "`due_by`: those that the person may answer until that day.",
            "How the person was told, what they said, and what was decided.",
        ),
        with_it=("decided_by",),
    ),
    Thing(
        COURSE, "course",
        {
            "agency": "agency.code", "provider": "provider", "occupation": "occupation", "level": "level", "hours": "hours",
            "hours_a_day": "hours_a_day", "from": "begins_on", "to": "ends_on", "weekdays": "weekdays", "off": "off", "place": "place",
            "seats": "seats", "taken": "taken", "due_on": "ends_on", "reason": "reason", "ended_on": "ended_on",
        },
        lookups("", "ends_on"), ("Courses", "One course"),
        (
            "Of your area, and those open to all the offices of its county. `due_by`: those that end by that day.",
            "Its days, and how many seats are taken.",
        ),
        rows=_courses, seen=helped.courses,
    ),
    Thing(
        ENROLMENT, "enrolment",
        {
            "recognition": "recognition", "plan": "plan", "course": "course", "enrolled_on": "enrolled_on", "ended_on": "ended_on",
            "due_on": "course.ends_on", "passed": "passed", "certificate_no": "certificate_no", "dropped_because": "dropped_because",
            "charged": "charged", "charged_for": "charged_for", "refunded_on": "refunded_on",
        },
        lookups("", "course__ends_on", *_OF_A_PLAN, "course"), ("Who takes part in courses", "One seat in a course"),
        ("`due_by`: those whose course ends by that day.", "How many lessons the person came to, and with what result."),
        more={"hours_come": (int, lambda _user, row: row.hours_come)}, with_it=("course",),
    ),
    Thing(
        VENTURE, "venture",
        {
            "recognition": "recognition", "plan": "plan", "idea": "idea", "begun_on": "begun_on", "advice": "advice",
            "trained_on": "trained_on", "trained_in": "trained_in", "loan": "loan", "loan_on": "loan_on", "bank": "bank",
            "told_on": "told_on", "business_name": "business_name", "business_code": "business_code",
            "registered_on": "registered_on", "alive_on": "alive_on", "ended_on": "ended_on", "reason": "reason",
        },
        lookups("", "", *_OF_A_PLAN), ("Ventures", "One venture"),
        ("Who starts a business of their own.", "From the idea to a year of trading; `due_on`: when it is to be found alive next."),
        more={"due_on": (date | None, _alive_on)},
    ),
    Thing(
        POST, "post",
        {
            "employer": "employer.name", "credit_code": "employer.credit_code", "title": "title", "kind": "kind",
            "duties": "duties", "number": "number", "taken": "taken", "division": "division.code", "address": "address",
            "form": "form", "hours": "hours", "wage": "wage", "ground": "ground", "requested_on": "requested_on",
            "approved_on": "approved_on", "approved_ground": "approved_ground", "posted_on": "posted_on",
            "notice_ends_on": "notice_ends_on", "provisional": "provisional", "reason": "reason",
        },
        lookups(), ("Public-interest posts", "One public-interest post"),
        ("Those of your area.", "With how many of its places are taken."), rows=_posts,
    ),
    Thing(
        PLACEMENT, "placement",
        {
            "recognition": "recognition", "plan": "plan", "post": "post", "term": "term", "tried_ground": "tried_ground",
            "order_ground": "order_ground", "severe": "severe", "proposed_on": "proposed_on", "agreed_on": "agreed_on",
            "agreed_by": "agreed_by_name", "agreed_ground": "agreed_ground", "posted_on": "posted_on",
            "notice_ends_on": "notice_ends_on", "provisional": "provisional", "signed_on": "signed_on", "begins_on": "begins_on",
            "due_on": "until", "ended_on": "ended_on", "ending": "ending", "ended_words": "ended_words",
            "reported_on": "reported_on",
        },
        lookups("", "until", *_OF_A_PLAN), ("Placements on public-interest posts", "One placement"),
        ("`due_by`: those whose term ends by that day.", "`due_on` is the last day of its term."), with_it=("agreed_by",),
    ),
    Thing(
        FOLLOW_UP, "follow_up",
        {
            "recognition": "recognition", "offer": "offer", "placement": "placement", "enrolment": "enrolment",
            "venture": "venture", "months": "months", "on": "on", "means": "means", "wage_paid": "wage_paid", "insured": "insured",
            "note": "note", "by": "by_name", "application": "application.number",
        },
        lookups("", "", "recognition"), ("How it went on with people", "One follow-up"),
        ("After they were taken on, on a post, after a course or with a business.", "What was found, and with which case they came back."),
        with_it=("application",),
    ),
)  # fmt: skip
#: The schema and serializer of each kind, by workflow.
SHOWN = routes(router, THINGS)
_BY_NAME = {thing.called: thing for thing in THINGS}


@router.get("/plans/{int:pk}/matches", response=list[MatchShape], summary="The ten vacancies that suit best")
def list_matches(request: HttpRequest, pk: int) -> list[MatchShape]:
    """By conditions in three values, never by sex, age or ethnicity; the best first."""
    found = _BY_NAME["plan"].one(user_of(request), pk)
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
