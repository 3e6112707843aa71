"""Courses, who takes part in them, and ventures, made as clerks make them."""

from datetime import timedelta
from typing import Any

from jiuyuan import clock
from jiuyuan.agencies.models import User
from jiuyuan.assistance.course_workflow import COURSE
from jiuyuan.assistance.enrolment_workflow import ENROLMENT
from jiuyuan.assistance.models import Course, Enrolment, Plan, Venture
from jiuyuan.assistance.venture_workflow import VENTURE
from jiuyuan.procedures import engine
from tests.assistance.plans import a_plan
from tests.assistance.vacancies import CREDIT_CODE
from tests.recognitions.register import on_the_register

BUSINESS = {"name": "长春市南关区张姐早餐店", "credit_code": CREDIT_CODE}
#: From the idea to the licence.
TO_THE_LICENCE: tuple[tuple[str, dict[str, Any]], ...] = (
    ("advise", {"on": "2026-03-02", "services": ["policy", "guidance"]}),
    ("explain", {}),
    ("register", {"business": BUSINESS, "on": None}),
)


def course_said(days: int = 1, **changes: Any) -> dict[str, Any]:
    """What a clerk writes of a course that begins today and meets every day."""
    today = clock.today()
    return {
        "provider": "长春市康颐职业培训学校",
        "level": "beginner",
        "occupation": "养老护理员",
        "hours": 6 * days,
        "from": today,
        "to": today + timedelta(days=days - 1),
        "weekdays": ["1", "2", "3", "4", "5", "6", "7"],
        "place": "长春市南关区大经路20号",
        "seats": 3,
        **changes,
    }


def a_course(clerk: User, status: str = "open", **changes: Any) -> Course:
    course: Course = engine.act(clerk, COURSE, None, "create", course_said(**changes))
    return course if status == "planned" else engine.act(clerk, COURSE, course.pk, "open", {})


def enrolled(clerk: User, course: Course, plan: Plan | None = None) -> Enrolment:
    plan = plan or a_plan(clerk, on_the_register())
    made: Enrolment = engine.act(clerk, ENROLMENT, course.pk, "enrol", {"plan": plan.pk})
    return made


def in_class(clerk: User, *acts: tuple[str, dict[str, Any]], plan: Plan | None = None, **changes: Any) -> Enrolment:
    """Somebody in a course that runs, after these acts of theirs."""
    plan = plan or a_plan(clerk, on_the_register())
    row = enrolled(clerk, a_course(clerk, **changes), plan)
    engine.act(clerk, COURSE, row.course_id, "start", {})
    for action, said in acts:
        engine.act(clerk, ENROLMENT, row.pk, action, {**said, "on": clock.today()} if "on" in said else said)
    found: Enrolment = Enrolment.objects.unscoped().select_related("course").get(pk=row.pk)
    return found


def came(hours: int = 6) -> tuple[str, dict[str, Any]]:
    """On the day on which it is done."""
    return "attend", {"on": clock.today(), "hours": hours}


PASSED = ("finish", {"passed": True, "certificate_no": "2201-2026-000001"})
FAILED = ("finish", {"passed": False})


def a_venture(clerk: User, *acts: tuple[str, dict[str, Any]], plan: Plan | None = None) -> Venture:
    plan = plan or a_plan(clerk, on_the_register(), measures=start_up())
    venture: Venture = engine.act(clerk, VENTURE, plan.pk, "begin", {"idea": "在小区门口开早餐店。"})
    for action, said in acts:
        said = {**said, "on": clock.today()} if "on" in said else said
        venture = engine.act(clerk, VENTURE, venture.pk, action, said)
    return venture


def start_up() -> list[dict[str, Any]]:
    soon = clock.today() + timedelta(days=60)
    return [
        {"kind": "start_up", "what": "开早餐店", "due_on": soon},
        {"kind": "training", "what": "养老护理员初级班", "due_on": soon},
    ]
