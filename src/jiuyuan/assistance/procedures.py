"""Registers the workflows of assistance, and its steps of the nightly run and of verification, at start."""

from jiuyuan.assistance import handing_over, nightly, replay, visit_help
from jiuyuan.assistance.appointment_workflow import APPOINTMENT
from jiuyuan.assistance.course_workflow import COURSE
from jiuyuan.assistance.enrolment_workflow import ENROLMENT
from jiuyuan.assistance.follow_up_workflow import FOLLOW_UP
from jiuyuan.assistance.interview_workflow import INTERVIEW
from jiuyuan.assistance.measure_workflow import MEASURE
from jiuyuan.assistance.offer_workflow import OFFER
from jiuyuan.assistance.otherwise_workflow import OTHERWISE
from jiuyuan.assistance.placement_workflow import PLACEMENT
from jiuyuan.assistance.plan_workflow import PLAN
from jiuyuan.assistance.post_workflow import POST
from jiuyuan.assistance.rating_workflow import RATING
from jiuyuan.assistance.refusal_workflow import REFUSAL
from jiuyuan.assistance.vacancy_workflow import VACANCY
from jiuyuan.assistance.venture_workflow import VENTURE

__all__ = [
    "APPOINTMENT",
    "COURSE",
    "ENROLMENT",
    "FOLLOW_UP",
    "INTERVIEW",
    "MEASURE",
    "OFFER",
    "OTHERWISE",
    "PLACEMENT",
    "PLAN",
    "POST",
    "RATING",
    "REFUSAL",
    "VACANCY",
    "VENTURE",
    "handing_over",
    "nightly",
    "replay",
    "visit_help",
]
