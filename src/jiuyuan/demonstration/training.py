"""Training in a demonstration: a course in each state with participants, and a person opening a shop."""

from datetime import date, timedelta
from typing import Any

from jiuyuan.assistance.course_workflow import COURSE
from jiuyuan.assistance.enrolment_workflow import ENROLMENT
from jiuyuan.assistance.interview_workflow import INTERVIEW
from jiuyuan.assistance.models import Course, Enrolment, Plan
from jiuyuan.assistance.plan_workflow import PLAN
from jiuyuan.assistance.venture_workflow import VENTURE
from jiuyuan.demonstration.days import Days
from jiuyuan.demonstration.help_given import on_the_register
from jiuyuan.demonstration.stories import OfficeStaff, Story
from jiuyuan.procedures import engine

_SCHOOL, _HALL = "长春市康颐职业培训学校", "长春市南关区大经路20号"
_TALK = {
    "ability": ["skills"],
    "means": "counter",
    "services_wanted": ["training"],
    "wishes": {"occupations": ["养老护理员"]},
}
_TALK_OF_A_SHOP = {"ability": ["start_up"], "means": "visit", "services_wanted": ["start_up"], "wishes": {}}
_SHOP = {"name": "老街坊早餐店", "credit_code": "92220102MA84F2Q71C"}
#: working days from the start to the end of the nursing course
_LONG = 9


def a_class_that_is_over(office: OfficeStaff, days: Days) -> Story:
    """One passed, one failed and was charged for books, one left."""
    clerk = office.clerk
    yield days.at(40)
    course = _course(office, days.ago(35), days.ago(35 - _LONG), hours=60)
    engine.act(clerk, COURSE, course.pk, "open", {})
    yield days.at(37)
    taking_part = _enrolled(office, days, course, 3, days.ago(37), "养老护理员初级班")
    if not taking_part:  # a demonstration with few people
        return
    yield days.at(35)
    engine.act(clerk, COURSE, course.pk, "start", {})
    yield days.at(31)
    _came(office, taking_part, days.ago(31))
    for one in taking_part[2:]:
        engine.act(clerk, ENROLMENT, one.pk, "drop", {"reason": "母亲住院，要照顾。"})
    yield days.at(35 - _LONG)
    _came(office, taking_part[:2], days.ago(35 - _LONG))
    results: tuple[dict[str, Any], ...] = ({"passed": True, "certificate_no": "2201-2026-003117"}, {"passed": False})
    for one, said in zip(taking_part, results, strict=False):
        engine.act(clerk, ENROLMENT, one.pk, "finish", said)
    engine.act(clerk, COURSE, course.pk, "finish", {})
    yield days.at(5)
    for one in taking_part[1:2]:
        engine.act(clerk, ENROLMENT, one.pk, "note_charge", {"sum": 80, "what_for": "教材费"})


def classes(office: OfficeStaff, days: Days) -> Story:
    """A running course, an open one, a planned one, and a cancelled one."""
    clerk = office.clerk
    yield days.at(24)
    given_up = _course(office, days.ago(10), days.ago(5), level="special", occupation="保洁员", hours=30)
    engine.act(clerk, COURSE, given_up.pk, "open", {})
    yield days.at(16)
    engine.act(clerk, COURSE, given_up.pk, "cancel", {"reason": "只有一个人来问，下个月再开。"})
    runs = _course(office, days.ago(8), days.ago(0) + timedelta(days=20), occupation="中式面点师", hours=100)
    engine.act(clerk, COURSE, runs.pk, "open", {})
    yield days.at(10)
    taking_part = _enrolled(office, days, runs, 2, days.ago(10), "中式面点师初级班")
    yield days.at(8)
    if taking_part:
        engine.act(clerk, COURSE, runs.pk, "start", {})
    yield days.at(5)
    _came(office, taking_part, days.ago(5))
    first, last = days.ago(0) + timedelta(days=12), days.ago(0) + timedelta(days=40)
    is_open = _course(office, first, last, level="middle", hours=110)
    engine.act(clerk, COURSE, is_open.pk, "open", {})
    yield days.at(2)
    first, last = days.ago(0) + timedelta(days=30), days.ago(0) + timedelta(days=37)
    _course(office, first, last, level="start_up", hours=30, occupation=None)


def opens_a_shop(office: OfficeStaff, days: Days) -> Story:
    """A person who wants a breakfast shop is advised, told what a licence means, and gets one."""
    clerk = office.clerk
    yield days.at(39)
    for plan in _plans(office, days, 1, days.ago(39), _TALK_OF_A_SHOP, "start_up", "开早餐店"):
        venture = engine.act(clerk, VENTURE, plan.pk, "begin", {"idea": "在小区门口开早餐店。"})
        said = {"on": days.ago(39), "services": ["policy", "project", "risk"]}
        engine.act(clerk, VENTURE, venture.pk, "advise", said)
        yield days.at(33)
        what = "创业培训班（10天），证书2201-2026-S0042。"
        engine.act(clerk, VENTURE, venture.pk, "train", {"on": days.ago(33), "what": what})
        yield days.at(30)
        engine.act(clerk, VENTURE, venture.pk, "refer_loan", {"bank": "长春农村商业银行", "sum": 100_000})
        engine.act(clerk, VENTURE, venture.pk, "explain", {})
        yield days.at(6)
        engine.act(clerk, VENTURE, venture.pk, "register", {"business": _SHOP, "on": days.ago(7)})


def _enrolled(office: OfficeStaff, days: Days, course: Course, most: int, on: date, what: str) -> list[Enrolment]:
    plans = _plans(office, days, most, on, _TALK, "training", what)
    return [engine.act(office.clerk, ENROLMENT, course.pk, "enrol", {"plan": plan.pk}) for plan in plans]


def _course(office: OfficeStaff, begins: date, ends: date, **changes: Any) -> Course:
    said = {
        "provider": _SCHOOL, "level": "beginner", "occupation": "养老护理员", "from": begins, "to": ends, "place": _HALL,
        "seats": 20, **changes,
    }  # fmt: skip
    made: Course = engine.act(office.clerk, COURSE, None, "create", said)
    return made


def _plans(
    office: OfficeStaff, days: Days, most: int, on: date, talk: dict[str, Any], kind: str, what: str
) -> list[Plan]:
    """Plans for people of the street without one, at most as many as there are."""
    clerk = office.clerk
    busy = set(Plan.objects.unscoped().values_list("recognition", flat=True))
    free = [stay for stay in on_the_register(office, before=days.ago(43)) if stay.pk not in busy]
    made = []
    for stay in free[:most]:
        engine.act(clerk, INTERVIEW, stay.pk, "interview", {**talk, "on": on})
        measures = [{"kind": kind, "what": what, "due_on": days.ago(0) + timedelta(days=45)}]
        content = {"helper": clerk.username, "goal": "学会一门手艺，靠它过日子。", "measures": measures}
        plan = engine.act(clerk, PLAN, stay.pk, "plan", content)
        made.append(engine.act(clerk, PLAN, plan.pk, "agree", {"how": "signed"}))
    return made


def _came(office: OfficeStaff, rows: list[Enrolment], until: date) -> None:
    """Record the missing days of attendance; the second person misses every fourth."""
    for place, row in enumerate(rows):
        there = set(row.attendance.values_list("on", flat=True))
        for number, day in enumerate(row.course.days()):
            if day <= until and day not in there:
                hours = 0 if place == 1 and number % 4 == 3 else row.course.hours_a_day
                engine.act(office.clerk, ENROLMENT, row.pk, "attend", {"on": day, "hours": hours})
