"""Courses: those of the area, one with participants and attendance, and its acts."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from jiuyuan import clock
from jiuyuan.agencies.roles import Right, Role
from jiuyuan.assistance import occupations, queries
from jiuyuan.assistance.course_workflow import COURSE, WEEKDAYS, CourseOf
from jiuyuan.assistance.enrolment_workflow import ENROLMENT
from jiuyuan.assistance.models import Attendance, Course, Enrolment, Plan
from jiuyuan.desk import queries as lists
from jiuyuan.desk import timeline
from jiuyuan.desk.access import StaffRequest, staff
from jiuyuan.desk.forms.training import AttendanceForm
from jiuyuan.desk.frame import page
from jiuyuan.desk.views.offers import without_plan
from jiuyuan.desk.views.one_act import buttons, one_act, transition_for
from jiuyuan.history.models import Entry
from jiuyuan.people.queries import looked_at_list
from jiuyuan.procedures import engine
from jiuyuan.recognitions import queries as recognitions
from jiuyuan.refusals import BadInput, NotForRole, NotFound, Refusal
from jiuyuan.templatetags.plain import bare_day
from jiuyuan.wording import for_record, say

_MOST_ACTS = 100
_CHARGED = "charged"
_TABS = ("open", "running", "planned", "finished", "cancelled")


@staff(Right.SEE_VACANCIES)
@require_safe
def courses(request: StaffRequest) -> HttpResponseBase:
    """The courses of the area and those open to it, one tab per state; and those with charges to participants."""
    status = request.GET.get("status", "open")
    status = status if status in (*_TABS, _CHARGED) else "open"
    every = queries.courses(request.user)
    charged = every.filter(enrolments__in=queries.charged(request.user).order_by()).distinct()
    shown = charged if status == _CHARGED else every.filter(status=status)
    rows, following = lists.newest_first(shown, request.GET.get("cursor", ""))
    error = set(charged.filter(pk__in=[row.pk for row in rows]).values_list("pk", flat=True))
    numbers = queries.course_counts(request.user)
    tabs = [
        {
            "label": Course.Status(one).label,
            "url": f"?status={one}",
            "count": numbers.get(one, 0),
            "current": one == status,
        }
        for one in _TABS
    ]
    if count := charged.count():
        current = status == _CHARGED
        tabs.append({"label": say("向本人收了费"), "url": f"?status={_CHARGED}", "count": count, "current": current})
    context = {
        "rows": [(row, row.pk in error) for row in rows],
        "tabs": tabs,
        "next": following,
        "previous": None,
        "may_create": Role(request.user.role) in COURSE.of().by_action["create"].roles,
    }
    return page(request, "courses.html", context, at="courses")


@staff(Right.SEE_VACANCIES)
@require_http_methods(["GET", "HEAD", "POST"])
def create(request: StaffRequest) -> HttpResponseBase:
    """Plan a new course."""
    context = CourseOf(None, request.user)
    transition = transition_for(request, COURSE, context.region, "create")
    return one_act(
        request, COURSE, context, transition, None,
        caption=say("培训班"), back=reverse("desk:courses"), crumbs=_crumbs(None, transition.label), at="courses",
        after=lambda done: _made(request, transition.result, done),
    )  # fmt: skip


@staff(Right.SEE_VACANCIES)
@require_safe
def course(request: StaffRequest, pk: int) -> HttpResponseBase:
    """A course: days and seats for the whole county, participants for users with access to files."""
    found = _found(request, pk)
    context = CourseOf(found, request.user)
    own = Course.scope.holds(request.user, found)
    shown = {
        "course": found,
        "rows": _rows(found),
        "actions": buttons(COURSE, context, "desk:course_act", found.pk) if own else [],
        "enrolled": _enrolled(request, found),
        "charged": list(queries.charged(request.user).filter(course=found)),
        "may_write": found.status == Course.Status.RUNNING and _writes_attendance(request),
        "history": timeline.tell(Entry.objects.of(found.file).order_by("-seq")[:_MOST_ACTS]) if own else [],
        "crumbs": _crumbs(None, found.title),
    }
    return page(request, "course.html", shown, at="courses")


@staff(Right.SEE_VACANCIES)
@require_http_methods(["GET", "HEAD", "POST"])
def act(request: StaffRequest, pk: int, action: str) -> HttpResponseBase:
    found = _found(request, pk)
    context = CourseOf(found, request.user)
    transition = transition_for(request, COURSE, context.region, action)
    if transition.begins or not Course.scope.holds(request.user, found):
        raise NotFound(say("没有这个办理事项。"))
    return one_act(
        request, COURSE, context, transition, pk,
        caption=f"{found} · {found.get_status_display()}",
        back=reverse("desk:course", args=[pk]), crumbs=_crumbs(found, transition.label), at="courses",
    )  # fmt: skip


@staff(Right.SEE_PEOPLE)
@require_http_methods(["GET", "HEAD", "POST"])
def attendance(request: StaffRequest, pk: int) -> HttpResponseBase:
    """The attendance of one day for the whole class; saved all or none."""
    found = _found(request, pk)
    if not _writes_attendance(request):
        raise NotForRole(say("到课由基层经办人记。"))
    rows = list(_in_class(request, found))
    on = clock.asked_day(request.GET.get("on", "")) or clock.today()
    there = Attendance.objects.unscoped().filter(enrolment__in=rows, on=on)
    initial = {"on": on, **{f"hours_{one.enrolment_id}": one.hours for one in there}}
    form, status = AttendanceForm(found, rows, request.POST or None, initial), 200
    if request.method == "POST":
        if _written(request, form):
            messages.success(request, say("到课已记下。"))
            return redirect("desk:course", pk)
        status = 422
    looked_at_list(request.user, for_record("培训班到课表"))
    days = [day for day in found.days() if day <= clock.today()][-5:]
    context = {
        "course": found,
        "form": form,
        "rows": [(row, form[f"hours_{row.pk}"], form[f"version_{row.pk}"]) for row in rows],
        "days": days,
        "crumbs": _crumbs(found, say("记到课")),
    }
    return page(request, "attendance.html", context, at="courses", status=status)


@staff(Right.SEE_PEOPLE)
@require_safe
def choose(request: StaffRequest, pk: int) -> HttpResponseBase:
    """The courses open to a person on the register, to choose one."""
    stay = recognitions.opened(request.user, pk, for_record("报培训班"))
    plan = Plan.objects.visible_to(request.user).filter(recognition=stay, status=Plan.Status.ACTIVE).first()
    other = (
        Enrolment.objects.visible_to(request.user).filter(recognition=stay, status=Enrolment.Status.ENROLLED).first()
    )
    reason, agree = ("", "") if plan else without_plan(request, stay)
    if other is not None:
        reason = say("这个人正在“{course}”，一次只上一个班。", course=other.course.title)
    context = {
        "recognition": stay,
        "found": list(queries.courses(request.user).filter(status=Course.Status.OPEN).order_by("begins_on", "pk")[:50]),
        "reason": reason,
        "agree": agree,
        "crumbs": [
            {"label": say("在册人员"), "url": reverse("desk:register")},
            {"label": stay.person.name, "url": reverse("desk:helping", args=[pk])},
            {"label": say("报培训班")},
        ],
    }
    return page(request, "courses_for.html", context, at="today")


def _made(request: StaffRequest, result: str, done: Course) -> HttpResponseBase:
    messages.success(request, result)
    return redirect("desk:course", done.pk)


def _writes_attendance(request: StaffRequest) -> bool:
    return Role(request.user.role) in ENROLMENT.of().by_action["attend"].roles


def _in_class(request: StaffRequest, found: Course) -> Any:
    rows = Enrolment.objects.visible_to(request.user).filter(course=found, status=Enrolment.Status.ENROLLED)
    return rows.select_related("recognition__person", "course", "plan").order_by("pk")


def _written(request: StaffRequest, form: AttendanceForm) -> bool:
    """Save the attendance. False on errors, which are shown at their fields."""
    typed = form.written()
    if not typed:
        form.add_error(None, say("还没有填到课课时。没有来的填0。"))
        return False
    with transaction.atomic():
        for row, said, seen in typed:
            try:
                with transaction.atomic():
                    engine.act(request.user, ENROLMENT, row.pk, "attend", said, version=seen)
            except BadInput as refusal:
                for name, why in refusal.errors:
                    form.add_error("on" if name == "on" else f"hours_{row.pk}", why)
            except Refusal as refusal:
                form.add_error(f"hours_{row.pk}", refusal.title)
        if form.errors:
            transaction.set_rollback(True)
    return not form.errors


def _enrolled(request: StaffRequest, found: Course) -> list[Enrolment]:
    """The participants from the user's area; the look is recorded."""
    if not request.user.may(Right.SEE_PEOPLE):
        return []
    rows = Enrolment.objects.visible_to(request.user).filter(course=found).prefetch_related("attendance")
    people = list(rows.select_related("recognition__person").order_by("status", "pk"))
    if people:
        looked_at_list(request.user, for_record("培训班学员"))
    return people


def _found(request: StaffRequest, pk: int) -> Course:
    found: Course | None = queries.courses(request.user).filter(pk=pk).first()
    if found is None:
        raise NotFound(say("没有这个培训班。"))
    return found


def _rows(found: Course) -> list[dict[str, Any]]:
    names = dict(WEEKDAYS)
    days = list(found.days())
    return [
        {"key": say("培训机构"), "value": found.provider},
        {"key": say("职业和等级"), "value": found.title, "note": occupations.in_words(found.occupation)},
        {
            "key": say("上课时间"),
            "value": say("{begins_on:date}至{ends_on:date}", begins_on=found.begins_on, ends_on=found.ends_on),
            "note": say("{weekdays}，共{count}天，法定节假日不上", weekdays=[say(names[str(one)]) for one in found.weekdays], count=len(days)),
        },
        {"key": say("停课"), "value": "、".join(bare_day(date.fromisoformat(day)) for day in found.off) or say("没有")},
        {"key": say("课时"), "value": say("{hours}课时，每天最多{most}", hours=found.hours, most=found.hours_a_day)},
        {"key": say("地点"), "value": found.place},
        {
            "key": say("名额"),
            "value": say("{seats}人，已报{taken}人，还剩{left}人", seats=found.seats, taken=found.taken, left=found.left),
            "note": say("不收本人的钱"),
        },
    ]  # fmt: skip


def _crumbs(found: Course | None, here: str) -> list[dict[str, str]]:
    above = [{"label": say("培训班"), "url": reverse("desk:courses")}]
    if found is not None:
        above.append({"label": found.title, "url": reverse("desk:course", args=[found.pk])})
    return [*above, {"label": here}]
