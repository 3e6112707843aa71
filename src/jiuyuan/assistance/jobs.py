"""How the jobs about help are done."""

from jiuyuan.assistance import offer_files, refusal_letters, vacancy_files
from jiuyuan.people.models import ImportBatch
from jiuyuan.people.sources import running
from jiuyuan.worker.kinds import JobKind
from jiuyuan.worker.models import Job
from jiuyuan.worker.registry import job


@job(JobKind.MAKE_REFUSAL_NOTICE)
def make_refusal_notice(job: Job) -> None:
    refusal_letters.make_refusal_notice(int(job.key))


running.WORK[ImportBatch.Kind.VACANCIES] = vacancy_files.work_for
running.WORK[ImportBatch.Kind.OFFER_RESULTS] = offer_files.work_for
