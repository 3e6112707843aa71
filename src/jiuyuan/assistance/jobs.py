"""Runs the jobs of assistance."""

from datetime import timedelta

from jiuyuan.assistance import duty_index, offer_files, refusal_letters, vacancy_files
from jiuyuan.people.models import ImportBatch
from jiuyuan.people.sources import running
from jiuyuan.worker.kinds import JobKind, Lane
from jiuyuan.worker.models import Job
from jiuyuan.worker.registry import job


@job(JobKind.MAKE_REFUSAL_NOTICE)
def make_refusal_notice(job: Job) -> None:
    refusal_letters.make_refusal_notice(int(job.key))


@job(JobKind.KEEP_DUTIES, Lane.TIDYING, every=timedelta(seconds=10), when=duty_index.behind)
def keep_duties(_job: Job) -> None:
    duty_index.keep_up()


running.WORK[ImportBatch.Kind.VACANCIES] = vacancy_files.work_for
running.WORK[ImportBatch.Kind.OFFER_RESULTS] = offer_files.work_for
