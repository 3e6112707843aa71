"""Courses, who takes part, and people who start a business."""

from datetime import timedelta
from typing import Any

from jiuyuan import clock
from jiuyuan.agencies.models import User
from jiuyuan.assistance.enrolment_workflow import ENROLMENT
from jiuyuan.assistance.models import Course, Enrolment, Venture
from jiuyuan.procedures.subjects import moving
from jiuyuan.rules.calendar import add_months
from tests.assistance.courses import (
    BUSINESS,
    PASSED,
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
from tests.factories import does
from tests.procedures.specimens.specimen import Broken, Specimen, Standing, clerk, reviewer, verified
from tests.recognitions.register import on_the_register, struck_off


def _set(row: Any, **columns: Any) -> None:
    type(row).objects.unscoped().filter(pk=row.pk).update(**columns)


def _open() -> Course:
    return a_course(clerk())


def _with_somebody() -> Course:
    return _again(enrolled(clerk(), a_course(clerk())).course)


def _first_clerk(course: Course) -> User:
    return User.objects.filter(agency=course.agency, role="clerk").earliest("pk")


def _takes_part_as_well(course: Course) -> None:
    stay = course.enrolments.get().recognition
    _set(stay.person, id_index=_first_clerk(course).id_index)


def _again(course: Course) -> Course:
    found: Course = Course.objects.unscoped().get(pk=course.pk)
    return found


def _all_over() -> Course:
    return _again(in_class(clerk(), came(), PASSED).course)


def _charged() -> Enrolment:
    return in_class(clerk(), ("note_charge", {"sum": 200, "what_for": "教材费"}))


def _takes_a_seat(course: Course) -> Course:
    enrolled(clerk(), course)
    return _again(course)


def _gives_it_back(course: Course) -> Course:
    does(ENROLMENT, "drop")(clerk(), course.enrolments.get().pk, reason="找到工作了。")
    return _again(course)


def _registered() -> Venture:
    venture = a_venture(clerk(), *TO_THE_LICENCE)
    _opened(venture, add_months(clock.today(), -6))
    return venture


def _opened(venture: Venture, on: Any) -> None:
    _set(venture, registered_on=on)
    venture.registered_on = on


def _plan_for_a_venture() -> Any:
    return a_plan(clerk(), on_the_register(), measures=start_up())


def _ready_to_register() -> Venture:
    return a_venture(clerk(), ("explain", {}))


def _stands(row: Any, status: str) -> None:
    """Past the engine, which leads nobody there."""
    with moving(type(row)):
        _set(row, status=status)


SPECIMENS = {
    ("course", "create"): Specimen(lambda: None, lambda _: course_said()),
    ("course", "change"): Specimen(_open, lambda _: course_said(seats=20)),
    ("course", "open"): Specimen(lambda: a_course(clerk(), "planned")),
    ("course", "start"): Specimen(_with_somebody),
    ("course", "call_off_day"): Specimen(_open, lambda _: {"on": clock.today(), "reason": "暴雪。"}),
    ("course", "finish"): Specimen(_all_over),
    ("course", "cancel"): Specimen(_with_somebody, {"reason": "报名的人太少。"}, by=_first_clerk, told=True),
    ("course", "take_seat"): Specimen(_open, brings=_takes_a_seat, told=True),
    ("course", "free_seat"): Specimen(_with_somebody, brings=_gives_it_back, told=True),
    ("enrolment", "enrol"): Specimen(_open, lambda _: {"plan": a_plan(clerk(), on_the_register()).pk}),
    ("enrolment", "attend"): Specimen(lambda: in_class(clerk()), lambda _: came()[1]),
    ("enrolment", "finish"): Specimen(lambda: in_class(clerk(), came()), PASSED[1]),
    ("enrolment", "drop"): Specimen(lambda: in_class(clerk()), {"reason": "找到工作了。"}),
    ("enrolment", "note_charge"): Specimen(lambda: in_class(clerk()), {"sum": 200, "what_for": "教材费"}),
    ("enrolment", "refund"): Specimen(_charged, {"proof": "本人签字的收条。"}),
    ("venture", "begin"): Specimen(_plan_for_a_venture, {"idea": "开早餐店。"}),
    ("venture", "advise"): Specimen(
        lambda: a_venture(clerk()), lambda _: {"on": clock.today(), "services": ["policy"]}
    ),
    ("venture", "train"): Specimen(
        lambda: a_venture(clerk()), lambda _: {"on": clock.today(), "what": "创业培训班，证书2号。"}
    ),
    ("venture", "refer_loan"): Specimen(lambda: a_venture(clerk()), {"bank": "农商银行", "sum": 50000}),
    ("venture", "explain"): Specimen(lambda: a_venture(clerk())),
    ("venture", "register"): Specimen(_ready_to_register, lambda _: {"business": BUSINESS, "on": clock.today()}),
    ("venture", "confirm_alive"): Specimen(_registered, {"how": "到店看过，正在营业。"}),
    ("venture", "verify_work"): Specimen(_registered, verified),
    ("venture", "end"): Specimen(lambda: a_venture(clerk()), {"reason": "改变主意。"}),
}
_LATER = timedelta(days=30)
BROKEN: dict[tuple[str, str], Broken] = {
    ("course", "has_not_begun"): lambda course: _set(course, begins_on=clock.today() - timedelta(days=1)),
    ("course", "day_has_come"): lambda course: _set(
        course, begins_on=clock.today() + _LATER, ends_on=clock.today() + _LATER
    ),
    ("course", "somebody_takes_part"): lambda course: _set(course, taken=0),
    ("course", "nobody_of_mine"): _takes_part_as_well,
    ("course", "has_run"): lambda course: _set(course, ends_on=clock.today() + _LATER),
    ("course", "everybody_has_a_result"): lambda course: _stands(course.enrolments.get(), "enrolled"),
    ("enrolment", "has_a_seat"): lambda course: _set(course, taken=course.seats),
    ("enrolment", "course_runs"): lambda row: _stands(row.course, "open"),
    ("enrolment", "class_has_run"): lambda row: _set(row.course, ends_on=clock.today() + _LATER),
    ("enrolment", "was_charged"): lambda row: _set(row, charged=None),
    ("venture", "still_on_the_register"): lambda plan: struck_off(plan.recognition, "imprisoned", reviewer()),
    ("venture", "was_told"): lambda venture: _set(venture, told_on=None),
    ("venture", "long_enough"): lambda venture: _opened(venture, clock.today()),
}
STANDING: dict[tuple[str, str], Standing] = {}
