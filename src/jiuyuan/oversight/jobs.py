"""How the jobs about supervision are done."""

from datetime import timedelta

from jiuyuan.oversight.figures import tallies
from jiuyuan.worker.kinds import JobKind, Lane
from jiuyuan.worker.models import Job
from jiuyuan.worker.registry import job


@job(JobKind.KEEP_FIGURES, Lane.TIDYING, every=timedelta(minutes=1), when=tallies.behind)
def keep_figures(_job: Job) -> None:
    tallies.keep_up()
