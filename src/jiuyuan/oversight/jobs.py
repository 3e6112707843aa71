"""How the jobs about supervision are done."""

from datetime import timedelta

from jiuyuan.oversight import recovery_letters
from jiuyuan.oversight.figures import tallies
from jiuyuan.worker.kinds import JobKind, Lane
from jiuyuan.worker.models import Job
from jiuyuan.worker.registry import job


@job(JobKind.MAKE_RECOVERY_LETTER)
def make_recovery_letter(job: Job) -> None:
    recovery_letters.make_recovery_letter(int(job.key))


@job(JobKind.KEEP_FIGURES, Lane.TIDYING, every=timedelta(minutes=1), when=tallies.behind)
def keep_figures(_job: Job) -> None:
    tallies.keep_up()
