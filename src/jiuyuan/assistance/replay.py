"""Replays the record of assistance and compares it with its tables, file by file (`jiuyuan audit verify --state`)."""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from jiuyuan.agencies.replay import MOVED_ALONG
from jiuyuan.applications import replay as cases
from jiuyuan.assistance import duty_index
from jiuyuan.assistance.models import (
    Appointment,
    Attendance,
    AttendanceLink,
    Course,
    Employer,
    EmployerLink,
    Enrolment,
    FollowUp,
    Interview,
    JobOffer,
    Measure,
    Placement,
    Plan,
    PostAttendance,
    PublicPost,
    ServiceRating,
    ServiceRefusal,
    SettledOtherwise,
    Vacancy,
    Venture,
)
from jiuyuan.history.state import Recorded, Replayed, acts_of, differences, missing, readable, replay
from jiuyuan.recognitions import replay as register
from jiuyuan.wording import say

MAKES: dict[str, tuple[type[Recorded], ...]] = {
    "vacancy_created": (Vacancy, Employer),
    "vacancy_link_made": (EmployerLink,),
    "post_requested": (PublicPost, Employer),
    "post_link_made": (AttendanceLink,),
    "course_created": (Course,),
}
CHANGES = frozenset({
    "vacancy_revised", "vacancy_checked", "vacancy_opened", "vacancy_answered", "vacancy_filled", "vacancy_expired",
    "vacancy_withdrawn", "vacancy_place_taken", "post_revised", "post_approved", "post_published", "post_opened",
    "post_place_taken", "post_place_given_back", "post_closed",
    "post_phone_confirmed", "post_link_revoked", "post_attendance_told",
    "course_revised", "course_opened", "course_started", "course_day_called_off", "course_finished", "course_cancelled",
    "course_seat_taken", "course_seat_freed",
    *MOVED_ALONG,
})  # fmt: skip
KNOWN = frozenset({*MAKES, *CHANGES})

Progress = Callable[[int], None]

# Rows recorded in people's files.
register.also(
    {
        "wishes_written": (Interview,),
        "interview_held": (Interview,),
        "plan_made": (Plan, Measure),
        "offer_given": (JobOffer,),
        "refusal_noted": (ServiceRefusal,),
        "appointment_made": (Appointment,),
        "followed_up": (FollowUp,),
        "placement_proposed": (Placement,),
        "post_attended": (PostAttendance,),
        "post_attendance_reported": (PostAttendance,),
        "settled_otherwise": (SettledOtherwise,),
        "help_rated": (ServiceRating,),
        "enrolled": (Enrolment,),
        "attendance_written": (Attendance,),
        "venture_begun": (Venture,),
    },
    (
        "wishes_changed", "plan_agreed", "plan_started_unsigned", "plan_reviewed", "plan_replaced", "plan_handed_over",
        "plan_ended", "measure_started", "measure_finished", "measure_dropped", "offer_answered",
        "offer_unanswered", "offer_applied", "offer_taken_on", "offer_not_taken_on", "refusal_told",
        "refusal_answered", "refusal_counted", "refusal_excused", "appointment_proven", "appointment_kept",
        "appointment_excused", "appointment_missed", "appointment_cancelled", "placement_agreed_again", "placement_published",
        "placement_contracted", "placement_begun", "placement_ended", "placement_dropped", "placement_warned",
        "enrolment_finished", "enrolment_dropped", "charge_noted", "charge_refunded", "venture_advised", "venture_trained",
        "venture_loan_referred", "venture_explained", "venture_registered", "venture_alive", "venture_ended", "work_verified", "applied_again",
        "rating_changed",
    ),
    {
        Interview: "recognition__person",
        Plan: "recognition__person",
        JobOffer: "recognition__person",
        Appointment: "recognition__person",
        ServiceRefusal: "recognition__person",
        FollowUp: "recognition__person",
        Placement: "recognition__person",
        PostAttendance: "placement__recognition__person",
        SettledOtherwise: "recognition__person",
        ServiceRating: "recognition__person",
        Measure: "plan__recognition__person",
        Enrolment: "recognition__person",
        Attendance: "enrolment__recognition__person",
        Venture: "recognition__person",
    },
)  # fmt: skip


Hanging = tuple[tuple[type[Recorded], str], ...]
#: Models with files of their own, and the rows that belong to them, with their foreign keys.
_OWN_FILES: tuple[tuple[type[Vacancy | PublicPost | Course], Hanging], ...] = (
    (Vacancy, ((EmployerLink, "vacancy"),)),
    (PublicPost, ((AttendanceLink, "post"),)),
    (Course, ()),
)


def total() -> int:
    """The number of files to replay."""
    return sum(model.objects.unscoped().count() for model, _ in _OWN_FILES)


def verify_state(progress: Progress, uncompared: Counter[str]) -> Iterator[str]:
    """Yield every row that differs from the record, as a sentence. Counts what was not stated in `uncompared`."""
    for model, hanging in _OWN_FILES:
        yield from _verify(model, hanging, progress, uncompared)
    yield from duty_index.faults()


def _verify(model: Any, hanging: Hanging, progress: Progress, uncompared: Counter[str]) -> Iterator[str]:
    faults: list[str] = []
    last = 0
    every = model.objects.unscoped().order_by("pk")
    while keys := list(every.filter(pk__gt=last).values_list("pk", flat=True)[: cases.CHUNK]):
        rows = readable(every.filter(pk__in=keys), faults)
        below = [
            (one, way)
            for kind, way in hanging
            for one in readable(kind._base_manager.filter(**{f"{way}__in": keys}), faults)
        ]
        acts = acts_of([row.file for row in rows], faults)
        for row in rows:
            replayed = Replayed()
            replay(acts[row.file], MAKES, KNOWN.__contains__, replayed, faults)
            replayed.rows = {k: v for k, v in replayed.rows.items() if not k.startswith("assistance.employer:")}
            own = [row, *(one for one, way in below if getattr(one, f"{way}_id") == row.pk)]
            yield from differences(
                replayed,
                own,
                lambda one: say("{verbose_name} {pk}", verbose_name=one._meta.verbose_name, pk=one.pk),
            )
            yield from missing(replayed, [model, *(kind for kind, _ in hanging)])
            uncompared["rows"] += replayed.uncompared
        yield from faults
        faults.clear()
        last = keys[-1]
        progress(len(keys))
