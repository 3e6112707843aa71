"""Runs the jobs of people and departments' data."""

from datetime import timedelta

from jiuyuan.notifications.services import anything_waits
from jiuyuan.people.correspondence import send_waiting
from jiuyuan.people.sources import enquiries, services
from jiuyuan.worker.kinds import JobKind, Lane
from jiuyuan.worker.models import Job
from jiuyuan.worker.registry import job


@job(JobKind.SEND_MESSAGES, Lane.MESSAGES, every=timedelta(0), when=anything_waits)
def send_messages(_job: Job) -> None:
    send_waiting()


@job(JobKind.ASK_DEPARTMENT, Lane.DEPARTMENTS)
def ask_department(job: Job) -> None:
    enquiries.answer(int(job.key))


@job(JobKind.FORGET_TRIED, Lane.TIDYING, every=timedelta(hours=1))
def forget_tried(_job: Job) -> None:
    services.forget_tried()
