"""The workflow of a course: planned, open for enrolment, running, finished; or cancelled (四(二): training is free)."""

from datetime import date, timedelta
from math import ceil
from typing import Any

from django.db.models import Q

from jiuyuan.agencies.models import User
from jiuyuan.agencies.roles import Role
from jiuyuan.assistance import occupations
from jiuyuan.assistance.models import Course, Enrolment
from jiuyuan.assistance.vacancy_inputs import MANY, NUMBER, OCCUPATION
from jiuyuan.labels import texts
from jiuyuan.notifications import notices
from jiuyuan.people.correspondence import tell
from jiuyuan.procedures import engine, own_matter
from jiuyuan.procedures.context import Concerned, Context, only_once
from jiuyuan.procedures.doors import in_sight, locked
from jiuyuan.procedures.reading import as_day
from jiuyuan.procedures.registry import WORKFLOWS, Workflow, register
from jiuyuan.procedures.table import NOTHING, Guard, Need, NeedKind, Procedure, State, Transition, Vocabulary
from jiuyuan.refusals import BadInput
from jiuyuan.wording import say

Said = dict[str, Any]
_CLERK = frozenset({Role.CLERK})
_MOST_A_DAY, _FURTHEST = 8, timedelta(days=2 * 366)
WEEKDAYS = tuple((str(number), f"周{name}") for number, name in enumerate("一二三四五六日", 1))
_CONTENT = (
    Need("provider", "培训机构", longest=120),
    Need("level", "等级", "choice", choices=tuple(texts(Course.Level))),
    Need("occupation", "职业", "occupation", required=False, hint="按职业分类大典选；创业培训不用填。"),
    Need("hours", "课时", "number", hint="一共多少课时。"),
    Need("from", "开班日期", "course_day"),
    Need("to", "结业日期", "course_day"),
    Need("weekdays", "每周哪几天上课", "many", required=False, choices=WEEKDAYS, hint="不选的，周一到周五；法定节假日不上课。"),
    Need("hours_a_day", "每天最多几课时", "number", required=False, hint="不填的，按课时和天数平均。"),
    Need("place", "上课地点", longest=200),
    Need("seats", "名额", "number"),
)  # fmt: skip
_COLUMNS = {"from": "begins_on", "to": "ends_on"}
_MOVED = notices.declare(
    "course.moved", "培训班有变化",
    "您报名的“{course}”有变化：{begins_on:date}至{ends_on:date}在{place}上课。不合适的，请打电话给{agency}。",
)  # fmt: skip
_DAY_OFF = notices.declare("course.day_off", "停课一天", "“{course}”{on:date}停课：{reason}。有事请找{agency}。")

TABLE = Procedure(
    tuple(State(code, label, final=code in ("finished", "cancelled")) for code, label in texts(Course.Status)),
    (
        Transition(
            "create", "登记培训班", frozenset(), ("planned",), _CLERK, needs=_CONTENT, effect="write",
            record="course_created", done="登记了培训班", result="培训班已登记，开放报名后才能报名。",
        ),
        Transition(
            "change", "修改", frozenset({"planned", "open"}), ("planned", "open"), _CLERK, needs=_CONTENT, effect="write",
            record="course_revised", done="修改了培训班", lead="已经报名的人会收到通知。", result="已修改。",
        ),
        Transition(
            "open", "开放报名", frozenset({"planned"}), ("open",), _CLERK, effect=NOTHING, guards=("has_not_begun",),
            emphasis="main", record="course_opened", done="开放了报名", result="已开放，同县（市、区）的平台都可以报名。",
        ),
        Transition(
            "start", "开班", frozenset({"open"}), ("running",), _CLERK, effect=NOTHING,
            guards=("day_has_come", "somebody_takes_part"), emphasis="main", record="course_started", done="开班了",
            lead="开班以后不再报名，按天记到课。", result="已开班。",
        ),
        Transition(
            "call_off_day", "停课一天", frozenset({"open", "running"}), ("open", "running"), _CLERK,
            needs=(
                Need("on", "哪天", "course_day"),
                Need("reason", "原因", longest=200, empty="请写明原因，例如：暴雪停课；老师生病。"),
            ),
            record="course_day_called_off", done="停课一天", result="已记录，这天不记到课。",
        ),
        Transition(
            "finish", "结业", frozenset({"running"}), ("finished",), _CLERK,
            guards=("has_run", "everybody_has_a_result"), emphasis="main", record="course_finished", done="培训班结业了",
            result="已结业。参加的人一个月、三个月、半年后回访。",
        ),
        Transition(
            "cancel", "取消", frozenset({"planned", "open", "running"}), ("cancelled",), _CLERK,
            needs=(Need("reason", "原因", longest=400, empty="请写明原因，例如：报名的人太少；培训机构停业。"),),
            guards=("nobody_of_mine",), emphasis="grave", record="course_cancelled", done="取消了培训班", result="已取消，报了名的人会收到通知。",
        ),
        Transition(
            "take_seat", "报名一人", frozenset({"open"}), ("open",), frozenset(), consequence=True,
            record="course_seat_taken", done="报名了一人",
        ),
        Transition(
            "free_seat", "退出一人", frozenset({"open", "running"}), ("open", "running"), frozenset(), consequence=True,
            record="course_seat_freed", done="退出了一人",
        ),
    ),
)  # fmt: skip


class CourseOf(Context):
    """The context of a course, which is locked. It concerns a class, so it is nobody's own matter."""

    @property
    def concerned(self) -> list[Concerned]:
        return []

    def save(self) -> None:
        """Save without a new version if only the number of seats changed.

        Raises `Conflict` if the last seat was just taken.
        """
        if self.action in ("take_seat", "free_seat"):
            with only_once("最后一个名额刚刚被别人报了。"):
                self.subject.save()
        else:
            super().save()

    def suggested(self, transition: Transition) -> Said:
        """The course's values in the format of the form."""
        course = self.subject
        if transition.action != "change":
            return {"level": Course.Level.BEGINNER} if course is None else {}
        typed = {need.name: getattr(course, _COLUMNS.get(need.name, need.name)) for need in _CONTENT}
        weekdays = [str(number) for number in course.weekdays]
        return {**typed, "occupation": occupations.in_words(course.occupation), "weekdays": weekdays}

    def payload(self, transition: Transition, said: Said, more: Said, moved: bool) -> Said:
        # The columns already state the contents of the course.
        return super().payload(transition, said if transition.effect != "write" else {}, more, moved)


def _has_not_begun(context: CourseOf) -> str | None:
    begins = context.subject.begins_on
    return None if begins >= context.today else say("开班日期{day:date}已经过了，请先修改日期。", day=begins)


def _day_has_come(context: CourseOf) -> str | None:
    begins = context.subject.begins_on
    return None if begins <= context.today else say("{day:date}才开班。", day=begins)


def _somebody_takes_part(context: CourseOf) -> str | None:
    return None if context.subject.taken else say("还没有人报名。没有人参加的，请取消。")


def _has_run(context: CourseOf) -> str | None:
    ends = context.subject.ends_on
    return None if ends <= context.today else say("培训班上到{day:date}，还没有上完。", day=ends)


def _everybody_has_a_result(context: CourseOf) -> str | None:
    count = _enrolled(context.subject).count()
    return say("还有{count}人没有记结果，请先逐人记下。", count=count) if count else None


def _nobody_of_mine(context: CourseOf) -> str | None:
    """Cancelling affects everybody enrolled, so clerks may not if they or relatives are among them."""
    user = context.user
    if user is None:
        return None
    mine = Q(recognition__person__id_index__in=own_matter.own_indexes(user)) | Q(recognition__person__account=user)
    names = "、".join(one.recognition.person.name for one in _enrolled(context.subject).filter(mine))
    return say("{names}报了这个班，是您本人或您申报的亲属，须由其他人员取消。", names=names) if names else None


def _day(context: Context, need: Need, raw: Any) -> date:
    try:
        said = raw if isinstance(raw, date) else date.fromisoformat(str(raw))
    except ValueError:
        raise ValueError(say("{label}请写成2026-03-02这样的日期。", label=need.label)) from None
    if abs(said - context.today) > _FURTHEST:
        raise ValueError(say("{label}太远了，请核对年份。", label=need.label))
    return said


def _planned(context: CourseOf, said: Said) -> Course:
    """An unsaved course with these values, to compute its days."""
    weekdays = [int(code) for code in said.get("weekdays") or ("1", "2", "3", "4", "5")]
    off = context.subject.off if context.subject else []
    return Course(begins_on=said["from"], ends_on=said["to"], weekdays=weekdays, off=off)


def _hours_a_day(said: Said, days: int) -> int:
    return said.get("hours_a_day") or ceil(said["hours"] / days)


def _is_sound(context: CourseOf, said: Said) -> None:
    """Check for contradictions, also with existing enrolments. Raises `BadInput`."""
    errors = []
    taken = context.subject.taken if context.subject else 0
    days = 0
    if said["to"] < said["from"]:
        errors.append(("to", say("结业日期不能早于开班日期。")))
    elif not (days := sum(1 for _ in _planned(context, said).days())):
        errors.append(("weekdays", say("从开班到结业没有一天上课，请核对日期和每周上课的日子。")))
    elif (a_day := _hours_a_day(said, days)) > _MOST_A_DAY:
        why = say(
            "一共上{days}天，每天要上{hours}课时，最多{most}课时，请核对。", days=days, hours=a_day, most=_MOST_A_DAY
        )
        errors.append(("hours_a_day" if "hours_a_day" in said else "hours", why))
    elif a_day * days < said["hours"]:
        why = say("一共上{days}天，每天{hours}课时，不够{whole}课时。", days=days, hours=a_day, whole=said["hours"])
        errors.append(("hours_a_day", why))
    if said["level"] != Course.Level.START_UP and not said.get("occupation"):
        errors.append(("occupation", say("请选培训的职业；创业培训不用选。")))
    if said["seats"] < taken:
        errors.append(("seats", say("已经报名{taken}人，名额不能比这少。", taken=taken)))
    if errors:
        raise BadInput(say("有内容需要改正。"), errors)


def _write(context: CourseOf, said: Said) -> Said:
    planned = _planned(context, said)
    if context.subject is None:
        assert context.user is not None
        agency = context.user.agency
        assert agency is not None
        context.subject = Course(agency=agency, area=agency.path, made_on=context.today)
    course = context.subject
    course.hours_a_day = _hours_a_day(said, sum(1 for _ in planned.days()))
    course.weekdays = planned.weekdays
    for name in ("provider", "level", "hours", "from", "to", "place", "seats"):
        setattr(course, _COLUMNS.get(name, name), said[name])
    course.occupation = "" if course.level == Course.Level.START_UP else said["occupation"]
    return {}


def _say_what_changed(context: CourseOf, _said: Said) -> None:
    if context.action == "change":
        _tell(context, _MOVED)


def _say_which_day(context: CourseOf, said: Said) -> None:
    _tell(context, _DAY_OFF, on=said["on"], reason=said["reason"].rstrip("。"))


def _tell(context: CourseOf, code: str, **said: Any) -> None:
    """Tell everybody enrolled."""
    course = context.subject
    about = {"course": course.title, "begins_on": course.begins_on, "ends_on": course.ends_on, "place": course.place}
    for one in _enrolled(course):
        tell(one.recognition.person, code, {**about, "agency": course.agency.name, **said})


def _met_then(context: CourseOf, said: Said) -> None:
    course, on = context.subject, said["on"]
    if not course.meets_on(on):
        raise BadInput(say("有内容需要改正。"), [("on", say("这天本来就没有课，不用停。"))])
    if any(one.attendance.filter(on=on, hours__gt=0).exists() for one in course.enrolments.all()):
        raise BadInput(say("有内容需要改正。"), [("on", say("这天已经记了到课，没有停课。"))])


def _call_off_day(context: CourseOf, said: Said) -> None:
    course = context.subject
    course.off = sorted({*course.off, said["on"].isoformat()})


def _cancel(context: CourseOf, said: Said) -> None:
    """Tell everybody enrolled, then release their seats."""
    course = context.subject
    course.reason, course.ended_on = said["reason"], context.today
    for one in _enrolled(course):
        one.course = course
        engine.follow(context, WORKFLOWS["enrolment"], one, "drop", {"reason": said["reason"]})


def _enrolled(course: Course) -> Any:
    rows = Enrolment.objects.unscoped().filter(course=course, status=Enrolment.Status.ENROLLED)
    return rows.select_related("recognition__person__agency", "recognition__agency", "plan").order_by("pk")


def _seats(change: int) -> Any:
    def effect(context: CourseOf, _said: Said) -> None:
        context.subject.taken += change

    return effect


def _door(user: User | None, pk: Any, transition: Transition) -> CourseOf:
    if transition.begins:
        return CourseOf(None, user)
    found = locked(in_sight(Course, user).select_related("agency"), pk, "没有这个培训班。")
    return CourseOf(found, user)


COURSE = register(
    Workflow(
        "course", "这个培训班", Course, _door, CourseOf,
        Vocabulary(
            {
                "write": _write, "call_off_day": _call_off_day, "cancel": _cancel, "take_seat": _seats(1), "free_seat": _seats(-1),
                "finish": lambda context, said: setattr(context.subject, "ended_on", context.today),
            },
            guards={
                guard.name: guard
                for guard in (
                    Guard("has_not_begun", "begun", _has_not_begun, "修改日期"),
                    Guard("day_has_come", "too_early", _day_has_come, waits=True),
                    Guard("somebody_takes_part", "nobody_enrolled", _somebody_takes_part, "请人报名"),
                    Guard("nobody_of_mine", "own_matter", _nobody_of_mine, "请其他人员取消"),
                    Guard("has_run", "too_early", _has_run, waits=True),
                    Guard("everybody_has_a_result", "results_missing", _everybody_has_a_result, "逐人记下结果"),
                )
            },
            checks={"write": _is_sound, "call_off_day": _met_then},
            after={"write": _say_what_changed, "call_off_day": _say_which_day},
            kinds={
                "number": NUMBER, "occupation": OCCUPATION, "many": MANY, "course_day": NeedKind(_day, "day", as_day),
            },
        ),
        things="courses",
    )
)  # fmt: skip
COURSE.add(TABLE)
