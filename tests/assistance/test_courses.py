"""Training (四(二)): free, with seats that are given once, attendance by day, and a result that carries the plan on."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from jiuyuan import clock
from jiuyuan.agencies.models import Relative
from jiuyuan.applications.replay import verify_state
from jiuyuan.assistance import duties, queries, replay
from jiuyuan.assistance.course_workflow import COURSE
from jiuyuan.assistance.enrolment_workflow import ENROLMENT
from jiuyuan.assistance.follow_up_workflow import FOLLOW_UP, key_of
from jiuyuan.assistance.models import Course, Enrolment, Measure
from jiuyuan.notifications.models import Message
from jiuyuan.procedures.subjects import moving
from jiuyuan.refusals import BadInput, Conflict, GuardNotMet, NotFound, OwnMatter, WrongState
from jiuyuan.rules.calendar import add_months
from tests.assistance.courses import FAILED, PASSED, a_course, came, course_said, enrolled, in_class
from tests.assistance.plans import a_plan
from tests.factories import OTHER_PLATFORM, does, move_to, staff
from tests.recognitions.register import on_the_register, struck_off

pytestmark = pytest.mark.django_db

create, change, cancel = does(COURSE, "create"), does(COURSE, "change"), does(COURSE, "cancel")
follow_up = does(FOLLOW_UP, "follow_up")
enrol, attend, finish = does(ENROLMENT, "enrol"), does(ENROLMENT, "attend"), does(ENROLMENT, "finish")


def refused(act, *args, **more):
    with pytest.raises(BadInput) as no:
        act(*args, **more)
    return dict(no.value.errors)


def last_message() -> str:
    return str(Message.objects.unscoped().order_by("-pk")[0].body)


def test_course_that_contradicts_itself_is_refused_at_the_field_that_is_wrong():
    clerk, today = staff("clerk"), clock.today()
    assert "不能早于开班日期" in refused(create, clerk, None, **course_said(to=today - timedelta(days=1)))["to"]
    on_no_day = course_said(weekdays=["7"])
    assert "没有一天上课" in refused(create, clerk, None, **on_no_day)["weekdays"]
    assert "每天要上60课时，最多8课时" in refused(create, clerk, None, **course_said(hours=60))["hours"]
    assert "不够6课时" in refused(create, clerk, None, **course_said(hours_a_day=5))["hours_a_day"]
    nothing = refused(create, clerk, None, **course_said(seats=0, occupation="看大门", level="expert"))
    assert set(nothing) == {"seats", "occupation", "level"}
    assert "太远了" in refused(create, clerk, None, **course_said(to="2099-01-01"))["to"]
    assert "请选培训的职业" in refused(create, clerk, None, **course_said(occupation=None))["occupation"]
    start_up = create(clerk, None, **course_said(level="start_up", occupation=None))
    usual = create(clerk, None, **course_said(5, weekdays=None))
    assert (start_up.title, usual.title) == ("创业培训", "养老护理员初级班")
    assert (usual.weekdays, usual.hours_a_day) == ([1, 2, 3, 4, 5], 6)
    with pytest.raises(IntegrityError), transaction.atomic():
        Course.objects.unscoped().filter(pk=usual.pk).update(ends_on=today - timedelta(days=1))


def test_last_seat_is_given_once_and_is_free_again_when_somebody_leaves():
    clerk = staff("clerk")
    course = a_course(clerk, seats=1)
    first, second = a_plan(clerk, on_the_register()), a_plan(clerk, on_the_register())
    taken = enrol(clerk, course.pk, plan=first.pk)
    assert "不收您的钱" in last_message()
    assert (taken.recognition, Course.objects.unscoped().get().left) == (first.recognition, 0)
    with pytest.raises(GuardNotMet, match="都报满了") as no:
        enrol(clerk, course.pk, plan=second.pk)
    assert no.value.code == "no_seat_left"
    with pytest.raises(IntegrityError), transaction.atomic():
        Course.objects.unscoped().update(taken=2)
    assert "不能比这少" in refused(change, clerk, a_full(clerk).pk, **course_said(seats=1))["seats"]
    does(ENROLMENT, "drop")(clerk, taken.pk, reason="要照顾家人。")
    assert "不再参加" in last_message()
    assert enrol(clerk, course.pk, plan=second.pk).status == "enrolled"
    assert list(verify_state(lambda done: None, Counter())) == []
    assert list(replay.verify_state(lambda done: None, Counter())) == []


def a_full(clerk):
    course = a_course(clerk, seats=2)
    for _ in range(2):
        enrolled(clerk, course)
    return course


@pytest.mark.django_db(transaction=True)
def test_two_clerks_who_give_the_last_seat_at_once_give_it_once():
    clerks = [staff("clerk"), staff("clerk")]
    course = a_course(clerks[0], seats=1)
    asks = [(clerk, a_plan(clerk, on_the_register()).pk) for clerk in clerks]

    def ask(of):
        try:
            return enrol(of[0], course.pk, plan=of[1]).pk
        except (GuardNotMet, Conflict) as told:
            return str(told.title)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as desks:
        answers = list(desks.map(ask, asks))
    assert sorted(type(answer).__name__ for answer in answers) == ["int", "str"]
    assert Enrolment.objects.unscoped().count() == Course.objects.unscoped().get().taken == 1


def test_somebody_is_in_one_class_at_a_time_on_the_register_and_nobody_enrols_themselves():
    clerk = staff("clerk")
    plan, other = a_plan(clerk, on_the_register()), a_course(clerk)
    enrolled(clerk, a_course(clerk), plan)
    assert "一次只上一个班" in refused(enrol, clerk, other.pk, plan=plan.pk)["plan"]
    with pytest.raises(IntegrityError), transaction.atomic(), moving(Enrolment):
        Enrolment.objects.unscoped().create(
            recognition=plan.recognition, plan=plan, course=other, enrolled_on=clock.today()
        )
    draft = a_plan(clerk, on_the_register(), "draft")
    assert "本人同意" in refused(enrol, clerk, other.pk, plan=draft.pk)["plan"]
    elsewhere = staff("clerk", at=OTHER_PLATFORM)
    assert "没有这份计划" in refused(enrol, elsewhere, a_course(elsewhere).pk, plan=draft.pk)["plan"]
    with pytest.raises(NotFound):
        enrol(elsewhere, other.pk, plan=draft.pk)
    own = a_plan(clerk, on_the_register())
    with pytest.raises(OwnMatter):
        enrol(staff("clerk", id_index=own.recognition.person.id_index), other.pk, plan=own.pk)
    struck_off(own.recognition, "imprisoned")
    assert "已经不在册" in refused(enrol, clerk, other.pk, plan=own.pk)["plan"]


def test_course_open_in_the_county_takes_people_of_its_other_streets():
    clerk, neighbour = staff("clerk"), staff("clerk", at="220102002")
    planned, course = a_course(neighbour, "planned"), a_course(neighbour)
    plan = a_plan(clerk, on_the_register())
    with pytest.raises(NotFound):
        enrol(clerk, planned.pk, plan=plan.pk)
    assert enrol(clerk, course.pk, plan=plan.pk).course == course
    assert list(queries.courses(clerk)) == [course]
    with pytest.raises(NotFound):
        cancel(clerk, course.pk, reason="不是我的。")


def test_attendance_counts_only_on_days_on_which_the_course_met_and_is_put_right_by_writing_it_again():
    clerk = staff("clerk")
    row = in_class(clerk, came(), days=3)
    course, today = row.course, clock.today()
    assert row.hours_come == 6
    attend(clerk, row.pk, on=today, hours=4)
    assert (row.hours_come, row.attendance.count()) == (4, 1)
    assert "一天最多6课时" in refused(attend, clerk, row.pk, on=today, hours=7)["hours"]
    assert "没有课" in refused(attend, clerk, row.pk, on=today - timedelta(days=1), hours=6)["on"]
    assert "不能晚于今天" in refused(attend, clerk, row.pk, on=today + timedelta(days=1), hours=6)["on"]
    call_off = does(COURSE, "call_off_day")
    assert "已经记了到课" in refused(call_off, clerk, course.pk, on=today, reason="雪。")["on"]
    call_off(clerk, course.pk, on=today + timedelta(days=1), reason="雪。")
    assert "停课：雪。" in last_message()
    move_to(today + timedelta(days=1))
    assert "没有课" in refused(attend, clerk, row.pk, on=clock.today(), hours=6)["on"]
    move_to(today + timedelta(days=2))
    attend(clerk, row.pk, on=clock.today(), hours=0)
    attend(clerk, row.pk, on=clock.today(), hours=5)
    assert row.hours_come == 9
    assert list(verify_state(lambda done: None, Counter())) == []


def test_course_does_not_meet_on_a_public_holiday(today):
    today("2026-04-27")
    course = a_course(staff("clerk"), days=8, hours=24, weekdays=None)
    assert [day.isoformat() for day in course.days()] == ["2026-04-27", "2026-04-28", "2026-04-29", "2026-04-30"]


def test_result_comes_from_the_course_and_fulfils_the_measure_of_the_plan():
    clerk = staff("clerk")
    row = in_class(clerk)
    measure = Measure.objects.unscoped().get(plan=row.plan, kind="training")
    assert measure.status == "under_way"
    assert "没有一天到课的记录" in refused(finish, clerk, row.pk, **PASSED[1])["passed"]
    assert "证书" in refused(finish, clerk, row.pk, passed=True)["certificate_no"]
    with pytest.raises(GuardNotMet, match="还有1人没有记结果"):
        does(COURSE, "finish")(clerk, row.course_id)
    attend(clerk, row.pk, **came()[1])
    finish(clerk, row.pk, **PASSED[1])
    assert "培训合格，证书编号2201-2026-000001" in last_message()
    measure = Measure.objects.unscoped().get(pk=measure.pk)
    assert (measure.status, measure.result) == ("done", "养老护理员初级班合格，证书2201-2026-000001")
    assert does(COURSE, "finish")(clerk, row.course_id).status == "finished"
    other = in_class(clerk, came())
    assert "已经记在别人名下" in refused(finish, clerk, other.pk, **PASSED[1])["certificate_no"]
    finish(clerk, other.pk, **FAILED[1])
    assert "没有合格" in last_message()
    assert Measure.objects.unscoped().get(plan=other.plan, kind="training").status == "under_way"


def test_cancelled_course_tells_everybody_why_and_takes_nobody_any_more():
    clerk = staff("clerk")
    course = a_full(clerk)
    sister = course.enrolments.first().recognition.person
    related = staff("clerk")
    Relative.objects.create(user=related, name="妹妹", relation="妹妹", id_index=sister.id_index)
    with pytest.raises(GuardNotMet, match=f"{sister.name}报了这个班"):
        cancel(related, course.pk, reason="培训机构停业。")
    cancel(clerk, course.pk, reason="培训机构停业。")
    course = Course.objects.unscoped().get(pk=course.pk)
    assert (course.status, course.taken, course.reason) == ("cancelled", 0, "培训机构停业。")
    assert [one.dropped_because for one in course.enrolments.all()] == ["培训机构停业。"] * 2
    assert "培训机构停业" in last_message()
    with pytest.raises(WrongState):
        enrol(clerk, course.pk, plan=1)


def test_who_takes_part_is_told_when_the_days_change():
    clerk = staff("clerk")
    course = enrolled(clerk, a_course(clerk)).course
    change(clerk, course.pk, **course_said(2, place="大经路21号"))
    assert "大经路21号上课" in last_message()


def test_who_finished_is_followed_up_at_each_step_whether_they_work_or_not_and_duties_say_when():
    clerk = staff("clerk")
    row = in_class(clerk, came(), PASSED)
    does(ENROLMENT, "note_charge")(clerk, row.pk, sum=200, what_for="教材费")
    assert due(clerk) == {"end_class": row.course.ends_on, "refund": clock.today()}
    does(ENROLMENT, "refund")(clerk, row.pk, proof="收条。")
    does(COURSE, "finish")(clerk, row.course_id)
    assert due(clerk) == {}
    ended, told = clock.today(), Message.objects.unscoped().count()
    with pytest.raises(WrongState, match="满1个月"):
        follow_up(clerk, key_of(row), on=ended, means="phone", working=False)
    for months in (1, 3, 6):
        move_to(add_months(ended, months))
        assert due(clerk) == {"follow_up_course": clock.today()}
        asked = follow_up(clerk, key_of(row), on=clock.today(), means="phone", working=months == 6)
        assert (asked.months, asked.status, due(clerk)) == (months, "working" if months == 6 else "seeking", {})
    assert Message.objects.unscoped().count() == told, "nobody is told that they lost work that they did not have"
    a_course(clerk)
    assert due(clerk) == {"begin_class": clock.today()}
    assert list(verify_state(lambda done: None, Counter())) == []


def due(clerk):
    """Of training and starting up, what is due when."""
    codes = ("begin_class", "end_class", "refund", "follow_up_course", "follow_up_venture", "find_alive")
    named = [one for one in duties.DUTIES if one.code in codes]
    return {duty.code: one.on for duty in named for one in duties.due(clerk, duty, clock.today())}


def test_charge_is_an_error_for_the_supervisor_until_it_is_given_back():
    clerk, supervisor = staff("clerk"), staff("supervisor")
    row = in_class(clerk, came(), PASSED)
    does(ENROLMENT, "note_charge")(clerk, row.pk, sum=200, what_for="教材费")
    assert [one.pk for one in queries.charged(supervisor)] == [row.pk]
    does(ENROLMENT, "refund")(clerk, row.pk, proof="本人签字的收条。")
    assert list(queries.charged(supervisor)) == []
