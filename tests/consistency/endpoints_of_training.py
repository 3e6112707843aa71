"""The API's endpoints of training and starting up, and of the support that is claimed, in the table of every endpoint by role, and how they are called."""

from collections.abc import Callable
from datetime import date
from typing import Any

from jiuyuan import clock
from jiuyuan.agencies.models import User
from jiuyuan.applications.models import Application
from jiuyuan.assistance.models import Enrolment, Plan, Venture
from jiuyuan.recognitions.models import Recognition
from tests.api.program import Program
from tests.assistance.courses import (
    BUSINESS,
    FAILED,
    TO_THE_LICENCE,
    a_course,
    a_venture,
    came,
    course_said,
    enrolled,
    in_class,
    start_up,
)
from tests.assistance.plans import a_plan
from tests.consistency import endpoints_of_claims
from tests.factories import staff

Call = Callable[[Program, Application], Any]
_LIST = "200 200 200 200 403 200 200 401 | 200 200 200 - 403 200 200 401"
_SEEN = "200 200 200 200 404 200 404 401 | 404 404 404 - 404 404 404 401"
_CLERK = "200 403 403 403 404 403 404 401 | 404 404 404 - 404 404 404 401"
_CLERK_OF_A_COURSE = "200 403 403 403 404 404 404 401 | 404 404 404 - 404 404 404 401"
_OF_COURSES = ("change", "open", "start", "call_off_day", "finish", "cancel")
_OF_ENROLMENTS = ("attend", "finish", "drop", "note_charge", "refund")
_OF_VENTURES = ("advise", "train", "refer_loan", "explain", "end", "register", "confirm_alive")

LISTED = endpoints_of_claims.LISTED | {
    "GET /courses": "200 200 200 200 403 403 403 401 | 200 200 200 - 403 403 403 401",
    "POST /courses": "201 403 403 403 403 403 403 401 | 201 403 403 - 403 403 403 401",
    "GET /courses/{pk}": "200 200 200 200 404 404 404 401 | 404 404 404 - 404 404 404 401",
    "POST /courses/{pk}/enrolments": _CLERK_OF_A_COURSE.replace("200", "201", 1),
    "GET /enrolments": _LIST,
    "GET /enrolments/{pk}": _SEEN,
    "POST /plans/{pk}/ventures": _CLERK.replace("200", "201", 1),
    "GET /ventures": _LIST,
    "GET /ventures/{pk}": _SEEN,
    **{f"POST /courses/{{pk}}/{act}": _CLERK_OF_A_COURSE for act in _OF_COURSES},
    **{f"POST /enrolments/{{pk}}/{act}": _CLERK for act in _OF_ENROLMENTS},
    **{f"POST /ventures/{{pk}}/{act}": _CLERK for act in _OF_VENTURES},
}


def _in_class(clerk: User, stay: Recognition, *acts: Any) -> None:
    in_class(clerk, ("note_charge", {"sum": 200, "what_for": "教材费"}), *acts, plan=a_plan(clerk, stay))


def _starts_up(clerk: User, stay: Recognition, *acts: Any) -> None:
    a_venture(clerk, *acts, plan=a_plan(clerk, stay, measures=start_up()))
    Venture.objects.unscoped().filter(recognition=stay, registered_on__isnull=False).update(
        registered_on=date(2025, 6, 1)
    )


#: How somebody on the register comes to stand so, by the clerk who helps them.
STATES: dict[str, Callable[[Any, Recognition], object]] = endpoints_of_claims.STATES | {
    "planned": lambda world, stay: a_plan(world.clerk, stay),
    "seated": lambda world, stay: enrolled(world.clerk, a_course(world.clerk), a_plan(world.clerk, stay)),
    "in class": lambda world, stay: _in_class(world.clerk, stay, came()),
    "over": lambda world, stay: _in_class(world.clerk, stay, came(), FAILED),
    "venture": lambda world, stay: _starts_up(world.clerk, stay, ("explain", {})),
    "licence": lambda world, stay: _starts_up(world.clerk, stay, *TO_THE_LICENCE),
}


def _theirs(model: Any, things: str, action: str = "", **said: Any) -> Call:
    """A call about what hangs on the case's recognition; an action with the version as it stands."""

    def call(program: Program, case: Application) -> Any:
        row = model.objects.unscoped().get(recognition=case.recognition_id)
        path = f"/{things}/{row.pk}"
        if not action:
            return program.get(path)
        today = {"on": clock.today().isoformat()} if said.get("on") == "today" else {}
        return program.post(f"{path}/{action}", {"version": row.version, **said, **today})

    return call


def _course(status: str, action: str = "", **said: Any) -> Call:
    """A call about a course of the clerk's platform: an open one, one that is planned, or that in which the case's person is."""

    def call(program: Program, case: Application) -> Any:
        stay = case.recognition_id
        if status == "theirs":
            course = Enrolment.objects.unscoped().get(recognition=stay).course
        else:
            course = a_course(staff("clerk"), status)
        if not action:
            return program.get(f"/courses/{course.pk}")
        more = {"plan": Plan.objects.unscoped().get(recognition=stay).pk} if action == "enrolments" else said
        more = {**more, **_as_json()} if action == "change" else more
        today = {"on": clock.today().isoformat()} if action == "call_off_day" else {}
        return program.post(f"/courses/{course.pk}/{action}", {"version": course.version, **more, **today})

    return call


def _as_json() -> dict[str, Any]:
    """A course as a program says it."""
    return {name: str(value) if isinstance(value, date) else value for name, value in course_said().items()}


CALLS: dict[str, tuple[str, Call]] = endpoints_of_claims.CALLS | {
    "GET /courses": ("", lambda p, c: p.get("/courses", status="open", due_by="2030-01-01")),
    "POST /courses": ("", lambda p, c: p.post("/courses", _as_json())),
    "GET /courses/{pk}": ("planned", _course("open")),
    "POST /courses/{pk}/open": ("planned", _course("planned", "open")),
    "POST /courses/{pk}/change": ("planned", _course("open", "change")),
    "POST /courses/{pk}/call_off_day": ("planned", _course("open", "call_off_day", reason="雪。")),
    "POST /courses/{pk}/cancel": ("planned", _course("open", "cancel", reason="人太少。")),
    "POST /courses/{pk}/enrolments": ("planned", _course("open", "enrolments")),
    "POST /courses/{pk}/start": ("seated", _course("theirs", "start")),
    "POST /courses/{pk}/finish": ("over", _course("theirs", "finish")),
    "GET /enrolments": ("in class", lambda p, c: p.get("/enrolments", status="enrolled", due_by="2030-01-01")),
    "GET /enrolments/{pk}": ("in class", _theirs(Enrolment, "enrolments")),
    "POST /enrolments/{pk}/attend": ("in class", _theirs(Enrolment, "enrolments", "attend", on="today", hours=6)),
    "POST /enrolments/{pk}/finish": (
        "in class", _theirs(Enrolment, "enrolments", "finish", passed=True, certificate_no="2201-1"),
    ),
    "POST /enrolments/{pk}/drop": ("in class", _theirs(Enrolment, "enrolments", "drop", reason="找到工作了。")),
    "POST /enrolments/{pk}/note_charge": (
        "in class", _theirs(Enrolment, "enrolments", "note_charge", sum=20, what_for="书"),
    ),
    "POST /enrolments/{pk}/refund": ("in class", _theirs(Enrolment, "enrolments", "refund", proof="收条。")),
    "POST /plans/{pk}/ventures": ("planned", _theirs(Plan, "plans", "ventures", idea="开早餐店。")),
    "GET /ventures": ("venture", lambda p, c: p.get("/ventures", status="idea")),
    "GET /ventures/{pk}": ("venture", _theirs(Venture, "ventures")),
    "POST /ventures/{pk}/advise": ("venture", _theirs(Venture, "ventures", "advise", on="today", services=["policy"])),
    "POST /ventures/{pk}/train": ("venture", _theirs(Venture, "ventures", "train", on="today", what="创业培训班。")),
    "POST /ventures/{pk}/refer_loan": (
        "venture", _theirs(Venture, "ventures", "refer_loan", bank="农商银行", sum=50000),
    ),
    "POST /ventures/{pk}/explain": ("venture", _theirs(Venture, "ventures", "explain")),
    "POST /ventures/{pk}/end": ("venture", _theirs(Venture, "ventures", "end", reason="改变主意。")),
    "POST /ventures/{pk}/register": (
        "venture", _theirs(Venture, "ventures", "register", business=BUSINESS, on="today"),
    ),
    "POST /ventures/{pk}/confirm_alive": ("licence", _theirs(Venture, "ventures", "confirm_alive", how="到店看过。")),
}  # fmt: skip
