"""Talks with people, their plans, and the lines of a plan."""

from typing import Any

from jiuyuan import clock
from jiuyuan.agencies.models import User
from jiuyuan.assistance import nightly
from jiuyuan.assistance.interview_workflow import INTERVIEW
from jiuyuan.assistance.models import Interview, Measure, Plan
from jiuyuan.procedures import engine
from jiuyuan.recognitions.models import Recognition
from tests.assistance.plans import a_plan, content, held
from tests.factories import OTHER_PLATFORM, a_case, an_account, an_applicant, staff
from tests.procedures.specimens.specimen import Broken, Specimen, Standing, clerk, reviewer
from tests.recognitions.register import on_the_register, struck_off


def _with_an_account() -> Recognition:
    found: Recognition = a_case("recognised", an_applicant(), by=an_account()).recognition
    return found


def _owner(row: Any) -> User:
    stay = row if isinstance(row, Recognition) else row.recognition
    found: User = stay.person.account
    return found


def _wishes() -> Interview:
    stay = _with_an_account()
    found: Interview = engine.act(_owner(stay), INTERVIEW, stay.pk, "write_wishes", {})
    return found


_TALK = {"on": clock.today(), "means": "phone", "ability": ["market"]}


def _talk(_row: Any) -> dict[str, Any]:
    return {**_TALK, "on": clock.today()}


def _draft() -> Plan:
    return a_plan(clerk(), on_the_register(), "draft")


def _active() -> Plan:
    return a_plan(clerk(), on_the_register())


def _measure() -> Measure:
    found: Measure = _active().measures.get(kind="guidance")
    return found


def _content(_row: Any) -> dict[str, Any]:
    return content(clerk())


def _left(plan: Plan) -> Plan:
    struck_off(plan.recognition, "imprisoned", reviewer())
    nightly.end_plans(clock.today())
    return Plan.objects.unscoped().get(pk=plan.pk)


def _set(row: Any, **columns: Any) -> None:
    type(row).objects.unscoped().filter(pk=row.pk).update(**columns)


SPECIMENS = {
    ("interview", "write_wishes"): Specimen(_with_an_account, {"services_wanted": ["training"]}, by=_owner),
    ("interview", "change_wishes"): Specimen(_wishes, {"services_wanted": ["training"]}, by=_owner),
    ("interview", "interview"): Specimen(on_the_register, _talk),
    ("interview", "complete"): Specimen(_wishes, _talk),
    ("plan", "plan"): Specimen(on_the_register, _content),
    ("plan", "agree"): Specimen(_draft, {"how": "signed"}),
    ("plan", "start_unsigned"): Specimen(_draft, {"reason": "三次联系不上。"}),
    ("plan", "review"): Specimen(_active, lambda _: {"result": "已介绍岗位。", "next_on": "2030-01-01"}),
    ("plan", "replace"): Specimen(_active, _content, told=True),
    ("plan", "hand_over"): Specimen(_active, lambda _: {"helper": clerk().username}),
    ("plan", "end"): Specimen(_active, {"result": "已稳定就业6个月。"}),
    ("measure", "set"): Specimen(
        on_the_register, brings=lambda stay: a_plan(clerk(), stay).measures.all()[0], told=True
    ),
    ("measure", "start"): Specimen(_measure),
    ("measure", "finish"): Specimen(_measure, {"result": "改好了简历。"}),
    ("measure", "drop"): Specimen(_measure, {"reason": "本人不想学了。"}),
}
BROKEN: dict[tuple[str, str], Broken] = {
    ("plan", "was_interviewed"): lambda plan: Interview.objects.unscoped().all().delete(),
    ("plan", "helper_is_of_the_area"): lambda plan: _set(plan, helper=staff("clerk", at=OTHER_PLATFORM)),
    ("plan", "each_ability_is_answered"): lambda plan: held(clerk(), plan.recognition, ability=["hard_to_place"]),
    ("measure", "plan_goes_on"): lambda measure: _left(measure.plan),
    ("measure", "ends_in_words"): lambda measure: _set(measure, kind="training"),
}
STANDING: dict[tuple[str, str], Standing] = {}
