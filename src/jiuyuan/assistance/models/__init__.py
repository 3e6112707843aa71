"""The models of assistance."""

from jiuyuan.assistance.models.appointments import Appointment
from jiuyuan.assistance.models.courses import Attendance, Course, Enrolment
from jiuyuan.assistance.models.follow_ups import FollowUp
from jiuyuan.assistance.models.matches import BestMatch
from jiuyuan.assistance.models.offers import JobOffer, WhyNot
from jiuyuan.assistance.models.open_duties import DutyCount, DutyState, OpenDuty
from jiuyuan.assistance.models.plans import ANSWERS, Ability, Interview, Kind, Measure, Plan
from jiuyuan.assistance.models.posts import AttendanceLink, Placement, PostAttendance, PublicPost
from jiuyuan.assistance.models.ratings import ServiceRating
from jiuyuan.assistance.models.refusals import RefusalNotice, ServiceRefusal
from jiuyuan.assistance.models.settled_otherwise import SettledOtherwise
from jiuyuan.assistance.models.vacancies import Employer, EmployerLink, Vacancy
from jiuyuan.assistance.models.ventures import Venture

__all__ = [
    "ANSWERS", "Ability", "Appointment", "Attendance", "AttendanceLink", "BestMatch", "Course", "DutyCount", "DutyState", "Employer", "EmployerLink", "Enrolment", "FollowUp",
    "Interview", "JobOffer", "Kind", "Measure", "OpenDuty", "Placement", "Plan", "PostAttendance", "PublicPost", "RefusalNotice", "ServiceRating", "ServiceRefusal",
    "SettledOtherwise", "Vacancy", "Venture", "WhyNot",
]  # fmt: skip
