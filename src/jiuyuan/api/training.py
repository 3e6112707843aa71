"""Training and starting up (四(二)): courses, who takes part in them, and ventures."""

from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

from django.http import HttpRequest
from ninja import Router, Schema

from jiuyuan.agencies.models import User
from jiuyuan.agencies.roles import Right
from jiuyuan.api import paging, things
from jiuyuan.api.helping import listed, one
from jiuyuan.api.inputs import AskedDay, AskedKey, one_of
from jiuyuan.api.things import ThingInList, ThingShape
from jiuyuan.api.tokens import Bearer, user_of
from jiuyuan.assistance import queries
from jiuyuan.assistance.course_workflow import COURSE
from jiuyuan.assistance.enrolment_workflow import ENROLMENT
from jiuyuan.assistance.models import Course, Enrolment, Venture
from jiuyuan.assistance.venture_workflow import VENTURE
from jiuyuan.refusals import NotForRole, NotFound
from jiuyuan.wording import for_record, say

router = Router(auth=Bearer(), tags=["people"])

_COURSE = {
    "agency": "agency.code", "provider": "provider", "occupation": "occupation", "level": "level", "hours": "hours",
    "hours_a_day": "hours_a_day", "from": "begins_on", "to": "ends_on", "weekdays": "weekdays", "off": "off", "place": "place",
    "seats": "seats", "taken": "taken", "due_on": "ends_on", "reason": "reason", "ended_on": "ended_on",
}  # fmt: skip
_ENROLMENT = {
    "recognition": "recognition", "plan": "plan", "course": "course", "enrolled_on": "enrolled_on", "ended_on": "ended_on",
    "due_on": "course.ends_on", "passed": "passed", "certificate_no": "certificate_no", "dropped_because": "dropped_because",
    "charged": "charged", "charged_for": "charged_for", "refunded_on": "refunded_on",
}  # fmt: skip
_VENTURE = {
    "recognition": "recognition", "plan": "plan", "idea": "idea", "begun_on": "begun_on", "advice": "advice",
    "trained_on": "trained_on", "trained_in": "trained_in", "loan": "loan", "loan_on": "loan_on", "bank": "bank",
    "told_on": "told_on", "business_name": "business_name", "business_code": "business_code", "registered_on": "registered_on",
    "alive_on": "alive_on", "ended_on": "ended_on", "reason": "reason",
}  # fmt: skip
if TYPE_CHECKING:
    CourseShape = ThingShape
    CourseInList = ThingInList
    EnrolmentColumns = ThingShape
    EnrolmentInList = ThingInList
    VentureColumns = ThingShape
    VentureInList = ThingInList
else:
    CourseShape = things.shape_of("CourseShape", Course, _COURSE)
    CourseInList = things.shape_of("CourseInList", Course, _COURSE, ThingInList)
    EnrolmentColumns = things.shape_of("EnrolmentColumns", Enrolment, _ENROLMENT)
    EnrolmentInList = things.shape_of("EnrolmentInList", Enrolment, _ENROLMENT, ThingInList)
    VentureColumns = things.shape_of("VentureColumns", Venture, _VENTURE)
    VentureInList = things.shape_of("VentureInList", Venture, _VENTURE, ThingInList)
CourseStatus = Annotated[str, one_of(["", *COURSE.states])]
EnrolmentStatus = Annotated[str, one_of(["", *ENROLMENT.states])]
VentureStatus = Annotated[str, one_of(["", *VENTURE.states])]


class EnrolmentShape(EnrolmentColumns):
    """`hours_come`: computed from the days."""

    hours_come: int


class VentureShape(VentureColumns):
    """`due_on`: when it is to be found alive next."""

    due_on: date | None


class CoursesPage(Schema):
    items: list[CourseInList]
    next: str | None


class EnrolmentsPage(Schema):
    items: list[EnrolmentInList]
    next: str | None


class VenturesPage(Schema):
    items: list[VentureInList]
    next: str | None


@router.get("/courses", response=CoursesPage, summary="Courses")
def list_courses(
    request: HttpRequest, status: CourseStatus = "", due_by: AskedDay | None = None, cursor: str = ""
) -> dict[str, Any]:
    """Of your area, and those open to all the offices of its county. `due_by`: those that end by that day."""
    rows = _courses(user_of(request))
    wanted = {"status": status, "ends_on__lte": due_by}
    rows = rows.filter(**{name: value for name, value in wanted.items() if value})
    return paging.page(rows, "id", cursor, lambda row: CourseInList(**things.in_list(row, _COURSE)))


@router.get("/courses/{int:pk}", response=CourseShape, summary="One course")
def see_course(request: HttpRequest, pk: int) -> CourseShape:
    """Its days, and how many seats are taken."""
    user = user_of(request)
    found = queries.courses(user).filter(pk=pk).first()
    if found is None:
        raise NotFound(say("没有这个培训班。"))
    return course(user, found)


@router.get("/enrolments", response=EnrolmentsPage, summary="Who takes part in courses")
def list_enrolments(
    request: HttpRequest,
    status: EnrolmentStatus = "",
    recognition: AskedKey | None = None,
    plan: AskedKey | None = None,
    course: AskedKey | None = None,
    due_by: AskedDay | None = None,
    cursor: str = "",
) -> dict[str, Any]:
    """`due_by`: those whose course ends by that day."""
    wanted = {
        "status": status, "recognition": recognition, "plan": plan, "course": course, "course__ends_on__lte": due_by,
    }  # fmt: skip
    rows = listed(user_of(request), Enrolment, wanted, for_record("培训报名名单（接口）")).select_related("course")
    return paging.page(rows, "id", cursor, lambda row: EnrolmentInList(**things.in_list(row, _ENROLMENT)))


@router.get("/enrolments/{int:pk}", response=EnrolmentShape, summary="One seat in a course")
def see_enrolment(request: HttpRequest, pk: int) -> EnrolmentShape:
    """How many lessons the person came to, and with what result."""
    user = user_of(request)
    return enrolment(user, one(user, Enrolment, pk, say("没有这次培训报名。")))


@router.get("/ventures", response=VenturesPage, summary="Ventures")
def list_ventures(
    request: HttpRequest,
    status: VentureStatus = "",
    recognition: AskedKey | None = None,
    plan: AskedKey | None = None,
    cursor: str = "",
) -> dict[str, Any]:
    """Who starts a business of their own."""
    wanted = {"status": status, "recognition": recognition, "plan": plan}
    rows = listed(user_of(request), Venture, wanted, for_record("创业名单（接口）"))
    return paging.page(rows, "id", cursor, lambda row: VentureInList(**things.in_list(row, _VENTURE)))


@router.get("/ventures/{int:pk}", response=VentureShape, summary="One venture")
def see_venture(request: HttpRequest, pk: int) -> VentureShape:
    """From the idea to a year of trading."""
    user = user_of(request)
    return venture(user, one(user, Venture, pk, say("没有这次创业。")))


def course(user: User, row: Course) -> CourseShape:
    return CourseShape(**things.shown(user, COURSE, row, _COURSE))


def enrolment(user: User, row: Enrolment) -> EnrolmentShape:
    return EnrolmentShape(**things.shown(user, ENROLMENT, row, _ENROLMENT), hours_come=row.hours_come)


def venture(user: User, row: Venture) -> VentureShape:
    return VentureShape(**things.shown(user, VENTURE, row, _VENTURE), due_on=VENTURE.hold(row, user).looked_at_on)  # type: ignore[attr-defined]


def _courses(user: User) -> Any:
    if not user.may(Right.SEE_VACANCIES):
        raise NotForRole(say("您的角色不能查看培训班。"))
    return queries.courses(user)
