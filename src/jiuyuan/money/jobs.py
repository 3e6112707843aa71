"""Runs the jobs of money."""

from jiuyuan.money import claim_letters
from jiuyuan.worker.kinds import JobKind
from jiuyuan.worker.models import Job
from jiuyuan.worker.registry import job


@job(JobKind.MAKE_CLAIM_LETTER)
def make_claim_letter(job: Job) -> None:
    claim_letters.make_claim_letter(int(job.key))
