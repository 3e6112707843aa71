"""The workflow of an enrolment: a seat in a course, attendance by day, a result or dropping out (四(二)).

Lock order: course, recognition, plan, enrolment. Courses are free: a payment by the person is noted and remains
an error until it is refunded.
"""

from collections.abc import Sequence
from typing import Any

from jiuyuan.agencies.models import User
from jiuyuan.agencies.roles import Role
from jiuyuan.assistance import queries
from jiuyuan.assistance.course_workflow import COURSE
from jiuyuan.assistance.helped import Helped, Said, locked_recognition
from jiuyuan.assistance.measure_workflow import MEASURE
from jiuyuan.assistance.models import Attendance, Course, Enrolment, Kind, Measure, Plan
from jiuyuan.assistance.vacancy_inputs import NUMBER
from jiuyuan.labels import texts
from jiuyuan.people.models import Person
from jiuyuan.procedures import engine, own_matter
from jiuyuan.procedures.context import Context
from jiuyuan.procedures.doors import in_sight, locked
from jiuyuan.procedures.reading import as_key, key, whole_between
from jiuyuan.procedures.registry import Workflow, register
from jiuyuan.procedures.table import Guard, Need, NeedKind, Procedure, State, Transition, Vocabulary
from jiuyuan.recognitions.models import Recognition
from jiuyuan.refusals import BadInput, NotFound
from jiuyuan.regions import registry
from jiuyuan.wording import for_record, say

_CLERK = frozenset({Role.CLERK})
_ENROLLED, _ANY = frozenset({"enrolled"}), frozenset(Enrolment.Status.values)
_MOST_LESSONS = 24

TABLE = Procedure(
    tuple(State(code, label) for code, label in texts(Enrolment.Status)),
    (
        Transition(
            "enrol", "报培训班", frozenset(), ("enrolled",), _CLERK, needs=(Need("plan", "帮扶计划", "plan"),),
            while_in=frozenset({"open"}), guards=("has_a_seat",), record="enrolled", done="报了培训班", result="已报名。",
            lead="培训不收本人的钱。", title="帮您报了培训班", not_now="这个培训班现在不能报名。",
            message="{agency}帮您报了“{course}”：{begins_on:date}至{ends_on:date}在{place}上课，不收您的钱。有人向您收费的，请告诉我们。",
        ),
        Transition(
            "attend", "记到课", _ENROLLED, ("enrolled",), _CLERK,
            needs=(
                Need("on", "哪天", "date"),
                Need("hours", "到课课时", "lessons", hint="没有来的填0。"),
            ),
            blocks=("course_runs",), record="attendance_written", done="记了到课", result="已记录。",
        ),
        Transition(
            "finish", "记结业", _ENROLLED, ("finished",), _CLERK,
            needs=(
                Need("passed", "合格", "yes_no"),
                Need("certificate_no", "证书编号", longest=40, only_if=("passed", True), empty="请填写证书编号；没有证书的，先不记结业。"),
            ),
            guards=("class_has_run",), emphasis="main", record="enrolment_finished", done="培训结业", result="已记录。",
            title="培训结业了",
            told_if=(
                ("passed", True, "您的“{course}”培训合格，证书编号{certificate_no}。帮您的人接着帮您找工作。"),
                ("passed", False, "您的“{course}”培训这次没有合格。下一步怎么办，帮您的人会和您商量。"),
            ),
        ),
        Transition(
            "drop", "不再参加", _ENROLLED, ("dropped",), _CLERK, consequence=True,
            needs=(Need("reason", "原因", longest=400, empty="请写明原因，例如：找到工作了；要照顾家人。"),),
            record="enrolment_dropped", done="不再参加培训", result="已记录，名额让出来了。",
            title="不再参加培训班", message="您不再参加“{course}”：{why}。还想学的，请找{agency}。",
        ),
        Transition(
            "note_charge", "记下向本人收费", _ANY, tuple(Enrolment.Status.values), _CLERK,
            needs=(
                Need("sum", "收了多少元", "number"),
                Need("what_for", "收的什么钱", longest=200, empty="请写明收的什么钱，例如：教材费。"),
            ),
            record="charge_noted", done="记下培训向本人收了钱", result="已记下，督导会看到。",
            lead="给就业困难的人的培训不收本人的钱。收了的要退。",
        ),
        Transition(
            "refund", "已退还本人", _ANY, tuple(Enrolment.Status.values), _CLERK,
            needs=(Need("proof", "退还凭据", longest=200, empty="请写明凭据，例如：本人签字的收条。"),),
            guards=("was_charged",), record="charge_refunded", done="培训收的钱退还了本人", result="已记录。",
        ),
    ),
)  # fmt: skip


class EnrolmentOf(Helped):
    """The context of an enrolment; `course` is locked too.

    For a new one the person is unknown until the plan is read.
    """

    model = Enrolment
    twice = "这个人刚刚报了一个培训班，一次只上一个；证书编号也不能是别人用过的。"

    def __init__(self, course: Course, user: User | None, enrolment: Enrolment | None = None) -> None:
        recognition: Recognition | None = enrolment.recognition if enrolment is not None else None
        super().__init__(recognition, user, enrolment)  # type: ignore[arg-type]
        self.course = course

    @property
    def region(self) -> str:
        return registry.region_of(self.course.area).code if self.recognition is None else super().region

    @property
    def concerned(self) -> Sequence[Person]:  # type: ignore[override]
        return [] if self.recognition is None else super().concerned

    @property
    def around(self) -> str:
        return str(self.course.status)

    @property
    def versioned(self) -> Any:
        return self.subject if self.subject is not None else self.course


def _has_a_seat(context: EnrolmentOf) -> str | None:
    course = context.course
    return (
        None if course.left > 0 else say("“{course}”的{seats}个名额都报满了。", course=course.title, seats=course.seats)
    )


def _course_runs(context: EnrolmentOf) -> str | None:
    course = context.course
    if course.status == Course.Status.RUNNING:
        return None
    return say("培训班现在是“{status}”，上课中才记到课。", status=course.get_status_display())


def _class_has_run(context: EnrolmentOf) -> str | None:
    ends = context.course.ends_on
    return None if ends <= context.today else say("培训班上到{day:date}，上完才记结业。", day=ends)


def _was_charged(context: EnrolmentOf) -> str | None:
    return None if context.subject.charge_stands else say("没有向本人收费的记录，或者已经退还。")


def _plan(context: Context, need: Need, raw: Any) -> Plan:
    """Parse an active plan of somebody this user helps, and lock it. Raises `OwnMatter`."""
    assert context.user is not None
    found = Plan.objects.visible_to(context.user).filter(pk=key(raw)).values_list("recognition", flat=True).first()
    if found is None:
        raise ValueError(say("没有这份计划，请先定帮扶计划。"))
    recognition = locked_recognition(found)
    own_matter.refuse(context.user, recognition.person)
    if recognition.status != Recognition.Status.ACTIVE:
        raise ValueError(say("这个人已经不在册，不能报名。"))
    plan: Plan = Plan.objects.unscoped().select_for_update(of=("self",)).get(pk=key(raw))
    if plan.status != Plan.Status.ACTIVE:
        raise ValueError(
            say("帮扶计划现在是“{status}”，本人同意、开始以后才能报名。", status=plan.get_status_display())
        )
    plan.recognition = recognition
    return plan


def _lessons(_context: Context, need: Need, raw: Any) -> int:
    if (found := whole_between(raw, 0, _MOST_LESSONS)) is None:
        raise ValueError(say("{label}请填0或者大于0的整数。", label=need.label))
    return found


def _is_in_no_other(context: EnrolmentOf, said: Said) -> None:
    open_ones = Enrolment.objects.unscoped().filter(
        recognition=said["plan"].recognition, status=Enrolment.Status.ENROLLED
    )
    if other := open_ones.select_related("course").first():
        why = say("这个人正在“{course}”，一次只上一个班。", course=other.course.title)
        raise BadInput(say("有内容需要改正。"), [("plan", why)])


def _enrol(context: EnrolmentOf, said: Said) -> Said:
    plan, course = said["plan"], context.course
    context.recognition = plan.recognition
    context.subject = Enrolment(
        recognition=plan.recognition, plan=plan, course=course, enrolled_on=context.today, version=0
    )
    engine.follow(context, COURSE, course, "take_seat")
    context.words = {
        "course": course.title, "begins_on": course.begins_on, "ends_on": course.ends_on, "place": course.place,
    }  # fmt: skip
    return {"course": course.pk}


def _it_met(context: EnrolmentOf, said: Said) -> None:
    course, on = context.course, said["on"]
    if not course.meets_on(on):
        raise BadInput(say("有内容需要改正。"), [("on", say("{day:date}没有课，不能记到课。", day=on))])
    if said["hours"] > course.hours_a_day:
        why = say("一天最多{hours}课时。", hours=course.hours_a_day)
        raise BadInput(say("有内容需要改正。"), [("hours", why)])


def _attend(context: EnrolmentOf, said: Said) -> Said:
    """Record attendance; a second entry for a day corrects the first."""
    enrolment = context.subject
    found = enrolment.attendance.filter(on=said["on"]).first() or Attendance(enrolment=enrolment, on=said["on"])
    found.hours, found.by, found.by_name = said["hours"], context.user, context.actor.name
    found.save()
    context.wrote(found)
    return {"on": said["on"], "hours": said["hours"]}


def _has_come(context: EnrolmentOf, said: Said) -> None:
    if not said["passed"]:
        return
    errors = []
    if not context.subject.hours_come:
        errors.append(("passed", say("没有一天到课的记录，不能记为合格。请先记到课。")))
    if Enrolment.objects.unscoped().filter(certificate_no=said["certificate_no"]).exists():
        errors.append(("certificate_no", say("这个证书编号已经记在别人名下，请核对。")))
    if errors:
        raise BadInput(say("有内容需要改正。"), errors)


def _finish(context: EnrolmentOf, said: Said) -> Said:
    enrolment = context.subject
    enrolment.passed, enrolment.certificate_no = said["passed"], said.get("certificate_no", "")
    enrolment.ended_on = context.today
    context.words = {"course": context.course.title}
    return {"passed": said["passed"], "hours": enrolment.hours_come}


def _drop(context: EnrolmentOf, said: Said) -> Said:
    enrolment, course = context.subject, context.course
    enrolment.dropped_because, enrolment.ended_on = said["reason"], context.today
    engine.follow(context, COURSE, course, "free_seat")
    context.words = {"course": course.title, "why": said["reason"].rstrip("。")}
    return {}


def _note_charge(context: EnrolmentOf, said: Said) -> Said:
    enrolment = context.subject
    enrolment.charged, enrolment.charged_for = said["sum"], said["what_for"]
    enrolment.refunded_on, enrolment.refund_proof = None, ""
    return {"sum": said["sum"]}


def _refund(context: EnrolmentOf, said: Said) -> Said:
    context.subject.refunded_on, context.subject.refund_proof = context.today, said["proof"]
    return {}


def _carry_the_plan_on(context: EnrolmentOf, _said: Said) -> None:
    """Begin the plan's measure with the enrolment, and complete it with a certificate."""
    enrolment = context.subject
    plan = Plan.objects.unscoped().get(pk=enrolment.plan_id)
    if not plan.open:
        return
    plan.recognition = context.recognition
    rows = Measure.objects.unscoped().filter(plan=plan, kind=Kind.TRAINING, status__in=["planned", "under_way"])
    for measure in rows.select_for_update().order_by("pk"):
        measure.plan = plan
        if enrolment.passed:
            said = for_record("{course}合格，证书{no}", course=context.course.title, no=enrolment.certificate_no)
            engine.follow(context, MEASURE, measure, "finish", {"result": said})
        elif enrolment.status == Enrolment.Status.ENROLLED and measure.status == Measure.Status.PLANNED:
            engine.follow(context, MEASURE, measure, "start")


def _door(user: User | None, pk: Any, transition: Transition) -> EnrolmentOf:
    """Find an enrolment by its key; for a new one the course, which may be of another office."""
    if transition.begins:
        return EnrolmentOf(_locked_course(pk, user), user)
    rows = in_sight(Enrolment, user)
    found = rows.filter(pk=key(pk)).values_list("course", "recognition").first()
    if found is None:
        raise NotFound(say("没有这次培训报名。"))
    course, recognition = _locked_course(found[0], None), locked_recognition(found[1])
    enrolment = Enrolment.objects.unscoped().select_for_update(of=("self",)).get(pk=key(pk))
    enrolment.recognition, enrolment.course = recognition, course
    return EnrolmentOf(course, user, enrolment)


def _locked_course(pk: Any, user: User | None) -> Course:
    rows = queries.courses(user) if user else Course.objects.unscoped().select_related("agency")
    found: Course = locked(rows, pk, "没有这个培训班。")
    return found


def _hold(row: Any, user: User | None) -> EnrolmentOf:
    return EnrolmentOf(row, user) if isinstance(row, Course) else EnrolmentOf(row.course, user, row)


ENROLMENT = register(
    Workflow(
        "enrolment", "这次培训报名", Enrolment, _door, _hold,
        Vocabulary(
            {
                "enrol": _enrol, "attend": _attend, "finish": _finish, "drop": _drop, "note_charge": _note_charge, "refund": _refund,
            },
            guards={
                guard.name: guard
                for guard in (
                    Guard("has_a_seat", "no_seat_left", _has_a_seat, "选别的培训班"),
                    Guard("course_runs", "course_not_running", _course_runs),
                    Guard("class_has_run", "too_early", _class_has_run, waits=True),
                    Guard("was_charged", "not_charged", _was_charged),
                )
            },
            checks={"enrol": _is_in_no_other, "attend": _it_met, "finish": _has_come},
            after={"enrol": _carry_the_plan_on, "finish": _carry_the_plan_on},
            kinds={
                "plan": NeedKind(_plan, schema=as_key), "number": NUMBER,
                "lessons": NeedKind(_lessons, "number", lambda need: {"type": "integer", "minimum": 0, "maximum": _MOST_LESSONS}),
            },
        ),
        things="enrolments", hangs_on="course", named_there="enrolments",
    )
)  # fmt: skip
ENROLMENT.add(TABLE)
